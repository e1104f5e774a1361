"""What every format module hands over: turns as the file shows them, before roles are told and gaps are mended.

A format module is `readers/<format>.py` with one public function, `read(content: bytes, *, name: str) -> list[Draft]`
(a table may hold many interviews), and one `recognises(content: bytes, *, name: str) -> bool`. It raises a
`TranscriptError` and nothing else. `readers/turns.py` makes Transcripts out of drafts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from jtbd_nlp.domain import Kind, Role


@dataclass(slots=True)
class DraftTurn:
    """One stretch of talk as the file shows it.

    Args:
        text: the words, as in the file, without the label; line breaks inside a turn become single spaces.
        speaker: the label without its colon, brackets or time; None where the file has none.
        start, end: seconds, or None.
        role: set only where the file itself says so (a jtbd-transcript/1, a heading that is a question).
        is_cue: True for a caption cue, a timed word run or a hard-wrapped line, which may end in mid-sentence and
            is joined with its neighbours of the same speaker.
    """

    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None
    role: Role | None = None
    is_cue: bool = False


@dataclass(slots=True)
class Draft:
    """One interview as read. `id` only where the file names one (a table's row id); `format` as Transcript.format.

    `is_canonical` marks a jtbd-transcript/1, whose turns and texts are kept exactly as they are.
    """

    turns: list[DraftTurn]
    format: str
    title: str | None = None
    id: str | None = None
    kind: Kind | None = None
    source: str | None = None
    is_canonical: bool = False
    warnings: list[str] = field(default_factory=list)
