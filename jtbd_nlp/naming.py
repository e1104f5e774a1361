"""The name of a step: what its statements share, without the particulars of the one it was taken from.

Part of hop 5. Knows words and closed classes of them; knows no vectors, no statements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from jtbd_nlp.statements.wording import word_set

# They open a tail that says where, when, with what or for whom. "of" and "to" are left out: "the cost of the repair"
# and "call to book a room" would say something else without them.
_TAIL_OPENERS: Final = word_set(
    "for with without on in at by from during before after because when while if through into onto"
)
_ARTICLES: Final = word_set("the a an this that these those my our your their his her its some any")
# Share of the other phrases that must speak of a tail for it to belong to the step.
_SHARED: Final = 0.25
# What a name may lose in quality with its tail: it costs no more to have two words in place of three.
_PRICE_OF_SHORTNESS: Final = 0.12
_STEM: Final = 5
_SHORT: Final = 3
# By how much words that other statements of a step use too speak for a name.
_WORD_WEIGHT: Final = 0.5
# Phrases of less quality are not worth offering.
_LEAST_QUALITY: Final = 0.5


def shared_words(phrases: Sequence[str]) -> list[float]:
    """The share of each phrase's words after the verb that another phrase has too, on average, in [0, 1].

    Words count by their first letters, short ones not at all; a phrase alone shares nothing.
    """
    own = [{word[:_STEM] for word in phrase.split()[1:] if len(word) > _SHORT} for phrase in phrases]
    shares = []
    for i, words in enumerate(own):
        others = [len(words & other) / len(words) for j, other in enumerate(own) if j != i and words]
        shares.append(sum(others) / len(others) if others else 0.0)
    return shares


def name_qualities(phrases: Sequence[str], quality: Callable[[str], float]) -> dict[str, float]:
    """How good a name of their step each phrase is: its `quality`, and more with words that other phrases use too."""
    shares = dict(zip(phrases, shared_words(phrases), strict=True))
    return {phrase: quality(phrase) * (1 + _WORD_WEIGHT * share) for phrase, share in shares.items()}


def without_own_tail(name: str, phrases: Sequence[str], quality: Callable[[str], float]) -> str:
    """The name less a tail that only it has: "write the emails for clients" among others' emails is "write the emails".

    What is left keeps the verb and what is done to, and is made no worse by `quality` than a name of two words is for
    being short ("brainstorm ideas"). `phrases` are those of all statements of the step, the name's among them.
    """
    words = name.split()
    for at in range(2, len(words)):
        kept, tail = words[:at], words[at + 1 :]
        if words[at] not in _TAIL_OPENERS or not tail:
            continue
        # Right after the verb it is a particle or what the verb needs: "look at the map", "put on the coat".
        if not [word for word in kept[1:] if word not in _ARTICLES and word not in _TAIL_OPENERS]:
            continue
        shorter = " ".join(kept)
        if quality(shorter) < quality(name) - _PRICE_OF_SHORTNESS:
            continue
        others = [set(phrase.split()) for phrase in phrases if phrase != name]
        of_tail = {word for word in tail if word not in _ARTICLES and word not in _TAIL_OPENERS}
        if sum(bool(of_tail & other) for other in others) >= _SHARED * max(1, len(others)):
            return name
        return shorter
    return name


def other_names(name: str, phrases: Sequence[str], quality: Callable[[str], float], *, most: int = 5) -> list[str]:
    """What else a step could be called: well-made phrases of its statements, best first, none like another.

    Phrases that differ in short words or in the ends of words alone are alike.

    Args:
        name: what it is called.
        phrases: those of its statements; more with words that others use too come first, and of equals the earlier.
        quality: how well-formed a phrase is as the name of a step, in [0, 1].
        most: how many to give at most.
    """
    alone = {phrase: quality(phrase) for phrase in phrases}
    qualities = name_qualities(phrases, alone.__getitem__)
    given, taken = [], {_gist(name)}
    for phrase in sorted(qualities, key=lambda phrase: -qualities[phrase]):
        if alone[phrase] >= _LEAST_QUALITY and _gist(phrase) not in taken:
            taken.add(_gist(phrase))
            given.append(phrase)
    return given[:most]


def _gist(phrase: str) -> frozenset[str]:
    """The first letters of a phrase's words, without articles."""
    return frozenset(word[:_STEM].removesuffix("s") for word in phrase.lower().split() if word not in _ARTICLES)
