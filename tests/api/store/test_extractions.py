"""What reading a transcript gave: kept, found again by what it depends on, and gone when its words are."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from api.store import erasure, extractions, maintenance, participants, runs, studies, transcripts
from api.store.database import Database, Stamp
from api.store.runs import RunState
from jtbd_nlp.domain import Aside, Evidence, Span
from jtbd_nlp.statements.extraction import Extraction
from tests.stored import ARRIVE, add_transcripts, rich_for_store

READER = "ab" * 32
RICH = rich_for_store()


def extraction_of(name: str) -> Extraction:
    """The statements that the rich study has of a transcript, with meanings of many digits, and an aside."""
    statements = tuple(s for s in RICH.statements if s.evidence.transcript == name)
    transcript = next(t for t in RICH.transcripts if t.id == name)
    turn = next(t for t in transcript.turns if t.speaker in transcript.participants)
    aside = Aside(
        id=f"aside-{name}",
        said="not done",
        evidence=Evidence.of(transcript, Span(turn.index, 0, 5)),
        speaker=turn.speaker,
        led=False,
        phrase="plan the day",
        stage_probabilities=(0.1, 0.2, 0.3, 0.2, 0.1, 1 / 10 + 1e-17),
        confidence=1 / 3,
    )
    rows = np.random.default_rng(7).normal(size=(len(statements) + 1, 6)).astype(np.float32)
    return Extraction(statements, rows[:-1], (aside,), rows[-1:])


@pytest.fixture
def run(database: Database, stamp: Stamp) -> str:
    """A running run on the rich study, none of whose transcripts is read."""
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
        add_transcripts(session, study_id, RICH.transcripts, stamp)
        run_id = runs.queue(session, study_id, {}, stamp)
        runs.move(session, run_id, RunState.RUNNING, stamp)
        runs.reading(session, run_id, READER, 0)
    return run_id


def keep_all(database: Database, run_id: str, stamp: Stamp, reader: str = READER) -> None:
    with database.writing() as session:
        names = {
            t.id: stored for t, (stored, _) in zip(RICH.transcripts, runs.get(session, run_id).inputs, strict=True)
        }
        for transcript in RICH.transcripts:
            given = extraction_of(transcript.id)
            extractions.keep(session, names[transcript.id], transcript.sha256, reader, given, stamp)


def test_an_extraction_comes_back_equal_to_the_last_bit(database: Database, run: str, stamp: Stamp) -> None:
    keep_all(database, run, stamp)
    with database.reading() as session:
        found = {e.asides[0].id: e for e in extractions.read(session, run)}
    assert len(found) == len(RICH.transcripts)
    for transcript in RICH.transcripts:
        given, kept = extraction_of(transcript.id), found[f"aside-{transcript.id}"]
        assert (kept.statements, kept.asides) == (given.statements, given.asides)
        assert kept.meanings.tobytes() == given.meanings.tobytes()
        assert kept.aside_meanings.tobytes() == given.aside_meanings.tobytes()


def test_reading_that_found_nothing_is_kept_too(database: Database, run: str, stamp: Stamp) -> None:
    nothing = Extraction((), np.zeros((0, 6), np.float32))
    with database.writing() as session:
        stored, sha256 = runs.get(session, run).inputs[0]
        extractions.keep(session, stored, sha256, READER, nothing, stamp)
        assert stored not in extractions.missing(session, run, READER)
        assert [len(e.statements) for e in extractions.read(session, run)] == [0]


def test_another_reader_has_read_nothing(database: Database, run: str, stamp: Stamp) -> None:
    keep_all(database, run, stamp)
    with database.reading() as session:
        assert extractions.missing(session, run, READER) == ()
        assert len(extractions.missing(session, run, "cd" * 32)) == len(RICH.transcripts)
        assert extractions.count_read(session, run, READER) == len(RICH.transcripts)


def test_the_longest_talk_is_to_be_read_first(database: Database, run: str) -> None:
    with database.reading() as session:
        stored = {t.id: t.transcript for t in transcripts.of_study(session, runs.get(session, run).study_id)}
        order = extractions.missing(session, run, READER)
    lengths = [sum(len(turn.text.split()) for turn in stored[i].turns) for i in order]
    assert len(set(lengths)) > 1
    assert lengths == sorted(lengths, reverse=True)


def test_keeping_twice_keeps_the_first(database: Database, run: str, stamp: Stamp) -> None:
    keep_all(database, run, stamp)
    with database.writing() as session:
        stored, sha256 = runs.get(session, run).inputs[0]
        other = replace(extraction_of(RICH.transcripts[0].id), asides=(), aside_meanings=np.zeros((0, 6), np.float32))
        extractions.keep(session, stored, sha256, READER, other, stamp)
    with database.reading() as session:
        assert all(e.asides for e in extractions.read(session, run))


def test_what_another_reader_found_is_dropped_when_a_run_is_done_with_it(
    database: Database, run: str, stamp: Stamp
) -> None:
    keep_all(database, run, stamp)
    keep_all(database, run, stamp, reader="cd" * 32)
    with database.writing() as session:
        extractions.drop_superseded(session, run)
        assert extractions.missing(session, run, READER) == ()
        assert len(extractions.missing(session, run, "cd" * 32)) == len(RICH.transcripts)


def test_extractions_go_with_the_person_who_was_read(database: Database, run: str, stamp: Stamp) -> None:
    keep_all(database, run, stamp)
    with database.writing() as session:
        study_id = runs.get(session, run).study_id
        for person in participants.of_study(session, study_id):
            erasure.participant(session, person.id, stamp)
        assert session.scalar(text("SELECT count(*) FROM extractions")) == 0


def test_erasing_one_of_two_people_leaves_nothing_read_of_their_talk(
    database: Database, run: str, stamp: Stamp
) -> None:
    keep_all(database, run, stamp)
    with database.writing() as session:
        study_id = runs.get(session, run).study_id
        shared = [t for t in transcripts.of_study(session, study_id) if len(t.transcript.participants) > 1]
        people = [p for p in participants.of_study(session, study_id) if p.speaks_in[0][0] == shared[0].id]
        erasure.participant(session, people[0].id, stamp)
        assert shared[0].id in extractions.missing(session, run, READER)
        kept = session.scalars(text("SELECT transcript_id FROM extractions")).all()
        assert shared[0].id not in kept


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("body = :junk", "cannot be read back"),
        ("meanings = :junk", "cannot be read back"),
        ("aside_meanings = :nan", "cannot be read back"),
        ("transcript_sha256 = :other", "fits it neither as it is nor as any run reads it"),
        ("body = :moved", "quotes what is not said there"),
    ],
)
def test_a_check_finds_what_was_kept_of_a_reading_and_is_not_fit(
    database: Database, run: str, stamp: Stamp, change: str, fault: str
) -> None:
    keep_all(database, run, stamp)
    n = len(RICH.transcripts)
    assert (maintenance.check(database).faults, maintenance.check(database).n_readings) == ((), n)
    with database.writing() as session:
        (first, _), *_ = runs.get(session, run).inputs
        body = session.execute(text("SELECT body FROM extractions WHERE transcript_id = :id"), {"id": first}).scalar()
        quote = json.loads(zlib.decompress(body))["statements"][0][1]["evidence"]["quote"]
        values = {
            "junk": b"junk!",
            "nan": np.full(6, np.nan, "<f4").tobytes(),
            "other": "c" * 64,
            "moved": zlib.compress(zlib.decompress(body).replace(json.dumps(quote).encode(), b'"never said"')),
        }
        (name,) = [name for name in values if f":{name}" in change]
        changed = text(f"UPDATE extractions SET {change} WHERE transcript_id = :id")  # noqa: S608 - one of the above
        session.execute(changed, {"id": first, name: values[name]})
    (found,) = maintenance.check(database).faults
    assert found == f"{first}: what was read of it (reader {READER[:12]}) {fault}"
