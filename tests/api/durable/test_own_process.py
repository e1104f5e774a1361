"""Tasks in a process of their own: ended when they take too long, tried again when their process dies."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from api.durable.own_process import OwnProcess, WorkerStoppingError
from api.services.runs import run_status, start_run
from api.store.database import Database, Stamp
from api.store.runs import RunState
from tests.fake_analyst import load_fake
from tests.running import interviews, keep_study


@pytest.fixture
def run(database: Database, stamp: Stamp) -> str:
    keep_study(database, interviews(2, said="I stumble on it, says p001."), stamp)
    return start_run(database, "arrive", stamp).id


def process_for(database: Database, read_s: float = 0.0) -> OwnProcess:
    return OwnProcess(database.url.render_as_string(hide_password=False), partial(load_fake, read_s=read_s))


@pytest.fixture
def process(database: Database) -> Iterator[OwnProcess]:
    made = process_for(database)
    yield made
    made.stop()


@pytest.fixture
def slow(database: Database) -> Iterator[OwnProcess]:
    made = process_for(database, read_s=30.0)
    yield made
    made.stop()


def kill_the_process_of(own: OwnProcess, *, when_busy: bool = True) -> None:
    """Kill it from outside, as a machine without memory does."""
    while own._process is None or (when_busy and own._run_id is None):
        time.sleep(0.02)
    assert own._process is not None
    os.kill(own._process.pid or 0, signal.SIGKILL)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_takes_too_long_is_ended_and_whoever_stops_leaves_the_task_to_others(
    slow: OwnProcess, database: Database, run: str
) -> None:
    (first, _) = slow.do("begin", run, 1, limit_s=60).given
    began = time.monotonic()
    outcome = slow.do("read", run, 1, first, limit_s=0.3)
    assert outcome.fault == f"reading {first}: took longer than 0.3 s and was ended"
    assert time.monotonic() - began < 10
    assert slow.do("begin", run, 1, limit_s=60).fault is None
    assert run_status(database, run).n_read == 0
    stopper = threading.Timer(0.3, slow.stop)
    stopper.start()
    with pytest.raises(WorkerStoppingError):
        slow.do("read", run, 1, first, limit_s=60)
    stopper.join()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_task_whose_process_is_killed_is_done_again_and_a_fault_says_where_and_not_what_was_said(
    process: OwnProcess, database: Database, run: str
) -> None:
    killer = threading.Thread(target=kill_the_process_of, args=(process,))
    killer.start()
    outcome = process.do("begin", run, 1, limit_s=60)
    killer.join()
    assert outcome.fault is None
    assert run_status(database, run).state is RunState.RUNNING
    fault = process.do("read", run, 1, outcome.given[0], limit_s=60).fault
    assert fault is not None
    assert fault.startswith(f"reading {outcome.given[0]}: KeyError in read, line ")
    assert "p001" not in fault
