"""Spelling of verb forms."""

from __future__ import annotations

import pytest

from jtbd_nlp.statements.word_forms import base_of_gerund, gerund, third_person


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("plan", "planning"),
        ("write", "writing"),
        ("find out", "finding out"),
        ("edit", "editing"),
        ("fix", "fixing"),
        ("see", "seeing"),
        ("lie", "lying"),
        ("submit", "submitting"),
        ("read", "reading"),
        ("quit", "quitting"),
    ],
)
def test_gerund(verb: str, expected: str) -> None:
    assert gerund(verb) == expected


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("match", "matches"),
        ("try", "tries"),
        ("pay for", "pays for"),
        ("have", "has"),
        ("go", "goes"),
        ("play", "plays"),
    ],
)
def test_third_person(verb: str, expected: str) -> None:
    assert third_person(verb) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("planning", "plan"),
        ("writing", "write"),
        ("editing", "edit"),
        ("calling", "call"),
        ("comparing", "compare"),
        ("monitoring", "monitor"),
        ("managing", "manage"),
        ("reading", "read"),
        ("bringing", "bring"),
        ("string", "string"),
        ("bed", "bed"),
    ],
)
def test_base_of_gerund(word: str, expected: str) -> None:
    assert base_of_gerund(word) == expected
