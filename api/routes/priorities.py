"""Priorities over HTTP: everything as JSON, single tables, the page, and pictures."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.routes.answering import UNCHANGED, files, send, send_bytes
from api.routes.own_pages import page_headers
from api.routes.surveys import MEDIA_TYPES, as_file
from api.routes.wiring import Act, caller_of, database_of, may, stamp_of
from api.schemas.surveys import PrioritiesBody
from api.services.priorities import WorkedOut, leave_out, priorities, quote_ids
from api.store.errors import NotFoundError
from jtbd_nlp.priorities.overview import PrioritySettings, priorities_csv, to_plain

router = APIRouter(prefix="/studies/{study_id}/priorities", tags=["priorities"])

_PAGE: Final = files({"text/html": "<!doctype html><title>Priorities: Arrive on time</title>"})
_TABLE: Final = files({"text/csv": "rank,step,wording\r\n1,step-3f2a9b7c1d0e5f64,determine the departure time\r\n"})
_PICTURE: Final = files(
    {"image/svg+xml": '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "image/png": None}
)


def worked_out(
    study_id: str,
    request: Request,
    survey: Annotated[str | None, Query(max_length=300, description="Id or name; the latest by default.")] = None,
    segment_by: Annotated[
        str | None, Query(max_length=100, description="Id of a profile question; segments are looked for otherwise.")
    ] = None,
    without: Annotated[
        str,
        Query(
            alias="leave_out",
            max_length=200,
            description="Respondents not to count: duplicate, straight_lining, speeder; commas between.",
        ),
    ] = "",
) -> WorkedOut:
    """The priorities that a request asks for. Depend on it after the rule."""
    settings = PrioritySettings(leave_out=leave_out(without), segment_by=segment_by)
    viewer = caller_of(request).name
    stamp = stamp_of(request)
    return priorities(database_of(request), study_id, survey=survey, viewer=viewer, settings=settings, stamp=stamp)


Wanted = Annotated[WorkedOut, Depends(worked_out)]


@router.get("", response_model=PrioritiesBody, responses=UNCHANGED, dependencies=[may(Act.READ)])
def show_priorities(request: Request, found: Wanted) -> Response:
    """Scores with intervals, segments, solutions, roadmap and what to validate; every quote with its place.

    `quotes` has the ids of the words behind each step and need, for `/evidence`.
    """
    return send(request, {**to_plain(found.priorities), "quotes": quote_ids(found)})


@router.get("/page", response_class=Response, responses=_PAGE, dependencies=[may(Act.EXPORT)])
def export_priorities_page(request: Request, found: Wanted) -> Response:
    """The same as one page to read, print or hand on."""
    from jtbd_nlp.priorities.page import priorities_html

    page = priorities_html(found.priorities, found.interviews)
    return send_bytes(request, page.encode("utf-8"), MEDIA_TYPES["html"], headers=page_headers(page))


@router.get("/tables/{file}", response_class=Response, responses=_TABLE, dependencies=[may(Act.EXPORT)])
def export_priorities_table(file: str, request: Request, found: Wanted) -> Response:
    """One table, as `roadmap.csv`: scores, effort, roadmap, features, differentiation, validation and so on."""
    content = priorities_csv(found.priorities).get(file)
    if content is None:
        raise NotFoundError(f"there is no table {file!r}, or it has no rows")
    return send_bytes(request, content, MEDIA_TYPES["csv"], headers=as_file(file))


@router.get("/pictures/{file}", response_class=Response, responses=_PICTURE, dependencies=[may(Act.READ)])
def show_priorities_picture(file: str, request: Request, found: Wanted) -> Response:
    """One picture, as `effort.svg` or `.png`: opportunity-landscape, steps-by-segment, change and so on."""
    from jtbd_nlp.priorities.page import all_pictures
    from jtbd_nlp.priorities.pictures import picture_png, picture_svg

    name, _, form = file.rpartition(".")
    figure = all_pictures(found.priorities).get(name) if form in ("svg", "png") else None
    if figure is None:
        raise NotFoundError(f"there is no picture {file!r}, or there are no figures for it")
    content = picture_svg(figure) if form == "svg" else picture_png(figure)
    return send_bytes(request, content, MEDIA_TYPES[form])
