"""Which writing of a need says what its quote says, learned from labelled needs, and how sure that is.

Part of hop 2. Three light models: which direction and metric a clause is about, from its learned meaning; whether
what is measured is wanted or unwanted, from its vector; and trees that tell of one writing whether an analyst would
have written the like. Knows no parser; trained by `learning/need_choosing.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xgboost
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from jtbd_nlp.domain import Direction
from jtbd_nlp.embedding import Embedder
from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.lint import lint_need
from jtbd_nlp.statements import need_wording
from jtbd_nlp.statements.need_views import View
from jtbd_nlp.statements.need_wording import Metric
from jtbd_nlp.statements.need_writings import SOURCES, Writing, list_writings, names_mishap
from jtbd_nlp.statements.wording import word_set

Floats = npt.NDArray[np.float32]

HEADS_FILE: Final = "need-heads.safetensors"
TREES_FILE: Final = "need-writings.ubj"
FAMILIES: Final = ("likelihood", "effort", "time", "uncertainty", "number", "ability", "cost", "other")
# A likelihood whose direction is less probable than this, for what is measured, is never written.
LEAST_WANTED: Final = 0.6
# A deed that names no mishap must be more surely unwanted to be written as one to keep from.
LEAST_SHUNNED: Final = 0.75
# From this on a writing that its words bear out is shown to an analyst; else the quote stands at its step as it is.
LEAST_SURE: Final = 0.45
_SAME: Final = {
    "risk": "likelihood",
    "amount": "number",
    "share": "number",
    "time available": "ability",
    "availability": "ability",
    "difficulty": "effort",
    "effort spent": "effort",
    "ease": "effort",
    "time spent": "time",
    "time wasted": "time",
    "certainty": "uncertainty",
}
_TURNED: Final = frozenset({"ease", "certainty"})
_CUES_OF: Final = dict(need_wording.CUES)
_FUNCTION_WORDS: Final = word_set("the a an of to for in and that is are")


@dataclass(frozen=True, slots=True)
class WordedClause:
    """A clause with its n writings and what the words tell of each, before anything learned is asked.

    Args:
        writings: its writings.
        figures: (n, n_figures).
    """

    writings: tuple[Writing, ...]
    figures: Floats

    @classmethod
    def of(cls, view: View) -> WordedClause:
        """The writings of one clause that its words do not forbid."""
        writings = tuple(w for w in list_writings(view) if least_wanted(w) is not None)
        rows = [_figures(writing, view) for writing in writings]
        return cls(writings, np.array(rows, np.float32).reshape(len(writings), N_FIGURES))


@dataclass(frozen=True, slots=True)
class LinearHead:
    """Classes by a linear model over a unit vector: `weights` (dim, n_classes), `bias` (n_classes,)."""

    classes: tuple[str, ...]
    weights: Floats
    bias: Floats

    def probabilities(self, rows: Floats) -> Floats:
        """Shape (n, n_classes), rows sum to 1."""
        scores = rows.astype(np.float64) @ self.weights.astype(np.float64) + self.bias
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True)
class NeedHeads:
    """What is asked of a clause's meaning and of a measured thing's vector, before the trees.

    `direction` and `family` read the meaning, `wanted` and `fit` the vector of what is measured: `wanted` tells which
    direction its likelihood has, `fit` which direction and family go with it ("minimize time").
    """

    direction: LinearHead
    family: LinearHead
    wanted: LinearHead
    fit: LinearHead

    def judge(self, writings: Sequence[Writing], meaning: Floats, measured: Floats) -> Floats:
        """Four probabilities (n, 4) of n writings of one clause: direction, family, wanted, fit."""
        directions = [direction_of(w.metric) for w in writings]
        families = [family_of(w.metric.name) for w in writings]
        clause = [head.probabilities(meaning[None])[0] for head in (self.direction, self.family)]
        wanted, fit = self.wanted.probabilities(measured), self.fit.probabilities(measured)
        return np.array(
            [
                (
                    _of(clause[0], self.direction, d),
                    _of(clause[1], self.family, f),
                    _of(wanted[i], self.wanted, d),
                    _of(fit[i], self.fit, f"{d} {f}"),
                )
                for i, (d, f) in enumerate(zip(directions, families, strict=True))
            ],
            np.float32,
        )


@dataclass(frozen=True, slots=True)
class NeedChooser:
    """Chooses among the writings of clauses. `trees` are serialised boosted trees over figures, likenesses, heads."""

    heads: NeedHeads
    trees: xgboost.Booster

    def choose(
        self, clauses: Sequence[WordedClause], meanings: Floats, embedder: Embedder
    ) -> list[tuple[Writing, float] | None]:
        """The best writing of each clause and the chance that an analyst writes the like; None where there is none.

        Args:
            clauses: n clauses.
            meanings: (n, width), what each means, unit rows, in the space of `embedder`.
            embedder: the encoder that the reading model was tuned from.
        """
        chosen: list[tuple[Writing, float] | None] = []
        for clause, judged in zip(clauses, describe_writings(clauses, meanings, embedder, self.heads), strict=True):
            fine = [i for i, w in enumerate(clause.writings) if is_allowed(w, float(judged[i, -2]))]
            if not fine:
                chosen.append(None)
                continue
            chances = self.trees.inplace_predict(judged[fine])
            best = max(range(len(fine)), key=lambda k: (round(float(chances[k]), 6), -k))
            chosen.append((clause.writings[fine[best]], round(float(chances[best]), 6)))
        return chosen

    def save(self, folder: Path) -> None:
        """Write both files to `folder`, the same bytes for the same model."""
        heads = {"direction": self.heads.direction, "family": self.heads.family}
        heads |= {"wanted": self.heads.wanted, "fit": self.heads.fit}
        tensors: dict[str, npt.NDArray[Any]] = {}
        for name, head in heads.items():
            tensors[f"{name}.weights"] = np.ascontiguousarray(head.weights, dtype=np.float16)
            tensors[f"{name}.bias"] = np.ascontiguousarray(head.bias, dtype=np.float32)
        # One note only: safetensors writes several in no fixed order.
        notes = json.dumps({name: head.classes for name, head in heads.items()})
        save_file(tensors, folder / HEADS_FILE, {"classes": notes})
        self.trees.save_model(folder / TREES_FILE)


def load_need_chooser(folder: Path) -> NeedChooser:
    """Read what `NeedChooser.save` wrote.

    Raises:
        ModelUnavailableError: a file is absent or broken.
    """
    try:
        with safe_open(folder / HEADS_FILE, framework="numpy") as opened:
            classes = json.loads(opened.metadata()["classes"])
            heads = {
                name: LinearHead(
                    tuple(classes[name]),
                    opened.get_tensor(f"{name}.weights").astype(np.float32),
                    opened.get_tensor(f"{name}.bias"),
                )
                for name in classes
            }
        trees = xgboost.Booster({"nthread": 1})
        trees.load_model(folder / TREES_FILE)
    except (OSError, SafetensorError, KeyError, xgboost.core.XGBoostError) as error:
        raise ModelUnavailableError(f"{folder} holds no chooser of needs' writings: run `jtbd train`") from error
    return NeedChooser(NeedHeads(**heads), trees)


def describe_writings(
    clauses: Sequence[WordedClause], meanings: Floats, embedder: Embedder, heads: NeedHeads
) -> list[Floats]:
    """What is known of the writings of each clause, (n writings, n_features); the last two columns tell of `wanted`
    and `fit`."""
    statements = [w.statement for c in clauses for w in c.writings]
    measured = [w.measured for c in clauses for w in c.writings]
    written, things = np.split(embedder.embed([*statements, *measured]), 2)
    rows, at = [], 0
    for clause, meaning in zip(clauses, meanings, strict=True):
        own = slice(at, at + len(clause.writings))
        at = own.stop
        likeness = np.stack([written[own] @ meaning, things[own] @ meaning], axis=1)
        beside = likeness - likeness.max(axis=0) if len(likeness) else likeness
        judged = heads.judge(clause.writings, meaning, things[own]) if clause.writings else np.zeros((0, 4))
        rows.append(np.asarray(np.hstack([clause.figures, likeness, beside, judged]), np.float32))
    return rows


def is_allowed(writing: Writing, wanted: float) -> bool:
    """Whether the direction agrees with what is measured: errors are not to be likely, finding the form is.

    `wanted` is the probability of the direction, for a likelihood of what is measured.
    """
    least = least_wanted(writing)
    return least is not None and wanted >= least


def least_wanted(writing: Writing) -> float | None:
    """The least probability of its direction with which a writing is allowed; None where its words alone forbid it."""
    if family_of(writing.metric.name) != "likelihood":
        return 0.0
    is_unwanted, is_minimized = names_mishap(writing), writing.metric.direction == "minimize"
    if (is_unwanted and not is_minimized) or (writing.source == "thing" and not is_unwanted):
        return None
    is_neutral_deed = writing.source == "doing" and is_minimized and not is_unwanted
    return LEAST_SHUNNED if is_neutral_deed else LEAST_WANTED


def family_of(metric: str) -> str:
    """Name the family of a metric among FAMILIES."""
    name = _SAME.get(metric, metric)
    return name if name in FAMILIES else "other"


def direction_of(metric: Metric) -> Direction:
    """The direction of a metric, as its family measures it: more ease is less effort."""
    return turned(metric.direction, metric.name)


def turned(direction: Direction, metric: str) -> Direction:
    """The direction in which the family of `metric` is to go: increase the ease, minimize the effort."""
    if metric not in _TURNED:
        return direction
    return "minimize" if direction == "increase" else "increase"


def _of(probabilities: Floats, head: LinearHead, name: str) -> float:
    return float(probabilities[head.classes.index(name)]) if name in head.classes else 0.0


def _figures(writing: Writing, view: View) -> list[float]:
    words = [w.lower() for w in writing.words]
    content = set(words) - _FUNCTION_WORDS
    family, cues = family_of(writing.metric.name), view.cues
    claims = (
        view.negated,
        view.is_bad,
        view.is_speakers,
        content & need_wording.NEGATIVE,
        content & need_wording.POSITIVE,
        cues & need_wording.POSITIVE,
        _CUES_OF.get(writing.metric, frozenset()) & cues,
        cues & need_wording.QUANTITY_CUES,
        cues & need_wording.WISHING,
        cues & need_wording.NOT_YET,
        any(need_wording.QUALITIES.get(c) == writing.metric.name for c in cues),
        "too" in cues,
        "not" in words,
        writing.metric.direction == "minimize",
        *(writing.source == source for source in SOURCES),
        *(family == name for name in FAMILIES),
    )
    counts = (len(words), len(content), len(lint_need(writing.statement)), view.last - view.first)
    return [*(float(bool(c)) for c in claims), *(float(n) for n in counts)]


N_FIGURES: Final = 14 + len(SOURCES) + len(FAMILIES) + 4
