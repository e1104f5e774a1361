"""Repository of events and of their way to webhooks: written together with the change that they tell of.

An event that is added is on its way to every webhook of its study that wants its kind, or, if the transaction fails, to
none. What an event says are ids and counts; whoever hears of it asks for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeVarTuple, get_args

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from api.store.database import Stamp, row_of
from api.store.ids import new_id
from api.store.tables import AttemptTable, DeliveryTable, EventTable, WebhookTable

Columns = TypeVarTuple("Columns")
EventKind = Literal["run.completed", "step.approved", "need.approved", "jobmap.changed", "test"]
DeliveryState = Literal["waiting", "delivered", "failed"]

# What a webhook may ask for; a test is sent when somebody asks for it.
KINDS: Final[tuple[str, ...]] = tuple(kind for kind in get_args(EventKind) if kind != "test")
KEPT_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that came about in a study. `about` are ids and counts."""

    id: str
    study: str
    kind: str
    about: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try: the HTTP status of the answer, or in `fault` why there was none that counts."""

    number: int
    at: datetime
    status: int | None
    fault: str | None
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event on its way to a webhook, with the tries so far; `next_at` is None once it is not tried again."""

    id: str
    webhook: str
    event: Event
    state: DeliveryState
    next_at: datetime | None
    created_at: datetime
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be sent now, and where to."""

    delivery: str
    n_attempts: int
    event: Event
    url: str
    secret: str


def add(session: Session, study_id: str, kind: EventKind, about: Mapping[str, str | int], stamp: Stamp) -> str:
    """Tell of a change in the transaction that makes it; give the event's id.

    Args:
        about: ids and counts, never words. `{"run": …, "number": 3}`, `{"entry": …, "revision": 12}`.
    """
    event = EventTable(
        id=new_id("event"), study_id=study_id, kind=kind, about=dict(about), created_at=stamp.at, created_by=stamp.by
    )
    session.add(event)
    session.flush()
    hooks = session.scalars(
        select(WebhookTable)
        .where(WebhookTable.study_id == study_id, WebhookTable.is_active.is_(True))
        .order_by(WebhookTable.id)
    )
    for hook in hooks:
        if kind in hook.kinds:
            send(session, hook.id, event.id, stamp)
    return event.id


def send(session: Session, webhook_id: str, event_id: str, stamp: Stamp) -> str:
    """Put an event on its way to a webhook, for the first time or again; give the delivery's id."""
    row = DeliveryTable(
        id=new_id("delivery"),
        webhook_id=webhook_id,
        event_id=event_id,
        state="waiting",
        n_attempts=0,
        next_at=stamp.at,
        created_at=stamp.at,
    )
    session.add(row)
    session.flush()
    return row.id


def events(session: Session, study_id: str, *, after: str | None = None, limit: int = 100) -> tuple[Event, ...]:
    """Events of a study, first to last, from the one after `after` on."""
    query = select(EventTable).where(EventTable.study_id == study_id).order_by(EventTable.id).limit(limit)
    if after is not None:
        query = query.where(EventTable.id > after)
    return tuple(_event(row) for row in session.scalars(query))


def is_due(session: Session, now: datetime) -> bool:
    """Whether anything is to be sent: a look that hinders no writer."""
    return session.scalar(_due(select(DeliveryTable.id), now).limit(1)) is not None


def claim_due(session: Session, now: datetime, *, lease: timedelta, limit: int) -> tuple[Due, ...]:
    """Take what is due; nobody else gets it until the lease ends, also if its taker dies meanwhile."""
    query = (
        _due(select(DeliveryTable, EventTable, WebhookTable), now)
        .order_by(DeliveryTable.next_at, DeliveryTable.id)
        .limit(limit)
        .with_for_update(of=DeliveryTable, skip_locked=True)
    )
    taken = []
    for delivery, event, hook in session.execute(query).all():
        delivery.next_at = now + lease
        taken.append(
            Due(
                delivery=delivery.id,
                n_attempts=delivery.n_attempts,
                event=_event(event),
                url=hook.url,
                secret=hook.secret,
            )
        )
    session.flush()
    return tuple(taken)


def note_attempt(session: Session, delivery_id: str, attempt: Attempt, *, retry_at: datetime | None) -> None:
    """Keep what came of a try; a webhook that was taken away meanwhile leaves nothing to keep.

    Args:
        retry_at: when to try again; None if it succeeded or is given up.
    """
    row = session.get(DeliveryTable, delivery_id)
    if row is None:
        return
    row.n_attempts, row.next_at = attempt.number, retry_at
    if attempt.fault is None:
        row.state = "delivered"
    elif retry_at is None:
        row.state = "failed"
    session.merge(
        AttemptTable(
            delivery_id=delivery_id,
            number=attempt.number,
            at=attempt.at,
            status=attempt.status,
            fault=attempt.fault,
            took_s=attempt.took_s,
        )
    )
    session.flush()


def delivery(session: Session, delivery_id: str) -> Delivery:
    """A delivery by its id.

    Raises:
        NotFoundError: there is none.
    """
    return _delivery(session, row_of(session, DeliveryTable, delivery_id, "delivery"))


def deliveries(
    session: Session, webhook_id: str, *, before: str | None = None, limit: int = 50
) -> tuple[Delivery, ...]:
    """The deliveries to a webhook, last first, from the one before `before` on."""
    query = select(DeliveryTable).where(DeliveryTable.webhook_id == webhook_id)
    if before is not None:
        query = query.where(DeliveryTable.id < before)
    rows = session.scalars(query.order_by(DeliveryTable.id.desc()).limit(limit)).all()
    return tuple(_delivery(session, row) for row in rows)


def prune(session: Session, now: datetime) -> int:
    """Let go of events that are older than `KEPT_FOR`, with their deliveries; give how many."""
    old = EventTable.created_at < now - KEPT_FOR
    n = session.scalar(select(func.count()).select_from(EventTable).where(old)) or 0
    session.execute(delete(EventTable).where(old).execution_options(synchronize_session=False))
    return n


def release(session: Session, webhook_id: str, now: datetime) -> None:
    """Try everything that waits for a webhook now, as when it is switched on again."""
    waiting = DeliveryTable.webhook_id == webhook_id, DeliveryTable.state == "waiting"
    session.execute(
        update(DeliveryTable).where(*waiting).values(next_at=now).execution_options(synchronize_session=False)
    )


def switch_off(session: Session, delivery_id: str) -> None:
    """Send nothing more to the webhook of a delivery, until somebody switches it on again."""
    row = session.get(DeliveryTable, delivery_id)
    if row is not None:
        session.get_one(WebhookTable, row.webhook_id).is_active = False
        session.flush()


def _due(query: Select[*Columns], now: datetime) -> Select[*Columns]:
    """What is due; to a webhook that is switched off, tests alone."""
    return (
        query.select_from(DeliveryTable)
        .join(EventTable, EventTable.id == DeliveryTable.event_id)
        .join(WebhookTable, WebhookTable.id == DeliveryTable.webhook_id)
        .where(DeliveryTable.next_at <= now, or_(WebhookTable.is_active.is_(True), EventTable.kind == "test"))
    )


def _event(row: EventTable) -> Event:
    return Event(id=row.id, study=row.study_id, kind=row.kind, about=row.about, created_at=row.created_at)


def _delivery(session: Session, row: DeliveryTable) -> Delivery:
    tries = session.scalars(
        select(AttemptTable).where(AttemptTable.delivery_id == row.id).order_by(AttemptTable.number)
    )
    return Delivery(
        id=row.id,
        webhook=row.webhook_id,
        event=_event(session.get_one(EventTable, row.event_id)),
        state=row.state,  # type: ignore[arg-type]  # the table checks it
        next_at=row.next_at,
        created_at=row.created_at,
        attempts=tuple(
            Attempt(number=t.number, at=t.at, status=t.status, fault=t.fault, took_s=t.took_s) for t in tries
        ),
    )
