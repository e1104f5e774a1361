"""What goes on in a study, for those who watch it: how far it is now, and what happened since they last looked.

Everything is read from the database, so that it does not matter which process did it. A look is a handful of short
queries, and those who watch one study share it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api.services import reviews
from api.store import extractions, listings, map_starts
from api.store.database import Database, Session
from api.store.errors import NotFoundError
from api.store.listings import ListedRun
from api.store.runs import RunState, n_inputs

# Runs that are watched: the last ones, since a run is seldom open while many others come after it.
N_RUNS: Final = 10
MAP_CHANGED: Final = "jobmap.changed"
_OPEN: Final = (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class RunPulse:
    """How far a run is: `n_read` of `n_transcripts` are read."""

    number: int
    state: str
    phase: str | None
    n_read: int
    n_transcripts: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """How far a study is. `runs` are its last ones by id; `job_map` tells two states of the job map apart."""

    n_transcripts: int = 0
    last_transcript: str | None = None
    runs: Mapping[str, RunPulse] = field(default_factory=dict)
    job_map: str | None = None

    def packed(self) -> str:
        """The pulse as a short text, by which a watcher who was away says what they last saw."""
        runs = {i: [r.number, r.state, r.phase, r.n_read, r.n_transcripts] for i, r in self.runs.items()}
        plain = [self.n_transcripts, self.last_transcript, runs, self.job_map]
        return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode("ascii")).decode("ascii")

    @classmethod
    def unpacked(cls, packed: str) -> Pulse | None:
        """What `packed` gave; None for anything else."""
        try:
            n, last, runs, job_map = json.loads(base64.b64decode(packed, altchars=b"-_", validate=True))
            return cls(int(n), last, {str(i): RunPulse(*run) for i, run in runs.items()}, job_map)
        except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: its name, and what it is about in ids and counts."""

    event: str
    about: Mapping[str, Any]


class Watch:
    """Looks at studies for many watchers at once. Safe under threads.

    Args:
        shared_for_s: who looks within this time of somebody else sees what they saw.
    """

    def __init__(self, database: Database, *, shared_for_s: float = 0.4) -> None:
        self._database = database
        self._shared_for_s = shared_for_s
        self._seen: dict[str, tuple[float, Pulse]] = {}
        self._lock = threading.Lock()

    def look(self, study_id: str) -> Pulse:
        """How far a study is, as of this moment or just before.

        Raises:
            NotFoundError: there is no such study any more.
        """
        with self._lock:
            found = self._seen.get(study_id)
        if found is not None and time.monotonic() - found[0] < self._shared_for_s:
            return found[1]
        begun = time.monotonic()
        pulse = look(self._database, study_id)
        with self._lock:
            self._seen = {i: kept for i, kept in self._seen.items() if begun - kept[0] < self._shared_for_s}
            self._seen[study_id] = (begun, pulse)
        return pulse

    def tell(self, study_id: str, before: Pulse | None, now: Pulse, *, viewer: str) -> list[Happening]:
        """What happened between two looks, with the revision of the job map as who watches sees it now.

        In a blind review it need not have changed for them.
        """
        found = list(happenings(before, now))
        return [self._with_revision(one, study_id, viewer) if one.event == MAP_CHANGED else one for one in found]

    def _with_revision(self, one: Happening, study_id: str, viewer: str) -> Happening:
        try:
            found = reviews.reviewed(self._database, study_id, viewer=viewer)
        except NotFoundError:
            return one
        return Happening(one.event, {"run": found.run_id, "number": found.run_number, "revision": found.revision})


def look(database: Database, study_id: str) -> Pulse:
    """How far a study is.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        if not listings.has_study(session, study_id):
            raise NotFoundError(f"there is no study {study_id}")
        n, last = listings.count_transcripts(session, study_id)
        found = listings.runs_of(session, study_id, last=N_RUNS)
        done = listings.latest_done(session, study_id)
        mark = listings.decisions_mark(session, study_id)
        blind = map_starts.open_blind_review(session, study_id)
        erased = listings.redacted_at(session, study_id)
        state = None if done is None else f"{done} {mark} {blind} {erased}"
        return Pulse(n, last, {run.id: _run(session, run) for run in found}, state and _short(state))


def happenings(before: Pulse | None, now: Pulse) -> Iterator[Happening]:
    """What happened between two looks; with no look before, what a watcher must know to begin with."""
    seen = Pulse(now.n_transcripts, now.last_transcript) if before is None else before
    if now.n_transcripts != seen.n_transcripts or now.last_transcript != seen.last_transcript:
        was_added = now.last_transcript is not None and (seen.last_transcript or "") < now.last_transcript
        event = "transcript.added" if was_added else "transcript.erased"
        yield Happening(event, {"n_transcripts": now.n_transcripts, "last": now.last_transcript})
    for run_id, run in now.runs.items():
        if seen.runs.get(run_id) == run or (before is None and run.state not in _OPEN):
            continue
        about = {
            "run": run_id,
            "number": run.number,
            "state": run.state,
            "phase": run.phase,
            "n_read": run.n_read,
            "n_transcripts": run.n_transcripts,
        }
        yield Happening("run.progress", about)
        if run.state == RunState.DONE:
            yield Happening("run.completed", {"run": run_id, "number": run.number})
    if now.job_map != seen.job_map:
        yield Happening(MAP_CHANGED, {"revision": None})


def _run(session: Session, run: ListedRun) -> RunPulse:
    n = n_inputs(session, run.id)
    n_read = n if run.state == RunState.DONE else 0
    if run.state in _OPEN and run.reader_sha256 is not None:
        n_read = extractions.count_read(session, run.id, run.reader_sha256)
    return RunPulse(run.number, run.state, run.phase, n_read, n)


def _short(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8")).hexdigest()[:16]
