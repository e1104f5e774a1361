"""Lists as JSON, CSV or NDJSON: which one a request wants, and rows as bytes.

CSV is for spreadsheets: UTF-8 with a byte order mark, a header line, lists joined with "; ", and text that would be run
as a formula gets an apostrophe in front. NDJSON has one JSON object a line. Both are written row by row.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from jtbd_nlp.errors import JtbdError
from jtbd_nlp.export.tables import FORMULA_STARTS

Row = Mapping[str, Any]

# Rows are handed on in pieces of about this size: one of a row each would be slow, and all in one would fill memory.
PIECE_BYTES: Final = 64 * 2**10


class Format(StrEnum):
    """A media type that lists are given in."""

    JSON = "application/json"
    CSV = "text/csv"
    NDJSON = "application/x-ndjson"


class NotAcceptableError(JtbdError):
    """The request accepts none of the media types that there are; the message names them."""

    code = "not_acceptable"


class UnknownFieldError(JtbdError):
    """`fields` names something that rows of this list do not have; the message names what they have."""

    code = "unknown_field"


def accepted(accept: str | None, offered: Sequence[Format] = tuple(Format)) -> Format:
    """The media type to answer with: of those offered the one that an `Accept` header wants most.

    The first that is offered where there is no header, or where it minds not which.

    Raises:
        NotAcceptableError: it wants none of them.
    """
    wishes = [_wish(part) for part in (accept or "*/*").split(",") if part.strip()]
    best = max(offered, key=lambda kind: (_quality(kind, wishes), -offered.index(kind)))
    if _quality(best, wishes) <= 0:
        raise NotAcceptableError(f"Accept: there is {', '.join(offered)}")
    return best


def only(rows: Iterable[Row], fields: str | None, known: Sequence[str]) -> Iterator[Row]:
    """Rows with some fields, in the order they are asked for; all of them where `fields` is None.

    Args:
        fields: names with commas between.

    Raises:
        UnknownFieldError: one of them is not among `known`; it is raised before the first row.
    """
    if fields is None:
        return iter(rows)
    wanted = [name.strip() for name in fields.split(",") if name.strip()]
    for name in wanted:
        if name not in known:
            raise UnknownFieldError(f"fields: there is no {name!r}, but {', '.join(known)}")
    return ({name: row.get(name) for name in wanted} for row in rows)


def ndjson(rows: Iterable[Row]) -> Iterator[bytes]:
    """One JSON object a line, in pieces; nothing for no rows."""
    return _pieces(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)


def csv_lines(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
    """A header and a line a row, in pieces; the header alone for no rows."""

    def lines() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        yield "\ufeff"
        for cells in _with_header(rows, columns):
            writer.writerow(cells)
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()

    return _pieces(lines())


def _with_header(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[list[object]]:
    yield list(columns)
    for row in rows:
        yield [_cell(row.get(column)) for column in columns]


def _cell(value: object) -> object:
    match value:
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return "; ".join(str(_cell(member)) for member in value)
        case Mapping():
            return "; ".join(f"{key}: {_cell(inner)}" for key, inner in value.items())
        case str() if value.lstrip(" \u00a0\u3000").startswith(FORMULA_STARTS):
            return f"'{value}"
        case _:
            return value


def _pieces(texts: Iterable[str]) -> Iterator[bytes]:
    piece = bytearray()
    for text in texts:
        piece += text.encode("utf-8", "replace")
        if len(piece) >= PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def _wish(part: str) -> tuple[str, float]:
    kind, *parameters = (p.strip() for p in part.lower().split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return kind, min(max(float(value), 0.0), 1.0)
            except ValueError:
                return kind, 0.0
    return kind, 1.0


def _quality(kind: Format, wishes: Sequence[tuple[str, float]]) -> float:
    """How much it is wanted: what is said of itself counts before what is said of its family, and of all."""
    family = kind.split("/")[0] + "/*"
    names = (kind.value, *(("application/jsonl", "application/ndjson") if kind is Format.NDJSON else ()))
    for wanted in (names, (family,), ("*/*",)):
        found = [quality for name, quality in wishes if name in wanted]
        if found:
            return max(found)
    return 0.0
