"""Decisions on stored maps: kept at once, by several people, and refused with what changed where they are stale."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.services import reviews
from api.store import decisions, rules, runs
from api.store.database import Database, Stamp
from api.store.errors import NotFoundError
from api.store.reviews import MEMORY, ReviewMemory, done_runs, load, run_of, stored_decisions
from jtbd_nlp.errors import DecisionNotAllowedError, MalformedDecisionError
from jtbd_nlp.review import fold
from tests.api.store.conftest import in_another_process, later
from tests.kept_review import NAME, keep_review
from tests.reviewed_study import an_interview

P1, P2 = an_interview("p1"), an_interview("p2")


def ids_of(database: Database) -> tuple[list[str], list[str]]:
    job_map = reviews.job_map(database, NAME)
    return [s.id for s in job_map.steps], [n.id for n in job_map.needs]


def seen(database: Database, entry: str) -> dict[str, str]:
    return {entry: reviews.job_map(database, NAME).entry(entry).revision}


def details_of(database: Database, body: dict[str, Any], stamp: Stamp) -> dict[str, object]:
    with pytest.raises(DecisionNotAllowedError) as caught:
        reviews.decide(database, NAME, body, stamp)
    return caught.value.details


def test_a_decision_is_on_the_map_at_once_and_after_the_memory_is_lost(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    (first, *_), _ = ids_of(database)
    before = reviews.reviewed(database, NAME)
    decided = reviews.decide(database, NAME, {"kind": "edit", "entry": first, "text": "look it up"}, stamp)
    after = reviews.reviewed(database, NAME)
    assert decided.changed == (first,)
    assert decided.job_map == after.job_map
    assert (after.job_map.entry(first).wording, after.revision != before.revision) == ("look it up", True)
    assert decided.reviewed.revision == after.revision
    assert reviews.reviewed(database, NAME, run=after.run_id).to_plain() == after.to_plain()
    with database.reading() as session:
        run = run_of(session, after.study_id, after.run_id)
        assert load(database, session, run, memory=ReviewMemory()).job_map == after.job_map


def test_a_study_without_a_run_that_is_done_has_no_map(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    with database.writing() as session:
        queued = runs.queue(session, kept.study, {}, stamp)
    with pytest.raises(NotFoundError):
        reviews.job_map(database, NAME, run=queued)
    with pytest.raises(NotFoundError):
        reviews.job_map(database, "nobody's")


def test_what_is_no_decision_is_refused_and_nothing_is_stored(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1])
    with pytest.raises(MalformedDecisionError, match="kind"):
        reviews.decide(database, NAME, {"kind": "admire"}, stamp)
    assert details_of(database, {"kind": "approve", "entry": "step-none"}, stamp)["reason"] == "unknown"
    assert reviews.decision_log(database, NAME) == ()


def test_a_stale_decision_says_what_changed_and_by_which_decision(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    (first, *_), _ = ids_of(database)
    body = {"kind": "approve", "entry": first, "seen": seen(database, first)}
    edit = reviews.decide(database, NAME, {"kind": "edit", "entry": first, "text": "new words"}, later(stamp, by="ben"))
    details = details_of(database, body, stamp)
    assert (details["reason"], details["since"]) == ("stale", [edit.decision.id])
    current = details["current"]
    assert isinstance(current, dict)
    assert current["wording"] == "new words"
    assert [d.id for d in reviews.decision_log(database, NAME)] == [edit.decision.id]


def test_a_decision_on_the_map_of_an_older_run_is_stale(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    old = reviews.reviewed(database, NAME)
    kept.add(P2)
    new = kept.run()
    body = {"kind": "approve", "entry": old.job_map.steps[0].id, "run": old.run_id}
    details = details_of(database, body, stamp)
    assert (details["reason"], details["run"]) == ("stale", new)


def test_of_many_who_decide_on_the_same_words_at_once_one_comes_first(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    (first, *_), _ = ids_of(database)
    saw = seen(database, first)
    start = threading.Barrier(8)

    def edit(number: int) -> str:
        start.wait()
        body = {"kind": "edit", "entry": first, "text": f"words {number}", "seen": saw}
        try:
            return reviews.decide(database, NAME, body, Stamp(f"analyst {number}", stamp.at)).decision.id
        except DecisionNotAllowedError as refused:
            return str(refused.details["reason"])

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(edit, range(8)))
    assert came.count("stale") == 7
    (kept,) = reviews.decision_log(database, NAME)
    assert kept.id in came
    assert reviews.job_map(database, NAME).entry(first).wording == kept.body["text"]


def test_decisions_of_many_at_once_on_different_words_are_all_kept(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    steps, needs = ids_of(database)
    bodies: list[dict[str, object]] = [{"kind": "comment", "entry": e, "text": "hm"} for e in (*steps, *needs)] * 4

    def comment(body: dict[str, object]) -> str:
        return reviews.decide(database, NAME, body, stamp).decision.id

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(comment, bodies))
    log = reviews.decision_log(database, NAME)
    assert {d.id for d in log} == set(made)
    assert [d.number for d in log] == list(range(1, len(bodies) + 1))
    with database.reading() as session:
        found = reviews.reviewed(database, NAME)
        run = run_of(session, found.study_id, found.run_id)
        assert load(database, session, run, memory=ReviewMemory()).job_map == found.job_map


def test_what_another_process_decided_is_on_the_map(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    (first, second, *_), _ = ids_of(database)
    reviews.decide(database, NAME, {"kind": "approve", "entry": first}, stamp)
    code = (
        "from api.services import reviews\nfrom api.store.database import Stamp\n"
        f"reviews.decide(database, {NAME!r}, {{'kind': 'reject', 'entry': {second!r}}}, Stamp.now('ben'))\n"
    )
    other = in_another_process(database, code)
    assert (other.wait(), (other.stderr.read() if other.stderr else "")) == (0, "")
    for pipe in (other.stdout, other.stderr):
        assert pipe is not None
        pipe.close()
    job_map = reviews.job_map(database, NAME)
    assert [job_map.entry(e).state.value for e in (first, second)] == ["approved", "rejected"]


def test_what_people_settled_is_carried_to_the_next_run(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    (first, second, *_), (need, *_) = ids_of(database)
    reviews.decide(database, NAME, {"kind": "edit", "entry": first, "text": "look it up"}, stamp)
    reviews.decide(database, NAME, {"kind": "move_step", "step": first, "stage": "assess"}, stamp)
    reviews.decide(database, NAME, {"kind": "reject", "entry": second}, stamp)
    reviews.decide(database, NAME, {"kind": "approve", "entry": need}, stamp)
    before = reviews.reviewed(database, NAME)
    kept.add(P2)
    kept.run()
    after = reviews.reviewed(database, NAME)
    assert (after.run_number, after.revision != before.revision) == (2, True)
    for entry in (first, second, need):
        old, new = before.job_map.entry(entry), after.job_map.entry(entry)
        assert (new.wording, new.review) == (old.wording, old.review)
    assert after.job_map.entry(first).n_participants == 2
    assert reviews.job_map(database, NAME, run=before.run_id) == before.job_map


def test_quotes_are_fetched_by_entry_with_the_person_who_said_them(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    (first, *_), _ = ids_of(database)
    quotes = reviews.evidence(database, NAME, entry=first)
    assert {q["kind"] for q in quotes} == {"action"}
    assert {q["transcript"] for q in quotes} == {"p1", "p2"}
    assert all(q["participant"].startswith("participant_") for q in quotes)
    assert reviews.evidence(database, NAME, ids=["nothing"]) == []
    with pytest.raises(NotFoundError):
        reviews.evidence(database, NAME, entry="step-none")


def test_a_step_is_offered_the_names_that_its_quotes_and_the_run_have_for_it(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    (first, *_), _ = ids_of(database)
    step = reviews.job_map(database, NAME).entry(first)
    suggested = step.wording
    assert suggested not in reviews.other_step_names(database, NAME, first)
    reviews.decide(database, NAME, {"kind": "edit", "entry": first, "text": "pay the ferryman"}, stamp)
    offered = reviews.other_step_names(database, NAME, first)
    assert suggested in offered
    assert "pay the ferryman" not in offered
    with pytest.raises(NotFoundError, match="step-none"):
        reviews.other_step_names(database, NAME, "step-none")


def test_memory_keeps_no_more_than_it_may(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    kept.run()
    memory = ReviewMemory(n_statements=1)
    with database.reading() as session:
        first, second = done_runs(session, kept.study)
        load(database, session, second, memory=memory)
    assert memory.get(database, second.id) is not None
    assert memory.get(database, first.id) is None


def test_a_log_that_is_read_whole_is_the_map_that_was_kept_up(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    (first, second, *_), (need, other) = ids_of(database)
    bodies: list[dict[str, object]] = [
        {"kind": "approve", "entry": first},
        {"kind": "merge", "into": first, "entries": [second]},
        {"kind": "move_need", "need": need, "step": None},
        {"kind": "edit", "entry": other, "text": "minimize the time of all"},
    ]
    for body in bodies:
        last = reviews.decide(database, NAME, body, stamp)
    undone = reviews.decide(database, NAME, {"kind": "undo", "decision": last.decision.id}, stamp)
    with database.reading() as session:
        analysis = runs.analysis(session, undone.reviewed.run_id)
        stored = decisions.of_run(session, undone.reviewed.run_id)
    assert fold(analysis, stored_decisions(stored)) == undone.job_map
    assert MEMORY.get(database, undone.reviewed.run_id) is not None


def test_undo_and_redo_go_back_and_forth_without_end(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    (first, second, *_), _ = ids_of(database)
    start = reviews.job_map(database, NAME).entries
    reviews.decide(database, NAME, {"kind": "edit", "entry": first, "text": "one"}, stamp)
    reviews.decide(database, NAME, {"kind": "reject", "entry": second}, stamp)
    end = reviews.job_map(database, NAME).entries
    for _ in range(3):
        reviews.undo(database, NAME, stamp)
        assert reviews.undo(database, NAME, stamp).job_map.entries == start
        with pytest.raises(NotFoundError):
            reviews.undo(database, NAME, stamp)
        reviews.redo(database, NAME, stamp)
        assert reviews.redo(database, NAME, stamp).job_map.entries == end
    with pytest.raises(NotFoundError):
        reviews.undo(database, NAME, later(stamp, by="ben"))


def test_a_decision_of_an_earlier_run_is_taken_back_and_put_back_in_its_place(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    (first, second, *_), _ = ids_of(database)
    reviews.decide(database, NAME, {"kind": "edit", "entry": first, "text": "one"}, stamp)
    kept.add(P2)
    kept.run()
    reviews.decide(database, NAME, {"kind": "approve", "entry": second}, later(stamp, by="ben"))
    end = reviews.job_map(database, NAME)
    undone = reviews.undo(database, NAME, stamp)
    assert undone.job_map.entry(first).review.value == "suggested"
    assert undone.job_map.entry(second).is_approved
    assert undone.changed == (first,)
    assert reviews.job_map(database, NAME) == undone.job_map
    assert reviews.redo(database, NAME, stamp).job_map.entries == end.entries


def test_what_a_later_run_builds_on_cannot_be_taken_back(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1, P2])
    (first, *_), _ = ids_of(database)
    members = reviews.job_map(database, NAME).entry(first).members
    body = {"kind": "split", "step": first, "statements": [members[0]], "phrase": "find the road"}
    split = reviews.decide(database, NAME, body, stamp)
    (new,) = (s.id for s in split.job_map.steps if s.wording == "find the road")
    kept.run()
    edit = reviews.decide(database, NAME, {"kind": "edit", "entry": new, "text": "words"}, later(stamp, by="ben"))
    details = details_of(database, {"kind": "undo", "decision": split.decision.id}, stamp)
    assert (details["reason"], details["since"]) == ("depends", [edit.decision.id])
    assert reviews.job_map(database, NAME).entry(new).wording == "words"


def test_rules_are_kept_seen_removed_and_put_back(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1, P2])
    (first, second, third), _ = ids_of(database)
    merge = reviews.decide(database, NAME, {"kind": "merge", "into": first, "entries": [second]}, stamp)
    reviews.decide(database, NAME, {"kind": "reject", "entry": third}, later(stamp, by="ben"))
    joined, stopped = reviews.rules(database, NAME)
    assert (joined.rule.kind, joined.entry, joined.by) == ("must link", first, "ana")
    assert (stopped.rule.kind, stopped.entry, stopped.by) == ("stop", third, "ben")
    assert joined.changed is None
    with database.reading() as session:
        assert [r.id for r in rules.of_study(session, kept.study)] == [joined.rule.id, stopped.rule.id]
    reviews.remove_rule(database, NAME, joined.rule.id, stamp)
    with database.reading() as session:
        assert [r.id for r in rules.of_study(session, kept.study)] == [stopped.rule.id]
        assert len(rules.of_study(session, kept.study, removed_too=True)) == 2
    assert [r.rule.is_removed for r in reviews.rules(database, NAME)] == [True, False]
    reviews.undo(database, NAME, stamp)
    reviews.undo(database, NAME, stamp, decision=merge.decision.id)
    assert [r.rule.id for r in reviews.rules(database, NAME)] == [stopped.rule.id]
    with database.reading() as session:
        assert [r.id for r in rules.of_study(session, kept.study, removed_too=True)] == [stopped.rule.id]


def test_a_rule_says_what_it_changed_in_the_run_that_obeyed_it(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1, P2])
    (first, second, _), _ = ids_of(database)
    reviews.decide(database, NAME, {"kind": "merge", "into": first, "entries": [second]}, stamp)
    (rule,) = reviews.rules(database, NAME)
    changed = rule.rule.pairs[0]
    kept.run(obeyed=[{"rule": rule.rule.id, "kind": "must link", "changed": list(changed)}])
    assert [r.changed for r in reviews.rules(database, NAME)] == [changed]


def test_a_run_says_what_it_changed_beside_the_map_before_it(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    (first, second, _), _ = ids_of(database)
    assert reviews.difference(database, NAME).difference.is_empty
    reviews.decide(database, NAME, {"kind": "approve", "entry": first}, stamp)
    kept.add(P2)
    kept.run()
    found = reviews.difference(database, NAME)
    assert [change.entry for change in found.difference.grown] == [first]
    assert found.previous is not None
    assert found.previous.entry(first).n_participants == 1
    reviews.decide(database, NAME, {"kind": "approve", "entry": second}, stamp)
    assert reviews.difference(database, NAME).difference == found.difference
