"""Which stages a question asks about, by its words."""

from __future__ import annotations

import pytest

from jtbd_nlp.domain import Span
from jtbd_nlp.questions import questions_in, stages_asked
from jtbd_nlp.stages import DEFINITIONS, STAGES
from tests.builders import a_transcript


@pytest.mark.parametrize("stage", STAGES)
def test_the_question_proposed_for_a_stage_asks_about_it(stage: str) -> None:
    assert stage in stages_asked(DEFINITIONS[stage].ask)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How did you find out what to bring?", {"understand"}),
        ("How did you find the interview?", set()),
        ("How do you choose a route?", {"plan"}),
        ("Do you plan to stay?", set()),
        ("Walk me through the last delivery.", {"execute"}),
        ("How long have you done this?", set()),
        ("How do you know whether it works?", {"assess"}),
        ("Do you know him?", set()),
        ("What do you do when something goes wrong?", {"revise"}),
        ("What would you change about the app?", set()),
        ("How do you know you're done?", {"conclude"}),
        ("Have you done this before?", set()),
        ("That went wrong, I hear.", set()),
    ],
)
def test_a_question_names_its_stages(question: str, expected: set[str]) -> None:
    assert stages_asked(question) == expected


def test_only_interviewers_ask() -> None:
    transcript = a_transcript("Hello. How do you choose a route?", "What do you do when something goes wrong?")
    assert list(questions_in(transcript)) == [(Span(0, 7, 33), frozenset({"plan"}))]
