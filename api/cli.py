"""The `jtbd` script: the analysis commands of the core, and those on studies and their database.

A thin layer: it reads arguments, calls one service, and says what came of it. SQLAlchemy is loaded only by the commands
that need a database.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

# Some hang in their groups, and need only be loaded.
from api.commands import accounts, decisions, people, privacy, reviews, runs, serving, surveys, waves  # noqa: F401
from api.commands.options import By, Where, Which, console, db_app, say, stamp, study_app
from jtbd_nlp.cli import DEFAULT_EXECUTOR, DEFAULT_JOB, Paths, app, run
from jtbd_nlp.domain import Kind, Study
from jtbd_nlp.errors import TranscriptError

if TYPE_CHECKING:
    from api.services.studies import Addition, StudyView

app.add_typer(study_app, name="study")
app.add_typer(db_app, name="db")
app.add_typer(accounts.people_app, name="people")
app.command("worker")(runs.work)
app.command("forget")(privacy.forget)
app.command("serve")(serving.serve)


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run())


@study_app.command("create")
def create_study(
    name: Annotated[str, typer.Argument(help="What the study is called.", metavar="NAME")],
    job: Annotated[str, typer.Option(help='The job they get done, e.g. "get to a destination on time".')] = DEFAULT_JOB,
    executor: Annotated[str, typer.Option(help='Who gets it done, e.g. "driver".')] = DEFAULT_EXECUTOR,
    database: Where = None,
    by: By = None,
) -> None:
    """Make a new study; the first one also makes the SQLite database."""
    from api.services.databases import open_database
    from api.services.studies import create_study as create

    made = create(open_database(database, make=True), Study(name=name, job=job, executor=executor), stamp(by))
    say(f"{made.id}  {name}")


@study_app.command("list")
def list_studies(database: Where = None) -> None:
    """All studies, oldest first."""
    from api.services.databases import open_database
    from api.services.studies import list_studies as listed

    table = Table("study", "interviews", "people", "runs", "made", "id", box=None)
    for kept in listed(open_database(database)):
        counts = (kept.n_transcripts, kept.n_participants, kept.n_runs)
        made = f"{kept.created_at:%Y-%m-%d} by {kept.created_by}"
        table.add_row(*(escape(text) for text in (kept.study.name, *map(str, counts), made, kept.id)))
    console().print(table)


@study_app.command("add")
def add_interviews(
    study: Which,
    paths: Paths,
    notes: Annotated[
        bool, typer.Option("--notes", help="The files are field notes about people, not their own talk.")
    ] = False,
    replace_names: Annotated[
        bool,
        typer.Option(
            "--pseudonyms",
            help="Replace names of people, places and organisations; from the first interview on. Shows a key once.",
        ),
    ] = False,
    key: privacy.Key = None,
    database: Where = None,
    by: By = None,
) -> None:
    """Add interviews; what the study has already is not added again."""
    from api.services.databases import open_database
    from api.services.pseudonyms import Pseudonymiser, are_used, begin
    from api.services.studies import add_paths

    kept = open_database(database)
    if replace_names and not are_used(kept, study):
        key = begin(kept, study, stamp(by)).key
        say(f"the study's key: {key}")
        say("keep it: it is not shown again, and without it nobody can add interviews or tell who is who")
    names = Pseudonymiser(kept, study, key) if key and are_used(kept, study) else None
    kind = Kind.NOTES if notes else None
    addition = add_paths(kept, study, paths, stamp(by), kind=kind, names=names)
    _show_addition(addition)
    if addition.failures:
        raise typer.Exit(1)


@study_app.command("show")
def show_study(study: Which, database: Where = None) -> None:
    """A study with its interviews, people and runs."""
    from api.services.databases import open_database
    from api.services.studies import show_study as show

    _show_study(show(open_database(database), study))


@study_app.command("export-transcripts")
def export_transcripts(
    study: Which,
    folder: Annotated[Path, typer.Argument(help="Folder to write to; made if need be.", metavar="DIR")],
    database: Where = None,
) -> None:
    """Write the study's interviews as jtbd-transcript/1 files, with corrected roles."""
    from api.services.databases import open_database
    from api.services.studies import export_transcripts as export

    files = export(open_database(database), study)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as fault:
        raise TranscriptError(f"{folder}: cannot be written: {fault.strerror}") from fault
    say(f"{len(files)} transcripts written to {folder}")


@db_app.command("upgrade")
def upgrade_database(database: Where = None) -> None:
    """Lay out a new database, or bring an old one to the layout that this program needs."""
    from api.services.databases import upgrade_database as upgrade

    place, before, after = upgrade(database)
    changed = "is up to date" if before == after else f"upgraded from {before or 'nothing'} to {after}"
    say(f"{place}: {changed}")


@db_app.command("backup")
def back_up(
    target: Annotated[Path, typer.Argument(help="File to write, which must not be there yet.", metavar="FILE")],
    database: Where = None,
) -> None:
    """Write all studies to one file; the program may run on meanwhile."""
    from api.services.databases import back_up as write

    say(f"{target}: {write(database, target):,} bytes")


@db_app.command("restore")
def restore(
    source: Annotated[Path, typer.Argument(help="File that `jtbd db backup` wrote.", metavar="FILE")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the studies that are there.")] = False,
    database: Where = None,
    by: By = None,
) -> None:
    """Put a backup in the place of the database; who was erased since stays erased."""
    from api.services.databases import restore as put_back

    n_erased = put_back(database, source, stamp(by), overwrite=overwrite)
    say(f"{source}: restored" + (f", {n_erased} erasures repeated" if n_erased else ""))


@db_app.command("check")
def check(database: Where = None) -> None:
    """Check the database itself, and everything that has a hash or a quote; exit status 1 where something is wrong."""
    from api.services.databases import check as look

    report = look(database)
    counts = [f"{getattr(report, f'n_{what}'):,} {what}" for what in ("uploads", "transcripts", "runs", "statements")]
    counts += [f"{report.n_decisions:,} decisions", f"{report.n_vectors:,} vectors", f"{report.n_readings:,} readings"]
    counts += [f"{report.n_audit_entries:,} entries of the audit log"]
    for fault in report.faults:
        console().print(fault, style="red", markup=False)
    say(f"{len(report.faults) or 'no'} faults in {', '.join(counts)}")
    if report.n_audit_entries:
        say(
            f"the audit log ends with {report.audit_head}: note it elsewhere to see later whether any of it was cut off"
        )
    if report.faults:
        raise typer.Exit(1)


def _show_addition(addition: Addition) -> None:
    notes = Console(stderr=True, highlight=False, soft_wrap=True)
    for failure in addition.failures:
        notes.print(f"{failure.place}: {failure.error}", style="red", markup=False)
    for skipped in addition.skipped:
        notes.print(f"{skipped.place}: skipped, {skipped.reason}", style="dim", markup=False)
    for there in addition.already_there:
        notes.print(f"{there.place}: not added again, the study has it as {there.name}", style="dim", markup=False)
    for added in addition.added:
        for warning in added.transcript.warnings:
            notes.print(f"{added.transcript.id}: {warning}", style="dim", markup=False)
    counts = [f"{len(addition.added)} interviews added"]
    counts += [f"{len(addition.already_there)} there already"] if addition.already_there else []
    counts += [f"{len(addition.failures)} not readable"] if addition.failures else []
    say(", ".join(counts))


def _show_study(view: StudyView) -> None:
    study = view.study.study
    say(f"{study.name}  {view.study.id}")
    say(f"job: {study.job or 'not said'}  executor: {study.executor}")
    table = Table("interview", "format", "turns", "words", "participants", "notes", box=None)
    for stored in view.transcripts:
        talk = stored.transcript
        notes = [f"{len(talk.warnings)} guessed"] if talk.warnings else []
        notes += ["roles corrected"] if stored.corrected else []
        notes += ["a person erased"] if stored.redacted_at else []
        cells = (talk.id, talk.format, str(len(talk.turns)), f"{talk.n_words:,}", ", ".join(talk.participants))
        table.add_row(*(escape(cell) for cell in (*cells, ", ".join(notes))))
    console().print(table)
    for made in view.runs:
        say(f"run {made.number}: {made.state}, {len(made.inputs)} interviews, {made.created_at:%Y-%m-%d %H:%M} UTC")
