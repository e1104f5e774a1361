"""Repository of webhooks: where a study's events are sent to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store.database import Stamp, row_of
from api.store.errors import NotFoundError
from api.store.ids import new_id
from api.store.tables import WebhookTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where events of these kinds are sent to. The secret that signs them is not in it."""

    id: str
    study: str
    url: str
    kinds: tuple[str, ...]
    is_active: bool
    created_at: datetime
    created_by: str
    changed_at: datetime


def add(session: Session, study_id: str, url: str, kinds: Sequence[str], secret: str, stamp: Stamp) -> Webhook:
    """Keep a webhook, switched on."""
    row = WebhookTable(
        id=new_id("webhook"),
        study_id=study_id,
        url=url,
        kinds=list(kinds),
        secret=secret,
        is_active=True,
        created_at=stamp.at,
        created_by=stamp.by,
        changed_at=stamp.at,
        changed_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return _webhook(row)


def of_study(session: Session, study_id: str) -> tuple[Webhook, ...]:
    """A study's webhooks, oldest first."""
    query = select(WebhookTable).where(WebhookTable.study_id == study_id).order_by(WebhookTable.id)
    return tuple(_webhook(row) for row in session.scalars(query))


def get(session: Session, study_id: str, webhook_id: str) -> Webhook:
    """A webhook of a study.

    Raises:
        NotFoundError: the study has none of that id.
    """
    return _webhook(_row(session, study_id, webhook_id))


def change(
    session: Session,
    study_id: str,
    webhook_id: str,
    stamp: Stamp,
    *,
    url: str | None = None,
    kinds: Sequence[str] | None = None,
    secret: str | None = None,
    is_active: bool | None = None,
) -> Webhook:
    """Change what is given of a webhook.

    Raises:
        NotFoundError: the study has none of that id.
    """
    row = _row(session, study_id, webhook_id)
    given = {"url": url, "kinds": None if kinds is None else list(kinds), "secret": secret, "is_active": is_active}
    for name, value in given.items():
        if value is not None:
            setattr(row, name, value)
    row.changed_at, row.changed_by = stamp.at, stamp.by
    session.flush()
    return _webhook(row)


def remove(session: Session, study_id: str, webhook_id: str) -> None:
    """Take a webhook away, with its log.

    Raises:
        NotFoundError: the study has none of that id.
    """
    row = _row(session, study_id, webhook_id)
    session.execute(delete(WebhookTable).where(WebhookTable.id == row.id).execution_options(synchronize_session=False))
    session.expire_all()


def _row(session: Session, study_id: str, webhook_id: str) -> WebhookTable:
    row = row_of(session, WebhookTable, webhook_id, "webhook")
    if row.study_id != study_id:
        raise NotFoundError(f"there is no webhook {webhook_id}")
    return row


def _webhook(row: WebhookTable) -> Webhook:
    return Webhook(
        id=row.id,
        study=row.study_id,
        url=row.url,
        kinds=tuple(row.kinds),
        is_active=row.is_active,
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
    )
