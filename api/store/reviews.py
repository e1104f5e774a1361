"""Runs under review: what was suggested, decided and carried over, folded; kept in memory from one look to the next.

A decision so costs its own work and not that of the whole log. What is in memory is only ever used after a look at the
database: a run is read again where words were taken out of it, and decisions that another process stored are added.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store import decisions, map_starts, runs
from api.store.database import Database, Stamp
from api.store.decisions import LogMark, StoredDecision
from api.store.errors import NotFoundError
from api.store.runs import RunState
from api.store.tables import RunTable
from jtbd_nlp.errors import MalformedDecisionError
from jtbd_nlp.review import (
    DECISION_SCHEMA,
    Difference,
    JobMap,
    MoveStatement,
    Review,
    ReviewDecision,
    carry_over,
    from_json,
    to_json,
)

# Statements of all runs that are kept in memory; one of them takes about 4 kB.
N_STATEMENTS: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedRun:
    """A run that is done, as far as review needs to know it."""

    id: str
    study_id: str
    number: int
    redacted_at: datetime | None


@dataclass(frozen=True)
class LoadedReview:
    """A run under review as the database has it.

    `start` tells what its map began with: equal for equal beginnings. `sheet` is the analyst whose own decisions in a
    blind review are among those read, None for the map of all.
    """

    run: ReviewedRun
    sheet: str | None
    start: str
    mark: LogMark
    review: Review

    @cached_property
    def job_map(self) -> JobMap:
        """The map, worked out once."""
        return self.review.job_map()

    @property
    def revision(self) -> str:
        """12 hex digits that change with every decision on the map, and with every run."""
        return _digest(self.start, self.sheet, self.mark)


class ReviewMemory:
    """Reviews by database and run. Safe under threads; what it gives is frozen."""

    def __init__(self, *, n_statements: int = N_STATEMENTS) -> None:
        self._n_statements = n_statements
        self._kept: OrderedDict[tuple[str, ...], LoadedReview] = OrderedDict()
        self._lock = threading.Lock()
        self._reading: dict[tuple[str, ...], threading.RLock] = {}

    def reading(self, database: Database, run_id: str, sheet: str | None) -> threading.RLock:
        """Held by whoever reads a run, so that others wait for what comes of it."""
        with self._lock:
            return self._reading.setdefault((str(database), run_id, sheet or ""), threading.RLock())

    def get(self, database: Database, run_id: str, sheet: str | None = None) -> LoadedReview | None:
        """What is kept of a run, whether or not it is as the database has it."""
        key = (str(database), run_id, sheet or "")
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, database: Database, loaded: LoadedReview) -> None:
        """Keep a review, and let go of those used least recently where they are too many; one is always kept."""
        key = (str(database), loaded.run.id, loaded.sheet or "")
        with self._lock:
            self._kept[key] = loaded
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self._size() > self._n_statements:
                self._kept.popitem(last=False)

    def forget(self, run_id: str) -> None:
        """Let go of a run, on all sheets and in all databases: words in it were erased."""
        with self._lock:
            for key in [key for key in self._kept if key[1] == run_id]:
                del self._kept[key]

    def _size(self) -> int:
        # The sheets of one run share its analysis.
        analyses = {id(kept.review.analysis): kept.review.analysis for kept in self._kept.values()}
        return sum(len(analysis.statements) for analysis in analyses.values())


MEMORY: Final = ReviewMemory()


def current_run(session: Session, study_id: str) -> ReviewedRun:
    """The run that is reviewed: the last of a study that is done, or the one in an open blind review.

    Raises:
        NotFoundError: none is done yet.
    """
    blind = map_starts.open_blind_review(session, study_id)
    if blind is not None:
        return run_of(session, study_id, blind.run_id)
    done = done_runs(session, study_id)
    if not done:
        raise NotFoundError("the study has no run that is done: `jtbd study run` makes one")
    return done[-1]


def run_of(session: Session, study_id: str, run_id: str) -> ReviewedRun:
    """A run of a study that is done.

    Raises:
        NotFoundError: there is none of that id.
    """
    found = next((run for run in done_runs(session, study_id) if run.id == run_id), None)
    if found is None:
        raise NotFoundError(f"the study has no run {run_id} that is done")
    return found


def run_or_current(session: Session, study_id: str, run_id: str | None) -> ReviewedRun:
    """A run of a study that is done, by default the one that is reviewed.

    Raises:
        NotFoundError: there is none of that id, or none at all.
    """
    return current_run(session, study_id) if run_id is None else run_of(session, study_id, run_id)


def done_runs(session: Session, study_id: str) -> tuple[ReviewedRun, ...]:
    """The runs of a study that are done, first to last."""
    rows = session.execute(
        select(RunTable.id, RunTable.number, RunTable.redacted_at)
        .where(RunTable.study_id == study_id, RunTable.state == RunState.DONE.value)
        .order_by(RunTable.number)
    )
    return tuple(ReviewedRun(id=i, study_id=study_id, number=n, redacted_at=at) for i, n, at in rows)


def run_before(session: Session, run: ReviewedRun) -> ReviewedRun | None:
    """The run of the study that was done before, by number; None for the first."""
    earlier = [r for r in done_runs(session, run.study_id) if r.number < run.number]
    return earlier[-1] if earlier else None


def load(
    database: Database,
    session: Session,
    run: ReviewedRun,
    *,
    sheet: str | None = None,
    memory: ReviewMemory = MEMORY,
) -> LoadedReview:
    """A run under review as the database has it, from memory as far as it is there.

    Call it before the session writes anything about the study: what it reads is remembered for others.

    Args:
        sheet: the analyst whose own decisions in a blind review count beside those of all.
    """
    start = _start_of(session, run)
    mark = decisions.mark(session, run.id, sheet=sheet)
    kept = memory.get(database, run.id, sheet)
    if kept is not None and kept.start == start and kept.mark == mark:
        return kept
    # Whoever wants the same meanwhile waits for it, and does not read the run a second time.
    with memory.reading(database, run.id, sheet):
        kept = memory.get(database, run.id, sheet)
        if kept is not None and kept.start == start and _goes_on(kept.mark, mark):
            review = kept.review
            new = decisions.of_run(session, run.id, after=kept.mark.last_number, sheet=sheet)
        else:
            review = _begun(database, session, run, memory)
            new = decisions.of_run(session, run.id, sheet=sheet)
        loaded = LoadedReview(run, sheet, start, mark, review.read(stored_decisions(new)))
        memory.keep(database, loaded)
    return loaded


def difference(
    database: Database, session: Session, run: ReviewedRun, *, memory: ReviewMemory = MEMORY
) -> tuple[JobMap | None, Difference]:
    """What a run changed beside the map before it, and that map; None and nothing for the first run."""
    before = run_before(session, run)
    if before is None:
        return None, Difference()
    previous = load(database, session, before, memory=memory).job_map
    analysis = load(database, session, run, memory=memory).review.analysis
    return previous, carry_over(previous, analysis)[1]


def append(session: Session, before: LoadedReview, decision: ReviewDecision, stamp: Stamp) -> None:
    """Store a decision on a run under review; with the first one, what the map of the run began with."""
    run_id = before.run.id
    if map_starts.version(session, run_id) is None:
        map_starts.keep(session, run_id, before.review.start_state, stamp)
    body = to_json(decision)
    decisions.append(session, run_id, decision.kind, body, stamp, decision_id=decision.id, sheet=before.sheet)


def after_deciding(session: Session, before: LoadedReview, review: Review) -> LoadedReview:
    """The run under review after a decision was stored; to be remembered once that is committed."""
    version = map_starts.version(session, before.run.id)
    start = before.start if version is None else _digest(before.run.id, before.run.redacted_at, version)
    mark = decisions.mark(session, before.run.id, sheet=before.sheet)
    return LoadedReview(before.run, before.sheet, start, mark, review)


def stored_decisions(stored: Iterable[StoredDecision]) -> list[ReviewDecision]:
    """Decisions as they were made. One of which nothing is left since somebody was erased is passed over."""
    read = []
    for one in stored:
        own = {"schema": DECISION_SCHEMA, "id": one.id, "run": one.run_id, "by": one.by, "at": one.at.isoformat()}
        body = {**one.body, **own}
        if one.kind == MoveStatement.kind and one.redacted_at is not None and body.get("statement") is None:
            # What was moved is gone; that it was moved to this entry, and may be undone, is not.
            body["statement"] = f"erased-{one.id}"
        try:
            read.append(from_json(body, place=one.id))
        except MalformedDecisionError:
            if one.redacted_at is None:
                raise
    return read


def named_in_decisions(session: Session, study_id: str) -> frozenset[str]:
    """The ids that decisions on a study's maps name: of entries, and whatever else is a value in them or was seen."""
    return frozenset(name for decision in decisions.of_study(session, study_id) for name in _names(decision.body))


def _names(plain: object) -> Iterable[str]:
    match plain:
        case str():
            yield plain
        case dict():
            yield from (str(key) for key in plain)
            yield from (name for inner in plain.values() for name in _names(inner))
        case list():
            yield from (name for inner in plain for name in _names(inner))


def _start_of(session: Session, run: ReviewedRun) -> str:
    """What tells the beginning of a run's map, without reading it."""
    version = map_starts.version(session, run.id)
    before = run_before(session, run) if version is None else None
    if before is None:
        return _digest(run.id, run.redacted_at, version)
    return _digest(run.id, run.redacted_at, _start_of(session, before), decisions.mark(session, before.id))


def _begun(database: Database, session: Session, run: ReviewedRun, memory: ReviewMemory) -> Review:
    """The run before any decision on it."""
    shared = memory.get(database, run.id)
    analysis = shared.review.analysis if shared and shared.run == run else runs.analysis(session, run.id)
    state = map_starts.state(session, run.id)
    before = run_before(session, run) if state is None else None
    if before is not None:
        previous = load(database, session, before, memory=memory)
        state = carry_over(previous.job_map, analysis)[0].state
    return Review.start(analysis, state=state)


def _goes_on(known: LogMark, now: LogMark) -> bool:
    """Whether the log is the known one, with nothing but new decisions after it."""
    return known.n <= now.n and (known.n_redacted, known.redacted_at) == (now.n_redacted, now.redacted_at)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
