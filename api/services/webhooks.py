"""What people do with webhooks: have a study's events sent somewhere, look at what became of them, send them again."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.services.targets import Targets
from api.store import audit, outbox, studies, webhooks
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, NotFoundError
from api.store.outbox import KINDS, Delivery
from api.store.webhooks import Webhook

__all__ = [
    "KINDS",
    "Delivery",
    "NewWebhook",
    "Webhook",
    "add_webhook",
    "change_webhook",
    "list_deliveries",
    "list_webhooks",
    "new_secret",
    "remove_webhook",
    "send_again",
    "send_test",
    "show_webhook",
]

SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """A webhook and the secret that signs what it gets, which is not shown again."""

    webhook: Webhook
    secret: str


def add_webhook(
    database: Database, study: str, url: str, kinds: Sequence[str], stamp: Stamp, *, targets: Targets
) -> NewWebhook:
    """Have events of these kinds sent to a URL from now on.

    Raises:
        NotFoundError: there is no such study.
        BadValueError: there is no such kind of event, or none is named.
        TargetRefusedError: the URL may not be sent to.
    """
    _check_kinds(kinds)
    targets.check(url)
    secret = new_secret()
    with database.writing() as session:
        study_id = studies.find(session, study).id
        made = webhooks.add(session, study_id, url, sorted(set(kinds)), secret, stamp)
        subjects = {"webhook": made.id}
        audit.append(session, [audit.entry(stamp, "changed", "webhook added", study=study_id, subjects=subjects)])
    return NewWebhook(webhook=made, secret=secret)


def list_webhooks(database: Database, study: str) -> tuple[Webhook, ...]:
    """A study's webhooks, oldest first.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        return webhooks.of_study(session, studies.find(session, study).id)


def show_webhook(database: Database, study: str, webhook_id: str) -> Webhook:
    """A webhook of a study.

    Raises:
        NotFoundError: the study has none of that id.
    """
    with database.reading() as session:
        return webhooks.get(session, studies.find(session, study).id, webhook_id)


def change_webhook(
    database: Database,
    study: str,
    webhook_id: str,
    stamp: Stamp,
    *,
    targets: Targets,
    url: str | None = None,
    kinds: Sequence[str] | None = None,
    is_active: bool | None = None,
    secret: str | None = None,
) -> Webhook:
    """Change what is given; one that is switched on again gets at once what waited meanwhile.

    Raises:
        NotFoundError, BadValueError, TargetRefusedError: as for `add_webhook`.
    """
    if kinds is not None:
        _check_kinds(kinds)
        kinds = sorted(set(kinds))
    if url is not None:
        targets.check(url)
    with database.writing() as session:
        study_id = studies.find(session, study).id
        changed = webhooks.change(
            session, study_id, webhook_id, stamp, url=url, kinds=kinds, is_active=is_active, secret=secret
        )
        if is_active:
            outbox.release(session, webhook_id, stamp.at)
        subjects = {"webhook": webhook_id}
        audit.append(session, [audit.entry(stamp, "changed", "webhook changed", study=study_id, subjects=subjects)])
    return changed


def remove_webhook(database: Database, study: str, webhook_id: str, stamp: Stamp) -> None:
    """Take a webhook away, with its log.

    Raises:
        NotFoundError: the study has none of that id.
    """
    with database.writing() as session:
        study_id = studies.find(session, study).id
        webhooks.remove(session, study_id, webhook_id)
        subjects = {"webhook": webhook_id}
        audit.append(session, [audit.entry(stamp, "changed", "webhook removed", study=study_id, subjects=subjects)])


def send_test(database: Database, study: str, webhook_id: str, stamp: Stamp) -> Delivery:
    """Put an event of kind `test` on its way to a webhook, also to one that is switched off; nobody else gets it.

    Raises:
        NotFoundError: the study has no such webhook.
    """
    with database.writing() as session:
        webhook = webhooks.get(session, studies.find(session, study).id, webhook_id)
        event = outbox.add(session, webhook.study, "test", {"webhook": webhook.id}, stamp)
        return outbox.delivery(session, outbox.send(session, webhook.id, event, stamp))


def list_deliveries(
    database: Database, study: str, webhook_id: str, *, before: str | None = None, limit: int = 50
) -> tuple[Delivery, ...]:
    """What was sent to a webhook and what came of it, last first.

    Raises:
        NotFoundError: the study has no such webhook.
    """
    with database.reading() as session:
        webhook = webhooks.get(session, studies.find(session, study).id, webhook_id)
        return outbox.deliveries(session, webhook.id, before=before, limit=limit)


def send_again(database: Database, study: str, webhook_id: str, delivery_id: str, stamp: Stamp) -> Delivery:
    """Put the event of a delivery on its way once more, under its own id, so that who had it already can tell.

    Raises:
        NotFoundError: the webhook has no such delivery.
    """
    with database.writing() as session:
        webhook = webhooks.get(session, studies.find(session, study).id, webhook_id)
        before = outbox.delivery(session, delivery_id)
        if before.webhook != webhook.id:
            raise NotFoundError(f"there is no delivery {delivery_id}")
        return outbox.delivery(session, outbox.send(session, webhook.id, before.event.id, stamp))


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def _check_kinds(kinds: Sequence[str]) -> None:
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown or not kinds:
        raise BadValueError(f"events must be some of {', '.join(KINDS)}" + (f", not {unknown[0]!r}" if unknown else ""))
