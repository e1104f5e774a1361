"""In field notes people do the job, whoever is named; programs and papers do not."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from jtbd_nlp.domain import Kind
from jtbd_nlp.statements.clause_features import FEATURE_NAMES
from jtbd_nlp.statements.clauses import find_clauses
from jtbd_nlp.statements.judgement import list_candidates
from jtbd_nlp.statements.observing import weigh_observed
from jtbd_nlp.statements.parsing import load_parser, parse_turns

pytestmark = pytest.mark.model


@cache
def parser():  # type: ignore[no-untyped-def]  # spaCy's Language, loaded once
    return load_parser()


def odds_of_main_deed(text: str, kind: Kind = Kind.NOTES) -> str:
    """Whether the first main clause of a note counts for "more", "less" or "the same" than the judge thinks."""
    (doc,) = parse_turns(parser(), [text])
    candidates = [c for c in list_candidates(find_clauses(doc, kind=kind)) if c.kind == "action"][:1]
    (weighed,) = weigh_observed(candidates, np.array([0.2], dtype=np.float32))
    return "the same" if weighed == np.float32(0.2) else "more" if weighed > 0.2 else "less"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The nurse checks the chart.", "more"),
        ("She calls the pharmacy.", "more"),
        ("They load the van.", "more"),
        ("The dispatcher assigns a driver.", "more"),
        ("P4 prints the label.", "more"),
        ("The therapist who is on duty writes a summary.", "more"),
        ("The system sends a reminder.", "less"),
        ("The form asks for a date of birth.", "less"),
        ("The report lists all orders.", "less"),
        ("The printer prints the label.", "less"),
        ("It rains.", "the same"),
        ("Nobody calls the pharmacy.", "the same"),
        ("Regular contact with the pharmacy", "the same"),
    ],
)
def test_people_count_as_executors_and_things_do_not(text: str, expected: str) -> None:
    assert odds_of_main_deed(text) == expected


def test_in_an_interview_the_third_person_is_not_observed() -> None:
    (doc,) = parse_turns(parser(), ["The nurse checks the chart."])
    clauses = find_clauses(doc, kind=Kind.INTERVIEW)
    assert not any(c.features[FEATURE_NAMES.index("is_observed")] for c in clauses)


def test_needs_keep_what_the_judge_thinks() -> None:
    (doc,) = parse_turns(parser(), ["The nurse struggles to find the chart."])
    needs = [c for c in list_candidates(find_clauses(doc, kind=Kind.NOTES)) if c.kind == "need"]
    probabilities = np.linspace(0.1, 0.9, len(needs), dtype=np.float32)
    assert (weigh_observed(needs, probabilities) == probabilities).all()
