"""Cursors: every row once, whatever is added or taken away between two pages."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.schemas.paging import BadCursorError, Page, cursor_of, page_of

Row = tuple[int, str]
ROWS = st.sets(st.tuples(st.integers(0, 20), st.text("ab😀\ud800", max_size=3)), max_size=30)


def read_all(rows: set[Row], limit: int, added: set[Row]) -> list[Row]:
    found: list[Row] = []
    cursor = None
    while True:
        page, cursor = page_of(rows, Page(limit, cursor), "rows", lambda row: row)
        found += page
        rows = rows | added
        if cursor is None:
            return found


@given(ROWS, ROWS, st.integers(1, 7))
def test_rows_added_meanwhile_neither_repeat_nor_hide_others(rows: set[Row], added: set[Row], limit: int) -> None:
    found = read_all(rows, limit, added)
    assert found == sorted(set(found))
    assert rows <= set(found) <= rows | added


def test_a_page_says_whether_there_are_more() -> None:
    assert page_of([(1, "a"), (2, "b")], Page(2), "rows", lambda row: row) == ([(1, "a"), (2, "b")], None)
    assert page_of([(2, "b"), (1, "a")], Page(1), "rows", lambda row: row)[0] == [(1, "a")]
    assert page_of([], Page(1), "rows", lambda row: row) == ([], None)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "é",
        "x" * 9,
        cursor_of("others", (1, "a")),
        cursor_of("rows", (1,)),
        cursor_of("rows", ("1", "a")),
        base64.urlsafe_b64encode(json.dumps({"rows": 1}).encode()).decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursorError, match=r"page\[cursor\]"):
        Page(2, cursor).after("rows", [int, str])
