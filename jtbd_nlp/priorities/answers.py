"""Answers of a survey: one row a respondent, one column a question, whatever file they came in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from jtbd_nlp.priorities.question_wording import Aspect
from jtbd_nlp.priorities.questionnaire import Questionnaire, rating_id

# Columns beside the questions: block numbers as "1" or "1 2", the moment as it came, seconds it took.
PERSON_COLUMNS: Final = ("block", "submitted", "seconds")
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answers:
    """What respondents answered.

    Args:
        questionnaire: what they were asked.
        frame: index `respondent` (distinct strings); columns PERSON_COLUMNS, then every question's id. Ratings and
            numbers are floats, NaN where nothing was answered; choices are codes, other answers strings, None where
            nothing was answered. It is never changed in place.
    """

    questionnaire: Questionnaire
    frame: pd.DataFrame

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.frame)

    def ratings(self, subjects: Sequence[str], aspect: Aspect) -> Matrix:
        """Ratings of subjects on an aspect: shape (n respondents, n subjects), NaN where nobody was asked."""
        ids = [rating_id(subject, aspect) for subject in subjects]
        return self.frame.reindex(columns=ids).to_numpy(dtype=np.float64)

    def without(self, respondents: Collection[str]) -> Answers:
        """The answers of all others."""
        return replace(self, frame=self.frame[~self.frame.index.isin(list(respondents))])

    def of(self, respondents: Collection[str]) -> Answers:
        """The answers of these people alone, in their order here."""
        return replace(self, frame=self.frame[self.frame.index.isin(list(respondents))])

    def groups(self, question_id: str) -> pd.Series[Any]:
        """Each respondent's answer to a profile, solution or other choice in words; None where there is none."""
        question = self.questionnaire.question(question_id)
        words = {choice.code: choice.text for choice in question.choices}
        answers = self.frame[question_id]
        named = answers.map(words) if question.choices else answers.map(str, na_action="ignore")
        return named.astype(object).where(named.notna(), None)


def answer_columns(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The columns of a frame of answers."""
    return (*PERSON_COLUMNS, *(q.id for q in questionnaire.questions))


def answers_of(questionnaire: Questionnaire, frame: pd.DataFrame) -> Answers:
    """Put a frame into the shape of `Answers`: all columns, in order, of the right kinds.

    Raises:
        ValueError: two respondents have the same id, or a column is no question's.
    """
    if not frame.index.is_unique:
        raise ValueError("two respondents have the same id")
    columns = answer_columns(questionnaire)
    if unknown := [c for c in frame.columns if c not in columns]:
        raise ValueError(f"{unknown[0]!r} is no question of this questionnaire")
    numbers = {"seconds", *(q.id for q in questionnaire.questions if q.part == "rating" or q.form == "number")}
    shaped = frame.reindex(columns=list(columns))
    given = {
        c: pd.to_numeric(shaped[c]).astype(np.float64)
        if c in numbers
        else shaped[c].astype(object).where(shaped[c].notna(), None)
        for c in columns
    }
    made = pd.DataFrame(given, index=frame.index.astype(str))
    return Answers(questionnaire, made.rename_axis("respondent"))
