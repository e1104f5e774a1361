"""Kill who adds interviews, who takes them in over HTTP and who works on runs, and look whether anything was lost.

The clerk adds one interview after the other, every second one by an upload to the server, and starts a run after every
few: what it notes down was said to be saved. The server is the command `jtbd serve`. Workers read and map with the
analyst that needs no model, slowly enough to be hit in the middle. All of them are forked from the process that calls,
so that they are back at work within a moment of dying.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy import text

import api.app  # noqa: F401 - takes seconds, which whoever is forked here need not wait for
import jtbd_nlp.statements.extraction  # noqa: F401 - as above
from api.cli import main
from api.durable.pace import Pace
from api.durable.working import state_path, work
from api.services.runs import list_progress, start_run
from api.services.studies import add_files
from api.serving import listen
from api.settings import ServerSettings
from api.store import maintenance, runs, studies, transcripts
from api.store.database import Database, Stamp, database_url
from api.store.runs import RunState
from api.store.workers import SCHEMA
from jtbd_nlp.export import analysis_json
from jtbd_nlp.readers.intake import FileRead
from tests.api.served import key_of_analyst
from tests.fake_analyst import load_fake, mapped_directly
from tests.running import SameProcess, interviews
from tests.stored import ARRIVE

PACE = Pace(beat_s=0.2, lease_s=1.5, look_s=0.2, poll_s=0.05, read_limit_s=30, map_limit_s=30)
N_WORKERS = 2
RUN_EVERY = 6
PATIENCE_S = 240.0


@dataclass(frozen=True, kw_only=True)
class Storm:
    """What a storm of kills did, and what was found after it; `faults` is empty where nothing was lost."""

    killed: tuple[str, ...]
    n_interviews: int
    n_uploads: int
    n_runs: int
    n_attempts: int
    took_s: float
    faults: tuple[str, ...]


def storm(url: str, notes: Path, *, n_kills: int, n_interviews: int, seed: int) -> Storm:
    """Add interviews to an empty database and run them, killing somebody `n_kills` times along the way.

    Args:
        url: of a database that is laid out; nobody in this process may be connected to it.
        notes: file in which the clerk notes down what was said to be saved.
    """
    began, chance = time.monotonic(), random.Random(seed)  # noqa: S311 - no secret
    with _database(url) as database:
        with database.writing() as session:
            study_id = studies.add(session, ARRIVE, Stamp.now("clerk"))
        key = key_of_analyst(database, study_id)
    with listen(ServerSettings(port=0)) as listening:
        port = listening.getsockname()[1]
    uploads = f"http://127.0.0.1:{port}/v1/studies/{study_id}/uploads"
    crew = {f"worker {i}": partial(_work, url) for i in range(N_WORKERS)}
    crew["server"] = partial(_serve, url, port)
    crew["clerk"] = partial(_add_interviews, url, uploads, key, str(notes), n_interviews)
    fork = multiprocessing.get_context("fork")
    killed = []
    alive = {name: fork.Process(target=task, name=name, daemon=True) for name, task in crew.items()}
    try:
        for process in alive.values():
            process.start()
        _wait_for_the_server(port)
        for _ in range(n_kills):
            time.sleep(chance.uniform(0.02, 1.2))
            # Whoever came to the end of its work has nothing to lose.
            name = chance.choice([name for name, process in sorted(alive.items()) if process.is_alive()])
            killed.append(name)
            os.kill(alive[name].pid or 0, signal.SIGKILL)
            alive[name].join()
            alive[name] = fork.Process(target=crew[name], name=name, daemon=True)
            alive[name].start()
            if name == "server":
                # Or it would mostly be killed while it starts, and never in the middle of an upload.
                _wait_for_the_server(port)
        is_over = _wait_for_the_end(url, n_interviews)
    finally:
        for process in alive.values():
            process.kill()
            process.join()
    faults = [] if is_over else ["somebody is stuck"]
    with _database(url) as database:
        progress = list_progress(database, ARRIVE.name)
        faults += _faults(database, notes, n_interviews)
    return Storm(
        killed=tuple(killed),
        n_interviews=n_interviews,
        n_uploads=sum(_is_uploaded(i) for i in range(1, n_interviews + 1)),
        n_runs=len(progress),
        n_attempts=sum(p.attempt for p in progress),
        took_s=time.monotonic() - began,
        faults=tuple(faults),
    )


def _work(url: str) -> None:
    load = partial(load_fake, read_s=0.2, map_s=0.3)
    work(Database(database_url(url)), load, stop=threading.Event(), pace=PACE, start=SameProcess)


def _serve(url: str, port: int) -> None:
    """Run `jtbd serve`, which leaves the runs to the workers here."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.argv = ["jtbd", "serve", "--no-worker", "--port", str(port), "--database", url]
    main()


def _wait_for_the_server(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server does not start")


def _is_uploaded(number: int) -> bool:
    return number % 2 == 0


def _upload(uploads: str, key: str, name: str, content: bytes) -> None:
    """Send a file until the server says that it is saved, as a program does that was told nothing: under one key."""
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": name}
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            answer = httpx.post(uploads, files={"files": (name, content)}, headers=headers, timeout=5, trust_env=False)
        except httpx.TransportError:
            answer = None
        # It is said to be worked on until the server that died in the middle of it is known to be dead.
        if answer is None or answer.status_code == httpx.codes.CONFLICT:
            time.sleep(0.05)
            continue
        if answer.raise_for_status().json()["n_failed"]:
            raise RuntimeError(f"{name}: the server cannot read it")
        return
    raise RuntimeError(f"{name}: the server takes nothing")


def _add_interviews(url: str, uploads: str, key: str, notes: str, n_interviews: int) -> None:
    """Add each as a file of its own, and start a run after every few; begin again where nothing is noted down."""
    database = Database(database_url(url))
    path = Path(notes)
    noted = set(path.read_text().split()) if path.exists() else set()
    for i, transcript in enumerate(interviews(n_interviews), 1):
        if transcript.id not in noted:
            content = transcript.canonical_bytes()
            if _is_uploaded(i):
                _upload(uploads, key, f"{transcript.id}.json", content)
            else:
                file = FileRead(place=f"{transcript.id}.json", content=content, transcripts=(transcript,))
                add_files(database, _study_id(database), [file], Stamp.now("clerk"))
            with path.open("a") as written:
                written.write(f"{transcript.id}\n")
            time.sleep(0.15)
        if i % RUN_EVERY == 0 and f"run-{i}" not in noted:
            start_run(database, ARRIVE.name, Stamp.now("clerk"))
            with path.open("a") as written:
                written.write(f"run-{i}\n")
    if "run-all" not in noted:
        start_run(database, ARRIVE.name, Stamp.now("clerk"))
        with path.open("a") as written:
            written.write("run-all\n")


def _wait_for_the_end(url: str, n_interviews: int) -> bool:
    """Whether everything that was asked for came to an end in time."""
    deadline = time.monotonic() + PATIENCE_S
    with _database(url) as database:
        while time.monotonic() < deadline:
            found = list_progress(database, ARRIVE.name)
            if found and not any(p.is_open for p in found) and max(p.n_transcripts for p in found) == n_interviews:
                return True
            time.sleep(0.3)
    return False


def _faults(database: Database, notes: Path, n_interviews: int) -> Iterator[str]:
    """What is not as it would be had nobody been killed."""
    expected = {t.id: t for t in interviews(n_interviews)}
    with database.reading() as session:
        kept = [stored.transcript.id for stored in transcripts.of_study(session, _study_id(database))]
        noted = [name for name in notes.read_text().split() if not name.startswith("run-")]
        for lost in sorted(set(noted) - set(kept)):
            yield f"{lost}: was said to be saved and is not there"
        if sorted(kept) != sorted(expected):
            yield f"{len(kept)} interviews are kept in place of {len(expected)}"
        for run in runs.of_study(session, _study_id(database)):
            if run.state is not RunState.DONE:
                yield f"run {run.number} is {run.state}: {run.reason}"
                continue
            analysis = runs.analysis(session, run.id)
            read = [expected[t.id] for t in analysis.transcripts]
            if analysis_json(analysis) != analysis_json(mapped_directly(database, read, ARRIVE)):
                yield f"run {run.number}: the analysis is not what it is without kills"
    yield from maintenance.check(database).faults
    if left := _unended(database):
        yield f"{left} tasks are left in the queues"


def _unended(database: Database) -> int:
    """Tasks that nobody will do: of runs that are over."""
    query = "FROM {} WHERE status IN ('ENQUEUED', 'PENDING') AND name = 'analyse'"
    if database.is_sqlite:
        connection = sqlite3.connect(state_path(database))
        n = connection.execute("SELECT count(*) " + query.format("workflow_status")).fetchone()[0]
        connection.close()
        return int(n)
    with database.reading() as session:
        return int(session.scalar(text("SELECT count(*) " + query.format(f"{SCHEMA}.workflow_status"))) or 0)


def _study_id(database: Database) -> str:
    with database.reading() as session:
        return studies.find(session, ARRIVE.name).id


@contextmanager
def _database(url: str) -> Iterator[Database]:
    """Connected for a moment only: a fork must not inherit a connection."""
    database = Database(database_url(url))
    try:
        yield database
    finally:
        database.close()
