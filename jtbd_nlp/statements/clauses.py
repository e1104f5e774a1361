"""Clauses: every stretch of talk that could be an action or need statement, found in the dependency parse.

Part of hop 2. Knows spaCy and English grammar; knows nothing of stages, steps, studies or learned judgement.
"""

from __future__ import annotations

from dataclasses import dataclass

from jtbd_nlp.domain import Modality, Tense


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One candidate. `start` and `end` are character offsets into the turn's text.

    `construction` names the rule that found it ("root", "conj", "xcomp", "gerund", "passive", "imperative",
    "fragment", ...). `head` is the index (in the turn's Doc) of its main token.
    """

    start: int
    end: int
    head: int
    construction: str
    actor: str | None
    verb: str | None
    object: str | None
    context: str | None
    negated: bool
    modality: Modality
    tense: Tense
    habitual: bool
    features: tuple[tuple[str, float], ...] = ()
