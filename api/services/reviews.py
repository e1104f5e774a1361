"""What people do with job maps: look at one, decide on it, see the quotes behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.services.loaded_reviews import MEMORY, LoadedReview, latest_run, load
from api.store import decisions, participants, runs, studies
from api.store.database import Database, Session, Stamp
from api.store.decisions import StoredDecision
from api.store.errors import NotFoundError
from api.store.ids import new_id
from api.store.runs import Run, RunState
from jtbd_nlp.errors import DecisionNotAllowedError
from jtbd_nlp.export.job_map_json import MapPlace, to_plain
from jtbd_nlp.export.map_evidence import evidence_ids, map_evidence
from jtbd_nlp.review import DECISION_SCHEMA, JobMap, ReviewDecision, from_json, to_json
from jtbd_nlp.review.job_map import ReviewState


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A study's map and where it is kept. `revision` changes with every decision and with every run."""

    study_id: str
    run_id: str
    run_number: int
    revision: str
    job_map: JobMap

    @property
    def place(self) -> MapPlace:
        """Where it is kept, as exports say it."""
        return MapPlace(study=self.study_id, run=self.run_id, number=self.run_number, revision=self.revision)

    def to_plain(self, *, approved_only: bool = False) -> dict[str, Any]:
        """The map as jtbd-jobmap/1."""
        return to_plain(self.job_map, place=self.place, approved_only=approved_only)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that was stored, and the map after it. `changed` are ids of entries it changed, made or took away."""

    decision: ReviewDecision
    reviewed: Reviewed
    changed: tuple[str, ...]

    @property
    def job_map(self) -> JobMap:
        """The map after it."""
        return self.reviewed.job_map

    def to_plain(self) -> dict[str, Any]:
        """The decision as jtbd-decision/1, the map's new revision and the ids of what changed."""
        return {
            "decision": to_json(self.decision),
            "revision": self.reviewed.revision,
            "entries": list(self.changed),
        }


def reviewed(database: Database, study: str, *, run: str | None = None, viewer: str | None = None) -> Reviewed:
    """The job map of a study with all decisions made on it, by name or id of the study.

    Args:
        run: id of the run whose map is wanted, as it was left; by default the last that is done.
        viewer: who looks.

    Raises:
        NotFoundError: no such study, no such run of it, or none that is done.
    """
    del viewer
    with database.reading() as session:
        study_id = studies.find(session, study).id
        loaded = load(database, session, _run(session, study_id, run))
    return _reviewed(study_id, loaded)


def job_map(database: Database, study: str, *, run: str | None = None, viewer: str | None = None) -> JobMap:
    """The map alone; see `reviewed`."""
    return reviewed(database, study, run=run, viewer=viewer).job_map


def decide(database: Database, study: str, decision_body: Mapping[str, object], stamp: Stamp) -> Decided:
    """Store a decision on the map of the last run, if it fits there.

    Args:
        decision_body: the kind and its fields as in jtbd-decision/1, and `seen`; id, author and time are given here.
            It may name the `run` whose map its writer saw.

    Raises:
        NotFoundError: no such study, or it has no run that is done.
        MalformedDecisionError: the body is no decision.
        DecisionNotAllowedError: it does not fit what is there by now; `details` say what changed. Nothing is stored.
    """
    with database.writing() as session:
        study_id = studies.find(session, study).id
        # Whoever comes second waits here, and then sees what the first decided.
        studies.lock(session, study_id)
        run = latest_run(session, study_id)
        before = load(database, session, run)
        decision = _read(decision_body, run, stamp)
        review = before.review.decide(decision)
        body = to_json(decision)
        decisions.append(session, run.id, decision.kind, body, stamp, decision_id=decision.id)
        after = LoadedReview(run.id, run.number, before.start, decisions.mark(session, run.id), review)
    MEMORY.keep((str(database), run.id), after)
    return Decided(
        decision=decision,
        reviewed=_reviewed(study_id, after),
        changed=_changed(before.review.state, review.state),
    )


def decision_log(database: Database, study: str, *, run: str | None = None) -> tuple[StoredDecision, ...]:
    """All decisions on a run, by default the last that is done, in their order.

    Raises:
        NotFoundError: as `reviewed`.
    """
    with database.reading() as session:
        study_id = studies.find(session, study).id
        return decisions.of_run(session, _run(session, study_id, run).id)


def evidence(
    database: Database,
    study: str,
    *,
    ids: Iterable[str] = (),
    entry: str | None = None,
    run: str | None = None,
    viewer: str | None = None,
) -> list[dict[str, Any]]:
    """The quotes of these ids, or those behind an entry of the map; see `map_evidence`.

    Raises:
        NotFoundError: as `reviewed`, or the map has no such entry.
    """
    found = reviewed(database, study, run=run, viewer=viewer)
    wanted = tuple(ids)
    if entry is not None:
        try:
            wanted = (*wanted, *evidence_ids(found.job_map, entry))
        except KeyError:
            raise NotFoundError(f"there is no {entry} on the map") from None
    with database.reading() as session:
        people = participants.by_speaker(session, found.study_id)
    return map_evidence(found.job_map, wanted, participants=people)


def _run(session: Session, study_id: str, run_id: str | None) -> Run:
    if run_id is None:
        return latest_run(session, study_id)
    run = runs.get(session, run_id)
    if run.study_id != study_id or run.state is not RunState.DONE:
        raise NotFoundError(f"the study has no run {run_id} that is done")
    return run


def _reviewed(study_id: str, loaded: LoadedReview) -> Reviewed:
    return Reviewed(
        study_id=study_id,
        run_id=loaded.run_id,
        run_number=loaded.number,
        revision=loaded.revision,
        job_map=loaded.job_map,
    )


def _read(body: Mapping[str, object], run: Run, stamp: Stamp) -> ReviewDecision:
    """The decision of a body that somebody sent."""
    seen_run = body.get("run", run.id)
    if seen_run != run.id:
        details: dict[str, object] = {
            "decision": None,
            "reason": "stale",
            "entry": None,
            "current": None,
            "since": [],
            "run": run.id,
        }
        raise DecisionNotAllowedError(f"run {run.number} has come since: look at its map first", details=details)
    own = {"schema": DECISION_SCHEMA, "id": new_id("decision"), "run": run.id, "by": stamp.by}
    return from_json({**body, **own, "at": stamp.at.isoformat()})


def _changed(before: ReviewState, after: ReviewState) -> tuple[str, ...]:
    """Ids of entries that are not what they were: changed, made or gone."""
    old = {e.id: e for e in before.entries}
    new = {e.id: e for e in after.entries}
    commented = {c.entry: None for c in after.comments[len(before.comments) :] if c.entry is not None}
    changed = [i for i in (*old, *new) if old.get(i) is not new.get(i) and old.get(i) != new.get(i)]
    return tuple(dict.fromkeys([*changed, *commented]))
