"""Which mistakes there are, what each costs, and which are shown."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from jtbd_nlp.scorecard.mistakes import MISTAKE_KINDS, Mistake, costliest, find_mistakes
from jtbd_nlp.scorecard.sides import Pair, lay_side_by_side
from jtbd_nlp.scorecard.steps import StepOverlap
from tests.scored_study import ANN, BEN, a_document, a_study

SIDES = lay_side_by_side(a_study(), a_document())
MISTAKES = find_mistakes(SIDES, StepOverlap(SIDES))


def words(pair: Pair) -> str:
    transcript, turn, start, end = pair.place
    return {"ann": ANN, "ben": BEN}[transcript].turns[turn].text[start:end]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        # The only label of the step is missed, and with it the only person: 1 + 1/1.
        ("missed-action", [("leave early", 2.0)]),
        ("missed-need", [("takes ages to park", 2.0)]),
        # Each confidence times the two inventions of the one step.
        ("invented-action", [("tip the driver", 1.6), ("drink a coffee", 1.2)]),
        ("invented-need", [("tip the driver", 0.4)]),
        # Nothing too many, "plan " and " at home" missing.
        ("edges", [("plan the trip at home", 13.0)]),
        ("stage", [("check the traffic", 0.8)]),
        ("merged", [("check the traffic", 1.0), ("check the clock", 1.0)]),
        ("split", [("plan the route", 1.0), ("check the traffic", 1.0)]),
    ],
)
def test_each_kind_has_its_mistakes_with_their_costs(kind: str, expected: list[tuple[str, float]]) -> None:
    found = [(words(m.pair), m.cost) for m in MISTAKES if m.kind == kind]
    assert [name for name, _ in found] == [name for name, _ in expected]
    assert [cost for _, cost in found] == pytest.approx([cost for _, cost in expected])


def test_every_kind_of_mistake_is_one_that_the_page_shows() -> None:
    assert {m.kind for m in MISTAKES} == {kind.name for kind in MISTAKE_KINDS}


def test_a_mistake_says_why_it_costs_that_much() -> None:
    why = {(m.kind, words(m.pair)): m.why for m in MISTAKES}
    assert why["missed-action", "leave early"] == (
        "1 of 1 label of its step missed; its speaker is 1 of the 1 who go unheard in it, of 1 who spoke of it."
    )
    assert why["invented-action", "tip the driver"] == (
        "Kept with confidence 0.80, beside 1 other action without a label in its proposed step."
    )
    assert why["invented-need", "tip the driver"] == "Kept with confidence 0.40, in no step."
    assert why["edges", "plan the trip at home"] == (
        "0 characters too many, 13 missing; they share 0.38 of what they cover together."
    )
    assert why["merged", "check the traffic"] == "With 1 statement of other steps, 1 of them of “plan the route”."


def test_a_missed_label_costs_less_when_its_speaker_is_heard_in_the_step() -> None:
    study = a_study()
    early = replace(study.labels["ann"][2], step="s1")
    labels = {**study.labels, "ann": (*study.labels["ann"][:2], early, study.labels["ann"][3])}
    sides = lay_side_by_side(replace(study, labels=labels), a_document())
    (missed,) = (m for m in find_mistakes(sides, StepOverlap(sides)) if m.kind == "missed-action")
    assert missed.cost == pytest.approx(1 / 4)
    assert missed.why == "1 of 4 labels of its step missed; its speaker is heard in it all the same."


def some_mistakes(costs: Sequence[float], *, step: str | None) -> list[Mistake]:
    pair = SIDES.pairs[0]
    label = pair.gold
    assert label is not None
    return [
        Mistake("edges", "arrive", replace(pair, gold=replace(label, start=i, end=i + 1)), cost, "", step)
        for i, cost in enumerate(costs)
    ]


def test_of_one_step_only_the_two_costliest_are_shown() -> None:
    shown = costliest([*some_mistakes([5, 9, 7], step="s1"), *some_mistakes([1], step="s2")])
    assert [m.cost for m in shown] == [9, 7, 1]


def test_mistakes_of_no_step_are_not_taken_for_one_step() -> None:
    assert len(costliest(some_mistakes([1, 1, 1, 1], step=None))) == 4


def test_the_same_step_name_of_two_studies_is_two_steps() -> None:
    mistakes = some_mistakes([3, 2], step="s1")
    assert len(costliest([*mistakes, *(replace(m, study="other") for m in mistakes)])) == 4


def test_twenty_are_shown_and_ties_go_by_study_and_place_whatever_the_order() -> None:
    mistakes = some_mistakes([1.0] * 30, step=None)
    shuffled = random.Random(3).sample(mistakes, k=30)  # noqa: S311 - chance for tests, not for secrets
    assert costliest(shuffled) == tuple(mistakes[:20])
