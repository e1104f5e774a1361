"""Repository of participants: the people of a study, what is told of each, and where they speak.

What is told of people is typed: an attribute has a name and a type in its study, and takes values of that type only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.store.database import Stamp, row_of
from api.store.errors import BadValueError, NameTakenError, NotFoundError
from api.store.ids import new_id
from api.store.studies import check_text
from api.store.tables import AttributeTable, AttributeValueTable, ParticipantTable, SpeakerTable, TranscriptTable

Value = str | float | bool | date


class AttributeType(StrEnum):
    """What the values of an attribute are; a choice is one of the texts that the attribute names."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something that is told of every participant of a study. `choices` is empty unless the type is choice."""

    id: str
    name: str
    type: AttributeType
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One person. `attributes` is by attribute name; `speaks_in` are (transcript id, speaker), sorted."""

    id: str
    name: str
    attributes: Mapping[str, Value]
    speaks_in: tuple[tuple[str, str], ...]


def define_attribute(
    session: Session, study_id: str, name: str, kind: AttributeType, stamp: Stamp, *, choices: Sequence[str] = ()
) -> Attribute:
    """Name something that is to be told of every participant.

    Raises:
        NameTakenError: the study has an attribute of that name.
        BadValueError: a choice without choices, or choices for another type.
    """
    check_text(name, "the name of the attribute")
    if (kind is AttributeType.CHOICE) != bool(choices):
        message = f"attribute {name!r}: choices are named for the type choice, and for no other"
        raise BadValueError(message, field="choices")
    for choice in choices:
        check_text(choice, f"attribute {name!r}: a choice")
    taken = select(AttributeTable.id).where(AttributeTable.study_id == study_id, AttributeTable.name == name)
    if session.scalar(taken) is not None:
        raise NameTakenError(f"there is an attribute {name!r} already")
    row = AttributeTable(
        id=new_id("attribute"),
        study_id=study_id,
        name=name,
        type=kind.value,
        choices=list(dict.fromkeys(choices)),
        created_at=stamp.at,
        created_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return _attribute(row)


def attributes(session: Session, study_id: str) -> tuple[Attribute, ...]:
    """The attributes of a study, in the order they were defined."""
    rows = session.scalars(
        select(AttributeTable).where(AttributeTable.study_id == study_id).order_by(AttributeTable.id)
    )
    return tuple(_attribute(row) for row in rows)


def add(session: Session, study_id: str, name: str, stamp: Stamp) -> str:
    """Keep a new person and give the id; where the name is taken, it gets the ending -2, -3, ..."""
    check_text(name, "the name of the participant")
    distinct, number = name, 2
    while _is_taken(session, study_id, distinct):
        distinct, number = f"{name}-{number}", number + 1
    row = ParticipantTable(
        id=new_id("participant"),
        study_id=study_id,
        name=distinct,
        created_at=stamp.at,
        created_by=stamp.by,
        changed_at=stamp.at,
        changed_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return row.id


def rename(session: Session, participant_id: str, name: str, stamp: Stamp) -> None:
    """Call a person otherwise; what speakers are called in transcripts stays.

    Raises:
        NotFoundError, NameTakenError: as the names say.
    """
    row = row_of(session, ParticipantTable, participant_id, "participant")
    check_text(name, "the name of the participant")
    if name != row.name and _is_taken(session, row.study_id, name):
        raise NameTakenError(f"there is a participant {name!r} already")
    row.name, row.changed_at, row.changed_by = name, stamp.at, stamp.by
    session.flush()


def tell(session: Session, participant_id: str, attribute: str, value: Value | None, stamp: Stamp) -> None:
    """Set what is told of a person under an attribute's name; None takes it back.

    Raises:
        NotFoundError: no such person, or no such attribute in their study.
        BadValueError: the value is not of the attribute's type.
    """
    person = row_of(session, ParticipantTable, participant_id, "participant")
    row = session.scalar(
        select(AttributeTable).where(AttributeTable.study_id == person.study_id, AttributeTable.name == attribute)
    )
    if row is None:
        raise NotFoundError(f"the study has no attribute {attribute!r}")
    column = None if value is None else _column(_attribute(row), value)
    session.execute(
        delete(AttributeValueTable).where(
            AttributeValueTable.participant_id == participant_id, AttributeValueTable.attribute_id == row.id
        )
    )
    if column is not None:
        session.add(
            AttributeValueTable(
                participant_id=participant_id,
                attribute_id=row.id,
                created_at=stamp.at,
                created_by=stamp.by,
                changed_at=stamp.at,
                changed_by=stamp.by,
                **{column: value},
            )
        )
    session.flush()


def unite(session: Session, kept_id: str, other_id: str, stamp: Stamp) -> None:
    """Say that two are one person: the first keeps name and attributes and takes over where the other speaks.

    Attributes that only the other has are taken over too.

    Raises:
        NotFoundError: one of them is not kept.
        BadValueError: they are the same, or of two studies.
    """
    kept, other = (
        row_of(session, ParticipantTable, kept_id, "participant"),
        row_of(session, ParticipantTable, other_id, "participant"),
    )
    if kept.id == other.id or kept.study_id != other.study_id:
        raise BadValueError("two different participants of one study are needed")
    session.execute(update(SpeakerTable).where(SpeakerTable.participant_id == other.id).values(participant_id=kept.id))
    known = select(AttributeValueTable.attribute_id).where(AttributeValueTable.participant_id == kept.id)
    session.execute(
        update(AttributeValueTable)
        .where(
            AttributeValueTable.participant_id == other.id,
            AttributeValueTable.attribute_id.not_in(list(session.scalars(known))),
        )
        .values(participant_id=kept.id, changed_at=stamp.at, changed_by=stamp.by)
    )
    session.execute(delete(ParticipantTable).where(ParticipantTable.id == other.id))
    kept.changed_at, kept.changed_by = stamp.at, stamp.by
    session.flush()


def speaks(session: Session, transcript_id: str, speaker: str, participant_id: str, stamp: Stamp) -> None:
    """Say which person a speaker of a transcript is; it replaces what was said before."""
    row = session.get(SpeakerTable, (transcript_id, speaker))
    if row is None:
        row = SpeakerTable(transcript_id=transcript_id, name=speaker)
        session.add(row)
    row.participant_id, row.created_at, row.created_by = participant_id, stamp.at, stamp.by
    session.flush()


def get(session: Session, participant_id: str) -> Participant:
    """A person by id.

    Raises:
        NotFoundError: there is none.
    """
    row = row_of(session, ParticipantTable, participant_id, "participant")
    return next(p for p in of_study(session, row.study_id) if p.id == participant_id)


def study_of(session: Session, participant_id: str) -> str | None:
    """The study that a person belongs to; None where there is no such person."""
    return session.scalar(select(ParticipantTable.study_id).where(ParticipantTable.id == participant_id))


def of_study(session: Session, study_id: str) -> tuple[Participant, ...]:
    """All people of a study, in the order they were added."""
    told: dict[str, dict[str, Value]] = {}
    values = (
        select(AttributeValueTable, AttributeTable)
        .join(AttributeTable, AttributeTable.id == AttributeValueTable.attribute_id)
        .where(AttributeTable.study_id == study_id)
        .order_by(AttributeTable.id)
    )
    for value, attribute in session.execute(values):
        told.setdefault(value.participant_id, {})[attribute.name] = _value(value)
    places: dict[str, list[tuple[str, str]]] = {}
    speakers = (
        select(SpeakerTable)
        .join(TranscriptTable, TranscriptTable.id == SpeakerTable.transcript_id)
        .where(TranscriptTable.study_id == study_id)
    )
    for speaker in session.scalars(speakers):
        places.setdefault(speaker.participant_id, []).append((speaker.transcript_id, speaker.name))
    people = session.scalars(
        select(ParticipantTable).where(ParticipantTable.study_id == study_id).order_by(ParticipantTable.id)
    )
    return tuple(
        Participant(
            id=person.id,
            name=person.name,
            attributes=told.get(person.id, {}),
            speaks_in=tuple(sorted(places.get(person.id, []))),
        )
        for person in people
    )


def by_speaker(session: Session, study_id: str) -> dict[tuple[str, str], str]:
    """Ids of a study's people by (name of the transcript, speaker)."""
    rows = session.execute(
        select(TranscriptTable.name, SpeakerTable.name, SpeakerTable.participant_id)
        .join(TranscriptTable, TranscriptTable.id == SpeakerTable.transcript_id)
        .where(TranscriptTable.study_id == study_id)
    )
    return {(transcript, speaker): participant_id for transcript, speaker, participant_id in rows}


def _is_taken(session: Session, study_id: str, name: str) -> bool:
    query = select(ParticipantTable.id).where(ParticipantTable.study_id == study_id, ParticipantTable.name == name)
    return session.scalar(query) is not None


def _attribute(row: AttributeTable) -> Attribute:
    return Attribute(id=row.id, name=row.name, type=AttributeType(row.type), choices=tuple(row.choices))


def _column(attribute: Attribute, value: Value) -> str:
    """The column that takes the value; BadValueError where it is not of the attribute's type."""
    match attribute.type:
        case AttributeType.FLAG if isinstance(value, bool):
            return "flag_value"
        case AttributeType.NUMBER if isinstance(value, int | float) and not isinstance(value, bool):
            if math.isfinite(value):
                return "number_value"
        case AttributeType.DATE if type(value) is date:
            return "date_value"
        case AttributeType.TEXT if isinstance(value, str):
            check_text(value, f"attribute {attribute.name!r}")
            return "text_value"
        case AttributeType.CHOICE if value in attribute.choices:
            return "text_value"
    wanted = f"one of {', '.join(attribute.choices)}" if attribute.choices else f"a {attribute.type}"
    message = f"attribute {attribute.name!r}: {wanted} is expected"
    raise BadValueError(message, field=f"attributes.{attribute.name}")


def _value(row: AttributeValueTable) -> Value:
    values = (row.text_value, row.number_value, row.flag_value, row.date_value)
    return next(value for value in values if value is not None)
