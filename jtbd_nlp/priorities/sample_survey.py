"""The survey of the demo: synthetic from end to end, so that everybody sees what a survey gives before fielding one.

Nobody was asked. 240 made-up respondents of two planted segments answer about the steps and needs that a run suggests;
the first struggles before the job is carried out, the second from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jtbd_nlp.domain import Analysis
from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.interviews import Interviews, interviews_of_analysis
from jtbd_nlp.priorities.named_solutions import suggest_solutions
from jtbd_nlp.priorities.overview import Priorities, PrioritySettings, work_out
from jtbd_nlp.priorities.questionnaire import (
    NO_SOLUTION,
    OTHER_SOLUTION,
    ProfileQuestion,
    Question,
    Questionnaire,
    QuestionnaireSettings,
    make_questionnaire,
    profile_id,
)
from jtbd_nlp.priorities.segments import SegmentSettings
from jtbd_nlp.priorities.simulation import PlantedSegment, simulate
from jtbd_nlp.priorities.solutions import Solution
from jtbd_nlp.priorities.strategy import Feature
from jtbd_nlp.priorities.subjects import Subject, SurveyBasis, basis_of_analysis

N_RESPONDENTS: Final = 240
SEED: Final = 20_260_504
N_SOLUTIONS: Final = 4
BEFOREHAND: Final = ("understand", "plan")
FIRST, SECOND = "planted: struggles beforehand", "planted: struggles on the way"
_HOW_OFTEN: Final = "how often you do this"
_CHOICES: Final = ("every day", "every week", "less often")
# What the first segment (True) and the second would pay at most.
_SUMS: Final = {
    True: {"0": 0.1, "2": 0.2, "5": 0.3, "10": 0.25, "20": 0.15},
    False: {"0": 0.3, "1": 0.3, "2": 0.2, "5": 0.15, "10": 0.05},
}


@dataclass(frozen=True, eq=False, kw_only=True)
class SampleSurvey:
    """A synthetic survey, and which segment each made-up respondent was planted in."""

    answers: Answers
    planted: pd.Series[Any]
    solutions: tuple[Solution, ...]


def sample_survey(analysis: Analysis) -> SampleSurvey:
    """Make up the survey of a run; the same run gives the same answers."""
    basis = basis_of_analysis(analysis)
    solutions = suggest_solutions(analysis.transcripts)[:N_SOLUTIONS]
    settings = QuestionnaireSettings(
        max_subjects=None,
        solutions=tuple((solution.id, solution.name) for solution in solutions),
        profile=(ProfileQuestion(name=_HOW_OFTEN, type="choice", choices=_CHOICES),),
    )
    answers, planted = made_up_answers(make_questionnaire(basis, settings))
    return SampleSurvey(answers=answers, planted=planted, solutions=solutions)


def made_up_answers(
    questionnaire: Questionnaire, *, n: int = N_RESPONDENTS, seed: int = SEED
) -> tuple[Answers, pd.Series[Any]]:
    """Answers of people who do not exist, to try a survey out; the same questionnaire, n and seed give the same.

    Returns:
        The answers, and the name of the planted segment of each respondent, by respondent.
    """
    segments = [
        _segment(FIRST, 0.55, questionnaire, early=True),
        _segment(SECOND, 0.45, questionnaire, early=False),
    ]
    return simulate(questionnaire, segments, n=n, seed=seed)


def sample_priorities(analysis: Analysis) -> tuple[Priorities, Interviews]:
    """Priorities from the interviews of a run and a synthetic survey, with a feature that nobody has built."""
    survey = sample_survey(analysis)
    basis = survey.answers.questionnaire.basis
    interviews = interviews_of_analysis(analysis, basis)
    # Fewer draws than for a real survey: the planted segments are plain, and a demo should not keep people waiting.
    settings = PrioritySettings(segments=SegmentSettings(n_draws=12, n_null=19, most=4))
    priorities = work_out(
        basis,
        interviews,
        survey.answers,
        solutions=survey.solutions,
        features=_features(basis),
        is_synthetic=True,
        settings=settings,
    )
    return priorities, interviews


def _segment(name: str, share: float, questionnaire: Questionnaire, *, early: bool) -> PlantedSegment:
    """People who find the steps on their side of the job hard, whatever else they think of them."""
    subjects = questionnaire.basis.subjects
    rng = np.random.default_rng(SEED)
    importance = rng.uniform(0.35, 0.9, size=len(subjects))
    ease = rng.uniform(0.0, 0.2, size=len(subjects))
    is_hard = np.array([_is_beforehand(subject) == early for subject in subjects])
    difficulty = np.where(is_hard, 0.85, 0.3) - ease
    ease_of_use = (0.95 - difficulty).clip(0.05, 0.95).tolist()
    often = {str(code): chance for code, chance in enumerate((0.6, 0.3, 0.1) if early else (0.2, 0.3, 0.5), 1)}
    answers = {q.id: _evenly(q) for part in ("solution", "profile") for q in questionnaire.of_part(part) if q.choices}
    answers |= {q.id: _SUMS[early] for q in questionnaire.of_part("pay")}
    how_often = profile_id(_HOW_OFTEN)
    return PlantedSegment(
        name=name,
        share=share,
        top={
            "importance": importance.tolist(),
            "difficulty": difficulty.tolist(),
            "satisfaction": ease_of_use,
            "speed": ease_of_use,
            "accuracy": ease_of_use,
        },
        answers={q: often if q == how_often else chances for q, chances in answers.items()},
    )


def _evenly(question: Question) -> dict[str, float]:
    """Every answer as likely as the next; of solutions only those that have a name."""
    codes = [
        c.code for c in question.choices if question.part != "solution" or c.code not in (OTHER_SOLUTION, NO_SOLUTION)
    ]
    return dict.fromkeys(codes, 1.0 / len(codes))


def _is_beforehand(subject: Subject) -> bool:
    return subject.stage in BEFOREHAND


def _features(basis: SurveyBasis) -> tuple[Feature, ...]:
    """One made-up feature a side of the job, linked to its first steps."""
    before = [step.id for step in basis.steps if _is_beforehand(step)][:2]
    after = [step.id for step in basis.steps if not _is_beforehand(step)][:2]
    made = (("feature-1", "made up: help beforehand", before), ("feature-2", "made up: help on the way", after))
    return tuple(Feature(id=key, name=name, subjects=tuple(steps)) for key, name, steps in made if steps)
