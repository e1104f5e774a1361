"""Loose quotes on a map under review: beside the step that holds what theirs held, until something is made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.domain import NeedStatement
from jtbd_nlp.errors import DecisionNotAllowedError
from jtbd_nlp.review import (
    AddNeed,
    ChosenSpan,
    JobMap,
    Merge,
    MoveStatement,
    Reject,
    ReviewDecision,
    Split,
    Undo,
    carry_over,
    fold,
)
from jtbd_nlp.review.folding import Review
from tests.reviewed_study import MOVES, a_run, an_interview, made, resolved

P1, P2, P3 = (an_interview(name) for name in ("p1", "p2", "p3"))


def loosened(*interviews: Any, **how: Any) -> Any:
    """A run whose second need was not sure enough: its quotes are loose, beside the first step."""
    run = a_run(*interviews, **how)
    return replace(run, needs=run.needs[:1])


RUN = loosened(P1, P2)
FIRST, SECOND, THIRD = (s.id for s in RUN.steps)
(NEED,) = (n.id for n in RUN.needs)
LOOSE = tuple(sorted(a_run(P1, P2).needs[1].statements))
QUOTED = next(s for s in RUN.statements if s.id == LOOSE[0])
PLACE = ChosenSpan.of(P1 if QUOTED.evidence.transcript == "p1" else P2, QUOTED.evidence.span)


def beside(job_map: JobMap) -> dict[str, set[str]]:
    return {step.id: set(step.need_quotes) for step in job_map.steps if step.need_quotes}


def after(*log: ReviewDecision) -> dict[str, set[str]]:
    return beside(fold(RUN, log))


def test_they_stand_beside_the_step_that_the_run_put_them_at() -> None:
    assert after() == {FIRST: set(LOOSE)}


def test_they_go_with_their_step_into_a_merge_and_stay_with_most_of_it_in_a_split() -> None:
    assert after(made(Merge, 1, into=SECOND, entries=(FIRST,))) == {SECOND: set(LOOSE)}
    one, *others = RUN.steps[0].statements
    assert after(made(Split, 1, step=FIRST, statements=(one,), phrase="start")) == {FIRST: set(LOOSE)}
    assert FIRST not in after(made(Split, 1, step=FIRST, statements=tuple(others), phrase="go"))
    assert after(made(Reject, 1, entry=SECOND)) == {FIRST: set(LOOSE)}


def test_a_need_that_somebody_words_from_one_takes_it_until_that_is_undone() -> None:
    added = made(AddNeed, 1, statement="minimize the length of the list", step=FIRST, evidence=(PLACE,))
    assert after(added) == {FIRST: set(LOOSE[1:])}
    assert after(added, made(Undo, 2, decision="d-1")) == {FIRST: set(LOOSE)}


def test_one_that_is_given_to_a_need_is_loose_no_more_nor_when_it_is_set_aside_again() -> None:
    given_away = made(MoveStatement, 1, statement=LOOSE[0], entry=NEED)
    assert after(given_away) == {FIRST: set(LOOSE[1:])}
    assert after(given_away, made(MoveStatement, 2, statement=LOOSE[0], entry=None)) == {FIRST: set(LOOSE[1:])}


def test_one_that_tells_no_need_is_set_aside_for_the_next_run_too_until_that_is_undone() -> None:
    aside = made(MoveStatement, 1, statement=LOOSE[0], entry=None)
    review = Review.start(RUN).decide(aside)
    assert beside(review.job_map()) == {FIRST: set(LOOSE[1:])}
    with pytest.raises(DecisionNotAllowedError, match="is evidence of nothing"):
        review.decide(made(MoveStatement, 2, statement=LOOSE[0], entry=None))
    carried, _ = carry_over(review.job_map(), loosened(P1, P2, P3))
    assert beside(carried) == {FIRST: set(a_run(P1, P2, P3).needs[1].statements) - {LOOSE[0]}}
    assert beside(review.decide(made(Undo, 2, decision="d-1")).job_map()) == {FIRST: set(LOOSE)}


def test_the_next_run_puts_them_beside_what_its_steps_became() -> None:
    merged = fold(RUN, [made(Merge, 1, into=SECOND, entries=(FIRST,))])
    again = loosened(P1, P2, P3)
    carried, _ = carry_over(merged, again)
    assert beside(carried) == {SECOND: set(a_run(P1, P2, P3).needs[1].statements)}


def test_erased_words_are_not_quoted() -> None:
    kept = tuple(s for s in RUN.statements if s.evidence.transcript == "p2")
    erased = replace(RUN, statements=kept, transcripts=(P2,))
    assert beside(fold(erased, [])) == {FIRST: set(LOOSE) & {s.id for s in kept}}


@given(st.lists(MOVES, min_size=2, max_size=12))
def test_whatever_is_decided_each_is_a_need_statement_of_no_entry_beside_one_step(moves: list[Any]) -> None:
    review = Review.start(RUN)
    for number, move in enumerate(moves):
        try:
            review = review.decide(resolved(move, review.job_map(), number))
        except DecisionNotAllowedError:
            continue
    job_map = review.job_map()
    quoted = [i for step in job_map.steps for i in step.need_quotes]
    assert len(quoted) == len(set(quoted))
    assert set(quoted) <= set(job_map.ungrouped)
    assert all(isinstance(RUN.statement(i), NeedStatement) for i in quoted)
