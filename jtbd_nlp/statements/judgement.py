"""Judgement: which candidate clauses are action or need statements, and how sure that is.

Part of hop 2. Joins what the reading model makes of the words with what the parse says of the clause, in one vector
a candidate; boosted trees turn the vector into a probability; the best candidates that do not overlap are kept.
Knows no spaCy objects (a Clause carries its own features), no studies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import xgboost

from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.stages import STAGES
from jtbd_nlp.statements.clauses import FEATURE_NAMES, Clause
from jtbd_nlp.statements.encoder import Floats, TurnReading

StatementKind = Literal["action", "need"]
KINDS: Final[tuple[StatementKind, ...]] = ("action", "need")

# Context on either side of a candidate whose probability mass counts as "missed by this span".
_REACH: Final = 16
# Candidates less likely than this are not looked at.
_LEAST: Final = 0.02
# A little under the threshold of the best F1: a reader can reject what is shown, but not approve what is not.
_RECALL_BIAS: Final = 0.9
_READING_FEATURES: Final = (
    "inside_mean",
    "inside_min",
    "inside_max",
    "expected_iou",
    "expected_recall",
    "left_mean",
    "right_mean",
    "begin_at_first",
    "begin_later",
    "end_at_last",
    "end_earlier",
    "sentence",
)
_SHAPE_FEATURES: Final = ("n_pieces", "share_of_sentence", "pieces_before", "pieces_after", "n_sentences", "is_whole")
_TURN_FEATURES: Final = (
    *(f"{kind}_{name}" for kind in KINDS for name in _READING_FEATURES),
    *_SHAPE_FEATURES,
    *FEATURE_NAMES,
)
_SENSE_FEATURES: Final = ("near_job", "near_actions", *(f"stage_{stage}" for stage in STAGES))
CANDIDATE_FEATURES: Final = (*_TURN_FEATURES, *_SENSE_FEATURES)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause read as one kind of statement: the character span it would have in its turn."""

    clause: Clause
    kind: StatementKind
    start: int
    end: int


def list_candidates(clauses: Sequence[Clause]) -> list[Candidate]:
    """Every reading of every clause: an action from its verb on, a need with and without its subject; no span twice."""
    found: dict[tuple[StatementKind, int, int], Candidate] = {}
    for clause in clauses:
        found.setdefault(("action", clause.start, clause.end), Candidate(clause, "action", clause.start, clause.end))
    for clause in clauses:
        for start in (clause.whole_start, clause.start):
            found.setdefault(("need", start, clause.end), Candidate(clause, "need", start, clause.end))
    return [found[key] for key in sorted(found)]


def describe_candidates(candidates: Sequence[Candidate], reading: TurnReading) -> Floats:
    """What one turn tells of its candidates, one row each: the first columns of CANDIDATE_FEATURES."""
    rows = np.zeros((len(candidates), len(_TURN_FEATURES)), dtype=np.float32)
    sums = np.vstack([np.zeros((1, reading.pieces.shape[1])), np.cumsum(reading.pieces, axis=0, dtype=np.float64)])
    sentence_starts = np.searchsorted(reading.sentence_of, np.arange(len(reading.sentences) + 1))
    for row, candidate in zip(rows, candidates, strict=True):
        first, last = reading.piece_range(candidate.start, candidate.end)
        if last == first:
            continue
        values: list[float] = []
        for k in range(len(KINDS)):
            values += _reading_features(reading, sums, first, last, k)
        a, b = int(reading.sentence_of[first]), int(reading.sentence_of[last - 1])
        before, after = first - int(sentence_starts[a]), int(sentence_starts[b + 1]) - last
        n = last - first
        whole = float(candidate.start == candidate.clause.whole_start)
        values += [n, n / (n + before + after), before, after, b - a + 1, whole]
        row[: len(values)] = values
        row[len(values) :] = candidate.clause.features
    return rows


def describe_senses(
    candidates: Sequence[Candidate], rows: Floats, meanings: Floats, stages: Floats, job: Floats | None
) -> Floats:
    """What the whole interview and the job tell of its n candidates: the last columns of CANDIDATE_FEATURES.

    Talk that is about the job, and like what this person says they do, is likelier to be a statement than talk
    that is about neither.

    Args:
        rows: what `describe_candidates` gave for the same candidates.
        meanings, stages: (n, width) unit meanings and (n, 6) stage probabilities of the candidates.
        job: unit vector (width,) of the job statement; where there is none, nearness to it is left open (NaN).
    """
    nearness = np.full((len(candidates), 2), np.nan, dtype=np.float32)
    if job is not None:
        nearness[:, 0] = meanings @ job
    is_action = np.array([c.kind == "action" for c in candidates], dtype=bool)
    weights = np.where(is_action, rows[:, CANDIDATE_FEATURES.index("action_inside_mean")] ** 2, 0)
    centre = weights @ meanings
    length = float(np.linalg.norm(centre))
    if length > 0:
        nearness[:, 1] = meanings @ (centre / length)
    return np.hstack([nearness, stages]).astype(np.float32)


def _reading_features(
    reading: TurnReading, sums: npt.NDArray[np.float64], first: int, last: int, k: int
) -> list[float]:
    """Values of _READING_FEATURES for pieces `first` to `last` and kind `k`."""
    inside = reading.pieces[first:last, k]
    n, total = last - first, len(reading.offsets)
    mass = float(sums[last, k] - sums[first, k])
    left, right = max(0, first - _REACH), min(total, last + _REACH)
    missed = _connected(reading.pieces[left:first, k][::-1]) + _connected(reading.pieces[last:right, k])
    begins, ends = reading.pieces[first:last, 2 + k], reading.pieces[first:last, 4 + k]
    sentences = reading.sentences[int(reading.sentence_of[first]) : int(reading.sentence_of[last - 1]) + 1, k]
    return [
        mass / n,
        float(inside.min()),
        float(inside.max()),
        mass / (n + missed),
        mass / (mass + missed + 1e-6),
        float(sums[first, k] - sums[max(0, first - 3), k]) / 3,
        float(sums[min(total, last + 3), k] - sums[last, k]) / 3,
        float(begins[0]),
        float(begins[1:].max()) if n > 1 else 0.0,
        float(ends[-1]),
        float(ends[:-1].max()) if n > 1 else 0.0,
        float(sentences.max()),
    ]


def _connected(run: Floats) -> float:
    """Probability mass of the run that continues without falling under one half of even odds."""
    below = np.flatnonzero(run < 0.25)
    return float(run[: int(below[0])].sum()) if len(below) else float(run.sum())


@dataclass(frozen=True, slots=True)
class Judge:
    """Boosted trees for each kind, and the calibration of their scores."""

    trees: dict[StatementKind, xgboost.Booster]
    slopes: dict[StatementKind, tuple[float, float]]

    def probabilities(self, candidates: Sequence[Candidate], rows: Floats) -> Floats:
        """Calibrated probability (n,) that each candidate is a statement of its kind with about the right edges."""
        found = np.zeros(len(candidates), dtype=np.float32)
        for kind in KINDS:
            mine = np.array([i for i, c in enumerate(candidates) if c.kind == kind], dtype=np.int64)
            if len(mine):
                margins = self.trees[kind].inplace_predict(rows[mine], predict_type="margin")
                slope, offset = self.slopes[kind]
                found[mine] = 1.0 / (1.0 + np.exp(-(slope * margins + offset)))
        return found


def choose(candidates: Sequence[Candidate], probabilities: Floats) -> list[int]:
    """Indices of candidates of one turn that do not overlap another of their kind: the likelier of two is taken.

    Ties go to the earlier and then the shorter span; what is next to impossible is left out. The result is in the
    order of the candidates.
    """
    order = sorted(range(len(candidates)), key=lambda i: (-probabilities[i], candidates[i].start, candidates[i].end))
    kept: list[int] = []
    for i in order:
        c = candidates[i]
        if probabilities[i] < _LEAST:
            break
        if all(
            c.kind != candidates[j].kind or c.end <= candidates[j].start or candidates[j].end <= c.start for j in kept
        ):
            kept.append(i)
    return sorted(kept)


def threshold_for(probabilities: Floats) -> float:
    """The probability from which candidates should be kept, given those of all candidates that do not overlap.

    Calibrated probabilities tell the F1 to expect from keeping the k likeliest; the threshold that makes it largest is
    half of it. Talk unlike what the judge learned from gets lower probabilities all over, and with them a lower
    threshold, where a fixed one would overlook half of it. No candidates give 1.

    Source:
        Lipton, Elkan and Naryanaswamy 2014, doi:10.1007/978-3-662-44851-9_15.
    """
    likeliest = np.sort(probabilities.astype(np.float64))[::-1]
    if not len(likeliest):
        return 1.0
    ranks = np.arange(1, len(likeliest) + 1)
    f1 = 2 * np.cumsum(likeliest) / (ranks + likeliest.sum())
    return float(_RECALL_BIAS * f1.max() / 2)


def load_judge(folder: Path) -> Judge:
    """Load `judge-action.ubj`, `judge-need.ubj` and `judge.json` of `folder`.

    Raises:
        ModelUnavailableError: a file is missing or broken.
    """

    try:
        notes = json.loads((folder / "judge.json").read_text(encoding="utf-8"))
        trees = {}
        for kind in KINDS:
            trees[kind] = xgboost.Booster(params={"nthread": 1})
            trees[kind].load_model(folder / f"judge-{kind}.ubj")
        return Judge(
            trees,
            {kind: (notes["slopes"][kind][0], notes["slopes"][kind][1]) for kind in KINDS},
        )
    except (OSError, ValueError, KeyError, xgboost.core.XGBoostError) as fault:
        raise ModelUnavailableError(f"{folder}: no judge: {fault}") from fault
