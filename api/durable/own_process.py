"""Tasks in a process of their own: one that takes too long can be ended, and one that dies takes nothing along.

The models live in that process alone, so that a server that also works stays quick and small. Messages between the two
hold ids; what was read and mapped goes from the process to the store.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final, Protocol, TypeAlias

from api.durable import tasks
from api.durable.analyst import Analyst
from api.store.database import Database, database_url
from api.store.errors import DatabaseUnavailableError
from jtbd_nlp.errors import JtbdError

# What a task may be tried again after: a database that was away, a process that was ended from outside.
MOST_TRIES: Final = 3
_PAUSE_S: Final = 1.0
_DOING: Final = {"map_run": "mapping", "prepare": "preparing"}

LoadAnalyst: TypeAlias = Callable[[], tuple[Analyst, tasks.Reviewed]]


class WorkerStoppingError(BaseException):
    """The worker is about to end. No Exception: nobody takes it for a failure of the task, which others take over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: what it gave, or in one line why it failed. `is_passing` says that it may yet go well."""

    given: Any = None
    fault: str | None = None
    is_passing: bool = False


class TaskProcess(Protocol):
    """Does tasks one after the other, wherever."""

    def do(self, name: str, run_id: str, *arguments: object, limit_s: float) -> Outcome:
        """Do a task of `tasks` by its name; WorkerStoppingError once `stop` was called."""
        ...

    def interrupt(self, run_ids: set[str]) -> None:
        """End the task at hand if it is of one of these runs; it fails."""
        ...

    def stop(self) -> None:
        """End everything, and whatever it is at; a second time is no harm."""
        ...


class OwnProcess:
    """Does tasks one after the other in another process, which is started when it is needed, and again if it died.

    Args:
        url: of the database, as `Database` takes it, with its password.
        load: gives the analyst and the way to the job map; must be importable by name in the other process.
    """

    def __init__(self, url: str, load: LoadAnalyst) -> None:
        self._url = url
        self._load = load
        self._turn = threading.Lock()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._is_stopping = False
        self._run_id: str | None = None

    def do(self, name: str, run_id: str, *arguments: object, limit_s: float) -> Outcome:
        """Do a task of `tasks` by its name, waiting for those that were asked for before.

        Returns:
            Its outcome; a failure that may pass is tried again before it is one.

        Raises:
            WorkerStoppingError: `stop` was called.
        """
        for trial in range(MOST_TRIES):
            with self._turn:
                outcome = self._once(name, run_id, arguments, limit_s)
            if not outcome.is_passing or trial == MOST_TRIES - 1:
                return outcome
            time.sleep(_PAUSE_S)
        raise AssertionError("unreachable")

    def interrupt(self, run_ids: set[str]) -> None:
        """End the task at hand if it is of one of these runs; it fails."""
        if self._run_id in run_ids:
            self._end()

    def stop(self) -> None:
        """End the process, and whatever it is at."""
        self._is_stopping = True
        self._end()

    def _once(self, name: str, run_id: str, arguments: tuple[object, ...], limit_s: float) -> Outcome:
        if self._is_stopping:
            raise WorkerStoppingError
        pipe = self._started()
        self._run_id = run_id
        try:
            pipe.send((name, run_id, arguments))
            if not pipe.poll(limit_s):
                self._end()
                return Outcome(fault=f"{_place(name, arguments)}: took longer than {limit_s:g} s and was ended")
            outcome = pipe.recv()
        except (EOFError, OSError):
            if self._is_stopping:
                raise WorkerStoppingError from None
            self._end()
            why = "its process was ended from outside: was there too little memory?"
            return Outcome(fault=f"{_place(name, arguments)}: {why}", is_passing=True)
        finally:
            self._run_id = None
        assert isinstance(outcome, Outcome)  # noqa: S101 - for the type checker
        return outcome

    def _started(self) -> Connection:
        if self._pipe is None or self._process is None or not self._process.is_alive():
            self._end()
            # A fresh interpreter: a copy of this one would inherit locks that other threads hold.
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(
                target=_answer, args=(theirs, self._url, self._load), name="jtbd-analyst", daemon=True
            )
            self._process.start()
            theirs.close()
        return self._pipe

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()


def _place(name: str, arguments: tuple[object, ...]) -> str:
    """What a task was at, for people: reading names its transcript."""
    return f"reading {arguments[1]}" if name == "read" else _DOING.get(name, "beginning")


def _answer(pipe: Connection, url: str, load: LoadAnalyst) -> None:
    """The other process: do what is asked for until nobody is left to ask."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the worker, which ends this one
    database = Database(database_url(url))
    analyst: Analyst | None = None
    reviewed: tasks.Reviewed | None = None
    # Whoever asked may be dead when the answer is ready.
    with contextlib.suppress(EOFError, OSError):
        while True:
            name, run_id, arguments = pipe.recv()
            try:
                if analyst is None or reviewed is None:
                    analyst, reviewed = load()
                outcome = Outcome(_do(database, analyst, reviewed, name, run_id, *arguments))
            except DatabaseUnavailableError as error:
                outcome = Outcome(fault=f"{_place(name, arguments)}: {error}", is_passing=True)
            except JtbdError as error:
                outcome = Outcome(fault=f"{_place(name, arguments)}: {error}")
            except Exception as error:
                # Messages of others may quote what people said; where it happened is enough to find the fault.
                at = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{type(error).__name__} in {at.name}, line {at.lineno}"
                outcome = Outcome(fault=f"{_place(name, arguments)}: {where}")
            pipe.send(outcome)


def _do(
    database: Database, analyst: Analyst, reviewed: tasks.Reviewed, name: str, run_id: str, attempt: int, *rest: Any
) -> object:
    match name:
        case "prepare":
            analyst.prepare()
            return None
        case "begin":
            return tasks.begin(database, analyst, run_id, attempt)
        case "read":
            tasks.read(database, analyst, run_id, attempt, *rest)
            return None
        case "map_run":
            return tasks.map_run(database, analyst, reviewed, run_id, attempt)
        case _:
            raise ValueError(f"there is no task {name!r}")
