"""Runs after the first: what people settled stays, the rest is a difference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.domain import Analysis, Transcript, Turn
from jtbd_nlp.errors import DecisionNotAllowedError
from jtbd_nlp.review import (
    AddComment,
    AddStep,
    Approve,
    Contradiction,
    Difference,
    Edit,
    EntryState,
    JobMap,
    MapNeed,
    MapStep,
    Merge,
    MoveStatement,
    MoveStep,
    Reject,
    RemoveRule,
    ReviewDecision,
    Split,
    carry_over,
    decide,
    fold,
    fold_runs,
    learn_rules,
)
from tests.builders import a_need, a_step, a_struggle, a_suggested_need, an_action, an_analysis, an_aside
from tests.reviewed_study import DEEDS, MOVES, a_place, a_run, an_interview, made, resolved

P1, P2, P3 = an_interview("p1"), an_interview("p2"), an_interview("p3")
RUN = a_run(P1, P2)
FIRST, SECOND, THIRD = (s.id for s in RUN.steps)
NEED, OTHER_NEED = (n.id for n in RUN.needs)


def approved(run: Analysis, *entries: str) -> JobMap:
    return fold(run, [made(Approve, i, entry=e) for i, e in enumerate(entries)])


def kept(entry: MapStep | MapNeed) -> tuple[object, ...]:
    """What no run may change of an entry people approved."""
    place = (entry.stage, entry.position) if isinstance(entry, MapStep) else (entry.step,)
    return (entry.id, entry.wording, entry.review, *place)


def test_the_same_run_again_changes_nothing() -> None:
    before = fold(RUN, [made(Approve, 1, entry=FIRST), made(Reject, 2, entry=SECOND), made(Approve, 3, entry=NEED)])
    now, difference = carry_over(before, RUN)
    assert difference == Difference()
    assert difference.is_empty
    assert now.entries == before.entries


def test_a_new_interview_adds_evidence_to_an_approved_step_and_leaves_its_words_and_place() -> None:
    before = fold(RUN, [made(Edit, 1, entry=FIRST, text="find the way"), made(MoveStep, 2, step=FIRST, stage="plan")])
    now, difference = carry_over(before, a_run(P1, P2, P3))
    assert kept(now.entry(FIRST)) == kept(before.entry(FIRST))
    assert now.entry(FIRST).n_participants == 3
    (change,) = difference.grown
    assert change.entry == FIRST
    assert {now.evidence[s].transcript for s in change.statements} == {"p3"}


def test_a_suggestion_nobody_decided_on_keeps_its_id_when_it_is_found_again() -> None:
    now, difference = carry_over(fold(RUN, []), a_run(P1, P2, P3))
    assert [s.id for s in now.steps] == [FIRST, SECOND, THIRD]
    assert [s.n_participants for s in now.steps] == [3, 3, 3]
    assert (difference.new, difference.vanished, difference.grown) == ((), (), ())


def test_an_approved_step_whose_people_were_erased_loses_its_support_and_nothing_else() -> None:
    before = approved(RUN, FIRST, NEED)
    now, difference = carry_over(before, a_run(P3))
    assert now.entry(FIRST).n_participants == 0
    assert now.entry(FIRST).state is EntryState.LOST_SUPPORT
    assert kept(now.entry(FIRST)) == kept(before.entry(FIRST))
    assert difference.lost_support == (FIRST, NEED)
    assert now.approved_steps == ()


def test_one_of_two_people_erased_shrinks_the_evidence() -> None:
    now, difference = carry_over(approved(RUN, FIRST), a_run(P1))
    assert now.entry(FIRST).n_participants == 1
    assert [c.entry for c in difference.shrunk] == [FIRST]
    assert difference.lost_support == ()


def test_an_interview_that_comes_back_backs_its_step_again() -> None:
    erased, _ = carry_over(approved(RUN, FIRST), a_run(P3))
    now, difference = carry_over(erased, a_run(P1, P3))
    assert now.entry(FIRST).state is EntryState.APPROVED
    assert difference.regained == (FIRST,)


def test_suggestions_nobody_decided_on_vanish_with_their_people() -> None:
    now, difference = carry_over(approved(RUN, FIRST), a_run())
    assert [e.id for e in now.entries] == [FIRST]
    assert [e.id for e in difference.vanished] == [SECOND, THIRD, NEED, OTHER_NEED]


def test_statements_that_end_elsewhere_after_a_change_of_models_are_found_again() -> None:
    now, difference = carry_over(approved(RUN, FIRST), a_run(P1, P2, n_cut=3))
    assert now.entry(FIRST).n_participants == 2
    assert not set(now.entry(FIRST).statements) & set(RUN.steps[0].statements)
    assert difference.is_empty


def test_a_renamed_interview_is_the_same_one() -> None:
    renamed = replace(P1, id="interview-1", title="The first")
    _, difference = carry_over(approved(a_run(P1), *(s.id for s in a_run(P1).steps)), a_run(renamed))
    assert difference.is_empty


def corrected(transcript: Transcript, turn: int, text: str) -> Transcript:
    turns: list[Turn] = [replace(t, text=text) if t.index == turn else t for t in transcript.turns]
    return replace(transcript, turns=tuple(turns))


def test_in_a_corrected_interview_words_that_still_stand_are_found_and_others_are_lost() -> None:
    run = a_run(P1)
    steps = [s.id for s in run.steps]
    fixed = corrected(corrected(P1, 1, f"Oh well, I {DEEDS[0]}."), 7, "I see.")
    now, difference = carry_over(approved(run, *steps), a_run(fixed))
    assert [len(now.entry(s).statements) for s in steps] == [1, 2, 2]
    assert [(c.entry, len(c.statements)) for c in difference.shrunk] == [(steps[0], 1)]
    assert difference.grown == ()


def test_turns_that_were_put_in_before_do_not_matter() -> None:
    run = a_run(P1)
    more = an_interview("p1", deeds=("say hello", *DEEDS))
    _, difference = carry_over(approved(run, *(s.id for s in run.steps)), a_run(more))
    assert difference.is_empty


def test_chosen_evidence_moves_with_the_words_of_a_corrected_interview() -> None:
    run = a_run(P1)
    before = fold(run, [made(AddStep, 1, phrase="p", stage="plan", evidence=(a_place(P1),))])
    step = before.approved_steps[0].id
    now, _ = carry_over(before, a_run(corrected(P1, 1, "Oh. Well, no.")))
    assert [now.evidence[i].quote for i in now.entry(step).statements] == ["Well"]
    assert now.evidence[now.entry(step).statements[0]].span.start == 4
    gone, difference = carry_over(before, a_run(corrected(P1, 1, "No.")))
    assert gone.entry(step).state is EntryState.LOST_SUPPORT
    assert difference.lost_support == (step,)


def test_what_was_rejected_is_not_suggested_again_but_its_new_evidence_is_told() -> None:
    before = fold(RUN, [made(Reject, 1, entry=FIRST)])
    now, difference = carry_over(before, a_run(P1, P2, P3))
    assert now.entry(FIRST).state is EntryState.REJECTED
    assert FIRST not in [s.id for s in now.steps if s.review is not EntryState.REJECTED]
    assert [c.entry for c in difference.rejected_again] == [FIRST]
    assert difference.new == ()


def test_a_rejected_step_may_come_back_once_its_rule_is_removed() -> None:
    log: list[ReviewDecision] = [made(Reject, 1, entry=FIRST)]
    log.append(made(RemoveRule, 2, rule="rule-stopped-d-1"))
    now, _ = carry_over(fold(RUN, log), a_run(P1, P2, P3))
    assert now.entry(FIRST).state is EntryState.SUGGESTED


def test_a_few_rejected_words_do_not_take_a_large_new_group_with_them() -> None:
    one_person = a_run(P1)
    before = fold(one_person, [made(Reject, 1, entry=one_person.steps[0].id)])
    now, difference = carry_over(before, a_run(P1, P2, P3, an_interview("p4")))
    assert len(now.entry(one_person.steps[0].id).statements) == 2
    (new,) = difference.new
    assert now.entry(new).n_participants == 3


def test_merged_and_split_steps_stay_as_people_made_them() -> None:
    log: list[ReviewDecision] = [
        made(Merge, 1, into=FIRST, entries=(SECOND,)),
        made(Split, 2, step=THIRD, statements=RUN.steps[2].statements[:1], phrase="park"),
    ]
    before = fold(RUN, log)
    now, difference = carry_over(before, RUN)
    assert [kept(e) for e in now.entries] == [kept(e) for e in before.entries]
    assert [set(e.statements) for e in now.entries] == [set(e.statements) for e in before.entries]
    assert difference.is_empty
    assert SECOND not in [e.id for e in now.entries]


def test_a_quote_that_was_taken_out_stays_out() -> None:
    quote = RUN.steps[0].statements[0]
    now, _ = carry_over(fold(RUN, [made(MoveStatement, 1, statement=quote, entry=None)]), a_run(P1, P2, P3))
    assert quote in now.ungrouped


def test_a_step_nobody_decided_on_stays_where_an_approved_need_measures_it() -> None:
    before = approved(RUN, NEED)
    now, _ = carry_over(before, a_run())
    assert [s.id for s in now.steps] == [FIRST]
    assert kept(now.entry(NEED)) == kept(before.entry(NEED))


def test_approved_steps_keep_their_places_among_new_suggestions() -> None:
    before = approved(RUN, SECOND)
    now, _ = carry_over(before, a_run(P1, P2, P3, n_steps=6))
    assert kept(now.entry(SECOND)) == kept(before.entry(SECOND))
    places = [(s.stage, s.position) for s in now.steps]
    assert len(set(places)) == len(places) > 3


def test_new_suggestions_stand_in_the_order_of_the_run() -> None:
    now, _ = carry_over(fold(a_run(), []), RUN)
    assert [s.id for s in now.steps] == [FIRST, SECOND, THIRD]


def test_an_id_that_was_merged_away_is_never_given_again() -> None:
    log: list[ReviewDecision] = [made(Merge, 1, into=SECOND, entries=(FIRST,)), made(Reject, 2, entry=SECOND)]
    log.append(made(RemoveRule, 3, rule="rule-stopped-d-2"))
    now, difference = carry_over(fold(RUN, log), RUN)
    assert {s.phrase for s in now.steps} == {"do deed 0", "do deed 1", "do deed 2"}
    assert FIRST not in {s.id for s in now.steps}
    assert len(difference.new) == 1


def test_two_statements_that_became_one_are_found_as_one() -> None:
    parts = [an_action(P1, "look up"), an_action(P1, "the road first of all")]
    before = an_analysis([P1], parts, [a_step([p], phrase=p.evidence.quote) for p in parts])
    whole = an_action(P1, "look up the road first of all")
    now, difference = carry_over(approved(before, *(s.id for s in before.steps)), an_analysis([P1], [whole], []))
    assert [s.statements for s in now.steps if s.statements] == [(whole.id,)]
    assert len(difference.lost_support) == 1


def test_words_of_struggle_of_an_erased_person_are_not_kept_with_an_approved_need() -> None:
    struggle = a_struggle(P2, "the bridge is often shut")
    need = replace(RUN.needs[0], id="need-x", origin="suggested", statements=(), asides=(struggle,))
    run = replace(RUN, needs=(*RUN.needs, need))
    before = approved(run, "need-x")
    assert before.entry("need-x").n_participants == 1
    now, difference = carry_over(before, a_run(P1))
    assert difference.lost_support == ("need-x",)
    assert "'p2'" not in repr(now)


def test_a_new_need_against_an_approved_one_is_a_contradiction() -> None:
    opposite = a_need(P3, "the bridge", direction="increase", measured="the bridge is often shut")
    again = a_run(P1, P2, P3)
    against = a_suggested_need([opposite])
    needs = tuple(
        replace(n, contradicts=(against.id,)) if n.object == "the bridge is often shut" else n for n in again.needs
    )
    again = replace(again, statements=(*again.statements, opposite), needs=(*needs, against))
    now, difference = carry_over(approved(RUN, OTHER_NEED), again)
    assert difference.contradictions == (Contradiction(OTHER_NEED, against.id),)
    other = now.entry(OTHER_NEED)
    assert isinstance(other, MapNeed)
    assert other.contradicts == (against.id,)


def test_words_that_an_approved_step_is_not_done_are_a_contradiction_until_they_are_erased() -> None:
    run = a_run(P1, P2, P3)
    aside = an_aside(P3, "first of all")
    run = replace(run, steps=(replace(run.steps[0], counter=(aside,)), *run.steps[1:]))
    now, difference = carry_over(approved(RUN, FIRST), run)
    assert difference.contradictions == (Contradiction(FIRST, aside.id),)
    erased, _ = carry_over(now, RUN)
    step = erased.entry(FIRST)
    assert isinstance(step, MapStep)
    assert step.counter == ()


def test_nothing_an_erased_person_said_is_left_in_the_carried_map() -> None:
    run = a_run(P1, P2)
    aside = an_aside(P2, "first of all")
    run = replace(run, steps=(replace(run.steps[0], counter=(aside,)), *run.steps[1:]))
    before = fold(run, [made(Approve, 1, entry=run.steps[0].id), made(Approve, 2, entry=run.needs[0].id)])
    now, _ = carry_over(before, a_run(P1))
    assert "'p2'" not in repr(now)
    assert "'P2'" not in repr(now)


def test_rules_and_comments_live_on_in_the_next_run() -> None:
    log: list[ReviewDecision] = [
        made(Split, 1, step=FIRST, statements=RUN.steps[0].statements[:1], phrase="p"),
        made(AddComment, 2, entry=FIRST, text="hm"),
    ]
    before = fold(RUN, log)
    now, _ = carry_over(before, a_run(P1, P2, n_cut=3))
    old, new = learn_rules(before), learn_rules(now)
    assert [r.id for r in new.rules] == [r.id for r in old.rules]
    assert len(new.cannot_link) == len(old.cannot_link)
    assert not {i for p in new.cannot_link for i in p} & {i for p in old.cannot_link for i in p}
    assert now.comments == before.comments


def test_decisions_go_on_from_the_carried_map() -> None:
    second = a_run(P1, P2, P3)
    start, _ = carry_over(approved(RUN, FIRST), second)
    log = [made(Approve, 9, entry=SECOND)]
    job_map = fold(second, log, carried=start)
    assert [s.id for s in job_map.approved_steps] == [FIRST, SECOND]
    runs = [(RUN, [made(Approve, 0, entry=FIRST)]), (second, log)]
    assert fold_runs(runs) == job_map


def test_no_run_gives_no_map() -> None:
    with pytest.raises(ValueError, match="needs a run"):
        fold_runs([])


NAMES = ("p1", "p2", "p3", "p4")
RUNS = st.builds(
    lambda names, n_steps, turned, n_cut: a_run(
        *(an_interview(n) for n in sorted(names)), n_steps=n_steps, turned=turned, n_cut=n_cut
    ),
    st.sets(st.sampled_from(NAMES)),
    st.integers(1, 6),
    st.integers(0, 5),
    st.sampled_from((0, 0, 3)),
)


def decided(job_map: JobMap, moves: list[Any], first: int) -> JobMap:
    log: list[ReviewDecision] = []
    start = job_map
    for number, move in enumerate(moves, first):
        if not job_map.steps or not job_map.needs or not job_map.analysis.transcripts:
            break
        decision = resolved(move, job_map, number)
        try:
            job_map = decide(start.analysis, log, decision, carried=start)
        except DecisionNotAllowedError:
            continue
        log.append(decision)
    return job_map


@given(st.lists(st.tuples(RUNS, st.lists(MOVES, max_size=8)), min_size=1, max_size=4))
def test_no_sequence_of_uploads_erasures_and_runs_changes_what_people_settled(history: list[Any]) -> None:
    job_map = fold(RUN, [])
    for number, (run, moves) in enumerate(history):
        job_map = decided(carry_over(job_map, job_map.analysis)[0], moves, 100 * number)
        now, difference = carry_over(job_map, run)
        for entry in job_map.entries:
            if entry.is_approved:
                assert kept(now.entry(entry.id)) == kept(entry)
            elif entry.review is EntryState.REJECTED and job_map.state.is_stopped(entry.id):
                assert now.entry(entry.id).review is EntryState.REJECTED
        lost = {e.id for e in job_map.entries if e.is_approved and e.statements and not now.entry(e.id).statements}
        assert lost <= set(difference.lost_support)
        assert set(job_map.state.merged) == set(now.state.merged)
        assert not set(now.state.merged) & {e.id for e in now.entries}
        held = [i for e in now.entries for i in e.statements]
        assert len(held) == len(set(held))
        assert {*held, *now.ungrouped} >= {s.id for s in run.statements}
        places = [(s.stage, s.position) for s in now.steps]
        assert len(places) == len(set(places))
        job_map = now
