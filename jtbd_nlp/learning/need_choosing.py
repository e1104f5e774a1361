"""Learn which writing of a need an analyst would have written, from labelled needs and the statements written for them.

Deterministic: fixed seeds and folds, one thread, rows in a fixed order. The reading model behind the meanings must not
have seen the interviews given here, or they would say more than they will of new talk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xgboost
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]  # no types

from jtbd_nlp.embedding import Embedder
from jtbd_nlp.statements.encoder import Floats
from jtbd_nlp.statements.need_choice import (
    LinearHead,
    NeedChooser,
    NeedHeads,
    WordedClause,
    describe_writings,
    direction_of,
    family_of,
    is_allowed,
    turned,
)
from jtbd_nlp.statements.need_wording import read_need

# Fewer labelled needs teach nothing that the shipped model does not know better.
FEWEST_NEEDS: Final = 400
# A writing is right where it is at least this near to what the annotator wrote, and in the same direction.
NEAR: Final = 0.55
N_FOLDS: Final = 5
N_ROUNDS: Final = 120
# The vectors have length 1; this far out, regularisation leaves their differences alone.
STRETCH: Final = 4.0
TREE_SETTINGS: Final[Mapping[str, Any]] = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_depth": 4,
    "eta": 0.08,
    "min_child_weight": 20,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
    "reg_lambda": 5,
    "nthread": 1,
    "seed": 7,
}

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LabelledNeed:
    """A clause that an annotator marked as a need: its writings, what it means, and the statement they wrote for it.

    `transcript` keeps one interview in one fold; `weight` is how much it counts.
    """

    transcript: str
    clause: WordedClause
    meaning: Floats
    statement: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class _Told:
    """What an annotator's statement says: direction and family of its metric, and what is measured."""

    direction: str
    family: str
    measured: str


def can_learn(needs: Sequence[LabelledNeed]) -> bool:
    """Whether there are needs enough, of both directions and of two families, to learn from."""
    told = [t for n in needs if (t := _told(n.statement)) is not None]
    likely = {t.direction for t in told if t.family == "likelihood"}
    return len(told) >= FEWEST_NEEDS and len(likely) == 2


def train_need_chooser(
    needs: Sequence[LabelledNeed], embedder: Embedder, *, statements: Sequence[str] = ()
) -> NeedChooser:
    """Fit heads and trees on labelled needs.

    The trees learn from what heads say that have not seen the interview, five folds of interviews at a time.
    Statements that are not in ODI wording are left out. `statements` are further needs that annotators wrote, whose
    clauses are not at hand: they tell what is wanted and which metric goes with what.

    Raises:
        ValueError: there is too little to learn from, see `can_learn`.
    """
    if not can_learn(needs):
        raise ValueError(f"{len(needs)} labelled needs are too few, or all alike: {FEWEST_NEEDS} are needed")
    pairs = [(n, t) for n in needs if (t := _told(n.statement)) is not None]
    needs, told = [n for n, _ in pairs], [t for _, t in pairs]
    meanings = np.stack([n.meaning for n in needs])
    more = sorted(set(statements) - {n.statement for n in needs})
    told += [t for s in more if (t := _told(s)) is not None]
    measured = embedder.embed([t.measured for t in told])
    heads = _fit_heads(told, meanings, measured, np.ones(len(told), np.bool_))
    names = sorted({n.transcript for n in needs})
    fold_of = {name: i % N_FOLDS for i, name in enumerate(names)}
    folds = np.array([*(fold_of[n.transcript] for n in needs), *[-1] * (len(told) - len(needs))])
    described: list[Floats] = [np.zeros((0, 0), np.float32)] * len(needs)
    for fold in range(N_FOLDS):
        own = np.flatnonzero(folds == fold)
        unseen = _fit_heads(told, meanings, measured, folds != fold)
        rows = describe_writings([needs[i].clause for i in own], meanings[own], embedder, unseen)
        for i, row in zip(own, rows, strict=True):
            described[i] = row
    return NeedChooser(heads, _fit_trees(needs, told, described, embedder))


def _fit_trees(
    needs: Sequence[LabelledNeed], told: Sequence[_Told], described: Sequence[Floats], embedder: Embedder
) -> xgboost.Booster:
    wanted = embedder.embed([n.statement for n in needs])
    written = embedder.embed([w.statement for n in needs for w in n.clause.writings])
    rows, right, weights, at = [], [], [], 0
    for i, need in enumerate(needs):
        for k, writing in enumerate(need.clause.writings):
            if is_allowed(writing, float(described[i][k, -2])):
                family = family_of(writing.metric.name)
                # What is likely may be said the other way round than a statement of another family says it.
                is_other = family == "likelihood" and told[i].family != family
                is_turned = direction_of(writing.metric) != told[i].direction and not is_other
                rows.append(described[i][k])
                right.append(float(written[at] @ wanted[i]) > NEAR and not is_turned)
                weights.append(need.weight)
            at += 1
    matrix = xgboost.DMatrix(np.stack(rows), label=np.array(right, np.float32), weight=np.array(weights, np.float32))
    return xgboost.train(dict(TREE_SETTINGS), matrix, N_ROUNDS)


def _fit_heads(told: Sequence[_Told], meanings: Floats, measured: Floats, rows: Rows) -> NeedHeads:
    """Heads of some rows; of rows beyond those of `meanings` only the statement is known."""
    directions = np.array([t.direction for t in told])
    families = np.array([t.family for t in told])
    both = np.array([f"{t.direction} {t.family}" for t in told])
    likely = rows & (families == "likelihood")
    with_clause = np.flatnonzero(rows[: len(meanings)])
    return NeedHeads(
        direction=_fit(meanings[with_clause], directions[with_clause], 0.3),
        family=_fit(meanings[with_clause], families[with_clause], 0.3),
        wanted=_fit(measured[likely], directions[likely], 1.0),
        fit=_fit(measured[rows], both[rows], 0.5),
    )


def _fit(vectors: Floats, classes: npt.NDArray[np.str_], strength: float) -> LinearHead:
    fitted = LogisticRegression(C=strength, max_iter=300).fit(vectors * STRETCH, classes)
    weights, bias = fitted.coef_.T * STRETCH, fitted.intercept_
    if weights.shape[1] == 1:
        weights, bias = np.hstack([np.zeros_like(weights), weights]), np.r_[0.0, bias]
    # As it will be read back: half precision.
    kept = weights.astype(np.float16).astype(np.float32)
    return LinearHead(tuple(str(c) for c in fitted.classes_), kept, bias.astype(np.float32))


def _told(statement: str) -> _Told | None:
    need = read_need(statement.lower())
    return _Told(turned(need.direction, need.metric), family_of(need.metric), need.measured) if need else None
