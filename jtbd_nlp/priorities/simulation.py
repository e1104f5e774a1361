"""Answers of people who do not exist: for the demo and for tests, which plant what scores and segments must find.

A planted segment says how likely its members find each step or need important, satisfying and difficult. Everything
made here is called synthetic wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from jtbd_nlp.priorities.answers import Answers, answers_of
from jtbd_nlp.priorities.question_wording import Aspect
from jtbd_nlp.priorities.questionnaire import Questionnaire, rating_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedSegment:
    """Made-up people who answer alike.

    Args:
        name: of the segment.
        share: of all people; shares of all segments sum to 1.
        top: by aspect, the probability of 4 or 5 for each subject, in the order of the questionnaire's subjects;
            aspects that a segment does not name are answered by nobody.
        answers: by question id, the probability of each choice's code, or of each sum, for questions of other parts.
    """

    name: str
    share: float
    top: Mapping[Aspect, Sequence[float]]
    answers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def simulate(
    questionnaire: Questionnaire, segments: Sequence[PlantedSegment], *, n: int, seed: int
) -> tuple[Answers, pd.Series[Any]]:
    """Make the answers of `n` synthetic respondents, each of whom rates the blocks that the plan gives them.

    Returns:
        The answers, and the planted segment of each respondent. The same seed gives the same answers.

    Raises:
        ValueError: shares do not sum to 1.
    """
    rng = np.random.default_rng(seed)
    names = [segment.name for segment in segments]
    planted = rng.choice(len(segments), size=n, p=[segment.share for segment in segments])
    respondents = [f"synthetic-{k + 1:04d}" for k in range(n)]
    columns: dict[str, Any] = {}
    blocks = [questionnaire.plan.blocks_of(k) for k in range(n)]
    subjects = questionnaire.basis.subjects
    block_of = {s: b.number for b in questionnaire.plan.blocks for s in b.subjects}
    is_asked = np.array([[block_of[s.id] in given for s in subjects] for given in blocks], dtype=bool)
    for aspect in (a for a in questionnaire.aspects if all(a in segment.top for segment in segments)):
        chances = np.array([segment.top[aspect] for segment in segments])[planted]
        ratings = np.where(is_asked, _ratings(chances, rng), np.nan)
        for place, subject in enumerate(subjects):
            if questionnaire.rating(subject.id, aspect):
                columns[rating_id(subject.id, aspect)] = ratings[:, place]
    for answered in sorted({q for segment in segments for q in segment.answers}):
        columns[answered] = [_pick(segments[i].answers.get(answered, {}), rng) for i in planted]
    for question in questionnaire.of_part("screening"):
        columns[question.id] = "yes"
    columns["block"] = [" ".join(map(str, given)) for given in blocks]
    columns["seconds"] = np.round(rng.lognormal(6.0, 0.3, size=n))
    frame = pd.DataFrame({k: columns[k] for k in sorted(columns)}, index=respondents)
    return answers_of(questionnaire, frame), pd.Series([names[i] for i in planted], index=respondents)


def _ratings(chances: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Five points whose share of 4 and 5 is what was planted; within either side the nearer answer is likelier."""
    is_top = rng.random(chances.shape) < chances
    high = rng.choice([4.0, 5.0], size=chances.shape, p=[0.6, 0.4])
    low = rng.choice([1.0, 2.0, 3.0], size=chances.shape, p=[0.2, 0.35, 0.45])
    return np.where(is_top, high, low)


def _pick(chances: Mapping[str, float], rng: np.random.Generator) -> str | None:
    return str(rng.choice(list(chances), p=list(chances.values()))) if chances else None
