"""Words of a speech recogniser, each with its time and speaker, to the turns of a Draft.

Part of hop 1. Knows no tool: `speech_engines.py` finds the words in each tool's JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from jtbd_nlp.readers.drafts import DraftTurn

# Punctuation that stands on its own and clitics that some tools cut off: no space before them.
_CLINGS: Final = re.compile(r"[.,!?;:%…)\]}、。？！]+|(?:'|’)(?:s|m|d|t|re|ve|ll)|n['’]t", re.IGNORECASE)
_ENDS_SENTENCE: Final = re.compile(r"[.!?…。？！][\"'”’)\]]*$")
_LONG_PAUSE_S: Final = 1.5
# What tools write where they do not know who speaks; it is no name.
_UNKNOWN: Final = frozenset(
    {"", "u_ukn", "ukn", "uu", "unk", "unknown", "unknown speaker", "unnamed speaker", "null", "none"}
)


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word or punctuation mark; `clings` where it follows the word before without a space."""

    text: str
    start: float | None = None
    end: float | None = None
    speaker: str | None = None
    clings: bool = False


def speaker_name(value: object) -> str | None:
    """The name to show for a tool's speaker mark: 0 → "Speaker 0", "A" → "Speaker A", "spk_0" as it is.

    None for what means that the tool does not know.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    mark = " ".join(f"{value:g}".split() if isinstance(value, float) else str(value).split())
    if mark.casefold() in _UNKNOWN:
        return None
    return f"Speaker {mark}" if len(mark) == 1 or mark.isdigit() else mark


def turns_of_words(words: Sequence[SpokenWord]) -> list[DraftTurn]:
    """One turn for each run of words by one speaker; where nobody is named, one cue a sentence or pause.

    A word without speaker belongs to the one before it (punctuation has none in most tools), or to the first named.
    """
    if not any(word.speaker for word in words):
        return [_turn(sentence) for sentence in _sentences(words)]
    runs = groupby(_with_speakers(words), key=lambda word: word.speaker)
    return [turn for turn in (_turn(list(run)) for _, run in runs) if turn.text]


def joined(words: Iterable[SpokenWord]) -> str:
    """The words as a line of text, spaces between words and none before punctuation."""
    parts: list[str] = []
    for word in words:
        text = " ".join(word.text.split())
        if text and parts and not (word.clings or _CLINGS.fullmatch(text)):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)


def _with_speakers(words: Sequence[SpokenWord]) -> list[SpokenWord]:
    current = next(word.speaker for word in words if word.speaker)
    filled = []
    for word in words:
        current = word.speaker or current
        filled.append(word if word.speaker else replace(word, speaker=current))
    return filled


def _sentences(words: Sequence[SpokenWord]) -> list[list[SpokenWord]]:
    sentences: list[list[SpokenWord]] = []
    is_open = False
    last_end: float | None = None
    for word in words:
        if not word.text.strip():
            continue
        clings = word.clings or _CLINGS.fullmatch(word.text.strip()) is not None
        paused = last_end is not None and word.start is not None and word.start - last_end >= _LONG_PAUSE_S
        if sentences and (clings or (is_open and not paused)):
            sentences[-1].append(word)
        else:
            sentences.append([word])
        is_open = _ENDS_SENTENCE.search(word.text.strip()) is None
        last_end = word.end if word.end is not None else last_end
    return sentences


def _turn(words: Sequence[SpokenWord]) -> DraftTurn:
    starts = [word.start for word in words if word.start is not None]
    ends = [word.end for word in words if word.end is not None]
    return DraftTurn(
        joined(words),
        speaker=words[0].speaker,
        start=starts[0] if starts else None,
        end=ends[-1] if ends else None,
        is_cue=True,
    )
