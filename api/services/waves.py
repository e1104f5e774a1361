"""Waves: a survey of another study of the same job beside the study's own, once an analyst said what is the same.

Whoever may read a study sees the figures of its waves, also of surveys in studies that they may not read; who takes a
survey as a wave must be allowed to read both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from api.services import reviews
from api.services.likeness import Likeness
from api.services.surveys import note
from api.store import studies, surveys, waves
from api.store.database import Database, Session, Stamp
from api.store.errors import BadValueError
from api.store.studies import StoredStudy
from api.store.surveys import StoredSurvey
from api.store.waves import StoredWave
from jtbd_nlp.priorities.matching import Match, suggest_matches
from jtbd_nlp.priorities.subjects import SurveyBasis, basis_of_job_map

__all__ = ["Proposal", "StoredWave", "list_waves", "put_wave", "remove_wave", "suggest_wave"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Proposal:
    """What could be matched: our steps and needs, the other study's survey, and what seems the same."""

    ours: SurveyBasis
    survey: StoredSurvey
    study_name: str
    matches: tuple[Match, ...]


def list_waves(database: Database, study: str) -> tuple[StoredWave, ...]:
    """Surveys of other studies that are waves of this one's job, oldest first.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        return waves.of_study(session, studies.find(session, study).id)


def suggest_wave(database: Database, study: str, other: str, survey: str | None, *, likeness: Likeness) -> Proposal:
    """What of another study's survey, its latest unless one is named, seems to be the same as ours.

    Args:
        likeness: by the encoder, used for what has neither the same id nor words.

    Raises:
        NotFoundError: there is no such study or survey, or no run of the study is done.
        BadValueError: both are one study, whose surveys are waves as they are.
    """
    ours, study_id = _ours(database, study)
    with database.reading() as session:
        found, theirs = _theirs(session, other, survey, study_id)
    matches = suggest_matches(ours, theirs.questionnaire.basis, partial(likeness.compare, database, study_id))
    return Proposal(ours=ours, survey=theirs, study_name=found.study.name, matches=matches)


def put_wave(
    database: Database, study: str, other: str, survey: str, matches: Sequence[Match], stamp: Stamp
) -> StoredWave:
    """Take a survey of another study as a wave, with what an analyst says is the same; in the place of what was said.

    Raises:
        NotFoundError: there is no such study or survey, or no run of the study is done.
        BadValueError: both are one study, nothing is matched, or a match cannot be.
    """
    ours, study_id = _ours(database, study)
    with database.writing() as session:
        _, theirs = _theirs(session, other, survey, study_id)
        _check(ours, theirs.questionnaire.basis, matches)
        waves.put(session, study_id, theirs.id, matches, stamp)
        note(session, stamp, "changed", "wave taken", study_id, theirs.id, n_matches=len(matches))
        return next(wave for wave in waves.of_study(session, study_id) if wave.survey.id == theirs.id)


def remove_wave(database: Database, study: str, survey: str, stamp: Stamp) -> None:
    """No longer take a survey as a wave; the survey stays what it is.

    Raises:
        NotFoundError: there is no such study, or the survey is no wave of it.
    """
    with database.writing() as session:
        study_id = studies.find(session, study).id
        named = [wave.survey.id for wave in waves.of_study(session, study_id) if survey in (wave.survey.id, wave.name)]
        survey_id = named[0] if named else survey
        waves.remove(session, study_id, survey_id)
        note(session, stamp, "changed", "wave removed", study_id, survey_id)


def _ours(database: Database, study: str) -> tuple[SurveyBasis, str]:
    """What the study may compare: what is approved, and what its surveys asked about."""
    reviewed = reviews.reviewed(database, study)
    basis = basis_of_job_map(reviewed.job_map)
    with database.reading() as session:
        for asked in reversed(surveys.of_study(session, reviewed.study_id)):
            basis = basis.together(asked.questionnaire.basis)
    return basis, reviewed.study_id


def _theirs(session: Session, other: str, survey: str | None, study_id: str) -> tuple[StoredStudy, StoredSurvey]:
    """Another study and its survey, the latest unless one is named."""
    found = studies.find(session, other)
    if found.id == study_id:
        raise BadValueError("the surveys of one study are compared by date as they are", field="study")
    return found, surveys.find(session, found.id, survey)


def _check(ours: SurveyBasis, theirs: SurveyBasis, matches: Sequence[Match]) -> None:
    if not matches:
        raise BadValueError("matches: nothing is said to be the same, so there is nothing to compare", field="matches")
    for side, basis in (("subject", ours), ("other", theirs)):
        kinds = {subject.id: subject.kind for subject in basis.subjects}
        ids = [getattr(match, side) for match in matches]
        for place, named in enumerate(ids):
            if named not in kinds:
                raise BadValueError(f"matches: {named} was not asked about, nor is it approved", field="matches")
            if named in ids[:place]:
                raise BadValueError(f"matches: {named} stands in two", field="matches")
    for match in matches:
        if ours.subject(match.subject).kind != theirs.subject(match.other).kind:
            raise BadValueError(f"matches: {match.subject} and {match.other} are a step and a need", field="matches")
