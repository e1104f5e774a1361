"""`jtbd forget`, `jtbd study pseudonyms`, `jtbd db audit` and `jtbd db compact`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.commands.options import By, Where, Which, console, db_app, say, stamp, study_app
from api.commands.people import erase

Key = Annotated[
    str | None,
    typer.Option("--key", envvar="JTBD_STUDY_KEY", help="The key of a study whose names are replaced.", metavar="KEY"),
]


def forget(
    study: Which,
    person: Annotated[str, typer.Argument(help="Id or name of the person, or the name they speak under.")],
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask; for programs.")] = False,
    database: Where = None,
    by: By = None,
) -> None:
    """Erase a person with all they said, for good: short for `jtbd study erase STUDY --participant PERSON`."""
    erase(study, participant=person, interview=None, is_sure=is_sure, database=database, by=by)


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
