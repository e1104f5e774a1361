"""Sentences by one plain rule, shared by the reading model, the scores and the coverage: no model, no parse."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    """Character ranges of the sentences of one turn: cut behind stops and at line ends; empty for empty text."""
    bounds, start = [], 0
    for gap in _SENTENCE_END.finditer(text):
        if gap.start() > start:
            bounds.append((start, gap.start()))
        start = gap.end()
    if start < len(text):
        bounds.append((start, len(text)))
    return bounds
