"""Hop 1 for tables: CSV and TSV with any usual delimiter, and Excel workbooks. What the rows mean is told elsewhere.

Library: openpyxl, the maintained reader of .xlsx, in its streaming mode; Python's csv for the rest.
"""

from __future__ import annotations

import csv
import datetime
import io
import warnings
from collections import Counter
from collections.abc import Iterable
from typing import Final

import openpyxl  # type: ignore[import-untyped]  # ships no types

from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError, TranscriptError
from jtbd_nlp.readers import archives, encoding, plain_text, table_rows
from jtbd_nlp.readers.drafts import Draft

MAX_CELL_CHARS: Final = 20_000_000
MAX_ROWS: Final = 500_000
MAX_COLUMNS: Final = 256
_SUFFIXES: Final = (".csv", ".tsv", ".tab")
_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE_CHARS: Final = 300_000
# What every encrypted Office file is inside: a container of the old kind.
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def recognises(content: bytes, *, name: str) -> bool:
    """Tell whether this is a workbook, is called .csv or .tsv, or begins with the names of a transcript's columns."""
    suffix = name.lower()[-5:]
    if content.startswith(b"PK"):
        return archives.package_kind(content) == "xlsx"
    if content.startswith(_OLE):
        return suffix == ".xlsx"
    return (suffix.endswith(_SUFFIXES) and encoding.looks_like_text(content)) or _names_columns(content)


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read every interview of a table; the sheets of a workbook are tables of their own.

    Raises:
        MalformedTranscriptError: no table, one without talk, cut off within a quoted cell, or a damaged workbook.
        TooLargeError: a cell beyond `MAX_CELL_CHARS`, more than `MAX_ROWS` rows or `MAX_COLUMNS`, or a zip bomb.
        UndecodableTextError, UnsupportedFormatError: no text in any likely encoding.
    """
    if content.startswith(_OLE):
        raise MalformedTranscriptError("the workbook is encrypted, or older than Excel 2007")
    if content.startswith(b"PK"):
        return _read_workbook(content, name=name)
    text = encoding.decode(content)
    rows, delimiter = _rows_of_text(text)
    if all(len(row) < 2 for row in rows) and table_rows.named_layout(rows) is None:
        return [plain_text.read_text(text)]  # called .csv, but talk in lines
    drafts = table_rows.drafts_of_rows(rows, format="tsv" if delimiter == "\t" else "csv")
    if delimiter == "\t" and [cell.strip().lower() for cell in rows[0]] == ["start", "end", "text"]:
        for draft in drafts:
            draft.format = "whisper-tsv"
    return drafts


def _names_columns(content: bytes) -> bool:
    first = content[:2000].lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("latin-1").strip()
    if len(first) == 2000 or not any(delimiter in first for delimiter in _DELIMITERS):
        return False
    headers = (_split(first, delimiter) for delimiter in _DELIMITERS)
    return any(len(header) > 1 and table_rows.named_layout([header]) is not None for header in headers)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _rows_of_text(text: str) -> tuple[list[list[str]], str]:
    delimiter, quoting = _dialect(text)
    rows, start_of_last = _parse(text, delimiter, quoting)
    if quoting == csv.QUOTE_MINIMAL and text.count('"') % 2 and _ends_within_quotes(text, delimiter):
        raise MalformedTranscriptError("a quoted cell is never closed", line=start_of_last)
    width = len(rows[0]) if rows else 0
    if width > MAX_COLUMNS:
        raise TooLargeError(f"line 1: has {width:,} columns; at most {MAX_COLUMNS} are read")
    if width > 1:
        # Unquoted talk with the delimiter in it: what is beyond the last column belongs to it.
        rows = [row if len(row) <= width else [*row[: width - 1], delimiter.join(row[width - 1 :])] for row in rows]
    return rows, delimiter


def _ends_within_quotes(text: str, delimiter: str) -> bool:
    before = csv.field_size_limit(MAX_CELL_CHARS)
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    finally:
        csv.field_size_limit(before)
    return False


def _dialect(text: str) -> tuple[str, int]:
    """The delimiter and quoting that make the most even table of the beginning of the file, names of columns first."""
    sample = text[:_SAMPLE_CHARS]
    candidates = [(delimiter, csv.QUOTE_MINIMAL) for delimiter in _DELIMITERS]
    candidates += [(delimiter, csv.QUOTE_NONE) for delimiter in ("\t", "|")]
    best: tuple[tuple[bool, float, int], tuple[str, int]] | None = None
    for delimiter, quoting in candidates:
        if delimiter not in sample and delimiter != ",":
            continue
        rows = [row for row in _parse(sample, delimiter, quoting)[0] if row]
        rows = rows[:-1] if len(text) > len(sample) and len(rows) > 2 else rows
        if not rows or len(rows[0]) > MAX_COLUMNS:
            continue
        width, n_even = Counter(map(len, rows)).most_common(1)[0]
        is_named = len(rows[0]) > 1 and table_rows.named_layout(rows) is not None
        score = (is_named, n_even / len(rows) if width > 1 else 0.0, width)
        if best is None or score > best[0]:
            best = (score, (delimiter, quoting))
    return best[1] if best else (",", csv.QUOTE_MINIMAL)


def _parse(text: str, delimiter: str, quoting: int) -> tuple[list[list[str]], int]:
    """The rows, and the line on which the last one begins."""
    before = csv.field_size_limit(MAX_CELL_CHARS)
    # csv's own types take the constants of quoting only as literals.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    rows: list[list[str]] = []
    line = 1
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise TooLargeError(f"line {reader.line_num}: at most {MAX_ROWS:,} rows are read")
            line, last = reader.line_num + 1, line
    except csv.Error as error:
        if "larger than field limit" in str(error):
            raise TooLargeError(f"line {line}: a cell has more than {MAX_CELL_CHARS:,} characters") from error
        raise MalformedTranscriptError(f"no valid table: {error}", line=line) from error
    finally:
        csv.field_size_limit(before)
    return rows, last if rows else line


def _read_workbook(content: bytes, *, name: str) -> list[Draft]:
    sheets = _sheets(content, name=name)
    drafts: list[Draft] = []
    faults: list[str] = []
    left_out: list[str] = []
    for title, rows in sheets:
        try:
            of_sheet = table_rows.drafts_of_rows(rows, format="xlsx")
        except TranscriptError as error:
            faults.append(f"sheet {title!r}: {error}")
            left_out.append(f"sheet {title!r} holds no talk and was left out")
            continue
        for draft in of_sheet:
            draft.id = draft.id or (title if len(sheets) > 1 else None)
            draft.title = draft.title or (title if len(sheets) > 1 else None)
        drafts += of_sheet
    if not drafts:
        raise MalformedTranscriptError("; ".join(faults) or "the workbook has no sheet with anything in it")
    for draft in drafts:
        draft.warnings += left_out
    return drafts


def _sheets(content: bytes, *, name: str) -> list[tuple[str, list[list[str]]]]:
    """Titles and rows of the visible sheets that are not empty."""
    with archives.open_package(content):
        pass
    try:
        # Fonts, validations and print areas it does not know are no concern of a reader of words.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                sheets = [
                    (sheet.title, _filled_rows(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)))
                    for sheet in workbook.worksheets
                    if sheet.sheet_state == "visible"
                ]
            finally:
                workbook.close()
    except TranscriptError:
        raise
    except Exception as error:
        # openpyxl documents no set of errors: a damaged workbook shows as KeyError, TypeError, ParseError, ...
        raise MalformedTranscriptError(f"the workbook is damaged ({type(error).__name__})") from error
    return [(title, rows) for title, rows in sheets if rows]


def _filled_rows(rows: Iterable[tuple[object, ...]]) -> list[list[str]]:
    filled: list[list[str]] = []
    last_empty: tuple[object, ...] | None = None
    for row in rows:
        # A cell far down makes openpyxl give the same empty row a million times.
        if row is last_empty:
            continue
        if all(value is None for value in row):
            last_empty = row
            continue
        width = max(i for i, value in enumerate(row, start=1) if value is not None)
        filled.append([_shown(value) for value in row[:width]])
        if len(filled) > MAX_ROWS:
            raise TooLargeError(f"row {len(filled)}: at most {MAX_ROWS:,} rows are read")
    return filled


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.timedelta):
        return str(value.total_seconds())
    if isinstance(value, datetime.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
