"""What a pronoun or a missing object stands for.

Part of hop 2. Knows spaCy's English parse; knows nothing of verbs, stages or studies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Doc, Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.tokens import is_name, is_person, is_plural, lemma

_RESOLVED: Final = frozenset({"it", "this", "that", "these", "those", "them", "they", "he", "she", "him", "her"})
_REACH_TOKENS: Final = 70
_REACH_SENTENCES: Final = 3
_NOMINAL: Final = frozenset({"NOUN", "PROPN"})
# Scraps of contractions, which the parser takes for nouns, are never meant: "pack 'em up", "couldn’t".
_SCRAPS: Final = wording.word_set("em n't n’t s t")
_NEVER_MEANT: Final = wording.TEMPORAL_NOUNS | wording.EMPTY_NOUNS | wording.QUANTITY_HEADS | _SCRAPS
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
# Where a Doc keeps how its gaps are filled, and which were asked for.
_FILLED: Final = "jtbd_nlp.filled"
# Words before a gap, in its turn and in the turn before, in which a noun may stand that fills it.
_REACH_OF_NOUNS: Final = 90
_REACH_OF_TURN_BEFORE: Final = 70
# How many words nearer a noun must be that is one where many are meant, and one that is a tool or a setting.
_OTHER_NUMBER: Final = 20
_SETTING: Final = 15
_THINGS: Final = frozenset({"it", "this", "that", "these", "those"})
_PART_OF_ANOTHER: Final = frozenset({"compound", "npadvmod"})


@dataclass(frozen=True, slots=True)
class Gap:
    """A place of a phrase that a noun said before fills.

    `place` is a pronoun, or a verb without an object (`plural` is then None); `noun` is what it stands for by rule.
    """

    place: Token
    plural: bool | None
    person: bool
    noun: Token | None


@contextmanager
def filled(doc: Doc, nouns: Mapping[int, Token | None]) -> Iterator[list[Gap]]:
    """While open, the gaps of `doc` at the token indices of `nouns` stand for those, None for nothing that was said.

    Yields the list to which all other gaps are added, in the order in which they are asked for.
    """
    gaps: list[Gap] = []
    doc.user_data[_FILLED] = (nouns, gaps)
    try:
        yield gaps
    finally:
        del doc.user_data[_FILLED]


def antecedent(pronoun: Token, *, person: bool = False, by_rule: bool = False) -> Token | None:
    """Return the noun before `pronoun` in the same turn that it most likely stands for.

    "I wrote the report and sent it" gives "report"; "I opened Excel and used it" gives None, since the nearest fit is
    a name. First and second persons are never resolved. Looks back over at most three sentences. With `person` (and
    for "he" and "she") only nouns that name people are considered. `filled` does not count with `by_rule`.
    """
    if pronoun.lower_ not in _RESOLVED:
        return None
    person = person or pronoun.lower_ in {"he", "she", "him", "her"}
    find = _most_salient if by_rule else _filling
    return find(pronoun, plural=is_plural(pronoun), person=person)


def implied_object(verb: Token) -> Token | None:
    """Return the noun before `verb` that its missing object most likely is: "I take the draft and then I edit".

    None where the nearest fit is a name, and where nothing was named in the three sentences before.
    """
    return _filling(verb, plural=None, person=False)


def _filling(place: Token, *, plural: bool | None, person: bool) -> Token | None:
    """What fills the gap at `place`: what `filled` says, or the noun by rule."""
    nouns, gaps = place.doc.user_data.get(_FILLED, ({}, []))
    if place.i in nouns:
        noun: Token | None = nouns[place.i]
        return noun
    gap = Gap(place, plural, person, _most_salient(place, plural=plural, person=person))
    gaps.append(gap)
    return gap.noun


def nouns_for(gap: Gap, before: Doc | None, *, most: int) -> list[Token]:
    """At most `most` nouns that may fill `gap`, near ones first, each word once; no names.

    They stand before it in its turn or in `before`, the speaker's turn before. For a person only nouns that name
    people.
    """
    place = gap.place
    taken = _told(place, gap.plural)
    near = [(place.i - noun.i, noun) for noun in place.doc[max(0, place.i - _REACH_OF_NOUNS) : place.i]]
    if before is not None:
        last = before[max(0, len(before) - _REACH_OF_TURN_BEFORE) :]
        near += [(place.i + len(before) - noun.i, noun) for noun in last]
    ranked = [
        (far + _OTHER_NUMBER * (gap.plural not in {None, is_plural(noun)}) + _SETTING * is_setting(noun), far, noun)
        for far, noun in near
        if lemma(noun) not in taken and _can_fill(noun, gap)
    ]
    chosen: dict[str, Token] = {}
    for _, _, noun in sorted(ranked, key=lambda one: one[:2]):
        if len(chosen) < most:
            chosen.setdefault(noun.lower_, noun)
    return list(chosen.values())


def _told(place: Token, plural: bool | None) -> frozenset[str]:
    """What the clause around a gap names itself, which the gap therefore does not stand for."""
    around = {lemma(token) for token in place.ancestors}
    after = place.head.subtree if plural is not None else ()
    return frozenset(around | {lemma(token) for token in after if token.i > place.i})


def _can_fill(noun: Token, gap: Gap) -> bool:
    if noun.pos_ not in _NOMINAL or noun.dep_ in _PART_OF_ANOTHER or is_name(noun) or noun.lower_ == "ai":
        return False
    if not _can_be_meant(noun, gap.place):
        return False
    if gap.place.lower_ in _THINGS:  # "it" is no customer, as far as the noun is surely one
        return lemma(noun) not in wording.PERSON_NOUNS
    return is_person(noun) or not gap.person


def is_setting(noun: Token) -> bool:
    """Say whether a noun is seldom what talk is about: a tool, or a place or part of anything."""
    return noun.lower_ in wording.TOOL_NOUNS or noun.lower_ in wording.EMPTY_CONTEXTS


def _most_salient(place: Token, *, plural: bool | None, person: bool) -> Token | None:
    """The noun before `place` that talk is about: near, an object rather than a setting, and named more than once."""
    doc = place.doc
    near: list[tuple[float, Token]] = []
    times: Counter[str] = Counter()
    taken = _told(place, plural)
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
                and not _is_mere_place(token)
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


def _is_mere_place(noun: Token) -> bool:
    return noun.dep_ == "pobj" and noun.lower_ in wording.EMPTY_CONTEXTS and not is_person(noun)


def _can_be_meant(noun: Token, place: Token) -> bool:
    """Whether a noun names something, and is not the subject or setting of the very verb at `place`."""
    if not noun.lower_[0].isalpha() or noun.lower_ in _NEVER_MEANT:
        return False
    return noun.doc is not place.doc or noun.head.i != place.head.i or noun.dep_ not in {"nsubj", "pobj"}
