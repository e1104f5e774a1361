"""Signing in and out with a password, and the one-time link by which people get one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

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
from api.services.access import people
from api.services.access.callers import caller_of_person, readable_studies
from api.services.access.people import SignedIn
from api.services.access.secrets import MAX_PASSWORD, csrf_of

router = APIRouter(tags=["access"])


class SetUp(BaseModel):
    """A password chosen by a one-time link. `name` is for the first owner; who was invited has one."""

    model_config = ConfigDict(extra="forbid")

    link: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=MAX_PASSWORD)]
    name: Annotated[str | None, Field(max_length=200)] = None


class Credentials(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=MAX_PASSWORD)]


class PasswordChange(BaseModel):
    """The password until now, and the one from now on."""

    model_config = ConfigDict(extra="forbid")

    old: Annotated[str, Field(max_length=MAX_PASSWORD)]
    new: Annotated[str, Field(max_length=MAX_PASSWORD)]


class SessionView(BaseModel):
    """Who calls, and what they may do: `outside` where it concerns no study, and by the id of every study they see.

    `csrf` is what a page sends as `X-CSRF-Token` with everything that changes something; null for a key.
    """

    id: str
    name: str
    kind: str
    is_owner: bool
    may_create: bool
    csrf: str | None
    roles: dict[str, list[str]]


@router.post("/setup", status_code=201, dependencies=[public()])
def set_up(body: SetUp, request: Request, response: Response) -> SessionView:
    """Choose a password by a one-time link, and be signed in."""
    check_same_origin(request)
    now = datetime.now(UTC)
    begun = people.set_up(database_of(request), body.link, body.password, now, name=body.name)
    return _begin(begun, request, response)


@router.post("/session", status_code=201, dependencies=[public()])
def sign_in(body: Credentials, request: Request, response: Response) -> SessionView:
    """Sign in with name and password; the answer sets the session cookie."""
    check_same_origin(request)
    now = datetime.now(UTC)
    begun = people.sign_in(database_of(request), body.name, body.password, now, address=address_of(request))
    return _begin(begun, request, response)


@router.get("/session")
def show_session(request: Request, caller: Annotated[Caller, may(Act.READ)]) -> SessionView:
    """Who calls, and what they may do in which study."""
    secret = session_secret(request) if caller.kind == "person" else None
    return _view(request, caller, secret)


@router.delete("/session", status_code=204)
def sign_out(request: Request, response: Response, caller: Annotated[Caller, may(Act.READ)]) -> None:
    """Sign out in this browser."""
    secret = session_secret(request)
    if caller.kind == "person" and secret:
        people.sign_out(database_of(request), secret)
        response.delete_cookie(cookie_name(request), path="/", secure=has_tls(request))


@router.post("/session/password", status_code=204)
def change_password(body: PasswordChange, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> None:
    """Take another password; all other browsers are signed out."""
    secret = session_secret(request) or ""
    people.change_password(database_of(request), caller, body.old, body.new, session_secret=secret)


def _begin(begun: SignedIn, request: Request, response: Response) -> SessionView:
    give_cookie(begun, request, response)
    return _view(request, caller_of_person(begun.person), begun.secret)


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


def _view(request: Request, caller: Caller, secret: str | None) -> SessionView:
    studies = readable_studies(database_of(request), caller)
    return SessionView(
        id=caller.id,
        name=caller.name,
        kind=caller.kind,
        is_owner=caller.is_owner,
        may_create=caller.may_create,
        csrf=csrf_of(secret) if secret else None,
        roles={study_id: [act.value for act in Act if act in acts] for study_id, acts in studies.items()},
    )
