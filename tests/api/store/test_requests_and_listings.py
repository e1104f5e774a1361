"""What was answered once under a key, and pages of long lists, on both databases."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from api.services import requests as services
from api.services.requests import KEPT_FOR, Answer, KeyReusedError, RequestRunningError, once
from api.store import erasure, listings, members, participants, requests, runs
from api.store.database import Database, Stamp
from tests.api.store.conftest import later
from tests.stored import keep_rich_study


def ask(database: Database, stamp: Stamp, answer: object, *, key: str = "k", asked: str = "same") -> Answer:
    def act() -> Answer:
        if isinstance(answer, Exception):
            raise answer
        return Answer(201, answer)

    return once(database, act, caller="key_1", key=key, fingerprint=asked, stamp=stamp)


def test_a_repeated_request_gets_the_first_answer_and_does_nothing(database: Database, stamp: Stamp) -> None:
    assert ask(database, stamp, {"n": 1}) == Answer(201, {"n": 1})
    assert ask(database, stamp, {"n": 2}) == Answer(201, {"n": 1}, is_repeated=True)
    assert ask(database, stamp, {"n": 3}, key="other") == Answer(201, {"n": 3})


def test_a_key_serves_one_request_until_a_day_has_passed(database: Database, stamp: Stamp) -> None:
    ask(database, stamp, {"n": 1})
    with pytest.raises(KeyReusedError):
        ask(database, stamp, {"n": 2}, asked="something else")
    tomorrow = Stamp(stamp.by, stamp.at + KEPT_FOR + timedelta(seconds=1))
    assert ask(database, tomorrow, {"n": 2}, asked="something else").body == {"n": 2}


def test_a_request_that_failed_can_be_sent_again(database: Database, stamp: Stamp) -> None:
    with pytest.raises(ValueError, match="broken"):
        ask(database, stamp, ValueError("broken"))
    assert ask(database, stamp, {"n": 1}).body == {"n": 1}


def held_at(database: Database) -> object:
    with database.reading() as session:
        return session.scalar(text("SELECT held_at FROM answered_requests"))


def test_the_same_request_twice_at_once_is_done_once(
    database: Database, stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_for_a_beat(_: float) -> None:
        deadline, before = time.monotonic() + 60, held_at(database)
        while held_at(database) == before:
            assert time.monotonic() < deadline, "who works on a request does not say so"

    monkeypatch.setattr(services, "BEAT_S", 0.05)
    monkeypatch.setattr(services, "LEASE", timedelta(0))
    monkeypatch.setattr(services.time, "sleep", wait_for_a_beat)
    answers = []

    def slow() -> Answer:
        # Its claim is older than the lease at once: it counts because it goes on being renewed.
        with pytest.raises(RequestRunningError):
            ask(database, stamp, "fast")
        return Answer(200, "slow")

    answers.append(once(database, slow, caller="key_1", key="k", fingerprint="same", stamp=stamp))
    assert [*answers, ask(database, stamp, "again")] == [
        Answer(200, "slow"),
        Answer(200, "slow", is_repeated=True),
    ]


def test_a_request_whose_process_died_is_done_by_who_sends_it_again(
    database: Database, stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BEAT_S", 0.01)
    of_dead = {"fingerprint": "same", "study_id": None, "stamp": stamp}
    with database.writing() as session:
        requests.begin(session, "key_1", "k", **of_dead)
    with pytest.raises(RequestRunningError):
        ask(database, stamp, "too soon")
    monkeypatch.setattr(services, "LEASE", timedelta(0))
    again = later(stamp, minutes=1)
    assert ask(database, again, "again") == Answer(201, "again")
    # Nobody can tell the dead from the very slow; what such a one says in the end is not kept.
    with database.writing() as session:
        requests.finish(session, "key_1", "k", begun=stamp.at, status=200, answer="slow")
        requests.drop(session, "key_1", "k", begun=stamp.at)
    assert ask(database, again, "once more") == Answer(201, "again", is_repeated=True)


def test_erasing_forgets_what_was_answered_about_the_study(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    once(
        database,
        lambda: Answer(200, {"added": "Eva"}),
        caller="key_1",
        key="k",
        fingerprint="f",
        stamp=stamp,
        study_id=kept.study,
    )
    with database.writing() as session:
        person = participants.of_study(session, kept.study)[0]
        erasure.participant(session, person.id, later(stamp))
        assert session.execute(text("SELECT count(*) FROM answered_requests")).scalar() == 0


def test_pages_of_suggestions_and_statements_give_each_once_in_order(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    with database.reading() as session:
        whole = runs.analysis(session, kept.run)
        found: list[listings.ListedSuggestion] = []
        while page := listings.suggestions_of(
            session, kept.run, kind=None, after=(found[-1].kind, found[-1].position) if found else None, limit=2
        ):
            found += page
        said: list[listings.ListedStatement] = []
        while more := listings.statements_of(session, kept.run, after=said[-1].position if said else None, limit=3):
            said += more
        actions = listings.statements_of(session, kept.run, kind="action")
        steps = listings.suggestions_of(session, kept.run, kind="step", after=None, limit=None)
    assert [s.id for s in found] == [n.id for n in whole.needs] + [s.id for s in whole.steps]
    assert [s.id for s in said] == [s.id for s in whole.statements]
    assert {s.id for s in actions} == {s.id for s in whole.statements if s.kind == "action"}
    assert [s.id for s in steps] == [s.id for s in whole.steps]


def test_listed_transcripts_name_the_people_who_speak(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    with database.reading() as session:
        listed = listings.transcripts_of(session, kept.study, after=None, limit=None)
        rest = listings.transcripts_of(session, kept.study, after=listed[0].id, limit=2)
        people = {p.id: set(p.speaks_in) for p in participants.of_study(session, kept.study)}
        assert listings.latest_done(session, kept.study) == kept.run
        assert members.study_of(session, kept.run) == kept.study
        assert listings.study_of_transcript(session, listed[0].id) == kept.study
        assert participants.study_of(session, listed[0].people[0][0]) == kept.study
        assert runs.n_inputs(session, kept.run) == len(listed)
        assert listings.count_transcripts(session, kept.study) == (len(listed), listed[-1].id)
        assert [r.state for r in listings.runs_of(session, kept.study)] == ["done"]
    assert [t.id for t in rest] == [t.id for t in listed[1:3]]
    assert {t.name: t.id for t in listed} == kept.transcripts
    for transcript in listed:
        for person, _, speaker in transcript.people:
            assert (transcript.id, speaker) in people[person]
