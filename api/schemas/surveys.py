"""Surveys, links and priorities, as they are made and shown."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Name, Schema, Text, moment
from api.store.surveys import StoredSurvey
from jtbd_nlp.priorities.question_wording import Aspect
from jtbd_nlp.priorities.questionnaire import BASIC_ASPECTS, QuestionnaireSettings
from jtbd_nlp.priorities.questionnaire_json import to_plain
from jtbd_nlp.priorities.reading import Preview

Aspects = tuple[Aspect, ...]

_SURVEY: dict[str, Any] = {
    "id": "survey_0192e4b07c7a7c8f9d0e1f2a3b4c5d73",
    "study": "study_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
    "name": "spring",
    "day": "2026-05-04",
    "is_synthetic": False,
    "n_questions": 20,
    "n_respondents": 14,
    "n_invited": 40,
    "n_begun": 16,
    "n_sent": 14,
    "created_at": "2026-05-04T10:12:00Z",
    "created_by": "Ana",
}
# One subject and one question of the twenty.
_QUESTIONNAIRE: dict[str, Any] = {
    "schema": "jtbd-survey/1",
    "title": "How people get to a destination on time",
    "intro": "This survey is about how you get to a destination on time. There are no right answers.",
    "study": "arrive",
    "job": "get to a destination on time",
    "executor": "driver",
    "subjects": [
        {
            "id": "step-3f2a9b7c1d0e5f64",
            "kind": "step",
            "wording": "determine the departure time",
            "action_variable": "",
            "stage": "plan",
            "step": "step-3f2a9b7c1d0e5f64",
            "n_participants": 4,
        }
    ],
    "blocks": [{"number": 1, "subjects": ["step-3f2a9b7c1d0e5f64"]}],
    "blocks_each": 1,
    "assignment": "Every respondent rates everything.",
    "questions": [
        {
            "id": "screen",
            "part": "screening",
            "form": "choice",
            "text": "In the last twelve months, did you get to a destination on time yourself?",
            "choices": [
                {"code": "yes", "text": "Yes", "ends": False},
                {"code": "no", "text": "No", "ends": True},
            ],
            "subject": None,
            "aspect": None,
            "attribute": None,
            "is_required": True,
            "lint": [],
        }
    ],
}
_BAD_CELL: dict[str, Any] = {"line": 7, "column": "imp0ed5e68585", "reason": "'9' is none of the answers"}
_PREVIEW: dict[str, Any] = {
    "n_rows": 40,
    "columns": [
        {
            "column": "Q1",
            "read_as": "screen",
            "text": "In the last twelve months, did you get to a destination on time yourself?",
            "examples": ["yes", "no"],
        }
    ],
    "missing": ["solution"],
    "bad_cells": [_BAD_CELL],
}
# The beginning: scores, effort, segments and the other tables follow as lists of rows.
_PRIORITIES: dict[str, Any] = {
    "schema": "jtbd-priorities/1",
    "study": {"name": "arrive", "job": "get to a destination on time", "executor": "driver"},
    "is_synthetic": False,
    "n_interviewed": 6,
    "n_respondents": 40,
    "n_counted": 38,
    "warnings": [],
    "interview_signal": [
        {
            "step": "step-3f2a9b7c1d0e5f64",
            "stage": "plan",
            "wording": "determine the departure time",
            "n_participants": 6,
            "n_speaking": 4,
            "n_struggling": 2,
            "struggle": 0.333333,
            "struggle_low": 0.096769,
            "struggle_high": 0.700012,
            "n_quotes": 2,
        }
    ],
    "quotes": {"step-3f2a9b7c1d0e5f64": {"struggle": ["5f0c61b2a9d34e17"], "other": []}},
}


class NewSurvey(Asked):
    """A survey to make from the approved map."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "spring", "max_subjects": 30, "asks_pay": True, "currency": "EUR"}}
    )

    name: Name | None = Field(None, description="What it is called in its study; its day by default.")
    day: date | None = Field(None, description="When it is asked; today by default.")
    step_aspects: Aspects = Field(BASIC_ASPECTS, max_length=5, description="What every step is rated on.")
    need_aspects: Aspects = Field(BASIC_ASPECTS, max_length=5, description="What every need is rated on.")
    max_subjects: int | None = Field(30, ge=1, le=1000, description="Most steps and needs a respondent rates.")
    blocks_each: int = Field(1, ge=1, le=100, description="Blocks a respondent rates, where there are several.")
    asks_pay: bool = Field(False, description="Ask the most they would pay.")
    currency: str = Field("", max_length=20, description="In which currency.")
    screening: Text | None = Field(None, description="Question who may answer; made from the job by default.")
    asks_attributes: bool = Field(True, description="Ask what the study tells of its participants.")
    is_synthetic: bool = Field(False, description="Its answers are made up; all that follows is called so.")

    def settings(self) -> QuestionnaireSettings:
        """The same as the core has it."""
        return QuestionnaireSettings(
            step_aspects=tuple(dict.fromkeys(self.step_aspects)),
            need_aspects=tuple(dict.fromkeys(self.need_aspects)),
            max_subjects=self.max_subjects,
            blocks_each=self.blocks_each,
            asks_pay=self.asks_pay,
            currency=self.currency,
            screening=self.screening,
        )


class Survey(Schema):
    """A survey."""

    model_config = ConfigDict(json_schema_extra={"example": _SURVEY})

    id: str
    study: str
    name: str
    day: date
    is_synthetic: bool
    n_questions: int
    n_respondents: int
    n_invited: int
    n_begun: int = Field(description="Links by which somebody answered in part so far.")
    n_sent: int
    created_at: str | None
    created_by: str


class SurveyWithQuestions(Survey):
    """A survey and what it asks (jtbd-survey/1)."""

    model_config = ConfigDict(json_schema_extra={"example": {**_SURVEY, "questionnaire": _QUESTIONNAIRE}})

    questionnaire: dict[str, Any]


class Surveys(Schema):
    """The surveys of a study, oldest day first."""

    model_config = ConfigDict(json_schema_extra={"example": {"surveys": [_SURVEY]}})

    surveys: list[Survey]


class Links(Asked):
    """Links to the survey's form to make."""

    model_config = ConfigDict(json_schema_extra={"example": {"n": 40}})

    n: int = Field(ge=1, le=10_000, description="How many; each takes one answer.")


class MadeLinks(Schema):
    """The links, shown once: the server keeps only their hashes."""

    model_config = ConfigDict(json_schema_extra={"example": {"links": ["http://127.0.0.1:8384/answer/kX3…"]}})

    links: list[str]


class BadCellRow(Schema):
    """A cell that cannot be read."""

    line: int
    column: str
    reason: str


class TakenAnswers(Schema):
    """What became of a file of answers."""

    model_config = ConfigDict(json_schema_extra={"example": {"n_added": 39, "n_there": 0, "left_out": [_BAD_CELL]}})

    n_added: int
    n_there: int
    left_out: list[BadCellRow]


class PreviewColumn(Schema):
    """A column of a file, and what it is read as."""

    column: str
    read_as: str | None
    text: str
    examples: list[str]


class PreviewedAnswers(Schema):
    """How a file would be read; nothing was taken in."""

    model_config = ConfigDict(json_schema_extra={"example": _PREVIEW})

    n_rows: int
    columns: list[PreviewColumn]
    missing: list[str]
    bad_cells: list[BadCellRow]


class QuoteIds(Schema):
    """Ids of quotes for `/evidence`: those that tell of trouble, the surest first, and the others."""

    struggle: list[str]
    other: list[str]


class PrioritiesBody(Schema):
    """Everything that is known of where people struggle (jtbd-priorities/1)."""

    model_config = ConfigDict(json_schema_extra={"example": _PRIORITIES})

    schema_: Literal["jtbd-priorities/1"] = Field(alias="schema")
    quotes: dict[str, QuoteIds] = Field(description="The words behind each step and need, by its id.")


def survey_row(survey: StoredSurvey) -> dict[str, Any]:
    """A survey as it is answered."""
    return {
        "id": survey.id,
        "study": survey.study_id,
        "name": survey.name,
        "day": survey.day.isoformat(),
        "is_synthetic": survey.is_synthetic,
        "n_questions": len(survey.questionnaire.questions),
        "n_respondents": survey.n_respondents,
        "n_invited": survey.n_invited,
        "n_begun": survey.n_begun,
        "n_sent": survey.n_sent,
        "created_at": moment(survey.created_at),
        "created_by": survey.created_by,
    }


def survey_with_questions(survey: StoredSurvey) -> dict[str, Any]:
    """A survey with its questionnaire."""
    return {**survey_row(survey), "questionnaire": to_plain(survey.questionnaire)}


def preview_row(preview: Preview) -> dict[str, Any]:
    """A preview as it is answered."""
    return {
        "n_rows": preview.n_rows,
        "columns": [
            {"column": c.column, "read_as": c.read_as, "text": c.text, "examples": list(c.examples)}
            for c in preview.columns
        ],
        "missing": list(preview.missing),
        "bad_cells": [asdict(cell) for cell in preview.bad_cells],
    }
