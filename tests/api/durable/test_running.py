"""Runs as workers do them: to the end, from where they stopped, and with nothing said left in the engine's tables."""

from __future__ import annotations

import sqlite3
import threading
import time
from dataclasses import replace
from functools import partial
from itertools import count

import pytest
from dbos import DBOS
from sqlalchemy import text

from api.durable.own_process import LoadAnalyst, WorkerStoppingError
from api.durable.pace import Pace
from api.durable.working import state_path, work
from api.services.runs import cancel_run, count_workers, latest_run, list_runs, retry_run, run_status, start_run
from api.store import erasure, participants, runs, transcripts, vectors, workers
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, DatabaseUnavailableError, RunStateError
from api.store.runs import RunState
from api.store.workers import SCHEMA
from jtbd_nlp.domain import Analysis, Transcript
from jtbd_nlp.errors import ConfigError
from jtbd_nlp.export import analysis_json
from tests.fake_analyst import ENCODER_SHA256, LOAD, load_fake, mapped_directly
from tests.running import LONGEST_S, QUICK, SameProcess, interviews, keep_study, work_off
from tests.stored import ARRIVE, add_transcripts


def outcome(database: Database, run_id: str) -> Analysis:
    with database.reading() as session:
        return runs.analysis(session, run_id)


def expected(database: Database, read: list[Transcript]) -> bytes:
    """The analysis without a store, a queue or a worker."""
    return analysis_json(mapped_directly(database, read, ARRIVE))


def state_text(database: Database) -> str:
    """All that the engine keeps, as text."""
    if database.is_sqlite:
        with sqlite3.connect(state_path(database)) as connection:
            dump = "\n".join(connection.iterdump())
        connection.close()
        return dump
    found = []
    with database.reading() as session:
        query = text("SELECT table_name FROM information_schema.tables WHERE table_schema = :schema")
        for table in session.scalars(query, {"schema": SCHEMA}).all():
            found += [str(row) for row in session.execute(text(f"TABLE {SCHEMA}.{table}"))]
    return "\n".join(found)


def test_a_run_gives_the_same_bytes_as_no_run_at_all(database: Database, stamp: Stamp) -> None:
    read = interviews(5)
    keep_study(database, read, stamp)
    run = start_run(database, "arrive", stamp)
    assert (run.state, run_status(database, run.id).n_read) == (RunState.QUEUED, 0)
    ended = work_off(database, run.id)
    assert (ended.state, ended.n_read, ended.share_recomputed) == (RunState.DONE, 5, 1.0)
    assert analysis_json(outcome(database, run.id)) == expected(database, read)
    latest = latest_run(database, "arrive")
    assert latest is not None
    assert latest.id == run.id


def test_after_one_more_interview_only_that_one_is_read(database: Database, stamp: Stamp) -> None:
    study_id = keep_study(database, interviews(4), stamp)
    work_off(database, start_run(database, "arrive", stamp).id)
    with database.writing() as session:
        add_transcripts(session, study_id, interviews(1, first=5), stamp)
    done: list[str] = []
    second = start_run(database, "arrive", stamp)
    ended = work_off(database, second.id, before=done.append)
    assert (done.count("read"), ended.n_reused, ended.share_recomputed) == (1, 4, 1 - 4 / 5)
    assert analysis_json(outcome(database, second.id)) == expected(database, interviews(5))


def test_who_reads_keeps_the_vectors_that_mapping_asks_for(database: Database, stamp: Stamp) -> None:
    study_id = keep_study(database, interviews(3), stamp)
    run = start_run(database, "arrive", stamp)
    work_off(database, run.id)
    phrases = {s.phrase for s in outcome(database, run.id).statements}
    with database.reading() as session:
        assert vectors.used(session, study_id, ENCODER_SHA256) == {vectors.text_sha256(phrase) for phrase in phrases}


def test_another_job_reads_everything_anew(database: Database, stamp: Stamp) -> None:
    keep_study(database, interviews(3), stamp)
    work_off(database, start_run(database, "arrive", stamp).id)
    done: list[str] = []
    work_off(database, start_run(database, "arrive", stamp, settings={"led_share": 0.5}).id, before=done.append)
    assert done.count("read") == 3


def test_what_fails_says_where_and_nothing_that_was_said(database: Database, stamp: Stamp) -> None:
    keep_study(database, [*interviews(2), *interviews(1, first=3, said="I raise my hand.")], stamp)
    run = start_run(database, "arrive", stamp)
    ended = work_off(database, run.id)
    assert ended.state is RunState.FAILED
    assert ended.reason is not None
    assert ended.reason.endswith("the fake was told to")
    assert "reading transcript_" in ended.reason
    assert not any(said in state_text(database) for said in ("plan the route", "raise my hand", "p003"))


def test_a_run_that_failed_is_tried_again_from_where_it_was(database: Database, stamp: Stamp) -> None:
    study_id = keep_study(database, [*interviews(3), *interviews(1, first=4, said="I raise my hand.")], stamp)
    run = start_run(database, "arrive", stamp)
    failed = work_off(database, run.id)
    with database.writing() as session:
        erasure.transcript(session, transcripts.named(session, study_id, "p004").id, stamp)
    retried = retry_run(database, run.id, stamp, reason="without p004")
    assert (retried.state, retried.attempt, retried.reason) == (RunState.QUEUED, failed.attempt + 1, "without p004")
    assert work_off(database, run.id).state is RunState.DONE
    assert analysis_json(outcome(database, run.id)) == expected(database, interviews(3))
    with pytest.raises(RunStateError, match="only one that failed or was cancelled"):
        retry_run(database, run.id, stamp)


def test_a_cancelled_run_stops_and_what_it_read_is_kept(database: Database, stamp: Stamp) -> None:
    keep_study(database, interviews(6), stamp)
    run = start_run(database, "arrive", stamp)
    done: list[str] = []

    def cancel_after_two(name: str) -> None:
        done.append(name)
        if done.count("read") == 3:
            cancel_run(database, run.id, stamp)

    ended = work_off(database, run.id, before=cancel_after_two)
    assert (ended.state, ended.reason) == (RunState.CANCELLED, "cancelled by ana")
    assert 2 <= ended.n_read <= 3
    retry_run(database, run.id, stamp)
    retried = work_off(database, run.id)
    assert (retried.state, retried.n_reused) == (RunState.DONE, ended.n_read)
    assert analysis_json(outcome(database, run.id)) == expected(database, interviews(6))


def test_a_person_erased_between_reading_and_mapping_is_in_no_outcome(database: Database, stamp: Stamp) -> None:
    study_id = keep_study(database, interviews(4), stamp)
    run = start_run(database, "arrive", stamp)

    def erase_before_mapping(name: str) -> None:
        if name == "map_run":
            with database.writing() as session:
                people = participants.of_study(session, study_id)
                if len(people) == 4:
                    erasure.participant(session, people[-1].id, stamp)

    assert work_off(database, run.id, before=erase_before_mapping).state is RunState.DONE
    assert analysis_json(outcome(database, run.id)) == expected(database, interviews(3))


def test_the_engine_forgets_a_run_that_is_over(database: Database, stamp: Stamp) -> None:
    keep_study(database, interviews(2), stamp)
    run = start_run(database, "arrive", stamp)
    work_off(database, run.id)
    stop = threading.Event()
    looks = iter(range(50))
    work(
        database,
        load_fake,
        stop=stop,
        until=lambda: run.id not in state_text(database) or next(looks, None) is None,
        pace=QUICK,
    )
    assert run.id not in state_text(database)


def test_the_same_run_is_not_queued_twice(database: Database, stamp: Stamp) -> None:
    study_id = keep_study(database, interviews(2), stamp)
    first = start_run(database, "arrive", stamp)
    assert start_run(database, "arrive", stamp).id == first.id
    with database.writing() as session:
        add_transcripts(session, study_id, interviews(1, first=3), stamp)
    assert start_run(database, "arrive", stamp).id != first.id
    assert [run.number for run in list_runs(database, "arrive")] == [1, 2]


def test_a_study_without_interviews_is_not_run(database: Database, stamp: Stamp) -> None:
    keep_study(database, [], stamp)
    with pytest.raises(BadValueError, match="no interviews yet"):
        start_run(database, "arrive", stamp)


def test_a_setting_nobody_knows_queues_nothing(database: Database, stamp: Stamp) -> None:
    keep_study(database, interviews(1), stamp)
    with pytest.raises(ConfigError, match="unknown setting 'speed'"):
        start_run(database, "arrive", stamp, settings={"speed": 3})
    assert list_runs(database, "arrive") == ()


def test_one_process_has_one_worker(database: Database, stamp: Stamp) -> None:
    keep_study(database, interviews(1), stamp)
    run = start_run(database, "arrive", stamp)

    def second(name: str) -> None:
        if name == "begin":
            with pytest.raises(RuntimeError, match="already"):
                work(database, load_fake, stop=threading.Event(), pace=Pace())

    assert work_off(database, run.id, before=second).state is RunState.DONE


def test_a_worker_is_known_only_when_it_is_prepared(database: Database) -> None:
    known: list[int] = []

    def note(task: str) -> None:
        assert task == "prepare"
        known.append(count_workers(database))

    def is_enough() -> bool:
        known.append(count_workers(database))
        return True

    start = partial(SameProcess, before=note)
    work(database, LOAD, stop=threading.Event(), until=is_enough, prepared=True, pace=QUICK, start=start)
    assert known == [0, 1]


def test_a_worker_that_cannot_be_prepared_works_and_says_why(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    load = partial(load_fake, fault="the encoder is not there")
    work(database, load, stop=threading.Event(), until=lambda: True, prepared=True, pace=QUICK, start=SameProcess)
    assert [r.message for r in caplog.records if "encoder" in r.message] == ["preparing: the encoder is not there"]


def test_a_worker_whose_database_goes_away_before_it_begins_ends_its_process(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[SameProcess] = []

    def start(url: str, load: LoadAnalyst) -> SameProcess:
        started.append(SameProcess(url, load))
        return started[0]

    def away(*_: object) -> None:
        raise DatabaseUnavailableError("away")

    monkeypatch.setattr("api.durable.working._beat", away)
    with pytest.raises(DatabaseUnavailableError, match="away"):
        work(database, LOAD, stop=threading.Event(), prepared=True, pace=QUICK, start=start)
    with pytest.raises(WorkerStoppingError):
        started[0].do("prepare", "", limit_s=1)


def test_a_worker_that_begins_forgets_those_that_died(database: Database) -> None:
    with database.writing() as session:
        workers.beat(session, "worker_1", version="1", place="here:1")
    work(
        database,
        load_fake,
        stop=threading.Event(),
        until=lambda: True,
        pace=replace(QUICK, lease_s=0.0),
        start=SameProcess,
    )
    with database.reading() as session:
        assert workers.alive(session, lease_s=3600) == ()


def test_a_run_is_taken_over_from_a_worker_that_is_not_seen_any_more(database: Database, stamp: Stamp) -> None:
    keep_study(database, interviews(3), stamp)
    run = start_run(database, "arrive", stamp)
    stop = threading.Event()

    class Dead(BaseException):
        """What ends a thread without a trace."""

    def die_reading(name: str) -> None:
        if name == "read":
            stop.set()
            raise Dead

    work(database, load_fake, stop=stop, pace=QUICK, start=partial(SameProcess, before=die_reading))
    assert run_status(database, run.id).state is RunState.RUNNING
    assert work_off(database, run.id).state is RunState.DONE
    assert analysis_json(outcome(database, run.id)) == expected(database, interviews(3))


def test_a_run_of_a_restored_database_is_done_although_the_engine_thinks_it_was(
    database: Database, stamp: Stamp
) -> None:
    keep_study(database, interviews(2), stamp)
    run = start_run(database, "arrive", stamp)
    looks = count()

    def engine_has_ended_it() -> bool:
        if next(looks) == 0:
            return False
        # There is no second look, at which the engine would forget it.
        deadline = time.monotonic() + LONGEST_S
        while {s.status for s in DBOS.list_workflows(name="analyse")} != {"SUCCESS"}:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return True

    work(
        database,
        load_fake,
        stop=threading.Event(),
        until=engine_has_ended_it,
        pace=QUICK,
        start=SameProcess,
    )
    assert run_status(database, run.id).state is RunState.DONE
    with database.writing() as session:
        for table in ("statements", "suggestions"):
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - one of two names
        session.execute(text("UPDATE runs SET state = 'running', manifest = NULL, frame = NULL, finished_at = NULL"))
    again = work_off(database, run.id)
    assert (again.state, again.attempt) == (RunState.DONE, 2)
