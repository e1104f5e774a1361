"""`jtbd study run`, `status`, `cancel` and `retry`, and `jtbd worker`."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from api.commands.options import By, Where, Which, console, say, stamp, study_app
from jtbd_nlp.errors import AnalysisError

if TYPE_CHECKING:
    from api.store.database import Database
    from api.store.progress import RunProgress

_LOOK_S: Final = 1.0

Number = Annotated[int | None, typer.Option("--run", help="Number of the run; the last one otherwise.", metavar="N")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; shown with the run.", metavar="TEXT")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the end, and work on it if nobody else does.")]


@study_app.command("run")
def start(study: Which, wait: Wait = True, database: Where = None, by: By = None) -> None:
    """Analyse all interviews of a study; those that an earlier run read are not read again."""
    from api.services.databases import open_database
    from api.services.runs import start_run

    kept = open_database(database)
    run = start_run(kept, study, stamp(by))
    if wait:
        _follow(kept, run.id)
    else:
        say(f"run {run.number}: {run.state}, {len(run.inputs)} interviews; `jtbd study status` tells how far it is")


@study_app.command("status")
def status(study: Which, database: Where = None) -> None:
    """How far the runs of a study are."""
    from api.services.databases import open_database
    from api.services.runs import count_workers, list_progress

    kept = open_database(database)
    table = Table("run", "state", "read", "recomputed", "took", "by", "", box=None)
    found = list_progress(kept, study)
    for progress in found:
        share = progress.share_recomputed
        table.add_row(
            str(progress.number),
            progress.phase or progress.state,
            f"{progress.n_read} of {progress.n_transcripts}",
            "" if share is None else f"{share:.1%}",
            _duration(progress),
            progress.created_by,
            progress.reason or "",
        )
    console().print(table)
    if n_workers := count_workers(kept):
        say(f"workers: {n_workers}")
    elif any(progress.is_open for progress in found):
        say("workers: none, so that nothing goes on: `jtbd worker` or `jtbd serve` starts one")
    else:
        say("workers: none, and none is needed: `jtbd study run` does the work itself")


@study_app.command("cancel")
def cancel(study: Which, number: Number = None, reason: Reason = None, database: Where = None, by: By = None) -> None:
    """Stop a run that is queued or running; what it has read is kept for the next."""
    from api.services.databases import open_database
    from api.services.runs import cancel_run, numbered_run

    kept = open_database(database)
    progress = cancel_run(kept, numbered_run(kept, study, number).id, stamp(by), reason=reason)
    say(f"run {progress.number}: {progress.state}")


@study_app.command("retry")
def retry(
    study: Which,
    number: Number = None,
    reason: Reason = None,
    wait: Wait = True,
    database: Where = None,
    by: By = None,
) -> None:
    """Try a run again that failed or was cancelled; it goes on with what is missing."""
    from api.services.databases import open_database
    from api.services.runs import numbered_run, retry_run

    kept = open_database(database)
    progress = retry_run(kept, numbered_run(kept, study, number).id, stamp(by), reason=reason)
    if wait:
        _follow(kept, progress.run_id)
    else:
        say(f"run {progress.number}: {progress.state}")


def work(
    database: Where = None,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="Stop when no run is queued or running.")] = False,
) -> None:
    """Work on runs until stopped: start one on each machine that is to take its share."""
    from api.services.databases import open_database
    from api.services.runs import count_unfinished
    from api.services.runs import work as work_on

    kept = open_database(database)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    say(f"working on runs of {kept}; Ctrl-C stops, and leaves the rest to others or to the next worker")
    until = (lambda: not count_unfinished(kept)) if until_idle else None
    work_on(kept, stop=stop, until=until, prepared=not until_idle)


def _follow(database: Database, run_id: str) -> None:
    """Show how far a run is until its end, and work on it where no worker lives."""
    from api.services.runs import count_workers, run_status
    from api.services.runs import work as work_on
    from jtbd_nlp.terminal import progress_bars

    with progress_bars(Console(stderr=True)) as bars:

        def is_over() -> bool:
            progress = run_status(database, run_id)
            bars.advance("read interviews", progress.n_read, progress.n_transcripts)
            if progress.phase == "mapping":
                bars.advance("propose steps and needs", 0, 1)
            return not progress.is_open

        while not is_over():
            # Asked each time: who works on it may die, or be stopped.
            if count_workers(database):
                time.sleep(_LOOK_S)
            else:
                work_on(database, stop=threading.Event(), until=is_over)
    progress = run_status(database, run_id)
    said = f"run {progress.number}: {progress.state}, {progress.n_transcripts} interviews"
    share = progress.share_recomputed
    if share is not None:
        said += f", {progress.n_transcripts - (progress.n_reused or 0)} of them read anew ({share:.1%})"
    say(f"{said}, {_duration(progress)}".removesuffix(", "))
    if progress.state != "done":
        raise AnalysisError(f"run {progress.number} {progress.state}: {progress.reason}; `jtbd study retry` goes on")


def _duration(progress: RunProgress) -> str:
    if progress.started_at is None or progress.finished_at is None:
        return ""
    seconds = round((progress.finished_at - progress.started_at).total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min {seconds % 60} s"
