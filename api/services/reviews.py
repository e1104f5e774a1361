"""What people do with job maps: look at one, decide on it, take back, see what a run changed and what was learned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.services.blind_reviews import BlindOutcome, agreement, begin_blind, blind_outcome, reveal
from api.services.telling import tell_decided
from api.store import decisions, map_starts, participants, reviews, runs, studies, transcripts
from api.store import rules as learned_rules
from api.store.database import Database, Session, Stamp
from api.store.decisions import StoredDecision
from api.store.errors import NotFoundError
from api.store.ids import new_id
from api.store.reviews import MEMORY, LoadedReview, ReviewedRun
from jtbd_nlp.domain import Span, Statement, Transcript
from jtbd_nlp.errors import DecisionNotAllowedError
from jtbd_nlp.export.job_map_json import MapPlace, to_plain
from jtbd_nlp.export.map_evidence import evidence_ids, map_evidence
from jtbd_nlp.forgetting import Forgotten
from jtbd_nlp.lint import phrase_quality
from jtbd_nlp.naming import other_names
from jtbd_nlp.review import (
    DECISION_SCHEMA,
    Difference,
    JobMap,
    MapNeed,
    MapStep,
    Redo,
    Review,
    ReviewDecision,
    ReviewRule,
    ReviewState,
    Undo,
    carry_over,
    from_json,
    learn_rules,
    to_json,
)
from jtbd_nlp.review.forgetting import Loss, tell_loss

__all__ = [
    "BlindOutcome",
    "Decided",
    "KnownRule",
    "Loss",
    "Reviewed",
    "RunDifference",
    "agreement",
    "begin_blind",
    "blind_outcome",
    "decide",
    "decision_log",
    "difference",
    "evidence",
    "job_map",
    "loss",
    "redo",
    "remove_rule",
    "reveal",
    "reviewed",
    "revision",
    "rules",
    "undo",
]

# Decisions of these kinds teach nothing, and change no rule that others taught.
_TEACHES_NOTHING: Final = frozenset({"approve", "edit", "comment", "move_step", "move_need", "reorder"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A study's map and where it is kept. `revision` changes with every decision and with every run.

    `sheet` is the analyst whose own map it is, while a blind review is open. `review` is what the map was made from.
    """

    study_id: str
    run_id: str
    run_number: int
    revision: str
    job_map: JobMap
    review: Review
    sheet: str | None = None

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
        """The decision as jtbd-decision/1, the map's new revision, the ids of what changed, and the new revisions of
        those that are still there: what the next decision on them names as seen.
        """
        state = self.reviewed.job_map.state
        revisions = {i: entry.revision for i in self.changed if (entry := state.entry(i)) is not None}
        return {
            "decision": to_json(self.decision),
            "revision": self.reviewed.revision,
            "entries": list(self.changed),
            "revisions": revisions,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDifference:
    """What a run changed beside the map before it. `previous` is that map; None, and an empty difference, for a first.

    `reviewed` is the map as it is now, with what was decided since.
    """

    reviewed: Reviewed
    previous: JobMap | None
    difference: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRule:
    """A rule the next run obeys, unless it is removed; who taught it when, and what it changed in the last run.

    `entry` is what the decision was about, as it is called now; None where that is gone. `changed` are the statements
    that stand otherwise because of it in the run that is reviewed; None where that run did not know it yet.
    """

    rule: ReviewRule
    by: str
    at: datetime
    entry: str | None
    changed: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a decision is made on: the study and the run under review as the writer has it."""

    database: Database
    session: Session
    study_id: str
    before: LoadedReview


def reviewed(database: Database, study: str, *, run: str | None = None, viewer: str | None = None) -> Reviewed:
    """The job map of a study with all decisions made on it, by name or id of the study.

    Args:
        run: id of the run whose map is wanted, as it was left; by default the one that is reviewed: the last that is
            done, or the one in an open blind review.
        viewer: who looks. In an open blind review they see what they decided themselves, and nobody else's decisions
            since it began; without a viewer nobody's.

    Raises:
        NotFoundError: no such study, no such run of it, or none that is done.
    """
    with database.reading() as session:
        study_id = studies.find(session, study).id
        return _reviewed(study_id, _load(database, session, study_id, run, viewer))


def revision(database: Database, study: str, *, viewer: str | None = None) -> str:
    """The revision of a study's map alone; see `reviewed`."""
    return reviewed(database, study, viewer=viewer).revision


def job_map(database: Database, study: str, *, run: str | None = None, viewer: str | None = None) -> JobMap:
    """The map alone; see `reviewed`."""
    return reviewed(database, study, run=run, viewer=viewer).job_map


def decide(database: Database, study: str, decision_body: Mapping[str, object], stamp: Stamp) -> Decided:
    """Store a decision on the map that is reviewed, if it fits there.

    A decision of an earlier run is undone and redone in its own place, if all that was decided since still fits. In an
    open blind review the decision goes on the writer's own sheet.

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
        before = _load(database, session, study_id, None, stamp.by)
        scene = _Scene(database, session, study_id, before)
        decision = _read(decision_body, before.run, stamp)
        earlier = _earlier_run(scene, decision)
        after = (
            _decide_here(scene, decision, stamp)
            if earlier is None
            else _decide_earlier(scene, earlier, decision, stamp)
        )
        if after.sheet is None and decision.kind not in _TEACHES_NOTHING:
            learned_rules.keep_learned(session, study_id, learn_rules(after.job_map), stamp)
        old, new = before.review.state, after.review.state
        changed = _changed(old, new)
        if after.sheet is None:
            run = after.run.id
            tell_decided(session, study_id, decision.id, run, before=old, after=new, changed=changed, stamp=stamp)
    MEMORY.keep(database, after)
    return Decided(decision=decision, reviewed=_reviewed(study_id, after), changed=changed)


def undo(database: Database, study: str, stamp: Stamp, *, decision: str | None = None) -> Decided:
    """Take back a decision, by default the last one of who asks, of this run or of one before it.

    Raises:
        NotFoundError: as `decide`, or there is nothing of theirs to take back.
        DecisionNotAllowedError: as `decide`.
    """
    wanted = decision or _last_of(database, study, stamp.by, "next_undo")
    return decide(database, study, {"kind": "undo", "decision": wanted}, stamp)


def redo(database: Database, study: str, stamp: Stamp, *, decision: str | None = None) -> Decided:
    """Put back a decision that was taken back, by default the last of who asks; see `undo`."""
    wanted = decision or _last_of(database, study, stamp.by, "next_redo")
    return decide(database, study, {"kind": "redo", "decision": wanted}, stamp)


def decision_log(database: Database, study: str, *, run: str | None = None) -> tuple[StoredDecision, ...]:
    """All decisions on the map of a run, by default the one that is reviewed, in their order.

    Raises:
        NotFoundError: as `reviewed`.
    """
    with database.reading() as session:
        study_id = studies.find(session, study).id
        return decisions.of_run(session, reviews.run_or_current(session, study_id, run).id)


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


def other_step_names(
    database: Database, study: str, step: str, *, run: str | None = None, viewer: str | None = None
) -> list[str]:
    """What else a step could be called, by the words of its quotes, best first; what was suggested for it among them.

    Raises:
        NotFoundError: as `reviewed`, or the map has no such step.
    """
    found = reviewed(database, study, run=run, viewer=viewer).job_map
    one = _step_of(found, step)
    wanted = frozenset(one.statements)
    phrases = [s.phrase for s in found.analysis.statements if s.id in wanted]
    suggested = [] if one.suggestion is None else [one.suggestion.phrase]
    return other_names(one.phrase, [*suggested, *phrases], phrase_quality)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """What a name for a step is written from: the job, its stage, its name now, and its statements."""

    job: str
    stage: str
    name: str
    statements: tuple[Statement, ...]
    transcripts: tuple[Transcript, ...]


def step_to_name(
    database: Database, study: str, step: str, *, run: str | None = None, viewer: str | None = None
) -> Unnamed:
    """What is known of a step of the map, for whoever is to name it.

    Raises:
        NotFoundError: as `reviewed`, or the map has no such step.
    """
    found = reviewed(database, study, run=run, viewer=viewer).job_map
    one = _step_of(found, step)
    by_id = {s.id: s for s in found.analysis.statements}
    own = tuple(by_id[i] for i in one.statements if i in by_id)
    return Unnamed(found.analysis.study.job, one.stage, one.phrase, own, found.analysis.transcripts)


@dataclass(frozen=True, slots=True)
class Untold:
    """What needs of a quote are written from: the job, and where in a transcript the quote stands."""

    job: str
    transcript: Transcript
    span: Span


def quote_to_write(
    database: Database, study: str, quote: str, *, run: str | None = None, viewer: str | None = None
) -> Untold:
    """What is known of a quote of the map by its id, for whoever is to write the need that it tells.

    Raises:
        NotFoundError: as `reviewed`, or the map has no such quote.
    """
    found = reviewed(database, study, run=run, viewer=viewer).job_map
    row = next(iter(map_evidence(found, (quote,), participants={})), None)
    if row is None:
        raise NotFoundError(f"there is no quote {quote} on the map")
    transcript = next(t for t in found.analysis.transcripts if t.id == row["transcript"])
    return Untold(found.analysis.study.job, transcript, Span(row["turn"], row["start"], row["end"]))


def _step_of(job_map: JobMap, step: str) -> MapStep:
    one = next((s for s in job_map.steps if s.id == step), None)
    if one is None:
        raise NotFoundError(f"there is no step {step} on the map")
    return one


def difference(database: Database, study: str, *, run: str | None = None, viewer: str | None = None) -> RunDifference:
    """What a run, by default the one that is reviewed, changed beside the map before it: what there is to review.

    Raises:
        NotFoundError: as `reviewed`.
    """
    with database.reading() as session:
        study_id = studies.find(session, study).id
        loaded = _load(database, session, study_id, run, viewer)
        previous, found = reviews.difference(database, session, loaded.run)
    return RunDifference(reviewed=_reviewed(study_id, loaded), previous=previous, difference=found)


def loss(database: Database, study: str, *, participant: str | None = None, transcript: str | None = None) -> Loss:
    """What the map would lose if a person, or an interview, were erased; by their ids. Nothing is changed.

    Raises:
        NotFoundError: there is no such study, person or interview; or no run that is done.
    """
    with database.reading() as session:
        study_id = studies.find(session, study).id
        forgotten = Forgotten()
        if transcript is not None:
            forgotten = Forgotten(transcripts=frozenset({transcripts.get(session, transcript).transcript.id}))
        if participant is not None:
            speaks = participants.by_speaker(session, study_id)
            own = frozenset(place for place, person in speaks.items() if person == participant)
            participants.get(session, participant)
            forgotten = Forgotten(transcripts=forgotten.transcripts, people=own)
        loaded = reviews.load(database, session, reviews.current_run(session, study_id))
    return tell_loss(loaded.job_map, forgotten)


def rules(database: Database, study: str) -> tuple[KnownRule, ...]:
    """What the decisions on a study's maps teach its next run, removed rules too, and what each changed in this one.

    Raises:
        NotFoundError: as `reviewed`.
    """
    with database.reading() as session:
        study_id = studies.find(session, study).id
        loaded = reviews.load(database, session, reviews.current_run(session, study_id))
        obeyed = {str(rule["rule"]): tuple(rule["changed"]) for rule in runs.get(session, loaded.run.id).obeyed}
        taught = {d.id: d for d in decisions.of_study(session, study_id)}
    lessons = {lesson.rule: lesson for lesson in loaded.review.state.lessons}
    found = []
    for rule in learn_rules(loaded.job_map).rules:
        decision = taught[rule.decision]
        entry = lessons[rule.id].entry or str(decision.body.get("into") or decision.body.get("step") or "")
        survivor = loaded.review.state.survivor(entry)
        is_there = loaded.review.state.entry(survivor) is not None
        found.append(
            KnownRule(
                rule=rule,
                by=decision.by,
                at=decision.at,
                entry=survivor if is_there else None,
                changed=obeyed.get(rule.id),
            )
        )
    return tuple(found)


def remove_rule(database: Database, study: str, rule: str, stamp: Stamp) -> Decided:
    """Let the next run no longer obey a rule; the decision that taught it stands, and undoing this puts it back.

    Raises:
        NotFoundError, DecisionNotAllowedError: as `decide`.
    """
    return decide(database, study, {"kind": "remove_rule", "rule": rule}, stamp)


def _load(database: Database, session: Session, study_id: str, run_id: str | None, viewer: str | None) -> LoadedReview:
    run = reviews.run_or_current(session, study_id, run_id)
    blind = map_starts.open_blind_review(session, study_id)
    sheet = viewer if blind is not None and blind.run_id == run.id else None
    return reviews.load(database, session, run, sheet=sheet)


def _reviewed(study_id: str, loaded: LoadedReview) -> Reviewed:
    return Reviewed(
        study_id=study_id,
        run_id=loaded.run.id,
        run_number=loaded.run.number,
        revision=loaded.revision,
        job_map=loaded.job_map,
        review=loaded.review,
        sheet=loaded.sheet,
    )


def _read(body: Mapping[str, object], run: ReviewedRun, stamp: Stamp) -> ReviewDecision:
    """The decision of a body that somebody sent."""
    seen_run = body.get("run", run.id)
    if seen_run != run.id:
        details: dict[str, object] = {"decision": None, "reason": "stale", "entry": None, "current": None, "since": []}
        message = f"run {run.number} is reviewed by now: look at its map first"
        raise DecisionNotAllowedError(message, details={**details, "run": run.id})
    own = {"schema": DECISION_SCHEMA, "id": new_id("decision"), "run": run.id, "by": stamp.by}
    return from_json({**body, **own, "at": stamp.at.isoformat()})


def _decide_here(scene: _Scene, decision: ReviewDecision, stamp: Stamp) -> LoadedReview:
    before = scene.before
    review = before.review.decide(decision)
    reviews.append(scene.session, before, decision, stamp)
    return reviews.after_deciding(scene.session, before, review)


def _earlier_run(scene: _Scene, decision: ReviewDecision) -> ReviewedRun | None:
    """The run before this one whose decision is to be taken back or put back."""
    if not isinstance(decision, Undo | Redo):
        return None
    named = decisions.find(scene.session, decision.decision)
    if named is None or named.run_id == scene.before.run.id:
        return None
    done = reviews.done_runs(scene.session, scene.study_id)
    return next((r for r in done if r.id == named.run_id and r.number < scene.before.run.number), None)


def _decide_earlier(scene: _Scene, earlier: ReviewedRun, decision: ReviewDecision, stamp: Stamp) -> LoadedReview:
    """Take back or put back a decision of an earlier run, and carry what follows through the runs since."""
    if scene.before.sheet is not None:
        raise _depends(decision, "earlier runs stay as they are while a blind review is open", ())
    load = reviews.load
    first = load(scene.database, scene.session, earlier)
    job_map = first.review.decide(decision).job_map()
    again: list[tuple[LoadedReview, Review]] = []
    for run in reviews.done_runs(scene.session, scene.study_id):
        if earlier.number < run.number <= scene.before.run.number:
            old = load(scene.database, scene.session, run)
            state = carry_over(job_map, old.review.analysis)[0].state
            log = reviews.stored_decisions(decisions.of_run(scene.session, run.id))
            new = Review.start(old.review.analysis, state=state).read(log)
            known = {c.decision for c in old.review.conflicts}
            if broken := tuple(c.decision for c in new.conflicts if c.decision not in known):
                raise _depends(decision, f"what was decided on run {run.number} builds on it", broken)
            again.append((old, new))
            job_map = new.job_map()
    reviews.append(scene.session, first, decision, stamp)
    for old, new in again:
        if map_starts.version(scene.session, old.run.id) is not None:
            map_starts.keep(scene.session, old.run.id, new.start_state, stamp)
    last = reviews.current_run(scene.session, scene.study_id)
    return reviews.load(scene.database, scene.session, last, memory=reviews.ReviewMemory())


def _depends(decision: ReviewDecision, message: str, since: tuple[str, ...]) -> DecisionNotAllowedError:
    details = {"decision": decision.id, "reason": "depends", "entry": None, "current": None, "since": list(since)}
    return DecisionNotAllowedError(message, details=details)


def _last_of(database: Database, study: str, by: str, which: str) -> str:
    """Id of the decision that somebody would take back, or put back, next."""
    with database.reading() as session:
        study_id = studies.find(session, study).id
        loaded = _load(database, session, study_id, None, by)
        runs_before = [r for r in reviews.done_runs(session, study_id) if r.number < loaded.run.number]
        maps = (
            [loaded] if loaded.sheet else [loaded, *(reviews.load(database, session, r) for r in reversed(runs_before))]
        )
        for one in maps:
            found: str | None = getattr(one.job_map, which)(by)
            if found is not None:
                return found
    raise NotFoundError(f"{by} has nothing to {'undo' if which == 'next_undo' else 'redo'}")


def _changed(before: ReviewState, after: ReviewState) -> tuple[str, ...]:
    """Ids of entries that are not what they were: changed, made or gone."""
    old = {e.id: _told(e) for e in before.entries}
    new = {e.id: _told(e) for e in after.entries}
    commented = {c.entry: None for c in after.comments[len(before.comments) :] if c.entry is not None}
    changed = [i for i in (*old, *new) if old.get(i) != new.get(i)]
    return tuple(dict.fromkeys([*changed, *commented]))


def _told(entry: MapStep | MapNeed) -> tuple[str, object]:
    """What people see of an entry: its revision covers all but the place among its like."""
    return entry.revision, entry.position if isinstance(entry, MapStep) else None
