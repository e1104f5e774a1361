"""What the keeper of a database does with it: lay it out, back it up, restore it, check it."""

from __future__ import annotations

from pathlib import Path

from api.store import maintenance, schema
from api.store.database import Database, Stamp, database_url
from api.store.database import compact as clear
from api.store.maintenance import CheckReport


def open_database(given: str | None, *, make: bool = False) -> Database:
    """The database of a URL, a path, or the user's own, ready for use.

    Args:
        make: lay out a SQLite database that is not there yet. One that is there is never changed.

    Raises:
        ConfigError: it is no such URL.
        DatabaseUnavailableError, SchemaMismatchError: see `schema.open_database`.
    """
    database = Database(database_url(given))
    if make and not schema.exists(database):
        schema.upgrade(database)
    return schema.open_database(database)


def make_sure_ready(database: Database) -> None:
    """Make sure that a database answers and is laid out as this program needs it.

    Raises:
        DatabaseUnavailableError, SchemaMismatchError: see `schema.open_database`.
    """
    schema.open_database(database)


def upgrade_database(given: str | None) -> tuple[Database, str | None, str | None]:
    """Bring a database to the layout that this program needs; give it, and its versions before and after.

    Raises:
        ConfigError, DatabaseUnavailableError, SchemaMismatchError: as the names say.
    """
    database = Database(database_url(given))
    before, after = schema.upgrade(database)
    return database, before, after


def back_up(given: str | None, target: Path) -> int:
    """Back up a database to a file that is not there yet; give the bytes written. See `maintenance.backup`."""
    return maintenance.backup(Database(database_url(given)), target)


def restore(given: str | None, source: Path, stamp: Stamp, *, overwrite: bool) -> int:
    """Put a backup in the place of a database; give how many erasures were repeated. See `maintenance.restore`."""
    return maintenance.restore(Database(database_url(given)), source, stamp, overwrite=overwrite)


def check(given: str | None) -> CheckReport:
    """Check a database. See `maintenance.check`."""
    return maintenance.check(Database(database_url(given)))


def compact(given: str | None) -> Database:
    """Clear what erased rows left in a database's files. See `store.database.compact`."""
    database = open_database(given)
    clear(database)
    return database
