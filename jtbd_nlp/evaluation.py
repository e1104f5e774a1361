"""Predicted statements, steps and stages against gold labels: the figures that say how good a map is.

Pure functions. Knows neither models nor files nor how predictions were made. Every figure lies in [0, 1] and higher is
better, but for `map.steps`, a ratio of which 1 is right, and the counts (`*.gold`, `*.predicted`, `transcripts`).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Protocol

from jtbd_nlp.domain import Analysis, Role, Transcript
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.sentences import sentence_bounds
from jtbd_nlp.stages import STAGES, likeliest_stage

Bounds = tuple[int, int]
Figures = Mapping[str, float]

KINDS: Final = ("action", "need")
# A predicted span is the gold span when they share half of what they cover together.
MIN_SPAN_IOU: Final = 0.5
# Steps of fewer labels are too small to tell whether a map has found them.
MIN_STEP_LABELS: Final = 3
MIN_STEP_F1: Final = 0.4
MIN_STEP_PURITY: Final = 0.5

HEADLINE_FIGURES: Final = (
    "action.sentence_f1",
    "action.span_f1",
    "need.sentence_f1",
    "need.span_f1",
    "stage.accuracy",
    "stage.macro_f1",
    "grouping.f1",
    "map.recall",
    "map.precision",
    "map.steps",
)


class Marked(Protocol):
    """A stretch of one turn that somebody, or a program, says is an action or a need."""

    @property
    def turn(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def stage(self) -> str | None: ...
    @property
    def step(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Prediction:
    """One statement of an analysis, as far as scoring looks at it."""

    turn: int
    start: int
    end: int
    kind: str
    stage: str | None
    step: str | None


@dataclass(frozen=True, slots=True)
class Shares:
    """Precision, recall and their harmonic mean; 0 where there is nothing to divide by."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @classmethod
    def of_counts(cls, n_right: int, n_predicted: int, n_gold: int) -> Shares:
        """Shares of `n_right` in what was predicted and in what is there."""
        return cls(n_right / n_predicted if n_predicted else 0.0, n_right / n_gold if n_gold else 0.0)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Gold and predicted statements of one kind, side by side; None where nothing on the other side matched."""

    gold: Marked | None
    predicted: Marked | None


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Predictions whose confidence lies in [low, high): how many, how sure, and how often right."""

    low: float
    high: float
    n: int
    mean_confidence: float
    share_right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against truth. `expected_error` is the ECE: mean gap of confidence and truth over predictions."""

    bins: tuple[CalibrationBin, ...]
    expected_error: float


def score_study(
    transcripts: Sequence[Transcript],
    gold: Mapping[str, Sequence[Marked]],
    predicted: Mapping[str, Sequence[Marked]],
) -> dict[str, float]:
    """Score the predictions of one study against its gold labels.

    Only the transcripts that `gold` has a key for count. What an interviewer says is never gold, and a prediction
    there costs precision.

    Args:
        transcripts: of the study.
        gold: labels by transcript id.
        predicted: statements by transcript id; one without a key has none.

    Returns:
        The figures in a fixed order: transcripts, then for each kind span and sentence precision, recall, f1 and the
        counts, then stage.*, grouping.* and map.*.

    Raises:
        AnalysisError: a prediction names a transcript that the study lacks, or lies outside its turn.
        ValueError: `gold` names a transcript that is not given.
    """
    by_id = {transcript.id: transcript for transcript in transcripts}
    if missing := sorted(set(gold) - set(by_id)):
        raise ValueError(f"labels of transcripts that are not given: {', '.join(missing[:3])}")
    _check_places(by_id, predicted)
    figures: dict[str, float] = {"transcripts": len(gold)}
    pairings = {kind: _score_kind(kind, by_id, gold, predicted, figures) for kind in KINDS}
    figures.update(_stage_figures(pairings["action"]))
    figures.update(_step_figures(pairings["action"]))
    return figures


def predictions_of(analysis: Analysis) -> dict[str, list[Prediction]]:
    """Give the statements of an analysis by transcript id, ready to score. The stage is the likeliest one."""
    found: dict[str, list[Prediction]] = {transcript.id: [] for transcript in analysis.transcripts}
    for s in analysis.statements:
        span, stage = s.evidence.span, likeliest_stage(s.stage_probabilities)
        step = analysis.statement_steps.get(s.id)
        found[s.evidence.transcript].append(Prediction(span.turn, span.start, span.end, s.kind, stage, step))
    return found


def predictions_of_document(analysis: Mapping[str, object]) -> dict[str, list[Prediction]]:
    """Give the statements of a jtbd-analysis/1 document by transcript id, ready to score.

    Raises:
        AnalysisError: there is no list of statements, or one lacks a field.
    """
    statements = analysis.get("statements")
    if not isinstance(statements, list):
        raise AnalysisError("statements: must be a list")
    found: dict[str, list[Prediction]] = defaultdict(list)
    for number, s in enumerate(statements):
        try:
            place = Prediction(s["turn"], s["start"], s["end"], s["kind"], s.get("stage"), s.get("step"))
            found[s["transcript"]].append(place)
        except (KeyError, TypeError, AttributeError) as fault:
            raise AnalysisError(f"statements[{number}]: lacks {fault}") from fault
    return dict(found)


def mean_figures(figures: Mapping[str, Figures]) -> dict[str, float]:
    """Average each figure over studies, each study counting the same. No study gives no figure."""
    if not figures:
        return {}
    names = next(iter(figures.values()))
    return {name: fmean(of_study[name] for of_study in figures.values()) for name in names}


def scores_json(figures: Mapping[str, Figures]) -> str:
    """Write the figures of every study and their mean as JSON, 6 digits."""
    studies = {study: _rounded(of_study) for study, of_study in figures.items()}
    return (
        json.dumps({"studies": studies, "mean": _rounded(mean_figures(figures))}, ensure_ascii=False, indent=1) + "\n"
    )


def n_shared(a: Bounds, b: Bounds) -> int:
    """Count the characters that two spans of one turn share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def span_iou(a: Bounds, b: Bounds) -> float:
    """Divide the characters two spans of one turn share by those they cover together."""
    shared = n_shared(a, b)
    return shared / (a[1] - a[0] + b[1] - b[0] - shared) if shared else 0.0


def match_spans(
    gold: Sequence[Marked], predicted: Sequence[Marked], *, min_iou: float = MIN_SPAN_IOU
) -> list[tuple[int, int]]:
    """Match gold with predicted spans one to one, best overlap first; only overlaps of at least `min_iou` count.

    Returns:
        Pairs of positions (in `gold`, in `predicted`).
    """
    in_turn: dict[int, list[int]] = defaultdict(list)
    for j, p in enumerate(predicted):
        in_turn[p.turn].append(j)
    candidates = [
        (-overlap, i, predicted[j].start, j)
        for i, g in enumerate(gold)
        for j in in_turn[g.turn]
        if (overlap := span_iou((g.start, g.end), (predicted[j].start, predicted[j].end))) >= min_iou
    ]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, _, j in sorted(candidates):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return list(pairs.items())


def marked_sentences(marked: Iterable[Marked], texts: Mapping[int, str]) -> set[tuple[int, int]]:
    """Tell which sentences hold a statement: (turn, number of the sentence), the one each span shares most with."""
    found = set()
    for m in marked:
        bounds = sentence_bounds(texts.get(m.turn, ""))
        if bounds:
            shared = [n_shared(sentence, (m.start, m.end)) for sentence in bounds]
            found.add((m.turn, shared.index(max(shared))))
    return found


def grouping_shares(steps: Sequence[tuple[str | None, str | None]]) -> Shares:
    """Say how far statements that share a gold step share a predicted step, and the other way round.

    B-cubed without the statement itself, so that a step of one statement earns nothing.

    Args:
        steps: (gold step, predicted step) of every gold label and of every prediction that matched none; None where
            there is no step. So not finding, not grouping and junk in a step all cost.

    Source:
        Amigó et al. 2009, doi:10.1007/s10791-008-9066-8, less the pair of a statement with itself.
    """
    gold, predicted, both = _sizes(steps)
    recalls = [(both[g, p] - 1) / (gold[g] - 1) if p else 0.0 for g, p in steps if g and gold[g] > 1]
    precisions = [(both[g, p] - 1) / (predicted[p] - 1) if g else 0.0 for g, p in steps if p and predicted[p] > 1]
    return Shares(fmean(precisions) if precisions else 0.0, fmean(recalls) if recalls else 0.0)


def recovered_steps(steps: Sequence[tuple[str | None, str | None]]) -> dict[str, str]:
    """Pair gold steps of MIN_STEP_LABELS and more with predicted steps one to one, best F1 first, from MIN_STEP_F1."""
    gold, predicted, both = _sizes(steps)
    ranked = sorted(
        (-Shares.of_counts(n, predicted[p], gold[g]).f1, g, p)
        for (g, p), n in both.items()
        if gold[g] >= MIN_STEP_LABELS
    )
    won: dict[str, str] = {}
    for negative_f1, g, p in ranked:
        if -negative_f1 >= MIN_STEP_F1 and g not in won and p not in won.values():
            won[g] = p
    return won


def stage_confusion(stages: Iterable[tuple[str, str | None]]) -> tuple[tuple[int, ...], ...]:
    """Count (gold stage, predicted stage) pairs: six rows of gold, six columns of predictions, in stage order.

    A pair whose prediction is None (no stage given) is in no column.
    """
    counts = Counter(stages)
    return tuple(tuple(counts[gold, predicted] for predicted in STAGES) for gold in STAGES)


def stage_shares(stages: Sequence[tuple[str, str | None]]) -> dict[str, Shares]:
    """Give precision and recall of each stage that occurs in gold, in stage order, over (gold, predicted) pairs."""
    n_gold, n_predicted = Counter(g for g, _ in stages), Counter(p for _, p in stages)
    n_right = Counter(g for g, p in stages if g == p)
    return {s: Shares.of_counts(n_right[s], n_predicted[s], n_gold[s]) for s in STAGES if n_gold[s]}


def calibration(confidences: Sequence[float], is_right: Sequence[bool], *, n_bins: int = 10) -> Calibration:
    """Compare how sure predictions are with how often they are right, in bins of equal width over [0, 1].

    Empty bins are left out; a confidence of 1 is in the last bin. No prediction gives no bin and an error of 0.

    Raises:
        ValueError: the sequences differ in length, a confidence is outside [0, 1], or `n_bins` is below 1.

    Source:
        Naeini, Cooper and Hauskrecht 2015, Obtaining Well Calibrated Probabilities Using Bayesian Binning.
    """
    if len(confidences) != len(is_right):
        raise ValueError(f"{len(confidences)} confidences for {len(is_right)} predictions")
    if n_bins < 1 or not all(0.0 <= c <= 1.0 for c in confidences):
        raise ValueError("confidences must lie in [0, 1] and n_bins be at least 1")
    members: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in zip(confidences, is_right, strict=True):
        members[min(int(confidence * n_bins), n_bins - 1)].append((confidence, right))
    bins = tuple(
        CalibrationBin(k / n_bins, (k + 1) / n_bins, len(m), fmean(c for c, _ in m), fmean(float(r) for _, r in m))
        for k, m in sorted(members.items())
    )
    gaps = sum(b.n * abs(b.mean_confidence - b.share_right) for b in bins)
    return Calibration(bins, gaps / len(confidences) if confidences else 0.0)


def _check_places(by_id: Mapping[str, Transcript], predicted: Mapping[str, Sequence[Marked]]) -> None:
    if unknown := sorted(set(predicted) - set(by_id)):
        raise AnalysisError(f"the analysis names transcripts that the study lacks: {', '.join(unknown[:3])}")
    for transcript_id, marked in predicted.items():
        lengths = [len(turn.text) for turn in by_id[transcript_id].turns]
        for m in marked:
            n_characters = lengths[m.turn] if 0 <= m.turn < len(lengths) else 0
            if not 0 <= m.start < m.end <= n_characters:
                place = f"turn {m.turn}, {m.start} to {m.end}"
                raise AnalysisError(f"{transcript_id}: a statement lies outside its turn: {place}")


def _score_kind(
    kind: str,
    by_id: Mapping[str, Transcript],
    gold: Mapping[str, Sequence[Marked]],
    predicted: Mapping[str, Sequence[Marked]],
    figures: dict[str, float],
) -> list[Pairing]:
    """Add the span and sentence figures of one kind to `figures`; return gold and predictions side by side."""
    n: Counter[str] = Counter()
    pairings: list[Pairing] = []
    for transcript_id, marked in gold.items():
        texts = {t.index: t.text for t in by_id[transcript_id].turns if t.role is not Role.INTERVIEWER}
        wanted = [m for m in marked if m.kind == kind and m.turn in texts]
        found = [m for m in predicted.get(transcript_id, ()) if m.kind == kind]
        usable = [m for m in found if m.turn in texts]
        n_stray = len(found) - len(usable)
        pairs = match_spans(wanted, usable)
        in_gold, in_predicted = marked_sentences(wanted, texts), marked_sentences(usable, texts)
        n.update(gold=len(wanted), predicted=len(usable) + n_stray, right=len(pairs))
        n.update(gold_sentences=len(in_gold), predicted_sentences=len(in_predicted) + n_stray)
        n.update(right_sentences=len(in_gold & in_predicted))
        pairings += _side_by_side(wanted, usable, pairs)
    span = Shares.of_counts(n["right"], n["predicted"], n["gold"])
    sentence = Shares.of_counts(n["right_sentences"], n["predicted_sentences"], n["gold_sentences"])
    figures.update(_named(f"{kind}.span_", span) | _named(f"{kind}.sentence_", sentence))
    figures.update({f"{kind}.gold": n["gold"], f"{kind}.predicted": n["predicted"]})
    return pairings


def _side_by_side(
    gold: Sequence[Marked], predicted: Sequence[Marked], pairs: Sequence[tuple[int, int]]
) -> list[Pairing]:
    matched_gold, matched_predicted = {i for i, _ in pairs}, {j for _, j in pairs}
    both = [Pairing(gold[i], predicted[j]) for i, j in pairs]
    missed = [Pairing(g, None) for i, g in enumerate(gold) if i not in matched_gold]
    extra = [Pairing(None, p) for j, p in enumerate(predicted) if j not in matched_predicted]
    return both + missed + extra


def _stage_figures(pairings: Sequence[Pairing]) -> dict[str, float]:
    stages = [(p.gold.stage, p.predicted.stage) for p in pairings if p.gold and p.predicted and p.gold.stage]
    f1s = [shares.f1 for shares in stage_shares(stages).values()]
    accuracy = fmean(float(gold == predicted) for gold, predicted in stages) if stages else 0.0
    return {"stage.accuracy": accuracy, "stage.macro_f1": fmean(f1s) if f1s else 0.0}


def _step_figures(pairings: Sequence[Pairing]) -> dict[str, float]:
    steps = [(p.gold.step if p.gold else None, p.predicted.step if p.predicted else None) for p in pairings]
    gold, predicted, both = _sizes(steps)
    needed = [g for g, n in gold.items() if n >= MIN_STEP_LABELS]
    large = [p for p, n in predicted.items() if n >= MIN_STEP_LABELS]
    most_shared: Counter[str] = Counter()
    for (_, p), n in both.items():
        most_shared[p] = max(most_shared[p], n)
    is_pure = [float(most_shared[p] / predicted[p] >= MIN_STEP_PURITY) for p in large]
    return _named("grouping.", grouping_shares(steps)) | {
        "map.recall": len(recovered_steps(steps)) / len(needed) if needed else 0.0,
        "map.precision": fmean(is_pure) if is_pure else 0.0,
        "map.steps": len(predicted) / len(gold) if gold else 0.0,
    }


def _sizes(
    steps: Sequence[tuple[str | None, str | None]],
) -> tuple[Counter[str], Counter[str], Counter[tuple[str, str]]]:
    """Count labels by gold step, by predicted step, and by both where there are both."""
    gold = Counter(g for g, _ in steps if g)
    predicted = Counter(p for _, p in steps if p)
    return gold, predicted, Counter((g, p) for g, p in steps if g and p)


def _named(prefix: str, shares: Shares) -> dict[str, float]:
    return {f"{prefix}precision": shares.precision, f"{prefix}recall": shares.recall, f"{prefix}f1": shares.f1}


def _rounded(figures: Figures) -> dict[str, float]:
    return {name: round(value, 6) for name, value in figures.items()}
