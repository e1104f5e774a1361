"""The most that people would pay to get the job done faster, more accurately, with less effort, whatever the product.

Source: METHOD §7 (T-WTP), which publishes the question and no formula: what people say is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.stats import quantile_test  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types

from jtbd_nlp.priorities.answers import Answers
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
    if not answers.questionnaire.of_part("pay"):
        return pd.DataFrame(columns=list(PAY_COLUMNS))
    groups = {EVERYBODY: answers} | {name: answers.of(who) for name, who in (segments or {}).items()}
    return pd.DataFrame([_row(name, group, level) for name, group in groups.items()], columns=list(PAY_COLUMNS))


def _row(segment: str, answers: Answers, level: float) -> dict[str, Any]:
    sums = answers.frame[PAY].dropna().to_numpy(dtype=np.float64)
    row: dict[str, Any] = {"segment": segment, "n": len(sums), "n_nothing": int((sums == 0).sum())}
    if len(sums) < MIN_ANSWERS:
        return row
    median = float(np.median(sums))
    interval = quantile_test(sums, q=median, p=0.5).confidence_interval(confidence_level=level)
    lower, upper = np.quantile(sums, (0.25, 0.75))
    row |= {"median": median, "median_low": float(interval.low), "median_high": float(interval.high)}
    return row | {"lower_quartile": float(lower), "upper_quartile": float(upper)}
