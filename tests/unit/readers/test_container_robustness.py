"""Whatever bytes come, a reader gives drafts with words in them or one TranscriptError."""

from __future__ import annotations

import json
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jtbd_nlp.errors import TranscriptError
from jtbd_nlp.readers import archives, html, odt, pdf, rtf, speech_json, tables, transcript_json, word
from jtbd_nlp.readers.drafts import Draft
from tests.container_files import docx_bytes, odt_bytes, pdf_bytes, pdf_page, xlsx_bytes, zip_bytes
from tests.unit.readers.test_speech_json import NAMED


class Reader(Protocol):
    def recognises(self, content: bytes, *, name: str) -> bool: ...
    def read(self, content: bytes, *, name: str) -> list[Draft]: ...


TALK = ("Mod: How do you plan?", "Anna: I write a list.", "Mod: And then?", "Anna: I shop.")
ROWS = [["Speaker", "Time", "Text"], ["Mod", 3, "How do you plan?"], ["Anna", 9, "I write a list."]]
READERS: dict[str, tuple[Reader, bytes]] = {
    "word": (word, docx_bytes(*TALK, ROWS and [[str(cell) for cell in row] for row in ROWS])),
    "odt": (odt, odt_bytes("".join(f"<text:p>{line}</text:p>" for line in TALK))),
    "rtf": (rtf, rb"{\rtf1\ansi{\fonttbl\f0 Arial;}\f0 " + r"\par ".join(TALK).encode() + rb"\'e9\u8211?\par}"),
    "pdf": (pdf, pdf_bytes(pdf_page(*TALK), pdf_page(*TALK))),
    "html": (
        html,
        f"<html><body><p>{'</p><p>'.join(TALK)}</p><table><tr><td>a</td></tr></table></body></html>".encode(),
    ),
    "csv": (tables, b'speaker;start;text\nMod;3;"How do\nyou plan?"\nAnna;9;I write a list.\n'),
    "xlsx": (tables, xlsx_bytes({"P1": ROWS, "P2": ROWS})),
    "transcript": (
        transcript_json,
        json.dumps({"schema": "jtbd-transcript/1", "turns": [{"text": "I shop."}]}).encode(),
    ),
}
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
edits = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6), st.integers(0, 8)), max_size=5)


def must_end_well(reader: Reader, content: bytes) -> None:
    reader.recognises(content, name="p1")
    try:
        drafts = reader.read(content, name="p1")
    except TranscriptError:
        return
    assert drafts
    for draft in drafts:
        assert draft.turns
        for turn in draft.turns:
            assert "".join((turn.text, turn.speaker or "")).encode("utf-8") is not None


def edited(content: bytes, changes: list[tuple[float, bytes, int]]) -> bytes:
    """Bytes replaced at places (a share of the length) by others."""
    for place, new, n_dropped in changes:
        at = int(place * len(content))
        content = content[:at] + new + content[at + n_dropped :]
    return content


@pytest.mark.parametrize("kind", READERS)
@QUICK
@given(content=st.binary(max_size=300))
def test_random_bytes(kind: str, content: bytes) -> None:
    reader, valid = READERS[kind]
    must_end_well(reader, content)
    must_end_well(reader, valid[:8] + content)


@pytest.mark.parametrize("kind", READERS)
@QUICK
@given(changes=edits)
def test_a_valid_file_with_some_bytes_changed(kind: str, changes: list[tuple[float, bytes, int]]) -> None:
    reader, valid = READERS[kind]
    must_end_well(reader, edited(valid, changes))


@pytest.mark.parametrize("kind", READERS)
@QUICK
@given(share=st.floats(0, 1))
def test_a_valid_file_cut_off_anywhere(kind: str, share: float) -> None:
    reader, valid = READERS[kind]
    must_end_well(reader, valid[: int(share * len(valid))])


@QUICK
@given(inner=st.binary(max_size=80), changes=edits)
def test_an_archive_with_some_bytes_changed(inner: bytes, changes: list[tuple[float, bytes, int]]) -> None:
    content = edited(zip_bytes({"a.txt": "Anna: I shop.", "b.zip": zip_bytes({"c.txt": inner})}), changes)
    archives.recognises(content, name="a.zip")
    try:
        members = list(archives.unpack(content, name="a.zip"))
    except TranscriptError:
        return
    assert members


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["text", "start", "speaker"]), inner),
    max_leaves=4,
)


@pytest.mark.parametrize("tool", NAMED)
@QUICK
@given(value=values, which=st.integers(0, 10_000))
def test_a_tool_s_json_with_one_value_replaced_by_another(tool: str, value: object, which: int) -> None:
    shape = json.loads(json.dumps(NAMED[tool][0]))
    places = list(_places(shape))
    holder, key = places[which % len(places)]
    holder[key] = value
    must_end_well(speech_json, json.dumps(shape).encode())


def _places(value: object) -> list[tuple[dict[object, object], object]]:
    found: list[tuple[dict[object, object], object]] = []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += [(value, key), *_places(child)]  # type: ignore[list-item]
    return found
