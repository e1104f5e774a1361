"""Signing in and out with a password, and the one-time link by which people get one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response

from api.errors import failures
from api.routes.wiring import (
    Act,
    Caller,
    address_of,
    check_same_origin,
    cookie_name,
    database_of,
    has_tls,
    may,
    public,
    session_secret,
)
from api.schemas.access import Credentials, PasswordChange, Session, SetUp
from api.services.access import people
from api.services.access.callers import caller_of_person, readable_studies
from api.services.access.people import SignedIn
from api.services.access.secrets import csrf_of

router = APIRouter(tags=["sign-in"])

_SPENT: Final = failures({409: "Somebody has that name", 410: "The link was used already or has expired"})


@router.post("/setup", status_code=201, response_model=Session, responses=_SPENT, dependencies=[public()])
def set_up(body: SetUp, request: Request, response: Response) -> dict[str, Any]:
    """Choose a password by a one-time link, and be signed in."""
    check_same_origin(request)
    now = datetime.now(UTC)
    begun = people.set_up(database_of(request), body.link, body.password, now, name=body.name)
    return _begin(begun, request, response)


@router.post("/session", status_code=201, response_model=Session, dependencies=[public()])
def sign_in(body: Credentials, request: Request, response: Response) -> dict[str, Any]:
    """Sign in with name and password; the answer sets the session cookie."""
    check_same_origin(request)
    now = datetime.now(UTC)
    begun = people.sign_in(database_of(request), body.name, body.password, now, address=address_of(request))
    return _begin(begun, request, response)


@router.get("/session", response_model=Session)
def show_session(request: Request, caller: Annotated[Caller, may(Act.READ)]) -> dict[str, Any]:
    """Who calls, and what they may do in which study."""
    return _view(request, caller, session_secret(request) if caller.kind == "person" else None)


@router.delete("/session", status_code=204)
def sign_out(request: Request, response: Response, caller: Annotated[Caller, may(Act.READ)]) -> None:
    """Sign out in this browser; nothing happens to a key."""
    secret = session_secret(request)
    if caller.kind == "person" and secret:
        people.sign_out(database_of(request), secret)
        response.delete_cookie(cookie_name(request), path="/", secure=has_tls(request))


@router.post("/session/password", status_code=204)
def change_password(body: PasswordChange, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> None:
    """Take another password; all other browsers are signed out."""
    secret, address = session_secret(request) or "", address_of(request)
    now = datetime.now(UTC)
    people.change_password(
        database_of(request), caller, body.old, body.new, now, session_secret=secret, address=address
    )


def give_cookie(begun: SignedIn, request: Request, response: Response) -> None:
    """Let the browser keep a session: out of reach of scripts, and not sent along from other sites' forms."""
    response.set_cookie(
        cookie_name(request),
        begun.secret,
        expires=begun.expires_at,
        path="/",
        httponly=True,
        samesite="lax",
        secure=has_tls(request),
    )


def _begin(begun: SignedIn, request: Request, response: Response) -> dict[str, Any]:
    give_cookie(begun, request, response)
    return _view(request, caller_of_person(begun.person), begun.secret)


def _view(request: Request, caller: Caller, secret: str | None) -> dict[str, Any]:
    studies = readable_studies(database_of(request), caller)
    return {
        "id": caller.id,
        "name": caller.name,
        "kind": caller.kind,
        "is_owner": caller.is_owner,
        "may_create": caller.may_create,
        "csrf": csrf_of(secret) if secret else None,
        "roles": {study_id: [act.value for act in Act if act in acts] for study_id, acts in studies.items()},
    }
