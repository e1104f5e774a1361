"""Need statements that no need took stand beside the step they speak of."""

from __future__ import annotations

from dataclasses import replace

from jtbd_nlp.loose_quotes import quotes_beside_steps
from tests.builders import a_need, a_step, a_suggested_need, a_transcript, an_action, an_analysis

TALK = a_transcript("How?", "I plan the road. It takes ages. The bridge is shut. The map is old. Nobody tells me.")
PLAN = an_action(TALK, "plan the road")
AGES, SHUT, OLD, NOBODY = (
    a_need(TALK, words, confidence=sure)
    for words, sure in [("takes ages", 0.9), ("is shut", 0.5), ("is old", 0.7), ("Nobody tells me", 0.6)]
)
STEP = a_step([PLAN])
ANALYSIS = an_analysis(
    [TALK],
    [PLAN, AGES, SHUT, OLD, NOBODY],
    [STEP],
    [a_suggested_need([AGES], step=STEP.id)],
    loose={s.id: STEP.id for s in (SHUT, OLD)},
)


def test_need_statements_of_no_need_stand_beside_their_step_the_likeliest_first() -> None:
    assert quotes_beside_steps(ANALYSIS) == {STEP.id: (OLD.id, SHUT.id)}


def test_what_is_held_is_not_loose_and_what_no_need_holds_any_more_is() -> None:
    assert quotes_beside_steps(ANALYSIS, held={OLD.id, SHUT.id, AGES.id}) == {}
    assert quotes_beside_steps(replace(ANALYSIS, needs=())) == {STEP.id: (AGES.id, OLD.id, SHUT.id)}


def test_what_the_interviewer_said_first_comes_last() -> None:
    led = replace(OLD, led=True)
    analysis = replace(ANALYSIS, statements=(PLAN, AGES, SHUT, led, NOBODY))
    assert quotes_beside_steps(analysis) == {STEP.id: (SHUT.id, OLD.id)}


def test_what_is_hardly_a_need_is_not_shown_as_one() -> None:
    doubtful = replace(OLD, confidence=0.3)
    analysis = replace(ANALYSIS, statements=(PLAN, AGES, SHUT, doubtful, NOBODY))
    assert quotes_beside_steps(analysis) == {STEP.id: (SHUT.id,)}
