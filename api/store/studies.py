"""Repository of studies: the research questions, and what belongs to each in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from api.store.database import Stamp, row_of
from api.store.errors import BadValueError, NameTakenError, NotFoundError
from api.store.ids import new_id
from api.store.tables import ParticipantTable, RunTable, StudyTable, TranscriptTable
from jtbd_nlp.domain import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStudy:
    """A study that is kept, and how much of it there is."""

    id: str
    study: Study
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    n_transcripts: int
    n_participants: int
    n_runs: int


def add(session: Session, study: Study, stamp: Stamp) -> str:
    """Keep a new study and give its id.

    Raises:
        NameTakenError: another study has that name.
        BadValueError: the name is empty or could be taken for an id.
    """
    _check_name(session, study.name)
    row = StudyTable(
        id=new_id("study"),
        name=study.name,
        job=study.job,
        executor=study.executor,
        created_at=stamp.at,
        created_by=stamp.by,
        changed_at=stamp.at,
        changed_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return row.id


def change(session: Session, study_id: str, study: Study, stamp: Stamp) -> None:
    """Give a study another name, job or executor; runs keep what it was when they were made.

    Raises:
        NotFoundError, NameTakenError, BadValueError: as the names say.
    """
    row = row_of(session, StudyTable, study_id, "study")
    if study.name != row.name:
        _check_name(session, study.name)
    row.name, row.job, row.executor = study.name, study.job, study.executor
    row.changed_at, row.changed_by = stamp.at, stamp.by
    session.flush()


def get(session: Session, study_id: str) -> StoredStudy:
    """A study by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = _read(session, StudyTable.id == study_id)
    if not found:
        raise NotFoundError(f"there is no study {study_id}")
    return found[0]


def find(session: Session, name_or_id: str) -> StoredStudy:
    """A study by its name, its id, or the beginning of its id where only one begins so.

    Raises:
        NotFoundError: there is none, or more than one.
    """
    is_id = name_or_id.startswith("study_")
    wanted = StudyTable.id.startswith(name_or_id, autoescape=True) if is_id else StudyTable.name == name_or_id
    found = _read(session, wanted)
    if len(found) != 1:
        raise NotFoundError(f"there are {len(found) or 'no'} studies {name_or_id!r}: `jtbd study list` shows all")
    return found[0]


def listed(session: Session) -> tuple[StoredStudy, ...]:
    """All studies, oldest first."""
    return _read(session)


def lock(session: Session, study_id: str) -> None:
    """Make others who want to change what belongs to the study wait until this session ends.

    Raises:
        NotFoundError: there is no such study.
    """
    if session.scalar(select(StudyTable.id).where(StudyTable.id == study_id).with_for_update()) is None:
        raise NotFoundError(f"there is no study {study_id}")


def check_text(value: str, what: str) -> str:
    """Give back a short text that people typed, if it can be kept on every database.

    Raises:
        BadValueError: it is blank, or holds a NUL or half a surrogate pair.
    """
    if not value.strip():
        raise BadValueError(f"{what} is empty")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise BadValueError(f"{what} holds a character that cannot be kept")
    return value


def _check_name(session: Session, name: str) -> None:
    check_text(name, "the name of the study")
    if name.startswith("study_"):
        raise BadValueError("a study's name does not begin with 'study_', as ids do")
    if session.scalar(select(StudyTable.id).where(StudyTable.name == name)) is not None:
        raise NameTakenError(f"there is a study {name!r} already")


def _read(session: Session, *wanted: ColumnElement[bool]) -> tuple[StoredStudy, ...]:
    counts = [
        select(func.count()).where(table.study_id == StudyTable.id).scalar_subquery()
        for table in (TranscriptTable, ParticipantTable, RunTable)
    ]
    rows = session.execute(select(StudyTable, *counts).where(*wanted).order_by(StudyTable.id))
    return tuple(
        StoredStudy(
            id=row.id,
            study=Study(name=row.name, job=row.job, executor=row.executor),
            created_at=row.created_at,
            created_by=row.created_by,
            changed_at=row.changed_at,
            changed_by=row.changed_by,
            n_transcripts=n_transcripts,
            n_participants=n_participants,
            n_runs=n_runs,
        )
        for row, n_transcripts, n_participants, n_runs in rows
    )
