"""Shares of people and how sure they are: Wilson's interval of one share, the bootstrap over respondents of the rest.

statsmodels gives the Wilson intervals of many shares at once. `scipy.stats.bootstrap` draws respondents one statistic
at a time; here one set of draws serves every step, need and aspect, as matrix products, and the tests hold both equal.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from statsmodels.stats.proportion import (  # type: ignore[import-untyped, unused-ignore]  # statsmodels ships no types
    confint_proportions_2indep,
    proportion_confint,
)

Matrix = npt.NDArray[np.float64]
Draws = npt.NDArray[np.float32]
TOP_BOX: Final = 4  # 4 or 5 of 5
LEVEL: Final = 0.95


def n_answered(ratings: Matrix) -> Matrix:
    """How many rated each subject: shape (n subjects,) from (n respondents, n subjects) with NaN for no answer."""
    return np.asarray((~np.isnan(ratings)).sum(axis=0), dtype=np.float64)


def n_top(ratings: Matrix) -> Matrix:
    """How many answered 4 or 5, by subject."""
    return np.asarray((ratings >= TOP_BOX).sum(axis=0), dtype=np.float64)


def share_of(k: Matrix, n: Matrix) -> Matrix:
    """k/n, NaN where n is 0."""
    shares: Matrix = np.divide(k, n, out=np.full(np.shape(n), np.nan), where=n > 0)
    return shares


def wilson(k: Matrix, n: Matrix, *, level: float = LEVEL) -> tuple[Matrix, Matrix]:
    """Wilson score intervals of k/n; NaN where n is 0. Source: METHOD §5; Wilson 1927."""
    safe = np.where(n > 0, n, 1.0)
    low, high = proportion_confint(np.where(n > 0, k, 0.0), safe, alpha=1 - level, method="wilson")
    return np.where(n > 0, np.clip(low, 0, 1), np.nan), np.where(n > 0, np.clip(high, 0, 1), np.nan)


def difference_interval(k_a: float, n_a: float, k_b: float, n_b: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Newcombe's interval of k_a/n_a - k_b/n_b; NaN where either n is 0. Source: Newcombe 1998, method 10."""
    if n_a == 0 or n_b == 0:
        return (np.nan, np.nan)
    low, high = confint_proportions_2indep(k_a, n_a, k_b, n_b, method="newcomb", compare="diff", alpha=1 - level)
    return float(low), float(high)


def draw_respondents(n: int, n_draws: int, seed: int) -> Draws:
    """How often each of n respondents is in each of `n_draws` samples with replacement: shape (n_draws, n)."""
    if n == 0:
        return np.zeros((n_draws, 0), dtype=np.float32)
    picked = np.random.default_rng(seed).integers(n, size=(n_draws, n))
    picked += np.arange(n_draws)[:, None] * n
    return np.bincount(picked.ravel(), minlength=n_draws * n).reshape(n_draws, n).astype(np.float32)


def drawn_counts(draws: Draws, ratings: Matrix) -> tuple[Matrix, Matrix]:
    """Top-two-box answers and answers in each draw: two matrices of shape (n draws, n subjects)."""
    # Counts below 2**24 are exact in single precision, which is twice as fast.
    k = draws @ (ratings >= TOP_BOX).astype(np.float32)
    n = draws @ (~np.isnan(ratings)).astype(np.float32)
    return k.astype(np.float64), n.astype(np.float64)


def drawn_shares(draws: Draws, ratings: Matrix) -> Matrix:
    """Top-two-box shares in each draw: shape (n draws, n subjects), NaN where a draw has no answer."""
    return share_of(*drawn_counts(draws, ratings))


def percentile_interval(drawn: Matrix, *, level: float = LEVEL) -> tuple[Matrix, Matrix]:
    """The middle `level` of the draws, by column; NaN for a column in which no draw has a value."""
    known = ~np.isnan(drawn).all(axis=0)
    low, high = np.full(drawn.shape[1], np.nan), np.full(drawn.shape[1], np.nan)
    if known.any():
        ends = np.nanquantile(drawn[:, known], [(1 - level) / 2, (1 + level) / 2], axis=0)
        low[known], high[known] = ends
    return low, high
