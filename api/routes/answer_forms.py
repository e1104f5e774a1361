"""The survey's own form, reached by a link: no sign-in, no cookie, no script; a link takes one answer."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from api.routes.own_pages import page_response
from api.routes.wiring import database_of, public
from api.services import surveys
from api.store.database import Stamp
from jtbd_nlp.errors import MalformedAnswersError
from jtbd_nlp.priorities.form_page import SEND, form_page, thanks_page

root_router = APIRouter(tags=["surveys"], include_in_schema=False)

_MOST_FIELDS: Final = 5_000
_KEPT: Final = "Your answers are kept. Come back by the same link to go on, and send them when you are done."
_BY: Final = "form"


async def sent_fields(request: Request) -> dict[str, str]:
    """The fields of a sent form, the last of each name; files are not read."""
    async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
        return {name: value for name, value in form.multi_items() if isinstance(value, str)}


@root_router.get("/answer/{secret}", response_class=Response, dependencies=[public()])
def show_form(secret: str, request: Request) -> Response:
    """The form as far as it was answered, or thanks where it was sent."""
    form = surveys.form_of(database_of(request), secret)
    if form.is_sent:
        return page_response(thanks_page(form.questionnaire))
    return page_response(form_page(form.questionnaire, form.blocks, form.answers), may_send=True)


@root_router.post("/answer/{secret}", response_class=Response, dependencies=[public()])
def answer_form(secret: str, request: Request, fields: Annotated[dict[str, str], Depends(sent_fields)]) -> Response:
    """Keep what was answered, or take it in; where an answer makes no sense, show the form again with what is wrong."""
    database = database_of(request)
    is_last = fields.get("act") == SEND
    try:
        form = surveys.answer_by_link(database, secret, fields, Stamp.now(_BY), is_last=is_last)
    except MalformedAnswersError as fault:
        form = surveys.form_of(database, secret)
        page = form_page(form.questionnaire, form.blocks, fields, message=f"Not kept yet: {fault}")
        return page_response(page, status=422, may_send=True)
    if form.is_sent:
        return page_response(thanks_page(form.questionnaire))
    return page_response(form_page(form.questionnaire, form.blocks, form.answers, message=_KEPT), may_send=True)
