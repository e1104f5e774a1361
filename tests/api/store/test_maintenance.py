"""Backups are taken while others write, restored only where told, and what is damaged is found."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from api.services import studies as use_cases
from api.store import decisions, maintenance, runs, schema, studies, vectors
from api.store.database import Database, Stamp
from api.store.errors import BackupError, SchemaMismatchError
from tests.api.store.conftest import NewDatabase, in_another_process
from tests.stored import ARRIVE, keep_rich_study, rich_for_store


@pytest.fixture(autouse=True)
def _tools(backend: str) -> None:
    if backend == "postgresql" and not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        pytest.skip("pg_dump and pg_restore are not on the path")


def names_in(database: Database) -> list[str]:
    with database.reading() as session:
        return [s.study.name for s in studies.listed(session)]


def test_a_backup_restores_to_the_same(
    database: Database, new_database: NewDatabase, stamp: Stamp, tmp_path: Path
) -> None:
    other = new_database()
    kept = keep_rich_study(database, stamp)
    n_bytes = maintenance.backup(database, tmp_path / "backups" / "one")
    assert n_bytes == (tmp_path / "backups" / "one").stat().st_size > 1000
    assert maintenance.restore(other, tmp_path / "backups" / "one", stamp) == 0
    with other.reading() as session:
        assert runs.analysis(session, kept.run) == rich_for_store()
    assert maintenance.check(other).faults == ()


def test_a_backup_is_for_its_owner_alone_and_never_overwritten(
    database: Database, stamp: Stamp, tmp_path: Path
) -> None:
    keep_rich_study(database, stamp)
    maintenance.backup(database, tmp_path / "one")
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0
    with pytest.raises(BackupError, match="is there already"):
        maintenance.backup(database, tmp_path / "one")
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_backup_of_a_database_in_use_holds_whole_transactions(
    database: Database, stamp: Stamp, tmp_path: Path
) -> None:
    run = keep_rich_study(database, stamp).run
    code = f"""
import itertools, sys
from api.store import decisions
from api.store.database import Stamp
print("go", flush=True)
for i in itertools.count():
    with database.writing() as session:
        decisions.append(session, {run!r}, "comment", {{"half": 1, "text": "x" * 3000}}, Stamp.now("w"))
        decisions.append(session, {run!r}, "comment", {{"half": 2}}, Stamp.now("w"))
"""
    process = in_another_process(database, code)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "go"
        for number in range(3):
            maintenance.backup(database, tmp_path / f"backup-{number}")
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate(timeout=60)
    maintenance.restore(database, tmp_path / "backup-2", stamp, overwrite=True)
    with database.reading() as session:
        assert len(decisions.of_run(session, run)) % 2 == 0
    assert maintenance.check(database).faults == ()


def test_restoring_overwrites_only_if_told(database: Database, stamp: Stamp, tmp_path: Path) -> None:
    maintenance.backup(database, tmp_path / "empty")
    with database.writing() as session:
        studies.add(session, ARRIVE, stamp)
    with pytest.raises(BackupError, match="--overwrite"):
        maintenance.restore(database, tmp_path / "empty", stamp)
    assert names_in(database) == ["arrive"]
    maintenance.restore(database, tmp_path / "empty", stamp, overwrite=True)
    assert names_in(database) == []


def test_who_was_erased_after_the_backup_is_erased_from_it_again(
    database: Database, stamp: Stamp, tmp_path: Path
) -> None:
    kept = keep_rich_study(database, stamp)
    maintenance.backup(database, tmp_path / "before")
    use_cases.erase_transcript(database, kept.transcripts["ben-courier"], stamp)
    assert maintenance.restore(database, tmp_path / "before", stamp, overwrite=True) == 1
    with database.reading() as session:
        assert "ben-courier" not in [t.id for t in runs.analysis(session, kept.run).transcripts]
        found = session.execute(text("SELECT count(*) FROM transcripts WHERE name = 'ben-courier'")).scalar()
    assert found == 0
    assert maintenance.check(database).faults == ()


def test_what_is_no_backup_is_refused_and_changes_nothing(database: Database, stamp: Stamp, tmp_path: Path) -> None:
    with database.writing() as session:
        studies.add(session, ARRIVE, stamp)
    (tmp_path / "letter").write_text("Dear all")
    for source in (tmp_path / "letter", tmp_path / "nothing"):
        with pytest.raises(BackupError, match=source.name):
            maintenance.restore(database, source, stamp, overwrite=True)
    assert names_in(database) == ["arrive"]


def test_a_backup_of_a_newer_program_is_refused(
    database: Database, stamp: Stamp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with monkeypatch.context() as patched:
        patched.setattr(schema, "needed_version", lambda: "9999")
        maintenance.backup(database, tmp_path / "newer")
    with database.writing() as session:
        session.execute(text(f"UPDATE alembic_version SET version_num = '{schema.needed_version()}'"))  # noqa: S608
    with pytest.raises(SchemaMismatchError, match="newer"):
        maintenance.restore(database, tmp_path / "newer", stamp, overwrite=True)
    assert names_in(database) == []


def test_a_broken_file_can_be_replaced_and_is_put_aside(database: Database, stamp: Stamp, tmp_path: Path) -> None:
    if not database.is_sqlite:
        pytest.skip("a matter of files")
    maintenance.backup(database, tmp_path / "good")
    database.close()
    database.path.write_bytes(b"garbage" * 999)
    with pytest.raises(SchemaMismatchError):
        maintenance.restore(database, tmp_path / "good", stamp)
    maintenance.restore(database, tmp_path / "good", stamp, overwrite=True)
    assert names_in(database) == []
    assert database.path.with_name(f"{database.path.name}.broken").read_bytes() == b"garbage" * 999


def test_a_healthy_database_has_no_fault_and_is_counted(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    with database.writing() as session:
        decisions.append(session, kept.run, "approve", {}, stamp)
        vectors.keep(session, kept.study, "m", {vectors.text_sha256("a"): np.ones(4, np.float32)}, stamp)
    report = maintenance.check(database)
    assert report.faults == ()
    assert (report.n_uploads, report.n_transcripts, report.n_runs) == (5, 5, 1)
    assert (report.n_statements, report.n_decisions, report.n_vectors) == (len(rich_for_store().statements), 1, 1)


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("UPDATE uploads SET content = sha256_or_blob WHERE filename = 'finn.txt'", "bytes are not those"),
        ("UPDATE uploads SET content = NULL WHERE filename = 'finn.txt'", "bytes are gone"),
        ("UPDATE transcripts SET parsed = sha256_or_blob WHERE name = 'finn'", "not what was read, by its hash"),
        ("UPDATE run_transcripts SET sha256 = 'x'", "is not what the run read"),
        ('UPDATE statements SET body = replace(body, \'"quote":"\', \'"quote":"Well \')', "quote is not in its turn"),
        ("DELETE FROM statements WHERE position = 0", "names a statement that is not there"),
        ("UPDATE suggestions SET body = '{}' WHERE position = 0", "cannot be read"),
        ("DELETE FROM decisions WHERE number = 1", "a decision is missing"),
        ("UPDATE vectors SET vector = sha256_or_blob", "is not whole"),
    ],
)
def test_what_was_changed_behind_the_programs_back_is_found(
    database: Database, stamp: Stamp, damage: str, fault: str
) -> None:
    kept = keep_rich_study(database, stamp)
    with database.writing() as session:
        for _ in range(2):
            decisions.append(session, kept.run, "comment", {}, stamp)
        vectors.keep(session, kept.study, "m", {vectors.text_sha256("a"): np.ones(4, np.float32)}, stamp)
        blob = "x'00ff7f'" if database.is_sqlite else "decode('00ff7f', 'hex')"
        session.execute(text(damage.replace("sha256_or_blob", blob)))
    found = maintenance.check(database).faults
    assert [f for f in found if re.search(fault, f)], found


def test_damaged_pages_are_found(database: Database, stamp: Stamp) -> None:
    if not database.is_sqlite:
        pytest.skip("a matter of files")
    keep_rich_study(database, stamp)
    maintenance.backup(database, database.path.with_name("copy"))
    database.close()
    content = bytearray(database.path.with_name("copy").read_bytes())
    with closing(sqlite3.connect(database.path.with_name("copy"))) as copy:
        tables = ("transcripts", "statements", "suggestions")
        pages = [copy.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (t,)).fetchone()[0] for t in tables]
    for page in pages:  # which count from 1
        content[(page - 1) * 4096 : (page - 1) * 4096 + 64] = b"\xaa" * 64
    for path in database.path.parent.glob(f"{database.path.name}*"):
        path.unlink()
    database.path.write_bytes(bytes(content))
    assert maintenance.check(database).faults != ()
