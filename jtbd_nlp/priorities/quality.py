"""What is odd about answers: said, and left to people to act on. Nothing is left out unless somebody says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from jtbd_nlp.priorities.answers import Answers

Oddity = Literal["duplicate", "straight_lining", "speeder", "screened_out", "empty"]
ODDITIES: Final[tuple[Oddity, ...]] = get_args(Oddity)
FLAG_COLUMNS: Final = ("respondent", "n_rated", "seconds", *ODDITIES, "same_as")


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySettings:
    """When answers are odd.

    Args:
        min_line: fewest ratings on one aspect from which the same answer throughout is a straight line.
        min_same: fewest ratings from which two respondents with all the same answers are one.
        fast_share: share of the median time of those who rated as many blocks, below which somebody sped.
        min_sample, min_segment: respondents below which scores are warned of (METHOD §5: 180 and 50).
    """

    min_line: int = 5
    min_same: int = 8
    fast_share: float = 1 / 3
    min_sample: int = 180
    min_segment: int = 50


def flag_answers(answers: Answers, settings: QualitySettings | None = None) -> pd.DataFrame:
    """Tell what is odd about each respondent.

    Returns:
        One row a respondent, in their order; columns are FLAG_COLUMNS: `respondent`, `n_rated` ratings given,
        `seconds` (NaN where unknown), one flag an oddity, and `same_as`, the first respondent with exactly the same
        answers, None where there is none. `straight_lining` is one and the same answer on every aspect rated at least
        `min_line` times, of at least two such aspects. `screened_out` are those whose answer ended the survey.
    """
    settings = settings or QualitySettings()
    ratings = _ratings(answers)
    same_as = _same_as(answers, ratings, settings)
    columns: dict[str, Any] = {
        "respondent": answers.frame.index,
        "n_rated": ratings.notna().sum(axis=1).to_numpy(),
        "seconds": answers.frame["seconds"].to_numpy(),
        "duplicate": same_as.notna().to_numpy(),
        "straight_lining": _straight(answers, settings),
        "speeder": _fast(answers, settings),
        "screened_out": _screened_out(answers),
        "empty": ratings.isna().all(axis=1).to_numpy(),
        "same_as": same_as.to_numpy(),
    }
    return pd.DataFrame(columns, columns=list(FLAG_COLUMNS)).reset_index(drop=True)


def without_odd(answers: Answers, flags: pd.DataFrame, oddities: Collection[Oddity]) -> Answers:
    """Leave out the respondents with any of these oddities; none are named, none go."""
    odd = flags[list(oddities)].any(axis=1) if oddities else pd.Series(data=False, index=flags.index)
    return answers.without(set(flags.loc[odd, "respondent"]))


def sample_warnings(
    answers: Answers, *, segments: Mapping[str, int] | None = None, settings: QualitySettings | None = None
) -> tuple[str, ...]:
    """What the number of respondents does not carry, in sentences; empty where it carries all.

    Args:
        segments: respondents by segment, where there are any.
    """
    settings = settings or QualitySettings()
    warnings = []
    if answers.n < settings.min_sample:
        warnings.append(
            f"{answers.n} respondents: below the {settings.min_sample} from which the literature takes scores for a "
            "market; read the intervals, not the figures."
        )
    counts = [int(n) for n in answers.frame[[q.id for q in answers.questionnaire.ratings]].notna().sum()]
    least = min(counts, default=0)
    if answers.n >= settings.min_sample > least:
        warnings.append(f"Some steps or needs were rated by {least} people only, fewer than {settings.min_sample}.")
    for name, n in (segments or {}).items():
        if n < settings.min_segment:
            warnings.append(f"Segment {name}: {n} respondents, fewer than {settings.min_segment}.")
    return tuple(warnings)


def _ratings(answers: Answers) -> pd.DataFrame:
    return answers.frame[[q.id for q in answers.questionnaire.ratings]]


def _same_as(answers: Answers, ratings: pd.DataFrame, settings: QualitySettings) -> pd.Series[Any]:
    """Who answered all questions, enough of them, as somebody before did."""
    questions = answers.frame[[q.id for q in answers.questionnaire.questions]]
    enough = questions[(ratings.notna().sum(axis=1) >= settings.min_same).to_numpy()]
    hashes = pd.util.hash_pandas_object(enough.astype(str), index=False)
    firsts = pd.Series(enough.index, index=enough.index).groupby(hashes.to_numpy()).transform("first")
    return firsts[firsts != firsts.index].reindex(answers.frame.index).astype(object)


def _straight(answers: Answers, settings: QualitySettings) -> np.ndarray[Any, np.dtype[np.bool_]]:
    subjects = [s.id for s in answers.questionnaire.basis.subjects]
    n_long = np.zeros(answers.n, dtype=int)
    n_flat = np.zeros(answers.n, dtype=int)
    for aspect in answers.questionnaire.aspects:
        ratings = answers.ratings(subjects, aspect)
        has_line = (~np.isnan(ratings)).sum(axis=1) >= settings.min_line
        highest = np.where(np.isnan(ratings), -np.inf, ratings).max(axis=1, initial=-np.inf)
        lowest = np.where(np.isnan(ratings), np.inf, ratings).min(axis=1, initial=np.inf)
        n_long += has_line
        n_flat += has_line & (highest == lowest)
    is_long = (n_long >= min(2, len(answers.questionnaire.aspects))) & (n_long > 0)
    return np.asarray(is_long & (n_flat == n_long), dtype=np.bool_)


def _fast(answers: Answers, settings: QualitySettings) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Below a share of the median of those with as many blocks; nobody where times are unknown."""
    seconds = answers.frame["seconds"]
    n_blocks = answers.frame["block"].map(lambda blocks: len(str(blocks).split()), na_action="ignore").fillna(0)
    median = seconds.groupby(n_blocks.to_numpy()).transform("median")
    return (seconds < settings.fast_share * median).to_numpy(dtype=bool)


def _screened_out(answers: Answers) -> np.ndarray[Any, np.dtype[np.bool_]]:
    out = np.zeros(answers.n, dtype=bool)
    for question in answers.questionnaire.of_part("screening"):
        ends = [choice.code for choice in question.choices if choice.ends]
        out |= answers.frame[question.id].isin(ends).to_numpy()
    return out
