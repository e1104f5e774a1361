"""API keys: one's own, and those that are for one study alone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from api.routes.answering import UNCHANGED, Paged, send
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.access import Keys, MadeKey, NewKey, NewOwnKey, key_row
from api.schemas.paging import page_of
from api.services.access import keys
from api.store.keys import Key

router = APIRouter(tags=["keys"])


@router.get("/keys", response_model=Keys, responses=UNCHANGED)
def list_own_keys(request: Request, caller: Annotated[Caller, may(Act.READ)], page: Paged) -> Response:
    """The keys that act for the caller."""
    return _send(request, keys.own_keys(database_of(request), caller), page)


@router.post("/keys", status_code=201, response_model=MadeKey)
def make_own_key(body: NewOwnKey, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> dict[str, Any]:
    """Make a key that acts for the caller, who must be signed in as a person."""
    return _make(body, request, caller, body.study_id)


@router.delete("/keys/{key_id}", status_code=204)
def revoke_own_key(key_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> None:
    """Let a key that acts for the caller no longer work."""
    keys.revoke_own_key(database_of(request), caller, key_id, stamp_of(request))


@router.get("/studies/{study_id}/keys", response_model=Keys, responses=UNCHANGED)
def list_keys_of_study(study_id: str, request: Request, _: Annotated[Caller, may(Act.MANAGE)], page: Paged) -> Response:
    """The keys that are for this study alone, whoever made them."""
    return _send(request, keys.keys_of_study(database_of(request), study_id), page)


@router.post("/studies/{study_id}/keys", status_code=201, response_model=MadeKey)
def make_key_of_study(
    study_id: str, body: NewKey, request: Request, caller: Annotated[Caller, may(Act.MANAGE)]
) -> dict[str, Any]:
    """Make a key for this study alone, which acts for the caller."""
    return _make(body, request, caller, study_id)


@router.delete("/studies/{study_id}/keys/{key_id}", status_code=204)
def revoke_key_of_study(study_id: str, key_id: str, request: Request, _: Annotated[Caller, may(Act.MANAGE)]) -> None:
    """Let a key of this study no longer work."""
    keys.revoke_key_of_study(database_of(request), study_id, key_id, stamp_of(request))


def _make(body: NewKey, request: Request, caller: Caller, study_id: str | None) -> dict[str, Any]:
    key, secret = keys.make_key(
        database_of(request),
        caller,
        body.name,
        body.scopes,
        stamp_of(request),
        study_id=study_id,
        expires_at=body.expires_at,
    )
    return {**key_row(key), "secret": secret}


def _send(request: Request, found: tuple[Key, ...], page: Paged) -> Response:
    rows, cursor = page_of(found, page, "keys", lambda key: (key.id,))
    return send(request, {"keys": [key_row(key) for key in rows], "next": cursor})
