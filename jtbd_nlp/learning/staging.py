"""Calibrate the stage probabilities of the reading model on labelled studies it has not seen.

One temperature is all that generalises: a full 6 x 6 correction learned on seven studies lost 1 to 3 points of
macro-F1 on the eighth, since each study has its own idea of which stage is common.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped, unused-ignore]  # no types

from jtbd_nlp.evaluation import span_iou
from jtbd_nlp.learning.judging import SAME_SPAN, JudgedTalk
from jtbd_nlp.stages import STAGES
from jtbd_nlp.statements.encoder import Floats, ReadingModel
from jtbd_nlp.statements.staging import StageHead, stage_evidence


def train_stage_head(talks: Sequence[JudgedTalk], reading_model: ReadingModel) -> StageHead:
    """Find the temperature under which the stages of labelled spans are likeliest (Guo et al. 2017).

    No label that a candidate matches gives the head that changes nothing.
    """
    means, stages = labelled_means(talks)
    if not stages:
        return StageHead.identity()
    evidence = stage_evidence(reading_model.judge_spans(means)[0])
    right = np.array([STAGES.index(s) for s in stages])

    def surprise(log_temperature: float) -> float:
        scores = evidence / np.exp(log_temperature)
        scores = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return -float(scores[np.arange(len(right)), right].mean())

    best = minimize_scalar(surprise, bounds=(-1.5, 1.5), method="bounded")
    return StageHead(np.eye(len(STAGES)) / float(np.exp(best.x)), np.zeros(len(STAGES)))


def labelled_means(talks: Sequence[JudgedTalk]) -> tuple[Floats, list[str]]:
    """Mean hidden states (n, width) of the candidates that match a label best, and those labels' stages."""
    means, stages = [], []
    for talk in talks:
        for i, label in best_matches(talk):
            means.append(talk.means[i])
            stages.append(talk.labels[label].stage)
    return (np.stack(means) if means else np.zeros((0, 0), dtype=np.float32)), stages


def best_matches(talk: JudgedTalk) -> list[tuple[int, int]]:
    """(candidate, label) for every label that some candidate of its kind covers well enough, by label."""
    found = []
    for k, label in enumerate(talk.labels):
        own = [i for i, c in enumerate(talk.candidates) if c.kind == label.kind and talk.turns[i] == label.turn]
        scored = [
            (span_iou((talk.candidates[i].start, talk.candidates[i].end), (label.start, label.end)), -i) for i in own
        ]
        best = max(scored, default=(0.0, 0))
        if best[0] >= SAME_SPAN:
            found.append((-best[1], k))
    return found
