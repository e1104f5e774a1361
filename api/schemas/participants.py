"""The people of a study, and what is told of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from api.schemas.bases import NAME_MAX, Asked, Listed, Name, Schema
from api.store.participants import Attribute, AttributeType, Participant, Value

_ATTRIBUTE: dict[str, Any] = {
    "id": "attribute_0192e4b07c7a7c8f9d0e1f2a3b4c5d70",
    "name": "city",
    "type": "choice",
    "choices": ["Bremen", "Porto"],
}
_PERSON: dict[str, Any] = {
    "id": "participant_0192e4b07c7a7c8f9d0e1f2a3b4c5d6f",
    "name": "p07",
    "attributes": {"city": "Bremen", "years driving": 12.0, "owns a car": True},
    "speaks_in": [{"transcript": "transcript_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e", "speaker": "P7"}],
}


class SpeaksIn(Schema):
    """Where a person speaks, and under what name."""

    transcript: str
    speaker: str


class ParticipantRow(Schema):
    """One person of a study, who may speak in more than one interview."""

    model_config = ConfigDict(json_schema_extra={"example": _PERSON})

    id: str
    name: str
    attributes: dict[str, str | float | bool]
    speaks_in: list[SpeaksIn]


class Participants(Listed):
    """Participants of a study, in the order they were added."""

    model_config = ConfigDict(json_schema_extra={"example": {"participants": [_PERSON], "next": None}})

    participants: list[ParticipantRow]


class ChangedPerson(Asked):
    """What to change of a person. An attribute that is null is taken back; one that is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"attributes": {"city": "Bremen", "owns a car": None}}})

    name: Name | None = None
    attributes: dict[Name, Annotated[str, Field(max_length=NAME_MAX)] | float | bool | None] = Field(
        default_factory=dict, description="By name of the attribute; a date is written 2026-05-04."
    )


class AttributeRow(Schema):
    """Something that is told of every participant; `choices` are empty unless the type is choice."""

    model_config = ConfigDict(json_schema_extra={"example": _ATTRIBUTE})

    id: str
    name: str
    type: AttributeType
    choices: list[str]


class Attributes(Schema):
    """What is told of the participants of a study, in the order it was defined."""

    model_config = ConfigDict(json_schema_extra={"example": {"attributes": [_ATTRIBUTE]}})

    attributes: list[AttributeRow]


class NewAttribute(Asked):
    """Something that is to be told of every participant of a study."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "city", "type": "choice", "choices": ["Bremen", "Porto"]}}
    )

    name: Name
    type: AttributeType
    choices: list[Name] = Field(default_factory=list, max_length=200, description="For the type choice alone.")


def person_row(person: Participant) -> dict[str, Any]:
    """A person as the answer shows them."""
    return {
        "id": person.id,
        "name": person.name,
        "attributes": {name: _plain(value) for name, value in person.attributes.items()},
        "speaks_in": [{"transcript": transcript, "speaker": speaker} for transcript, speaker in person.speaks_in],
    }


def attribute_row(attribute: Attribute) -> dict[str, Any]:
    """An attribute as the answer shows it."""
    return {
        "id": attribute.id,
        "name": attribute.name,
        "type": attribute.type.value,
        "choices": list(attribute.choices),
    }


def told_value(given: str | float | bool | None, kind: AttributeType | None) -> Value | None:
    """A value as the store takes it: only a date is written otherwise, and one that is none is left as it is."""
    if kind is AttributeType.DATE and isinstance(given, str):
        try:
            return date.fromisoformat(given)
        except ValueError:
            return given
    return given


def _plain(value: Value) -> str | float | bool:
    return value.isoformat() if isinstance(value, date) else value
