"""Decisions on the job map: the log of them, and a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from api.routes.answering import CONFLICT, UNCHANGED, IdempotencyKey, Paged, do_once, send
from api.routes.maps import OfRun
from api.routes.transcripts import CountedIn
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.maps import Decided, Decisions, NewDecision, decision_body, decision_row
from api.schemas.offsets import Offsets
from api.schemas.paging import page_of
from api.services import reviews
from api.services.listings import transcript_ids
from api.services.requests import Answer
from api.store.database import Database, Stamp
from jtbd_nlp.errors import DecisionNotAllowedError

router = APIRouter(prefix="/studies/{study_id}/decisions", tags=["review"])


@router.get("", response_model=Decisions, responses=UNCHANGED)
def list_decisions(
    study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)], page: Paged, run: OfRun = None
) -> Response:
    """The decisions on a run, in the order they were made."""
    del caller
    found = reviews.decision_log(database_of(request), study_id, run=run)
    rows, cursor = page_of(found, page, f"decisions {run}", lambda one: (one.run_id, one.number))
    return send(request, {"decisions": [decision_row(one) for one in rows], "next": cursor})


@router.post("", status_code=201, response_model=Decided, responses=CONFLICT)
def decide(
    study_id: str,
    body: NewDecision,
    request: Request,
    caller: Annotated[Caller, may(Act.REVIEW)],
    offsets: CountedIn = Offsets.CODE_POINTS,
    key: IdempotencyKey = None,
) -> Response:
    """Store a decision on the map of the last run, if it fits there.

    Where an entry is no longer as its writer saw it (`seen`), nothing is stored and 409 says why: `details.current` is
    the entry as it is now, `details.sent` what was sent, `details.since` the decisions that came between.
    """
    database = database_of(request)

    def act() -> Answer:
        found = reviews.reviewed(database, study_id, viewer=caller.name)
        names = {i: name for name, i in transcript_ids(database, study_id).items()}
        sent = decision_body(body, found.job_map.analysis.transcripts, names, offsets=offsets)
        try:
            return Answer(201, _decide(database, study_id, sent, stamp_of(request)).to_plain())
        except DecisionNotAllowedError as error:
            details = {**error.details, "sent": body.model_dump(mode="json", exclude_none=True)}
            raise DecisionNotAllowedError(str(error), details=details) from error

    return do_once(request, caller, act, key=key, asked=body.model_dump(mode="json"), study_id=study_id)


def _decide(database: Database, study_id: str, sent: Mapping[str, Any], stamp: Stamp) -> reviews.Decided:
    """Store a decision; an undo or redo that does not say of what is of the caller's last."""
    takes = {"undo": reviews.undo, "redo": reviews.redo}.get(str(sent["kind"]))
    if takes is not None and "decision" not in sent:
        return takes(database, study_id, stamp)
    return reviews.decide(database, study_id, sent, stamp)
