"""Studies to run, and a worker in the process of the test, on the analyst that needs no model."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from api.durable.own_process import LoadAnalyst, Outcome, WorkerStoppingError, _do, _place
from api.durable.pace import Pace
from api.durable.working import state_path, work
from api.services.runs import run_status
from api.store import schema, studies
from api.store.database import Database, Stamp, database_url
from api.store.progress import RunProgress
from jtbd_nlp.domain import Transcript
from jtbd_nlp.errors import JtbdError
from tests.builders import a_transcript
from tests.fake_analyst import LOAD
from tests.stored import ARRIVE, add_transcripts

DEEDS = ("I plan the route on the map.", "I look up the train.", "I pack my bag before I go.")
LONGEST_S = 120.0
# Tables of the engine in which a start leaves rows that the next one finds.
LEFT_BY_A_START = {"dbos_migrations", "application_versions", "queues"}
QUICK = Pace(beat_s=0.2, lease_s=2.0, look_s=0.1, poll_s=0.05, read_limit_s=20, map_limit_s=20)


class SameProcess:
    """Does tasks in the thread that asks; `before` is called ahead of each."""

    def __init__(self, url: str, load: LoadAnalyst, *, before: Callable[[str], None] = lambda _: None) -> None:
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


def start_and_stop(database: Database) -> None:
    """Leave the engine's tables as a worker does that had nothing to do.

    One that finds its queues there need not wait the second until the engine looks for new ones.
    """
    work(database, LOAD, stop=threading.Event(), until=lambda: True, pace=QUICK, start=SameProcess)


@cache
def engine_file() -> bytes:
    """The engine's file beside a SQLite database, after `start_and_stop`."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(database_url(str(Path(folder) / "studies.sqlite3")))
        schema.upgrade(database)
        start_and_stop(database)
        database.close()
        return state_path(database).read_bytes()


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
    if database.is_sqlite and not state_path(database).exists():
        state_path(database).write_bytes(engine_file())

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
