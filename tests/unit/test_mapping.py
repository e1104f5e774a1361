"""Mapping: names, stages, order and people of steps; needs on the step they measure; what a stage lacks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jtbd_nlp.domain import ActionStatement, Cluster, Grouping, JobStep
from jtbd_nlp.mapping import (
    Told,
    attach_needs,
    best_phrase,
    describe_stages,
    joint_stage,
    memberships_of,
    propose_steps,
    retell_steps,
    steps_of_statements,
)
from jtbd_nlp.need_mapping import propose_needs
from jtbd_nlp.people import wilson_interval
from jtbd_nlp.stages import STAGES
from tests.builders import a_need, a_transcript, an_action, probabilities

ONE = a_transcript("How?", "I plan the route. I drive there. I park the car. Parking takes forever.", name="p1")
TWO = a_transcript("How?", "I look up the route. I drive to work.", name="p2")
EYE = np.eye(8, dtype=np.float32)


def alike(_: str) -> float:
    return 1.0


def cluster_of(*statements: ActionStatement) -> Cluster:
    ids = tuple(sorted(s.id for s in statements))
    return Cluster(ids, (1.0,) * len(ids))


def the_steps(*groups: list[ActionStatement]) -> tuple[tuple[JobStep, ...], list[ActionStatement], np.ndarray]:
    """Steps of groups of statements, group k at axis k."""
    statements = [s for group in groups for s in group]
    rows = np.array([EYE[k] for k, group in enumerate(groups) for _ in group], np.float32).reshape(-1, 8)
    grouping = Grouping(tuple(cluster_of(*group) for group in groups), ())
    return propose_steps(statements, rows, grouping, quality=alike, n_asked=2), statements, rows


PLAN = [an_action(ONE, "plan the route"), an_action(TWO, "look up the route", phrase="look up the route")]
DRIVE = [
    an_action(ONE, "drive there", phrase="drive there", stage="execute"),
    an_action(TWO, "drive to work", phrase="drive to the workplace", stage="execute"),
]
PARK = [an_action(ONE, "park the car", phrase="park the car", stage="conclude")]


def test_no_clusters_give_no_steps() -> None:
    assert propose_steps(PLAN, EYE[:2], Grouping((), ()), quality=alike, n_asked=2) == ()


def test_steps_stand_in_stage_order() -> None:
    steps, _, _ = the_steps(PARK, DRIVE, PLAN)
    assert [(s.position, s.stage) for s in steps] == [(1, "plan"), (2, "execute"), (3, "conclude")]


def test_within_a_stage_what_interviews_come_to_first_stands_first() -> None:
    first, later = an_action(ONE, "park the car", stage="plan"), an_action(ONE, "plan the route", stage="plan")
    steps, _, _ = the_steps([first], [later])
    assert [s.statements for s in steps] == [(later.id,), (first.id,)]


def test_participants_are_counted_once_and_led_ones_not() -> None:
    steps, _, _ = the_steps([PLAN[0], replace(PLAN[1], led=True), an_action(ONE, "drive there")])
    assert steps[0].n_participants == 1
    assert steps[0].participants_interval == pytest.approx(wilson_interval(1, 2), abs=1e-6)


def test_the_best_quote_comes_first_and_led_ones_last() -> None:
    sure, unsure, led = replace(PLAN[0], confidence=0.9), replace(PLAN[1], confidence=0.4), replace(DRIVE[0], led=True)
    steps, _, _ = the_steps([led, unsure, sure])
    assert steps[0].statements == (sure.id, unsure.id, led.id)


def test_a_step_is_named_by_the_phrase_nearest_to_all() -> None:
    rows = np.array([[1, 0], [0.8, 0.6], [0, 1]], np.float32)
    assert best_phrase(["left", "middle", "right"], rows, alike) == "middle"


def test_a_better_made_phrase_wins_over_a_slightly_nearer_one() -> None:
    rows = np.array([[1, 0], [0.8, 0.6], [0, 1]], np.float32)
    assert best_phrase(["left", "middle", "right"], rows, lambda p: 0.3 if p == "middle" else 1.0) == "left"


def test_of_equal_phrases_the_shorter_names_the_step() -> None:
    assert best_phrase(["plan the route", "plan a trip"], EYE[[0, 0]], alike) == "plan a trip"


def test_the_stage_of_a_step_is_that_of_all_its_statements_together() -> None:
    sure, torn = probabilities("plan", 0.9), probabilities("execute", 0.4)
    members = [replace(PLAN[0], stage_probabilities=p) for p in (sure, torn, torn)]
    joint = joint_stage(members)
    assert STAGES[int(np.argmax(joint))] == "plan"
    assert sum(joint) == pytest.approx(1.0, abs=1e-5)


def test_order_of_statements_changes_no_step() -> None:
    steps, statements, rows = the_steps(PLAN, DRIVE, PARK)
    grouping = Grouping((cluster_of(*PLAN), cluster_of(*DRIVE), cluster_of(*PARK)), ())
    assert propose_steps(statements[::-1], rows[::-1], grouping, quality=alike, n_asked=2) == steps


def test_steps_that_are_retold_stand_anew_in_stage_order() -> None:
    steps, statements, _ = the_steps(PLAN, DRIVE)
    told = [Told(probabilities("conclude"), "put the car away"), Told(probabilities("execute"))]
    retold, _ = retell_steps(steps, statements, told, fit=lambda *_: 0.0)
    assert [(s.position, s.stage, s.phrase) for s in retold] == [
        (1, "execute", steps[1].phrase),
        (2, "conclude", "put the car away"),
    ]
    assert retold[1].stage_probabilities == probabilities("conclude")
    assert {s.id for s in retold} == {s.id for s in steps}
    assert retold[0].statements == steps[1].statements


def test_quotes_that_say_the_new_name_come_first_and_led_ones_last() -> None:
    led = replace(DRIVE[0], led=True)
    steps, statements, _ = the_steps([*PLAN, led])
    told = [Told(probabilities("plan"), "look for a way")]
    retold, _ = retell_steps(steps, statements, told, fit=lambda _, s: float(s.id != PLAN[0].id))
    assert retold[0].statements == (PLAN[1].id, PLAN[0].id, led.id)


def test_a_step_tells_its_statements_some_of_its_stage_and_others_nothing() -> None:
    steps, _, _ = the_steps(PLAN)
    told = [Told(probabilities("assess", 1.0))]
    _, heard = retell_steps(steps, [*PARK, *PLAN], told, fit=lambda *_: 0.0)
    assert heard[0] == PARK[0]
    assert [s.id for s in heard[1:]] == [s.id for s in PLAN]
    of_assess = PLAN[0].stage_probabilities[STAGES.index("assess")]
    assert heard[1].stage_probabilities[STAGES.index("assess")] == pytest.approx(0.7 * of_assess + 0.3, abs=1e-5)
    assert sum(heard[1].stage_probabilities) == pytest.approx(1, abs=1e-5)


def test_a_need_goes_to_the_step_it_is_nearest_to() -> None:
    steps, actions, rows = the_steps(PLAN, DRIVE, PARK)
    need = a_need(ONE, "Parking takes forever", measured="park the car", stage="conclude")
    (found,) = propose_needs([need], EYE[2:3], steps=steps, actions=actions, action_vectors=rows)
    attached = attach_needs(steps, [found])
    assert found.step == steps[2].id
    assert (found.stage, found.origin) == ("conclude", "said")
    assert [s.needs for s in attached] == [(), (), (found.id,)]


def test_a_need_of_nothing_said_has_no_step() -> None:
    steps, actions, rows = the_steps(PLAN)
    need = a_need(a_transcript("How?", "It rains.", name="p3"), "It rains", stage="conclude")
    (found,) = propose_needs([need], EYE[7:8], steps=steps, actions=actions, action_vectors=rows)
    assert found.step is None


def test_needs_without_steps_are_kept() -> None:
    need = a_need(ONE, "Parking takes forever")
    (found,) = propose_needs([need], EYE[:1], steps=(), actions=(), action_vectors=np.zeros((0, 8), np.float32))
    assert (found.step, found.statements) == (None, (need.id,))


def test_no_need_statements_give_no_needs() -> None:
    steps, actions, rows = the_steps(PLAN)
    assert propose_needs([], EYE[:0], steps=steps, actions=actions, action_vectors=rows) == ()


def test_needs_that_say_the_same_are_one_and_opposite_directions_two() -> None:
    steps, actions, rows = the_steps(PLAN)
    said = [a_need(ONE, "Parking takes forever"), a_need(TWO, "look up the route")]
    same = propose_needs(said, EYE[[0, 0]], steps=steps, actions=actions, action_vectors=rows)
    turned = [said[0], a_need(TWO, "look up the route", direction="increase")]
    opposite = propose_needs(turned, EYE[[0, 0]], steps=steps, actions=actions, action_vectors=rows)
    assert [n.n_participants for n in same] == [2]
    assert len(opposite) == 2


def test_every_stage_is_described_in_order() -> None:
    steps, actions, _ = the_steps(PLAN, DRIVE[:1])
    described = describe_stages(actions, steps)
    assert tuple(d.stage for d in described) == STAGES
    assert [d.status for d in described] == ["missing", "covered", "thin", "missing", "missing", "missing"]


def test_a_missing_stage_names_its_likeliest_statement_first() -> None:
    likely = replace(DRIVE[0], stage_probabilities=probabilities("assess", 0.4))
    steps, actions, _ = the_steps(PLAN)
    assess = describe_stages([*actions, likely], steps)[STAGES.index("assess")]
    assert assess.nearest[0] == likely.id
    assert assess.ask


def test_every_statement_has_its_step_or_none() -> None:
    steps, actions, rows = the_steps(PLAN, PARK)
    need = a_need(ONE, "Parking takes forever", stage="conclude")
    found = propose_needs([need], EYE[1:2], steps=steps, actions=actions, action_vectors=rows)
    step_of = steps_of_statements([*actions, DRIVE[0], need], steps, found)
    assert (step_of[DRIVE[0].id], step_of[need.id], step_of[PARK[0].id]) == (None, steps[1].id, steps[1].id)


def test_what_is_ungrouped_has_membership_zero() -> None:
    grouping = Grouping((Cluster((PLAN[0].id,), (0.7,)),), (PARK[0].id,))
    assert memberships_of([PLAN[0], PARK[0]], grouping) == {PLAN[0].id: 0.7, PARK[0].id: 0.0}
