"""Repository of waves: surveys of other studies of the same job, and which of their steps and needs are ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store import studies, surveys
from api.store.database import Stamp
from api.store.errors import NotFoundError
from api.store.surveys import StoredSurvey
from api.store.tables import SurveyTable, WaveTable
from jtbd_nlp.priorities.matching import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWave:
    """A survey of another study that a study takes as a wave of its own job; `study_name` is the other's."""

    survey: StoredSurvey
    study_name: str
    matches: tuple[Match, ...]
    changed_at: datetime
    changed_by: str

    @property
    def name(self) -> str:
        """What it is called beside the study's own surveys."""
        return f"{self.study_name}: {self.survey.name}"


def of_study(session: Session, study_id: str) -> tuple[StoredWave, ...]:
    """The waves of a study that are surveys of others, oldest day first."""
    rows = session.scalars(select(WaveTable).where(WaveTable.study_id == study_id))
    return tuple(sorted((_wave(session, row) for row in rows), key=lambda wave: (wave.survey.day, wave.survey.id)))


def put(session: Session, study_id: str, survey_id: str, matches: Sequence[Match], stamp: Stamp) -> None:
    """Take a survey as a wave, or match it otherwise."""
    row = session.get(WaveTable, (study_id, survey_id))
    if row is None:
        row = WaveTable(study_id=study_id, survey_id=survey_id, created_at=stamp.at, created_by=stamp.by)
        session.add(row)
    row.matches = [asdict(match) for match in matches]
    row.changed_at, row.changed_by = stamp.at, stamp.by
    session.flush()


def remove(session: Session, study_id: str, survey_id: str) -> None:
    """No longer take a survey as a wave.

    Raises:
        NotFoundError: it is none.
    """
    row = session.get(WaveTable, (study_id, survey_id))
    if row is None:
        raise NotFoundError(f"{survey_id} is no wave of the study")
    session.delete(row)
    session.flush()


def _wave(session: Session, row: WaveTable) -> StoredWave:
    study_id = session.get_one(SurveyTable, row.survey_id).study_id
    return StoredWave(
        survey=surveys.find(session, study_id, row.survey_id),
        study_name=studies.find(session, study_id).study.name,
        matches=tuple(Match(**match) for match in row.matches),
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )
