"""Rows of a table, wherever they come from, to drafts: one row a turn, one row a question with its answer, or one row
an interview.

Part of hop 1. Columns are told by their names in the first row and, where it holds no names, by what stands in them.
Knows nothing of files; `tables.py` reads CSV and spreadsheets, Word, OpenDocument and web pages hand
their tables over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jtbd_nlp.domain import Role
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import clock, plain_text
from jtbd_nlp.readers.drafts import Draft, DraftTurn

Row = Sequence[str]

# Names of columns, without case, signs and units; the first of a line is preferred where several are there.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": (
        "text", "transcript", "transcription", "transcript text", "utterance", "content", "speech", "spoken text",
        "what was said", "said", "verbatim", "dialogue", "dialog", "message", "message text", "body", "sentence",
        "statement", "answer", "answers", "response", "reply", "quote", "quotation", "comment", "segment", "caption",
        "subtitle", "line", "phrase", "words",
    ),
    "speaker": (
        "speaker", "speaker name", "speaker label", "speaker id", "speakers", "who", "name", "voice", "person",
        "participant name", "author", "sender", "username", "user name", "user", "from", "party", "character",
        "display name", "participant role", "role",
    ),
    "start": (
        "start", "start time", "starttime", "start timestamp", "begin", "begin time", "time in", "in", "timestamp",
        "time stamp", "timestamps", "time code", "timecode", "time", "offset", "start seconds", "ts", "turn time",
    ),
    "end": ("end", "end time", "endtime", "end timestamp", "stop", "stop time", "time out", "out", "finish", "to"),
    "duration": ("duration", "dur", "length"),
    "interview": (
        "transcript id", "interview id", "interview", "interview no", "interview number", "conversation id",
        "conversation", "session id", "session", "call id", "call", "recording", "file", "file name", "filename",
        "document", "source", "participant id", "participant", "respondent id", "respondent", "interviewee",
        "subject id", "subject", "pid", "user id", "case id", "case", "response id", "record id", "row id", "id",
    ),
    "question": ("question", "questions", "prompt", "interviewer question", "asked", "q"),
    "role": ("role", "speaker role", "participant role"),
}  # fmt: skip
_ROLES: Final = {
    "interviewer": Role.INTERVIEWER,
    "moderator": Role.INTERVIEWER,
    "facilitator": Role.INTERVIEWER,
    "researcher": Role.INTERVIEWER,
    "participant": Role.PARTICIPANT,
    "interviewee": Role.PARTICIPANT,
    "respondent": Role.PARTICIPANT,
}
_PEOPLE: Final = re.compile(r"(?:participant|respondent|interviewee|subject|pid|user)\b.*")
_MILLISECONDS: Final = re.compile(r"\b(?:ms|msec|millis|milliseconds)\b")
_UNIT: Final = re.compile(r"\b(?:ms|msec|millis|milliseconds|s|sec|secs|seconds|hh mm ss)\b")
_INLINE_LABEL: Final = re.compile(r"(?<!\S)([^\W\d_a-z][\w'-]{0,24}(?: [^\W_a-z][\w'-]{0,20}){0,2}):(?=\s)")
# Nobody takes this long for a word on average: the numbers must be milliseconds.
_SLOWEST_S_PER_WORD: Final = 30.0
_INTERVIEW_WORDS: Final = 150
_N_SAMPLED: Final = 24


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds what; None where there is no such column. `header` has the first row's names, or is empty."""

    text: int
    speaker: int | None = None
    start: int | None = None
    end: int | None = None
    duration: int | None = None
    interview: int | None = None
    question: int | None = None
    role: int | None = None
    header: tuple[str, ...] = ()


def drafts_of_rows(rows: Sequence[Row], *, format: str) -> list[Draft]:  # noqa: A002 - the field's own name
    """Read a table; `format` is the file's kind ("csv"), to which the layout is added.

    Rows are as in the file, the header included if there is one. Empty rows do no harm.

    Returns:
        One draft for each interview of the table, in order of first row; its id where the table gives one.

    Raises:
        MalformedTranscriptError: no column holds text, or no row does.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    questions = _question_columns(filled)
    if questions:
        return _drafts_of_answers(filled, questions, format=format)
    layout = find_layout(filled)
    if layout is None:
        raise MalformedTranscriptError(
            "no column of the table holds talk; name them in the first row, e.g. speaker, text, start (or id, text)"
        )
    body = [row for row in filled[1 if layout.header else 0 :] if _cell(row, layout.text)]
    if not body:
        raise MalformedTranscriptError(f"column {layout.text + 1} of the table should hold talk but is empty")
    is_transcript = layout.question is None and _holds_interviews(body, layout)
    drafts = _one_row_an_interview(body, layout) if is_transcript else _one_row_a_turn(body, layout)
    for draft in drafts:
        draft.format = f"{format}-interviews" if is_transcript else f"{format}-turns"
    return drafts


def find_layout(rows: Sequence[Row]) -> Layout | None:
    """Tell which column holds what; None where no column holds talk."""
    if not rows:
        return None
    return named_layout(rows) or _layout_by_content(rows)


def named_layout(rows: Sequence[Row]) -> Layout | None:
    """Tell the columns by the names in the first row; None where it does not name a text and something beside it."""
    names = tuple(_plain_name(cell) for cell in rows[0])
    column = {field: _column(names, _NAMES[field]) for field in _NAMES}
    text = column["text"]
    if text is None:
        return None
    if column["speaker"] == column["role"]:
        column["role"] = None
    if column["speaker"] is None and len(names) == 1 and len(rows) < 2:
        return None
    beside = [column[field] for field in ("speaker", "start", "interview", "question")]
    if len(names) > 1 and all(found is None for found in beside):
        return None
    return Layout(
        text, column["speaker"], column["start"], column["end"], column["duration"], column["interview"],
        column["question"], column["role"], header=names,
    )  # fmt: skip


def _plain_name(cell: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell[:60])
    return " ".join(re.sub(r"[^\w]+|_", " ", spaced).casefold().split())


def _column(names: Sequence[str], known: Sequence[str]) -> int | None:
    bare = [" ".join(_UNIT.sub(" ", name).split()) for name in names]
    return next((bare.index(name) for name in known if name in bare), None)


def _layout_by_content(rows: Sequence[Row]) -> Layout | None:
    width = max(len(row) for row in rows)
    below = [[_cell(row, i) for row in rows[1:]] for i in range(width)]
    header = tuple(_plain_name(cell) for cell in rows[0])
    headed = _layout_of_columns(below) if len(rows) > 1 else None
    if headed is not None and _is_header(rows[0], below, headed):
        return replace(headed, header=header)
    return _layout_of_columns([[_cell(row, i) for row in rows] for i in range(width)])


def _layout_of_columns(columns: Sequence[Sequence[str]]) -> Layout | None:
    indices = range(len(columns))
    n_words = [sum(len(cell.split()) for cell in column) for column in columns]
    text = max(indices, key=lambda i: (n_words[i], -i))
    times = [i for i in indices if i != text and _are_times(columns[i])]
    names = [i for i in indices if i != text and i not in times and _are_names(columns[i])]
    if not (times or names) or n_words[text] < 2 * len(columns[text]):
        return None
    return Layout(
        text,
        names[0] if names else None,
        times[0] if times else None,
        times[1] if len(times) > 1 else None,
    )


def _is_header(row: Row, below: Sequence[Sequence[str]], layout: Layout) -> bool:
    """Tell whether the first row names the columns, in whatever language: no time over times, no name that recurs."""
    if any(len(cell.split()) > 3 for cell in row):
        return False
    if layout.start is not None:
        return clock.seconds(_cell(row, layout.start)) is None
    if layout.speaker is None or _cell(row, layout.text)[-1:] in (".", "?", "!"):
        return False
    return _cell(row, layout.speaker) not in below[layout.speaker]


def _are_times(cells: Sequence[str]) -> bool:
    times = [clock.seconds(cell) for cell in cells if cell]
    found = [time for time in times if time is not None]
    return bool(found) and len(found) >= 0.8 * len(cells) and found == sorted(found) and found[-1] > 0


def _are_names(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if len(filled) < 0.8 * len(cells) or any(len(cell) > 60 or len(cell.split()) > 5 for cell in filled):
        return False
    if all(clock.seconds(cell) is not None for cell in filled):
        return False
    return len(set(filled)) <= max(2, len(filled) // 2)


def _cell(row: Row, column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _holds_interviews(body: Sequence[Row], layout: Layout) -> bool:
    """Tell whether each text is a whole interview rather than one turn."""
    step = max(1, len(body) // _N_SAMPLED)
    cells = [_cell(row, layout.text) for row in body[::step][:_N_SAMPLED]]
    n_dialogues = sum(_is_dialogue(cell) for cell in cells)
    if 2 * n_dialogues >= len(cells):
        return True
    mean_words = sum(len(cell.split()) for cell in cells) / len(cells)
    return layout.speaker is None and layout.start is None and mean_words >= _INTERVIEW_WORDS


def _is_dialogue(cell: str) -> bool:
    speakers = Counter(match[1] for line in _lines(cell) if (match := _INLINE_LABEL.match(line)))
    return len(speakers) >= 2 and speakers.total() >= 3


def _lines(cell: str) -> list[str]:
    """Lines of a cell; a dialogue without line breaks is cut before each label that recurs."""
    if "\n" in cell:
        return cell.splitlines()
    labels = Counter(_INLINE_LABEL.findall(cell))
    recurring = {label for label, n in labels.items() if n >= 2}
    if len(recurring) < 2:
        return [cell]
    cuts = [match.start() for match in _INLINE_LABEL.finditer(cell) if match[1] in recurring]
    pieces = [cell[a:b].strip() for a, b in zip([0, *cuts], [*cuts, len(cell)], strict=True)]
    return [piece for piece in pieces if piece]


def _one_row_an_interview(body: Sequence[Row], layout: Layout) -> list[Draft]:
    drafts = []
    for row in body:
        draft = plain_text.read_text("\n".join(_lines(_cell(row, layout.text))))
        draft.id = _cell(row, layout.interview if layout.interview is not None else layout.speaker) or None
        drafts.append(draft)
    return drafts


def _one_row_a_turn(body: Sequence[Row], layout: Layout) -> list[Draft]:
    groups: dict[str, list[Row]] = {}
    key = _interview_key(body, layout)
    for row in body:
        groups.setdefault(key(row), []).append(row)
    by_person = layout.speaker is None and layout.interview is not None and _is_people(layout)
    drafts = []
    for interview, rows in groups.items():
        turns = [turn for row in rows for turn in _turns_of_row(row, layout)]
        if by_person and interview:
            for turn in turns:
                turn.speaker = interview if turn.role is not Role.INTERVIEWER else None
        _scale_times(turns, is_forced=_says_milliseconds(layout))
        drafts.append(Draft(turns, format="", id=interview or None))
    return drafts


def _interview_key(body: Sequence[Row], layout: Layout) -> Callable[[Row], str]:
    """What tells the interviews of a table apart; a column that numbers the turns does not."""
    values = Counter(_cell(row, layout.interview) for row in body)
    numbers_turns = layout.interview is None or len(values) > max(1, len(body) // 2)
    if numbers_turns and not (layout.question is not None and layout.interview is not None):
        return lambda row: ""
    return lambda row: _cell(row, layout.interview)


def _is_people(layout: Layout) -> bool:
    assert layout.interview is not None  # noqa: S101 - a fact for the type checker
    return bool(layout.header) and _PEOPLE.fullmatch(layout.header[layout.interview]) is not None


def _turns_of_row(row: Row, layout: Layout) -> list[DraftTurn]:
    speaker = _cell(row, layout.speaker).removesuffix(":").rstrip() or None
    start, end = clock.seconds(_cell(row, layout.start)), clock.seconds(_cell(row, layout.end))
    length = clock.seconds(_cell(row, layout.duration))
    if end is None and start is not None and length is not None:
        end = round(start + length, 6)
    text = " ".join(_cell(row, layout.text).split())
    said = DraftTurn(text, speaker, start, end, role=_ROLES.get(_cell(row, layout.role).casefold()))
    said.is_cue = speaker is None and start is not None
    question = " ".join(_cell(row, layout.question).split())
    if layout.question is None or not question:
        return [said]
    said.role = Role.PARTICIPANT
    return [DraftTurn(question, None, start, None, role=Role.INTERVIEWER), said]


def _says_milliseconds(layout: Layout) -> bool:
    return any(
        column is not None and column < len(layout.header) and _MILLISECONDS.search(layout.header[column])
        for column in (layout.start, layout.end)
    )


def _scale_times(turns: list[DraftTurn], *, is_forced: bool) -> None:
    times = [time for turn in turns for time in (turn.start, turn.end) if time is not None]
    n_words = sum(len(turn.text.split()) for turn in turns)
    if not times or (not is_forced and any(time != int(time) for time in times)):
        return
    if not is_forced and max(times) - min(times) <= _SLOWEST_S_PER_WORD * max(n_words, 1):
        return
    for turn in turns:
        turn.start = None if turn.start is None else turn.start / 1000
        turn.end = None if turn.end is None else turn.end / 1000


def _question_columns(rows: Sequence[Row]) -> list[int]:
    """Columns of a survey whose names are the questions asked; none unless there are two or more."""
    header = rows[0] if len(rows) > 1 else ()
    asked = [i for i, cell in enumerate(header) if cell.strip().endswith("?") and len(cell.split()) >= 3]
    return asked if len(asked) >= 2 else []


def _drafts_of_answers(rows: Sequence[Row], questions: Sequence[int], *, format: str) -> list[Draft]:  # noqa: A002
    names = [_plain_name(cell) for cell in rows[0]]
    interview = _column(names, _NAMES["interview"])
    person = interview if interview is not None else _column(names, _NAMES["speaker"])
    drafts = []
    for row in rows[1:]:
        turns = []
        for i in questions:
            if answer := " ".join(_cell(row, i).split()):
                turns.append(DraftTurn(" ".join(rows[0][i].split()), role=Role.INTERVIEWER))
                turns.append(DraftTurn(answer, _cell(row, person) or None, role=Role.PARTICIPANT))
        if turns:
            drafts.append(Draft(turns, format=f"{format}-answers", id=_cell(row, person) or None))
    if not drafts:
        raise MalformedTranscriptError("the questions in the first row of the table have no answers below")
    return drafts
