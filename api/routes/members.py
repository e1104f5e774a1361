"""Members of a study: who is in it, and as what."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from api.routes.answering import UNCHANGED, Paged, send
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.access import Member, Members, Membership, member_row
from api.schemas.paging import page_of
from api.services.access import members

router = APIRouter(prefix="/studies/{study_id}/members", tags=["members"])


@router.get("", response_model=Members, responses=UNCHANGED)
def list_members(study_id: str, request: Request, _: Annotated[Caller, may(Act.READ)], page: Paged) -> Response:
    """The members of a study by name."""
    found = members.list_members(database_of(request), study_id)
    rows, cursor = page_of(found, page, "members", lambda member: (member.name,))
    return send(request, {"members": [member_row(member) for member in rows], "next": cursor})


@router.put("/{person}", response_model=Member)
def put_member(
    study_id: str, person: str, body: Membership, request: Request, _: Annotated[Caller, may(Act.MANAGE)]
) -> dict[str, Any]:
    """Let somebody into a study, named or by id, or give them another role in it."""
    return member_row(members.put_member(database_of(request), study_id, person, body.role, stamp_of(request)))


@router.delete("/{person_id}", status_code=204)
def remove_member(study_id: str, person_id: str, request: Request, _: Annotated[Caller, may(Act.MANAGE)]) -> None:
    """Take somebody out of a study; what they did in it stays, and their name beside it."""
    members.remove_member(database_of(request), study_id, person_id)
