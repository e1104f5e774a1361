"""Repository of members: what people are in a study; and to which study something belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.store.database import Stamp, row_of
from api.store.errors import NotFoundError
from api.store.tables import (
    AttributeTable,
    MemberTable,
    ParticipantTable,
    PersonTable,
    RuleTable,
    RunTable,
    StudyTable,
    TranscriptTable,
    UploadTable,
)

# Whose id begins so, and has a study.
_OWNED: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "attribute": AttributeTable,
        "participant": ParticipantTable,
        "rule": RuleTable,
        "run": RunTable,
        "transcript": TranscriptTable,
        "upload": UploadTable,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person with a role in a study."""

    person_id: str
    name: str
    role: str
    changed_at: datetime
    changed_by: str


def put(session: Session, study_id: str, person_id: str, role: str, stamp: Stamp) -> None:
    """Give a person a role in a study, or another one.

    Raises:
        NotFoundError: there is no such person.
    """
    row_of(session, PersonTable, person_id, "person")
    row = session.get(MemberTable, (study_id, person_id))
    if row is None:
        row = MemberTable(study_id=study_id, person_id=person_id, created_at=stamp.at, created_by=stamp.by)
        session.add(row)
    row.role, row.changed_at, row.changed_by = role, stamp.at, stamp.by
    session.flush()


def remove(session: Session, study_id: str, person_id: str) -> None:
    """Take a person out of a study.

    Raises:
        NotFoundError: they are not in it.
    """
    row = session.get(MemberTable, (study_id, person_id))
    if row is None:
        raise NotFoundError(f"{person_id} is no member of {study_id}")
    session.execute(delete(MemberTable).where(MemberTable.study_id == study_id, MemberTable.person_id == person_id))


def of_study(session: Session, study_id: str) -> tuple[Member, ...]:
    """The members of a study by name; people who can no longer sign in are left out."""
    query = (
        select(MemberTable, PersonTable.name)
        .join(PersonTable, PersonTable.id == MemberTable.person_id)
        .where(MemberTable.study_id == study_id, PersonTable.closed_at.is_(None))
        .order_by(PersonTable.name)
    )
    return tuple(
        Member(person_id=row.person_id, name=name, role=row.role, changed_at=row.changed_at, changed_by=row.changed_by)
        for row, name in session.execute(query)
    )


def standing(session: Session, study_id: str, person_id: str) -> tuple[bool, str | None]:
    """Whether there is such a study, and what a person is in it, None where nothing."""
    is_theirs = (MemberTable.study_id == StudyTable.id) & (MemberTable.person_id == person_id)
    query = select(StudyTable.id, MemberTable.role).outerjoin(MemberTable, is_theirs).where(StudyTable.id == study_id)
    row = session.execute(query).first()
    return row is not None, row[1] if row else None


def roles_of(session: Session, person_id: str) -> Mapping[str, str]:
    """What a person is, by study id."""
    query = select(MemberTable.study_id, MemberTable.role).where(MemberTable.person_id == person_id)
    return {study_id: role for study_id, role in session.execute(query)}  # noqa: C416 - mypy knows no rows as pairs


def n_owners(session: Session, study_id: str) -> int:
    """How many members own a study."""
    is_owner = (MemberTable.study_id == study_id, MemberTable.role == "owner")
    return session.scalar(select(func.count()).select_from(MemberTable).where(*is_owner)) or 0


def study_of(session: Session, thing_id: str) -> str | None:
    """The study that something belongs to, told by the beginning of its id; None where there is no such thing."""
    table = _OWNED.get(thing_id.partition("_")[0])
    return None if table is None else session.scalar(select(table.study_id).where(table.id == thing_id))
