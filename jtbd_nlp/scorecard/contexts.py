"""The words around a label and a proposal, cut into stretches that are in the one, the other, both or neither."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.domain import Transcript
from jtbd_nlp.quoting import clock_time, context_bounds, question_before
from jtbd_nlp.scorecard.sides import Pair

N_CONTEXT_WORDS: Final = 30


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a turn: whether the annotator marked them, and whether the engine proposed them."""

    text: str
    is_gold: bool
    is_proposed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A pair in its turn: the stretches make up one piece of the turn's text, without a gap."""

    speaker: str
    place: str
    question: str
    stretches: tuple[Stretch, ...]
    is_cut_before: bool
    is_cut_after: bool


def context_of(pair: Pair, transcript: Transcript) -> Context:
    """Set a pair between up to N_CONTEXT_WORDS words on each side, with the question asked before it."""
    turn = transcript.turns[pair.place[1]]
    gold = (pair.gold.start, pair.gold.end) if pair.gold else (0, 0)
    proposed = (pair.proposed.start, pair.proposed.end) if pair.proposed else (0, 0)
    marked = [bounds for bounds in (gold, proposed) if bounds[1]]
    first, last = context_bounds(
        turn.text, min(a for a, _ in marked), max(b for _, b in marked), n_words=N_CONTEXT_WORDS
    )
    cuts = sorted({first, last, *(cut for bounds in marked for cut in bounds)})
    place = f"{transcript.id}, turn {turn.index}"
    return Context(
        speaker=turn.speaker,
        place=place if turn.start is None else f"{place}, {clock_time(turn.start)}",
        question=question_before(transcript, turn),
        stretches=tuple(
            Stretch(turn.text[a:b], gold[0] <= a < gold[1], proposed[0] <= a < proposed[1])
            for a, b in itertools.pairwise(cuts)
        ),
        is_cut_before=bool(turn.text[:first].strip()),
        is_cut_after=bool(turn.text[last:].strip()),
    )
