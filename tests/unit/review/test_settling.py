"""After a blind review: what analysts agree on, and what is left to settle."""

from __future__ import annotations

import pytest

from jtbd_nlp.review import (
    AddStep,
    Approve,
    Compared,
    Edit,
    EntryState,
    JobMap,
    Merge,
    MoveNeed,
    MoveStep,
    Reject,
    ReviewDecision,
    Split,
    Verdict,
    compare_sheets,
    fold,
)
from tests.reviewed_study import a_place, a_run, an_interview, made

P1, P2 = an_interview("p1"), an_interview("p2")
RUN = a_run(P1, P2)
FIRST, SECOND, THIRD = (s.id for s in RUN.steps)
NEED, OTHER_NEED = (n.id for n in RUN.needs)
BEFORE = fold(RUN, [])


def compared(*, ana: list[ReviewDecision], ben: list[ReviewDecision], before: JobMap = BEFORE) -> dict[str, Compared]:
    sheets = {"ana": fold(RUN, ana), "ben": fold(RUN, ben)}
    return {one.entry: one for one in compare_sheets(before, sheets)}


def test_what_two_decide_alike_is_agreed() -> None:
    log: list[ReviewDecision] = [
        made(Edit, 1, entry=FIRST, text="look it up"),
        made(MoveStep, 2, step=FIRST, stage="assess"),
        made(MoveNeed, 3, need=NEED, step=SECOND),
        made(Reject, 4, entry=THIRD),
    ]
    found = compared(ana=log, ben=log)
    assert list(found) == [FIRST, THIRD, NEED]
    assert all(one.is_agreed for one in found.values())
    assert found[FIRST].verdict == Verdict(review=EntryState.EDITED, wording="look it up", place="assess")
    assert found[NEED].verdict.place == SECOND


def test_other_words_another_place_and_one_voice_alone_are_left_to_settle() -> None:
    found = compared(
        ana=[
            made(Edit, 1, entry=FIRST, text="a"),
            made(MoveStep, 2, step=SECOND, stage="plan"),
            made(Approve, 3, entry=THIRD),
        ],
        ben=[made(Edit, 1, entry=FIRST, text="b"), made(MoveStep, 2, step=SECOND, stage="assess")],
    )
    assert list(found) == [FIRST, SECOND, THIRD]
    assert not any(one.is_agreed for one in found.values())
    assert [v.wording for v in found[FIRST].verdicts.values()] == ["a", "b"]
    assert list(found[THIRD].verdicts) == ["ana"]


def test_what_all_merge_alike_is_agreed() -> None:
    log: list[ReviewDecision] = [made(Merge, 1, into=SECOND, entries=(FIRST,)), made(Approve, 2, entry=SECOND)]
    found = compared(ana=log, ben=log)
    assert list(found) == [FIRST, SECOND]
    assert found[FIRST].verdict.into == SECOND
    assert found[SECOND].verdict.members == {*RUN.steps[0].statements, *RUN.steps[1].statements}
    assert all(one.is_agreed for one in found.values())


@pytest.mark.parametrize(
    ("ana", "ben", "agreed"),
    [
        # Who keeps the name is another question than whether they are one.
        ([made(Merge, 1, into=SECOND, entries=(FIRST,))], [made(Merge, 1, into=FIRST, entries=(SECOND,))], []),
        ([made(Merge, 1, into=SECOND, entries=(FIRST,))], [made(Approve, 1, entry=FIRST)], []),
        # Nothing goes into what somebody rejects.
        (
            [made(Merge, 1, into=SECOND, entries=(FIRST,))],
            [made(Merge, 1, into=SECOND, entries=(FIRST,)), made(Reject, 2, entry=SECOND)],
            [],
        ),
        # One of two merges is agreed; what they have become is not.
        (
            [made(Merge, 1, into=SECOND, entries=(FIRST, THIRD))],
            [made(Merge, 1, into=SECOND, entries=(FIRST,))],
            [FIRST],
        ),
    ],
)
def test_a_merge_that_not_all_want_is_left_to_settle(
    ana: list[ReviewDecision], ben: list[ReviewDecision], agreed: list[str]
) -> None:
    found = compared(ana=ana, ben=ben)
    assert [one.entry for one in found.values() if one.is_agreed] == agreed
    assert {FIRST, SECOND} <= set(found)


QUOTES = RUN.steps[2].statements


def a_split(number: int, *, n: int = 1, phrase: str = "wait", needs: tuple[str, ...] = ()) -> Split:
    return made(Split, number, step=THIRD, statements=QUOTES[:n], phrase=phrase, needs=needs)


def test_what_all_split_alike_is_agreed_with_the_needs_that_go_along() -> None:
    moved = made(MoveNeed, 1, need=NEED, step=THIRD)
    before = fold(RUN, [moved])
    found = compared(ana=[moved, a_split(2, needs=(NEED,))], ben=[moved, a_split(7, needs=(NEED,))], before=before)
    assert all(one.is_agreed for one in found.values())
    third, need, part = found.values()
    assert (third.entry, third.verdict.members) == (THIRD, frozenset(QUOTES[1:]))
    assert (part.verdict.parted_from, part.verdict.members, list(part.verdicts)) == (THIRD, {QUOTES[0]}, ["ana", "ben"])
    assert need.verdict.place == part.entry


@pytest.mark.parametrize(
    ("ana", "ben"),
    [
        ([a_split(1)], [a_split(2, n=2)]),
        ([a_split(1)], [a_split(2, phrase="stand about")]),
        ([a_split(1)], [made(Approve, 2, entry=THIRD)]),
        ([a_split(1)], []),
    ],
)
def test_a_split_that_not_all_make_alike_is_left_to_settle(
    ana: list[ReviewDecision], ben: list[ReviewDecision]
) -> None:
    found = compared(ana=ana, ben=ben)
    assert found[THIRD].verdict.is_regrouped
    assert not any(one.is_agreed for one in found.values())


def test_what_analysts_add_comes_last_and_is_settled_by_hand() -> None:
    added = made(AddStep, 1, phrase="warm up", stage="plan", evidence=(a_place(P1),))
    found = compared(ana=[added, made(Approve, 2, entry=FIRST)], ben=[])
    new = list(found)[-1]
    assert (found[new].verdict.wording, found[new].is_agreed) == ("warm up", False)


def test_nothing_decided_leaves_nothing_to_settle() -> None:
    assert compared(ana=[], ben=[]) == {}
