"""What people do with analysis runs: start one, see how far it is, cancel it, try it again; and `work`, who does them.

Starting needs no worker in the process, or any at all: a run is queued in the store, and whichever worker sees it first
takes it up. Cancelling and trying again are noted in the same way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from api.store import progress, runs, studies, workers
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, NotFoundError
from api.store.progress import RunProgress
from api.store.runs import Run, RunState
from jtbd_nlp.config import Settings, settings_from

if TYPE_CHECKING:
    from api.durable.analyst import Analyst
    from api.durable.tasks import Reviewed
    from jtbd_nlp.review import JobMap


def start_run(database: Database, study: str, stamp: Stamp, *, settings: Mapping[str, object] | None = None) -> Run:
    """Queue a run on all interviews of a study as they are now; it is the caller's once this returns.

    A run on the same interviews with the same settings that is not yet done is given again, in place of a second one.

    Args:
        settings: by the names of a manifest; what is not named is as the program has it.

    Raises:
        NotFoundError: there is no such study.
        BadValueError: it has no interviews.
        ConfigError: a setting is unknown or out of range.
    """
    wanted = settings_from({**Settings().as_manifest(), **(settings or {})}).as_manifest()
    with database.writing() as session:
        kept = studies.find(session, study)
        studies.lock(session, kept.id)
        if not kept.n_transcripts:
            raise BadValueError(f"{kept.study.name}: there are no interviews yet: add some with `jtbd study add`")
        same = runs.find_unfinished(session, kept.id, wanted)
        return runs.get(session, same or runs.queue(session, kept.id, wanted, stamp))


def run_status(database: Database, run_id: str) -> RunProgress:
    """How far a run is.

    Raises:
        NotFoundError: there is no such run.
    """
    with database.reading() as session:
        return progress.of_run(session, runs.get(session, run_id))


def list_progress(database: Database, study: str) -> tuple[RunProgress, ...]:
    """How far all runs of a study are, first to last.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        return tuple(progress.of_run(session, run) for run in runs.of_study(session, studies.find(session, study).id))


def cancel_run(database: Database, run_id: str, stamp: Stamp, *, reason: str | None = None) -> RunProgress:
    """Stop a run that is queued or running; what was read stays read.

    Raises:
        NotFoundError: there is no such run.
        RunStateError: it has come to an end already.
    """
    with database.writing() as session:
        runs.move(session, run_id, RunState.CANCELLED, stamp, reason=reason or f"cancelled by {stamp.by}")
        return progress.of_run(session, runs.get(session, run_id))


def retry_run(database: Database, run_id: str, stamp: Stamp, *, reason: str | None = None) -> RunProgress:
    """Queue a run that failed or was cancelled once more, on the interviews it was made for.

    Raises:
        NotFoundError: there is no such run.
        RunStateError: it neither failed nor was cancelled.
    """
    with database.writing() as session:
        runs.retry(session, run_id, stamp, reason=reason or f"tried again by {stamp.by}")
        return progress.of_run(session, runs.get(session, run_id))


def get_run(database: Database, run_id: str) -> Run:
    """A run by its id.

    Raises:
        NotFoundError: there is none.
    """
    with database.reading() as session:
        return runs.get(session, run_id)


def list_runs(database: Database, study: str) -> tuple[Run, ...]:
    """All runs of a study, first to last.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        return runs.of_study(session, studies.find(session, study).id)


def latest_run(database: Database, study: str) -> Run | None:
    """The last run of a study that is done, None where there is none.

    Raises:
        NotFoundError: there is no such study.
    """
    return next((run for run in reversed(list_runs(database, study)) if run.state is RunState.DONE), None)


def numbered_run(database: Database, study: str, number: int | None) -> Run:
    """The run of a study with a number, or the last one.

    Raises:
        NotFoundError: there is no such study or run.
    """
    found = list_runs(database, study)
    wanted = found[-1:] if number is None else [run for run in found if run.number == number]
    if not wanted:
        which = "no run yet" if number is None else f"no run {number}"
        raise NotFoundError(f"{study}: there is {which}; `jtbd study run` starts one")
    return wanted[0]


def count_workers(database: Database) -> int:
    """How many workers live, in this process or others."""
    with database.reading() as session:
        return len(workers.alive(session, progress.LEASE_S))


def count_unfinished(database: Database) -> int:
    """How many runs of all studies are queued or running."""
    with database.reading() as session:
        return len(runs.unfinished(session))


def work(
    database: Database,
    *,
    stop: threading.Event,
    until: Callable[[], bool] | None = None,
    prepared: bool = False,
) -> None:
    """Work on the runs of all studies, with the program's own models, until `stop` is set or `until` says so.

    Blocks; a server calls it in a thread. See `durable.working.work`.
    """
    # Loads DBOS, which those who only start runs need not wait for.
    from api.durable.working import work as work_on

    work_on(database, load_analyst, stop=stop, until=until, prepared=prepared)


def load_analyst() -> tuple[Analyst, Reviewed]:
    """Who reads and maps, and how the decisions of a study reach its next run."""
    from api.durable.analyst import EngineAnalyst

    return EngineAnalyst(), reviewed_before


def reviewed_before(database: Database, run_id: str) -> JobMap | None:
    """The job map that a run goes on from: that of the last run of its study that is done; None for the first.

    Raises:
        NotFoundError: there is no such run.
    """
    from api.services import reviews

    study_id = get_run(database, run_id).study_id
    if latest_run(database, study_id) is None:
        return None
    return reviews.job_map(database, study_id)
