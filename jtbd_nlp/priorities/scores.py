"""Scores with intervals: importance, satisfaction, effort, opportunity and priority, overall and by segment.

Source: METHOD §5. Importance, satisfaction and effort are shares of people who answer 4 or 5 (top two boxes), never
means; opportunity is on ODI's 0 to 20; priority is importance times effort.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.question_wording import ASPECTS, Aspect
from jtbd_nlp.priorities.shares import (
    LEVEL,
    Draws,
    Matrix,
    draw_respondents,
    drawn_counts,
    drawn_shares,
    n_answered,
    n_top,
    percentile_interval,
    share_of,
    wilson,
)
from jtbd_nlp.priorities.subjects import Subject

EVERYBODY: Final = "everybody"
# fmt: off
SCORE_COLUMNS: Final = (
    "segment",                                  # EVERYBODY, or the segment's name
    "subject", "kind", "stage", "step", "wording",  # `step` is a step's id, of a step its own
    "n_importance", "importance", "importance_low", "importance_high",          # share in [0, 1], Wilson
    "n_satisfaction", "satisfaction", "satisfaction_low", "satisfaction_high",  # share in [0, 1], Wilson
    "n_difficulty", "ces", "ces_low", "ces_high",       # share that finds it difficult, in [0, 1], Wilson
    "opportunity", "opportunity_low", "opportunity_high",  # 0 to 20, bootstrap
    "reading",                                  # of the opportunity: "extreme", "strong", "worth considering", "served"
    "priority", "priority_low", "priority_high",        # importance times effort, in [0, 1], bootstrap
)
EFFORT_COLUMNS: Final = (
    "segment", "step", "stage", "wording",
    "asked_of",                                 # "the step", or "its needs"
    "n_answers", "n_subjects",                  # answers that count, and steps or needs they are about
    "ces", "ces_low", "ces_high",               # Wilson of the step, bootstrap over people of its needs
)
RATING_COLUMNS: Final = (
    "segment", "subject", "aspect",
    "n_1", "n_2", "n_3", "n_4", "n_5",          # people by what they answered; 4 and 5 are what scores count
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSettings:
    """How scores are computed and read.

    Args:
        n_draws: bootstrap samples of respondents.
        seed: of the bootstrap; the same answers and seed give the same intervals.
        level: of every interval.
        extreme, strong, worth: opportunity from which it is called so; authors differ (METHOD §5).
    """

    n_draws: int = 1000
    seed: int = 20_260_504
    level: float = LEVEL
    extreme: float = 15.0
    strong: float = 12.0
    worth: float = 10.0

    def reading(self, opportunity: float) -> str | None:
        """What an opportunity is called; None where there is none."""
        if np.isnan(opportunity):
            return None
        for least, name in ((self.extreme, "extreme"), (self.strong, "strong"), (self.worth, "worth considering")):
            if opportunity >= least:
                return name
        return "served"


def opportunity(importance: Matrix, satisfaction: Matrix) -> Matrix:
    """`imp + max(imp - sat, 0)` with both on 0 to 10, from shares in [0, 1]; 0 to 20. Source: HBR02, METHOD §5."""
    return 10 * importance + np.maximum(10 * importance - 10 * satisfaction, 0)


def score(
    answers: Answers, *, segments: Mapping[str, Sequence[str]] | None = None, settings: ScoreSettings | None = None
) -> pd.DataFrame:
    """Score every step and need, for everybody and for each segment.

    Args:
        segments: respondents by name of segment; one may be in several or in none.

    Returns:
        One row a segment and subject, everybody first, subjects in job order; columns are SCORE_COLUMNS. What was not
        asked or not answered is NaN. No respondents give rows without figures.
    """
    settings = settings or ScoreSettings()
    tables = [_scores(EVERYBODY, answers, settings)]
    tables += [_scores(name, answers.of(members), settings) for name, members in (segments or {}).items()]
    return pd.concat(tables, ignore_index=True)


def step_effort(
    answers: Answers, *, segments: Mapping[str, Sequence[str]] | None = None, settings: ScoreSettings | None = None
) -> pd.DataFrame:
    """The effort of every step in both published readings: as asked of the step, and pooled over its needs.

    Returns:
        One row a segment, step and reading; columns are EFFORT_COLUMNS. A reading that was not asked has no row.
    """
    settings = settings or ScoreSettings()
    groups = {EVERYBODY: answers} | {name: answers.of(members) for name, members in (segments or {}).items()}
    rows = [row for name, group in groups.items() for row in _efforts(name, group, settings)]
    return pd.DataFrame(rows, columns=list(EFFORT_COLUMNS))


def rating_counts(answers: Answers, *, segments: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """The answers behind every score: how many gave each of the five, for everybody and for each segment.

    Returns:
        One row a segment, subject and aspect that somebody rated; columns are RATING_COLUMNS.
    """
    groups = {EVERYBODY: answers} | {name: answers.of(members) for name, members in (segments or {}).items()}
    ids = [s.id for s in answers.questionnaire.basis.subjects]
    rows = []
    for segment, group in groups.items():
        for aspect in ASPECTS:
            ratings = group.ratings(ids, aspect)
            counts = np.array([(ratings == point).sum(axis=0) for point in range(1, 6)]).T
            rows += [(segment, ids[i], aspect, *counts[i].tolist()) for i in np.flatnonzero(counts.sum(axis=1))]
    return pd.DataFrame(rows, columns=list(RATING_COLUMNS))


def segments_by(answers: Answers, question_id: str) -> dict[str, tuple[str, ...]]:
    """Respondents by their answer to a profile or solution question, in order of the answer; the silent are in none."""
    answered = answers.groups(question_id).dropna()
    by_answer = answered.groupby(answered, sort=True)
    return {str(name): tuple(members.index) for name, members in by_answer}


def _scores(segment: str, answers: Answers, settings: ScoreSettings) -> pd.DataFrame:
    subjects = answers.questionnaire.basis.subjects
    ids = [s.id for s in subjects]
    draws = draw_respondents(answers.n, settings.n_draws, settings.seed)
    imp, sat, dif = (_Measured.of(answers, ids, aspect, draws) for aspect in _MEASURED)
    chance = opportunity(imp.share, sat.share)
    chance_low, chance_high = percentile_interval(opportunity(imp.drawn, sat.drawn), level=settings.level)
    urgent_low, urgent_high = percentile_interval(imp.drawn * dif.drawn, level=settings.level)
    columns: dict[str, Any] = {
        "segment": segment,
        **_described(subjects),
        **imp.columns("importance", "importance", settings),
        **sat.columns("satisfaction", "satisfaction", settings),
        **dif.columns("difficulty", "ces", settings),
        "opportunity": chance,
        "opportunity_low": chance_low,
        "opportunity_high": chance_high,
        "reading": [settings.reading(value) for value in chance],
        "priority": imp.share * dif.share,
        "priority_low": urgent_low,
        "priority_high": urgent_high,
    }
    return pd.DataFrame(columns, columns=list(SCORE_COLUMNS))


_MEASURED: Final[tuple[Aspect, ...]] = ("importance", "satisfaction", "difficulty")


@dataclass(frozen=True, eq=False, kw_only=True)
class _Measured:
    """Top-two-box counts of all subjects on one aspect; `drawn` are the shares of the bootstrap samples."""

    k: Matrix
    n: Matrix
    drawn: Matrix

    @classmethod
    def of(cls, answers: Answers, subjects: Sequence[str], aspect: Aspect, draws: Draws) -> _Measured:
        ratings = answers.ratings(subjects, aspect)
        return cls(k=n_top(ratings), n=n_answered(ratings), drawn=drawn_shares(draws, ratings))

    @property
    def share(self) -> Matrix:
        return share_of(self.k, self.n)

    def columns(self, aspect: str, name: str, settings: ScoreSettings) -> dict[str, Any]:
        low, high = wilson(self.k, self.n, level=settings.level)
        return {f"n_{aspect}": self.n.astype(int), name: self.share, f"{name}_low": low, f"{name}_high": high}


def _described(subjects: Sequence[Subject]) -> dict[str, Any]:
    return {
        "subject": [s.id for s in subjects],
        "kind": [s.kind for s in subjects],
        "stage": [s.stage for s in subjects],
        "step": [s.step for s in subjects],
        "wording": [s.wording for s in subjects],
    }


def _efforts(segment: str, answers: Answers, settings: ScoreSettings) -> list[dict[str, Any]]:
    basis = answers.questionnaire.basis
    draws = draw_respondents(answers.n, settings.n_draws, settings.seed)
    rows = []
    for step in basis.steps:
        about = {"segment": segment, "step": step.id, "stage": step.stage, "wording": step.wording}
        needs = [need.id for need in basis.needs_of(step.id)]
        if answers.questionnaire.rating(step.id, "difficulty"):
            rows.append({**about, **_asked(answers, step.id, settings)})
        if needs and answers.questionnaire.rating(needs[0], "difficulty"):
            rows.append({**about, **_pooled(answers, needs, draws, settings)})
    return rows


def _asked(answers: Answers, step: str, settings: ScoreSettings) -> dict[str, Any]:
    ratings = answers.ratings([step], "difficulty")
    k, n = n_top(ratings), n_answered(ratings)
    (low,), (high,) = wilson(k, n, level=settings.level)
    return _effort("the step", n, share_of(k, n)[0], low, high, n_subjects=1)


def _pooled(answers: Answers, needs: Sequence[str], draws: Draws, settings: ScoreSettings) -> dict[str, Any]:
    """Answers of one person to several needs hang together, so people are drawn, not answers."""
    ratings = answers.ratings(needs, "difficulty")
    k, n = drawn_counts(draws, ratings)
    drawn = share_of(k.sum(axis=1, keepdims=True), n.sum(axis=1, keepdims=True))
    (low,), (high,) = percentile_interval(drawn, level=settings.level)
    n_all = n_answered(ratings)
    share = share_of(n_top(ratings).sum(keepdims=True), n_all.sum(keepdims=True))[0]
    return _effort("its needs", n_all, share, low, high, n_subjects=len(needs))


def _effort(asked_of: str, n: Matrix, share: float, low: float, high: float, *, n_subjects: int) -> dict[str, Any]:
    return {
        "asked_of": asked_of,
        "n_answers": int(n.sum()),
        "n_subjects": n_subjects,
        "ces": share,
        "ces_low": low,
        "ces_high": high,
    }
