"""The most that people would pay to get the job done faster, more accurately, with less effort, whatever the product.

Source: METHOD §7 (T-WTP), which publishes the question and no formula: what people say is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.stats import quantile_test  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types

from jtbd_nlp.priorities.answers import Answers, Matrix
from jtbd_nlp.priorities.questionnaire import PAY
from jtbd_nlp.priorities.scores import EVERYBODY
from jtbd_nlp.priorities.shares import LEVEL

# fmt: off
PAY_COLUMNS: Final = (
    "segment",
    "n", "n_nothing",                        # who answered; of them, who would pay nothing
    "median", "median_low", "median_high",   # in the currency that was asked for; interval from order statistics
    "lower_quartile", "upper_quartile",
)
PAY_ANSWER_COLUMNS: Final = (
    "segment",
    "sum", "n",                              # who named this sum as the most they would pay
)
# fmt: on
MIN_ANSWERS: Final = 10


def willingness_to_pay(
    answers: Answers, *, segments: Mapping[str, Sequence[str]] | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """What everybody, and each segment, would pay at most.

    Returns:
        One row a segment, everybody first; columns are PAY_COLUMNS, without figures below ten answers. Nobody asked
        gives no rows.
    """
    rows = [_row(name, sums, level) for name, sums in _sums(answers, segments).items()]
    return pd.DataFrame(rows, columns=list(PAY_COLUMNS))


def pay_answers(answers: Answers, *, segments: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """The sums themselves: how many named each, of everybody and of each segment; nobody asked gives no rows.

    Returns:
        One row a segment and sum, lowest first; columns are PAY_ANSWER_COLUMNS.
    """
    rows = []
    for segment, sums in _sums(answers, segments).items():
        named, counts = np.unique(sums, return_counts=True)
        rows += [{"segment": segment, "sum": float(s), "n": int(n)} for s, n in zip(named, counts, strict=True)]
    return pd.DataFrame(rows, columns=list(PAY_ANSWER_COLUMNS))


def _sums(answers: Answers, segments: Mapping[str, Sequence[str]] | None) -> dict[str, Matrix]:
    """What people would pay, by segment, everybody first; empty where nobody was asked."""
    if not answers.questionnaire.of_part("pay"):
        return {}
    groups = {EVERYBODY: answers} | {name: answers.of(who) for name, who in (segments or {}).items()}
    return {name: group.frame[PAY].dropna().to_numpy(dtype=np.float64) for name, group in groups.items()}


def _row(segment: str, sums: Matrix, level: float) -> dict[str, Any]:
    row: dict[str, Any] = {"segment": segment, "n": len(sums), "n_nothing": int((sums == 0).sum())}
    if len(sums) < MIN_ANSWERS:
        return row
    median = float(np.median(sums))
    interval = quantile_test(sums, q=median, p=0.5).confidence_interval(confidence_level=level)
    lower, upper = np.quantile(sums, (0.25, 0.75))
    row |= {"median": median, "median_low": float(interval.low), "median_high": float(interval.high)}
    return row | {"lower_quartile": float(lower), "upper_quartile": float(upper)}
