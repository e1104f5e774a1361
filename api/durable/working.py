"""One worker: it takes its share of all runs until it is told to stop."""

from __future__ import annotations

import logging
import os
import platform
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from api.durable.analyst import program_sha256
from api.durable.own_process import LoadAnalyst, OwnProcess, TaskProcess
from api.durable.pace import Pace
from api.durable.watching import look_around
from api.durable.workflows import READING, RUNS, Analyse, Hands, register
from api.store import workers
from api.store.database import Database
from api.store.errors import DatabaseUnavailableError
from api.store.ids import new_id

# DBOS has one instance a process.
_ONE: Final = threading.Lock()
_LOG: Final = logging.getLogger(__name__)


def work(
    database: Database,
    load: LoadAnalyst,
    *,
    stop: threading.Event,
    until: Callable[[], bool] | None = None,
    prepared: bool = False,
    pace: Pace | None = None,
    start: Callable[[str, LoadAnalyst], TaskProcess] = OwnProcess,
) -> None:
    """Work on the runs of a database until `stop` is set, or until `until` says that it is enough.

    Blocks; a server calls it in a thread. What it is at when it stops is taken over by others, or by the next worker.

    Args:
        load: gives who reads and maps, in the process that does so.
        until: asked about once a second.
        prepared: load the models first, and be known as a worker only then; else the first task waits for them.
        start: gives what does the tasks, from the URL of the database and `load`.

    Raises:
        RuntimeError: another worker works in this process.
        DatabaseUnavailableError: the database cannot be reached at the start; later a worker waits for it.
    """
    pace = pace or Pace()
    process = start(database.url.render_as_string(hide_password=False), load)
    if not _ONE.acquire(blocking=False):
        raise RuntimeError("a worker works in this process already")
    try:
        worker_id, version = new_id("worker"), program_sha256()[:16]
        hands = Hands(database, process, pace, threading.Event())
        _bury(database, pace.lease_s)
        if prepared:
            _prepare(process, pace)
        _beat(database, worker_id, version)
        heart = threading.Thread(target=_keep_beating, args=(hands, worker_id, version), name="jtbd-heart", daemon=True)
        heart.start()
        try:
            _work(hands, worker_id, version, stop, until)
        finally:
            hands.stopping.set()
            process.stop()
            DBOS.destroy(destroy_registry=True)
            heart.join()
            _leave(database, worker_id)
    finally:
        process.stop()  # it is prepared before there is anything else to end
        _ONE.release()


def state_url(database: Database) -> str:
    """Where DBOS keeps its tables: in a file beside a SQLite database, in a schema of their own on a server.

    A file of its own, since DBOS writes for every step: the one writer that SQLite has stays free for people, and
    backups of the studies hold nothing that would be taken up again with them.
    """
    if not database.is_sqlite:
        return database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return f"sqlite:///{state_path(database)}"


def state_path(database: Database) -> Path:
    """The file of `state_url` beside a SQLite database."""
    return database.path.with_name(f"{database.path.stem}-runs{database.path.suffix}")


def _work(hands: Hands, worker_id: str, version: str, stop: threading.Event, until: Callable[[], bool] | None) -> None:
    analyse = _launch(hands, worker_id, version)
    while not stop.is_set() and not (until is not None and until()):
        try:
            look_around(hands, analyse, version)
        except DatabaseUnavailableError as error:
            _LOG.warning("the database is away: %s", error)
        stop.wait(hands.pace.look_s)


def _launch(hands: Hands, worker_id: str, version: str) -> Analyse:
    if hands.database.is_sqlite:
        _make_state_file(state_path(hands.database))
    config: DBOSConfig = {
        "name": "jtbd",
        "system_database_url": state_url(hands.database),
        "dbos_system_schema": workers.SCHEMA,
        "executor_id": worker_id,
        "application_version": version,
        "serializer": DBOSPortableJSONSerializer(),
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": hands.pace.look_s,
        "sys_db_pool_size": 5,
        # What it calls an error is, among others, that a run was cancelled; ours are kept with the run.
        "log_level": "CRITICAL",
    }
    DBOS(config=config)
    analyse = register(hands)
    DBOS.launch()
    pace = hands.pace
    for name, n in ((RUNS, pace.n_runs), (READING, pace.n_claimed)):
        DBOS.register_queue(name, worker_concurrency=n, polling_interval_sec=pace.poll_s, on_conflict="always_update")
    return analyse


def _make_state_file(path: Path) -> None:
    path.touch(mode=0o600, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _prepare(process: TaskProcess, pace: Pace) -> None:
    """Have the models loaded; where that fails, the runs that need them say so."""
    outcome = process.do("prepare", "", 0, limit_s=pace.read_limit_s)
    if outcome.fault:
        _LOG.warning("%s", outcome.fault)


def _bury(database: Database, lease_s: float) -> None:
    """Forget workers that died, or their rows would be kept for ever."""
    with database.writing() as session:
        workers.bury(session, lease_s)


def _beat(database: Database, worker_id: str, version: str) -> None:
    with database.writing() as session:
        workers.beat(session, worker_id, version=version, place=f"{platform.node()}:{os.getpid()}")


def _keep_beating(hands: Hands, worker_id: str, version: str) -> None:
    while not hands.stopping.wait(hands.pace.beat_s):
        try:
            _beat(hands.database, worker_id, version)
        except DatabaseUnavailableError as error:
            _LOG.warning("the database is away: %s", error)


def _leave(database: Database, worker_id: str) -> None:
    try:
        with database.writing() as session:
            workers.leave(session, worker_id)
    except DatabaseUnavailableError as error:
        _LOG.warning("the database is away: %s", error)
