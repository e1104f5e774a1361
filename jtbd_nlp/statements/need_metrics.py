"""Which metric a need is about, learned from labelled needs: a linear model over the words of the clause.

Part of hop 2. Knows no parser and no study; trained by `learning/metrics.py`, optional at run time (without it
`needs` goes by the cue words of `need_wording`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.statements.need_wording import Metric, metric_of

FILE: Final = "need-metrics.safetensors"
_WORD: Final = re.compile(r"[a-z']+|\?")


@dataclass(frozen=True, slots=True)
class MetricChooser:
    """A linear model: `terms[t]` is the row of `weights` (n_terms, n_metrics) for a word or pair of words."""

    metrics: tuple[Metric, ...]
    terms: Mapping[str, int]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def rank(self, text: str) -> tuple[Metric, ...]:
        """Every metric, likeliest for `text` first; ties in the model's own order. Any text gives an answer."""
        rows = sorted({self.terms[t] for t in terms_of(text) if t in self.terms})
        scores = self.bias.astype(np.float64)
        if rows:
            scores = scores + self.weights[rows].astype(np.float64).sum(axis=0) / np.sqrt(len(rows))
        return tuple(self.metrics[i] for i in np.argsort(-scores, kind="stable"))

    def save(self, folder: Path) -> None:
        """Write the model to `FILE` in `folder`, the same bytes for the same model."""
        notes = {
            "metrics": [[m.direction, m.name, m.joint] for m in self.metrics],
            "terms": sorted(self.terms, key=self.terms.__getitem__),
        }
        # One note only: safetensors writes several in no fixed order.
        tensors: dict[str, npt.NDArray[Any]] = {
            "weights": np.ascontiguousarray(self.weights, dtype=np.float16),
            "bias": self.bias,
        }
        save_file(tensors, folder / FILE, {"chooser": json.dumps(notes)})


def load_chooser(folder: Path) -> MetricChooser:
    """Read the model that `MetricChooser.save` wrote.

    Raises:
        ModelUnavailableError: the file is absent or broken.
    """
    try:
        with safe_open(folder / FILE, framework="numpy") as opened:
            notes = json.loads(opened.metadata()["chooser"])
            weights, bias = opened.get_tensor("weights"), opened.get_tensor("bias")
    except (OSError, SafetensorError) as error:
        raise ModelUnavailableError(f"{folder / FILE} cannot be read: run `jtbd train`") from error
    metrics = tuple(metric_of(direction, name, joint) for direction, name, joint in notes["metrics"])
    terms = {term: i for i, term in enumerate(notes["terms"])}
    return MetricChooser(metrics, terms, weights.astype(np.float32), bias.astype(np.float32))


def terms_of(text: str) -> Iterator[str]:
    """Words and pairs of neighbouring words of `text`, lower case."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    yield from words
    yield from (f"{a} {b}" for a, b in pairwise(words))
