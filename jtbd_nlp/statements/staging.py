"""The stage of one statement: six probabilities that mean what they say.

Part of hop 2. The reading model was tuned on interviews about people's work in general; this small head, trained on
labelled studies with a job of their own, corrects its six probabilities for what it takes one stage for another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.stages import STAGES
from jtbd_nlp.statements.encoder import Floats

_FLOOR = 1e-4


@dataclass(frozen=True, slots=True)
class StageHead:
    """Multinomial logistic regression on the log probabilities of the reading model: weights (6, 6), offsets (6,)."""

    weights: npt.NDArray[np.float64]
    offsets: npt.NDArray[np.float64]

    @classmethod
    def identity(cls) -> StageHead:
        """The head that changes nothing."""
        return cls(np.eye(len(STAGES)), np.zeros(len(STAGES)))

    def probabilities(self, raw: Floats) -> npt.NDArray[np.float64]:
        """Corrected probabilities (n, 6), rows summing to 1, of raw ones (n, 6)."""
        scores = stage_evidence(raw) @ self.weights.T + self.offsets
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def stage_evidence(raw: Floats) -> npt.NDArray[np.float64]:
    """What the head sees of raw probabilities (n, 6): their logarithms."""
    return np.log(np.maximum(raw.astype(np.float64), _FLOOR))


def save_stage_head(head: StageHead, path: Path) -> None:
    """Write the head as safetensors."""
    save_file({"offsets": head.offsets, "weights": np.ascontiguousarray(head.weights)}, path)


def load_stage_head(path: Path) -> StageHead:
    """Read a head that `save_stage_head` wrote.

    Raises:
        ModelUnavailableError: the file is missing or is no stage head.
    """
    try:
        arrays = load_file(path)
        return StageHead(arrays["weights"], arrays["offsets"])
    except (OSError, ValueError, KeyError, SafetensorError) as fault:
        raise ModelUnavailableError(f"{path}: no stage head: {fault}") from fault
