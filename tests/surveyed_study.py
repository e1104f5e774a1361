"""A small survey for tests: a map of a few steps with needs, its questionnaire, and answers made by hand or by dice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from jtbd_nlp.priorities.answers import Answers, answers_of
from jtbd_nlp.priorities.question_wording import Aspect
from jtbd_nlp.priorities.questionnaire import (
    ProfileQuestion,
    Questionnaire,
    QuestionnaireSettings,
    make_questionnaire,
    rating_id,
)
from jtbd_nlp.priorities.simulation import PlantedSegment
from jtbd_nlp.priorities.subjects import Subject, SurveyBasis
from jtbd_nlp.stages import STAGES


def a_basis(*, n_steps: int = 3, n_needs: int = 2) -> SurveyBasis:
    """Steps s0, s1, ... through the stages, each with needs s0n0, s0n1, ..."""
    subjects = []
    for i in range(n_steps):
        stage = STAGES[i % len(STAGES)]
        subjects.append(
            Subject(id=f"s{i}", kind="step", wording=_STEPS[i % 6], stage=stage, step=f"s{i}", n_participants=3)
        )
        for j in range(n_needs):
            words = f"minimize the time it takes to {_STEPS[i % 6]}"
            subjects.append(
                Subject(id=f"s{i}n{j}", kind="need", wording=words, stage=stage, step=f"s{i}", n_participants=2)
            )
    return SurveyBasis(study="arrive", job="get to a destination on time", executor="driver", subjects=tuple(subjects))


_STEPS = ("check the road", "choose a route", "drive the round", "watch the clock", "change the route", "park the van")


def a_questionnaire(*, n_steps: int = 3, n_needs: int = 2, max_subjects: int | None = None) -> Questionnaire:
    """A questionnaire with two solutions, a question of pay and two of the person."""
    settings = QuestionnaireSettings(
        max_subjects=max_subjects,
        solutions=(("map-app", "Map app"), ("paper", "Paper map")),
        asks_pay=True,
        currency="EUR",
        profile=(
            ProfileQuestion(name="age", type="number"),
            ProfileQuestion(name="town", type="choice", choices=("Graz", "Linz")),
        ),
    )
    return make_questionnaire(a_basis(n_steps=n_steps, n_needs=n_needs), settings)


def answered(questionnaire: Questionnaire, ratings: Mapping[tuple[str, Aspect], Sequence[float | None]]) -> Answers:
    """Answers in which the k-th respondent rated (subject, aspect) with the k-th number; the rest stays open."""
    columns = {rating_id(subject, aspect): list(given) for (subject, aspect), given in ratings.items()}
    n = len(next(iter(columns.values())))
    return answers_of(questionnaire, pd.DataFrame(columns, index=[f"r{k}" for k in range(n)]))


def of_300(k: int) -> list[float | None]:
    """300 ratings of which k are 4 or 5."""
    return [4.0 + i % 2 for i in range(k)] + [1.0 + i % 3 for i in range(300 - k)]


def planted(questionnaire: Questionnaire, *, n: int = 2) -> tuple[PlantedSegment, ...]:
    """Segments of equal size; segment i finds every n-th subject, from the i-th on, hard and the others easy."""
    n_subjects = len(questionnaire.basis.subjects)
    made = []
    for i in range(n):
        hard = [0.85 if place % n == i else 0.15 for place in range(n_subjects)]
        easy = [1 - chance for chance in hard]
        made.append(
            PlantedSegment(
                name=f"segment {i}",
                share=1 / n,
                top={"difficulty": hard, "importance": [0.7] * n_subjects, "satisfaction": easy},
                answers={"solution": {"map-app": 0.7, "paper": 0.3}, "ptown": {"1": 0.5, "2": 0.5}},
            )
        )
    return tuple(made)
