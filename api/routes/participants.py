"""The people of a study, and what is told of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from api.routes.answering import CONFLICT, UNCHANGED, Paged, send
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.paging import page_of
from api.schemas.participants import (
    AttributeRow,
    Attributes,
    ChangedPerson,
    NewAttribute,
    ParticipantRow,
    Participants,
    attribute_row,
    person_row,
    told_value,
)
from api.services import studies
from api.services.listings import attributes_of_person, list_attributes, list_people

router = APIRouter(tags=["people"])


@router.get("/studies/{study_id}/participants", response_model=Participants, responses=UNCHANGED)
def list_participants(study_id: str, request: Request, _: Annotated[Caller, may(Act.READ)], page: Paged) -> Response:
    """Participants of a study, in the order they were added."""
    people = list_people(database_of(request), study_id)
    rows, cursor = page_of(people, page, "participants", lambda person: (person.id,))
    return send(request, {"participants": [person_row(person) for person in rows], "next": cursor})


@router.patch("/participants/{participant_id}", response_model=ParticipantRow, responses=CONFLICT)
def change_participant(
    participant_id: str, body: ChangedPerson, request: Request, _: Annotated[Caller, may(Act.ANALYSE)]
) -> Response:
    """Rename a person, and tell things of them: all of it or nothing."""
    database = database_of(request)
    kinds = {a.name: a.type for a in attributes_of_person(database, participant_id)}
    told = {name: told_value(value, kinds.get(name)) for name, value in body.attributes.items()}
    person = studies.describe_participant(database, participant_id, told, stamp_of(request), name=body.name)
    return send(request, person_row(person))


@router.get("/studies/{study_id}/attributes", response_model=Attributes, responses=UNCHANGED)
def show_attributes(study_id: str, request: Request, _: Annotated[Caller, may(Act.READ)]) -> Response:
    """What is told of the people of a study, in the order it was defined."""
    found = list_attributes(database_of(request), study_id)
    return send(request, {"attributes": [attribute_row(attribute) for attribute in found]})


@router.post("/studies/{study_id}/attributes", status_code=201, response_model=AttributeRow, responses=CONFLICT)
def define_attribute(
    study_id: str, body: NewAttribute, request: Request, _: Annotated[Caller, may(Act.ANALYSE)]
) -> Response:
    """Name something that is to be told of every participant."""
    made = studies.define_attribute(
        database_of(request), study_id, body.name, body.type, stamp_of(request), choices=body.choices
    )
    return send(request, attribute_row(made), status=201)
