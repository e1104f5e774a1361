"""`jtbd forget`, `jtbd study pseudonyms`, `jtbd db audit` and `jtbd db compact`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.commands.options import By, Where, Which, console, db_app, say, stamp, study_app
from api.commands.people import erase
from jtbd_nlp.errors import ConfigError

Key = Annotated[
    str | None,
    typer.Option("--key", envvar="JTBD_STUDY_KEY", help="The key of a study whose names are replaced.", metavar="KEY"),
]


class NameKind(StrEnum):
    """Kinds of names, as they are typed."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    EMAIL = "email"
    PHONE = "phone"
    OTHER = "other"


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
def show_pseudonyms(
    study: Which,
    key: Key = None,
    add: Annotated[
        str | None, typer.Option("--add", help="Replace this too, before the first run.", metavar="NAME")
    ] = None,
    kind: Annotated[NameKind, typer.Option("--kind", help="What the added name is of.")] = NameKind.PERSON,
    same_as: Annotated[
        str | None, typer.Option("--same-as", help="The added name is another of this one's.", metavar="PSEUDONYM")
    ] = None,
    remove: Annotated[
        str | None, typer.Option("--remove", help="Put back what this stands for.", metavar="PSEUDONYM")
    ] = None,
    database: Where = None,
    by: By = None,
) -> None:
    """What names in a study were replaced by; with its key also the names themselves, to look through and correct."""
    from api.services.databases import open_database
    from api.services.pseudonyms import Name, add_name, list_pseudonyms, open_book, remove_name

    kept = open_database(database)
    if (add or remove) and key is None:
        raise ConfigError("names are added and put back with the study's key: --key")
    if add and key:
        add_name(kept, study, key, Name(kind.value, add), stamp(by), same_as=same_as)
    if remove and key:
        remove_name(kept, study, key, remove, stamp(by))
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
