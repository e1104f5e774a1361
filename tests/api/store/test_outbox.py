"""Events are written with the change that they tell of, and delivered at least once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.store import outbox, studies, webhooks
from api.store.database import Database, Stamp
from api.store.errors import NotFoundError
from api.store.outbox import Attempt
from tests.api.store.conftest import later
from tests.stored import ARRIVE

MINUTE = timedelta(minutes=1)


@pytest.fixture
def study(database: Database, stamp: Stamp) -> str:
    with database.writing() as session:
        return studies.add(session, ARRIVE, stamp)


def hook(database: Database, study: str, stamp: Stamp, *kinds: str) -> str:
    with database.writing() as session:
        return webhooks.add(session, study, "https://example.org/hear", kinds, "whsec_c2VjcmV0", stamp).id


def tried(stamp: Stamp, number: int, fault: str | None) -> Attempt:
    return Attempt(number=number, at=stamp.at, status=None if fault else 204, fault=fault, took_s=0.25)


def test_an_event_goes_to_those_webhooks_that_want_its_kind(database: Database, study: str, stamp: Stamp) -> None:
    both = hook(database, study, stamp, "run.completed", "step.approved")
    other = hook(database, study, stamp, "step.approved")
    off = hook(database, study, stamp, "run.completed")
    with database.writing() as session:
        webhooks.change(session, study, off, stamp, is_active=False)
        event = outbox.add(session, study, "run.completed", {"run": "run_1", "number": 1}, stamp)
    with database.reading() as session:
        assert [d.event.id for d in outbox.deliveries(session, both)] == [event]
        assert outbox.deliveries(session, other) == outbox.deliveries(session, off) == ()
        assert [e.about for e in outbox.events(session, study)] == [{"run": "run_1", "number": 1}]


def test_a_change_that_fails_tells_nobody(database: Database, study: str, stamp: Stamp) -> None:
    hook(database, study, stamp, "jobmap.changed")

    def change_and_fail() -> None:
        with database.writing() as session:
            outbox.add(session, study, "jobmap.changed", {"revision": 1}, stamp)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    with database.writing() as session:
        assert outbox.events(session, study) == ()
        assert outbox.claim_due(session, stamp.at, lease=MINUTE, limit=9) == ()


def test_events_are_followed_from_the_last_one_seen(database: Database, study: str, stamp: Stamp) -> None:
    with database.writing() as session:
        ids = [outbox.add(session, study, "jobmap.changed", {"revision": n}, stamp) for n in range(4)]
        assert [e.id for e in outbox.events(session, study, after=ids[1])] == ids[2:]
        assert [e.id for e in outbox.events(session, study, limit=1)] == ids[:1]


def test_what_is_taken_comes_again_only_if_its_taker_says_nothing(database: Database, study: str, stamp: Stamp) -> None:
    hook(database, study, stamp, "jobmap.changed")
    with database.writing() as session:
        outbox.add(session, study, "jobmap.changed", {"revision": 1}, stamp)
        (due,) = outbox.claim_due(session, stamp.at, lease=MINUTE, limit=9)
        assert (due.url, due.secret, due.n_attempts) == ("https://example.org/hear", "whsec_c2VjcmV0", 0)
        assert outbox.claim_due(session, stamp.at, lease=MINUTE, limit=9) == ()
        assert outbox.claim_due(session, stamp.at + MINUTE, lease=MINUTE, limit=9) == (due,)
        outbox.note_attempt(session, due.delivery, tried(stamp, 1, None), retry_at=None)
        assert outbox.claim_due(session, stamp.at + 9 * MINUTE, lease=MINUTE, limit=9) == ()
        delivery = outbox.delivery(session, due.delivery)
    assert (delivery.state, [a.status for a in delivery.attempts]) == ("delivered", [204])


def test_a_failed_try_is_repeated_when_it_is_time_and_given_up_at_the_end(
    database: Database, study: str, stamp: Stamp
) -> None:
    hook(database, study, stamp, "jobmap.changed")
    with database.writing() as session:
        outbox.add(session, study, "jobmap.changed", {"revision": 1}, stamp)
        (due,) = outbox.claim_due(session, stamp.at, lease=MINUTE, limit=9)
        outbox.note_attempt(session, due.delivery, tried(stamp, 1, "no answer"), retry_at=stamp.at + 5 * MINUTE)
        assert outbox.claim_due(session, stamp.at + 4 * MINUTE, lease=MINUTE, limit=9) == ()
        (again,) = outbox.claim_due(session, stamp.at + 5 * MINUTE, lease=MINUTE, limit=9)
        assert again.n_attempts == 1
        outbox.note_attempt(session, due.delivery, tried(stamp, 2, "status 500"), retry_at=None)
        delivery = outbox.delivery(session, due.delivery)
    assert (delivery.state, delivery.next_at) == ("failed", None)
    assert [a.fault for a in delivery.attempts] == ["no answer", "status 500"]


def test_a_webhook_that_is_taken_away_takes_its_log_along(database: Database, study: str, stamp: Stamp) -> None:
    gone = hook(database, study, stamp, "jobmap.changed")
    with database.writing() as session:
        outbox.add(session, study, "jobmap.changed", {"revision": 1}, stamp)
        (due,) = outbox.claim_due(session, stamp.at, lease=MINUTE, limit=9)
        webhooks.remove(session, study, gone)
        outbox.note_attempt(session, due.delivery, tried(stamp, 1, None), retry_at=None)
        with pytest.raises(NotFoundError):
            outbox.delivery(session, due.delivery)
        with pytest.raises(NotFoundError):
            webhooks.get(session, study, gone)


def test_a_webhook_is_none_of_another_study(database: Database, study: str, stamp: Stamp) -> None:
    own = hook(database, study, stamp, "jobmap.changed")
    with database.writing() as session:
        assert webhooks.get(session, study, own).kinds == ("jobmap.changed",)
        with pytest.raises(NotFoundError):
            webhooks.remove(session, "study_other", own)


def test_old_events_go_with_their_deliveries(database: Database, study: str, stamp: Stamp) -> None:
    own = hook(database, study, stamp, "jobmap.changed")
    with database.writing() as session:
        outbox.add(session, study, "jobmap.changed", {"revision": 1}, stamp)
        kept = outbox.add(session, study, "jobmap.changed", {"revision": 2}, later(stamp))
        assert outbox.prune(session, stamp.at + outbox.KEPT_FOR + MINUTE / 2) == 1
        assert [d.event.id for d in outbox.deliveries(session, own)] == [kept]
