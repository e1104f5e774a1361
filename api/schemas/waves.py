"""Waves, as they are proposed, taken and shown."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Name, Schema, Text, moment
from api.services.waves import Proposal, StoredWave
from jtbd_nlp.priorities.matching import Match, MatchedBy
from jtbd_nlp.priorities.subjects import Subject

_MATCH: dict[str, Any] = {
    "subject": "step-3f2a9b7c1d0e5f64",
    "other": "step-88c1d20b47fe9a35",
    "by": "meaning",
    "likeness": 0.81,
    "wording": "determine the departure time",
    "other_wording": "work out when to leave",
}
_WAVE: dict[str, Any] = {
    "study": "study_0192e4b07c7a7c8f9d0e1f2a3b4c5d70",
    "study_name": "arrive 2025",
    "survey": "survey_0192e4b07c7a7c8f9d0e1f2a3b4c5d71",
    "survey_name": "spring",
    "day": "2025-05-04",
    "is_synthetic": False,
    "n_respondents": 212,
    "matches": [_MATCH],
}
_TAKEN: dict[str, Any] = {**_WAVE, "changed_at": "2026-05-04T10:12:00Z", "changed_by": "Ana"}


class MatchRow(Asked):
    """A step or need of ours and the one of the other study that is the same. Wordings are for people."""

    subject: Name = Field(description="Id of ours.")
    other: Name = Field(description="Id of theirs.")
    by: MatchedBy = "analyst"
    likeness: float | None = Field(None, ge=-1, le=1, description="Cosine of the wordings, where meaning found it.")
    wording: Text = ""
    other_wording: Text = ""


class NewWave(Asked):
    """A survey of another study to take as a wave. Sending a match says that somebody looked at it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"study": _WAVE["study"], "survey": _WAVE["survey"], "matches": [_MATCH]}}
    )

    study: Name = Field(description="Id or name of the other study; you must be allowed to read it.")
    survey: Name = Field(description="Id or name of its survey.")
    matches: list[MatchRow] = Field(max_length=1000)
    to_confirm: list[MatchRow] = Field(
        default_factory=list, max_length=1000, description="What nobody has looked at yet: it counts for nothing."
    )


class SurveyOfAnother(Schema):
    """Which survey of which other study."""

    study: str
    study_name: str
    survey: str
    survey_name: str
    day: str
    is_synthetic: bool
    n_respondents: int


class Wave(SurveyOfAnother):
    """A survey of another study of the same job, and what in it is the same."""

    model_config = ConfigDict(json_schema_extra={"example": _TAKEN})

    matches: list[dict[str, Any]]
    changed_at: str | None
    changed_by: str


class Waves(Schema):
    """Surveys of other studies that are waves of this one's job, oldest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"waves": [_TAKEN]}})

    waves: list[Wave]


class SuggestedWave(SurveyOfAnother):
    """What seems the same; nothing is taken. What meaning found wants somebody's eyes before it is sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **_WAVE,
                "ours": [{"id": _MATCH["subject"], "kind": "step", "wording": _MATCH["wording"], "stage": "plan"}],
                "theirs": [
                    {"id": _MATCH["other"], "kind": "step", "wording": _MATCH["other_wording"], "stage": "plan"}
                ],
            }
        }
    )

    matches: list[dict[str, Any]] = Field(description="Of these, look at those by meaning before you send them back.")
    ours: list[dict[str, Any]] = Field(description="Everything of ours that may be matched.")
    theirs: list[dict[str, Any]] = Field(description="Everything that their survey asked about.")


def matches_of(asked: NewWave) -> tuple[Match, ...]:
    """The matches as the core has them."""
    return tuple(Match(subject=m.subject, other=m.other, by=m.by, likeness=m.likeness) for m in asked.matches)


def wave_row(wave: StoredWave) -> dict[str, Any]:
    """A wave as it is answered."""
    theirs = {s.id: s.wording for s in wave.survey.questionnaire.basis.subjects}
    matches = [{**asdict(m), "other_wording": theirs.get(m.other, "")} for m in wave.matches]
    return {
        **_of_survey(wave),
        "matches": matches,
        "changed_at": moment(wave.changed_at),
        "changed_by": wave.changed_by,
    }


def proposal_row(found: Proposal) -> dict[str, Any]:
    """A proposal as it is answered."""
    ours, theirs = found.ours, found.survey.questionnaire.basis
    matches = [
        {
            **asdict(match),
            "wording": ours.subject(match.subject).wording,
            "other_wording": theirs.subject(match.other).wording,
        }
        for match in found.matches
    ]
    return {
        **_of_survey(found),
        "matches": matches,
        "ours": [_subject(s) for s in ours.subjects],
        "theirs": [_subject(s) for s in theirs.subjects],
    }


def _of_survey(one: StoredWave | Proposal) -> dict[str, Any]:
    survey = one.survey
    return {
        "study": survey.study_id,
        "study_name": one.study_name,
        "survey": survey.id,
        "survey_name": survey.name,
        "day": survey.day.isoformat(),
        "is_synthetic": survey.is_synthetic,
        "n_respondents": survey.n_respondents,
    }


def _subject(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id, "kind": subject.kind, "wording": subject.wording, "stage": subject.stage}
