"""Hop 1, plain text: talk with speaker labels of any common kind, timed lines, or no labels at all.

Also the place where text of other containers (Word, PDF, a table's cell) becomes turns: `read_text`. Knows nothing of
roles, except where the file itself says who interviews.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from jtbd_nlp.domain import Kind, Role
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers.drafts import Draft, DraftTurn
from jtbd_nlp.readers.encoding import check_line_lengths, decode, looks_like_text
from jtbd_nlp.readers.labels import Mark, choose_labels, is_name_like, label_class, read_mark
from jtbd_nlp.readers.notes import looks_like_notes

_BULLET: Final = re.compile(r"^\s*(?:[-*+•◦‣–—▪]|\d{1,2}[.)])\s+(?=\S)")
_SENTENCE_END: Final = re.compile(r"[.!?…:;]['\"”’)\]]*$")
_CREDIT: Final = re.compile(
    r"^(?:(?:this )?(?:transcript|transcription|interview|audio|recording|captions?|subtitles)"
    r"(?: (?:was|is|has been))? )?"
    r"(?:automatically |auto-)?(?:transcribed|transcription|generated|captioned|subtitled|provided)"
    r"(?: was)?(?: provided)? (?:by|with|using|from)\b.{0,80}$",
    re.IGNORECASE,
)
_NAMED: Final = r"\b\s*(?:is|are|was|were|:)\s*([^\n.;(]{2,120})"
_WHO_ASKS: Final = re.compile(rf"\b(?:interviewers?|moderators?|facilitators?|hosts?){_NAMED}", re.IGNORECASE)
_WHO_ANSWERS: Final = re.compile(rf"\b(?:interviewees?|participants?|respondents?|guests?){_NAMED}", re.IGNORECASE)
CREDIT_SPEAKER: Final = "Transcription note"


def recognises(content: bytes, *, name: str) -> bool:
    """Any text that is not JSON: what no other reader knows is read as plain text."""
    return looks_like_text(content) and not is_json(content)


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read one interview as plain text; see `read_text`."""
    text = decode(content)
    check_line_lengths(text)
    return [read_text(text)]


def read_text(
    text: str,
    *,
    name: str = "",
    clean: Callable[[str], str] | None = None,
    format: str = "plain-text",  # noqa: A002 - the field's own name
) -> Draft:
    """Make turns of the text of one interview: by labels, by timed lines, or by blank lines where it has neither.

    Args:
        text: lines end in "\\n"; lines that a container calls paragraphs may follow each other without blank lines.
        clean: takes a line's markup away; given for Markdown, whose labels may then be emphasised.
        format: what Transcript.format says unless something more exact is found.

    Raises:
        MalformedTranscriptError: there are no words.
    """
    del name
    draft = read_labelled(text, clean=clean, format=format)
    if draft is None:
        lines = text.split("\n")
        marks = line_marks(lines)
        draft = _timed_lines(lines, marks, clean or str) or _unlabelled(lines, clean or str, format)
    if not any(any(c.isalnum() for c in t.text) for t in draft.turns):
        raise MalformedTranscriptError("the file holds no words")
    return draft


def read_labelled(text: str, *, clean: Callable[[str], str] | None = None, format: str = "plain-text") -> Draft | None:  # noqa: A002 - the field's own name
    """Make turns of talk whose speakers are labelled; None where none are. Arguments as for `read_text`."""
    lines = text.split("\n")
    marks = line_marks(lines, is_markdown=clean is not None)
    labels = choose_labels([m for m, line in zip(marks, lines, strict=True) if line.strip()], n_blocks=_n_blocks(lines))
    return _labelled(lines, marks, labels, clean or str, format) if labels else None


def line_marks(lines: Sequence[str], *, is_markdown: bool = False) -> list[Mark | None]:
    """The mark at the start of each line; a name alone counts only after a blank line, where there are any."""
    has_blanks = any(not line.strip() for line in lines)
    marks: list[Mark | None] = []
    for i, line in enumerate(lines):
        mark = read_mark(line, is_markdown=is_markdown) if line.strip() else None
        if mark and mark.form == "alone" and has_blanks and i and lines[i - 1].strip():
            mark = None
        marks.append(mark)
    return marks


def is_json(content: bytes) -> bool:
    """Whether the bytes are a JSON object or list, also a truncated object."""
    head = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return head[:1] == b"{"
    return True


def _n_blocks(lines: Sequence[str]) -> int:
    filled = [bool(line.strip()) for line in lines]
    starts = sum(1 for before, now in pairwise([False, *filled]) if now and not before)
    return starts if not all(filled) else len(lines)


@dataclass(slots=True)
class _OpenTurn:
    speaker: str | None
    start: float | None
    end: float | None
    paragraphs: list[list[str]]

    def add(self, line: str) -> None:
        if line.strip():
            self.paragraphs[-1].append(line)
        elif self.paragraphs[-1]:
            self.paragraphs.append([])


def _labelled(
    lines: Sequence[str],
    marks: Sequence[Mark | None],
    labels: frozenset[str],
    clean: Callable[[str], str],
    format: str,  # noqa: A002 - the field's own name
) -> Draft:
    is_wrapped = is_hard_wrapped(lines)
    names_alone = not any(m and m.label in labels and m.form != "alone" for m in marks)
    first = _first_turn(lines, marks, labels, names_alone=names_alone)
    open_turns: list[_OpenTurn] = []
    for line, mark in zip(lines[first:], marks[first:], strict=True):
        if mark and mark.label in labels and (mark.form != "alone" or names_alone):
            open_turns.append(_OpenTurn(mark.label, mark.start, mark.end, [[mark.rest] if mark.rest.strip() else []]))
        elif open_turns:
            is_time = mark is not None and mark.form == "time" and (not mark.rest or line.lstrip()[:1] in "[(")
            open_turns[-1].add(mark.rest if is_time and mark else line)
    turns = [t for o in open_turns for t in _closed(o, clean, is_wrapped=is_wrapped)]
    draft = Draft(turns, _format_of(marks, labels, format), title=_title(lines[:first], clean))
    unite_names(draft)
    _apply_header(draft, "\n".join(clean(line) for line in lines[:first]))
    n_left_out = sum(bool(line.strip()) for line in lines[:first])
    if n_left_out:
        lines_were = (
            "1 line before the first speaker was"
            if n_left_out == 1
            else f"{n_left_out} lines before the first speaker were"
        )
        draft.warnings.append(f"{lines_were} left out as a heading")
    return draft


def _first_turn(
    lines: Sequence[str], marks: Sequence[Mark | None], labels: frozenset[str], *, names_alone: bool
) -> int:
    """Where the talk begins: past header lines such as "Interviewer: Jane Doe", which name people and say nothing."""
    at = [i for i, m in enumerate(marks) if m and m.label in labels and (m.form != "alone" or names_alone)]
    counts = Counter(m.label for m in marks if m)
    for i in at:
        mark = marks[i]
        is_header = (
            mark is not None
            and mark.form in ("colon", "emphasis")
            and counts[mark.label] == 1
            and label_class(mark.label or "") is not None
            and is_name_like(mark.rest)
            and len(at) > 4
        )
        if not is_header:
            return i
    return at[0]


def _closed(turn: _OpenTurn, clean: Callable[[str], str], *, is_wrapped: bool) -> list[DraftTurn]:
    paragraphs = [p for p in turn.paragraphs if p]
    credits_ = [p for p in paragraphs if len(p) == 1 and _CREDIT.match(clean(p[0]).strip())]
    paragraphs = [p for p in paragraphs if p not in credits_]
    text = "\n".join(filter(None, (join_lines(p, clean, is_wrapped=is_wrapped) for p in paragraphs)))
    spoken = [DraftTurn(text, turn.speaker, turn.start, turn.end)] if text else []
    return spoken + [DraftTurn(clean(p[0]).strip(), CREDIT_SPEAKER, role=Role.OTHER) for p in credits_]


def join_lines(lines: Iterable[str], clean: Callable[[str], str], *, is_wrapped: bool) -> str:
    """Join the lines of one paragraph: wrapped ones with a space, bullets and separate lines with a line break."""
    joined = ""
    for line in lines:
        text = " ".join(clean(_BULLET.sub("", line)).split())
        if not text:
            continue
        is_separate = bool(_BULLET.match(line)) or not (
            is_wrapped or (not _SENTENCE_END.search(joined) and text[0].islower())
        )
        joined = f"{joined}\n{text}" if joined and is_separate else f"{joined} {text}" if joined else text
    return joined


def is_hard_wrapped(lines: Sequence[str]) -> bool:
    """Whether an editor broke the lines at one width: most that another follows are nearly as long as the longest."""
    followed = [a.rstrip() for a, b in pairwise(lines) if a.strip() and b.strip() and not _BULLET.match(b)]
    if len(followed) < 3:
        return False
    width = sorted(map(len, followed))[int(0.95 * (len(followed) - 1))]
    is_full = sum(len(line) >= 0.7 * width for line in followed) >= 0.6 * len(followed)
    goes_on = sum(not _SENTENCE_END.search(line) for line in followed) >= 0.4 * len(followed)
    return 40 <= width <= 130 and is_full and goes_on


def _timed_lines(lines: Sequence[str], marks: Sequence[Mark | None], clean: Callable[[str], str]) -> Draft | None:
    """Cues, where most lines begin with a time and no speaker is named; None where they do not."""
    filled = [(line, mark) for line, mark in zip(lines, marks, strict=True) if line.strip()]
    timed = [m for _, m in filled if m and m.form == "time"]
    if len(timed) < 2 or len(timed) < 0.4 * len(filled):
        return None
    turns: list[DraftTurn] = []
    for line, mark in filled:
        if mark and mark.form == "time":
            turns.append(DraftTurn(" ".join(clean(mark.rest).split()), None, mark.start, mark.end, is_cue=True))
        elif turns:
            turns[-1].text = f"{turns[-1].text} {' '.join(clean(line).split())}".strip()
    return Draft([t for t in turns if t.text], "timed-text")


def _unlabelled(lines: Sequence[str], clean: Callable[[str], str], format: str) -> Draft:  # noqa: A002 - the field's own name
    filled = [clean(_BULLET.sub("", line)).strip() for line in lines if line.strip()]
    has_bullets = sum(bool(_BULLET.match(line)) for line in lines) >= 0.3 * max(1, len(filled))
    is_wrapped = is_hard_wrapped(lines)
    if not is_wrapped and looks_like_notes(filled, has_bullets=has_bullets) and not _is_cut_speech(filled):
        return Draft([DraftTurn(" ".join(line.split())) for line in filled], f"{format}-notes", kind=Kind.NOTES)
    if not is_wrapped and _is_cut_speech(filled):
        return Draft([DraftTurn(" ".join(line.split()), is_cue=True) for line in filled], format)
    blocks = _blocks(lines, by_line=not is_wrapped and all(line.strip() for line in lines[:-1]))
    texts = [join_lines(block, clean, is_wrapped=is_wrapped) for block in blocks]
    kind = Kind.NOTES if looks_like_notes(texts) else None
    turns = [DraftTurn(text, *_credit(text)) for text in texts if text]
    return Draft(turns, format if kind is None else f"{format}-notes", kind=kind)


def _credit(text: str) -> tuple[str | None, None, None, Role | None]:
    return (CREDIT_SPEAKER, None, None, Role.OTHER) if _CREDIT.match(text) else (None, None, None, None)


def _blocks(lines: Sequence[str], *, by_line: bool) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line)
        if blocks[-1] and (by_line or not line.strip()):
            blocks.append([])
    return [block for block in blocks if block]


def _is_cut_speech(lines: Sequence[str]) -> bool:
    """Lines of a speech recogniser: many, none long, and a good part of them go on in the next one in small letters."""
    if len(lines) < 8 or max(map(len, lines)) > 300:
        return False
    going_on = sum(not _SENTENCE_END.search(a) and (b[0].islower() or a.endswith(",")) for a, b in pairwise(lines))
    return going_on >= 0.15 * len(lines)


def _format_of(marks: Sequence[Mark | None], labels: frozenset[str], format: str) -> str:  # noqa: A002 - the field's own name
    forms = Counter(m.form for m in marks if m and m.label in labels and not m.rest)
    return (
        "otter-txt"
        if forms["timed"] + forms["alone"] > 0.5 * sum(m is not None and m.label in labels for m in marks)
        else format
    )


def _title(lines: Sequence[str], clean: Callable[[str], str]) -> str | None:
    for line in lines:
        text = clean(line.lstrip("# ")).strip()
        if text and not text.startswith(("|", "---")):
            return text if len(text) <= 120 else None
    return None


def unite_names(draft: Draft) -> None:
    """Give one person one name: initials after a full name, capitals or not, "Assistant" and "AI". Warns of it."""
    counts = Counter(t.speaker for t in draft.turns if t.speaker)
    names = list(counts)
    aliases = {name: _full_name(name, names[: names.index(name)], counts) for name in names}
    for turn in draft.turns:
        if turn.speaker:
            turn.speaker = aliases[turn.speaker]
    for alias, name in aliases.items():
        if alias != name:
            draft.warnings.append(f"the labels {alias!r} and {name!r} were taken as one speaker")


_MACHINES: Final = ("ai", "assistant", "bot", "chatbot")


def _full_name(name: str, earlier: Sequence[str], counts: Counter[str]) -> str:
    same = [other for other in counts if other.casefold() == name.casefold()]
    if len(same) > 1:
        return max(same, key=lambda other: (counts[other], other))
    if name.lower() in _MACHINES:
        machines = [other for other in counts if other.lower() in _MACHINES]
        return max(machines, key=lambda other: (counts[other], other))
    if 2 <= len(name) <= 4 and name.isupper():
        full = [
            other
            for other in earlier
            if len(other.split()) > 1 and "".join(w[0] for w in other.split()).upper() == name
        ]
        if len(full) == 1:
            return full[0]
    return name


def _apply_header(draft: Draft, header: str) -> None:
    """Take the roles that the heading states ("Interviewer is Jane Doe.", "Participant: P3")."""
    speakers = list(dict.fromkeys(t.speaker for t in draft.turns if t.speaker))
    for pattern, role in ((_WHO_ASKS, Role.INTERVIEWER), (_WHO_ANSWERS, Role.PARTICIPANT)):
        named = [person for match in pattern.finditer(header) for person in re.split(r",|&|\band\b", match[1])]
        chosen = {s for s in speakers for person in named if _is_same_person(s, person)}
        if 0 < len(chosen) < len(speakers):
            for turn in draft.turns:
                if turn.speaker in chosen and turn.role is None:
                    turn.role = role


def _is_same_person(label: str, name: str) -> bool:
    a, b = label.casefold().split(), name.casefold().split()
    return bool(a and b) and (
        a == b or (a[0] == b[0] and (len(a) == 1 or a[-1] == b[-1])) or (len(a) == 1 and a[0] in b)
    )
