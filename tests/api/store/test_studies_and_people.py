"""Studies, transcripts, roles and people as they are kept and given back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from api.store import participants, studies, transcripts
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, NameTakenError, NotFoundError
from api.store.ids import new_id
from api.store.participants import AttributeType, Value
from jtbd_nlp.domain import Role, Study, Transcript
from tests.api.store.conftest import later
from tests.builders import a_transcript
from tests.rich_study import rich_transcripts
from tests.stored import ARRIVE, add_transcripts


def a_study(database: Database, stamp: Stamp, *read: Transcript, name: str = "arrive") -> tuple[str, dict[str, str]]:
    with database.writing() as session:
        study_id = studies.add(session, Study(name=name, job="j", executor="e"), stamp)
        return study_id, add_transcripts(session, study_id, read, stamp)


def test_ids_say_what_they_are_sort_by_time_and_differ() -> None:
    ids = [new_id("study") for _ in range(200)]
    assert ids == sorted(set(ids))
    assert all(len(i) == len("study_") + 32 and i.startswith("study_") for i in ids)
    assert len({i[-18:] for i in ids}) == 200


def test_a_study_comes_back_as_it_was_with_who_made_it_and_when(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
    with database.reading() as session:
        kept = studies.get(session, study_id)
    assert (kept.study, kept.created_by, kept.created_at) == (ARRIVE, "ana", stamp.at)
    assert (kept.n_transcripts, kept.n_participants, kept.n_runs) == (0, 0, 0)


def test_a_moment_of_another_time_zone_is_the_same_moment(database: Database) -> None:
    there = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, Stamp("ana", there))
    with database.reading() as session:
        at = studies.get(session, study_id).created_at
    assert (at, at.utcoffset()) == (there, timedelta(0))


def test_a_moment_without_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="time zone"), database.writing() as session:
        studies.add(session, ARRIVE, Stamp("ana", datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)))


def test_a_study_is_found_by_name_id_and_beginning_of_its_id(database: Database, stamp: Stamp) -> None:
    study_id, _ = a_study(database, stamp)
    with database.reading() as session:
        assert {studies.find(session, key).id for key in ("arrive", study_id, study_id[:30])} == {study_id}
        for wrong in ("arrives", "study_%", "%"):
            with pytest.raises(NotFoundError):
                studies.find(session, wrong)


def test_the_beginning_of_two_ids_finds_neither(database: Database, stamp: Stamp) -> None:
    a_study(database, stamp)
    a_study(database, stamp, name="leave")
    with database.reading() as session, pytest.raises(NotFoundError, match="2 studies"):
        studies.find(session, "study_")


@pytest.mark.parametrize("name", ["", "  ", "study_1", "a\0b"])
def test_a_name_that_cannot_be_kept_or_told_from_an_id_is_refused(database: Database, stamp: Stamp, name: str) -> None:
    with pytest.raises(BadValueError), database.writing() as session:
        studies.add(session, Study(name=name, job="", executor=""), stamp)


def test_two_studies_do_not_share_a_name(database: Database, stamp: Stamp) -> None:
    first, _ = a_study(database, stamp)
    with pytest.raises(NameTakenError), database.writing() as session:
        studies.add(session, ARRIVE, stamp)
    second, _ = a_study(database, stamp, name="leave")
    with pytest.raises(NameTakenError), database.writing() as session:
        studies.change(session, second, ARRIVE, stamp)
    with database.writing() as session:
        studies.change(session, first, Study(name="arrive", job="new", executor="e"), later(stamp, by="ben"))
        kept = studies.get(session, first)
    assert (kept.study.job, kept.created_by, kept.changed_by) == ("new", "ana", "ben")


def test_transcripts_come_back_equal_to_the_byte(database: Database, stamp: Stamp) -> None:
    read = sorted(rich_transcripts(), key=lambda t: t.id)
    study_id, ids = a_study(database, stamp, *read)
    with database.reading() as session:
        kept = [stored.transcript for stored in transcripts.of_study(session, study_id)]
        raw = transcripts.upload(session, transcripts.get(session, ids["finn"]).upload_id)
    assert kept == read
    assert [t.sha256 for t in kept] == [t.sha256 for t in read]
    assert (raw.filename, raw.content) == ("finn.txt", b"raw\n" + read[-1].canonical_bytes())


def test_a_corrected_role_makes_another_transcript_and_another_person(database: Database, stamp: Stamp) -> None:
    study_id, ids = a_study(database, stamp, a_transcript(name="p1"))
    with database.writing() as session:
        before = transcripts.get(session, ids["p1"]).transcript
        transcripts.correct_role(session, ids["p1"], "Moderator", Role.PARTICIPANT, stamp)
        transcripts.correct_role(session, ids["p1"], "P1", Role.PARTICIPANT, stamp)
        transcripts.correct_role(session, ids["p1"], "P1", Role.INTERVIEWER, later(stamp))
    with database.reading() as session:
        stored = transcripts.get(session, ids["p1"])
        people = participants.of_study(session, study_id)
    assert stored.corrected == {"Moderator": Role.PARTICIPANT, "P1": Role.INTERVIEWER}
    assert stored.transcript.participants == ("Moderator",)
    assert stored.transcript.sha256 != before.sha256
    assert [person.speaks_in for person in people] == [((ids["p1"], "Moderator"),)]


def test_a_role_of_somebody_who_does_not_speak_cannot_be_corrected(database: Database, stamp: Stamp) -> None:
    _, ids = a_study(database, stamp, a_transcript(name="p1"))
    with pytest.raises(NotFoundError), database.writing() as session:
        transcripts.correct_role(session, ids["p1"], "Nobody", Role.OTHER, stamp)


def test_every_participant_of_a_transcript_is_a_person(database: Database, stamp: Stamp) -> None:
    alone = a_transcript(name="p1")
    group = a_transcript(("Moderator", "How?"), ("Eva", "I walk there."), ("Tom", "I drive there."), name="pair")
    study_id, ids = a_study(database, stamp, alone, group)
    with database.reading() as session:
        people = participants.of_study(session, study_id)
    assert {person.name: person.speaks_in for person in people} == {
        "p1": ((ids["p1"], "P1"),),
        "pair: Eva": ((ids["pair"], "Eva"),),
        "pair: Tom": ((ids["pair"], "Tom"),),
    }


def test_two_who_are_one_person_become_one(database: Database, stamp: Stamp) -> None:
    study_id, ids = a_study(database, stamp, a_transcript(name="p1"), a_transcript(name="p2"))
    with database.writing() as session:
        first, second = participants.of_study(session, study_id)
        for name in ("age", "town"):
            participants.define_attribute(session, study_id, name, AttributeType.TEXT, stamp)
            participants.tell(session, second.id, name, f"{name} of the second", stamp)
        participants.tell(session, first.id, "age", "age of the first", stamp)
        participants.unite(session, first.id, second.id, stamp)
        with pytest.raises(BadValueError):
            participants.unite(session, first.id, first.id, stamp)
    with database.reading() as session:
        (person,) = participants.of_study(session, study_id)
    assert person.speaks_in == tuple(sorted([(ids["p1"], "P1"), (ids["p2"], "P2")]))
    assert person.attributes == {"age": "age of the first", "town": "town of the second"}


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (AttributeType.TEXT, "a nurse", 3),
        (AttributeType.TEXT, "наш", ""),
        (AttributeType.NUMBER, 41.5, "41"),
        (AttributeType.NUMBER, 0.1 + 0.2, True),
        (AttributeType.NUMBER, 3, float("nan")),
        (AttributeType.FLAG, False, 0),
        (AttributeType.DATE, date(1999, 12, 31), "1999-12-31"),
        (AttributeType.DATE, date(2024, 2, 29), datetime(2024, 2, 29, tzinfo=UTC)),
        (AttributeType.CHOICE, "car", "boat"),
    ],
)
def test_an_attribute_takes_values_of_its_type_only(
    database: Database, stamp: Stamp, kind: AttributeType, good: Value, bad: Value
) -> None:
    study_id, _ = a_study(database, stamp, a_transcript(name="p1"))
    choices = ("car", "train") if kind is AttributeType.CHOICE else ()
    with database.writing() as session:
        (person,) = participants.of_study(session, study_id)
        participants.define_attribute(session, study_id, "told", kind, stamp, choices=choices)
        participants.tell(session, person.id, "told", good, stamp)
        with pytest.raises(BadValueError, match="told"):
            participants.tell(session, person.id, "told", bad, stamp)
    with database.writing() as session:
        assert participants.get(session, person.id).attributes == {"told": good}
        participants.tell(session, person.id, "told", None, stamp)
        assert participants.get(session, person.id).attributes == {}


def test_the_database_itself_refuses_a_value_of_no_type_and_of_two(database: Database, stamp: Stamp) -> None:
    study_id, _ = a_study(database, stamp, a_transcript(name="p1"))
    with database.writing() as session:
        (person,) = participants.of_study(session, study_id)
        told = participants.define_attribute(session, study_id, "told", AttributeType.TEXT, stamp)
        participants.tell(session, person.id, "told", "yes", stamp)
    for change in ("text_value = NULL", "number_value = 3"):
        with pytest.raises(Exception, match="has_one_value"), database.writing() as session:
            session.execute(text(f"UPDATE attribute_values SET {change} WHERE attribute_id = '{told.id}'"))  # noqa: S608
