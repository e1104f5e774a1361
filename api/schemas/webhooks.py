"""Webhooks, what was sent to them, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Listed, Schema, moment
from api.services.webhooks import Delivery, Webhook

Kind = Literal["run.completed", "step.approved", "need.approved", "jobmap.changed"]
Url = Annotated[str, Field(min_length=1, max_length=2000)]
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=4)]

_WEBHOOK: dict[str, Any] = {
    "id": "webhook_0192e4b07c7a7c8f9d0e1f2a3b4c5d70",
    "url": "https://example.org/jtbd",
    "events": ["jobmap.changed", "need.approved"],
    "is_active": True,
    "created_at": "2026-05-04T10:12:00Z",
    "created_by": "Ana",
    "changed_at": "2026-05-04T10:12:00Z",
}
_DELIVERY: dict[str, Any] = {
    "id": "delivery_0192e4b07c7a7c8f9d0e1f2a3b4c5d71",
    "event": "event_0192e4b07c7a7c8f9d0e1f2a3b4c5d72",
    "type": "need.approved",
    "data": {"study": "study_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e", "entry": "need-3f2a", "revision": "0b1c"},
    "state": "delivered",
    "next_at": None,
    "created_at": "2026-05-04T10:12:00Z",
    "attempts": [{"number": 1, "at": "2026-05-04T10:12:01Z", "status": 204, "fault": None, "took_s": 0.12}],
}


class NewWebhook(Asked):
    """Where events are to be sent to, and which."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"url": "https://example.org/jtbd", "events": ["need.approved"]}}
    )

    url: Url
    events: Kinds = Field(default=list(get_args(Kind)), description="All of them unless told.")


class ChangedWebhook(Asked):
    """What to change; what is left out stays. With `new_secret`, the answer has one, and the old one signs no more."""

    model_config = ConfigDict(json_schema_extra={"example": {"is_active": True}})

    url: Url | None = None
    events: Kinds | None = None
    is_active: bool | None = None
    new_secret: bool = False


class WebhookRow(Schema):
    """Where events of a study are sent to. One that answered 410 Gone is switched off (`is_active`)."""

    model_config = ConfigDict(json_schema_extra={"example": _WEBHOOK})

    id: str
    url: str
    events: list[str]
    is_active: bool
    created_at: str
    created_by: str
    changed_at: str


class WebhookWithSecret(WebhookRow):
    """A webhook with the secret that signs what it gets (Standard Webhooks); it is not shown again."""

    model_config = ConfigDict(
        json_schema_extra={"example": {**_WEBHOOK, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}
    )

    secret: str | None = None


class Webhooks(Schema):
    """All webhooks of a study, oldest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"webhooks": [_WEBHOOK]}})

    webhooks: list[WebhookRow]


class AttemptRow(Schema):
    """One try: the status of the answer, and why it does not count if it does not."""

    number: int
    at: str
    status: int | None
    fault: str | None
    took_s: float


class DeliveryRow(Schema):
    """An event on its way to a webhook. `event` is the `webhook-id` it carries, the same however often it is sent."""

    model_config = ConfigDict(json_schema_extra={"example": _DELIVERY})

    id: str
    event: str
    type: str
    data: dict[str, Any]
    state: Literal["waiting", "delivered", "failed"]
    next_at: str | None = Field(description="When it is tried next; null once it is not.")
    created_at: str
    attempts: list[AttemptRow]


class Deliveries(Listed):
    """What was sent to a webhook, last first; kept for 30 days."""

    model_config = ConfigDict(json_schema_extra={"example": {"deliveries": [_DELIVERY], "next": None}})

    deliveries: list[DeliveryRow]


def webhook_row(webhook: Webhook, *, secret: str | None = None) -> dict[str, Any]:
    """A webhook as it is answered."""
    row = {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.kinds),
        "is_active": webhook.is_active,
        "created_at": moment(webhook.created_at),
        "created_by": webhook.created_by,
        "changed_at": moment(webhook.changed_at),
    }
    return row if secret is None else {**row, "secret": secret}


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """A delivery as it is answered."""
    event = delivery.event
    return {
        "id": delivery.id,
        "event": event.id,
        "type": event.kind,
        "data": {"study": event.study, **event.about},
        "state": delivery.state,
        "next_at": moment(delivery.next_at),
        "created_at": moment(delivery.created_at),
        "attempts": [
            {"number": a.number, "at": moment(a.at), "status": a.status, "fault": a.fault, "took_s": a.took_s}
            for a in delivery.attempts
        ],
    }
