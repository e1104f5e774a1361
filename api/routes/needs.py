"""For tools: the steps and needs of a study, picked, searched, in pages or whole; and what runs found before review."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from api.errors import failures
from api.routes.answering import Listing, Responses, Wanted, listed, send_list
from api.routes.maps import OfRun
from api.routes.wiring import Act, Caller, database_of, may
from api.schemas.entries import (
    STATEMENT_COLUMNS,
    SUGGESTION_COLUMNS,
    FetchedNeeds,
    FetchedSteps,
    Statements,
    Suggestions,
    statement_row,
    suggestion_row,
)
from api.schemas.formats import Row
from api.schemas.paging import first_of, page_of
from api.services import listings
from api.services.entries import COLUMNS, BadFilterError, Filter, Kind, Status, entries, in_order
from api.services.likeness import Likeness

router = APIRouter(prefix="/studies/{study_id}", tags=["tools"])

_TEXT_MAX: Final = 500
_ATTRIBUTE: Final = re.compile(r"attr\[(.+)\]")
_FILTERS: Final = (
    "stage",
    "step",
    "status",
    "min_people",
    "q",
    "like",
    "updated_since",
    "fields",
    "page[limit]",
    "page[cursor]",
)
_ATTRIBUTES: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "attr",
            "in": "query",
            "required": False,
            "style": "deepObject",
            "explode": True,
            "description": "Only what people with these attributes said, as in `attr[city]=Porto`.",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            "example": {},
        }
    ]
}
_UNAVAILABLE: Final[Responses] = failures(
    {503: "The encoder that `like` needs is not installed, or the database is away"}
)
_NEEDS: Final[Responses] = {**listed("needs", FetchedNeeds, COLUMNS["needs"]), **_UNAVAILABLE}
_STEPS: Final[Responses] = {**listed("steps", FetchedSteps, COLUMNS["steps"]), **_UNAVAILABLE}


def picked(
    request: Request,
    stage: Annotated[str | None, Query(max_length=40, description="One of the six stages.")] = None,
    step: Annotated[
        str | None, Query(max_length=100, description="Id of a step: needs that measure it, or the step alone.")
    ] = None,
    status: Annotated[
        Status, Query(description="`approved`: approved or edited, and backed by somebody's words.")
    ] = Status.APPROVED,
    min_people: Annotated[int, Query(ge=0, le=1_000_000, description="Said by at least so many people.")] = 0,
    q: Annotated[
        str | None, Query(max_length=_TEXT_MAX, description="Words that must all occur in wording or quotes.")
    ] = None,
    like: Annotated[
        str | None,
        Query(min_length=1, max_length=_TEXT_MAX, description="A text: what means most nearly the same comes first."),
    ] = None,
    updated_since: Annotated[AwareDatetime | None, Query(description="Only what changed then or later.")] = None,
) -> Filter:
    """What a request picks of a map's entries.

    Raises:
        BadFilterError: it has a parameter that there is not; a filter with a typing error must not give everything.
    """
    for name in request.query_params:
        if name not in _FILTERS and not _ATTRIBUTE.fullmatch(name):
            raise BadFilterError(f"{name}: there is no such filter, but {', '.join(_FILTERS)}, attr[…]")
    return Filter(
        stage=stage,
        step=step,
        status=status,
        attributes=_attributes(request),
        min_people=min_people,
        words=q,
        like=like,
        updated_since=updated_since,
    )


Picked = Annotated[Filter, Depends(picked)]


@router.get("/needs", response_model=FetchedNeeds, responses=_NEEDS, openapi_extra=_ATTRIBUTES)
def list_needs(
    study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)], wanted: Wanted, asked: Picked
) -> Response:
    """Needs in the order of their steps, approved ones unless told otherwise; as JSON, CSV or NDJSON by `Accept`."""
    return _send_entries(request, study_id, caller, "needs", asked, wanted)


@router.get("/job-steps", response_model=FetchedSteps, responses=_STEPS, openapi_extra=_ATTRIBUTES)
def list_job_steps(
    study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)], wanted: Wanted, asked: Picked
) -> Response:
    """Steps in job order, approved ones unless told otherwise; as JSON, CSV or NDJSON by `Accept`."""
    return _send_entries(request, study_id, caller, "steps", asked, wanted)


@router.get(
    "/suggestions", response_model=Suggestions, responses=listed("suggestions", Suggestions, SUGGESTION_COLUMNS)
)
def list_suggestions(
    study_id: str,
    request: Request,
    _: Annotated[Caller, may(Act.READ)],
    wanted: Wanted,
    run: OfRun = None,
    kind: Literal["step", "need"] | None = None,
) -> Response:
    """What a run suggested before anybody decided, needs before steps."""
    database = database_of(request)
    place = listings.find_run(database, study_id, run)
    named = f"suggestions {place.id} {kind}"

    def rows() -> tuple[Iterable[Row], str | None]:
        if wanted.is_whole:
            return map(suggestion_row, listings.all_suggestions(database, place.id, kind=kind)), None
        last = wanted.page.after(named, [str, int])
        after = None if last is None else (str(last[0]), int(last[1]))
        found = listings.list_suggestions(database, place.id, kind=kind, after=after, limit=wanted.page.limit + 1)
        shown, cursor = first_of(found, wanted.page, named, lambda one: (one.kind, one.position))
        return map(suggestion_row, shown), cursor

    return send_list(
        request,
        wanted,
        "suggestions",
        rows,
        columns=SUGGESTION_COLUMNS,
        state=(place.id, place.redacted_at),
        beside={"run": place.id},
    )


@router.get("/statements", response_model=Statements, responses=listed("statements", Statements, STATEMENT_COLUMNS))
def list_statements(
    study_id: str,
    request: Request,
    _: Annotated[Caller, may(Act.READ)],
    wanted: Wanted,
    run: OfRun = None,
    kind: Literal["action", "need"] | None = None,
) -> Response:
    """What a run found in the interviews, in their order."""
    database = database_of(request)
    place = listings.find_run(database, study_id, run)
    named = f"statements {place.id} {kind}"

    def rows() -> tuple[Iterable[Row], str | None]:
        if wanted.is_whole:
            return map(statement_row, listings.all_statements(database, place.id, kind=kind)), None
        last = wanted.page.after(named, [int])
        after = None if last is None else int(last[0])
        found = listings.list_statements(database, place.id, kind=kind, after=after, limit=wanted.page.limit + 1)
        shown, cursor = first_of(found, wanted.page, named, lambda one: (one.position,))
        return map(statement_row, shown), cursor

    return send_list(
        request,
        wanted,
        "statements",
        rows,
        columns=STATEMENT_COLUMNS,
        state=(place.id, place.redacted_at),
        beside={"run": place.id},
    )


def _send_entries(
    request: Request, study_id: str, caller: Caller, kind: Kind, asked: Filter, wanted: Listing
) -> Response:
    found = entries(database_of(request), study_id, kind, asked, viewer=caller.name, likeness=likeness_of(request))

    def rows() -> tuple[Iterable[Row], str | None]:
        if wanted.is_whole:
            return in_order(found, found.rows), None
        return page_of(found.rows, wanted.page, f"{kind} {asked.like}", lambda row: found.places[row["id"]])

    beside = {"revision": found.revision}
    return send_list(request, wanted, kind, rows, columns=COLUMNS[kind], state=found.state, beside=beside)


def _attributes(request: Request) -> dict[str, list[str]]:
    """What `attr[name]=value` asks for, by name."""
    asked: dict[str, list[str]] = {}
    for key, value in request.query_params.multi_items():
        if named := _ATTRIBUTE.fullmatch(key):
            asked.setdefault(named[1], []).append(value)
    return asked


def likeness_of(request: Request) -> Likeness:
    likeness: Likeness = request.app.state.likeness
    return likeness
