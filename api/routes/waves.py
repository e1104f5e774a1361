"""Waves over HTTP: surveys of other studies of the same job, compared with the study's own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.routes.answering import UNCHANGED, send
from api.routes.needs import likeness_of
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.waves import NewWave, SuggestedWave, Wave, Waves, matches_of, proposal_row, wave_row
from api.services import waves
from api.services.access.callers import require
from api.services.studies import show_study
from api.store.errors import NotFoundError

router = APIRouter(prefix="/studies/{study_id}/waves", tags=["priorities"])


@router.get("", response_model=Waves, responses=UNCHANGED)
def list_waves(study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> Response:
    """Surveys of other studies that are compared with this one's, and what in them is the same."""
    del caller
    return send(request, {"waves": [wave_row(wave) for wave in waves.list_waves(database_of(request), study_id)]})


@router.get("/suggested", response_model=SuggestedWave, responses=UNCHANGED)
def suggest_wave(
    study_id: str,
    request: Request,
    caller: Annotated[Caller, may(Act.READ)],
    study: Annotated[str, Query(max_length=300, description="Id or name of the other study.")],
    survey: Annotated[str | None, Query(max_length=300, description="Id or name; its latest by default.")] = None,
) -> Response:
    """What of another study's survey seems to be the same as ours: by id, by wording, else by meaning, to look over."""
    other = _readable(request, caller, study)
    found = waves.suggest_wave(database_of(request), study_id, other, survey, likeness=likeness_of(request))
    return send(request, proposal_row(found))


@router.put("", response_model=Wave)
def put_wave(study_id: str, asked: NewWave, request: Request, caller: Annotated[Caller, may(Act.ANALYSE)]) -> Response:
    """Take a survey of another study as a wave, with what somebody looked at and found the same.

    Whoever may read this study then sees the wave's figures.
    """
    other = _readable(request, caller, asked.study)
    kept = waves.put_wave(database_of(request), study_id, other, asked.survey, matches_of(asked), stamp_of(request))
    return send(request, wave_row(kept))


@router.delete("/{survey}", status_code=204)
def delete_wave(study_id: str, survey: str, request: Request, caller: Annotated[Caller, may(Act.ANALYSE)]) -> None:
    """No longer compare with a survey of another study; the survey stays what it is."""
    del caller
    waves.remove_wave(database_of(request), study_id, survey, stamp_of(request))


def _readable(request: Request, caller: Caller, study: str) -> str:
    """The id of another study that the caller may read; whether there is one is told to nobody else."""
    database = database_of(request)
    try:
        study_id = show_study(database, study).study.id
        require(database, caller, Act.READ, study_id=study_id)
    except NotFoundError as fault:
        raise NotFoundError(f"there is no study {study!r} that you may read") from fault
    return study_id
