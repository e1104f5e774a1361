"""Decisions on stored maps: kept at once, by several people, and refused with what changed where they are stale."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.services import reviews
from api.services.loaded_reviews import MEMORY, ReviewMemory, load
from api.store import decisions, runs
from api.store.database import Database, Stamp
from api.store.errors import NotFoundError
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
        run = runs.get(session, after.run_id)
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
        run = runs.get(session, found.run_id)
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


def test_memory_keeps_no_more_than_it_may(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    kept.run()
    memory = ReviewMemory(n_statements=1)
    with database.reading() as session:
        first, second = runs.of_study(session, kept.study)
        load(database, session, second, memory=memory)
    assert memory.get((str(database), second.id)) is not None
    assert memory.get((str(database), first.id)) is None


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
    from api.services.loaded_reviews import stored_decisions

    assert fold(analysis, stored_decisions(stored)) == undone.job_map
    assert MEMORY.get((str(database), undone.reviewed.run_id)) is not None
