"""Webhooks from the event to the other program: signed, tried again, logged, sent again when asked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook as Signer
from standardwebhooks import WebhookVerificationError

from api.services import audit, webhooks
from api.services.delivering import WAITS_S, Deliverer, deliver_due, retry_after, sender
from api.services.runs import start_run
from api.services.studies import create_study, delete_study
from api.services.targets import TargetRefusedError, Targets
from api.services.webhooks import NewWebhook
from api.store import outbox
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, NotFoundError
from tests.api.served import serve
from tests.api.store.conftest import later
from tests.listening import Heard, listening
from tests.running import interviews, keep_study, work_off
from tests.stored import ARRIVE

HERE = Targets.of(["127.0.0.1"])
SEND = sender(HERE, deadline_s=5)


@pytest.fixture
def heard() -> Iterator[Heard]:
    with listening() as heard:
        yield heard


@pytest.fixture
def study(database: Database, stamp: Stamp) -> str:
    return create_study(database, ARRIVE, stamp).id


@pytest.fixture
def hook(database: Database, study: str, stamp: Stamp, heard: Heard) -> NewWebhook:
    return webhooks.add_webhook(database, study, heard.url, ["run.completed", "step.approved"], stamp, targets=HERE)


def tell(database: Database, study: str, stamp: Stamp, number: int = 1) -> str:
    with database.writing() as session:
        return outbox.add(session, study, "run.completed", {"run": "run_1", "number": number}, stamp)


def test_an_event_arrives_signed_and_says_ids_and_counts(
    database: Database, study: str, hook: NewWebhook, heard: Heard
) -> None:
    event = tell(database, study, Stamp.now("ana"))
    assert deliver_due(database, SEND) == 1
    assert deliver_due(database, SEND) == 0
    ((headers, body),) = heard.requests
    said = Signer(hook.secret).verify(body, headers)
    assert (said["type"], said["data"]) == ("run.completed", {"study": study, "run": "run_1", "number": 1})
    assert datetime.fromisoformat(said["timestamp"]).tzinfo is not None
    assert headers["webhook-id"] == event
    assert headers["content-type"] == "application/json"
    (delivery,) = webhooks.list_deliveries(database, study, hook.webhook.id)
    assert (delivery.state, [a.status for a in delivery.attempts]) == ("delivered", [204])


def test_what_a_worker_without_a_server_told_arrives_once_there_is_one(
    database: Database, stamp: Stamp, heard: Heard
) -> None:
    study = keep_study(database, interviews(1), stamp)
    webhooks.add_webhook(database, study, heard.url, ["run.completed"], stamp, targets=HERE)
    run = start_run(database, study, stamp)
    assert work_off(database, run.id).state == "done"
    assert heard.requests == []
    with serve(database, webhook_networks=["127.0.0.1"]):
        deadline = time.monotonic() + 60
        while not heard.requests:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    # At its end the server has noted what it sent: the next one finds nothing that is due.
    assert deliver_due(database, SEND) == 0
    ((_, body),) = heard.requests
    assert json.loads(body)["data"]["run"] == run.id


def test_a_signature_by_another_secret_or_of_another_body_does_not_hold(
    database: Database, study: str, hook: NewWebhook, heard: Heard
) -> None:
    tell(database, study, Stamp.now("ana"))
    deliver_due(database, SEND)
    ((headers, body),) = heard.requests
    for secret, content in ((webhooks.new_secret(), body), (hook.secret, body.replace(b"run_1", b"run_2"))):
        with pytest.raises(WebhookVerificationError):
            Signer(secret).verify(content, headers)


def test_a_target_that_fails_is_asked_again_later_under_the_same_id(
    database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp
) -> None:
    event = tell(database, study, stamp)
    heard.answers = [(500, {}), (302, {"Location": heard.url})]
    assert deliver_due(database, SEND, now=stamp.at) == 1
    assert deliver_due(database, SEND, now=stamp.at + timedelta(seconds=4)) == 0
    assert deliver_due(database, SEND, now=stamp.at + timedelta(seconds=6)) == 1
    assert deliver_due(database, SEND, now=stamp.at + timedelta(seconds=600)) == 1
    (delivery,) = webhooks.list_deliveries(database, study, hook.webhook.id)
    assert [a.fault for a in delivery.attempts] == ["status 500", "status 302", None]
    assert {headers["webhook-id"] for headers, _ in heard.requests} == {event}
    times = [int(headers["webhook-timestamp"]) for headers, _ in heard.requests]
    assert times == sorted(set(times))


def test_after_three_days_in_vain_it_is_given_up_and_can_be_sent_again(
    database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp
) -> None:
    tell(database, study, stamp)
    now = stamp.at
    heard.answers = [(503, {})] * (len(WAITS_S) + 1)
    while deliver_due(database, SEND, now=now):
        now += timedelta(days=2)
    (delivery,) = webhooks.list_deliveries(database, study, hook.webhook.id)
    assert (delivery.state, len(delivery.attempts)) == ("failed", len(WAITS_S) + 1)
    again = webhooks.send_again(database, study, hook.webhook.id, delivery.id, Stamp("ana", now))
    assert deliver_due(database, SEND, now=now) == 1
    first, second = webhooks.list_deliveries(database, study, hook.webhook.id)
    assert (first.id, first.state, first.event) == (again.id, "delivered", second.event)


def test_waits_grow_and_end_and_a_target_may_ask_for_more_but_not_for_ever() -> None:
    waits = [retry_after(n) for n in range(1, len(WAITS_S) + 1)]
    assert all(
        wait is not None and s <= wait.total_seconds() <= 1.1 * s for wait, s in zip(waits, WAITS_S, strict=True)
    )
    assert retry_after(len(WAITS_S) + 1) is None
    asked = retry_after(1, 120)
    assert asked is not None
    assert asked.total_seconds() >= 120
    forever = retry_after(1, 10**8)
    assert forever is not None
    assert forever <= timedelta(days=1.1)


def test_retry_after_is_heeded(database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp) -> None:
    tell(database, study, stamp)
    heard.answers = [(429, {"Retry-After": "900"})]
    deliver_due(database, SEND, now=stamp.at)
    (delivery,) = webhooks.list_deliveries(database, study, hook.webhook.id)
    assert delivery.next_at is not None
    assert delivery.next_at >= stamp.at + timedelta(seconds=900)


def test_a_target_that_says_it_is_gone_gets_nothing_more_until_it_is_switched_on(
    database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp
) -> None:
    tell(database, study, stamp)
    heard.answers = [(410, {})]
    deliver_due(database, SEND, now=stamp.at)
    assert not webhooks.show_webhook(database, study, hook.webhook.id).is_active
    tell(database, study, stamp)
    assert deliver_due(database, SEND, now=stamp.at + timedelta(days=9)) == 0
    webhooks.change_webhook(database, study, hook.webhook.id, stamp, targets=HERE, is_active=True)
    tell(database, study, stamp)
    assert deliver_due(database, SEND, now=stamp.at) == 1


def test_a_test_goes_to_one_webhook_even_if_it_is_switched_off(
    database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp
) -> None:
    webhooks.add_webhook(database, study, heard.url, list(webhooks.KINDS), stamp, targets=HERE)
    webhooks.change_webhook(database, study, hook.webhook.id, stamp, targets=HERE, is_active=False)
    webhooks.send_test(database, study, hook.webhook.id, stamp)
    assert deliver_due(database, SEND, now=stamp.at) == 1
    assert json.loads(heard.requests[0][1])["type"] == "test"


def test_a_new_secret_signs_from_then_on(
    database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp
) -> None:
    fresh = webhooks.new_secret()
    webhooks.change_webhook(database, study, hook.webhook.id, stamp, targets=HERE, secret=fresh)
    tell(database, study, stamp)
    deliver_due(database, SEND)
    ((headers, body),) = heard.requests
    assert Signer(fresh).verify(body, headers)["data"]["study"] == study


def test_a_target_that_became_private_gets_nothing_and_the_log_says_why(
    database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp
) -> None:
    tell(database, study, stamp)
    deliver_due(database, sender(Targets()), now=stamp.at)
    (delivery,) = webhooks.list_deliveries(database, study, hook.webhook.id)
    assert "only https" in str(delivery.attempts[0].fault)
    assert heard.requests == []


def test_webhooks_are_checked_when_they_are_made_and_changed(
    database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp
) -> None:
    with pytest.raises(TargetRefusedError):
        webhooks.add_webhook(database, study, heard.url, ["run.completed"], stamp, targets=Targets())
    with pytest.raises(BadValueError, match=r"not 'run\.started'"):
        webhooks.add_webhook(database, study, heard.url, ["run.started"], stamp, targets=HERE)
    with pytest.raises(BadValueError):
        webhooks.change_webhook(database, study, hook.webhook.id, stamp, targets=HERE, kinds=[])
    with pytest.raises(TargetRefusedError):
        webhooks.change_webhook(database, study, hook.webhook.id, stamp, targets=HERE, url="ftp://localhost")
    assert webhooks.list_webhooks(database, study) == (hook.webhook,)


def test_a_delivery_is_none_of_another_webhook(
    database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp
) -> None:
    other = webhooks.add_webhook(database, study, heard.url, ["run.completed"], stamp, targets=HERE)
    delivery = webhooks.send_test(database, study, hook.webhook.id, stamp)
    with pytest.raises(NotFoundError):
        webhooks.send_again(database, study, other.webhook.id, delivery.id, stamp)
    webhooks.remove_webhook(database, study, hook.webhook.id, stamp)
    with pytest.raises(NotFoundError):
        webhooks.list_deliveries(database, study, hook.webhook.id)


def test_changes_of_webhooks_are_in_the_audit_log(
    database: Database, study: str, hook: NewWebhook, stamp: Stamp
) -> None:
    webhooks.change_webhook(database, study, hook.webhook.id, later(stamp), targets=HERE, is_active=False)
    webhooks.remove_webhook(database, study, hook.webhook.id, later(stamp, 2))
    said = [(kept.entry.what, dict(kept.entry.subjects)) for kept in audit.list_entries(database, study=study)]
    assert said == [(f"webhook {done}", {"webhook": hook.webhook.id}) for done in ("removed", "changed", "added")]


def test_two_that_deliver_at_once_send_each_event_once(
    database: Database, study: str, hook: NewWebhook, heard: Heard
) -> None:
    for number in range(30):
        tell(database, study, Stamp.now("ana"), number)
    both = [Deliverer(database, HERE, pause_s=0.01) for _ in range(2)]
    deadline = time.monotonic() + 20
    while len(heard.requests) < 30 and time.monotonic() < deadline:
        time.sleep(0.05)
    for deliverer in both:
        deliverer.close()
    assert sorted(json.loads(body)["data"]["number"] for _, body in heard.requests) == list(range(30))
    assert {d.state for d in webhooks.list_deliveries(database, study, hook.webhook.id)} == {"delivered"}


def test_what_is_sent_while_its_study_goes_is_let_go(
    database: Database, study: str, hook: NewWebhook, heard: Heard, stamp: Stamp
) -> None:
    tell(database, study, stamp)

    def send_and_delete(*_: object) -> tuple[int, dict[str, str]]:
        delete_study(database, study, stamp)
        return 204, {}

    assert deliver_due(database, send_and_delete, now=stamp.at) == 1
    assert deliver_due(database, SEND, now=datetime.now(UTC)) == 0
