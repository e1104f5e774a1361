"""A questionnaire as `jtbd-survey/1` and back: what is kept while a survey runs, whatever becomes of the map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from jtbd_nlp.domain import LintFinding
from jtbd_nlp.errors import MalformedQuestionnaireError
from jtbd_nlp.priorities.blocks import Block, BlockPlan
from jtbd_nlp.priorities.questionnaire import Choice, Question, Questionnaire
from jtbd_nlp.priorities.subjects import Subject, SurveyBasis

SURVEY_SCHEMA: Final = "jtbd-survey/1"


def to_plain(questionnaire: Questionnaire) -> dict[str, Any]:
    """The questionnaire as plain values, in a fixed order."""
    basis, plan = questionnaire.basis, questionnaire.plan
    return {
        "schema": SURVEY_SCHEMA,
        "title": questionnaire.title,
        "intro": questionnaire.intro,
        "study": basis.study,
        "job": basis.job,
        "executor": basis.executor,
        "subjects": [asdict(subject) for subject in basis.subjects],
        "blocks": [{"number": b.number, "subjects": list(b.subjects)} for b in plan.blocks],
        "blocks_each": plan.n_each,
        "assignment": plan.assignment,
        "questions": [
            {**asdict(q), "choices": [asdict(c) for c in q.choices], "lint": [asdict(f) for f in q.lint]}
            for q in questionnaire.questions
        ],
    }


def questionnaire_json(questionnaire: Questionnaire) -> bytes:
    """The same as UTF-8 bytes."""
    return (json.dumps(to_plain(questionnaire), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def from_plain(plain: Mapping[str, Any]) -> Questionnaire:
    """Read a questionnaire that was written here.

    Raises:
        MalformedQuestionnaireError: it is none, or a field is missing or of another kind.
    """
    if plain.get("schema") != SURVEY_SCHEMA:
        raise MalformedQuestionnaireError(f"schema: {SURVEY_SCHEMA!r} is expected, not {plain.get('schema')!r}")
    try:
        basis = SurveyBasis(
            study=plain["study"],
            job=plain["job"],
            executor=plain["executor"],
            subjects=tuple(Subject(**subject) for subject in plain["subjects"]),
        )
        blocks = tuple(Block(number=b["number"], subjects=tuple(b["subjects"])) for b in plain["blocks"])
        return Questionnaire(
            title=plain["title"],
            intro=plain["intro"],
            basis=basis,
            plan=BlockPlan(blocks=blocks, n_each=plain["blocks_each"]),
            questions=tuple(_question(q) for q in plain["questions"]),
        )
    except (KeyError, TypeError) as fault:
        raise MalformedQuestionnaireError(f"the questionnaire lacks or garbles a field: {fault}") from fault


def _question(plain: Mapping[str, Any]) -> Question:
    choices = tuple(Choice(**choice) for choice in plain["choices"])
    lint = tuple(LintFinding(**finding) for finding in plain["lint"])
    return Question(**{**plain, "choices": choices, "lint": lint})
