"""Solutions and features over HTTP: lists that a team edits as a whole, and that nobody overwrites unseen."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from api.errors import failures
from api.routes.answering import UNCHANGED, Responses, send
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.team_lists import Features, Solutions, features_of, solutions_of
from api.services.team_lists import FEATURES, SOLUTIONS, kept_list, put_list, suggested_solutions

router = APIRouter(prefix="/studies/{study_id}", tags=["surveys"])

_CHANGED: Final[Responses] = failures(
    {409: "The list was changed since: `details` have it as it is now (`current`, `revision`) and as it was sent"}
)


@router.get("/solutions", response_model=Solutions, responses=UNCHANGED)
def list_solutions(study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> Response:
    """Products, brands and workarounds, as the team lists them."""
    del caller
    return send(request, kept_list(database_of(request), study_id, SOLUTIONS).shown())


@router.put("/solutions", response_model=Solutions, responses=_CHANGED)
def put_solutions(
    study_id: str, asked: Solutions, request: Request, caller: Annotated[Caller, may(Act.ANALYSE)]
) -> Response:
    """Replace the list of solutions; with `revision` only the list that it was made from."""
    del caller
    kept = put_list(
        database_of(request), study_id, SOLUTIONS, solutions_of(asked), stamp_of(request), revision=asked.revision
    )
    return send(request, kept.shown())


@router.get("/solutions/suggested", response_model=Solutions, responses=UNCHANGED)
def suggest_solutions(study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> Response:
    """What interviews name, as a list to edit; `revision` is that of the list which it would replace."""
    del caller
    return send(request, suggested_solutions(database_of(request), study_id).shown())


@router.get("/features", response_model=Features, responses=UNCHANGED)
def list_features(study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> Response:
    """What the team might build, linked to steps and needs."""
    del caller
    return send(request, kept_list(database_of(request), study_id, FEATURES).shown())


@router.put("/features", response_model=Features, responses=_CHANGED)
def put_features(
    study_id: str, asked: Features, request: Request, caller: Annotated[Caller, may(Act.ANALYSE)]
) -> Response:
    """Replace the list of features; with `revision` only the list that it was made from."""
    del caller
    kept = put_list(
        database_of(request), study_id, FEATURES, features_of(asked), stamp_of(request), revision=asked.revision
    )
    return send(request, kept.shown())
