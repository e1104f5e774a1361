"""`jtbd people`: who may sign in, for whoever keeps the database, as when a password is forgotten."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.commands.options import By, Where, console, say, stamp

people_app = typer.Typer(help="Who may sign in to `jtbd serve`.", no_args_is_help=True)


@people_app.command("list")
def list_people(database: Where = None) -> None:
    """Everybody who may or might sign in."""
    from api.services.access.people import list_people as listed
    from api.services.databases import open_database

    table = Table("name", "may", "since", "by", box=None)
    for person in listed(open_database(database)):
        may = "everything" if person.is_owner else "make studies" if person.may_create else "what studies let them"
        if person.closed_at is not None:
            may = f"nothing since {person.closed_at:%Y-%m-%d}"
        table.add_row(escape(person.name), may, f"{person.created_at:%Y-%m-%d}", escape(person.created_by))
    console().print(table)


@people_app.command("link")
def make_link(
    name: Annotated[str, typer.Argument(help="Who chooses a new password.", metavar="NAME")],
    database: Where = None,
    by: By = None,
) -> None:
    """Print a one-time link by which somebody chooses a new password; `jtbd serve` must run to open it."""
    from urllib.parse import urlencode

    from api.commands.serving import address
    from api.services.access.people import LINK_HOURS, new_link_by_name
    from api.services.databases import open_database
    from api.settings import read_settings

    settings = read_settings(database=database)
    person, secret = new_link_by_name(open_database(settings.database), name, stamp(by))
    query = urlencode({"link": secret, "as": person.name})
    say(f"{address(settings, settings.port)}/#/setup?{query}")
    say(f"works once, and for {LINK_HOURS} hours; links that were made for {person.name} before no longer do")
