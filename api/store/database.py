"""One database: how it is reached, and the two kinds of session on it.

SQLite by default, in a file, with a write-ahead log so that readers and one writer do not wait for each other;
PostgreSQL when a team outgrows that. Knows no tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import platformdirs
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session as Session  # services name its type, and nothing else of SQLAlchemy

from api.store.errors import DatabaseUnavailableError, NotFoundError
from jtbd_nlp.errors import ConfigError

Row = TypeVar("Row")

FILE_NAME: Final = "studies.sqlite3"
# A writer holds the file for as long as its transaction takes; the longest is storing a large run.
BUSY_TIMEOUT_MS: Final = 60_000
_WRITES: Final = "jtbd_writes"
# One for each of the 40 threads that answer requests and for what runs beside them: those who wait for a lock must not
# keep others from reading, as they did while they held all of fewer. Most of the time there are five.
KEPT_CONNECTIONS: Final = 5
MOST_CONNECTIONS: Final = 50
# The server is away, a connection broke, or all connections were in use for too long.
_AWAY: Final = (OperationalError, InterfaceError, PoolTimeoutError)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who does something, and when: a moment with a time zone. Every row that is written carries one."""

    by: str
    at: datetime

    @classmethod
    def now(cls, by: str) -> Stamp:
        """`by`, at this moment."""
        return cls(by, datetime.now(UTC))


class Database:
    """A database that is reached but not looked at: `schema.open_database` also makes sure of its layout.

    Args:
        url: as `database_url` makes it.

    Nothing is connected to until a session is opened. Sessions of several threads are independent.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        # Errors are shown and logged; values of rows, which may be what people said, must not be in them.
        self.engine: Engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=not self.is_sqlite,
            pool_size=KEPT_CONNECTIONS,
            max_overflow=MOST_CONNECTIONS - KEPT_CONNECTIONS,
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _set_up_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file rather than a PostgreSQL database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path:
        """The file of a SQLite database; ValueError for another."""
        if not self.is_sqlite or not self.url.database:
            raise ValueError("only a SQLite database is a file")
        return Path(self.url.database)

    def __str__(self) -> str:
        """Where it is, as shown to people: the path of a file, else the URL without its password."""
        return str(self.path) if self.is_sqlite else self.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database from its first query on; what it writes is not kept.

        Raises:
            DatabaseUnavailableError: it cannot be reached, or it fails in between.
        """
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._session(**options) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together at the end, or not at all if anything is raised.

        On SQLite one such session is open at a time; others wait for it. On PostgreSQL they run side by side.

        Raises:
            DatabaseUnavailableError: it cannot be reached, stays locked, or fails in between.
        """
        with self._session(**{_WRITES: True}) as session:
            yield session
            session.commit()

    @contextmanager
    def _session(self, **options: Any) -> Iterator[Session]:
        try:
            with (
                self.engine.connect().execution_options(**options) as connection,
                Session(connection, expire_on_commit=False) as session,
            ):
                yield session
        except _AWAY as error:
            raise DatabaseUnavailableError(f"{self}: {first_line(error)}") from error

    def close(self) -> None:
        """Close idle connections; the database can be used again afterwards."""
        self.engine.dispose()


def database_url(given: str | None = None) -> URL:
    """Where the database is.

    Args:
        given: a URL (`sqlite:///…`, `postgresql://…`) or the path of a SQLite file; by default `studies.sqlite3` in
            the user's data folder.

    Raises:
        ConfigError: it is no such URL, or names another kind of database.
    """
    if not given:
        return _file_url(platformdirs.user_data_path("jtbd", appauthor=False) / FILE_NAME)
    if "://" not in given:
        return _file_url(Path(given))
    # What most hosts hand out.
    given = "postgresql" + given.removeprefix("postgres") if given.startswith("postgres://") else given
    try:
        url = make_url(given)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise ConfigError("the database URL cannot be read: it looks like sqlite:///FILE or postgresql://…") from error
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigError(f"studies are kept in SQLite or PostgreSQL, not in {backend!r}")
    if url.database in (None, "", ":memory:"):
        raise ConfigError("a database in memory is gone with the program: name a file, sqlite:///FILE")
    return _file_url(Path(str(url.database)))


def first_line(error: SQLAlchemyError) -> str:
    """What a database, or the pool of connections to it, says of a failure: one line without the values of a row."""
    said = error.orig if isinstance(error, DBAPIError) else error
    lines = str(said).strip().splitlines()
    return lines[0] if lines else type(said).__name__


def clock(session: Session) -> datetime:
    """The time of the database where it is a server: the clocks of two machines may differ by seconds."""
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = session.scalars(text("SELECT clock_timestamp()")).one()
    return now


def compact(database: Database) -> None:
    """Give back the room of deleted rows, so that nothing of them is left in the database's files.

    SQLite zeroes deleted rows at once, but its write-ahead log keeps pages until it is emptied. PostgreSQL keeps dead
    rows until they are vacuumed away, and its own log (WAL) and its backups for as long as its owner decided.

    Raises:
        DatabaseUnavailableError: somebody else used the database for too long; nothing is lost by that.
    """
    try:
        if database.is_sqlite:
            _compact_sqlite(database)
            return
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            tables = ", ".join(f'"{table}"' for table in inspect(connection).get_table_names())
            connection.execute(text(f"VACUUM FULL {tables}"))
    except OperationalError as error:
        raise DatabaseUnavailableError(f"{database}: {first_line(error)}") from error


def _compact_sqlite(database: Database) -> None:
    pooled = database.engine.raw_connection()
    try:
        driver = pooled.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - for the type checker
        driver.execute("VACUUM")
        is_busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        raise DatabaseUnavailableError(f"{database}: {error}") from error
    finally:
        pooled.close()
    if is_busy:
        raise DatabaseUnavailableError(f"{database}: deleted rows are gone, but somebody reads on and holds old pages")


def _file_url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path.expanduser().absolute()))


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # Python's driver would begin transactions when it sees fit, and not before a read; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",  # what is said to be saved outlives a power cut
        "foreign_keys = ON",
        "secure_delete = ON",  # deleted rows are zeroed: erased people must not linger in free pages
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at the start and waits for it there; one that turned from reading to writing would fail.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def row_of(session: Session, table: type[Row], row_id: str, noun: str) -> Row:
    """The row with an id; `noun` is what the error calls it.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(table, row_id)
    if row is None:
        raise NotFoundError(f"there is no {noun} {row_id}")
    return row
