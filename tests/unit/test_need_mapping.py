"""Sameness, contradiction and suggestion of needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from jtbd_nlp.domain import Need, NeedStatement
from jtbd_nlp.need_mapping import MOST_SUGGESTED, propose_needs, suggest_needs
from jtbd_nlp.statements.need_wording import NAMELESS
from tests.builders import a_need, a_step, a_struggle, a_transcript, an_action

ANA = a_transcript("How?", "I pick a form. It takes ages. It takes hours. It should take its time.", name="ana")
BEN = a_transcript("How?", "It takes ages. It is quick. It is dear.", name="ben")
PICK = an_action(ANA, "pick a form", phrase="pick a form")


def vector(angle: float) -> npt.NDArray[np.float32]:
    """A unit vector `angle` degrees off the first axis."""
    return np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))], np.float32)


def needs_of(statements: list[NeedStatement], angles: list[float]) -> tuple[Need, ...]:
    vectors = np.array([vector(a) for a in angles])
    return propose_needs(
        statements, vectors, steps=[a_step([PICK])], actions=[PICK], action_vectors=np.array([vector(0)])
    )


def test_what_two_people_say_alike_is_one_need() -> None:
    (need,) = needs_of([a_need(ANA, "It takes ages"), a_need(BEN, "It takes ages")], [0, 20])
    assert need.n_participants == 2
    assert need.step == a_step([PICK]).id


@pytest.mark.parametrize(
    ("metric", "angle", "n_needs"), [("time", 35, 1), ("time", 50, 2), ("cost", 20, 1), ("cost", 40, 2)]
)
def test_another_metric_asks_for_more_likeness(metric: str, angle: float, n_needs: int) -> None:
    other = a_need(BEN, "It is dear", metric=metric)
    assert len(needs_of([a_need(ANA, "It takes ages"), other], [0, angle])) == n_needs


def test_asking_for_more_and_for_less_of_it_are_two_needs_that_name_each_other() -> None:
    less, more = a_need(ANA, "It takes ages"), a_need(BEN, "It is quick", direction="increase")
    one, other = needs_of([less, more], [0, 5])
    assert one.contradicts == (other.id,)
    assert other.contradicts == (one.id,)


def test_no_trouble_for_one_where_another_struggles_is_kept_beside_it() -> None:
    struggle, ease = a_need(ANA, "It takes ages"), replace(a_need(BEN, "It is quick"), is_met=True)
    one, other = needs_of([struggle, ease], [0, 5])
    assert {one.is_met, other.is_met} == {True, False}
    assert one.contradicts == (other.id,)


def test_opposite_events_are_no_contradiction() -> None:
    bad = a_need(ANA, "It takes ages", metric="likelihood", measured="the form being wrong")
    good = a_need(BEN, "It is quick", metric="likelihood", measured="the form being right", direction="increase")
    assert all(not need.contradicts for need in needs_of([bad, good], [0, 5]))


def test_a_need_that_names_nothing_is_about_its_step() -> None:
    nameless = replace(a_need(ANA, "It takes ages", measured=NAMELESS), action_variable=NAMELESS)
    (need,) = needs_of([nameless], [0])
    assert need.statement == "minimize the time it takes to pick a form"
    assert need.object == need.action_variable == "pick a form"


def test_a_need_about_a_borrowed_name_says_so() -> None:
    (nameless,) = needs_of([replace(a_need(ANA, "It takes ages", measured=NAMELESS), action_variable=NAMELESS)], [0])
    (named,) = needs_of([a_need(ANA, "It takes ages")], [0])
    assert ([f.rule for f in nameless.lint], named.lint) == (["need-borrowed"], ())


def test_kind_circumstance_and_other_writing_come_with_the_need() -> None:
    said = replace(a_need(ANA, "It takes ages"), need_kind="emotional", circumstance="at night", action_variable="wait")
    (need,) = needs_of([said], [0])
    assert (need.kind, need.context, need.action_variable) == ("emotional", "at night", "wait")


def test_the_order_of_statements_does_not_matter() -> None:
    statements = [a_need(ANA, q) for q in ("It takes ages", "It takes hours", "It should take its time")]
    statements += [a_need(BEN, q, direction="increase") for q in ("It takes ages", "It is quick", "It is dear")]
    angles = [0.0, 30.0, 60.0, 10.0, 45.0, 80.0]
    shuffled = sorted(zip(statements, angles, strict=True), key=lambda pair: pair[0].id)
    assert needs_of(statements, angles) == needs_of([s for s, _ in shuffled], [a for _, a in shuffled])


def suggested(struggles: list[str], *, said: tuple[Need, ...] = ()) -> tuple[Need, ...]:
    asides = [a_struggle(ANA, quote, measured=quote) for quote in struggles]
    vectors = np.array([vector(0)] * len(asides)) if asides else np.zeros((0, 2), np.float32)
    return suggest_needs(
        asides, vectors, said=said, steps=[a_step([PICK])], actions=[PICK], action_vectors=np.array([vector(0)])
    )


def test_struggle_near_a_step_suggests_a_need_with_its_words() -> None:
    (need,) = suggested(["It takes ages"])
    assert need.origin == "suggested"
    assert need.statements == ()
    assert [a.evidence.quote for a in need.asides] == ["It takes ages"]
    assert need.step == a_step([PICK]).id


def test_a_step_gets_few_suggestions() -> None:
    assert len(suggested(["It takes ages", "It takes hours", "It should take its time"])) == MOST_SUGGESTED


def test_what_was_said_is_not_suggested_again() -> None:
    statement = a_need(ANA, "It takes hours", metric="effort", measured="It takes ages")
    assert suggested(["It takes ages"], said=needs_of([statement], [0])) == ()


def test_no_struggle_suggests_nothing() -> None:
    assert suggested([]) == ()
