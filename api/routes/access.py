"""People of the installation, whom its owners invite."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from api.routes.answering import CONFLICT, UNCHANGED, Paged, send
from api.routes.wiring import Act, Caller, check_person, database_of, may, settings_of, stamp_of
from api.schemas.access import Invitation, Linked, People, Person, PersonChange, person_row
from api.schemas.paging import page_of
from api.services.access import people

router = APIRouter(prefix="/people", tags=["people"])

Manager = Annotated[Caller, may(Act.MANAGE)]


@router.get("", response_model=People, responses=UNCHANGED)
def list_people(request: Request, _: Manager, page: Paged) -> Response:
    """Everybody who may or might sign in, in the order they came; for owners of the installation."""
    found = people.list_people(database_of(request))
    rows, cursor = page_of(found, page, "people", lambda person: (person.id,))
    return send(request, {"people": [person_row(person) for person in rows], "next": cursor})


@router.post("", status_code=201, response_model=Linked, responses=CONFLICT)
def invite_person(body: Invitation, request: Request, caller: Manager) -> dict[str, Any]:
    """Add a person; the answer holds the one-time link by which they choose a password. It works for three days."""
    check_person(caller)
    person, secret = people.invite(
        database_of(request), body.name, stamp_of(request), is_owner=body.is_owner, may_create=body.may_create
    )
    return {"link": setup_link(request, secret, person.name), "person": person_row(person)}


@router.patch("/{person_id}", response_model=Person)
def change_person(person_id: str, body: PersonChange, request: Request, caller: Manager) -> dict[str, Any]:
    """Change what somebody may do outside of studies, or close them out."""
    check_person(caller)
    changed = people.change_person(
        database_of(request),
        person_id,
        stamp_of(request),
        is_owner=body.is_owner,
        may_create=body.may_create,
        is_closed=body.is_closed,
    )
    return person_row(changed)


@router.post("/{person_id}/link", status_code=201, response_model=Linked)
def make_person_link(person_id: str, request: Request, caller: Manager) -> dict[str, Any]:
    """Give a one-time link by which somebody chooses a new password; earlier ones no longer work."""
    check_person(caller)
    person, secret = people.new_link(database_of(request), person_id, stamp_of(request))
    return {"link": setup_link(request, secret, person.name), "person": person_row(person)}


def setup_link(request: Request, secret: str, name: str) -> str:
    """The address of the page that chooses a password; its secret is in the part that browsers send to nobody."""
    base = settings_of(request).public_url or str(request.base_url)
    return f"{base.rstrip('/')}/#/setup?{urlencode({'link': secret, 'as': name})}"
