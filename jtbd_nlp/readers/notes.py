"""Hop 1: tell an observer's notes from talk. Knows words and line shapes, no format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_FIRST: Final = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|me|my|mine|myself|we|we['’](?:re|ve|d|ll)|us|our|ours)\b")
_THIRD: Final = re.compile(
    r"\b(?:she|he|her|him|his|hers|they|them|their|P\d{1,2}|(?:the\s+)?(?:participant|user|customer|interviewee|respondent)s?)\b",
    re.IGNORECASE,
)
_END: Final = re.compile(r"[.!?…]['\"”’)\]]*$")
MIN_LINES: Final = 6


def looks_like_notes(lines: Sequence[str], *, has_bullets: bool = False) -> bool:
    """Whether unlabelled lines read like notes: terse lines without full stops, or prose about people as "she", "P4".

    Catches "Calls caseworker", "P4 opens the app and looks for the total."; must not catch an answer written by the
    person ("I use two cameras. ..."), nor speech cut into captions. Fewer than six lines are no notes, unless bullets.
    """
    lines = [line for line in lines if line.strip()]
    if len(lines) < (3 if has_bullets else MIN_LINES):
        return False
    text = "\n".join(lines)
    n_first, n_third = len(_FIRST.findall(text)), len(_THIRD.findall(text))
    if n_third >= 5 and n_third >= 3 * max(1, n_first):
        return True
    terse = sum(not _END.search(line.strip()) and not line.rstrip().endswith(",") for line in lines)
    return terse >= 0.6 * len(lines) and (has_bullets or n_first < 0.08 * len(text.split()))
