"""The steps of a run in their order, as DBOS workflows: `analyse` leads a run, `read` is one transcript of it.

What DBOS keeps of them are ids, counts and reasons. Both may be done again from any point.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from dbos import DBOS, SetWorkflowID

from api.durable import tasks
from api.durable.own_process import TaskProcess, WorkerStoppingError
from api.durable.pace import Pace
from api.store.database import Database

RUNS: Final = "runs"
READING: Final = "reading"
# Rounds of reading before a run is given up: each but the first follows on an erasure, or on readers who disagree.
MOST_ROUNDS: Final = 5
UNENDED: Final = ("ENQUEUED", "PENDING", "DELAYED")

Analyse = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Hands:
    """What workflows work with in this process; `stopping` is set when it is about to end."""

    database: Database
    process: TaskProcess
    pace: Pace
    stopping: threading.Event


def workflow_id(run_id: str, attempt: int) -> str:
    """The id of the workflow that leads an attempt at a run; ids of its parts begin with it."""
    return f"{run_id}.{attempt}"


def register(hands: Hands) -> Analyse:
    """Tell DBOS the workflows; give the one that leads a run, to be enqueued."""

    @DBOS.workflow(name="read")
    def read(run_id: str, attempt: int, transcript_id: str) -> None:
        fault = DBOS.run_step({"name": "read"}, _read, hands, run_id, attempt, transcript_id)
        if fault:
            DBOS.run_step({"name": "fail"}, tasks.fail, hands.database, run_id, attempt, fault)

    @DBOS.workflow(name="analyse")
    def analyse(run_id: str, attempt: int) -> None:
        fault: str | None = "its interviews are read otherwise each time: have workers the same models and libraries?"
        for turn in range(MOST_ROUNDS):
            missing, failed = DBOS.run_step({"name": "begin"}, _begin, hands, run_id, attempt)
            for transcript_id in missing:
                with SetWorkflowID(f"{workflow_id(run_id, attempt)}.{turn}.{transcript_id}"):
                    DBOS.enqueue_workflow(READING, read, run_id, attempt, transcript_id)
            if missing:
                DBOS.run_step({"name": "wait"}, _wait, hands, run_id, attempt, turn)
            is_done = False
            if not failed:
                is_done, failed = DBOS.run_step({"name": "map"}, _map, hands, run_id, attempt)
            if is_done or failed:
                fault = failed
                break
        if fault:
            DBOS.run_step({"name": "fail"}, tasks.fail, hands.database, run_id, attempt, fault)

    return analyse


def _begin(hands: Hands, run_id: str, attempt: int) -> list[Any]:
    done = hands.process.do("begin", run_id, attempt, limit_s=hands.pace.read_limit_s)
    return [done.given or [], done.fault]


def _read(hands: Hands, run_id: str, attempt: int, transcript_id: str) -> str | None:
    return hands.process.do("read", run_id, attempt, transcript_id, limit_s=hands.pace.read_limit_s).fault


def _map(hands: Hands, run_id: str, attempt: int) -> list[Any]:
    done = hands.process.do("map_run", run_id, attempt, limit_s=hands.pace.map_limit_s)
    return [bool(done.given), done.fault]


def _wait(hands: Hands, run_id: str, attempt: int, turn: int) -> None:
    """Wait until nothing is left to be read, or nobody is left to read it; what then is missing is a round of its own.

    Raises:
        WorkerStoppingError: this process is about to end.
    """
    prefix = f"{workflow_id(run_id, attempt)}.{turn}."
    while tasks.n_missing(hands.database, run_id, attempt):
        if not DBOS.list_workflows(
            workflow_id_prefix=prefix, status=list(UNENDED), limit=1, load_input=False, load_output=False
        ):
            return
        if hands.stopping.wait(hands.pace.look_s):
            raise WorkerStoppingError
