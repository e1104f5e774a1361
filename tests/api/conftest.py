"""Every test of the store and the server that takes `database` runs on SQLite and on a PostgreSQL of the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from api.services.access import secrets
from api.store import schema
from api.store.database import Database, Stamp, database_url
from api.store.tables import Table
from api.store.workers import SCHEMA
from tests.api.served import OWNER, Served, serve
from tests.postgres import PostgresMissingError, cluster
from tests.running import LEFT_BY_A_START, start_and_stop
from tests.stored import Kept, keep_rich_study

NewDatabase = Callable[[], Database]
_NUMBERS = count(1)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords with the least that argon2 takes: what guards them elsewhere would be most of what tests do."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "_HASHER", quick)
        patch.setattr(secrets, "_NOBODYS", quick.hash("of nobody"))
        yield


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
    start_and_stop(template)
    template.close()

    def make(is_empty: bool) -> str:
        name = f"test_{next(_NUMBERS)}"
        source = "template0" if is_empty else "template_of_ours"
        with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {source}"))
        return postgres.replace("/postgres?", f"/{name}?")

    yield make
    server.close()


@pytest.fixture(scope="session")
def emptied() -> list[str]:
    """URLs of databases on the server that tests had, and that are as they were before."""
    return []


def _empty(url: str) -> bool:
    """Take everything out of a database that a test had; False where it is not as it was, or is in use still."""
    with psycopg.connect(url, autocommit=True) as connection:
        others = "datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        in_use = connection.execute(f"SELECT 1 FROM pg_stat_activity WHERE {others}").fetchone()  # noqa: S608 - ours
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if in_use or version != (schema.needed_version(),):
            return False
        of_engine = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA]).fetchall()
        names = [table.name for table in Table.metadata.sorted_tables]
        names += [f"{SCHEMA}.{name}" for (name,) in of_engine if name not in LEFT_BY_A_START]
        tables = "; ".join(f"DELETE FROM {name}" for name in names)  # noqa: S608 - ours
        # In this role rows go without a look at who refers to them: all go.
        connection.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {tables}; COMMIT")
    return True


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
def sqlite_database(sqlite_template: bytes, tmp_path: Path) -> Iterator[Database]:
    """A file that is laid out and holds nothing, where the kind of database does not matter."""
    path = tmp_path / "studies.sqlite3"
    path.write_bytes(sqlite_template)
    made = Database(database_url(str(path)))
    yield made
    made.close()


@pytest.fixture
def database(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that is laid out and holds nothing."""
    emptied: list[str] = []
    if backend == "sqlite":
        path = tmp_path / "studies.sqlite3"
        path.write_bytes(request.getfixturevalue("sqlite_template"))
        url = str(path)
    else:
        # Making one on the server takes longer than most tests, and so does clearing hundreds away at the end.
        make, emptied = request.getfixturevalue("laid_out"), request.getfixturevalue("emptied")
        url = emptied.pop() if emptied else make(False)
    made = Database(database_url(url))
    yield made
    made.close()
    if backend == "postgresql" and _empty(url):
        emptied.append(url)


@pytest.fixture
def stamp() -> Stamp:
    return Stamp("ana", datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC))


@pytest.fixture
def served(database: Database) -> Iterator[Served]:
    """A real server over `database`, with a key for each role."""
    with serve(database) as running:
        yield running


@pytest.fixture
def kept(served: Served) -> Kept:
    """A study with a run that is done, and a member for each role."""
    kept = keep_rich_study(served.database, Stamp.now(OWNER))
    served.let_in(kept.study)
    return kept
