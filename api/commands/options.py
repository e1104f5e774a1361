"""What the commands on studies have in common: groups they hang in, options, and how they speak."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from api.store.database import Stamp

study_app = typer.Typer(help="Studies that are kept: make one, add interviews, look at it.", no_args_is_help=True)
db_app = typer.Typer(help="The database that studies are kept in.", no_args_is_help=True)


def _or_configured(context: typer.Context, given: str | None) -> str | None:
    """The database that was named, or that of the settings: studies are where the server has them."""
    if given or context.resilient_parsing:
        return given
    from api.settings import configured_database

    return configured_database()


Where = Annotated[
    str | None,
    typer.Option(
        "--database",
        callback=_or_configured,
        help="sqlite:///FILE, the path of a file, or postgresql://…; else that of JTBD_DATABASE or jtbd.toml, "
        "else a file in your data folder.",
        metavar="URL",
    ),
]
By = Annotated[str | None, typer.Option("--by", help="Who does this; your login name otherwise.", metavar="NAME")]
Which = Annotated[str, typer.Argument(help="Name or id of the study.", metavar="STUDY")]


def console() -> Console:
    """Standard output, lines as long as they are."""
    return Console(highlight=False, soft_wrap=True)


def say(line: str) -> None:
    """Write one line to standard output, as it is."""
    console().print(line, markup=False)


def stamp(by: str | None) -> Stamp:
    """Who does something, by default whoever is logged in, and now."""
    from api.store.database import Stamp

    try:
        return Stamp.now(by or getpass.getuser())
    except (OSError, KeyError):  # a container may run as a user without a name
        return Stamp.now("unknown")
