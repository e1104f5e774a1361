"""Layouts: up from nothing, back and forth, and never used by a program that does not know them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, QueuePool, create_engine, inspect, text

from api.store import schema, studies
from api.store.database import Database, Stamp, database_url
from api.store.errors import DatabaseUnavailableError, SchemaMismatchError
from api.store.tables import NAMING, Table
from jtbd_nlp.errors import ConfigError
from tests.api.store.conftest import NewDatabase, in_another_process
from tests.stored import ARRIVE


def test_migrations_lead_from_nothing_to_exactly_the_tables_of_the_code(new_database: NewDatabase) -> None:
    database = new_database()
    assert schema.upgrade(database) == (None, schema.needed_version())
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_constraints_have_the_names_of_the_convention(database: Database) -> None:
    inspector = inspect(database.engine)
    for table in Table.metadata.sorted_tables:
        assert inspector.get_pk_constraint(table.name)["name"] == f"pk_{table.name}"
        foreign = {key["name"] for key in inspector.get_foreign_keys(table.name)}
        assert foreign == {key.name for key in table.foreign_key_constraints}
        checks = {check["name"] for check in inspector.get_check_constraints(table.name)}
        assert all(str(name).startswith(f"ck_{table.name}_") for name in checks)
    assert set(NAMING) == {"ix", "uq", "ck", "fk", "pk"}


def test_every_migration_can_be_taken_back_and_done_again(new_database: NewDatabase) -> None:
    database = new_database()
    for version in schema.known_versions():
        schema.upgrade(database, version)
        schema.downgrade(database, "-1")
        schema.upgrade(database, version)
    schema.downgrade(database, schema.EMPTY)
    assert inspect(database.engine).get_table_names() in (["alembic_version"], [])
    assert schema.upgrade(database)[1] == schema.needed_version()


def test_upgrading_what_is_up_to_date_changes_nothing(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        studies.add(session, ARRIVE, stamp)
    assert schema.upgrade(database) == (schema.needed_version(), schema.needed_version())
    with database.reading() as session:
        assert [s.study for s in studies.listed(session)] == [ARRIVE]


def test_an_empty_database_is_refused_with_the_command_that_fills_it(new_database: NewDatabase) -> None:
    database = new_database()
    if database.is_sqlite:
        with pytest.raises(DatabaseUnavailableError, match=r"there is no database at .*`jtbd db upgrade`"):
            schema.open_database(database)
        database.path.touch()
    else:
        with pytest.raises(SchemaMismatchError, match="empty: run `jtbd db upgrade`"):
            schema.open_database(database)


def test_an_older_layout_is_refused_with_the_command_that_mends_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "needed_version", lambda: "9999")
    with pytest.raises(SchemaMismatchError, match=r"older .* run `jtbd db upgrade`"):
        schema.open_database(database)


def test_a_newer_layout_is_refused_and_not_migrated(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatchError, match=r"newer .*`pip install --upgrade jtbd-nlp`"):
        schema.open_database(database)
    with pytest.raises(SchemaMismatchError, match="newer"):
        schema.upgrade(database)


def test_a_database_of_something_else_is_left_alone(new_database: NewDatabase) -> None:
    database = new_database()
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (id INTEGER)"))
    with pytest.raises(SchemaMismatchError, match="something else"):
        schema.upgrade(database)
    assert inspect(database.engine).get_table_names() == ["recipes"]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but a file of some length " * 50)
    with pytest.raises(SchemaMismatchError, match="no database"):
        schema.open_database(Database(database_url(str(path))))


def test_two_programs_that_upgrade_at_once_both_succeed(new_database: NewDatabase) -> None:
    database = new_database()
    database.close()
    code = "from api.store import schema\nprint(schema.upgrade(database)[1])"
    running = [in_another_process(database, code) for _ in range(2)]
    outcomes = [process.communicate(timeout=120) for process in running]
    assert [out.strip() for out, _ in outcomes] == [schema.needed_version()] * 2, outcomes


def test_an_upgrade_that_ends_while_the_version_is_read_is_no_fault(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = new_database()
    look = schema._foreign_tables
    read = MigrationContext.get_current_revision
    seen: list[str] = []

    def once(what: str) -> None:
        """After the first of the two looks, another program upgrades."""
        seen.append(what)
        if len(seen) == 1:
            code = "from api.store import schema\nprint(schema.upgrade(database)[1])"
            assert in_another_process(database, code).communicate(timeout=120)[0].strip() == schema.needed_version()

    def looking(connection: Connection) -> list[str]:
        found = look(connection)
        once("tables")
        return found

    def reading(context: MigrationContext) -> str | None:
        version = read(context)
        once("version")
        return version

    monkeypatch.setattr(schema, "_foreign_tables", looking)
    monkeypatch.setattr(MigrationContext, "get_current_revision", reading)
    assert schema.version_of(database) in (None, schema.needed_version())
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgres://u:secret@host/name", "postgresql+psycopg://u:***@host/name"),
        ("postgresql://host/name", "postgresql+psycopg://host/name"),
        ("sqlite:////data/x.db", "/data/x.db"),
        ("/data/x.db", "/data/x.db"),
    ],
)
def test_a_database_is_named_by_url_or_path_and_shown_without_password(given: str, shown: str) -> None:
    assert str(Database(database_url(given))) == shown


@pytest.mark.parametrize("given", ["sqlite://", "sqlite:///:memory:", "mysql://host/name", "nonsense://", "://"])
def test_what_is_no_database_for_studies_is_a_fault_of_the_setting(given: str) -> None:
    with pytest.raises(ConfigError):
        database_url(given)


def test_without_a_name_the_database_is_in_the_users_data_folder() -> None:
    path = Database(database_url()).path
    assert (path.name, path.parent.name) == ("studies.sqlite3", "jtbd")


def test_when_all_connections_stay_in_use_the_database_is_away(database: Database) -> None:
    few = Database(database.url)
    few.engine = create_engine(database.url, pool_size=1, max_overflow=0, pool_timeout=0.01, poolclass=QueuePool)
    with few.reading() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(DatabaseUnavailableError, match="QueuePool limit"), few.reading():
            pass
    few.close()


def test_importing_the_core_loads_no_database() -> None:
    loaded = "[name for name in ('sqlalchemy', 'alembic') if name in sys.modules]"
    # What loads models is held to it by the order of imports alone, which `make lint` checks.
    code = f"import jtbd_nlp.cli, jtbd_nlp.readers, jtbd_nlp.review, jtbd_nlp.export, sys; print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
