"""Answers in: a CSV or XLSX file of a survey tool, its columns mapped to questions, all of it read or none.

Knows the headings of LimeSurvey, Qualtrics and of our own sheets. A cell that makes no sense is named with its line,
column and reason, and then nothing of the file is taken, unless whole rows with such cells are to be left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
import pandas as pd

from jtbd_nlp.errors import MalformedAnswersError
from jtbd_nlp.priorities.answers import PERSON_COLUMNS, Answers, answers_of
from jtbd_nlp.priorities.question_tables import guarded_cell
from jtbd_nlp.priorities.questionnaire import Question, Questionnaire, numeric_codes, short_codes
from jtbd_nlp.priorities.sheets import Sheet, read_sheet

RESPONDENT: Final = "respondent"
N_EXAMPLES: Final = 3
# What survey tools call the columns about the person, in lower case.
_PERSON: Final[Mapping[str, tuple[str, ...]]] = {
    RESPONDENT: ("respondent", "response id", "responseid", "id", "respid", "respondent id", "token"),
    "block": ("block",),
    "submitted": ("submitted", "submitdate", "date submitted", "recordeddate", "recorded date", "enddate", "end date"),
    "seconds": ("seconds", "interviewtime", "total time", "duration (in seconds)", "duration"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCell:
    """A cell that cannot be read. `line` counts from 1, the header line included; `column` is the file's heading."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        """As shown to people."""
        return f"line {self.line}, column {self.column!r}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPreview:
    """One column of a file: what it is read as (a question's id, a column about the person, or None), and values."""

    column: str
    read_as: str | None
    text: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file holds before anything is taken: its columns, questions nobody answers in it, and bad cells."""

    n_rows: int
    columns: tuple[ColumnPreview, ...]
    missing: tuple[str, ...]
    bad_cells: tuple[BadCell, ...]

    @property
    def mapping(self) -> dict[str, str]:
        """What is read as what, to change and hand to `read_answers`."""
        return {c.column: c.read_as for c in self.columns if c.read_as is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnswers:
    """What was read, and the rows that were left out because they had bad cells."""

    answers: Answers
    left_out: tuple[BadCell, ...] = ()


def preview_answers(
    content: bytes, questionnaire: Questionnaire, *, mapping: Mapping[str, str] | None = None
) -> Preview:
    """Look at a file without taking it in: how its columns would be read, and what would stand in the way.

    Args:
        content: a CSV or XLSX file; the first sheet, or the one named "answers".
        mapping: column of the file -> question id, `respondent` or one of PERSON_COLUMNS; "" leaves a column out.
            What it does not name is matched by id or wording.

    Raises:
        MalformedAnswersError: it is no table, or the mapping names what is not there.
    """
    sheet = read_sheet(content)
    read_as = _matched(sheet, questionnaire, mapping or {})
    columns = tuple(
        ColumnPreview(column=c, read_as=read_as.get(c), text=sheet.texts.get(c, ""), examples=_examples(cells))
        for c, cells in sheet.columns.items()
    )
    found = set(read_as.values())
    missing = tuple(q.id for q in questionnaire.questions if q.id not in found)
    _, bad = _parsed(sheet, questionnaire, read_as)
    return Preview(n_rows=len(sheet.lines), columns=columns, missing=missing, bad_cells=tuple(bad))


def read_answers(
    content: bytes,
    questionnaire: Questionnaire,
    *,
    mapping: Mapping[str, str] | None = None,
    leave_out_bad: bool = False,
) -> ReadAnswers:
    """Read a file of answers, the whole of it or nothing.

    Args:
        content: as for `preview_answers`.
        mapping: as for `preview_answers`.
        leave_out_bad: whether rows with a bad cell may stay out, whole; they are named.

    Raises:
        MalformedAnswersError: it is no table, no column is a rating, or there are bad cells; `details["cells"]` has
            each as line, column and reason.
    """
    sheet = read_sheet(content)
    read_as = _matched(sheet, questionnaire, mapping or {})
    if not any(_is_rating(questionnaire, target) for target in read_as.values()):
        raise MalformedAnswersError(
            "no column is a rating of this survey: name columns with a mapping, or check that the file belongs to it"
        )
    if not sheet.lines:
        raise MalformedAnswersError("the file has headings and nobody's answers below them")
    frame, bad = _parsed(sheet, questionnaire, read_as)
    if bad and not leave_out_bad:
        raise _refusal(bad)
    bad_lines = {cell.line for cell in bad}
    kept = frame[[line not in bad_lines for line in sheet.lines]]
    return ReadAnswers(answers=answers_of(questionnaire, kept), left_out=tuple(bad))


def read_cell(text: str, question: Question, questionnaire: Questionnaire) -> Any:
    """One answer as a form or a sheet gives it: a float, a choice's code, a text; None where it is blank.

    Raises:
        MalformedAnswersError: it makes no sense as an answer to this question.
    """
    if not text.strip():
        return None
    known, reason = _meanings([text], question.id, questionnaire)
    if text not in known:
        raise MalformedAnswersError(f"{question.text} {reason.format(_shown(text))}")
    return known[text]


def _refusal(bad: Sequence[BadCell]) -> MalformedAnswersError:
    more = f" (and {len(bad) - 1} more; nothing was taken in)" if len(bad) > 1 else " (nothing was taken in)"
    return MalformedAnswersError(f"{bad[0]}{more}", details={"cells": [asdict(cell) for cell in bad]})


def _matched(sheet: Sheet, questionnaire: Questionnaire, mapping: Mapping[str, str]) -> dict[str, str]:
    """What each column is read as; columns that nothing is known of are left out."""
    targets = {RESPONDENT, *PERSON_COLUMNS, *(q.id for q in questionnaire.questions)}
    for column, target in mapping.items():
        if column not in sheet.columns:
            raise MalformedAnswersError(f"the mapping names a column {column!r} that the file does not have")
        if target and target not in targets:
            raise MalformedAnswersError(f"the mapping reads {column!r} as {target!r}, which is no question")
    given = {c: t for c, t in mapping.items() if t}
    if twice := _first_twice(given.values()):
        raise MalformedAnswersError(f"the mapping reads two columns as {twice!r}")
    matched = dict(given)
    taken = set(given.values())
    known = _Known.of(questionnaire)
    for column in (c for c in sheet.columns if c not in mapping):
        guess = known.guess(column, sheet.texts.get(column, ""))
        if guess is not None and guess not in taken:
            matched[column] = guess
            taken.add(guess)
    return {c: matched[c] for c in sheet.columns if c in matched}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What columns of a questionnaire are called in files."""

    by_text: Mapping[str, str]
    ratings: re.Pattern[str]
    others: re.Pattern[str]

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> _Known:
        by_text = {_folded(q.attribute): q.id for q in questionnaire.questions if q.attribute}
        by_text |= {_folded(q.text): q.id for q in questionnaire.questions}
        ratings = "|".join(q.id for q in questionnaire.ratings)
        others = "|".join(q.id for q in questionnaire.questions if q.part != "rating")
        return cls(
            by_text=by_text,
            ratings=re.compile(rf"(?<![A-Za-z0-9])({ratings or '(?!)'})(?![A-Za-z0-9])"),
            # A plain word such as "pay" is an id where the heading begins with it, and no part of a sentence.
            others=re.compile(rf"({others or '(?!)'})(?![A-Za-z0-9])(?! \w)"),
        )

    def guess(self, column: str, text: str) -> str | None:
        """Our own id in the heading, a heading of a survey tool, or the wording of a question."""
        if found := self.ratings.findall(column):
            return str(found[-1])
        by_text = self.by_text.get(_folded(column))
        if by_text is not None:
            return by_text
        if begins := self.others.match(column):
            return begins[1]
        # LimeSurvey: "submitdate. Date submitted" with codes and texts, the drawn block's own formula with texts alone.
        low = column.strip().lower().split(". ", 1)[0].removeprefix("{if(is_empty(").split(".naok)", 1)[0]
        for target, names in _PERSON.items():
            if low in names:
                return target
        return self.by_text.get(_folded(text))


def _folded(text: str) -> str:
    return " ".join(re.sub(r"\W+", " ", text.lower()).split())


def _first_twice(values: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def _parsed(
    sheet: Sheet, questionnaire: Questionnaire, read_as: Mapping[str, str]
) -> tuple[pd.DataFrame, list[BadCell]]:
    """Every cell read, and those that cannot be, in order of their lines."""
    columns: dict[str, Any] = {}
    bad: list[BadCell] = []
    for column, target in read_as.items():
        cells = sheet.columns[column]
        distinct = set(cells)
        known, reason = _meanings(distinct, target, questionnaire)
        columns[target] = [known.get(cell) for cell in cells]
        if wrong := {cell for cell in distinct if cell.strip() and cell not in known}:
            bad += [
                BadCell(line=line, column=column, reason=reason.format(_shown(cell)))
                for line, cell in zip(sheet.lines, cells, strict=True)
                if cell in wrong
            ]
    names, twice = _respondents(sheet, columns.pop(RESPONDENT, None), read_as)
    bad += [*twice, *_no_answers(sheet)]
    frame = pd.DataFrame(columns, index=names)
    return frame, sorted(bad, key=lambda cell: (cell.line, cell.column))


def _shown(cell: str) -> str:
    return cell if len(cell) <= 40 else f"{cell[:40]}…"


def _meanings(cells: Collection[str], target: str, questionnaire: Questionnaire) -> tuple[dict[str, Any], str]:
    """What each distinct cell of a column means, and why a cell that means nothing does not."""
    distinct = [c for c in cells if c.strip()]
    if target == "seconds":
        return _numbers(distinct), "{!r} is no number of seconds"
    if target in (RESPONDENT, *PERSON_COLUMNS):
        return {c: c.strip() for c in distinct if "\0" not in c}, _UNKEPT
    question = questionnaire.question(target)
    if question.part == "rating":
        codes = {str(code): float(code) for code in range(1, 6)}
        means = {c: codes[k] for c in distinct if (k := _choice(c, question)) is not None}
        return means, "{!r} is no rating: 1 to 5, or one of the five answers, is expected"
    if question.choices:
        return {c: k for c in distinct if (k := _choice(c, question)) is not None}, "{!r} is none of the answers"
    if question.form == "number":
        clear = [c for c in distinct if not _TWO_WAYS.search(c)]
        return _numbers(clear), "{!r} is no number, or may be two: write 1234.5 for a thousand and more"
    return {c: _unguarded(c.strip()) for c in distinct if "\0" not in c}, _UNKEPT


_UNKEPT: Final = "{!r} holds a character that cannot be kept"
# One mark before exactly three digits: thousands in one country, a fraction in another.
_TWO_WAYS: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}[.,]\d{3}(?![\d.,])")


def _unguarded(text: str) -> str:
    """Without the apostrophe that our own sheets put before what a spreadsheet would run as a formula."""
    bare = text.removeprefix("'")
    return bare if guarded_cell(bare) == text else text


def _choice(cell: str, question: Question) -> str | None:
    """The code of the choice that a cell names: by code, short code, text, or as a whole number like "4.0" or "A4".

    "4,0" is such a number too: files of countries with decimal commas have it.
    """
    low = cell.strip().lower()
    whole = re.fullmatch(r"a?(\d+)(?:[.,]0+)?", low)
    for choice, short in zip(question.choices, short_codes(question.choices), strict=True):
        if low in (choice.code.lower(), short.lower()) or _folded(cell) == _folded(choice.text):
            return choice.code
    if whole:
        # A number is a choice's own code, or where choices have no numbers its place.
        by_number = dict(zip(numeric_codes(question.choices), question.choices, strict=True))
        return by_number[whole[1]].code if whole[1] in by_number else None
    # "4 - difficult", "difficult (4)"
    for choice in question.choices:
        if _folded(cell) in (_folded(f"{choice.code} {choice.text}"), _folded(f"{choice.text} {choice.code}")):
            return choice.code
    return None


def _numbers(cells: Iterable[str]) -> dict[str, float]:
    """What cells say as numbers: "1,234.50", "1.234,50", "1234.5", "12,50 €", "EUR 12"; at least 0."""
    read = {}
    for cell in cells:
        plain = re.sub(r"[\s'’_€$£]|^\s*[A-Z]{3}\b|\b[A-Z]{3}\s*$", "", cell)
        if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain):
            plain = plain.replace(",", "")
        elif re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}", plain):
            plain = plain.replace(".", "")
        plain = plain.replace(",", ".")
        try:
            number = float(plain)
        except ValueError:
            continue
        if np.isfinite(number) and number >= 0:
            read[cell] = number
    return read


def _respondents(
    sheet: Sheet, given: Sequence[str | None] | None, read_as: Mapping[str, str]
) -> tuple[list[str], list[BadCell]]:
    """Ids of the rows: those of the file, or the line numbers; and the ids that come twice or are missing."""
    if given is None:
        return [f"line {line}" for line in sheet.lines], []
    heading = next(c for c, target in read_as.items() if target == RESPONDENT)
    first: dict[str, int] = {}
    names, bad = [], []
    for line, name in zip(sheet.lines, given, strict=True):
        if name is None:
            bad.append(BadCell(line=line, column=heading, reason="a respondent without an id"))
        elif name in first:
            bad.append(BadCell(line=line, column=heading, reason=f"the same respondent as in line {first[name]}"))
        # A row that stays out needs a distinct name all the same.
        names.append(name if name is not None and name not in first else f"line {line} (again)")
        if name is not None:
            first.setdefault(name, line)
    return names, bad


# Qualtrics: what its maker clicked through to try the survey, and what it takes for a robot's; as text and as number.
_NO_ANSWER: Final[Mapping[str, str]] = {
    **dict.fromkeys(("survey preview", "1", "survey test", "2", "17"), "a trial of the survey, no answer"),
    **dict.fromkeys(("spam", "8", "9"), "taken for spam by the survey tool"),
}


def _no_answers(sheet: Sheet) -> list[BadCell]:
    """Rows that a survey tool itself calls no answers; only files of Qualtrics say so, in their column "Status"."""
    if not sheet.texts or "Status" not in sheet.columns:
        return []
    cells = zip(sheet.lines, sheet.columns["Status"], strict=True)
    reasons = [(line, _NO_ANSWER.get(cell.strip().lower())) for line, cell in cells]
    return [BadCell(line=line, column="Status", reason=reason) for line, reason in reasons if reason is not None]


def _is_rating(questionnaire: Questionnaire, target: str) -> bool:
    return target not in (RESPONDENT, *PERSON_COLUMNS) and questionnaire.question(target).part == "rating"


def _examples(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(islice((cell for cell in dict.fromkeys(cells) if cell.strip()), N_EXAMPLES))
