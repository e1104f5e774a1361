"""What the page shows, worked out beforehand: figures, stages, confidence, steps and the costliest mistakes.

Knows gold, analyses and the English words around figures; knows no HTML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from jtbd_nlp.comparison import Change, Comparison
from jtbd_nlp.evaluation import (
    HEADLINE_FIGURES,
    KINDS,
    MIN_STEP_LABELS,
    Calibration,
    Figures,
    Shares,
    calibration,
    mean_figures,
    stage_confusion,
    stage_shares,
)
from jtbd_nlp.scorecard.charts import Reliability, reliability
from jtbd_nlp.scorecard.contexts import Context, context_of
from jtbd_nlp.scorecard.mistakes import MISTAKE_KINDS, Mistake, MistakeKind, costliest, find_mistakes
from jtbd_nlp.scorecard.sides import Sides
from jtbd_nlp.scorecard.steps import (
    FOUND,
    NOT_PROPOSED,
    GoldStepRow,
    StepOverlap,
    UnmatchedStepRow,
    gold_step_rows,
    unmatched_step_rows,
)
from jtbd_nlp.stages import STAGES

N_SHADES: Final = 10


@dataclass(frozen=True, slots=True)
class FigureCell:
    """One figure of one study or of the mean; `difference` is None without an earlier run that has it."""

    value: float
    difference: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """The headline figures: a row a study, the mean, and per figure what changed against an earlier run, if any."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[FigureCell, ...]], ...]
    mean: tuple[FigureCell, ...]
    changes: tuple[Change | None, ...]


@dataclass(frozen=True, slots=True)
class ConfusionCell:
    """How many actions, what share of the annotator's stage, and the shade from 0 to N_SHADES it has."""

    n: int
    share: float

    @property
    def shade(self) -> int:
        """The share in tenths, at least 1 where there is any."""
        return max(round(N_SHADES * self.share), min(self.n, 1))


@dataclass(frozen=True, slots=True)
class ConfusionRow:
    """One stage of the annotator: its actions by proposed stage; `shares` is None where no action has it."""

    stage: str
    n: int
    cells: tuple[ConfusionCell, ...]
    shares: Shares | None


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """One diagram: what is compared with what, over how many statements."""

    name: str
    is_right_if: str
    n: int
    calibration: Calibration
    chart: Reliability
    by_study: tuple[tuple[str, int, float, float], ...]


@dataclass(frozen=True, slots=True)
class StepsView:
    """The steps of one study, the annotator's and the proposed ones."""

    study: str
    job: str
    rows: tuple[GoldStepRow, ...]
    unmatched: tuple[UnmatchedStepRow, ...]
    n_proposed: int

    @property
    def n_found(self) -> int:
        """Steps of the annotator that were found."""
        return sum(row.verdict == FOUND for row in self.rows)

    @property
    def n_countable(self) -> int:
        """Steps of the annotator that are large enough to tell."""
        return sum(row.n_labels >= MIN_STEP_LABELS for row in self.rows)

    @property
    def n_not_proposed(self) -> int:
        """Steps of the annotator that share no statement with any proposed one."""
        return sum(row.verdict == NOT_PROPOSED for row in self.rows)


@dataclass(frozen=True, slots=True)
class MistakeView:
    """One mistake in its place, with the names of the steps on both sides ("" where there is none)."""

    mistake: Mistake
    context: Context
    gold_step: str
    proposed_step: str


@dataclass(frozen=True, slots=True)
class MistakeList:
    """One kind of mistake: how many there are by study, in the order of the studies, and the costliest of them."""

    kind: MistakeKind
    counts: tuple[int, ...]
    costliest: tuple[MistakeView, ...]

    @property
    def n(self) -> int:
        """How many there are in all."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardView:
    """The whole page."""

    version: str
    models: tuple[tuple[str, str, str], ...]
    studies: tuple[str, ...]
    n_interviews: int
    n_labels: int
    n_statements: int
    figures: FigureTable
    comparison: Comparison | None
    confusion: tuple[ConfusionRow, ...]
    calibrations: tuple[CalibrationView, ...]
    steps: tuple[StepsView, ...]
    mistakes: tuple[MistakeList, ...]


def scorecard_view(
    sides: Sequence[Sides],
    analyses: Mapping[str, Mapping[str, Any]],
    figures: Mapping[str, Figures],
    comparison: Comparison | None,
) -> ScorecardView:
    """Work out the page; studies stand in order of their names."""
    ordered = sorted(sides, key=lambda s: s.study.name)
    names = tuple(s.study.name for s in ordered)
    manifests = [analyses[name]["manifest"] for name in names]
    overlaps = [StepOverlap(s) for s in ordered]
    return ScorecardView(
        version=", ".join(sorted({manifest["version"] for manifest in manifests})),
        models=tuple(sorted({(m["name"], m["version"], m["sha256"]) for mf in manifests for m in mf["models"]})),
        studies=names,
        n_interviews=sum(len(s.study.labelled) for s in ordered),
        n_labels=sum(pair.gold is not None for s in ordered for pair in s.pairs),
        n_statements=sum(pair.proposed is not None for s in ordered for pair in s.pairs),
        figures=_figures({name: figures[name] for name in names}, comparison),
        comparison=comparison,
        confusion=_confusion(ordered),
        calibrations=_calibrations(ordered),
        steps=tuple(_steps(s, overlap) for s, overlap in zip(ordered, overlaps, strict=True)),
        mistakes=_mistakes(ordered, overlaps),
    )


def _figures(figures: Mapping[str, Figures], comparison: Comparison | None) -> FigureTable:
    names = tuple(name for name in HEADLINE_FIGURES if all(name in of_study for of_study in figures.values()))
    differences = comparison.differences if comparison else {}
    changes = tuple(comparison.changes.get(name) if comparison else None for name in names)
    mean = mean_figures(figures)
    return FigureTable(
        names=names,
        rows=tuple(
            (study, tuple(FigureCell(of_study[name], differences.get(study, {}).get(name)) for name in names))
            for study, of_study in figures.items()
        ),
        mean=tuple(
            FigureCell(mean[name], change.difference if change else None)
            for name, change in zip(names, changes, strict=True)
        ),
        changes=changes,
    )


def _matched_stages(sides: Sides) -> list[tuple[str, str, float]]:
    """(Annotator's stage, proposed stage, its probability) of every action that was found."""
    return [
        (p.gold.stage, p.proposed.stage, p.proposed.stage_probability)
        for p in sides.of_kind("action")
        if p.fit == "matched" and p.gold and p.proposed
    ]


def _confusion(sides: Sequence[Sides]) -> tuple[ConfusionRow, ...]:
    stages = [(gold, proposed) for s in sides for gold, proposed, _ in _matched_stages(s)]
    shares = stage_shares(stages)
    return tuple(
        ConfusionRow(
            stage,
            sum(counts),
            tuple(ConfusionCell(n, n / sum(counts) if n else 0.0) for n in counts),
            shares.get(stage),
        )
        for stage, counts in zip(STAGES, stage_confusion(stages), strict=True)
    )


def _calibrations(sides: Sequence[Sides]) -> tuple[CalibrationView, ...]:
    views = []
    for kind in KINDS:
        sure = {
            s.study.name: [(p.proposed.confidence, p.fit == "matched") for p in s.of_kind(kind) if p.proposed]
            for s in sides
        }
        views.append(_calibration(f"{kind.capitalize()}s", f"it matches a label ({kind})", sure))
    staged = {s.study.name: [(share, gold == proposed) for gold, proposed, share in _matched_stages(s)] for s in sides}
    views.append(_calibration("Stages", "the annotator has the same stage", staged))
    return tuple(views)


def _calibration(name: str, is_right_if: str, sure: Mapping[str, list[tuple[float, bool]]]) -> CalibrationView:
    everything = [one for of_study in sure.values() for one in of_study]
    found = calibration([confidence for confidence, _ in everything], [is_right for _, is_right in everything])
    by_study = tuple(
        (study, len(own), fmean(c for c, _ in own), fmean(float(r) for _, r in own))
        for study, own in sure.items()
        if own
    )
    return CalibrationView(name, is_right_if, len(everything), found, reliability(found), by_study)


def _steps(sides: Sides, overlap: StepOverlap) -> StepsView:
    return StepsView(
        sides.study.name,
        sides.study.job,
        gold_step_rows(sides, overlap),
        unmatched_step_rows(sides, overlap),
        len(overlap.proposed),
    )


def _mistakes(sides: Sequence[Sides], overlaps: Sequence[StepOverlap]) -> tuple[MistakeList, ...]:
    by_study = {s.study.name: s for s in sides}
    every = [m for s, overlap in zip(sides, overlaps, strict=True) for m in find_mistakes(s, overlap)]
    lists = []
    for kind in MISTAKE_KINDS:
        own = [mistake for mistake in every if mistake.kind == kind.name]
        counts = Counter(mistake.study for mistake in own)
        shown = tuple(_mistake(mistake, by_study[mistake.study]) for mistake in costliest(own))
        lists.append(MistakeList(kind, tuple(counts[study] for study in by_study), shown))
    return tuple(lists)


def _mistake(mistake: Mistake, sides: Sides) -> MistakeView:
    pair = mistake.pair
    gold = {step.id: step.phrase for step in sides.study.job_map}
    proposed = {step.id: step.phrase for step in sides.steps}
    return MistakeView(
        mistake,
        context_of(pair, sides.study.transcript(pair.transcript)),
        gold[pair.gold.step] if pair.gold and pair.gold.step else "",
        proposed[pair.proposed.step] if pair.proposed and pair.proposed.step else "",
    )
