"""Sameness, contradiction and suggestion of needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from jtbd_nlp.domain import Need, NeedStatement
from jtbd_nlp.need_mapping import MOST_SUGGESTED, place_loose, propose_needs, suggest_needs
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


@pytest.mark.parametrize("doubt", [{"wording": 0.1}, {"confidence": 0.3}])
def test_a_quote_that_cannot_be_written_or_is_hardly_a_need_stays_loose_at_its_step(doubt: dict[str, float]) -> None:
    loose = replace(a_need(ANA, "It takes ages"), **doubt)  # type: ignore[arg-type]  # numbers by name
    assert needs_of([loose], [0]) == ()
    steps = [a_step([PICK])]
    placed = place_loose(
        [loose], np.array([vector(0)]), (), steps=steps, actions=[PICK], action_vectors=np.array([vector(0)])
    )
    assert placed == {loose.id: steps[0].id}


def test_such_a_quote_joins_the_need_it_is_like_and_counts_its_person() -> None:
    said, loose = a_need(ANA, "It takes ages"), replace(a_need(BEN, "It is dear", direction="increase"), wording=0.0)
    (near,), (far,) = needs_of([said, loose], [0, 20]), needs_of([said, loose], [0, 60])
    assert (near.statement, near.n_participants, far.n_participants) == (said.phrase, 2, 1)


def test_a_need_is_written_as_its_surest_statement() -> None:
    unsure = replace(a_need(ANA, "It takes ages", measured="take ages"), wording=0.5)
    sure = replace(a_need(BEN, "It takes ages"), wording=0.9)
    (need,) = needs_of([unsure, sure], [0, 5])
    assert need.statement == sure.phrase


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
