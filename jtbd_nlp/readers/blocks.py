"""Paragraphs and tables in the order of a file to drafts; Word, OpenDocument and web pages share it.

Part of hop 1. A table is told to hold the talk by `table_rows.py`; `paragraphs.py` makes turns of the rest.
"""

from __future__ import annotations

import re
from typing import Final

from jtbd_nlp.readers import table_rows
from jtbd_nlp.readers.drafts import Draft
from jtbd_nlp.readers.paragraphs import Paragraph, draft_of_paragraphs

Block = Paragraph | list[list[str]]

_AMAZON_TIME: Final = re.compile(r"^(\d+:\d\d:\d\d)\.(\d)$")
_AMAZON_MARK: Final = re.compile(r"\s*\[(?:ISSUE|ACTION(?: ITEM)?|OUTCOME|INTERRUPTION)\]\s*")


def drafts_of_blocks(blocks: list[Block], *, name: str, format: str) -> list[Draft]:  # noqa: A002 - the field's own name
    """Make drafts of paragraphs and tables (rows of cells) in the order of the file.

    Tables of turns win over paragraphs, of which only headings and notices are left then; other tables are read line
    by line, where nothing else is there.
    """
    tables = [block for block in blocks if isinstance(block, list)]
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    rows = _rows_of_turns(tables)
    if rows and _is_amazon(rows):
        drafts = table_rows.drafts_of_rows(_with_amazon_times(rows), format=format)
        return [_without_amazon_marks(draft, format) for draft in drafts]
    if rows:
        return table_rows.drafts_of_rows(rows, format=format)
    if not any(p.text.strip() for p in paragraphs):
        paragraphs = [Paragraph("\t".join(cell for cell in row if cell)) for table in tables for row in table]
    return [draft_of_paragraphs(paragraphs, name=name, format=format)]


def _rows_of_turns(tables: list[list[list[str]]]) -> list[list[str]]:
    """Rows of the table that holds the talk, with those of tables that go on under the same columns."""
    found = [(table, layout) for table in tables if (layout := _turn_layout(table)) is not None]
    if not found:
        return []
    longest, layout = max(found, key=lambda pair: sum(len(row[pair[1].text].split()) for row in pair[0] if row))
    rows: list[list[str]] = []
    for table, other in found:
        if other == layout:
            rows += table[1:] if rows and layout.header else table
    return rows or longest


def _turn_layout(table: list[list[str]]) -> table_rows.Layout | None:
    layout = table_rows.find_layout(table)
    if layout is None or (layout.speaker is None and layout.start is None and layout.interview is None):
        return None
    return layout if all(len(row) > layout.text for row in table) and len(table) > bool(layout.header) else None


def _is_amazon(rows: list[list[str]]) -> bool:
    return "Transcription" in rows[0] and "Dur." in rows[0]


def _with_amazon_times(rows: list[list[str]]) -> list[list[str]]:
    """Amazon's program writes hundredths without the leading zero: "0:00:11.4" is 11.04 seconds."""
    return [[_AMAZON_TIME.sub(r"\1.0\2", cell) for cell in row] for row in rows]


def _without_amazon_marks(draft: Draft, format: str) -> Draft:  # noqa: A002 - the field's own name
    """Amazon's program writes what it found in the talk, as "[ISSUE]", into it."""
    for turn in draft.turns:
        turn.text = " ".join(_AMAZON_MARK.sub(" ", turn.text).split())
    draft.turns = [turn for turn in draft.turns if turn.text]
    draft.format = f"aws-transcribe-{format}"
    return draft
