"""A file of answers as text cells with their line numbers: CSV and XLSX. Knows no questions."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import openpyxl  # type: ignore[import-untyped]  # ships no types

from jtbd_nlp.errors import JtbdError, MalformedAnswersError
from jtbd_nlp.readers import archives
from jtbd_nlp.readers.encoding import decode

MAX_BYTES: Final = 200_000_000
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 5_000
_MAX_CELL_CHARS: Final = 100_000
_TABLES: Final = (".csv", ".tsv", ".txt", ".xlsx")


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table of text, by column.

    Args:
        columns: the cells under each heading, "" where there is nothing; rows without any text are left out.
        lines: the line of the file in which each row begins, counted from 1.
        texts: the wording that stands under a heading, where the file has such a line.
    """

    columns: Mapping[str, tuple[str, ...]]
    lines: tuple[int, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


def read_sheet(content: bytes) -> Sheet:
    """Read a CSV file (comma, semicolon, tab or bar), or of a workbook the sheet "answers", else the first.

    A zip that holds one such file, as Qualtrics hands out, is read as that file.

    Raises:
        MalformedAnswersError: it is no table, it is too large, two columns have one heading, or a row is longer than
            the line of headings.
    """
    if len(content) > MAX_BYTES:
        raise MalformedAnswersError(f"the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read")
    content = _unpacked(content)
    rows, lines = _workbook_rows(content) if content[:4] == b"PK\x03\x04" else _csv_rows(content)
    if not rows:
        raise MalformedAnswersError("the file is empty: a line of headings and a line a respondent are expected")
    headings = [heading.strip() for heading in rows[0]]
    if twice := next((h for h in headings if h and headings.count(h) > 1), None):
        raise MalformedAnswersError(f"line {lines[0]}: two columns are called {twice!r}")
    _check_widths(rows, lines, len(headings))
    n_more = _n_more_headings(rows)
    texts = dict(zip(headings, rows[1], strict=False)) if n_more else {}
    width = len(headings)
    kept = [row if len(row) == width else [*row[:width], *[""] * (width - len(row))] for row in rows[1 + n_more :]]
    cells = zip(*kept, strict=True) if kept else [()] * width
    columns = {heading: column for heading, column in zip(headings, cells, strict=True) if heading}
    return Sheet(columns=columns, lines=tuple(lines[1 + n_more :]), texts=texts)


def _unpacked(content: bytes) -> bytes:
    """The one table in a zip; what is no zip of files as it is."""
    if not archives.recognises(content, name=""):
        return content
    try:
        tables = [member for path, member in archives.unpack(content, name="") if path.lower().endswith(_TABLES)]
    except JtbdError as fault:
        raise MalformedAnswersError(f"the zip cannot be read: {fault}") from fault
    if len(tables) != 1:
        raise MalformedAnswersError(f"the zip holds {len(tables) or 'no'} CSV or XLSX files; one is expected")
    return tables[0]


def _check_widths(rows: list[list[str]], lines: list[int], width: int) -> None:
    if width > MAX_COLUMNS or len(rows) > MAX_ROWS:
        raise MalformedAnswersError(f"at most {MAX_ROWS:,} rows and {MAX_COLUMNS:,} columns are read")
    for row, line in zip(rows, lines, strict=True):
        if any(cell for cell in row[width:]):
            raise MalformedAnswersError(
                f"line {line}: it has {len(row)} cells under the {width} headings of line {lines[0]}"
            )


def _n_more_headings(rows: list[list[str]]) -> int:
    """Qualtrics writes two more lines of headings: the wording, and its own ids as JSON."""
    return 2 if len(rows) > 2 and any("ImportId" in cell for cell in rows[2]) else 0


def _csv_rows(content: bytes) -> tuple[list[list[str]], list[int]]:
    """The rows that hold anything, and the lines in which they begin."""
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        text = decode(content).removeprefix("\ufeff")
        head = text.split("\n", 1)[0]
        # Excel writes its separator into a line of its own where the country's is another.
        told = re.fullmatch(r"sep=(.)\s*", head)
        reader = csv.reader(io.StringIO(text), delimiter=told[1] if told else max(",;\t|", key=head.count), strict=True)
        if told:
            next(reader)
            line = 2
        for row in reader:
            if any(row):
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as fault:
        raise MalformedAnswersError(f"line {line}: this is no CSV: {fault}") from fault
    except JtbdError as fault:
        raise MalformedAnswersError(f"the file is no table: {fault}; export the answers as CSV or XLSX") from fault
    return rows, lines


def _workbook_rows(content: bytes) -> tuple[list[list[str]], list[int]]:
    """As `_csv_rows`. The archive is checked against bombs before anything is unpacked."""
    try:
        with archives.open_package(content):
            pass
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                return _rows_of(book)
            finally:
                book.close()
    except MalformedAnswersError:
        raise
    except JtbdError as fault:
        raise MalformedAnswersError(f"the workbook cannot be read: {fault}") from fault
    except Exception as fault:
        # openpyxl documents no set of errors: a damaged workbook shows as KeyError, TypeError, ParseError, ...
        raise MalformedAnswersError(f"the workbook is damaged ({type(fault).__name__})") from fault


def _rows_of(book: openpyxl.Workbook) -> tuple[list[list[str]], list[int]]:
    sheet = book["answers"] if "answers" in book.sheetnames else book.worksheets[0]
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), start=1):
        width = max((place for place, value in enumerate(row, start=1) if value is not None), default=0)
        if width:
            rows.append([_as_text(value) for value in row[:width]])
            lines.append(line)
            if len(rows) > MAX_ROWS:
                break
    return rows, lines


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:_MAX_CELL_CHARS]
