"""Hop 1, captions: WebVTT, SRT and .lrc, also below a heading in a Markdown file. Gives cues; joining them comes later.

Our own scanner rather than webvtt-py or pysubs2: both drop or reorder what they cannot parse and neither says in which
line a fault is, and captions below other text (a redacted export with a table on top) are no file of theirs.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers.clock import seconds
from jtbd_nlp.readers.drafts import Draft, DraftTurn
from jtbd_nlp.readers.encoding import check_line_lengths, decode, looks_like_text
from jtbd_nlp.readers.labels import choose_labels, is_name_like, read_mark
from jtbd_nlp.readers.plain_text import unite_names

_CLOCK: Final = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,6})?"
_TIMING: Final = re.compile(rf"^\s*(?P<start>{_CLOCK})\s*-->\s*(?P<end>{_CLOCK})(?:\s+\S.*)?\s*$")
_LRC_LINE: Final = re.compile(r"^\[(\d{1,3}:\d{2}(?:[.:]\d{1,3})?)\](.*)$")
_LRC_FIELD: Final = re.compile(r"^\[(ar|al|ti|au|by|offset|length|re|ve):(.*)\]$", re.IGNORECASE)
_VOICE: Final = re.compile(r"<v(?:\.[^\s<>.]{1,50}){0,9}\s+([^<>]{1,200})>", re.IGNORECASE)
_TAG: Final = re.compile(
    r"</?(?:[cibuv]|ruby|rt|lang|font)(?:[.\s][^<>]{0,200})?>|<\d[\d:.]{0,20}>|\{\\[^{}]{0,200}\}|[\u200e\u200f\u202a-\u202e]",
    re.IGNORECASE,
)
_BLOCK: Final = re.compile(r"^(?:NOTE|STYLE|REGION)(?:\s|$)")
_SHORTEST_CUE_S: Final = 0.05


@dataclass(slots=True)
class _Cue:
    start: float
    end: float
    lines: list[str]


def recognises(content: bytes, *, name: str) -> bool:
    """WEBVTT at the start, or a line of two times with an arrow at the start of a line, or .lrc lines."""
    if not looks_like_text(content):
        return False
    head = content[:20_000].replace(b"\x00", b"").decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    if head.startswith("WEBVTT"):
        return True
    lines = [line for line in head.splitlines() if line.strip()]
    if any(_TIMING.match(line) for line in lines):
        return True
    return sum(bool(_LRC_LINE.match(line)) for line in lines) >= max(1, 0.6 * len(lines)) and name.lower().endswith(
        ".lrc"
    )


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read the cues of one interview.

    Raises:
        MalformedTranscriptError: no cue, a time that cannot be read, or a cue that ends before it starts.
    """
    text = decode(content)
    check_line_lengths(text)
    lines = text.split("\n")
    title = None
    if any(_TIMING.match(line) or "-->" in line for line in lines):
        cues, written_as = _cues(lines), "webvtt" if text.lstrip().startswith("WEBVTT") else "srt"
    elif any(_LRC_LINE.match(line) for line in lines):
        (cues, title), written_as = _lrc(lines), "lrc"
    else:
        raise MalformedTranscriptError("the captions hold no cue")
    turns = _named_by_first_line(cues) or _turns(_without_rolling(cues))
    if not turns:
        raise MalformedTranscriptError("the captions hold no words")
    draft = Draft(turns, written_as, title=title)
    unite_names(draft)
    return [draft]


def _cues(lines: Sequence[str]) -> list[_Cue]:
    cues: list[_Cue] = []
    is_open = is_skipped = False
    for number, line in enumerate(lines, start=1):
        if "-->" in line and re.match(r"^\s*[\d:.,]*\d\s*-->", line):
            if is_open and cues and cues[-1].lines and cues[-1].lines[-1].strip().isdigit():
                cues[-1].lines.pop()
            cues.append(_timed_cue(line, number))
            is_open, is_skipped = True, False
        elif not line.strip():
            is_open = is_skipped = False
        elif _BLOCK.match(line) and not is_open:
            is_skipped = True
        elif (is_open and not is_skipped) or (cues and not is_skipped and not _is_identifier(lines, number)):
            cues[-1].lines.append(line)
    if not cues:
        raise MalformedTranscriptError("the captions hold no cue")
    return cues


def _timed_cue(line: str, number: int) -> _Cue:
    match = _TIMING.match(line)
    start, end = (seconds(match["start"]), seconds(match["end"])) if match else (None, None)
    if match is None or start is None or end is None:
        raise MalformedTranscriptError(
            f"the times of a cue cannot be read ({' '.join(line.split())[:60]})", line=number
        )
    if end < start:
        raise MalformedTranscriptError(f"a cue ends before it starts ({match['end']} < {match['start']})", line=number)
    return _Cue(start, end, [])


def _is_identifier(lines: Sequence[str], number: int) -> bool:
    """The line is followed by a cue's times: a number or name of that cue."""
    return (number < len(lines) and "-->" in lines[number]) or lines[number - 1].strip().isdigit()


def _lrc(lines: Sequence[str]) -> tuple[list[_Cue], str | None]:
    cues: list[_Cue] = []
    title = None
    for line in lines:
        timed, fixed = _LRC_LINE.match(line.strip()), _LRC_FIELD.match(line.strip())
        if timed:
            start = seconds(timed[1]) or 0.0
            if cues and cues[-1].end < start:
                cues[-1].end = start
            if timed[2].strip():
                cues.append(_Cue(start, start, [timed[2]]))
        elif fixed and fixed[1].lower() == "ti":
            title = fixed[2].strip() or None
    return cues, title


def _without_rolling(cues: Sequence[_Cue]) -> list[_Cue]:
    """Drop lines that a rolling caption shows a second time: first lines of a cue that are the last of the one before.

    Only where that is the file's habit, so that somebody may say "Yes." twice; and repeats shorter than a blink always.
    """
    spoken = [_Cue(c.start, c.end, [" ".join(line.split()) for line in c.lines if line.strip()]) for c in cues]
    spoken = [c for c in spoken if c.lines]
    is_rolling = sum(a.lines[-1] == b.lines[0] for a, b in pairwise(spoken)) >= max(2, 0.3 * len(spoken))
    kept: list[_Cue] = []
    shown: list[str] = []
    for cue in spoken:
        is_blink = cue.end - cue.start <= _SHORTEST_CUE_S
        fresh = cue.lines
        if is_rolling or is_blink:
            n = next((n for n in range(min(len(fresh), len(shown)), 0, -1) if shown[-n:] == fresh[:n]), 0)
            fresh = fresh[n:]
        shown = cue.lines
        if fresh:
            kept.append(_Cue(cue.start, cue.end, fresh))
        elif kept:
            kept[-1].end = max(kept[-1].end, cue.end)
    return kept


def _named_by_first_line(cues: Sequence[_Cue]) -> list[DraftTurn]:
    """Turns of cues whose first line is the speaker's name, as old Teams exports have it; empty where it is not."""
    filled = [c for c in cues if any(line.strip() for line in c.lines)]
    first = [" ".join(c.lines[0].split()) for c in filled if len(c.lines) >= 2]
    is_named = (
        len(first) == len(filled) and all(map(is_name_like, first)) and len(set(first)) <= max(2, len(first) // 2)
    )
    if not is_named or len(first) < 3:
        return []
    texts = (" ".join(" ".join(c.lines[1:]).split()) for c in filled)
    return [
        DraftTurn(text, who, c.start, c.end, is_cue=True)
        for c, who, text in zip(filled, first, texts, strict=True)
        if text
    ]


def _turns(cues: Sequence[_Cue]) -> list[DraftTurn]:
    turns = [turn for cue in cues for turn in _cue_turns(cue)]
    marks = [read_mark(t.text) if t.speaker is None and not t.text.startswith("[") else None for t in turns]
    labels = choose_labels(
        [m if m is not None and m.form in ("colon", "timed") else None for m in marks], n_blocks=len(turns)
    )
    speaker: str | None = None
    for turn, mark in zip(turns, marks, strict=True):
        if turn.speaker is None and mark and mark.label in labels and mark.form == "colon":
            turn.speaker, turn.text = mark.label, mark.rest
        elif turn.speaker is None and labels:
            turn.speaker = speaker
        speaker = turn.speaker
    return [t for t in turns if any(char.isalnum() for char in t.text)]


def _cue_turns(cue: _Cue) -> list[DraftTurn]:
    """One turn a voice; a label in the middle of a cue ("- Ann: Hi" under "- Bob: Hello") starts another."""
    pieces: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in cue.lines:
        at = 0
        for voice in _VOICE.finditer(line):
            pieces[-1][1].append(line[at : voice.start()])
            pieces.append((" ".join(html.unescape(voice[1]).split()), []))
            at = voice.end()
        rest = line[at:]
        mark = read_mark(rest) if pieces[-1][1] and at == 0 else None
        if mark and mark.form == "colon" and re.match(r"^(?:>>|-)|^[A-Z][A-Z .'’-]+:", rest.strip()):
            pieces.append((None, []))
        pieces[-1][1].append(rest)
    cleaned = ((who, " ".join(html.unescape(_TAG.sub("", " ".join(words))).split())) for who, words in pieces)
    return [
        DraftTurn(re.sub(r"^(?:>>+|-)\s+", "", text), who, cue.start, cue.end, is_cue=True)
        for who, text in cleaned
        if text
    ]
