"""Beside the map: what a run changed, what decisions taught, how far analysts agree, and the map from above."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from api.routes.answering import CONFLICT, UNCHANGED, send
from api.routes.maps import OfRun
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.maps import Decided
from api.schemas.reviewing import (
    AgreementRow,
    Blind,
    BlindAct,
    Difference,
    Insight,
    Progress,
    Rules,
    agreement_answer,
    blind_answer,
    difference_answer,
    rule_row,
)
from api.services import blind_reviews, insight, reviews
from jtbd_nlp.review import EntryState

router = APIRouter(prefix="/studies/{study_id}", tags=["review"])


@router.get("/difference", response_model=Difference, responses=UNCHANGED)
def show_difference(
    study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)], run: OfRun = None
) -> Response:
    """What a run changed beside the map before it: what there is to review; nothing for the first."""
    found = reviews.difference(database_of(request), study_id, run=run, viewer=caller.name)
    return send(request, difference_answer(found))


@router.get("/progress", response_model=Progress, responses=UNCHANGED)
def show_progress(study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> Response:
    """How much of the job map people have decided on."""
    entries = reviews.reviewed(database_of(request), study_id, viewer=caller.name).job_map.entries
    n_reviewed = sum(entry.review is not EntryState.SUGGESTED for entry in entries)
    return send(request, {"n_entries": len(entries), "n_reviewed": n_reviewed})


@router.get("/rules", response_model=Rules, responses=UNCHANGED)
def list_rules(study_id: str, request: Request, _: Annotated[Caller, may(Act.READ)]) -> Response:
    """What decisions taught the next run, removed rules too, and what each changed in this one."""
    found = reviews.rules(database_of(request), study_id)
    return send(request, {"rules": [rule_row(known) for known in found]})


@router.delete("/rules/{rule_id}", response_model=Decided, responses=CONFLICT)
def remove_rule(study_id: str, rule_id: str, request: Request, _: Annotated[Caller, may(Act.REVIEW)]) -> Response:
    """Let the next run no longer obey a rule; the decision that taught it stands, and undoing this puts it back."""
    return send(request, reviews.remove_rule(database_of(request), study_id, rule_id, stamp_of(request)).to_plain())


@router.get("/agreement", response_model=AgreementRow, responses={**UNCHANGED, **CONFLICT})
def show_agreement(study_id: str, request: Request, _: Annotated[Caller, may(Act.READ)], run: OfRun = None) -> Response:
    """How far analysts agree with each other and with the machine; 409 while a blind review is open."""
    return send(request, agreement_answer(blind_reviews.agreement(database_of(request), study_id, run=run)))


@router.get("/blind", response_model=Blind, responses=UNCHANGED)
def show_blind_review(
    study_id: str, request: Request, _: Annotated[Caller, may(Act.READ)], run: OfRun = None
) -> Response:
    """What came of a blind review: who took part and, once it is revealed, what is agreed and what is to settle."""
    return send(request, blind_answer(blind_reviews.blind_outcome(database_of(request), study_id, run=run)))


@router.post("/blind", response_model=Blind, responses=CONFLICT)
def change_blind_review(
    study_id: str, body: BlindAct, request: Request, _: Annotated[Caller, may(Act.ANALYSE)]
) -> Response:
    """Let analysts review the run at hand without seeing each other, or reveal what they decided."""
    database, stamp = database_of(request), stamp_of(request)
    if body.act == "reveal":
        return send(request, blind_answer(blind_reviews.reveal(database, study_id, stamp)))
    run = blind_reviews.begin_blind(database, study_id, stamp)
    return send(request, blind_answer(blind_reviews.blind_outcome(database, study_id, run=run)))


@router.get("/insight", response_model=Insight, responses=UNCHANGED)
def show_insight(
    study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)], run: OfRun = None
) -> Response:
    """Who speaks of which stage, how well each is covered, what is missing, what another interview would add."""
    return send(request, insight.insight(database_of(request), study_id, run=run, viewer=caller.name))
