"""Where along the job the struggle lies, and what one source reads from that about the market: its claim, not a law.

Source: METHOD §7 (SEED): early markets innovate in execute, maturing ones in plan and assess, highly mature ones in
understand and revise. Of conclude nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.scores import ScoreSettings
from jtbd_nlp.priorities.shares import (
    Matrix,
    draw_respondents,
    drawn_counts,
    n_answered,
    n_top,
    percentile_interval,
    share_of,
)
from jtbd_nlp.priorities.waves import Wave
from jtbd_nlp.stages import STAGES

Market = Literal["early", "maturing", "highly mature"]
# fmt: off
STAGE_COLUMNS: Final = (
    "stage", "n_steps", "n_answers",
    "ces", "ces_low", "ces_high",   # share of ratings of its steps that say difficult; bootstrap over people
    "hardest",                      # share of bootstrap samples in which no stage is harder
    "market",                       # what the source calls a market that struggles here; None for conclude
)
WAVE_STAGE_COLUMNS: Final = ("wave", "day", *STAGE_COLUMNS)
# fmt: on
MARKET_OF_STAGE: Final[dict[str, Market | None]] = {
    "understand": "highly mature",
    "plan": "maturing",
    "execute": "early",
    "assess": "maturing",
    "revise": "highly mature",
    "conclude": None,
}
SURE: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class MaturityReading:
    """What the source would say of the market. `support` is the share of bootstrap samples that say the same.

    `market` is None where the hardest stage tells nothing, or nothing was asked.
    """

    market: Market | None
    stage: str | None
    support: float
    claim: str


def struggle_by_stage(answers: Answers, settings: ScoreSettings | None = None) -> pd.DataFrame:
    """How hard the steps of each stage are.

    Returns:
        One row a stage, in job order; columns are STAGE_COLUMNS. A stage without a rated step has no figures.
    """
    settings = settings or ScoreSettings()
    steps = answers.questionnaire.basis.steps
    by_stage = {stage: [s.id for s in steps if s.stage == stage] for stage in STAGES}
    drawn = _drawn(answers, list(by_stage.values()), settings)
    low, high = percentile_interval(drawn, level=settings.level)
    hardest = _hardest(drawn)
    rows = []
    for place, (stage, ids) in enumerate(by_stage.items()):
        ratings = answers.ratings(ids, "difficulty")
        k, n = n_top(ratings).sum(keepdims=True), n_answered(ratings).sum(keepdims=True)
        rows.append(
            {
                "stage": stage,
                "n_steps": len(ids),
                "n_answers": int(n[0]),
                "ces": share_of(k, n)[0],
                "ces_low": low[place],
                "ces_high": high[place],
                "hardest": hardest[place],
                "market": MARKET_OF_STAGE[stage],
            }
        )
    return pd.DataFrame(rows, columns=list(STAGE_COLUMNS))


def struggle_by_wave(waves: Sequence[Wave], settings: ScoreSettings | None = None) -> pd.DataFrame:
    """How hard the steps of each stage were in each dated survey, by date.

    Returns:
        One row a wave and stage; columns are WAVE_STAGE_COLUMNS. Fewer than two waves give no rows.
    """
    ordered = sorted(waves, key=lambda wave: (wave.day, wave.name)) if len(waves) > 1 else []
    tables = [
        struggle_by_stage(wave.answers, settings).assign(wave=wave.name, day=wave.day.isoformat()) for wave in ordered
    ]
    made = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return made.reindex(columns=list(WAVE_STAGE_COLUMNS))


def read_maturity(stages: pd.DataFrame) -> MaturityReading:
    """Say what the source reads from where the struggle lies, and how often other people would have said the same."""
    known = stages.dropna(subset=["ces"])
    if known.empty:
        return MaturityReading(market=None, stage=None, support=0.0, claim="No step was rated for difficulty.")
    top = known.iloc[int(known["ces"].to_numpy().argmax())]
    stage = str(top["stage"])
    market = MARKET_OF_STAGE[stage]
    same = known[known["market"].map(lambda m: m == market)] if market else known[known["stage"] == stage]
    support = float(same["hardest"].sum())
    if market is None:
        claim = f"People struggle most in {stage}, of which the source claims nothing."
    else:
        doubt = "" if support >= SURE else ", which other respondents might not bear out"
        claim = (
            f"People struggle most in {stage}{doubt}; the source calls such a market {market}. "
            f"{support:.0%} of the samples drawn from these respondents say the same. A claim of one source, not a law."
        )
    return MaturityReading(market=MARKET_OF_STAGE[stage], stage=stage, support=support, claim=claim)


def _drawn(answers: Answers, groups: Sequence[Sequence[str]], settings: ScoreSettings) -> Matrix:
    """Share of difficult answers of each group of steps in each bootstrap sample of people."""
    draws = draw_respondents(answers.n, settings.n_draws, settings.seed)
    columns = []
    for ids in groups:
        k, n = drawn_counts(draws, answers.ratings(list(ids), "difficulty"))
        columns.append(share_of(k.sum(axis=1), n.sum(axis=1)))
    return np.array(columns).T


def _hardest(drawn: Matrix) -> Matrix:
    """How often each column is the highest of its row; columns without figures never are."""
    known = np.where(np.isnan(drawn), -np.inf, drawn)
    counts = np.bincount(known.argmax(axis=1)[np.isfinite(known.max(axis=1))], minlength=drawn.shape[1])
    return np.asarray(counts / max(1, counts.sum()), dtype=np.float64)
