"""Studies: those that the caller may read, one of them, a new one; changed and erased."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from api.routes.answering import CONFLICT, UNCHANGED, IdempotencyKey, Paged, do_once, send
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.paging import page_of
from api.schemas.studies import ChangedStudy, NewStudy, Studies, Study, study_row
from api.services import studies
from api.services.access.callers import readable_studies
from api.services.access.members import create_own_study
from api.services.listings import get_study
from api.services.requests import Answer
from jtbd_nlp import domain

router = APIRouter(prefix="/studies", tags=["studies"])


@router.get("", response_model=Studies, responses=UNCHANGED)
def list_studies(request: Request, caller: Annotated[Caller, may(Act.READ)], page: Paged) -> Response:
    """Studies that the caller may read, oldest first."""
    readable = readable_studies(database_of(request), caller)
    found = [study for study in studies.list_studies(database_of(request)) if study.id in readable]
    rows, cursor = page_of(found, page, "studies", lambda study: (study.id,))
    return send(request, {"studies": [study_row(study) for study in rows], "next": cursor})


@router.post("", status_code=201, response_model=Study, responses=CONFLICT)
def create_study(
    body: NewStudy, request: Request, caller: Annotated[Caller, may(Act.ANALYSE)], key: IdempotencyKey = None
) -> Response:
    """Make a study, of which the caller is the owner."""

    def act() -> Answer:
        study = domain.Study(name=body.name, job=body.job, executor=body.executor)
        return Answer(201, study_row(create_own_study(database_of(request), caller, study, stamp_of(request))))

    return do_once(request, caller, act, key=key, asked=body.model_dump(), study_id=None)


@router.get("/{study_id}", response_model=Study, responses=UNCHANGED)
def show_study(study_id: str, request: Request, _: Annotated[Caller, may(Act.READ)]) -> Response:
    """A study, and how much of it there is."""
    return send(request, study_row(get_study(database_of(request), study_id)))


@router.patch("/{study_id}", response_model=Study, responses=CONFLICT)
def change_study(
    study_id: str, body: ChangedStudy, request: Request, _: Annotated[Caller, may(Act.ANALYSE)]
) -> Response:
    """Give a study another name, job or executor; runs keep what it was when they were made."""
    changed = studies.change_study(
        database_of(request), study_id, stamp_of(request), name=body.name, job=body.job, executor=body.executor
    )
    return send(request, study_row(changed))


@router.delete("/{study_id}", status_code=204)
def delete_study(study_id: str, request: Request, _: Annotated[Caller, may(Act.OWN)]) -> Response:
    """Erase a study with all that belongs to it; there is no way back."""
    studies.delete_study(database_of(request), study_id, stamp_of(request))
    return Response(status_code=204)
