"""Runs, what they propose, decisions on it, rules and vectors; several writers at once, and writers that die."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, text

from api.store import decisions, rules, runs, studies, transcripts, vectors
from api.store.codec import from_plain, to_plain
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, NotFoundError, RunStateError, StaleWriteError
from api.store.rules import RuleKind
from api.store.runs import NEXT_STATES, RunState
from api.store.tables import Json, Table
from jtbd_nlp.domain import ActionStatement, JobStep, Need, NeedStatement, Role, StageStatus
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.export import analysis_json
from tests.api.store.conftest import in_another_process, later
from tests.builders import a_transcript
from tests.stored import ARRIVE, add_transcripts, keep_rich_study, rich_for_store


class CountingEmbedder:
    """Vectors that follow from the text; notes what it was asked for."""

    name = "counting"
    dim = 5

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked += texts
        rows = [np.random.default_rng(sum(map(ord, text)) + len(text)).normal(size=self.dim) for text in texts]
        return np.asarray(rows, np.float32).reshape(len(texts), self.dim)


def test_an_analysis_comes_back_equal_and_exports_to_the_same_bytes(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    with database.reading() as session:
        back = runs.analysis(session, kept.run)
        run = runs.get(session, kept.run)
    assert back == rich_for_store()
    assert analysis_json(back) == analysis_json(rich_for_store())
    assert (run.number, run.state, run.started_at, run.finished_at) == (1, RunState.DONE, stamp.at, stamp.at)
    assert [i for i, _ in run.inputs] == [kept.transcripts[name] for name in sorted(kept.transcripts)]


def test_statements_steps_and_needs_survive_the_way_to_json_and_back() -> None:
    rich = rich_for_store()
    for value in (*rich.statements, *rich.steps, *rich.needs, *rich.stages):
        assert from_plain(type(value), to_plain(value)) == value
    assert {type(v) for v in (*rich.statements, *rich.steps, *rich.needs, *rich.stages)} == {
        *(ActionStatement, NeedStatement),
        *(JobStep, Need, StageStatus),
    }


def test_a_body_without_a_field_that_has_no_default_is_refused() -> None:
    plain = to_plain(rich_for_store().steps[0])
    del plain["phrase"]
    with pytest.raises(ValueError, match="phrase"):
        from_plain(JobStep, plain)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
@settings(max_examples=60)
def test_plain_values_are_kept_without_loss_in_ascii_text(plain: object) -> None:
    kept = Json().process_bind_param(plain, None)  # type: ignore[arg-type]  # the dialect plays no part
    assert kept is None or (kept.isascii() and "\0" not in kept)
    assert Json().process_result_value(kept, None) == plain  # type: ignore[arg-type]  # nor here


def test_a_run_reads_the_roles_of_its_making_even_if_they_are_corrected_later(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
        ids = add_transcripts(session, study_id, [a_transcript(name="p2"), a_transcript(name="p1")], stamp)
        transcripts.correct_role(session, ids["p1"], "Moderator", Role.OTHER, stamp)
        first = runs.queue(session, study_id, {}, stamp)
        transcripts.correct_role(session, ids["p1"], "Moderator", Role.PARTICIPANT, later(stamp))
        second = runs.queue(session, study_id, {}, stamp, transcript_ids=[ids["p1"]])
    with database.reading() as session:
        roles = [[t.turns[0].role for t in runs.inputs(session, run)] for run in (first, second)]
        assert roles == [[Role.OTHER, Role.INTERVIEWER], [Role.PARTICIPANT]]
        assert [(r.number, r.state) for r in runs.of_study(session, study_id)] == [(1, "queued"), (2, "queued")]


def test_a_run_does_not_read_transcripts_of_another_study(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
        with pytest.raises(NotFoundError):
            runs.queue(session, study_id, {}, stamp, transcript_ids=["transcript_of_nobody"])


@pytest.mark.parametrize("state", list(RunState))
def test_a_run_moves_only_along_its_life(database: Database, stamp: Stamp, state: RunState) -> None:
    ways = {RunState.QUEUED: [], RunState.RUNNING: [RunState.RUNNING]}
    ways |= {s: [RunState.RUNNING, s] for s in (RunState.FAILED, RunState.CANCELLED)}
    if state is RunState.DONE:
        run_id = keep_rich_study(database, stamp).run
    else:
        with database.writing() as session:
            run_id = runs.queue(session, studies.add(session, ARRIVE, stamp), {}, stamp)
            for step in ways[state]:
                runs.move(session, run_id, step, stamp, reason="why")
    for wanted in RunState:
        with database.reading() as session:  # nothing of it is kept
            if wanted in NEXT_STATES[state]:
                runs.move(session, run_id, wanted, later(stamp), reason="other")
                run = runs.get(session, run_id)
                assert (run.state, run.reason) == (wanted, "other")
            else:
                with pytest.raises(RunStateError):
                    runs.move(session, run_id, wanted, stamp)


def test_an_outcome_is_refused_unless_it_is_of_this_run_and_its_quotes_hold(database: Database, stamp: Stamp) -> None:
    analysis = rich_for_store()
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
        ids = add_transcripts(session, study_id, analysis.transcripts, stamp)
        run_id = runs.queue(session, study_id, {}, stamp)
        with pytest.raises(RunStateError):
            runs.keep(session, run_id, analysis, stamp)
        runs.move(session, run_id, RunState.RUNNING, stamp)
        some = runs.queue(session, study_id, {}, stamp, transcript_ids=[ids["finn"]])
        runs.move(session, some, RunState.RUNNING, stamp)
        with pytest.raises(BadValueError):
            runs.keep(session, some, analysis, stamp)
        first = analysis.statements[0]
        forged = replace(first, evidence=replace(first.evidence, quote="never said"))
        with pytest.raises(AnalysisError):
            runs.keep(session, run_id, replace(analysis, statements=(forged, *analysis.statements[1:])), stamp)
        with pytest.raises(RunStateError):
            runs.analysis(session, run_id)


def test_decisions_are_numbered_and_come_back_in_order(database: Database, stamp: Stamp) -> None:
    run = keep_rich_study(database, stamp).run
    body = {"suggestion": "step-1", "note": "nul \0 and 🚗", "numbers": [1, 2.5, None]}
    with database.writing() as session:
        first = decisions.append(session, run, "approve", body, stamp)
        decisions.append(session, run, "undo", {"of": first.id}, later(stamp, by="ben"), seen=1)
    with database.reading() as session:
        kept = decisions.of_run(session, run)
        assert decisions.of_run(session, run, after=1) == kept[1:]
    assert [(d.number, d.kind, d.by, d.at) for d in kept] == [
        (1, "approve", "ana", stamp.at),
        (2, "undo", "ben", later(stamp).at),
    ]
    assert kept[0] == first
    assert kept[0].body == body


def test_a_writer_who_has_not_seen_the_last_decision_is_told_which(database: Database, stamp: Stamp) -> None:
    run = keep_rich_study(database, stamp).run
    with database.writing() as session:
        for _ in range(3):
            decisions.append(session, run, "comment", {}, stamp)
    with pytest.raises(StaleWriteError) as stale, database.writing() as session:
        decisions.append(session, run, "approve", {}, stamp, seen=1)
    assert stale.value.numbers == (2, 3)
    with database.reading() as session:
        assert len(decisions.of_run(session, run)) == 3


def test_a_decision_on_no_run_is_refused(database: Database, stamp: Stamp) -> None:
    with pytest.raises(NotFoundError), database.writing() as session:
        decisions.append(session, "run_0", "approve", {}, stamp)


def test_many_writers_at_once_lose_no_decision(database: Database, stamp: Stamp) -> None:
    run = keep_rich_study(database, stamp).run
    code = f"""
from api.store import decisions
from api.store.database import Stamp
for i in range(15):
    with database.writing() as session:
        decisions.append(session, {run!r}, "comment", {{"i": i}}, Stamp.now("WRITER"))
"""
    running = [in_another_process(database, code.replace("WRITER", name)) for name in ("a", "b", "c")]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with database.reading() as session:
        kept = decisions.of_run(session, run)
    assert [d.number for d in kept] == list(range(1, 46))
    for name in ("a", "b", "c"):
        assert [d.body["i"] for d in kept if d.by == name] == list(range(15))


def test_one_of_two_workers_gets_a_queued_run(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        run_id = runs.queue(session, studies.add(session, ARRIVE, stamp), {}, stamp)
    code = f"""
from api.store import runs
from api.store.database import Stamp
from api.store.errors import RunStateError
try:
    with database.writing() as session:
        runs.move(session, {run_id!r}, runs.RunState.RUNNING, Stamp.now("w"))
    print("mine")
except RunStateError:
    print("taken")
"""
    running = [in_another_process(database, code) for _ in range(2)]
    said = sorted(process.communicate(timeout=120)[0].strip() for process in running)
    assert said == ["mine", "taken"]


def test_a_reader_sees_one_state_while_others_write(database: Database, stamp: Stamp) -> None:
    run = keep_rich_study(database, stamp).run
    with database.reading() as reader:
        assert decisions.of_run(reader, run) == ()
        with database.writing() as session:
            decisions.append(session, run, "comment", {}, stamp)
        assert decisions.of_run(reader, run) == ()
    with database.reading() as reader:
        assert len(decisions.of_run(reader, run)) == 1


def test_a_writer_that_is_killed_in_between_leaves_nothing(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    code = f"""
import time
from api.store import decisions, studies
from api.store.database import Stamp
from jtbd_nlp.domain import Study
with database.writing() as session:
    studies.add(session, Study(name="half", job="", executor=""), Stamp.now("w"))
    decisions.append(session, {kept.run!r}, "approve", {{}}, Stamp.now("w"))
    print("written", flush=True)
    time.sleep(60)
"""
    process = in_another_process(database, code)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "written"
    process.kill()
    process.communicate(timeout=60)
    with database.writing() as session:  # waits until the lock of the killed one is gone
        number = decisions.append(session, kept.run, "comment", {}, stamp).number
    with database.reading() as session:
        assert number == 1
        assert [s.study.name for s in studies.listed(session)] == ["arrive"]


def test_what_raises_in_a_transaction_leaves_nothing(database: Database, stamp: Stamp) -> None:
    def fail() -> None:
        with database.writing() as session:
            study_id = studies.add(session, ARRIVE, stamp)
            add_transcripts(session, study_id, [a_transcript(name="p1")], stamp)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as session:
        assert all(session.execute(text(f"SELECT count(*) FROM {t}")).scalar() == 0 for t in Table.metadata.tables)  # noqa: S608


def test_a_session_for_reading_keeps_nothing(database: Database, stamp: Stamp) -> None:
    with database.reading() as session:
        studies.add(session, ARRIVE, stamp)
    with database.reading() as session:
        assert studies.listed(session) == ()


def test_sqlite_writes_ahead_follows_references_and_clears_what_is_deleted(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("settings of SQLite")
    with database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "secure_delete", "synchronous")
        }
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 60_000
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1, "synchronous": 2}


def test_rules_stay_to_be_seen_when_they_are_removed(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    with database.writing() as session:
        decision = decisions.append(session, kept.run, "merge", {}, stamp)
        link = rules.add(session, kept.study, RuleKind.MUST_LINK, {"a": "x"}, stamp, decision_id=decision.id)
        stop = rules.add(session, kept.study, RuleKind.STOP, {"phrase": "do it"}, stamp)
        rules.remove(session, link, later(stamp, by="ben"))
        rules.remove(session, link, later(stamp, 2, by="eva"))
        with pytest.raises(NotFoundError):
            rules.remove(session, "rule_0", stamp)
    with database.reading() as session:
        assert [rule.id for rule in rules.of_study(session, kept.study)] == [stop]
        removed, _ = rules.of_study(session, kept.study, removed_too=True)
    assert (removed.removed_by, removed.removed_at, removed.decision_id) == ("ben", later(stamp).at, decision.id)


def test_cached_vectors_are_equal_to_fresh_ones_to_the_byte(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
    texts = ["plan the route", "発つ", "", "plan the route", "check the traffic \0"]
    plain, inner = CountingEmbedder(), CountingEmbedder()
    caching = vectors.CachingEmbedder(inner, database, study_id=study_id, model_sha256="m1")
    fresh = caching.embed(texts)
    cached = caching.embed([*texts[::-1], "new"])
    assert fresh.tobytes() == plain.embed(texts).tobytes()
    assert cached[:5].tobytes() == fresh[::-1].tobytes()
    assert (fresh.dtype, caching.embed([]).shape) == (np.float32, (0, 5))
    assert sorted(inner.asked) == sorted({*texts, "new"})


def test_a_vector_of_another_model_is_never_taken(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
    inner = CountingEmbedder()
    for model in ("m1", "m2", "m1"):
        vectors.CachingEmbedder(inner, database, study_id=study_id, model_sha256=model).embed(["plan"])
    assert inner.asked == ["plan", "plan"]


def test_vectors_are_kept_as_little_endian_single_precision(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
        key = vectors.text_sha256("plan")
        vectors.keep(session, study_id, "m", {key: np.asarray([1.0, -2.5], ">f4")}, stamp)
        vectors.keep(session, study_id, "m", {key: np.asarray([9.0, 9.0], np.float32)}, stamp)
        assert bytes(session.execute(text("SELECT vector FROM vectors")).scalar_one()).hex() == "0000803f000020c0"
        assert vectors.read(session, [key, "other"], "m")[key].tolist() == [1.0, -2.5]


def test_a_vector_goes_with_the_last_study_that_needs_it(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        ids = [studies.add(session, replace(ARRIVE, name=name), stamp) for name in ("one", "two")]
    for study_id in ids:
        vectors.CachingEmbedder(CountingEmbedder(), database, study_id=study_id, model_sha256="m").embed(["a", "b"])
    with database.writing() as session:
        key = vectors.text_sha256("a")
        vectors.forget(session, ids[0], but=[key])
        assert vectors.used(session, ids[0], "m") == {key}
        assert len(vectors.read(session, [key, vectors.text_sha256("b")], "m")) == 2
        vectors.forget(session, ids[1])
        assert set(vectors.read(session, [key, vectors.text_sha256("b")], "m")) == {key}


def test_many_vectors_at_once_are_kept_and_found(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
    inner = CountingEmbedder()
    caching = vectors.CachingEmbedder(inner, database, study_id=study_id, model_sha256="m")
    texts = [f"step {i}" for i in range(1700)]
    assert caching.embed(texts).tobytes() == caching.embed(texts).tobytes()
    assert len(inner.asked) == 1700


def test_every_table_says_by_whom_and_when_or_belongs_to_one_that_does(database: Database) -> None:
    inspector = inspect(database.engine)
    without = {
        table
        for table in Table.metadata.tables
        if "created_by" not in {column["name"] for column in inspector.get_columns(table)}
    }
    of_others = {"run_transcripts", "statements", "suggestions", "vectors", "vector_uses", "extractions"}
    of_programs = {"workers", "sessions", "failed_sign_ins", "deliveries", "delivery_attempts"}
    assert without == of_others | of_programs | {"audit_entries"}
