"""Webhooks of a study: who keeps it says where its events go, and sees what became of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from api.routes.answering import UNCHANGED, Paged, send
from api.routes.wiring import Act, Caller, database_of, may, stamp_of, targets_of
from api.schemas.paging import first_of
from api.schemas.webhooks import (
    ChangedWebhook,
    Deliveries,
    DeliveryRow,
    NewWebhook,
    WebhookRow,
    Webhooks,
    WebhookWithSecret,
    delivery_row,
    webhook_row,
)
from api.services import webhooks

router = APIRouter(tags=["webhooks"])

Keeper = Annotated[Caller, may(Act.MANAGE)]


@router.get("/studies/{study_id}/webhooks", response_model=Webhooks, responses=UNCHANGED)
def list_webhooks(study_id: str, request: Request, _: Keeper) -> Response:
    """All webhooks of a study, oldest first."""
    found = webhooks.list_webhooks(database_of(request), study_id)
    return send(request, {"webhooks": [webhook_row(webhook) for webhook in found]})


@router.post("/studies/{study_id}/webhooks", status_code=201, response_model=WebhookWithSecret)
def add_webhook(study_id: str, body: NewWebhook, request: Request, _: Keeper) -> Response:
    """Have events sent to a URL, signed as Standard Webhooks has it; the secret is in this answer only.

    Only https to public addresses, unless the server's keeper allows a network.
    """
    made = webhooks.add_webhook(
        database_of(request), study_id, body.url, body.events, stamp_of(request), targets=targets_of(request)
    )
    return send(request, webhook_row(made.webhook, secret=made.secret), status=201)


@router.get("/studies/{study_id}/webhooks/{webhook_id}", response_model=WebhookRow, responses=UNCHANGED)
def show_webhook(study_id: str, webhook_id: str, request: Request, _: Keeper) -> Response:
    """One webhook."""
    return send(request, webhook_row(webhooks.show_webhook(database_of(request), study_id, webhook_id)))


@router.patch("/studies/{study_id}/webhooks/{webhook_id}", response_model=WebhookWithSecret)
def change_webhook(study_id: str, webhook_id: str, body: ChangedWebhook, request: Request, _: Keeper) -> Response:
    """Change a webhook, switch it off or on (what waited is then sent at once), or give it a new secret."""
    secret = webhooks.new_secret() if body.new_secret else None
    changed = webhooks.change_webhook(
        database_of(request),
        study_id,
        webhook_id,
        stamp_of(request),
        targets=targets_of(request),
        url=body.url,
        kinds=body.events,
        is_active=body.is_active,
        secret=secret,
    )
    return send(request, webhook_row(changed, secret=secret))


@router.delete("/studies/{study_id}/webhooks/{webhook_id}", status_code=204)
def remove_webhook(study_id: str, webhook_id: str, request: Request, _: Keeper) -> Response:
    """Take a webhook away, with its log."""
    webhooks.remove_webhook(database_of(request), study_id, webhook_id, stamp_of(request))
    return Response(status_code=204)


@router.post("/studies/{study_id}/webhooks/{webhook_id}/test", status_code=202, response_model=DeliveryRow)
def send_test_event(study_id: str, webhook_id: str, request: Request, _: Keeper) -> Response:
    """Send an event of type `test` to this webhook, also if it is switched off."""
    sent = webhooks.send_test(database_of(request), study_id, webhook_id, stamp_of(request))
    return send(request, delivery_row(sent), status=202)


@router.get("/studies/{study_id}/webhooks/{webhook_id}/deliveries", response_model=Deliveries, responses=UNCHANGED)
def list_deliveries(study_id: str, webhook_id: str, request: Request, _: Keeper, page: Paged) -> Response:
    """What was sent to a webhook and what came of each try, last first."""
    after = page.after("deliveries", [str])
    found = webhooks.list_deliveries(
        database_of(request), study_id, webhook_id, before=str(after[0]) if after else None, limit=page.limit + 1
    )
    shown, cursor = first_of(found, page, "deliveries", lambda one: (one.id,))
    return send(request, {"deliveries": [delivery_row(delivery) for delivery in shown], "next": cursor})


@router.post(
    "/studies/{study_id}/webhooks/{webhook_id}/deliveries/{delivery_id}/again",
    status_code=202,
    response_model=DeliveryRow,
)
def send_delivery_again(study_id: str, webhook_id: str, delivery_id: str, request: Request, _: Keeper) -> Response:
    """Send the event of a delivery once more, under the same `webhook-id`."""
    sent = webhooks.send_again(database_of(request), study_id, webhook_id, delivery_id, stamp_of(request))
    return send(request, delivery_row(sent), status=202)
