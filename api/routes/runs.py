"""Analysis runs: started, followed, cancelled, tried again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from api.routes.answering import CONFLICT, UNCHANGED, IdempotencyKey, do_once, send
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.runs import NewRun, Run, Runs, run_row
from api.services import runs
from api.services.requests import Answer

router = APIRouter(tags=["runs"])


@router.get("/studies/{study_id}/runs", response_model=Runs, responses=UNCHANGED)
def list_runs(study_id: str, request: Request, _: Annotated[Caller, may(Act.READ)]) -> Response:
    """All runs of a study, first to last, and how far each is."""
    found = runs.list_progress(database_of(request), study_id)
    return send(request, {"runs": [run_row(run) for run in found]})


@router.post("/studies/{study_id}/runs", status_code=202, response_model=Run, responses=CONFLICT)
def start_run(
    study_id: str,
    request: Request,
    caller: Annotated[Caller, may(Act.ANALYSE)],
    body: Annotated[NewRun | None, Body(examples=[{"settings": {}}])] = None,
    key: IdempotencyKey = None,
) -> Response:
    """Queue a run on all interviews of a study as they are now.

    One on the same interviews with the same settings that is not done yet is given again, in place of a second one.
    """
    settings = body.settings if body else {}

    def act() -> Answer:
        run = runs.start_run(database_of(request), study_id, stamp_of(request), settings=settings)
        return Answer(202, run_row(runs.run_status(database_of(request), run.id)))

    return do_once(request, caller, act, key=key, asked=settings, study_id=study_id)


@router.get("/runs/{run_id}", response_model=Run, responses=UNCHANGED)
def show_run(run_id: str, request: Request, _: Annotated[Caller, may(Act.READ)]) -> Response:
    """How far a run is."""
    return send(request, run_row(runs.run_status(database_of(request), run_id)))


@router.post("/runs/{run_id}/cancel", response_model=Run, responses=CONFLICT)
def cancel_run(run_id: str, request: Request, _: Annotated[Caller, may(Act.ANALYSE)]) -> Response:
    """Stop a run that is queued or running; what was read stays read."""
    return send(request, run_row(runs.cancel_run(database_of(request), run_id, stamp_of(request))))


@router.post("/runs/{run_id}/retry", response_model=Run, responses=CONFLICT)
def retry_run(run_id: str, request: Request, _: Annotated[Caller, may(Act.ANALYSE)]) -> Response:
    """Queue a run that failed or was cancelled once more, on the interviews it was made for."""
    return send(request, run_row(runs.retry_run(database_of(request), run_id, stamp_of(request))))
