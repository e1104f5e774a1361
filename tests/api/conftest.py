"""Every test of the store and the server that takes `database` runs on SQLite and on a PostgreSQL of the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from api.store import schema
from api.store.database import Database, Stamp, database_url
from tests.api.served import Served, serve
from tests.postgres import PostgresMissingError, cluster

NewDatabase = Callable[[], Database]
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a running server of our own."""
    try:
        with cluster() as url:
            yield url
    except PostgresMissingError as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def laid_out(postgres: str) -> Iterator[Callable[[bool], str]]:
    """Make databases on the server: empty ones, or copies of one that is laid out."""
    server = Database(database_url(postgres))
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE template_of_ours"))
    template = Database(database_url(postgres.replace("/postgres?", "/template_of_ours?")))
    schema.upgrade(template)
    template.close()

    def make(is_empty: bool) -> str:
        name = f"test_{next(_NUMBERS)}"
        source = "template0" if is_empty else "template_of_ours"
        with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {source}"))
        return postgres.replace("/postgres?", f"/{name}?")

    yield make
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Kind of all databases of a test."""
    return str(request.param)


@pytest.fixture
def new_database(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Make databases without any tables."""
    made: list[Database] = []

    def make() -> Database:
        if backend == "sqlite":
            url = str(tmp_path / f"studies-{len(made)}.sqlite3")
        else:
            url = request.getfixturevalue("laid_out")(True)
        made.append(Database(database_url(url)))
        return made[-1]

    if backend == "postgresql":
        request.getfixturevalue("laid_out")
    yield make
    for database in made:
        database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("template") / "studies.sqlite3"
    database = Database(database_url(str(path)))
    schema.upgrade(database)
    database.close()
    return path.read_bytes()


@pytest.fixture
def database(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that is laid out and holds nothing."""
    if backend == "sqlite":
        path = tmp_path / "studies.sqlite3"
        path.write_bytes(request.getfixturevalue("sqlite_template"))
        url = str(path)
    else:
        url = request.getfixturevalue("laid_out")(False)
    made = Database(database_url(url))
    yield made
    made.close()


@pytest.fixture
def stamp() -> Stamp:
    return Stamp("ana", datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC))


@pytest.fixture
def served(database: Database) -> Iterator[Served]:
    """A real server over `database`, with a key for each role."""
    with serve(database) as running:
        yield running
