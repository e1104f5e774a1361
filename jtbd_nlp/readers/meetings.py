"""The layouts in which Google Meet and Microsoft Teams save a transcript as a document, told from its paragraphs.

Part of hop 1, used by `paragraphs.py`. Knows no file format: the same layout comes as .docx, .odt, PDF or web page.
What the tool writes around the talk (summaries, notices, who started it) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from jtbd_nlp.readers import clock
from jtbd_nlp.readers.drafts import Draft, DraftTurn

_CLOCK: Final = r"\d{1,2}(?::\d{1,2}){1,2}(?:[.,]\d{1,3})?"
_TIME_ALONE: Final = re.compile(rf"\[?({_CLOCK})\]?")
_MEET_TALK_BEGINS: Final = re.compile(r"(?:[^\w\s]\ufe0f?\s*)?Transcript|[^\n]+ - Transcript")
_MEET_TALK_ENDS: Final = re.compile(
    rf"(?:Transcription|Recording|Meeting) ended (?:after|at) {_CLOCK}.*"
    r"|This editable transcript was computer generated.*",
    re.DOTALL,
)
_MEET_TURN: Final = re.compile(r"(?P<name>[^\n:]{1,60}):\s+(?P<text>.+)", re.DOTALL)
_TEAMS_HEADER: Final = re.compile(rf"(?P<name>[^\W\d_][^\n:]{{0,60}}?)(?:\s{{2,}}|\t\s*)(?P<time>{_CLOCK})")
_TEAMS_CUE: Final = re.compile(
    rf"(?P<start>{_CLOCK})\s*-->\s*(?P<end>{_CLOCK})\s*\n(?P<name>[^\n]{{1,80}})\n(?P<text>.+)", re.DOTALL
)
_TEAMS_MARKER: Final = re.compile(r"[^\n]{1,80} (?:started|stopped) (?:the )?transcription\.?")


def draft_of_meeting(paragraphs: Sequence[str], *, format: str) -> Draft | None:  # noqa: A002 - the field's own name
    """Make turns where the paragraphs are laid out as one of these tools does; None where they are not.

    A paragraph may hold line breaks. `format` is the container's name, to which the tool's is put in front.
    """
    texts = [paragraph.strip() for paragraph in paragraphs]
    for tool, read in (("google-meet", _meet), ("teams", _teams_cues), ("teams", _teams)):
        turns = read(texts)
        if turns:
            return Draft(turns, f"{tool}-{format}")
    return None


def _meet(texts: Sequence[str]) -> list[DraftTurn]:
    """Below "Transcript", a time on a line of its own, then "Name: ..." paragraphs; the time is that of the first."""
    begins = next((i for i, text in enumerate(texts) if _MEET_TALK_BEGINS.fullmatch(text)), None)
    if begins is None or not any(_TIME_ALONE.fullmatch(text) for text in texts[begins:]):
        return []
    turns: list[DraftTurn] = []
    time: float | None = None
    has_begun = False
    for text in texts[begins:]:
        if _MEET_TALK_ENDS.fullmatch(text):
            break
        if alone := _TIME_ALONE.fullmatch(text):
            time, has_begun = clock.seconds(alone[1]), True
        elif has_begun and (said := _MEET_TURN.fullmatch(text)):
            turns.append(DraftTurn(_one_line(said["text"]), _one_line(said["name"]), time))
            time = None
        elif turns:
            turns[-1].text += f" {_one_line(text)}"
    return turns


def _teams_cues(texts: Sequence[str]) -> list[DraftTurn]:
    """The older layout: each paragraph has the lines "0:0:0.0 --> 0:0:2.5", name, text."""
    cues = [cue for text in texts if (cue := _TEAMS_CUE.fullmatch(text))]
    return [
        DraftTurn(
            _one_line(cue["text"]), _one_line(cue["name"]), clock.seconds(cue["start"]), clock.seconds(cue["end"]),
            is_cue=True,
        )
        for cue in cues
    ]  # fmt: skip


def _teams(texts: Sequence[str]) -> list[DraftTurn]:
    """The present layout: a whole turn in one paragraph, whose first line is "Name   0:04"."""
    headers = [_TEAMS_HEADER.fullmatch(text.split("\n", 1)[0].strip()) for text in texts]
    n_whole = sum(header is not None and "\n" in text for header, text in zip(headers, texts, strict=True))
    has_marker = any(_TEAMS_MARKER.fullmatch(text) for text in texts)
    if not any(headers) or not (has_marker or n_whole > len(texts) / 2):
        return []
    turns: list[DraftTurn] = []
    for text, header in zip(texts, headers, strict=True):
        if header:
            said = _one_line(text.partition("\n")[2])
            turns.append(DraftTurn(said, _one_line(header["name"]), clock.seconds(header["time"])))
        elif turns and not _TEAMS_MARKER.fullmatch(text):
            turns[-1].text = f"{turns[-1].text} {_one_line(text)}".strip()
    return [turn for turn in turns if turn.text]


def _one_line(text: str) -> str:
    return " ".join(text.split())
