"""`jtbd forget`, `jtbd study pseudonyms`, `jtbd db audit` and `jtbd db compact`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.commands.options import By, Where, Which, console, db_app, say, stamp, study_app

Key = Annotated[
    str | None,
    typer.Option("--key", envvar="JTBD_STUDY_KEY", help="The key of a study whose names are replaced.", metavar="KEY"),
]


def forget(
    study: Which,
    person: Annotated[str, typer.Argument(help="Id or name of the person, or the name they speak under.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; without it, what it costs is shown first.")] = False,
    database: Where = None,
    by: By = None,
) -> None:
    """Erase a person with all they said: interviews, statements, quotes, files, caches. It cannot be undone."""
    from api.services.databases import open_database
    from api.services.forgetting import find_person, forget_participant, loss_of

    kept = open_database(database)
    found = find_person(kept, study, person)
    if not yes:
        loss = loss_of(kept, found.id)
        if loss is None:
            say(f"{found.name}: the study has no map yet")
        else:
            say(f"{found.name}: {loss.n_statements} pieces of evidence would go")
            say(f"{len(loss.lost_support)} approved entries would lose all support, {len(loss.weakened)} some of it")
            say(f"{len(loss.gone)} suggestions that nobody decided on would go")
        typer.confirm("Forget this person?", abort=True)
    done = forget_participant(kept, found.id, stamp(by))
    erased = done.erased
    say(
        f"{done.participant} forgotten: {erased.n_transcripts} interviews erased, "
        f"{erased.n_redacted_transcripts} masked, {erased.n_statements} statements gone"
    )
    for entry in done.loss.lost_support if done.loss else ():
        say(f"approved, and without support now: {entry}")
    if not done.is_compacted:
        say("the database is in use: run `jtbd db compact` later to clear its files")
    say("backups from before still hold this person: restoring one erases them again")


@study_app.command("pseudonyms")
def show_pseudonyms(study: Which, key: Key = None, database: Where = None, by: By = None) -> None:
    """What names in a study were replaced by; with its key also the names themselves."""
    from api.services.databases import open_database
    from api.services.pseudonyms import list_pseudonyms, open_book

    kept = open_database(database)
    table = Table("pseudonym", "kind", "stands for", box=None)
    if key is None:
        for one in list_pseudonyms(kept, study):
            table.add_row(one.pseudonym, one.kind, "(with --key)")
    else:
        for entry in open_book(kept, study, key, stamp(by)):
            table.add_row(entry.pseudonym, entry.kind, escape(", ".join(entry.names)))
    console().print(table)


@db_app.command("audit")
def show_audit(
    n: Annotated[int, typer.Option("-n", min=1, max=10_000, help="How many entries, from the last back.")] = 50,
    database: Where = None,
) -> None:
    """Who read, exported, changed or erased what, last first."""
    from api.services.audit import list_entries
    from api.services.databases import open_database

    table = Table("", "when (UTC)", "who", "did", "what", "study", box=None)
    for kept in list_entries(open_database(database), limit=n):
        entry = kept.entry
        cells = (str(kept.number), f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.by, entry.act, entry.what, entry.study or "")
        table.add_row(*(escape(cell) for cell in cells))
    console().print(table)


@db_app.command("compact")
def compact(database: Where = None) -> None:
    """Clear what erased rows left in the database's files."""
    from api.services.databases import compact as clear

    say(f"{clear(database)}: nothing of erased rows is left in its files")
