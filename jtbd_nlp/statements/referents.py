"""What a pronoun or a missing object stands for.

Part of hop 2. Knows spaCy's English parse; knows nothing of verbs, stages or studies.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from spacy.tokens import Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.tokens import is_name, is_person, is_plural, lemma

_RESOLVED: Final = frozenset({"it", "this", "that", "these", "those", "them", "they", "he", "she", "him", "her"})
_REACH_TOKENS: Final = 70
_REACH_SENTENCES: Final = 3
_NOMINAL: Final = frozenset({"NOUN", "PROPN"})
_NEVER_MEANT: Final = wording.TEMPORAL_NOUNS | wording.EMPTY_NOUNS | wording.QUANTITY_HEADS
# What makes a noun less or more likely to be meant: each word and each sentence between, each time it is named again.
_FAR: Final = 0.25
_BREAK: Final = 2.0
_AGAIN: Final = 2.0
_ANTECEDENT_COST: Final = {
    "dobj": 0,
    "nsubj": 3,
    "nsubjpass": 1,
    "attr": 2,
    "ROOT": 3,
    "pobj": 4,
    "conj": 4,
    "appos": 4,
}


def antecedent(pronoun: Token, *, person: bool = False) -> Token | None:
    """Return the noun before `pronoun` in the same turn that it most likely stands for.

    "I wrote the report and sent it" gives "report"; "I opened Excel and used it" gives None, since the nearest fit is
    a name. First and second persons are never resolved. Looks back over at most three sentences. With `person` (and
    for "he" and "she") only nouns that name people are considered.
    """
    if pronoun.lower_ not in _RESOLVED:
        return None
    person = person or pronoun.lower_ in {"he", "she", "him", "her"}
    return _most_salient(pronoun, plural=is_plural(pronoun), person=person)


def implied_object(verb: Token) -> Token | None:
    """Return the noun before `verb` that its missing object most likely is: "I take the draft and then I edit".

    None where the nearest fit is a name, and where nothing was named in the three sentences before.
    """
    return _most_salient(verb, plural=None, person=False)


def _most_salient(place: Token, *, plural: bool | None, person: bool) -> Token | None:
    """The noun before `place` that talk is about: near, an object rather than a setting, and named more than once."""
    doc = place.doc
    near: list[tuple[float, Token]] = []
    times: Counter[str] = Counter()
    taken = {lemma(t) for t in place.ancestors}
    if plural is not None:
        taken |= {lemma(t) for t in place.head.subtree if t.i > place.i}
    tools = frozenset() if lemma(place.head) in wording.TOOL_VERBS else wording.TOOL_NOUNS
    breaks = 0
    for i in range(place.i - 1, max(-1, place.i - _REACH_TOKENS), -1):
        token = doc[i]
        if token.pos_ in _NOMINAL and token.dep_ in _ANTECEDENT_COST:
            name = lemma(token)
            times[name] += 1
            if (
                (plural is None or is_plural(token) == plural)
                and name not in taken
                and token.lower_ not in tools
                and _can_be_meant(token, place)
                and (not person or is_person(token))
            ):
                cost = (place.i - i) * _FAR + _ANTECEDENT_COST[token.dep_] + _BREAK * breaks
                near.append((cost, token))
        if token.is_sent_start:
            breaks += 1
            if breaks >= _REACH_SENTENCES:
                break
    ranked = (
        (cost - (0 if person or is_name(t) else _AGAIN * (min(times[lemma(t)], 4) - 1)), -t.i) for cost, t in near
    )
    best = min(ranked, default=None)
    noun = doc[-best[1]] if best is not None else None
    return None if noun is None or is_name(noun) or noun.lower_ == "ai" else noun


def _can_be_meant(noun: Token, pronoun: Token) -> bool:
    text = noun.lower_
    if not text[0].isalpha() or text in _NEVER_MEANT:
        return False
    if noun.dep_ == "pobj" and text in wording.EMPTY_CONTEXTS and not is_person(noun):
        return False
    return noun.head.i != pronoun.head.i or noun.dep_ not in {"nsubj", "pobj"}
