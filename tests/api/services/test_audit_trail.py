"""What requests leave in the audit log: exports and changes before they happen, reads soon after, counted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from api.services.audit import AuditTrail, list_entries
from api.store.database import Database, Stamp
from api.store.errors import DatabaseUnavailableError


@pytest.fixture
def trail(database: Database) -> Iterator[AuditTrail]:
    trail = AuditTrail(database, pause_s=3600)
    yield trail
    trail.close()


def test_an_export_is_in_the_log_before_it_happens(database: Database, trail: AuditTrail, stamp: Stamp) -> None:
    trail.allowed(stamp, "exported", "GET /v1/studies/{study_id}/exports")
    assert [kept.entry.act for kept in list_entries(database)] == ["exported"]


def test_equal_reads_are_one_entry_with_their_number(database: Database, trail: AuditTrail, stamp: Stamp) -> None:
    for what in ("runs", "needs", "runs", "runs"):
        trail.allowed(stamp, "read", what)
    assert list_entries(database) == ()
    trail.keep()
    trail.keep()
    assert {kept.entry.what: kept.entry.counts["n"] for kept in list_entries(database)} == {"runs": 3, "needs": 1}


def test_reads_that_wait_are_kept_when_the_server_stops(database: Database, stamp: Stamp) -> None:
    trail = AuditTrail(database, pause_s=3600)
    trail.allowed(stamp, "read", "runs")
    trail.close()
    assert [kept.entry.what for kept in list_entries(database)] == ["runs"]


def test_reads_are_kept_without_being_asked(database: Database, stamp: Stamp) -> None:
    trail = AuditTrail(database, pause_s=0.01)
    trail.allowed(stamp, "read", "runs")
    for _ in range(500):
        if list_entries(database):
            break
        time.sleep(0.02)
    trail.close()
    assert [kept.entry.counts for kept in list_entries(database)] == [{"n": 1}]


class Fickle(Database):
    """A database that is away for as long as somebody says so."""

    is_away = False

    @contextmanager
    def writing(self) -> Iterator[Session]:
        if self.is_away:
            raise DatabaseUnavailableError("it is away")
        with super().writing() as session:
            yield session


def test_what_cannot_be_logged_is_not_allowed_and_reads_wait_on(database: Database, stamp: Stamp) -> None:
    fickle = Fickle(database.url)
    trail = AuditTrail(fickle, pause_s=3600)
    fickle.is_away = True
    trail.allowed(stamp, "read", "runs")
    with pytest.raises(DatabaseUnavailableError):
        trail.allowed(stamp, "exported", "job map")
    with pytest.raises(DatabaseUnavailableError):
        trail.keep()
    fickle.is_away = False
    trail.close()
    assert [kept.entry.what for kept in list_entries(fickle)] == ["runs"]
    fickle.close()
