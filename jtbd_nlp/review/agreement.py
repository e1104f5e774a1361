"""How far analysts who reviewed one run blindly agree, with each other and with the machine.

Every suggested step is coded with the stage where its reviewer wants it, or "rejected"; every need with the stage of
the step that its reviewer wants it to measure, with "no step", or "rejected". An analyst codes an entry by approving,
editing, rejecting, merging, splitting or moving it; one left alone is not coded. A merged entry is coded as what it was
merged into. The machine codes each entry with the stage it suggested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from jtbd_nlp.domain import Analysis
from jtbd_nlp.review.decisions import ReviewDecision
from jtbd_nlp.review.folding import fold
from jtbd_nlp.review.job_map import EntryState, JobMap, MapNeed, MapStep
from jtbd_nlp.stages import STAGES

REJECTED: Final = "rejected"
NO_STEP: Final = "no step"
OVERALL: Final = "all"
MACHINE: Final = "machine"
ANALYST: Final = "analyst"
N_DIGITS: Final = 6
SEED: Final = 20
N_RESAMPLES: Final = 9999
CONFIDENCE: Final = 0.95
# An interval from fewer entries than this would only show how few they are.
MIN_STEPS: Final = 6

# One entry's codes: coder and value, for each who coded it.
Codes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementScore:
    """Krippendorff's alpha (nominal) and its 95 % interval.

    `alpha` is 1 for perfect agreement, 0 for that of chance, negative for less. It is None where it has no meaning: no
    entry was coded twice, or all codes are the same, so that agreeing was not to be told from chance. `interval` is
    None there too, and with fewer than MIN_STEPS entries. `n_steps` entries were coded twice at least.
    """

    alpha: float | None
    interval: tuple[float, float] | None
    n_steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scores of steps, or of needs, by stage in job order: "all" for the codes as they are, then each stage against all
    other codes, and "rejected" (for needs also "no step") against the rest.

    `codes` has what each analyst said of each entry they decided on, by its id: what is revealed and settled.
    `between_analysts` compares each analyst with each other, `with_machine` each with the machine but not with each
    other, `machine_by_analyst` one analyst with the machine, for all codes as they are.
    """

    codes: Mapping[str, Mapping[str, str]]
    between_analysts: Mapping[str, AgreementScore]
    with_machine: Mapping[str, AgreementScore]
    machine_by_analyst: Mapping[str, AgreementScore]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Scores):
    """How far analysts agree on steps, and on `needs` apart."""

    analysts: tuple[str, ...]
    needs: Scores


def measure_agreement(
    analysis: Analysis, decisions: Sequence[ReviewDecision], *, carried: JobMap | None = None
) -> Agreement:
    """Measure how far the analysts of one run agree.

    Each analyst's decisions are folded apart, as if there were no others.

    Args:
        analysis: the run.
        decisions: those of all analysts.
        carried: as in `fold`.
    """
    analysts = tuple(sorted({d.by for d in decisions}))
    sheets = {by: fold(analysis, [d for d in decisions if d.by == by], carried=carried) for by in analysts}
    return compare_analysts(fold(analysis, [], carried=carried), sheets)


def compare_analysts(before: JobMap, sheets: Mapping[str, JobMap]) -> Agreement:
    """Measure how far analysts agree, from the map that all began with and the map as each left it.

    Source:
        Krippendorff 2004, Content Analysis, ch. 11 (alpha, missing codes); the bootstrap draws entries again,
        percentile interval, Efron and Tibshirani 1993, ch. 13.
    """
    steps, needs = _scores(before, sheets, before.steps), _scores(before, sheets, before.needs)
    return Agreement(
        analysts=tuple(sorted(sheets)),
        codes=steps.codes,
        between_analysts=steps.between_analysts,
        with_machine=steps.with_machine,
        machine_by_analyst=steps.machine_by_analyst,
        needs=needs,
    )


def _scores(before: JobMap, sheets: Mapping[str, JobMap], entries: Sequence[MapStep | MapNeed]) -> Scores:
    analysts = sorted(sheets)
    open_entries = [e for e in entries if e.review is not EntryState.REJECTED]
    coded = {by: _codes(before, sheets[by], entries) for by in analysts}
    between = [tuple((by, coded[by][e.id]) for by in analysts if e.id in coded[by]) for e in open_entries]
    machine = {by: [_beside_machine(_code(e, before), coded[by].get(e.id)) for e in open_entries] for by in analysts}
    # An entry is drawn with all its pairs of machine and analyst.
    pooled = [tuple(machine[by][i] for by in analysts) for i in range(len(open_entries))]
    values = (*STAGES, *((NO_STEP,) if any(isinstance(e, MapNeed) for e in entries) else ()), REJECTED)
    return Scores(
        codes=coded,
        between_analysts=_by_value([(codes,) for codes in between], values),
        with_machine=_by_value(pooled, values),
        machine_by_analyst={by: _score([(codes,) for codes in machine[by]]) for by in analysts},
    )


def _codes(before: JobMap, after: JobMap, entries: Sequence[MapStep | MapNeed]) -> dict[str, str]:
    """What one analyst says of each entry they decided on."""
    codes = {}
    for entry in entries:
        end = after.state.entry(after.state.survivor(entry.id))
        if end is None:
            continue
        was = before.state.entry(entry.id)
        is_decided = was is None or (end.review, end.is_touched) != (was.review, was.is_touched)
        if end.id != entry.id or is_decided:
            codes[entry.id] = _code(end, after)
    return codes


def _code(entry: MapStep | MapNeed, job_map: JobMap) -> str:
    """The stage where an entry stands, or why it stands in none."""
    if entry.review is EntryState.REJECTED:
        return REJECTED
    if isinstance(entry, MapStep):
        return entry.stage
    step = None if entry.step is None else job_map.state.steps.get(entry.step)
    return NO_STEP if step is None else step.stage


def _beside_machine(stage: str, code: str | None) -> Codes:
    return () if code is None else ((MACHINE, stage), (ANALYST, code))


def _by_value(steps: Sequence[Sequence[Codes]], values: Sequence[str]) -> dict[str, AgreementScore]:
    scores = {OVERALL: _score(steps)}
    for value in values:
        scores[value] = _score([[_against_rest(codes, value) for codes in step] for step in steps])
    return scores


def _against_rest(codes: Codes, value: str) -> Codes:
    return tuple((coder, value if code == value else "other") for coder, code in codes)


def _score(steps: Sequence[Sequence[Codes]]) -> AgreementScore:
    """Alpha over steps, each with one or more sets of codes that are compared within themselves."""
    coded = [[codes for codes in step if len(codes) >= 2] for step in steps]
    coded = [step for step in coded if step]
    alpha = _alpha(coded)
    interval = None if alpha is None or len(coded) < MIN_STEPS else _interval(coded)
    return AgreementScore(
        alpha=None if alpha is None else round(alpha, N_DIGITS), interval=interval, n_steps=len(coded)
    )


def _alpha(steps: Sequence[Sequence[Codes]]) -> float | None:
    # Importing NLTK takes a second or two: only who measures agreement should wait for it.
    from nltk.metrics.agreement import (  # type: ignore[import-untyped, unused-ignore]  # nltk ships no types
        AnnotationTask,
    )

    units = [codes for step in steps for codes in step]
    if len({code for codes in units for _, code in codes}) < 2:
        return None
    rows = [(coder, str(number), code) for number, codes in enumerate(units) for coder, code in codes]
    return float(AnnotationTask(rows).alpha())


def _interval(steps: Sequence[Sequence[Codes]]) -> tuple[float, float] | None:
    """The middle 95 % of alpha over steps drawn again; None where most draws have codes of one kind only."""
    shares = np.full(len(steps), 1 / len(steps))
    drawn = np.random.default_rng(SEED).multinomial(len(steps), shares, size=N_RESAMPLES)
    alphas = weighted_alphas(steps, drawn.astype(np.float64))
    alphas = alphas[np.isfinite(alphas)]
    if 2 * len(alphas) < N_RESAMPLES:
        return None
    low, high = np.percentile(alphas, [100 * (1 - CONFIDENCE) / 2, 100 * (1 + CONFIDENCE) / 2])
    return (round(float(low), N_DIGITS), round(float(high), N_DIGITS))


def weighted_alphas(steps: Sequence[Sequence[Codes]], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give nominal alpha for many drawings of the same steps at once: the library takes them one at a time, minutes.

    Args:
        steps: n steps, each with sets of two codes or more.
        weights: shape (draws, n), how often each step is drawn.

    Returns:
        Shape (draws,); NaN where all codes drawn are the same.
    """
    values = sorted({code for step in steps for codes in step for _, code in codes})
    n_of_value = np.zeros((len(steps), len(values)))
    agreeing = np.zeros(len(steps))
    for row, step in enumerate(steps):
        for codes in step:
            counts = np.array([sum(code == value for _, code in codes) for value in values])
            n_of_value[row] += counts
            agreeing[row] += (counts * (counts - 1)).sum() / (len(codes) - 1)
    of_value = weights @ n_of_value
    n = of_value.sum(axis=1)
    observed = weights @ agreeing / n
    by_chance = (of_value * (of_value - 1)).sum(axis=1) / (n * (n - 1))
    varied = by_chance < 1
    return np.where(varied, (observed - by_chance) / np.where(varied, 1 - by_chance, 1.0), np.nan)
