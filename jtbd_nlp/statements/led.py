"""Led statements: what the interviewer said first and the participant only took up.

Part of hop 2. Plain words, no parse: it runs over every interviewer turn and must stay cheap.
"""

from __future__ import annotations

import re

from spacy.lang.en.stop_words import STOP_WORDS

from jtbd_nlp.domain import Role, Transcript

_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
_ENDINGS = ("ingly", "edly", "ing", "ies", "ied", "es", "ed", "s", "e")
_MIN_STEM = 3
# One shared word is chance; two that make up most of the statement are not.
_MIN_SHARED = 2


def content_stems(text: str) -> list[str]:
    """Content words of `text` in order, lower case, with their commonest endings cut off."""
    return [_stem(w) for w in _WORD.findall(text.lower()) if w not in STOP_WORDS and len(w) > 2]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word[: -len(ending)]
    return word


def said_before(transcript: Transcript) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
    """For each turn: stems of the last two interviewer turns before it, and stems that others said before."""
    asked: list[frozenset[str]] = []
    told: set[str] = set()
    before: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
    for turn in transcript.turns:
        if turn.role is Role.INTERVIEWER:
            asked = [*asked[-1:], frozenset(content_stems(turn.text))]
        else:
            before[turn.index] = (frozenset().union(*asked), frozenset(told))
            told.update(content_stems(turn.text))
    return before


def is_led(quote: str, asked: frozenset[str], told: frozenset[str], *, share: float) -> bool:
    """Whether the interviewer put the statement in the participant's mouth.

    True where at least `share` of the quote's content words, and two of them at least, were in the interviewer's last
    turns and had not been said by a participant before. "Do you check the traffic first?" "Yes, I check the traffic."
    is led; "How do you plan?" "I check the traffic." is not.
    """
    stems = set(content_stems(quote))
    first_asked = stems & asked - told
    return len(first_asked) >= _MIN_SHARED and len(first_asked) >= share * len(stems)
