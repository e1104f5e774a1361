"""Blind reviews: several analysts decide on one run without seeing each other, then reveal and settle.

While one is open, each analyst's decisions go on a sheet of their own. `reveal` decides on the map of all what those
who decided agree on, merges and splits too; the rest is shown side by side and settled by ordinary decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from api.store import decisions, map_starts, reviews, rules, studies
from api.store.database import Database, Session, Stamp
from api.store.errors import NotFoundError
from api.store.ids import new_id
from api.store.reviews import MEMORY, ReviewedRun
from jtbd_nlp.errors import ReviewError
from jtbd_nlp.review import (
    DECISION_SCHEMA,
    Agreement,
    Compared,
    EntryState,
    JobMap,
    MapNeed,
    MapStep,
    Review,
    ReviewDecision,
    Verdict,
    compare_analysts,
    compare_sheets,
    from_json,
    learn_rules,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindOutcome:
    """What came of a blind review: who took part, what all agree on, and what is left to settle."""

    run_id: str
    is_open: bool
    analysts: tuple[str, ...]
    agreed: tuple[Compared, ...]
    disputed: tuple[Compared, ...]


def begin_blind(database: Database, study: str, stamp: Stamp) -> str:
    """Let analysts review the run at hand without seeing each other, until `reveal`; give the run's id.

    Raises:
        NotFoundError: as `decide`.
        ReviewError: there was a blind review of this run already.
    """
    with database.writing() as session:
        study_id = studies.find(session, study).id
        studies.lock(session, study_id)
        run = reviews.current_run(session, study_id)
        if map_starts.blind_review(session, run.id) is not None:
            raise ReviewError(f"run {run.number} was or is in a blind review: begin one of the next run")
        before = reviews.load(database, session, run)
        if map_starts.version(session, run.id) is None:
            map_starts.keep(session, run.id, before.review.start_state, stamp)
        map_starts.begin_blind(session, run.id, stamp)
        return run.id


def reveal(database: Database, study: str, stamp: Stamp) -> BlindOutcome:
    """End the blind review: what all who decided agree on is decided on the map of all, by who reveals.

    Raises:
        NotFoundError: no such study, or it is in no blind review.
    """
    with database.writing() as session:
        study_id = studies.find(session, study).id
        studies.lock(session, study_id)
        blind = map_starts.open_blind_review(session, study_id)
        if blind is None:
            raise NotFoundError("the study is in no blind review: `jtbd study blind STUDY begin` lets one begin")
        run = reviews.run_of(session, study_id, blind.run_id)
        before = reviews.load(database, session, run)
        compared = compare_sheets(before.job_map, _sheets(database, session, run))
        map_starts.reveal(session, run.id, stamp)
        review = before.review
        for decision in _adopted(before.job_map, compared, run, stamp):
            review = review.decide(decision)
            reviews.append(session, before, decision, stamp)
        after = reviews.after_deciding(session, before, review)
        rules.keep_learned(session, study_id, learn_rules(after.job_map), stamp)
    MEMORY.keep(database, after)
    return blind_outcome(database, study, run=run.id)


def blind_outcome(database: Database, study: str, *, run: str | None = None) -> BlindOutcome:
    """What analysts agree on in a blind review, and what is left to settle: disputed entries nobody decided on since.

    While it is open it only says who took part.

    Raises:
        NotFoundError: as `reviewed`, or there was no blind review of the run.
    """
    with database.reading() as session:
        study_id = studies.find(session, study).id
        found = reviews.run_or_current(session, study_id, run)
        blind = map_starts.blind_review(session, found.id)
        if blind is None:
            raise NotFoundError(f"there was no blind review of run {found.number}")
        analysts = decisions.sheets(session, found.id)
        if blind.is_open:
            return BlindOutcome(run_id=found.id, is_open=True, analysts=analysts, agreed=(), disputed=())
        before = _before_blind(database, session, found)
        now = reviews.load(database, session, found).job_map
        compared = compare_sheets(before, _sheets(database, session, found))
    disputed = [c for c in compared if not c.is_agreed and not _is_settled(c.entry, before, now)]
    agreed = tuple(c for c in compared if c.is_agreed)
    return BlindOutcome(run_id=found.id, is_open=False, analysts=analysts, agreed=agreed, disputed=tuple(disputed))


def blind_state(database: Database, run: str) -> Literal["open", "revealed"] | None:
    """Whether a run, by id, is or was in a blind review; None where it never was."""
    with database.reading() as session:
        blind = map_starts.blind_review(session, run)
    if blind is None:
        return None
    return "open" if blind.is_open else "revealed"


def agreement(database: Database, study: str, *, run: str | None = None) -> Agreement:
    """How far analysts agree with each other and with the machine, on steps and on needs.

    From the sheets of a blind review where there was one; else each analyst's decisions on the map of all are taken as
    if there were no others, though they saw each other.

    Raises:
        NotFoundError: as `reviewed`.
        ReviewError: the blind review is still open.
    """
    with database.reading() as session:
        study_id = studies.find(session, study).id
        found = reviews.run_or_current(session, study_id, run)
        blind = map_starts.blind_review(session, found.id)
        if blind is not None and blind.is_open:
            raise ReviewError("the blind review is still open: reveal it first")
        if blind is not None:
            return compare_analysts(_before_blind(database, session, found), _sheets(database, session, found))
        loaded = reviews.load(database, session, found)
        log = reviews.stored_decisions(decisions.of_run(session, found.id))
    begun = Review.start(loaded.review.analysis, state=loaded.review.start_state)
    apart = {by: begun.read(d for d in log if d.by == by).job_map() for by in sorted({d.by for d in log})}
    return compare_analysts(begun.job_map(), apart)


def _sheets(database: Database, session: Session, run: ReviewedRun) -> dict[str, JobMap]:
    """The map as each analyst of a blind review left it."""
    begun = _begun_blind(database, session, run)
    found = {}
    for analyst in decisions.sheets(session, run.id):
        log = [d for d in decisions.of_run(session, run.id, sheet=analyst) if d.sheet == analyst]
        found[analyst] = begun.read(reviews.stored_decisions(log)).job_map()
    return found


def _before_blind(database: Database, session: Session, run: ReviewedRun) -> JobMap:
    return _begun_blind(database, session, run).job_map()


def _begun_blind(database: Database, session: Session, run: ReviewedRun) -> Review:
    """The run as it was when its blind review began: with what was decided before on the map of all."""
    loaded = reviews.load(database, session, run)
    log = decisions.of_run(session, run.id)
    first = min(decisions.numbers_on_sheets(session, run.id), default=None)
    before = reviews.stored_decisions(d for d in log if first is None or d.number < first)
    return Review.start(loaded.review.analysis, state=loaded.review.start_state).read(before)


def _adopted(before: JobMap, compared: Iterable[Compared], run: ReviewedRun, stamp: Stamp) -> Iterable[ReviewDecision]:
    """The decisions that make the map of all what analysts agree on: merges and splits, then what is left over."""
    agreed = {one.entry: one.verdict for one in compared if one.is_agreed}
    merged: dict[str, list[str]] = {}
    for entry_id, verdict in agreed.items():
        if verdict.into is not None:
            merged.setdefault(verdict.into, []).append(entry_id)
    decided: list[dict[str, object]] = [{"kind": "merge", "into": i, "entries": ids} for i, ids in merged.items()]
    parted = {i: verdict for i, verdict in agreed.items() if verdict.parted_from is not None}
    for entry_id, verdict in parted.items():
        needs = [i for i, v in agreed.items() if v.place == entry_id]
        split = {"kind": "split", "step": verdict.parted_from, "phrase": verdict.wording, "needs": needs}
        decided.append({**split, "statements": sorted(verdict.members)})
    for entry_id, verdict in agreed.items():
        if verdict.into is None and entry_id not in parted:
            decided += _adopting(before.entry(entry_id), verdict, went_along=verdict.place in parted)
    for fields in decided:
        own = {"schema": DECISION_SCHEMA, "id": new_id("decision"), "run": run.id, "by": stamp.by}
        yield from_json({**fields, **own, "at": stamp.at.isoformat()})


def _adopting(old: MapStep | MapNeed, wanted: Verdict, *, went_along: bool) -> Iterable[dict[str, object]]:
    """The decisions that make an entry what is wanted; a need that went along with a split is where it belongs."""
    if isinstance(old, MapStep):
        if wanted.place != old.stage:
            yield {"kind": "move_step", "step": old.id, "stage": wanted.place}
    elif wanted.place != old.step and not went_along and wanted.review is not EntryState.REJECTED:
        yield {"kind": "move_need", "need": old.id, "step": wanted.place}
    if wanted.review is EntryState.EDITED:
        yield {"kind": "edit", "entry": old.id, "text": wanted.wording}
    elif wanted.review is EntryState.APPROVED:
        yield {"kind": "approve", "entry": old.id}
    elif wanted.review is EntryState.REJECTED:
        yield {"kind": "reject", "entry": old.id}


def _is_settled(entry_id: str, before: JobMap, now: JobMap) -> bool:
    """Whether the map of all says something of an entry that it did not say before the blind review."""
    old, new = before.state.entry(entry_id), now.state.entry(entry_id)
    if old is None:
        return False
    return new is None or (new.review, new.is_touched, new.wording) != (old.review, old.is_touched, old.wording)
