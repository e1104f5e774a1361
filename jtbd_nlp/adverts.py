"""Where in a transcript adverts are read out, as podcasts do between two questions: nobody's steps or needs.

Knows transcripts and a few set phrases of sponsors; knows no models. A passage opens with a sentence that names who
pays for the programme, and goes on to the last address or offer soon after, whoever is taken for its speaker: in
recordings without names that is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from jtbd_nlp.domain import Turn
from jtbd_nlp.sentences import sentence_bounds

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

# The sentences of one advert: index of the turn, start and end in its text.
Advert = tuple[tuple[int, int, int], ...]


def find_adverts(turns: Sequence[Turn]) -> tuple[Advert, ...]:
    """The adverts that are read out in a transcript, in their order; none in most."""
    sentences = [(turn, start, end) for turn in turns for start, end in sentence_bounds(turn.text)]
    adverts = []
    at = 0
    while at < len(sentences):
        turn, start, end = sentences[at]
        n = _n_of_advert(sentences, at) if _OPENS.search(turn.text, start, end) else 0
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


def _n_of_advert(sentences: Sequence[tuple[Turn, int, int]], at: int) -> int:
    """How many sentences are one advert, from the one on that opens it."""
    n, n_words = 1, 0
    for i, (turn, start, end) in enumerate(islice(sentences, at, None)):
        sentence = turn.text[start:end]
        if i and _OFFERS.search(sentence):
            n = i + 1
        n_words += len(sentence.split())
        if n_words > MOST_WORDS:
            break
    return n
