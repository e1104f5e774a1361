"""Train the judge: boosted trees that tell which candidate clauses are statements, on labelled interviews.

The reading model behind the features must not have seen the interviews given here, or the trees learn to trust it more
than it deserves. Deterministic: fixed seed, one thread, rows in a fixed order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xgboost
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]  # no types
from spacy.language import Language

from jtbd_nlp.domain import Transcript
from jtbd_nlp.errors import GoldError
from jtbd_nlp.evaluation import Prediction, calibration, marked_sentences, match_spans, span_iou
from jtbd_nlp.gold import GoldStatement
from jtbd_nlp.learning.need_choosing import LabelledNeed
from jtbd_nlp.statements.encoder import Floats, ReadingModel
from jtbd_nlp.statements.extraction import TurnCandidates, read_candidates, worded_clause
from jtbd_nlp.statements.judgement import KINDS, Candidate, Judge, StatementKind, choose, threshold_for

N_FOLDS: Final = 5
N_ROUNDS: Final = 250
TREE_SETTINGS: Final[Mapping[str, Any]] = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_depth": 4,
    "eta": 0.06,
    "min_child_weight": 8,
    "subsample": 0.8,
    "colsample_bytree": 0.5,
    "reg_lambda": 5,
    "nthread": 1,
    "seed": 7,
}
# Overlap from which a candidate counts as the labelled span, as the scores count it.
SAME_SPAN: Final = 0.5
EXTRA_WEIGHT: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTalk:
    """One labelled interview as the judge sees it: n candidates with features, and what the labels say of each.

    Args:
        transcript: the interview.
        labels: its labels.
        turns: (n,) turn of each candidate.
        candidates: the n candidates.
        rows: (n, features).
        overlaps: (n,) largest IoU with a label of the candidate's kind.
        means: (n, width) mean hidden states.
        needs: the labelled needs that a candidate matches, to learn their writing from.
    """

    transcript: Transcript
    labels: tuple[GoldStatement, ...]
    turns: npt.NDArray[np.int64]
    candidates: tuple[Candidate, ...]
    rows: Floats
    overlaps: Floats
    means: Floats
    needs: tuple[LabelledNeed, ...] = ()

    def of_kind(self, kind: StatementKind) -> npt.NDArray[np.int64]:
        """Which candidates are of one kind."""
        return np.array([i for i, c in enumerate(self.candidates) if c.kind == kind], dtype=np.int64)

    def keep(self, probabilities: Floats) -> list[int]:
        """Candidates that would be kept, turn by turn."""
        likely: list[int] = []
        for turn in dict.fromkeys(self.turns.tolist()):
            mine = np.flatnonzero(self.turns == turn)
            likely += [int(mine[k]) for k in choose([self.candidates[i] for i in mine], probabilities[mine])]
        thresholds = {
            kind: threshold_for(probabilities[[i for i in likely if self.candidates[i].kind == kind]]) for kind in KINDS
        }
        return [i for i in likely if probabilities[i] >= thresholds[self.candidates[i].kind]]


def describe_talk(
    transcript: Transcript,
    labels: Sequence[GoldStatement],
    parser: Language,
    reading_model: ReadingModel,
    *,
    job: Floats | None,
) -> JudgedTalk | None:
    """Candidates of one labelled interview with features and targets; None where there is no candidate.

    `job` is the unit vector of the job statement, None where the study states none.
    """
    parts = read_candidates(transcript, parser, reading_model, job=job)
    if not parts:
        return None
    overlaps = []
    for part in parts:
        own = [label for label in labels if label.turn == part.turn.index]
        for c in part.candidates:
            same = (span_iou((c.start, c.end), (x.start, x.end)) for x in own if x.kind == c.kind)
            overlaps.append(max(same, default=0.0))
    return JudgedTalk(
        transcript=transcript,
        labels=tuple(labels),
        turns=np.array([part.turn.index for part in parts for _ in part.candidates], dtype=np.int64),
        candidates=tuple(c for part in parts for c in part.candidates),
        rows=np.concatenate([part.rows for part in parts]),
        overlaps=np.array(overlaps, dtype=np.float32),
        means=np.concatenate([part.means for part in parts]),
        needs=tuple(need for part in parts for need in _labelled_needs(transcript, part, labels)),
    )


def _labelled_needs(
    transcript: Transcript, part: TurnCandidates, labels: Sequence[GoldStatement]
) -> Iterator[LabelledNeed]:
    """The needs labelled in one turn, each as the candidate that matches it best is read."""
    own = [i for i, c in enumerate(part.candidates) if c.kind == "need"]
    for label in labels:
        if label.kind != "need" or label.turn != part.turn.index or not own:
            continue
        scored = {
            i: span_iou((part.candidates[i].start, part.candidates[i].end), (label.start, label.end)) for i in own
        }
        best = min(own, key=lambda i: (-scored[i], i))
        if scored[best] >= SAME_SPAN:
            clause = worded_clause(part.doc, part.candidates[best])
            yield LabelledNeed(transcript.id, clause, part.meanings[best], label.phrase)


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How the judge did on talks it had not seen, for one kind.

    Args:
        sentence_f1, span_f1: over the sentences and spans of all talks together.
        calibration_error: expected calibration error of the candidates that were kept.
    """

    sentence_f1: float
    span_f1: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class TrainedJudge:
    """A judge, and what is known of it from talks that the trees of a fold had not seen."""

    judge: Judge
    figures: Mapping[StatementKind, KindFigures]


def train_judge(talks: Sequence[JudgedTalk], extra: Sequence[JudgedTalk] = ()) -> TrainedJudge:
    """Fit trees on all talks; calibration and figures come from talks that a fold's trees have not seen.

    `extra` are talks labelled for another purpose and more quickly: they count half in the trees and not at all in
    calibration and figures.

    Raises:
        GoldError: fewer than two talks.
        ValueError: a kind that no candidate matches.
    """
    if len(talks) < 2:
        raise GoldError(
            f"the judge learns from some labelled interviews and is checked on others, so it takes two at least, with "
            f"something said in them; here are {len(talks)}: label another, or add a study"
        )
    unseen = [np.zeros(len(t.candidates), dtype=np.float32) for t in talks]
    trees, slopes = {}, {}
    for kind in KINDS:
        margins = _unseen_margins(talks, extra, kind)
        slopes[kind] = _calibrate(talks, margins, kind)
        slope, offset = slopes[kind]
        for talk, found, own in zip(talks, unseen, margins, strict=True):
            found[talk.of_kind(kind)] = 1 / (1 + np.exp(-(slope * own + offset)))
        trees[kind] = fit_trees(talks, kind, extra)
    return TrainedJudge(Judge(trees, slopes), {kind: _figures(talks, unseen, kind) for kind in KINDS})


def _unseen_margins(talks: Sequence[JudgedTalk], extra: Sequence[JudgedTalk], kind: StatementKind) -> list[Floats]:
    """For each talk the margins of its candidates of one kind, from trees fitted without the talk's fold."""
    margins: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(talks)
    for k in range(min(N_FOLDS, len(talks))):
        fitted = fit_trees([t for i, t in enumerate(talks) if i % N_FOLDS != k], kind, extra)
        for i in range(k, len(talks), N_FOLDS):
            rows = talks[i].rows[talks[i].of_kind(kind)]
            margins[i] = fitted.inplace_predict(rows, predict_type="margin")
    return margins


def _figures(talks: Sequence[JudgedTalk], probabilities: Sequence[Floats], kind: StatementKind) -> KindFigures:
    confidences: list[float] = []
    is_right: list[bool] = []
    n = np.zeros(6)
    for talk, found in zip(talks, probabilities, strict=True):
        kept = [i for i in talk.keep(found) if talk.candidates[i].kind == kind]
        confidences += [float(found[i]) for i in kept]
        is_right += [bool(talk.overlaps[i] >= SAME_SPAN) for i in kept]
        gold = [x for x in talk.labels if x.kind == kind]
        spans = [_prediction(talk, i) for i in kept]
        texts = {t.index: t.text for t in talk.transcript.turns}
        in_gold, in_kept = marked_sentences(gold, texts), marked_sentences(spans, texts)
        n += [len(gold), len(kept), len(match_spans(gold, spans)), len(in_gold), len(in_kept), len(in_gold & in_kept)]
    return KindFigures(
        sentence_f1=2 * n[5] / max(1, n[3] + n[4]),
        span_f1=2 * n[2] / max(1, n[0] + n[1]),
        calibration_error=calibration(confidences, is_right).expected_error,
    )


def fit_trees(talks: Sequence[JudgedTalk], kind: StatementKind, extra: Sequence[JudgedTalk] = ()) -> xgboost.Booster:
    """Boosted trees for one kind; `extra` talks count EXTRA_WEIGHT.

    Raises:
        ValueError: no candidate of that kind matches a label.
    """
    everything = [*talks, *extra]
    rows = np.concatenate([t.rows[t.of_kind(kind)] for t in everything])
    right = np.concatenate([t.overlaps[t.of_kind(kind)] for t in everything]) >= SAME_SPAN
    if not right.any():
        raise ValueError(f"no {kind} is labelled in the talks to train on")
    counts = [len(t.of_kind(kind)) for t in everything]
    weights = np.repeat([1.0] * len(talks) + [EXTRA_WEIGHT] * len(extra), counts)
    matrix = xgboost.DMatrix(rows, label=right.astype(np.float32), weight=weights)
    return xgboost.train(dict(TREE_SETTINGS), matrix, N_ROUNDS)


def _calibrate(talks: Sequence[JudgedTalk], margins: Sequence[Floats], kind: StatementKind) -> tuple[float, float]:
    """Slope and offset that turn margins of unseen talks into probabilities (Platt 1999)."""
    found = np.concatenate(margins)
    right = np.concatenate([t.overlaps[t.of_kind(kind)] for t in talks]) >= SAME_SPAN
    fitted = LogisticRegression(C=1e6).fit(found[:, None].astype(np.float64), right)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _prediction(talk: JudgedTalk, i: int) -> Prediction:
    c = talk.candidates[i]
    return Prediction(int(talk.turns[i]), c.start, c.end, c.kind, None, None)


def save_judge(judge: Judge, folder: Path) -> None:
    """Write `judge-action.ubj`, `judge-need.ubj` and `judge.json`, which `load_judge` reads."""
    for kind in KINDS:
        judge.trees[kind].save_model(folder / f"judge-{kind}.ubj")
    notes = {"slopes": judge.slopes}
    (folder / "judge.json").write_text(json.dumps(notes, indent=1, sort_keys=True) + "\n", encoding="utf-8")
