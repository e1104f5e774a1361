"""Figures of two runs side by side: how far each moved, and whether that is more than the choice of studies explains.

Pure functions of the figures that `evaluation` makes and that `jtbd evaluate --json` writes. Knows no statements.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from scipy.special import ndtr  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types
from scipy.stats import bootstrap, t  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types

from jtbd_nlp.errors import ScoresError
from jtbd_nlp.evaluation import Figures

SEED: Final = 20
N_RESAMPLES: Final = 9999
CONFIDENCE: Final = 0.95
# Five changes of one sign come by chance once in sixteen times, six once in thirty-two: only from six studies on can
# their signs alone tell a change from chance at 95 %.
MIN_STUDIES: Final = 6
N_DIGITS: Final = 6
# Counts say how much was scored, not how well; of the ratio of steps neither more nor less is better.
_COUNTS: Final = ("transcripts", "action.gold", "action.predicted", "need.gold", "need.predicted")
_WITHOUT_DIRECTION: Final = ("map.steps",)


@dataclass(frozen=True, slots=True)
class Change:
    """One figure's mean over the studies of both runs, before and now.

    `interval` is that of the mean difference, see `difference_interval`; None where there are too few studies.
    """

    figure: str
    before: float
    now: float
    difference: float
    interval: tuple[float, float] | None

    @property
    def is_beyond_noise(self) -> bool:
        """Whether the interval is there and leaves out 0."""
        return self.interval is not None and (self.interval[0] > 0 or self.interval[1] < 0)

    @property
    def verdict(self) -> str:
        """One word or two: "better", "worse", "changed" (no direction is better), "within noise", "too few studies"."""
        if self.interval is None:
            return "too few studies"
        if not self.is_beyond_noise:
            return "within noise"
        if self.figure in _WITHOUT_DIRECTION:
            return "changed"
        return "better" if self.difference > 0 else "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """This run against an earlier one, over the studies that both scored.

    `previous` is what to call the earlier run, `differences` now less before by study and figure, `changes` by figure.
    `only_now` and `only_before` are studies that one run lacks; they count in nothing here.
    """

    previous: str
    differences: Mapping[str, Figures]
    changes: Mapping[str, Change]
    only_now: tuple[str, ...]
    only_before: tuple[str, ...]


def read_scores(content: bytes, *, place: str) -> dict[str, dict[str, float]]:
    """Read the figures of every study from what `jtbd evaluate --json` wrote.

    Args:
        content: the file's bytes.
        place: what messages call the file.

    Raises:
        ScoresError: it is no JSON, or holds no figures by study; the message begins with `place`.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise ScoresError(f"{place}: is no JSON: {fault}") from fault
    studies = document.get("studies") if isinstance(document, dict) else None
    if not isinstance(studies, dict) or not studies:
        raise ScoresError(f"{place}: holds no figures by study; it must be what `jtbd evaluate --json` wrote")
    return {study: _checked(figures, f"{place}: studies.{study}") for study, figures in studies.items()}


def shared_studies(now: Iterable[str], before: Collection[str], *, previous: str) -> list[str]:
    """Names of the studies of both runs, in the order of this one; worth asking before a run that takes minutes.

    Raises:
        ScoresError: there is none; the message names `previous`.
    """
    shared = [study for study in now if study in before]
    if not shared:
        raise ScoresError(f"{previous}: has no study in common with this run")
    return shared


def compare_runs(now: Mapping[str, Figures], before: Mapping[str, Figures], *, previous: str) -> Comparison:
    """Compare two runs by study and figure, as far as both have them.

    Figures are compared as they are written, with 6 digits, so that a run equals its own file exactly.

    Raises:
        ScoresError: the runs have no study in common; the message names `previous`.
    """
    shared = shared_studies(now, before, previous=previous)
    names = [n for n in now[shared[0]] if n not in _COUNTS and all(n in now[s] and n in before[s] for s in shared)]
    differences = {
        study: {name: round(round(now[study][name], N_DIGITS) - before[study][name], N_DIGITS) for name in names}
        for study in shared
    }
    changes = {
        name: Change(
            name,
            fmean(before[study][name] for study in shared),
            fmean(now[study][name] for study in shared),
            round(fmean(differences[study][name] for study in shared), N_DIGITS),
            difference_interval([differences[study][name] for study in shared]),
        )
        for name in names
    }
    return Comparison(
        previous=previous,
        differences=differences,
        changes=changes,
        only_now=tuple(study for study in now if study not in before),
        only_before=tuple(study for study in before if study not in now),
    )


def difference_interval(differences: Sequence[float]) -> tuple[float, float] | None:
    """Give the 95 % interval of a mean difference, from one difference a study: a paired bootstrap over studies.

    The studies are drawn again 9,999 times, with a fixed seed, and the middle of the means is kept. A bootstrap of a
    handful of studies is too narrow, so the percentiles are those of the expanded percentile interval, which is as
    wide as Student's t would have it. It speaks of other studies like these; how far one study's own figure would
    move with other interviews it does not say.

    Returns:
        (low, high), 6 digits; None with fewer than MIN_STUDIES differences. Equal differences give that one value.

    Source:
        Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 13; Hesterberg 2015,
        doi:10.1080/00031305.2015.1089789 (expansion).
    """
    n = len(differences)
    if n < MIN_STUDIES:
        return None
    if len(set(differences)) == 1:
        return (differences[0], differences[0])
    tail = float(ndtr(-math.sqrt(n / (n - 1)) * t.ppf((1 + CONFIDENCE) / 2, n - 1)))
    found = bootstrap(
        # Sorted, so that the order of the studies cannot matter.
        (np.sort(np.asarray(differences, dtype=np.float64)),),
        np.mean,
        confidence_level=1 - 2 * tail,
        n_resamples=N_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return (round(float(found.low), N_DIGITS), round(float(found.high), N_DIGITS))


def _checked(figures: object, place: str) -> dict[str, float]:
    if not isinstance(figures, dict):
        raise ScoresError(f"{place}: must be an object of figures")
    for name, value in figures.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ScoresError(f"{place}.{name}: must be a number")
    return figures
