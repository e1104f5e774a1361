"""The job map as the fold of suggestions and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.errors import DecisionNotAllowedError
from jtbd_nlp.people import wilson_interval
from jtbd_nlp.review import (
    AddComment,
    AddEvidence,
    AddNeed,
    AddStep,
    Approve,
    Edit,
    EntryState,
    JobMap,
    MapNeed,
    MapStep,
    Merge,
    MoveNeed,
    MoveStatement,
    MoveStep,
    Redo,
    Reject,
    Reorder,
    Review,
    ReviewDecision,
    Split,
    Undo,
    decide,
    fold,
)
from tests.builders import an_analysis
from tests.reviewed_study import MOVES, a_place, a_run, an_interview, made, resolved

P1, P2 = an_interview("p1"), an_interview("p2")
RUN = a_run(P1, P2)
FIRST, SECOND, THIRD = (s.id for s in RUN.steps)
NEED, OTHER_NEED = (n.id for n in RUN.needs)


def the_step(job_map: JobMap, step: str) -> MapStep:
    found = job_map.entry(step)
    assert isinstance(found, MapStep)
    return found


def the_need(job_map: JobMap, need: str) -> MapNeed:
    found = job_map.entry(need)
    assert isinstance(found, MapNeed)
    return found


def refusal(log: Sequence[ReviewDecision], decision: ReviewDecision) -> dict[str, object]:
    with pytest.raises(DecisionNotAllowedError) as caught:
        decide(RUN, log, decision)
    return caught.value.details


def test_without_decisions_the_map_is_what_the_run_suggests() -> None:
    job_map = fold(RUN, [])
    assert [(s.id, s.phrase, s.stage, s.position) for s in job_map.steps] == [
        (FIRST, "do deed 0", "understand", 1),
        (SECOND, "do deed 1", "understand", 2),
        (THIRD, "do deed 2", "plan", 1),
    ]
    assert {e.state for e in job_map.entries} == {EntryState.SUGGESTED}
    assert the_step(job_map, FIRST).needs == (NEED, OTHER_NEED)
    assert job_map.ungrouped == ()


def test_people_are_counted_from_the_evidence_and_led_words_count_for_nobody() -> None:
    step = RUN.steps[0]
    led = [replace(s, led=True) if s.speaker == "P2" else s for s in RUN.statements]
    job_map = fold(replace(RUN, statements=tuple(led)), [])
    low, high = wilson_interval(1, 2)
    assert the_step(job_map, step.id).n_participants == 1
    assert the_step(job_map, step.id).participants_interval == (round(low, 6), round(high, 6))
    assert the_step(fold(RUN, []), step.id).n_participants == 2


def test_an_empty_run_gives_an_empty_map() -> None:
    job_map = fold(an_analysis(), [])
    assert job_map.entries == ()


def test_approving_keeps_the_words_and_approving_twice_changes_nothing() -> None:
    once = fold(RUN, [made(Approve, 1, entry=FIRST)])
    assert the_step(once, FIRST).state is EntryState.APPROVED
    assert [s.id for s in once.approved_steps] == [FIRST]
    twice = fold(RUN, [made(Approve, 1, entry=FIRST), made(Approve, 2, entry=FIRST, by="ben")])
    assert twice.entries == once.entries
    assert twice.conflicts == ()


def test_editing_gives_new_words_under_the_same_id_and_approves() -> None:
    job_map = fold(RUN, [made(Edit, 1, entry=FIRST, text="estimate the time"), made(Edit, 2, entry=NEED, text="n")])
    assert (the_step(job_map, FIRST).phrase, the_step(job_map, FIRST).state) == ("estimate the time", EntryState.EDITED)
    assert the_need(job_map, NEED).statement == "n"
    assert the_need(job_map, NEED).is_approved


def test_a_rejected_step_keeps_its_quotes_but_no_needs_and_takes_no_decisions() -> None:
    log = [made(Reject, 1, entry=FIRST)]
    job_map = fold(RUN, log)
    assert the_step(job_map, FIRST).state is EntryState.REJECTED
    assert the_step(job_map, FIRST).statements == RUN.steps[0].statements
    assert the_step(job_map, FIRST).needs == ()
    assert the_need(job_map, NEED).step is None
    details = refusal(log, made(Approve, 2, entry=FIRST, by="ben"))
    assert (details["reason"], details["entry"], details["since"]) == ("rejected", FIRST, ["d-1"])


def test_merged_steps_keep_one_id_and_hold_all_quotes_and_needs() -> None:
    log = [made(Approve, 1, entry=FIRST), made(Merge, 2, into=SECOND, entries=(FIRST, THIRD))]
    job_map = fold(RUN, log)
    kept = the_step(job_map, SECOND)
    assert [s.id for s in job_map.steps] == [SECOND]
    assert set(kept.statements) == {i for s in RUN.steps for i in s.statements}
    assert kept.needs == (NEED, OTHER_NEED)
    assert kept.state is EntryState.APPROVED
    assert kept.phrase == "do deed 1"


def test_a_decision_on_a_merged_step_says_what_took_it_over() -> None:
    details = refusal([made(Merge, 1, into=SECOND, entries=(FIRST,))], made(Edit, 2, entry=FIRST, text="x", by="ben"))
    assert (details["reason"], details["since"]) == ("merged", ["d-1"])
    current = details["current"]
    assert isinstance(current, dict)
    assert current["id"] == SECOND


def test_merged_needs_are_one_need() -> None:
    job_map = fold(RUN, [made(Merge, 1, into=NEED, entries=(OTHER_NEED,))])
    assert [n.id for n in job_map.needs] == [NEED]
    assert set(the_need(job_map, NEED).statements) == {i for n in RUN.needs for i in n.statements}


def test_split_quotes_become_a_step_right_after_with_the_needs_that_go_along() -> None:
    taken = RUN.steps[0].statements[:1]
    job_map = fold(RUN, [made(Split, 1, step=FIRST, statements=taken, phrase="find the road", needs=(NEED,))])
    first, new, second = job_map.steps[:3]
    assert [first.id, second.id] == [FIRST, SECOND]
    assert (new.phrase, new.statements, new.needs, new.state) == ("find the road", taken, (NEED,), EntryState.APPROVED)
    assert set(first.statements) == set(RUN.steps[0].statements) - set(taken)
    assert [s.position for s in (first, new, second)] == [1, 2, 3]


def test_a_rejected_need_does_not_go_along_with_a_split() -> None:
    split = made(Split, 2, step=FIRST, statements=RUN.steps[0].statements[:1], phrase="p", needs=(NEED,))
    assert refusal([made(Reject, 1, entry=NEED)], split)["reason"] == "rejected"


def test_a_moved_step_stands_last_in_its_new_stage() -> None:
    job_map = fold(RUN, [made(MoveStep, 1, step=FIRST, stage="plan")])
    assert [(s.id, s.stage) for s in job_map.steps] == [(SECOND, "understand"), (THIRD, "plan"), (FIRST, "plan")]
    assert the_need(job_map, NEED).stage == "plan"


def test_a_moved_need_measures_another_step_or_none() -> None:
    job_map = fold(RUN, [made(MoveNeed, 1, need=NEED, step=SECOND), made(MoveNeed, 2, need=OTHER_NEED, step=None)])
    assert the_step(job_map, SECOND).needs == (NEED,)
    assert the_step(job_map, FIRST).needs == ()


def test_a_moved_quote_is_evidence_of_one_step_only_and_of_none_where_it_is_taken_out() -> None:
    quote, other = RUN.steps[0].statements[:2]
    log = [made(MoveStatement, 1, statement=quote, entry=SECOND), made(MoveStatement, 2, statement=other, entry=None)]
    job_map = fold(RUN, log)
    assert quote in the_step(job_map, SECOND).statements
    assert not {quote, other} & set(the_step(job_map, FIRST).statements)
    assert job_map.ungrouped == (other,)


def test_words_that_are_chosen_back_a_step_or_need_and_go_with_the_one_decision_that_chose_them() -> None:
    where = (a_place(P1),)
    log = [made(AddEvidence, 1, entry=SECOND, evidence=where), made(AddEvidence, 2, entry=NEED, evidence=where)]
    job_map, before = fold(RUN, log), fold(RUN, [])
    for entry in (SECOND, NEED):
        [added] = set(job_map.entry(entry).statements) - set(before.entry(entry).statements)
        assert job_map.evidence[added].quote == P1.turns[1].text[:4]
    assert fold(RUN, [*log, made(Undo, 3, decision="d-1")]).entry(SECOND) == before.entry(SECOND)


def test_reordering_puts_a_step_after_another_of_its_stage_or_first() -> None:
    after = fold(RUN, [made(Reorder, 1, step=FIRST, after=SECOND)])
    assert [s.id for s in after.steps] == [SECOND, FIRST, THIRD]
    first = fold(RUN, [made(Reorder, 1, step=SECOND, after=None)])
    assert [s.id for s in first.steps] == [SECOND, FIRST, THIRD]


def test_what_is_added_by_hand_has_chosen_words_as_evidence_and_counts_their_speakers() -> None:
    evidence = (a_place(P1), a_place(P2), a_place(P2, turn=3))
    job_map = fold(
        RUN,
        [
            made(AddStep, 1, phrase="warm up", stage="plan", evidence=evidence),
            made(AddNeed, 2, statement="minimize the cold", step=FIRST, evidence=evidence[:1]),
        ],
    )
    step = job_map.steps[-1]
    assert (step.phrase, step.n_participants, step.state) == ("warm up", 2, EntryState.APPROVED)
    assert [job_map.evidence[i].quote for i in step.statements] == ["Well", "Well", "Well"]
    assert the_step(job_map, FIRST).needs[-1] == job_map.needs[-1].id


def test_comments_stay_with_what_was_merged_and_change_nothing_else() -> None:
    log = [made(AddComment, 1, entry=FIRST, text="hm"), made(Merge, 2, into=SECOND, entries=(FIRST,))]
    job_map = fold(RUN, [*log, made(AddComment, 3, entry=None, text="good", by="ben")])
    assert [(c.entry, c.text, c.by) for c in job_map.comments] == [(FIRST, "hm", "ana"), (None, "good", "ben")]
    assert job_map.entries == fold(RUN, log[1:]).entries


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (made(Approve, 9, entry="step-none"), "unknown"),
        (made(Edit, 9, entry=FIRST, text="  "), "impossible"),
        (made(Merge, 9, into=FIRST, entries=()), "impossible"),
        (made(Merge, 9, into=FIRST, entries=(FIRST,)), "impossible"),
        (made(Merge, 9, into=FIRST, entries=(NEED,)), "impossible"),
        (made(Merge, 9, into=FIRST, entries=("step-none",)), "unknown"),
        (made(Split, 9, step=NEED, statements=("x",), phrase="p"), "impossible"),
        (made(Split, 9, step=FIRST, statements=RUN.steps[0].statements, phrase="p"), "impossible"),
        (made(Split, 9, step=FIRST, statements=(), phrase="p"), "impossible"),
        (made(Split, 9, step=FIRST, statements=RUN.steps[1].statements[:1], phrase="p"), "unknown"),
        (made(Split, 9, step=SECOND, statements=RUN.steps[1].statements[:1], phrase="p", needs=(NEED,)), "impossible"),
        (made(MoveStep, 9, step=FIRST, stage="lunch"), "impossible"),
        (made(MoveNeed, 9, need=FIRST, step=None), "impossible"),
        (made(MoveNeed, 9, need=NEED, step="step-none"), "unknown"),
        (made(MoveStatement, 9, statement=RUN.steps[0].statements[0], entry=NEED), "impossible"),
        (made(MoveStatement, 9, statement=RUN.needs[0].statements[0], entry=FIRST), "impossible"),
        (made(MoveStatement, 9, statement="none", entry=FIRST), "unknown"),
        (made(Reorder, 9, step=FIRST, after=THIRD), "impossible"),
        (made(Reorder, 9, step=FIRST, after=FIRST), "impossible"),
        (made(AddStep, 9, phrase="p", stage="plan", evidence=()), "impossible"),
        (made(AddStep, 9, phrase="p", stage="plan", evidence=(a_place(an_interview("p3")),)), "impossible"),
        (made(AddStep, 9, phrase="p", stage="plan", evidence=(a_place(P1, turn=0),)), "impossible"),
        (made(AddStep, 9, phrase="p", stage="plan", evidence=(a_place(P1, turn=99),)), "impossible"),
        (made(AddEvidence, 9, entry=FIRST, evidence=()), "impossible"),
        (made(AddEvidence, 9, entry=FIRST, evidence=(a_place(P1, turn=0),)), "impossible"),
        (made(AddEvidence, 9, entry="step-none", evidence=(a_place(P1),)), "unknown"),
        (made(AddNeed, 9, statement="p", step="step-none", evidence=(a_place(P1),)), "unknown"),
        (made(AddComment, 9, entry="step-none", text="hm"), "unknown"),
        (made(Undo, 9, decision="d-1"), "unknown"),
        (made(Redo, 9, decision="d-1"), "unknown"),
    ],
    ids=lambda value: value.kind if isinstance(value, ReviewDecision) else value,
)
def test_an_impossible_decision_is_refused_with_its_reason(decision: ReviewDecision, reason: str) -> None:
    assert refusal([], decision)["reason"] == reason


def test_a_decision_that_no_longer_fits_is_passed_over_and_named() -> None:
    log = [made(Reject, 1, entry=FIRST), made(Approve, 2, entry=FIRST), made(Approve, 3, entry=SECOND)]
    job_map = fold(RUN, log)
    assert [(c.decision, c.reason) for c in job_map.conflicts] == [("d-2", "rejected")]
    assert the_step(job_map, SECOND).is_approved


def test_a_stale_decision_says_what_changed_since_its_writer_looked() -> None:
    seen = ((FIRST, the_step(fold(RUN, []), FIRST).revision),)
    log = [
        made(Approve, 1, entry=SECOND),
        made(Edit, 2, entry=FIRST, text="new words"),
        made(AddComment, 3, entry=FIRST, text="hm"),
    ]
    details = refusal(log, made(Approve, 4, by="ben", entry=FIRST, seen=seen))
    assert (details["reason"], details["since"]) == ("stale", ["d-2"])
    current = details["current"]
    assert isinstance(current, dict)
    assert current["wording"] == "new words"


def test_a_decision_on_what_did_not_change_is_not_stale_whatever_else_did() -> None:
    seen = ((FIRST, the_step(fold(RUN, []), FIRST).revision),)
    log = [made(Reorder, 1, step=SECOND, after=None), made(Approve, 2, entry=NEED)]
    assert the_step(decide(RUN, log, made(Approve, 3, entry=FIRST, seen=seen)), FIRST).is_approved


def test_undo_takes_a_decision_back_and_redo_puts_it_in_its_old_place() -> None:
    log: list[ReviewDecision] = [made(Edit, 1, entry=FIRST, text="one"), made(Edit, 2, entry=SECOND, text="two")]
    undone = fold(RUN, [*log, made(Undo, 3, decision="d-1")])
    assert undone.entries == fold(RUN, log[1:]).entries
    assert [d.id for d in undone.undone] == ["d-1"]
    redone = fold(RUN, [*log, made(Undo, 3, decision="d-1"), made(Redo, 4, decision="d-1")])
    assert redone == fold(RUN, log)


def test_undo_is_refused_where_a_later_decision_builds_on_it() -> None:
    split = made(Split, 1, step=FIRST, statements=RUN.steps[0].statements[:1], phrase="find the road")
    new = fold(RUN, [split]).steps[1].id
    details = refusal([split, made(Approve, 2, entry=new, by="ben")], made(Undo, 3, decision="d-1"))
    assert (details["reason"], details["since"]) == ("depends", ["d-2"])


def test_undo_is_refused_where_somebody_approved_the_words_it_would_take_back() -> None:
    edit = made(Edit, 1, entry=FIRST, text="one")
    seen = ((FIRST, the_step(fold(RUN, [edit]), FIRST).revision),)
    approve = made(Approve, 2, by="ben", entry=FIRST, seen=seen)
    assert refusal([edit, approve], made(Undo, 3, decision="d-1"))["since"] == ["d-2"]


def test_each_analyst_undoes_their_own_latest_decision() -> None:
    log = [made(Approve, 1, entry=FIRST), made(Approve, 2, entry=SECOND, by="ben"), made(Undo, 3, decision="d-1")]
    job_map = fold(RUN, log)
    assert (job_map.next_undo("ana"), job_map.next_undo("ben")) == (None, "d-2")
    assert (job_map.next_redo("ana"), job_map.next_redo("ben")) == ("d-1", None)


def test_erased_words_leave_decisions_in_effect_and_take_the_support_away() -> None:
    log: list[ReviewDecision] = [
        made(Split, 1, step=FIRST, statements=RUN.steps[0].statements[:1], phrase="find the road"),
        made(Approve, 2, entry=SECOND),
        made(AddStep, 3, phrase="warm up", stage="plan", evidence=(a_place(P1),)),
    ]
    before = fold(RUN, log)
    erased = replace(RUN, transcripts=(), statements=())
    after = fold(erased, log)
    assert [(s.id, s.wording, s.stage, s.position, s.review) for s in after.steps] == [
        (s.id, s.wording, s.stage, s.position, s.review) for s in before.steps
    ]
    assert {s.state for s in after.steps} == {EntryState.LOST_SUPPORT}
    assert after.approved_steps == ()
    assert after.evidence == {}


def test_two_decisions_with_one_id_are_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="one id"):
        fold(RUN, [made(Approve, 1, entry=FIRST)] * 2)
    with pytest.raises(ValueError, match="one id"):
        decide(RUN, [made(Approve, 1, entry=FIRST)], made(Approve, 1, entry=SECOND))


def test_a_map_of_another_analysis_cannot_be_carried() -> None:
    with pytest.raises(ValueError, match="another analysis"):
        fold(RUN, [], carried=fold(a_run(P1), []))


@given(st.lists(MOVES, min_size=2, max_size=16), st.sampled_from(["p1", "p2"]))
def test_erasing_a_person_changes_nothing_that_was_decided(moves: list[Any], erased: str) -> None:
    log, before = session(moves)
    left = replace(
        RUN,
        transcripts=tuple(t for t in RUN.transcripts if t.id != erased),
        statements=tuple(s for s in RUN.statements if s.evidence.transcript != erased),
    )
    after = fold(left, log)
    assert after.conflicts == ()
    assert [(e.id, e.wording, e.review) for e in after.entries] == [(e.id, e.wording, e.review) for e in before.entries]
    assert [(s.stage, s.position) for s in after.steps] == [(s.stage, s.position) for s in before.steps]
    assert all(e.transcript != erased for e in after.evidence.values())


def session(moves: list[Any]) -> tuple[list[ReviewDecision], JobMap]:
    """Decide on the map as it is before each move; what is refused is not stored."""
    log: list[ReviewDecision] = []
    job_map = fold(RUN, log)
    for number, move in enumerate(moves):
        decision = resolved(move, job_map, number)
        try:
            job_map = decide(RUN, log, decision)
        except DecisionNotAllowedError:
            continue
        log.append(decision)
    return log, job_map


@given(st.lists(MOVES, min_size=2, max_size=16))
def test_any_order_of_decisions_replays_to_the_same_map(moves: list[Any]) -> None:
    log, job_map = session(moves)
    assert fold(RUN, log) == job_map
    assert job_map.conflicts == ()


@given(st.lists(MOVES, min_size=2, max_size=16))
def test_no_statement_is_lost_or_in_two_places(moves: list[Any]) -> None:
    _, job_map = session(moves)
    held = [i for entry in job_map.entries for i in entry.statements if job_map.evidence[i] is not None]
    assert len(held) == len(set(held))
    statements = {s.id for s in RUN.statements}
    assert {*held} & statements | {*job_map.ungrouped} == statements
    assert not {*held} & {*job_map.ungrouped}


@given(st.lists(MOVES, min_size=2, max_size=16))
def test_ids_stay_through_all_decisions(moves: list[Any]) -> None:
    _, job_map = session(moves)
    first = {e.id for e in fold(RUN, []).entries}
    assert first <= {e.id for e in job_map.entries} | set(job_map.state.merged)
    assert all(job_map.state.entry(job_map.state.survivor(i)) is not None for i in first)


@given(st.lists(MOVES, min_size=2, max_size=12), st.integers(1, 12))
def test_undoing_n_times_and_redoing_n_times_is_the_identity(moves: list[Any], n: int) -> None:
    log, before = session(moves)
    job_map, n_undone = before, 0
    for i in range(n):
        last = job_map.in_effect[-1] if job_map.in_effect else None
        if last is None:
            break
        log.append(made(Undo, 100 + i, decision=last.id))
        job_map, n_undone = fold(RUN, log), n_undone + 1
    assert len(job_map.in_effect) == len(before.in_effect) - n_undone
    for i in range(n_undone):
        log.append(made(Redo, 200 + i, decision=job_map.undone[-1].id))
        job_map = fold(RUN, log)
    assert replace(job_map, undone=()) == replace(before, undone=())
    assert set(job_map.undone) == set(before.undone)


@given(st.lists(MOVES, min_size=2, max_size=16))
def test_positions_in_a_stage_are_all_different(moves: list[Any]) -> None:
    _, job_map = session(moves)
    places = [(s.stage, s.position) for s in job_map.steps]
    assert len(places) == len(set(places))


@given(st.lists(MOVES, min_size=2, max_size=16), st.integers(0, 16))
def test_a_review_that_goes_on_decision_by_decision_is_the_fold_of_its_log(moves: list[Any], n: int) -> None:
    log, job_map = session(moves)
    review = Review.start(RUN)
    for decision in log:
        review = review.decide(decision)
    assert review.job_map() == job_map
    assert (review.n_decisions, review.start_state) == (len(log), Review.start(RUN).state)
    in_two_parts = Review.start(RUN).read(log[:n]).read(log[n:])
    assert in_two_parts.job_map() == job_map


def test_what_a_stored_decision_saw_is_not_asked_again() -> None:
    seen = ((FIRST, "another revision"),)
    job_map = fold(RUN, [made(Approve, 1, entry=FIRST, seen=seen)])
    assert the_step(job_map, FIRST).is_approved


def test_evidence_that_is_gone_from_stored_decisions_takes_nothing_else_with_it() -> None:
    log: list[ReviewDecision] = [
        made(Split, 1, step=FIRST, statements=(), phrase="find the road"),
        made(AddStep, 2, phrase="warm up", stage="plan", evidence=()),
        made(AddNeed, 3, statement="n", step=FIRST, evidence=()),
    ]
    job_map = fold(RUN, log)
    assert job_map.conflicts == ()
    lost = [e.wording for e in job_map.entries if e.state is EntryState.LOST_SUPPORT]
    assert lost == ["find the road", "warm up", "n"]
    for decision in (
        made(AddStep, 4, phrase="x", stage="plan", evidence=()),
        made(Split, 5, step=SECOND, statements=(), phrase="x"),
    ):
        assert refusal([], decision)["reason"] == "impossible"
