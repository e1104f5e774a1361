"""Which format a request wants, and rows in it."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.schemas.formats import Format, NotAcceptableError, UnknownFieldError, accepted, csv_lines, ndjson, only

ROWS = st.lists(st.fixed_dictionaries({"a": st.text("=x,\"\n'é", max_size=5), "b": st.integers()}), max_size=8)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, Format.JSON),
        ("", Format.JSON),
        ("*/*", Format.JSON),
        ("text/csv", Format.CSV),
        ("TEXT/CSV; q=1", Format.CSV),
        ("text/*", Format.CSV),
        ("application/x-ndjson", Format.NDJSON),
        ("application/jsonl", Format.NDJSON),
        ("application/json;q=0.2, text/csv;q=0.9", Format.CSV),
        ("text/html, */*;q=0.1", Format.JSON),
        ("application/json;q=0, */*", Format.CSV),
        ("text/csv;q=broken, application/json", Format.JSON),
    ],
)
def test_the_format_is_the_one_that_is_wanted_most(accept: str | None, wanted: Format) -> None:
    assert accepted(accept) is wanted


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*"])
def test_what_is_not_there_is_refused_with_what_is(accept: str) -> None:
    with pytest.raises(NotAcceptableError, match="application/json"):
        accepted(accept)


@given(ROWS)
def test_ndjson_reads_back_line_by_line(rows: list[dict[str, object]]) -> None:
    lines = b"".join(ndjson(rows)).decode("utf-8").splitlines() if rows else []
    assert [json.loads(line) for line in b"".join(ndjson(rows)).decode("utf-8").split("\n") if line] == rows
    assert len(lines) >= len(rows)


@given(ROWS)
def test_csv_has_a_header_and_no_cell_that_runs(rows: list[dict[str, object]]) -> None:
    content = b"".join(csv_lines(rows, ["b", "a"]))
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read[0] == ["b", "a"]
    for row, (b, a) in zip(rows, read[1:], strict=True):
        assert int(b) == row["b"]
        assert a.removeprefix("'") == str(row["a"]).removeprefix("'")
        assert not a.lstrip().startswith("=")


def test_nested_values_are_told_in_one_cell() -> None:
    rows = [{"ids": ["x", "y"], "is_met": True, "lint": [{"rule": "r", "message": "m"}], "none": None}]
    content = b"".join(csv_lines(rows, ["ids", "is_met", "lint", "none"])).decode("utf-8-sig")
    assert content.splitlines()[1] == "x; y,true,rule: r; message: m,"


def test_long_lists_come_in_pieces() -> None:
    pieces = list(ndjson({"text": "x" * 1000} for _ in range(1000)))
    assert 5 < len(pieces) < 100


def test_fields_are_picked_in_the_order_they_are_asked_for() -> None:
    assert list(only([{"a": 1, "b": 2}], "b, a", ["a", "b"])) == [{"b": 2, "a": 1}]
    with pytest.raises(UnknownFieldError, match="there is no 'c', but a, b"):
        only([], "c", ["a", "b"])
