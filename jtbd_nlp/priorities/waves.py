"""Dated surveys of the same job side by side: what changed between them, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final, get_args

import numpy as np
import pandas as pd

from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.matching import MatchedBy
from jtbd_nlp.priorities.question_wording import Aspect
from jtbd_nlp.priorities.scores import ScoreSettings, opportunity
from jtbd_nlp.priorities.shares import (
    Draws,
    difference_interval,
    draw_respondents,
    drawn_shares,
    n_answered,
    n_top,
    percentile_interval,
    share_of,
)

# fmt: off
WAVE_COLUMNS: Final = (
    "wave", "day", "n_respondents",
    "n_subjects",                         # steps and needs that it asked about
    "is_of_another_study",
    "n_by_id", "n_by_wording", "n_by_meaning", "n_by_analyst",  # of them matched to ours, by how; 0 of own surveys
)
CHANGE_COLUMNS: Final = (
    "subject", "kind", "stage", "wording",
    "from_wave", "to_wave",
    "score",                              # "importance", "satisfaction", "ces" or "opportunity"
    "before", "after",                    # shares in [0, 1], opportunity 0 to 20
    "change", "change_low", "change_high",  # Newcombe for shares, bootstrap for opportunity
    "is_sure",                            # whether the interval leaves out no change
)
# fmt: on
_SHARES: Final[tuple[tuple[str, Aspect], ...]] = (
    ("importance", "importance"),
    ("satisfaction", "satisfaction"),
    ("ces", "difficulty"),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Wave:
    """One survey of a job: what it is called, when people answered, and the answers.

    `matched` says of a survey of another study how each of its steps and needs that are ours was found to be the same;
    it is empty for a study's own surveys, whose ids are ours.
    """

    name: str
    day: date
    answers: Answers
    matched: tuple[MatchedBy, ...] = ()


def described(waves: Sequence[Wave]) -> pd.DataFrame:
    """The waves themselves, by date: whose people are compared, and how what is compared was found to be the same.

    Returns:
        One row a wave; columns are WAVE_COLUMNS. Fewer than two waves give no rows.
    """
    rows = [
        {
            "wave": wave.name,
            "day": wave.day.isoformat(),
            "n_respondents": wave.answers.n,
            "n_subjects": len(wave.answers.questionnaire.basis.subjects),
            "is_of_another_study": bool(wave.matched),
            **{f"n_by_{by}": wave.matched.count(by) for by in get_args(MatchedBy)},
        }
        for wave in sorted(waves, key=lambda w: (w.day, w.name))
    ]
    return pd.DataFrame(rows if len(rows) > 1 else [], columns=list(WAVE_COLUMNS))


def change_between(waves: Sequence[Wave], settings: ScoreSettings | None = None) -> pd.DataFrame:
    """What changed from each wave to the next, for steps and needs that both asked about; by date.

    Returns:
        One row a pair of waves, subject and score; columns are CHANGE_COLUMNS. Fewer than two waves give no rows.
        People of different waves are taken to be different people.
    """
    settings = settings or ScoreSettings()
    ordered = sorted(waves, key=lambda w: (w.day, w.name))
    rows = [row for before, after in pairwise(ordered) for row in _changes(before, after, settings)]
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))


def _changes(before: Wave, after: Wave, settings: ScoreSettings) -> list[dict[str, Any]]:
    earlier = {s.id for s in before.answers.questionnaire.basis.subjects}
    shared = [s for s in after.answers.questionnaire.basis.subjects if s.id in earlier]
    ids = [s.id for s in shared]
    by_score: dict[str, list[tuple[float, float, float, float]]] = {
        name: _share_changes(before.answers, after.answers, ids, aspect, settings) for name, aspect in _SHARES
    }
    by_score["opportunity"] = _opportunity_changes(before.answers, after.answers, ids, settings)
    rows = []
    for place, subject in enumerate(shared):
        for name, changes in by_score.items():
            old, new, low, high = changes[place]
            if np.isnan(old) or np.isnan(new):
                continue
            rows.append(
                {
                    "subject": subject.id,
                    "kind": subject.kind,
                    "stage": subject.stage,
                    "wording": subject.wording,
                    "from_wave": before.name,
                    "to_wave": after.name,
                    "score": name,
                    "before": old,
                    "after": new,
                    "change": new - old,
                    "change_low": low,
                    "change_high": high,
                    "is_sure": bool(low > 0 or high < 0),
                }
            )
    return rows


def _share_changes(
    before: Answers, after: Answers, ids: Sequence[str], aspect: Aspect, settings: ScoreSettings
) -> list[tuple[float, float, float, float]]:
    old, new = before.ratings(ids, aspect), after.ratings(ids, aspect)
    k_old, n_old, k_new, n_new = n_top(old), n_answered(old), n_top(new), n_answered(new)
    shares = zip(share_of(k_old, n_old), share_of(k_new, n_new), strict=True)
    intervals = [
        difference_interval(k_new[i], n_new[i], k_old[i], n_old[i], level=settings.level) for i in range(len(ids))
    ]
    return [(float(a), float(b), *interval) for (a, b), interval in zip(shares, intervals, strict=True)]


def _opportunity_changes(
    before: Answers, after: Answers, ids: Sequence[str], settings: ScoreSettings
) -> list[tuple[float, float, float, float]]:
    drawn_before = _drawn_opportunity(before, ids, draw_respondents(before.n, settings.n_draws, settings.seed))
    drawn_after = _drawn_opportunity(after, ids, draw_respondents(after.n, settings.n_draws, settings.seed + 1))
    low, high = percentile_interval(drawn_after - drawn_before, level=settings.level)
    old, new = _opportunity(before, ids), _opportunity(after, ids)
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in zip(old, new, low, high, strict=True)]


def _opportunity(answers: Answers, ids: Sequence[str]) -> Any:
    imp, sat = answers.ratings(ids, "importance"), answers.ratings(ids, "satisfaction")
    return opportunity(share_of(n_top(imp), n_answered(imp)), share_of(n_top(sat), n_answered(sat)))


def _drawn_opportunity(answers: Answers, ids: Sequence[str], draws: Draws) -> Any:
    importance = drawn_shares(draws, answers.ratings(ids, "importance"))
    return opportunity(importance, drawn_shares(draws, answers.ratings(ids, "satisfaction")))
