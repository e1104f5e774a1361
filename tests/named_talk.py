"""The sample of labelled names: talk as transcripts, and the names that are marked in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jtbd_nlp.domain import Role, Transcript, Turn

SAMPLE = Path(__file__).parent / "integration" / "names" / "sample.txt"
_MARK = re.compile(r"\{(\w+):([^}]+)\}")


@dataclass(frozen=True)
class NamedTalk:
    """A transcript and its marked names as (turn, start, end, kind)."""

    transcript: Transcript
    names: tuple[tuple[int, int, int, str], ...]


def named_talks(path: Path = SAMPLE) -> tuple[NamedTalk, ...]:
    """The interviews of a marked file."""
    talks = []
    for block in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        first, *lines = block.strip().splitlines()
        speakers = first.split(", ")
        turns, names = [], []
        for index, line in enumerate(lines):
            text, marks = _without_marks(line)
            role = Role.PARTICIPANT if index % 2 else Role.INTERVIEWER
            turns.append(Turn(index, speakers[index % 2], role, text))
            names += [(index, start, end, kind) for start, end, kind in marks]
        name = f"talk-{len(talks) + 1}"
        talks.append(NamedTalk(Transcript(id=name, title=name, source=name, turns=tuple(turns)), tuple(names)))
    return tuple(talks)


def _without_marks(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    text, marks, last = "", [], 0
    for found in _MARK.finditer(line):
        text += line[last : found.start()]
        marks.append((len(text), len(text) + len(found[2]), found[1]))
        text += found[2]
        last = found.end()
    return text + line[last:], marks
