"""Runs under review, kept in memory between requests: a decision costs its own work, not that of the whole log.

What is kept is only ever used after a look at the database: a run is read again where words were taken out of it, and
decisions that another process stored meanwhile are added. Few are kept, those used last.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from api.store import decisions, runs
from api.store.database import Database, Session
from api.store.decisions import LogMark, StoredDecision
from api.store.errors import NotFoundError
from api.store.runs import Run, RunState
from jtbd_nlp.errors import MalformedDecisionError
from jtbd_nlp.review import DECISION_SCHEMA, JobMap, Review, ReviewDecision, carry_over, from_json

# Statements of all runs that are kept in memory; one of them takes about 4 kB.
N_STATEMENTS: Final = 100_000


@dataclass(frozen=True)
class LoadedReview:
    """A run under review as the database has it. `start` tells what the map began with, before its first decision."""

    run_id: str
    number: int
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
        return _digest(self.start, self.mark)


class ReviewMemory:
    """Reviews by database and run. Safe under threads; what it gives is frozen."""

    def __init__(self, *, n_statements: int = N_STATEMENTS) -> None:
        self._n_statements = n_statements
        self._kept: OrderedDict[tuple[str, ...], LoadedReview] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> LoadedReview | None:
        """What is kept of a run, whether or not it is as the database has it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: tuple[str, ...], loaded: LoadedReview) -> None:
        """Keep a review, and let go of those used least recently where they are too many; one is always kept."""
        with self._lock:
            self._kept[key] = loaded
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self._size() > self._n_statements:
                self._kept.popitem(last=False)

    def _size(self) -> int:
        return sum(len(loaded.review.analysis.statements) for loaded in self._kept.values())


MEMORY: Final = ReviewMemory()


def latest_run(session: Session, study_id: str) -> Run:
    """The last run of a study that is done: the one that is reviewed.

    Raises:
        NotFoundError: none is done yet.
    """
    done = [run for run in runs.of_study(session, study_id) if run.state is RunState.DONE]
    if not done:
        raise NotFoundError("the study has no run that is done: `jtbd study run` makes one")
    return done[-1]


def load(database: Database, session: Session, run: Run, *, memory: ReviewMemory = MEMORY) -> LoadedReview:
    """A run under review as the database has it, from memory as far as it is there."""
    before = _run_before(session, run)
    previous = None if before is None else load(database, session, before, memory=memory)
    start = _digest(run.id, run.redacted_at, None if previous is None else (previous.start, previous.mark))
    mark = decisions.mark(session, run.id)
    key = (str(database), run.id)
    kept = memory.get(key)
    if kept is not None and kept.start == start and _goes_on(kept.mark, mark):
        if kept.mark == mark:
            return kept
        new = stored_decisions(decisions.of_run(session, run.id, after=kept.mark.n))
        loaded = LoadedReview(run.id, run.number, start, mark, kept.review.read(new))
    else:
        analysis = runs.analysis(session, run.id)
        state = None if previous is None else carry_over(previous.job_map, analysis)[0].state
        review = Review.start(analysis, state=state)
        review = review.read(stored_decisions(decisions.of_run(session, run.id)))
        loaded = LoadedReview(run.id, run.number, start, mark, review)
    memory.keep(key, loaded)
    return loaded


def stored_decisions(stored: Iterable[StoredDecision]) -> list[ReviewDecision]:
    """Decisions as they were made; those of which nothing is left since somebody was erased are passed over."""
    read = []
    for one in stored:
        own = {"schema": DECISION_SCHEMA, "id": one.id, "run": one.run_id, "by": one.by, "at": one.at.isoformat()}
        try:
            read.append(from_json({**one.body, **own}, place=one.id))
        except MalformedDecisionError:
            if one.redacted_at is None:
                raise
    return read


def _goes_on(known: LogMark, now: LogMark) -> bool:
    """Whether the log is the known one, with nothing but new decisions after it."""
    return known.n <= now.n and (known.n_redacted, known.redacted_at) == (now.n_redacted, now.redacted_at)


def _run_before(session: Session, run: Run) -> Run | None:
    done = [r for r in runs.of_study(session, run.study_id) if r.state is RunState.DONE and r.number < run.number]
    return done[-1] if done else None


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
