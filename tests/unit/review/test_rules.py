"""What decisions teach the next run."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.clustering import group_statements
from jtbd_nlp.domain import ActionStatement, Cluster, Grouping
from jtbd_nlp.review import (
    Merge,
    MoveStatement,
    Reject,
    RemoveRule,
    ReviewDecision,
    ReviewRules,
    Split,
    Undo,
    changes_by_rule,
    fold,
    learn_rules,
    rules_for_run,
)
from tests.reviewed_study import MOVES, a_run, an_interview, made, resolved

RUN = a_run(an_interview("p1"))
FIRST, SECOND, THIRD = RUN.steps
ACTIONS = [s for s in RUN.statements if isinstance(s, ActionStatement)]


def rules_of(*log: ReviewDecision) -> ReviewRules:
    return learn_rules(fold(RUN, log))


def linked(rules: ReviewRules) -> set[frozenset[str]]:
    """Statements that the must-links hold together, directly or from pair to pair."""
    blocks: list[set[str]] = []
    for pair in rules.must_link:
        touching = [b for b in blocks if not b.isdisjoint(pair)]
        blocks = [b for b in blocks if b not in touching] + [set(pair).union(*touching)]
    return {frozenset(b) for b in blocks}


def test_without_decisions_there_are_no_rules() -> None:
    assert rules_of() == ReviewRules()


def test_a_merge_links_all_that_was_merged() -> None:
    rules = rules_of(made(Merge, 1, into=FIRST.id, entries=(SECOND.id,)))
    assert linked(rules) == {frozenset({*FIRST.statements, *SECOND.statements})}
    assert [(r.kind, r.decision) for r in rules.rules] == [("must link", "d-1")]


def test_a_split_keeps_the_two_parts_apart() -> None:
    one, *rest = FIRST.statements
    rules = rules_of(made(Split, 1, step=FIRST.id, statements=(one,), phrase="p"))
    assert rules.cannot_link == tuple((one, other) for other in rest)
    assert rules.must_link == ()


def test_what_was_merged_and_split_again_is_no_longer_linked() -> None:
    merge = made(Merge, 1, into=FIRST.id, entries=(SECOND.id,))
    rules = rules_of(merge, made(Split, 2, step=FIRST.id, statements=SECOND.statements, phrase="p"))
    assert rules.must_link == ()
    assert {frozenset(p) for p in rules.cannot_link} == {
        frozenset((a, b)) for a in FIRST.statements for b in SECOND.statements
    }


def test_a_moved_quote_is_linked_to_where_it_is_and_kept_from_where_it_was() -> None:
    quote, *rest = FIRST.statements
    rules = rules_of(made(MoveStatement, 1, statement=quote, entry=SECOND.id))
    assert rules.must_link == ((SECOND.statements[0], quote),)
    assert rules.cannot_link == tuple((quote, other) for other in rest)


def test_a_quote_taken_out_is_kept_from_where_it_was() -> None:
    quote, *rest = FIRST.statements
    assert rules_of(made(MoveStatement, 1, statement=quote, entry=None)).cannot_link == tuple((quote, r) for r in rest)


def test_what_was_rejected_is_stopped_unless_it_was_moved_elsewhere() -> None:
    reject = made(Reject, 1, entry=FIRST.id)
    assert rules_of(reject).stopped == set(FIRST.statements)
    rules = rules_of(reject, made(MoveStatement, 2, statement=FIRST.statements[0], entry=SECOND.id))
    assert rules.stopped == set(FIRST.statements[1:])


def test_a_split_off_step_that_was_rejected_is_stopped_and_no_longer_kept_apart() -> None:
    split = made(Split, 1, step=FIRST.id, statements=FIRST.statements[:1], phrase="p")
    new = next(s.id for s in fold(RUN, [split]).steps if s.origin == "split")
    rules = rules_of(split, made(Reject, 2, entry=new))
    assert rules.cannot_link == ()
    assert rules.stopped == {FIRST.statements[0]}


def test_an_undone_decision_teaches_nothing() -> None:
    assert rules_of(made(Reject, 1, entry=FIRST.id), made(Undo, 2, decision="d-1")) == ReviewRules()


def test_a_removed_rule_stays_visible_and_is_not_obeyed() -> None:
    log = [made(Reject, 1, entry=FIRST.id)]
    (rule,) = rules_of(*log).rules
    removed = rules_of(*log, made(RemoveRule, 2, rule=rule.id))
    assert [r.is_removed for r in removed.rules] == [True]
    assert removed.stopped == frozenset()
    assert rules_of(*log).without(rule.id) == removed


def test_grouping_obeys_the_rules() -> None:
    one, other = ACTIONS[0].id, ACTIONS[3].id
    assert {one, other} == set(FIRST.statements)
    rules = rules_of(
        made(Split, 1, step=FIRST.id, statements=(one,), phrase="p"),
        made(Merge, 2, into=SECOND.id, entries=(THIRD.id,)),
    )
    alike = np.tile(np.array([[1.0, 0.0]], np.float32), (len(ACTIONS), 1))
    grouping = group_statements(ACTIONS, alike, must_link=rules.must_link, cannot_link=rules.cannot_link)
    for cluster in grouping.clusters:
        assert not {one, other} <= set(cluster.statements)
    assert any({*SECOND.statements, *THIRD.statements} <= set(c.statements) for c in grouping.clusters)


def test_a_rule_tells_which_statements_stand_otherwise_because_of_it() -> None:
    rules = rules_of(
        made(Merge, 1, into=FIRST.id, entries=(SECOND.id,)),
        made(Split, 2, step=THIRD.id, statements=THIRD.statements[:1], phrase="p"),
    )
    apart = Grouping(tuple(Cluster(s.statements, (1.0,) * len(s.statements)) for s in RUN.steps), ())
    merged = Grouping(
        (Cluster((*FIRST.statements, *SECOND.statements), (1.0,) * 4), Cluster(THIRD.statements, (1.0,) * 2)), ()
    )
    changes = changes_by_rule(rules, without=apart, obeying=merged)
    assert set(changes["rule-joined-d-1"]) == {FIRST.statements[-1], SECOND.statements[0]}
    assert changes["rule-parted-d-2"] == ()


def test_a_stop_tells_which_grouped_statements_it_held_back() -> None:
    rules = rules_of(made(Reject, 1, entry=FIRST.id))
    one, other = FIRST.statements
    grouping = Grouping((Cluster((one,), (1.0,)),), (other,))
    assert changes_by_rule(rules, without=grouping, obeying=grouping) == {"rule-stopped-d-1": (one,)}
    assert changes_by_rule(rules.without("rule-stopped-d-1"), without=grouping, obeying=grouping) == {
        "rule-stopped-d-1": ()
    }


def test_rules_speak_of_the_statements_of_the_next_run() -> None:
    job_map = fold(RUN, [made(Merge, 1, into=FIRST.id, entries=(SECOND.id,)), made(Reject, 2, entry=THIRD.id)])
    again = a_run(an_interview("p1"), an_interview("p2"), n_cut=3)
    rules = rules_for_run(job_map, again.transcripts, again.statements)
    ids = {s.id for s in again.statements if s.evidence.transcript == "p1"}
    assert len(rules.must_link) == 3
    assert {i for pair in rules.must_link for i in pair} | rules.stopped <= ids
    assert rules_for_run(job_map, RUN.transcripts, RUN.statements) == learn_rules(job_map)


@given(st.lists(MOVES, min_size=2, max_size=16))
def test_rules_never_contradict_each_other(moves: list[Any]) -> None:
    log: list[ReviewDecision] = []
    for number, move in enumerate(moves):
        log.append(resolved(move, fold(RUN, log), number))
    rules = rules_of(*log)
    for block in linked(rules):
        assert not any({*pair} <= block for pair in rules.cannot_link)
        assert rules.stopped.isdisjoint(block)
