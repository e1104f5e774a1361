"""Studies to run, and a worker in the process of the test, on the analyst that needs no model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from api.durable.own_process import LoadAnalyst, Outcome, WorkerStoppingError, _do, _place
from api.durable.pace import Pace
from api.durable.working import work
from api.services.runs import run_status
from api.store import studies
from api.store.database import Database, Stamp
from api.store.progress import RunProgress
from jtbd_nlp.domain import Transcript
from jtbd_nlp.errors import JtbdError
from tests.builders import a_transcript
from tests.fake_analyst import LOAD
from tests.stored import ARRIVE, add_transcripts

DEEDS = ("I plan the route on the map.", "I look up the train.", "I pack my bag before I go.")
LONGEST_S = 120.0
QUICK = Pace(beat_s=0.2, lease_s=2.0, look_s=0.1, poll_s=0.05, read_limit_s=20, map_limit_s=20)


class SameProcess:
    """Does tasks in the thread that asks; `before` is called ahead of each."""

    def __init__(self, url: str, load: LoadAnalyst, *, before: Callable[[str], None] = lambda _: None) -> None:
        from api.store.database import database_url

        self._database = Database(database_url(url))
        self._analyst, self._reviewed = load()
        self._before = before
        self._turn = threading.Lock()
        self._is_stopping = False

    def do(self, name: str, run_id: str, *arguments: object, limit_s: float) -> Outcome:
        del limit_s
        with self._turn:
            if self._is_stopping:
                raise WorkerStoppingError
            self._before(name)
            try:
                return Outcome(_do(self._database, self._analyst, self._reviewed, name, run_id, *arguments))  # type: ignore[arg-type]
            except JtbdError as error:
                return Outcome(fault=f"{_place(name, arguments)}: {error}")

    def interrupt(self, run_ids: set[str]) -> None:
        del run_ids

    def stop(self) -> None:
        self._is_stopping = True
        # The task at hand may have told the study already and still hold its connection.
        with self._turn:
            self._database.close()


def interviews(n: int, *, said: str = "", first: int = 1) -> list[Transcript]:
    """n short interviews, the words of each its own."""
    return [
        a_transcript("How?", f"{DEEDS[i % 3]} It was day {i}.", "And?", said or f"I call number {i}.", name=f"p{i:03}")
        for i in range(first, first + n)
    ]


def keep_study(database: Database, read: list[Transcript], stamp: Stamp) -> str:
    """Keep a study with these interviews."""
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
        add_transcripts(session, study_id, read, stamp)
    return study_id


def work_off(
    database: Database,
    run_id: str,
    *,
    load: LoadAnalyst = LOAD,
    before: Callable[[str], None] = lambda _: None,
    pace: Pace = QUICK,
) -> RunProgress:
    """Work until a run has come to an end, in this process; give how it ended."""
    deadline = time.monotonic() + LONGEST_S

    def is_over() -> bool:
        progress = run_status(database, run_id)
        assert time.monotonic() < deadline, f"the run is stuck: {progress}"
        return not progress.is_open

    work(
        database,
        load,
        stop=threading.Event(),
        until=is_over,
        pace=pace,
        start=partial(SameProcess, before=before),
    )
    return run_status(database, run_id)
