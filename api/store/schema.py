"""The layout of a database: which version it has, which one the program needs, and how to get from one to the other.

Migrations are Alembic's and lie in `migrations/versions`; they are part of the installed program.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DatabaseError, OperationalError

from api.store.database import Database, first_line
from api.store.errors import DatabaseUnavailableError, SchemaMismatchError
from api.store.tables import Table

MIGRATIONS: Final = Path(__file__).parent / "migrations"
LATEST: Final = "head"
EMPTY: Final = "base"
_UPGRADE_LOCK: Final = 4_150_917_233  # any number that no other program on the server uses

Step = Callable[[Config, str], None]


def open_database(database: Database) -> Database:
    """Make sure that the program and the database understand each other, and hand the database back.

    Raises:
        DatabaseUnavailableError: there is none, or it cannot be reached.
        SchemaMismatchError: it is empty, older or newer; the message names the command that mends it.
    """
    if not exists(database):
        raise DatabaseUnavailableError(
            f"there is no database at {database}: `jtbd study create NAME` or `jtbd db upgrade` makes one"
        )
    found = version_of(database)
    if found != needed_version():
        raise SchemaMismatchError(f"{database}: {_fault(found)}")
    return database


def exists(database: Database) -> bool:
    """Whether there is a database at all; a server is taken to have one."""
    return not database.is_sqlite or (database.path.is_file() and database.path.stat().st_size > 0)


def version_of(database: Database) -> str | None:
    """The version of its layout, None where it has none of our tables.

    Raises:
        DatabaseUnavailableError: it cannot be reached.
        SchemaMismatchError: it holds tables that are not ours.
    """
    try:
        with database.engine.connect() as connection:
            # In this order: another program may finish an upgrade in between, and its tables are not foreign.
            foreign = _foreign_tables(connection)
            version = MigrationContext.configure(connection).get_current_revision()
            if version is None and foreign:
                raise SchemaMismatchError(f"{database}: it holds something else (a table {foreign[0]!r})")
            return version
    except OperationalError as error:
        raise DatabaseUnavailableError(f"{database}: {first_line(error)}") from error
    except DatabaseError as error:
        raise SchemaMismatchError(f"{database}: this is no database ({first_line(error)})") from error


def needed_version() -> str:
    """The version of the layout that this program needs."""
    return str(_scripts().get_current_head())


def known_versions() -> tuple[str, ...]:
    """All versions that this program can upgrade from, oldest first, and the one it needs last."""
    return tuple(reversed([script.revision for script in _scripts().walk_revisions()]))


def upgrade(database: Database, to: str = LATEST) -> tuple[str | None, str | None]:
    """Bring the layout up to a version, in one transaction; make the file of a new SQLite database.

    Returns:
        The versions before and after.

    Raises:
        SchemaMismatchError: it is newer than the program, or holds something else.
    """
    return _migrate(database, to, command.upgrade)


def downgrade(database: Database, to: str) -> tuple[str | None, str | None]:
    """Take the layout back to an older version, or to none with `EMPTY`; what only the newer one keeps is lost."""
    return _migrate(database, to, command.downgrade)


def _migrate(database: Database, to: str, step: Step) -> tuple[str | None, str | None]:
    if database.is_sqlite:
        _make_file(database.path)
    before = version_of(database)
    if before is not None and before not in known_versions():
        raise SchemaMismatchError(f"{database}: {_fault(before)}")
    try:
        with database.engine.connect().execution_options(jtbd_writes=True) as connection:
            if database.is_sqlite:
                _migrate_sqlite(connection, step, to)
            else:
                with connection.begin():
                    # Who comes second waits here, and finds nothing left to do.
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
                    step(_config(connection), to)
    except OperationalError as error:
        raise DatabaseUnavailableError(f"{database}: {first_line(error)}") from error
    return before, version_of(database)


def _migrate_sqlite(connection: Connection, step: Step, to: str) -> None:
    """SQLite changes a table by making it anew, and dropping the old one would take along all rows that refer to it.

    So references are not followed while migrations run, and are all checked before the end.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - for the type checker
    driver.execute("PRAGMA foreign_keys = OFF")  # has no effect within a transaction
    try:
        with connection.begin():
            step(_config(connection), to)
            if dangling := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise SchemaMismatchError(f"a row of {dangling[0]} refers to one of {dangling[2]} that is not there")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _make_file(path: Path) -> None:
    """Make an empty file if there is none: interviews are personal, so it is for its owner alone, as is its folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailableError(f"{path}: cannot be made ({error.strerror})") from error


def _fault(found: str | None) -> str:
    if found is None:
        return "it is empty: run `jtbd db upgrade`"
    if found in known_versions():
        return f"its layout is older ({found}) than this program needs ({needed_version()}): run `jtbd db upgrade`"
    return (
        f"its layout ({found}) is newer than this program knows ({needed_version()}): "
        "run `pip install --upgrade jtbd-nlp`, or use the program it was made with"
    )


def _foreign_tables(connection: Connection) -> list[str]:
    return sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes.update(connection=connection, metadata=Table.metadata)
    return config
