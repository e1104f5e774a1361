"""Privacy over HTTP: replacing names, seeing what stands for whom, and forgetting a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request, Response

from api.routes.answering import CONFLICT, UNCHANGED, send
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.privacy import (
    ForgottenRow,
    LossRow,
    MissedName,
    PseudonymRow,
    Pseudonyms,
    StudyKey,
    forgotten_row,
    loss_row,
    pseudonym_row,
)
from api.services import forgetting, pseudonyms
from api.services.pseudonyms import Entry, Name, Pseudonym

router = APIRouter(tags=["privacy"])

KEY_HEADER: Final = "X-Study-Key"
KEY_PATTERN: Final = r"^[A-Za-z0-9_-]{1,200}$"
GivenKey = Annotated[
    str | None,
    Header(alias=KEY_HEADER, pattern=KEY_PATTERN, description="The key of a study whose names are replaced."),
]

NeededKey = Annotated[str, Header(alias=KEY_HEADER, pattern=KEY_PATTERN, description="The key of the study.")]


@router.post("/studies/{study_id}/pseudonyms", status_code=201, response_model=StudyKey, responses=CONFLICT)
def begin_pseudonyms(study_id: str, request: Request, _: Annotated[Caller, may(Act.MANAGE)]) -> Response:
    """Replace names in all that is uploaded from now on; only before the first interview.

    The key in this answer is shown once: uploads need it in the header `X-Study-Key`, and only it tells who is who.
    """
    return send(request, {"key": pseudonyms.begin(database_of(request), study_id, stamp_of(request)).key}, status=201)


@router.get("/studies/{study_id}/pseudonyms", response_model=Pseudonyms, responses=UNCHANGED)
def list_pseudonyms(
    study_id: str, request: Request, _: Annotated[Caller, may(Act.ANALYSE)], key: GivenKey = None
) -> Response:
    """What names were replaced by; with the study's key also the names, which leaves its trace in the audit log."""
    database = database_of(request)
    found: Sequence[Pseudonym | Entry]
    if key is None:
        found = pseudonyms.list_pseudonyms(database, study_id)
    else:
        found = pseudonyms.open_book(database, study_id, key, stamp_of(request))
    are_used = pseudonyms.are_used(database, study_id)
    return send(request, {"are_used": are_used, "pseudonyms": [pseudonym_row(one) for one in found]})


@router.post("/studies/{study_id}/pseudonyms/names", status_code=201, response_model=PseudonymRow, responses=CONFLICT)
def add_missed_name(
    study_id: str, body: MissedName, request: Request, _: Annotated[Caller, may(Act.ANALYSE)], key: NeededKey
) -> Response:
    """Replace a name that was not found, in all interviews and all that come; before the first run reads them."""
    name = Name(body.kind, body.name)
    entry = pseudonyms.add_name(database_of(request), study_id, key, name, stamp_of(request), same_as=body.same_as)
    return send(request, pseudonym_row(entry), status=201)


@router.delete("/studies/{study_id}/pseudonyms/{pseudonym}", status_code=204, responses=CONFLICT)
def remove_pseudonym(
    study_id: str, pseudonym: str, request: Request, _: Annotated[Caller, may(Act.ANALYSE)], key: NeededKey
) -> Response:
    """Put back what a pseudonym stands for, where it was no name; it is not replaced again."""
    pseudonyms.remove_name(database_of(request), study_id, key, pseudonym, stamp_of(request))
    return Response(status_code=204)


@router.get("/participants/{participant_id}/loss", response_model=LossRow, responses=UNCHANGED)
def tell_loss(participant_id: str, request: Request, _: Annotated[Caller, may(Act.OWN)]) -> Response:
    """What the last map would lose if this person were forgotten; nothing is changed."""
    return send(request, loss_row(forgetting.loss_of(database_of(request), participant_id)))


@router.delete("/participants/{participant_id}", response_model=ForgottenRow)
def forget_participant(participant_id: str, request: Request, _: Annotated[Caller, may(Act.OWN)]) -> Response:
    """Erase a person with all they said: from interviews, statements, quotes, files and caches. It cannot be undone."""
    done = forgetting.forget_participant(database_of(request), participant_id, stamp_of(request))
    return send(request, forgotten_row(done))


@router.get("/studies/{study_id}/participants/{participant_id}/loss", response_model=LossRow, responses=UNCHANGED)
def tell_loss_in_study(
    study_id: str, participant_id: str, request: Request, caller: Annotated[Caller, may(Act.OWN)]
) -> Response:
    """What `GET /participants/{participant_id}/loss` tells; the person must be of this study."""
    del study_id
    return tell_loss(participant_id, request, caller)


@router.delete("/studies/{study_id}/participants/{participant_id}", response_model=ForgottenRow)
def forget_participant_in_study(
    study_id: str, participant_id: str, request: Request, caller: Annotated[Caller, may(Act.OWN)]
) -> Response:
    """Do what `DELETE /participants/{participant_id}` does; the person must be of this study."""
    del study_id
    return forget_participant(participant_id, request, caller)
