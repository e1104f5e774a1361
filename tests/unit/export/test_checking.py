"""A stored analysis is checked field by field before it is used."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.export import analysis_json, check_analysis_document, read_analysis_document
from tests.rich_study import rich_analysis

Break = Callable[[Any], object]


def test_what_is_written_passes() -> None:
    check_analysis_document(json.loads(analysis_json(rich_analysis())))


def test_more_fields_than_known_are_fine() -> None:
    written = json.loads(analysis_json(rich_analysis()))
    written["steps"][0]["colour"] = "blue"
    check_analysis_document(written | {"extra": 1})


BREAKS: list[tuple[Break, str]] = [
    (lambda d: d.update(schema="jtbd-analysis/2"), "schema: must be 'jtbd-analysis/1', not 'jtbd-analysis/2'"),
    (lambda d: d.pop("schema"), "schema: must be"),
    (lambda d: d.pop("needs"), "^needs: is missing"),
    (lambda d: d.update(steps={}), "^steps: must be a list"),
    (lambda d: d["study"].pop("job"), r"^study\.job: is missing"),
    (lambda d: d["statements"][3].pop("turn"), r"^statements\[3\]\.turn: is missing"),
    (lambda d: d["statements"][3].update(turn="4"), r"^statements\[3\]\.turn: must be a whole number"),
    (lambda d: d["statements"][3].update(turn=True), r"^statements\[3\]\.turn: must be a whole number"),
    (lambda d: d["statements"][0].update(negated=0), r"^statements\[0\]\.negated: must be true or false"),
    (lambda d: d["statements"][0].update(verb=1), r"^statements\[0\]\.verb: must be text or null"),
    (lambda d: d["steps"].append("s"), r"^steps\[7\]: must be an object"),
    (lambda d: d["steps"][0].update(stage="finish"), r"^steps\[0\]\.stage: must be one of understand"),
    (lambda d: d["manifest"]["inputs"][0].pop("sha256"), r"^manifest\.inputs\[0\]\.sha256: is missing"),
]


@pytest.mark.parametrize(("break_it", "fault"), BREAKS)
def test_the_message_names_the_field(break_it: Break, fault: str) -> None:
    written = json.loads(analysis_json(rich_analysis()))
    break_it(written)
    with pytest.raises(AnalysisError, match=fault):
        check_analysis_document(written)


@pytest.mark.parametrize("other", [[], None, "jtbd-analysis/1", 3])
def test_other_json_is_no_analysis(other: object) -> None:
    with pytest.raises(AnalysisError, match="JSON object"):
        check_analysis_document(other)


def test_a_stored_file_reads_back() -> None:
    content = analysis_json(rich_analysis())
    assert read_analysis_document(content, place="a.json") == json.loads(content)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", r"^a\.json: is no JSON"),
        (b"\xff\xfe\x00", r"^a\.json: is no JSON"),
        (b'{"schema": 1', r"^a\.json: is no JSON"),
        (b"[" * 200_000, r"^a\.json: is no JSON"),
        (b"{}", r"^a\.json: schema: must be"),
    ],
)
def test_a_stored_file_that_cannot_be_used_is_named(content: bytes, fault: str) -> None:
    with pytest.raises(AnalysisError, match=fault):
        read_analysis_document(content, place="a.json")


@pytest.mark.parametrize(
    ("field", "value"), [("origin", "guessed"), ("kind", "odd"), ("is_met", "yes"), ("contradicts", {})]
)
def test_a_need_with_a_wrong_later_field_is_refused(field: str, value: object) -> None:
    document = json.loads(analysis_json(rich_analysis()))
    document["needs"][0][field] = value
    with pytest.raises(AnalysisError, match=rf"needs\[0\].{field}"):
        check_analysis_document(document)


def test_an_analysis_without_the_later_fields_is_still_one() -> None:
    document = json.loads(analysis_json(rich_analysis()))
    for need in document["needs"]:
        for field in ("kind", "action_variable", "is_met", "contradicts", "derived_from"):
            del need[field]
    check_analysis_document(document)
