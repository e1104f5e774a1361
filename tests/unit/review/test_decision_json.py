"""Decisions written and read."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.domain import Span
from jtbd_nlp.errors import MalformedDecisionError
from jtbd_nlp.review import (
    AddStep,
    Approve,
    ChosenSpan,
    MoveNeed,
    Split,
    from_bytes,
    from_json,
    kind_names,
    to_bytes,
    to_json,
)
from jtbd_nlp.review.decisions import KINDS
from jtbd_nlp.stages import STAGES
from tests.reviewed_study import made

WORDS = st.text(min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
TEXTS = st.lists(WORDS, max_size=3).map(tuple)
SPANS = st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(1, 9))
CHOSEN = st.builds(
    lambda name, where: ChosenSpan(name, "5" * 64, Span(where[0], where[1], where[1] + where[2])), WORDS, SPANS
)
BY_TYPE: dict[object, st.SearchStrategy[Any]] = {
    "str": WORDS,
    "str | None": st.none() | WORDS,
    "datetime": st.datetimes(timezones=st.just(UTC)),
    "tuple[str, ...]": TEXTS,
    "tuple[ChosenSpan, ...]": st.lists(CHOSEN, max_size=3).map(tuple),
    "tuple[tuple[str, str], ...]": st.dictionaries(WORDS, WORDS, max_size=3).map(lambda d: tuple(d.items())),
}


@given(st.data(), st.sampled_from(KINDS))
def test_what_is_written_reads_back_equal(data: st.DataObject, kind: type[Any]) -> None:
    fields = dataclasses.fields(kind)
    values = {f.name: data.draw(st.sampled_from(STAGES) if f.name == "stage" else BY_TYPE[f.type]) for f in fields}
    decision = kind(**values)
    assert from_json(to_json(decision)) == decision
    assert from_bytes(to_bytes(decision)) == decision


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len(set(kind_names())) == len(KINDS)
    assert "" not in kind_names()


def test_evidence_is_written_by_place_without_the_words() -> None:
    place = ChosenSpan("p07", "ab" * 32, Span(12, 14, 50))
    written = to_json(made(AddStep, 1, phrase="plan", stage="plan", evidence=(place,)))
    assert written["evidence"] == [{"transcript": "p07", "sha256": "ab" * 32, "turn": 12, "start": 14, "end": 50}]


def test_what_has_a_default_may_be_left_out() -> None:
    written = to_json(made(Split, 1, step="step-1", statements=("s",), phrase="p"))
    del written["seen"], written["needs"]
    assert from_json(written) == made(Split, 1, step="step-1", statements=("s",), phrase="p")


GOOD = to_json(made(AddStep, 1, phrase="plan", stage="plan", evidence=(ChosenSpan("p", "a", Span(0, 0, 1)),)))
PLACE: dict[str, Any] = GOOD["evidence"][0]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"schema": "jtbd-decision/9"}, "d.schema"),
        ({"kind": "eat"}, "d.kind"),
        ({"kind": ["approve"]}, "d.kind"),
        ({"id": ""}, "d.id"),
        ({"by": 3}, "d.by"),
        ({"at": "2026-05-04T10:12:00"}, "d.at"),
        ({"at": "yesterday"}, "d.at"),
        ({"seen": []}, "d.seen"),
        ({"seen": {"step-1": 3}}, "d.seen.step-1"),
        ({"phrase": "   "}, "d.phrase"),
        ({"phrase": "\ud800"}, "d.phrase"),
        ({"stage": "lunch"}, "d.stage"),
        ({"stage": []}, "d.stage"),
        ({"color": "red"}, "d.color"),
        ({"evidence": "p07"}, "d.evidence"),
        ({"evidence": ["p07"]}, "d.evidence[0]"),
        ({"evidence": [PLACE, {**PLACE, "turn": -1}]}, "d.evidence[1].turn"),
        ({"evidence": [{**PLACE, "start": True}]}, "d.evidence[0].start"),
        ({"evidence": [{**PLACE, "start": 1}]}, "d.evidence[0]"),
        ({"evidence": [{k: v for k, v in PLACE.items() if k != "sha256"}]}, "d.evidence[0].sha256"),
    ],
)
def test_a_fault_names_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(MalformedDecisionError) as caught:
        from_json({**GOOD, **change}, place="d")
    assert str(caught.value).startswith(f"{place}: ")


def test_a_missing_field_is_named() -> None:
    with pytest.raises(MalformedDecisionError, match=r"decision\.step: is missing"):
        from_json({k: v for k, v in to_json(made(MoveNeed, 1, need="n", step=None)).items() if k != "step"})


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"[" * 100_000])
def test_bytes_that_are_no_decision_are_refused(content: bytes) -> None:
    with pytest.raises(MalformedDecisionError):
        from_bytes(content)


def test_a_time_without_a_zone_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        Approve(id="d", run="r", by="ana", at=datetime(2026, 5, 4), entry="e")  # noqa: DTZ001 - that is the fault
