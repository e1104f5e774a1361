"""Where in a transcript adverts are read out, as podcasts do between two questions: nobody's steps or needs.

Knows transcripts and a few set phrases of sponsors; knows no models. A passage opens with a sentence that names who
pays for the programme, and goes on to the last address or offer soon after, whoever is taken for its speaker: in
recordings without names that is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from jtbd_nlp.domain import Turn

# An advert of a minute has some 170 words; what comes later belongs to the talk again.
MOST_WORDS: Final = 200

_SHOW: Final = r"(?:episode|show|podcast|program(?:me)?|portion|segment|part|section|video|broadcast)"
_OPENS: Final = re.compile(
    rf"\b{_SHOW}\b[^.?!]{{0,60}}\b(?:brought to you|sponsored|supported|made possible) by\b"
    r"|\b(?:a|one|quick) (?:quick )?(?:word|message|break) (?:from|for|to thank) (?:our|the|today['’]s) sponsors?\b"
    r"|\b(?:today|this (?:week|month|episode))['’]s sponsors?\b",
    re.IGNORECASE,
)
_OFFERS: Final = re.compile(
    r"\b[\w-]+\.(?:com|org|net|io|fm|co|ai|app|dev|tv|us|uk|de)\b|\bdot com\b"
    r"|\b(?:promo|discount|coupon|offer) code\b|\blinks? in the (?:show ?notes|description)\b",
    re.IGNORECASE,
)
# White space follows a full stop that ends a sentence, and not one within an address.
_SENTENCE: Final = re.compile(r"\S.*?(?:[.!?…]['\"”’)\]]*(?=\s)|$)", re.DOTALL)


# The sentences of one advert: index of the turn, start and end in its text.
Advert = tuple[tuple[int, int, int], ...]


def find_adverts(turns: Sequence[Turn]) -> tuple[Advert, ...]:
    """The adverts that are read out in a transcript, in their order; none in most."""
    sentences = [(turn, *found.span()) for turn in turns for found in _SENTENCE.finditer(turn.text)]
    adverts = []
    at = 0
    while at < len(sentences):
        n = _n_of_advert(sentences[at:])
        if n:
            adverts.append(tuple((turn.index, start, end) for turn, start, end in sentences[at : at + n]))
        at += max(n, 1)
    return tuple(adverts)


def advert_warnings(turns: Sequence[Turn]) -> list[str]:
    """What to tell whoever reads a transcript with adverts in it."""
    n = len(find_adverts(turns))
    if not n:
        return []
    return [f"{n} adverts are read out: they give no steps" if n > 1 else "an advert is read out: it gives no steps"]


def _n_of_advert(sentences: Sequence[tuple[Turn, int, int]]) -> int:
    """How many sentences from the first on are one advert; 0 where the first opens none."""
    n = n_words = 0
    for i, (turn, start, end) in enumerate(sentences):
        sentence = turn.text[start:end]
        if i == 0:
            if not _OPENS.search(sentence):
                return 0
            n = 1
        elif _OFFERS.search(sentence):
            n = i + 1
        n_words += len(sentence.split())
        if n_words > MOST_WORDS:
            break
    return n
