"""The audit log of a study, for who keeps it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from api.routes.answering import UNCHANGED, Paged, send
from api.routes.wiring import Act, Caller, database_of, may
from api.schemas.audit import AuditLog, audit_row
from api.schemas.paging import first_of
from api.services.audit import list_entries

router = APIRouter(tags=["audit"])

Done = Literal["read", "exported", "changed", "erased", "refused"]


@router.get("/studies/{study_id}/audit", response_model=AuditLog, responses=UNCHANGED)
def show_audit_log(
    study_id: str,
    request: Request,
    _: Annotated[Caller, may(Act.MANAGE)],
    page: Paged,
    act: Annotated[
        Literal["read", "exported", "changed", "erased", "refused"] | None,
        Query(description="Only entries of this kind."),
    ] = None,
) -> Response:
    """Who read, exported, changed or erased what in a study, last first; reads appear after a few seconds."""
    listed = f"audit {act}"
    after = page.after(listed, [int])
    before = int(after[0]) if after else None
    found = list_entries(database_of(request), study=study_id, act=act, before=before, limit=page.limit + 1)
    shown, cursor = first_of(found, page, listed, lambda one: (one.number,))
    return send(request, {"entries": [audit_row(kept) for kept in shown], "next": cursor})
