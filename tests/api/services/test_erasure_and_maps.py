"""Erasing somebody from a study under review: what the team decided stays, the support and every quote of theirs go."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from api.services import reviews
from api.services.forgetting import forget_participant
from api.store import participants
from api.store.database import Database, Stamp
from api.store.reviews import ReviewMemory, load, run_of
from api.store.tables import Table
from jtbd_nlp.domain import Role, Transcript, Turn
from jtbd_nlp.review import EntryState, JobMap, MapStep
from tests.api.store.conftest import later
from tests.kept_review import NAME, KeptReview, keep_review
from tests.reviewed_study import DEEDS, an_interview

P1, P2, P3 = an_interview("p1"), an_interview("p2"), an_interview("p3")


def a_couple(name: str = "couple") -> Transcript:
    """Two people in one interview: Tom tells the first three deeds, Eva the others."""
    turns = [Turn(0, "Moderator", Role.INTERVIEWER, "How do you do it?")]
    for i, deed in enumerate(DEEDS):
        turns.append(Turn(i + 1, "Tom" if i < 3 else "Eva", Role.PARTICIPANT, f"Well, I {deed} first of all."))
    return Transcript(id=name, title=name, source=f"{name}.txt", turns=tuple(turns))


def decide(database: Database, stamp: Stamp, **body: Any) -> reviews.Decided:
    return reviews.decide(database, NAME, body, stamp)


def settled(job_map: JobMap) -> list[tuple[object, ...]]:
    """What nothing but a decision may change: of each stage, the settled entries in their order."""
    kept = [e for e in job_map.entries if e.is_approved]
    return [(e.id, e.wording, e.review, e.stage if isinstance(e, MapStep) else e.step) for e in kept]


def erase(kept: KeptReview, person: str) -> None:
    with kept.database.reading() as session:
        people = {p.name: p.id for p in participants.of_study(session, kept.study)}
    forget_participant(kept.database, people[person], later(kept.stamp))


def afresh(database: Database) -> JobMap:
    """The map as a process reads it that remembers nothing."""
    found = reviews.reviewed(database, NAME)
    with database.reading() as session:
        run = run_of(session, found.study_id, found.run_id)
        return load(database, session, run, memory=ReviewMemory()).job_map


def everything_in(database: Database) -> str:
    with database.reading() as session:
        rows = [session.execute(text(f"SELECT * FROM {t.name}")).all() for t in Table.metadata.sorted_tables]  # noqa: S608
    return repr(rows)


def test_what_was_approved_stays_and_the_map_says_what_lost_its_support(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    first, second, third = (s.id for s in reviews.job_map(database, NAME).steps)
    need, _ = (n.id for n in reviews.job_map(database, NAME).needs)
    members = reviews.job_map(database, NAME).entry(first).members
    decide(database, stamp, kind="edit", entry=first, text="look it up")
    decide(
        database,
        stamp,
        kind="split",
        step=second,
        statements=[reviews.job_map(database, NAME).entry(second).members[0]],
        phrase="pack it",
    )
    decide(database, stamp, kind="move_statement", statement=members[0], entry=third)
    decide(database, stamp, kind="approve", entry=need)
    place = {"transcript": "p1", "sha256": P1.sha256, "turn": 1, "start": 0, "end": 4}
    decide(database, stamp, kind="add_step", phrase="warm the van", stage="plan", evidence=[place])
    before = reviews.job_map(database, NAME)
    assert len(settled(before)) == 4
    erase(kept, "p1")
    after = reviews.reviewed(database, NAME)
    assert settled(after.job_map) == settled(before)
    assert after.job_map == afresh(database)
    plain = after.to_plain()
    assert {s["phrase"]: s["lost_support"] for s in plain["steps"] if s["state"] != "suggested"} == {
        "look it up": True,
        "pack it": True,
        "warm the van": True,
    }
    assert after.job_map.approved_steps == ()
    left = everything_in(database)
    traces = [t.text for t in P1.turns] + [s for e in before.entries for s in e.members] + [P1.sha256]
    assert [trace for trace in traces if trace in left] == []


def test_who_is_left_in_the_room_keeps_their_evidence(database: Database, stamp: Stamp) -> None:
    couple = a_couple()
    kept = keep_review(database, stamp, [couple, P2])
    places = {
        person: {"transcript": "couple", "sha256": couple.sha256, "turn": turn, "start": 0, "end": 4}
        for person, turn in (("Tom", 1), ("Eva", 5))
    }
    body = {"kind": "add_step", "phrase": "warm the van", "stage": "plan", "evidence": list(places.values())}
    added = reviews.decide(database, NAME, body, stamp)
    (new,) = added.changed
    tom, eva = added.job_map.entry(new).members
    decide(database, stamp, kind="split", step=new, statements=[tom], phrase="let it run")
    erase(kept, "couple: Eva")
    job_map = reviews.job_map(database, NAME)
    assert job_map == afresh(database)
    by_hand = [s for s in job_map.steps if s.origin != "suggested"]
    quotes = {s.wording: [job_map.evidence[i].quote for i in s.statements] for s in by_hand}
    assert quotes == {"warm the van": [], "let it run": ["Well"]}
    assert eva not in everything_in(database)
    assert reviews.undo(database, NAME, later(stamp)).job_map.entry(new).statements == (tom,)


def test_a_suggestion_nobody_decided_on_goes_with_its_only_voice(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    first, second, third = (s.id for s in reviews.job_map(database, NAME).steps)
    need, other = (n.id for n in reviews.job_map(database, NAME).needs)
    decide(database, stamp, kind="approve", entry=other)
    decide(database, stamp, kind="reorder", step=second, after=None)
    erase(kept, "p1")
    job_map = reviews.job_map(database, NAME)
    assert {s.id for s in job_map.steps} == {first, second}, "one holds what was approved, one was decided on"
    assert [(n.id, n.step) for n in job_map.needs] == [(other, first)]
    assert job_map.entry(other).state is EntryState.LOST_SUPPORT
    assert {third, need}.isdisjoint(e.id for e in job_map.entries)


def test_a_rule_and_a_comment_forget_who_was_erased(database: Database, stamp: Stamp) -> None:
    couple = a_couple()
    kept = keep_review(database, stamp, [couple, P2])
    first, second, _ = (s.id for s in reviews.job_map(database, NAME).steps)
    decide(database, stamp, kind="comment", entry=first, text="ask Eva about it: Well, I drive the round first of all.")
    decide(database, stamp, kind="merge", into=first, entries=[second])
    kept.run()
    decide(database, stamp, kind="comment", entry=None, text="Eva and Tom")
    erase(kept, "couple: Eva")
    left = everything_in(database)
    assert "Eva" not in left
    assert "drive the round first" not in json.dumps([d.body for d in reviews.decision_log(database, NAME)])
    assert [c.text for c in reviews.job_map(database, NAME).comments][1] == "███ and Tom"
    for rule in reviews.rules(database, NAME):
        assert all(len(pair) == 2 for pair in rule.rule.pairs)


@pytest.mark.parametrize("n_runs", [1, 2])
def test_decisions_go_on_and_are_taken_back_after_somebody_was_erased(
    database: Database, stamp: Stamp, n_runs: int
) -> None:
    kept = keep_review(database, stamp, [P1, P2])
    first, second, _ = (s.id for s in reviews.job_map(database, NAME).steps)
    saw = {first: reviews.job_map(database, NAME).entry(first).revision}
    decide(database, stamp, kind="approve", entry=first, seen=saw)
    decide(database, stamp, kind="edit", entry=second, text="other words")
    for _ in range(n_runs - 1):
        kept.run()
        decide(database, stamp, kind="move_step", step=second, stage="plan")
    erase(kept, "p1")
    assert reviews.job_map(database, NAME).entry(first).n_participants == 1
    decide(database, stamp, kind="edit", entry=first, text="new words")
    for _ in range(3 + n_runs - 1):
        reviews.undo(database, NAME, stamp)
    assert {e.review for e in reviews.job_map(database, NAME).entries} == {EntryState.SUGGESTED}
    for _ in range(3 + n_runs - 1):
        reviews.redo(database, NAME, stamp)
    assert [reviews.job_map(database, NAME).entry(e).wording for e in (first, second)] == ["new words", "other words"]


def test_an_interview_that_comes_after_an_erasure_is_carried_to_what_was_approved(
    database: Database, stamp: Stamp
) -> None:
    kept = keep_review(database, stamp, [P1, P2])
    first, *_ = (s.id for s in reviews.job_map(database, NAME).steps)
    decide(database, stamp, kind="edit", entry=first, text="look it up")
    erase(kept, "p1")
    kept.add(P3)
    kept.run()
    found = reviews.difference(database, NAME)
    entry = found.reviewed.job_map.entry(first)
    assert (entry.wording, entry.n_participants) == ("look it up", 2)
    assert [change.entry for change in found.difference.grown] == [first]
