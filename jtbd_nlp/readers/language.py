"""Hop 1: whether a transcript reads like English talk at all, by the share of words that hold any sentence together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# Of 1,435 interviews and notes in English the least had .36; German, a table of sources and a script have under .2.
LEAST_SHARE: Final = 0.25
# Of fewer words the share says nothing.
LEAST_WORDS: Final = 50

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_COMMON_TEXT: Final = (
    "a about after all also am an and any are as at back be because been but by can come could did do does don't even "
    "first for from get go going good had has have he her here him his how i i'm if in into is it it's its just know "
    "like look lot make me more most my no not now of on one only or other our out over people really say see she so "
    "some take than that that's the their them then there these they think this those time to two uh um up us use very "
    "want was way we well were what when where which who will with work would yeah you your"
)
_COMMON: Final = frozenset(_COMMON_TEXT.split())


def language_warnings(texts: Iterable[str]) -> list[str]:
    """One warning if next to none of the words are those that English talk is made of, else none.

    Args:
        texts: the turns of one transcript.
    """
    words = [word.lower().replace("’", "'") for text in texts for word in _WORD.findall(text)]
    if len(words) < LEAST_WORDS:
        return []
    share = sum(word in _COMMON for word in words) / len(words)
    if share >= LEAST_SHARE:
        return []
    return [f"only {share:.0%} of its words are common English ones: is it an interview, and in English?"]
