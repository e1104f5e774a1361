"""How an action is written: with which noun for a pronoun or a missing object, by what the words mean.

Part of hop 2. A grammatical rule proposes the noun; the reading model has read what was said before, and the vector it
gives a quote lies near that of the phrase that an analyst would write, noun and all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from spacy.tokens import Doc, Token

from jtbd_nlp.embedding import Embedder
from jtbd_nlp.statements.clauses import Clause
from jtbd_nlp.statements.encoder import Floats
from jtbd_nlp.statements.phrases import step_phrase
from jtbd_nlp.statements.referents import Gap, filled, is_setting, nouns_for
from jtbd_nlp.statements.tokens import is_plural

# Six are as good as all within reach.
MOST_NOUNS: Final = 6
# What speaks for a noun beside its nearness to the meaning, in cosines; chosen on training interviews.
_BY_RULE: Final = 0.05
_AGREES: Final = 0.06
_SETTING: Final = 0.04
# What speaks for writing no noun: more where not even a pronoun was said.
_NO_NOUN: Final = 0.05
_NO_OBJECT: Final = 0.1


class Writing(NamedTuple):
    """A phrase, and what speaks for it beside its nearness to what is meant."""

    phrase: str
    lead: float


class Spoken(NamedTuple):
    """A clause in its parsed turn, and the speaker's turn before where there is one."""

    doc: Doc
    clause: Clause
    before: Doc | None


def step_writings(spoken: Spoken) -> list[Writing]:
    """Every way to write a clause as a step: one where it has no gap, else one for each noun that may fill the first.

    The rule's own comes first. "" and equal phrases are left out, so a clause that cannot be written gives [].
    """
    doc, clause, before = spoken
    with filled(doc, {}) as gaps:
        phrase = step_phrase(doc, clause)
    if not phrase:
        return []
    if not gaps:
        return [Writing(phrase, 0.0)]
    gap = gaps[0]
    found = [Writing(phrase, _BY_RULE + _lead(gap, gap.noun))]
    for noun in (None, *nouns_for(gap, before, most=MOST_NOUNS)):
        with filled(doc, {gap.place.i: noun}):
            phrase = step_phrase(doc, clause)
        if phrase and phrase not in {writing.phrase for writing in found}:
            found.append(Writing(phrase, _lead(gap, noun)))
    return found


def _lead(gap: Gap, noun: Token | None) -> float:
    if noun is None:
        return _NO_OBJECT if gap.plural is None else _NO_NOUN
    return _AGREES * (gap.plural == is_plural(noun)) - _SETTING * is_setting(noun)


def write_steps(spoken: Sequence[Spoken], meanings: Floats, embedder: Embedder) -> list[str]:
    """Write n clauses as steps; "" where one cannot be written.

    Args:
        spoken: the n clauses.
        meanings: shape (n, dim), unit rows, in the space of `embedder`.
        embedder: the encoder that the reading model was tuned from.
    """
    writings = [step_writings(one) for one in spoken]
    phrases = list(dict.fromkeys(w.phrase for own in writings if len(own) > 1 for w in own))
    vectors = dict(zip(phrases, embedder.embed(phrases), strict=True)) if phrases else {}
    return [_nearest(own, meaning, vectors) for own, meaning in zip(writings, meanings, strict=True)]


def _nearest(writings: Sequence[Writing], meaning: Floats, vectors: Mapping[str, Floats]) -> str:
    """The phrase that is nearest to `meaning`, leads counted, of equals the first; "" of none."""
    if len(writings) < 2:
        return writings[0].phrase if writings else ""
    return max(writings, key=lambda w: round(float(vectors[w.phrase] @ meaning) + w.lead, 6)).phrase
