"""After a blind review: what analysts agree on, and what is left to settle."""

from __future__ import annotations

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


def test_regrouping_is_left_to_settle_even_where_all_do_it_alike() -> None:
    split = made(Split, 2, step=THIRD, statements=RUN.steps[2].statements[:1], phrase="wait")
    log: list[ReviewDecision] = [made(Merge, 1, into=SECOND, entries=(FIRST,)), split]
    found = compared(ana=log, ben=log)
    assert found[FIRST].verdict.into == SECOND
    assert found[THIRD].verdict.is_regrouped
    assert not any(one.is_agreed for one in found.values())


def test_what_analysts_add_comes_last_and_is_settled_by_hand() -> None:
    added = made(AddStep, 1, phrase="warm up", stage="plan", evidence=(a_place(P1),))
    found = compared(ana=[added, made(Approve, 2, entry=FIRST)], ben=[])
    new = list(found)[-1]
    assert (found[new].verdict.wording, found[new].is_agreed) == ("warm up", False)


def test_nothing_decided_leaves_nothing_to_settle() -> None:
    assert compared(ana=[], ben=[]) == {}
