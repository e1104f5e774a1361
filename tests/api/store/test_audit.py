"""The audit log holds ids and counts, in a chain that shows what was altered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from api.store import audit, maintenance
from api.store.database import Database, Stamp
from tests.api.store.conftest import NewDatabase, in_another_process, later
from tests.stored import keep_rich_study

STUDY = f"study_{'0' * 32}"


def write(database: Database, *entries: audit.Entry) -> None:
    with database.writing() as session:
        audit.append(session, entries)


def three(stamp: Stamp) -> list[audit.Entry]:
    return [
        audit.entry(stamp, "read", "GET /v1/studies/{study_id}", study=STUDY),
        audit.entry(later(stamp), "exported", "job map", study=STUDY, subjects={"run": f"run_{'1' * 32}"}, n_steps=7),
        audit.entry(later(stamp, 2, "tom"), "erased", "forget", study=STUDY, n_statements=3),
    ]


def test_entries_come_back_last_first_and_in_parts(database: Database, stamp: Stamp) -> None:
    write(database, *three(stamp))
    with database.reading() as session:
        kept = audit.listed(session)
        assert [k.entry for k in kept] == three(stamp)[::-1]
        assert [k.number for k in audit.listed(session, before=3, limit=1)] == [2]
        assert [k.number for k in audit.listed(session, act="erased")] == [3]
        assert audit.listed(session, study="study_other") == ()
        assert audit.head(session) == (3, kept[0].sha256)


def test_what_is_no_id_is_not_kept(database: Database, stamp: Stamp) -> None:
    write(database, audit.entry(stamp, "read", "show", study="Acme buyers", subjects={"who": "Eva Novak", "of": "12"}))
    with database.reading() as session:
        (kept,) = audit.listed(session)
    assert (kept.entry.study, kept.entry.subjects) == (None, {"of": "12"})


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        ("UPDATE audit_entries SET by = 'eve' WHERE number = 2", "audit entry 2: it is not what was written"),
        ("UPDATE audit_entries SET counts = '{}' WHERE number = 2", "audit entry 2: it is not what was written"),
        ("DELETE FROM audit_entries WHERE number = 2", "audit entry 2: it is missing"),
        ("DELETE FROM audit_entries WHERE number = 1", "audit entry 1: it is missing"),
    ],
)
def test_the_check_of_a_database_names_an_entry_that_was_tampered_with(
    database: Database, stamp: Stamp, harm: str, fault: str
) -> None:
    write(database, *three(stamp))
    whole = maintenance.check(database)
    assert (whole.faults, whole.n_audit_entries) == ((), 3)
    with database.writing() as session:
        session.execute(text(harm))
    assert [found for found in maintenance.check(database).faults if found.startswith(fault)] != []


def test_an_entry_that_was_rewritten_with_its_hash_no_longer_leads_to_the_next(
    database: Database, stamp: Stamp
) -> None:
    write(database, *three(stamp))
    with database.writing() as session:
        second = audit.listed(session, before=3)[0]
        forged = replace(second.entry, by="eve")
        sha256 = audit._sha256(2, second.previous, forged)
        session.execute(text("UPDATE audit_entries SET by = 'eve', sha256 = :h WHERE number = 2"), {"h": sha256})
    assert maintenance.check(database).faults == ("audit entry 3: it does not follow from the one before",)


def test_programs_that_write_at_once_make_one_chain(database: Database, stamp: Stamp) -> None:
    write(database, *three(stamp))
    database.close()
    code = """
from api.store import audit
from api.store.database import Stamp
for n in range(20):
    with database.writing() as session:
        audit.append(session, [audit.entry(Stamp.now("ana"), "read", "look", n=n)])
"""
    running = [in_another_process(database, code) for _ in range(2)]
    assert [process.communicate(timeout=120)[1] for process in running] == ["", ""]
    report = maintenance.check(database)
    assert (report.faults, report.n_audit_entries) == ((), 43)


def test_the_log_goes_on_after_an_older_backup_took_the_place_of_its_database(
    database: Database, stamp: Stamp, tmp_path: Path
) -> None:
    keep_rich_study(database, stamp)
    write(database, *three(stamp)[:1])
    maintenance.backup(database, tmp_path / "copy")
    write(database, *three(stamp)[1:])
    maintenance.restore(database, tmp_path / "copy", later(stamp, 5), overwrite=True)
    with database.reading() as session:
        said = [kept.entry.what for kept in reversed(audit.listed(session))]
    assert said == [*(one.what for one in three(stamp)), "restore of a backup"]
    assert maintenance.check(database).faults == ()


def test_a_backup_of_another_database_keeps_its_own_log(
    new_database: NewDatabase, database: Database, stamp: Stamp, tmp_path: Path
) -> None:
    write(database, *three(stamp))
    maintenance.backup(database, tmp_path / "copy")
    other = new_database()
    maintenance.restore(other, tmp_path / "copy", stamp)
    write(other, audit.entry(stamp, "read", "elsewhere"))
    with database.writing() as session:
        session.execute(text("DELETE FROM audit_entries"))
        audit.append(session, three(later(stamp)))
    maintenance.restore(database, tmp_path / "copy", stamp, overwrite=True)
    with database.reading() as session:
        assert [kept.entry for kept in audit.listed(session)][1:] == three(stamp)[::-1]
