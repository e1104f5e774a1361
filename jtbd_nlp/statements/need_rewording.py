"""Needs in the words of a small language model, where they stand by what was said better than by single words.

Part of hop 2. `need_choice` writes a need from the words of its clause alone; the model is shown the talk around it as
well, and costs as much as reading a page: it is asked only about clauses that promise a need. Knows no parser.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from jtbd_nlp.domain import Role, Span, Transcript
from jtbd_nlp.embedding import Embedder
from jtbd_nlp.lint import lint_need
from jtbd_nlp.loose_quotes import LEAST_LIKELY
from jtbd_nlp.need_prompts import BEFORE_NEED, need_line
from jtbd_nlp.statements.led import content_stems
from jtbd_nlp.statements.need_choice import LEAST_SURE
from jtbd_nlp.statements.need_wording import WrittenNeed, read_need
from jtbd_nlp.step_prompts import job_prompt
from jtbd_nlp.threads import side_by_side

if TYPE_CHECKING:
    from jtbd_nlp.writing_model import Continuation, WritingModel

Floats = npt.NDArray[np.float32]

# Chance that a clause is a need, and that its writing is right, together: three in ten likely needs reach it.
LEAST_PROMISING: Final = 0.7
# A need of twelve words has seldom more pieces.
_MOST_TOKENS: Final = 28
# Needs written together: a token costs hardly more for eight texts than for one.
_AT_ONCE: Final = 8
# For whoever writes a need: ways to go on that are followed, and needs that are offered.
_N_BEAMS: Final = 6
MOST_NEEDS: Final = 3
# What a need in the model's words is worth: fitted on the gold studies (see the model's card). The last number puts
# what is worth showing at `need_choice.LEAST_SURE` and above.
_WEIGHT_OF_CONFIDENCE: Final = 1.75
_WEIGHT_OF_SCORE: Final = 2.3
_WEIGHT_OF_NEARNESS: Final = 4.1
_MIDDLE: Final = 1.8


@dataclass(frozen=True, slots=True)
class Promise:
    """A clause that may tell a need: what the model is shown of it, how likely it is one, and what it means.

    `meaning` is a unit vector in the space of the embedder that rewordings are compared with.
    """

    line: str
    confidence: float
    meaning: Floats


def is_promising(confidence: float, wording: float) -> bool:
    """Whether the model is to be asked: `confidence` that it is a need, `wording` that its first writing is right."""
    return confidence >= LEAST_LIKELY and confidence + wording >= LEAST_PROMISING


def line_of(transcript: Transcript, span: Span) -> str:
    """What the model is shown of a quote; of others' words only the interviewer's, who is never forgotten."""
    turns = transcript.turns
    before = turns[span.turn - 1] if span.turn else None
    asked = before.text if before is not None and before.role is Role.INTERVIEWER else ""
    return need_line(turns[span.turn].text, span.start, span.end, before=asked)


def reword(
    model: WritingModel, promises: Sequence[Promise], embedder: Embedder, *, job: str
) -> list[tuple[WrittenNeed, float] | None]:
    """Each need in the model's words, with the chance that an analyst writes the like; None where those cannot stand.

    Args:
        promises: in any order; each is written as if it were alone.
        embedder: the encoder that the reading model was tuned from.
        job: the job statement, "" where none is stated.
    """
    written = _write(model, [promise.line for promise in promises], job)
    read = [None if one is None else _well_written(one.text) for one in written]
    vectors = embedder.embed([need.statement if need else "" for need in read])
    reworded: list[tuple[WrittenNeed, float] | None] = []
    for promise, one, need, vector in zip(promises, written, read, vectors, strict=True):
        nearness = float(vector @ promise.meaning)
        chance = _chance(promise.confidence, one.score, nearness) if one else 0.0
        reworded.append((need, chance) if need and chance >= LEAST_SURE else None)
    return reworded


def write_needs(model: WritingModel, *, job: str, line: str, most: int = MOST_NEEDS) -> list[str]:
    """What a quote may tell as a need, likeliest first: needs that break no rule, none in the words of another.

    Nothing weighs whether one is right, nor whether the quote tells a need at all: for people, who read both.

    Args:
        job: the job statement, "" where none is stated.
        line: of the quote, as `line_of` gives it.
    """
    passage = model.read(f" {line}{BEFORE_NEED}", after=model.read(job_prompt(job)))
    offered: dict[frozenset[str], str] = {}
    for one in model.write(passage, n_beams=_N_BEAMS, most_tokens=_MOST_TOKENS):
        need = _well_written(one.text)
        if need:
            offered.setdefault(frozenset(content_stems(need.statement)), need.statement)
    return list(offered.values())[:most]


def _write(model: WritingModel, lines: Sequence[str], job: str) -> list[Continuation | None]:
    """What the model writes of each line, like lengths together."""
    opened = model.read(job_prompt(job))
    order = sorted(range(len(lines)), key=lambda i: (len(lines[i]), i))
    heaps = [order[first : first + _AT_ONCE] for first in range(0, len(order), _AT_ONCE)]

    def written(heap: Sequence[int]) -> tuple[Continuation | None, ...]:
        starts = [f" {lines[i]}{BEFORE_NEED}" for i in heap]
        return model.write_on([opened] * len(heap), starts, most_tokens=_MOST_TOKENS)

    by_line = dict(zip(order, (one for heap in side_by_side(written, heaps) for one in heap), strict=True))
    return [by_line[i] for i in range(len(lines))]


def _well_written(text: str) -> WrittenNeed | None:
    """The parts of a need that breaks no rule and says nothing twice."""
    need, words = read_need(text), content_stems(text)
    return need if need and not lint_need(text) and len(words) == len(set(words)) else None


def _chance(confidence: float, score: float, nearness: float) -> float:
    """The chance that an analyst writes the like.

    Args:
        confidence: that the clause is a need.
        score: mean log-probability of the tokens that were written.
        nearness: cosine of what was written and what the clause means.
    """
    worth = _WEIGHT_OF_CONFIDENCE * confidence + _WEIGHT_OF_SCORE * score + _WEIGHT_OF_NEARNESS * nearness
    return round(1 / (1 + math.exp(_MIDDLE - worth)), 6)
