"""In field notes people do the job, whoever is named; programs and papers do not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from jtbd_nlp.config import Settings
from jtbd_nlp.domain import Kind, Study
from jtbd_nlp.engine import Engine, load_engine
from jtbd_nlp.pipeline import analyze
from jtbd_nlp.statements.clause_features import FEATURE_NAMES
from jtbd_nlp.statements.clauses import find_clauses
from jtbd_nlp.statements.parsing import load_parser, parse_turns
from tests.builders import a_transcript

pytestmark = pytest.mark.model

NOTES = (
    "07:40 The nurse comes onto the ward and checks the chart of the first patient.",
    "She calls the pharmacy about the missing dose and writes the answer on the back of her hand.",
    "The monitor beeps. The system shows a reminder.",
    "A colleague takes the tray and prepares the evening medicines. It rains outside.",
    "They count the tablets twice. The printer prints the label.",
)


@cache
def engine() -> Engine:
    return load_engine()


def deeds() -> list[str]:
    """What the program finds people to do in the notes."""
    transcript = replace(a_transcript(*(("Notes", note) for note in NOTES)), kind=Kind.NOTES)
    study = Study(name="ward", job="look after the patients of a ward", executor="nurse")
    analysis = analyze([transcript], study=study, settings=Settings(), engine=engine())
    return [s.evidence.quote for s in analysis.statements if s.kind == "action"]


@pytest.mark.parametrize("words", ["checks the chart", "calls the pharmacy", "prepares the evening medicines", "count"])
def test_people_count_as_executors(words: str) -> None:
    assert any(words in quote for quote in deeds())


@pytest.mark.parametrize("words", ["shows a reminder", "beeps", "prints the label", "rains"])
def test_things_do_not(words: str) -> None:
    assert not any(words in quote for quote in deeds())


def test_in_an_interview_the_third_person_is_not_observed() -> None:
    (doc,) = parse_turns(load_parser(), ["The nurse checks the chart."])
    clauses = find_clauses(doc, kind=Kind.INTERVIEW)
    assert not any(c.features[FEATURE_NAMES.index("is_observed")] for c in clauses)
