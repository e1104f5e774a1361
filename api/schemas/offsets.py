"""Places in a text as Python and as browsers count them: the only place where one becomes the other.

Everywhere in the program, in files and in the API unless a request says otherwise, offsets count Unicode code points.
A browser counts UTF-16 units, of which a character beyond U+FFFF (most emoji) takes two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from api.store.errors import BadValueError


class Offsets(StrEnum):
    """What `start` and `end` count in a request and its answer."""

    CODE_POINTS = "code_points"
    UTF16 = "utf16"


def to_utf16(text: str, offset: int) -> int:
    """How many UTF-16 units lie before the code point at `offset`, which is from 0 to len(text)."""
    if not 0 <= offset <= len(text):
        raise ValueError(f"a text of {len(text)} characters has no place {offset}")
    return offset + _n_pairs(text[:offset])


def from_utf16(text: str, offset: int) -> int:
    """The offset in code points of a place that is given in UTF-16 units.

    Raises:
        BadValueError: the place is beyond the text, or between the halves of one character.
    """
    units = n_chars = 0
    while units < offset and n_chars < len(text):
        units += 2 if ord(text[n_chars]) > 0xFFFF else 1
        n_chars += 1
    if units != offset:
        raise BadValueError(f"there is no place {offset} between two characters of the turn")
    return n_chars


def all_to_utf16(text: str, offsets: Sequence[int]) -> list[int]:
    """What `to_utf16` gives for each of many offsets into one text."""
    wide = [index for index, char in enumerate(text) if ord(char) > 0xFFFF]
    return [offset + sum(index < offset for index in wide) for offset in offsets]


def _n_pairs(chars: Iterable[str]) -> int:
    return sum(ord(char) > 0xFFFF for char in chars)
