"""Adding interviews to a study: each once, all or none, whatever database it is."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from api.services import studies as use_cases
from api.store import studies, transcripts
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, NotFoundError
from api.store.participants import AttributeType
from jtbd_nlp.domain import Role
from jtbd_nlp.readers.intake import FileRead
from tests.api.store.conftest import in_another_process
from tests.builders import a_transcript
from tests.stored import ARRIVE

N_WAITING = 40  # as many as there are threads that answer requests
TALK = "Moderator: How do you plan?\n\nEva: I look at the map.\n\nModerator: And then?\n\nEva: I drive.\n"


def a_file(place: str, *names: str, words: str = "I plan it.") -> FileRead:
    read = tuple(a_transcript("How?", words, name=name) for name in names)
    return FileRead(place, f"{names}{words}".encode(), read)


def test_the_same_bytes_are_stored_once_under_any_name(database: Database, stamp: Stamp) -> None:
    study = use_cases.create_study(database, ARRIVE, stamp)
    first = use_cases.add_files(database, study.id, [a_file("x/p1.txt", "p1"), a_file("y/p1.txt", "p1")], stamp)
    second = use_cases.add_files(database, study.id, [a_file("z/other.txt", "p1")], stamp)
    assert [a.transcript.id for a in first.added] == ["p1"]
    assert [(t.place, t.name) for t in (*first.already_there, *second.already_there)] == [
        ("y/p1.txt", "p1"),
        ("z/other.txt", "p1"),
    ]
    assert second.added == ()


def test_the_same_words_under_another_name_are_added_with_a_note(database: Database, stamp: Stamp) -> None:
    study = use_cases.create_study(database, ARRIVE, stamp)
    talk = a_transcript(("Moderator", "How?"), ("Eva", "I walk."), name="p1")
    again = a_transcript(("Moderator", "How?"), ("Eva", "I walk."), name="p2")
    use_cases.add_files(database, study.id, [FileRead("p1.txt", b"1", (talk,))], stamp)
    (added,) = use_cases.add_files(database, study.id, [FileRead("p2.txt", b"2", (again,))], stamp).added
    assert added.transcript.warnings == ("the words are the same as in p1: the interview may be counted twice",)


def test_the_order_of_files_does_not_matter(database: Database, stamp: Stamp) -> None:
    files = [a_file("a/p1.txt", "p1", words="I a."), a_file("b/p1.txt", "p1", words="I b."), a_file("p0.txt", "p0")]
    added = []
    for name, order in (("one", files), ("two", files[::-1])):
        study = use_cases.create_study(database, type(ARRIVE)(name=name, job="", executor=""), stamp)
        added.append([a.transcript for a in use_cases.add_files(database, study.id, order, stamp).added])
    assert added[0] == added[1]
    assert [t.id for t in added[0]] == ["p0", "p1", "p1-2"]


def test_a_file_with_a_nul_in_its_words_is_a_failure_and_leaves_nothing(database: Database, stamp: Stamp) -> None:
    study = use_cases.create_study(database, ARRIVE, stamp)
    files = [a_file("bad.json", "bad", words="I \0 stop"), a_file("good.txt", "good")]
    addition = use_cases.add_files(database, study.id, files, stamp)
    assert [(f.place, f.error.code) for f in addition.failures] == [("bad.json", "malformed_transcript")]
    assert [a.transcript.id for a in addition.added] == ["good"]


def test_if_storing_fails_in_between_nothing_is_stored(
    database: Database, stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = use_cases.create_study(database, ARRIVE, stamp)
    real, calls = transcripts.add, []

    def fail_at_second(*arguments: object, **options: object) -> str:
        calls.append(1)
        if len(calls) == 2:
            raise ZeroDivisionError
        return real(*arguments, **options)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(transcripts, "add", fail_at_second)
    files = [a_file("p1.txt", "p1"), a_file("p2.txt", "p2")]
    with pytest.raises(ZeroDivisionError):
        use_cases.add_files(database, study.id, files, stamp)
    monkeypatch.undo()
    view = use_cases.show_study(database, "arrive")
    assert (view.transcripts, view.participants) == ((), ())
    assert len(use_cases.add_files(database, study.id, files, stamp).added) == 2


def test_two_who_add_the_same_folder_at_once_store_it_once(database: Database, stamp: Stamp, tmp_path: Path) -> None:
    use_cases.create_study(database, ARRIVE, stamp)
    for number in range(6):
        (tmp_path / f"p{number}.txt").write_text(TALK.replace("map", f"map {number}"))
    code = f"""
from pathlib import Path
from api.services.studies import add_paths
from api.store.database import Stamp
print(len(add_paths(database, "arrive", [Path({str(tmp_path)!r})], Stamp.now("w")).added))
"""
    # The SQLite file lies in the folder too; it is passed over, being of no kind that is read.
    running = [in_another_process(database, code) for _ in range(2)]
    added = [int(process.communicate(timeout=120)[0]) for process in running]
    assert sorted(added) == [0, 6]
    assert len(use_cases.show_study(database, "arrive").transcripts) == 6


def test_a_corrected_role_shows_in_what_is_exported(database: Database, stamp: Stamp) -> None:
    study = use_cases.create_study(database, ARRIVE, stamp)
    use_cases.add_files(database, study.id, [a_file("p1.txt", "p1")], stamp)
    use_cases.correct_role(database, "arrive", "p1", "Moderator", Role.OTHER, stamp)
    (content,) = use_cases.export_transcripts(database, "arrive").values()
    assert b'"role": "other"' in content
    with pytest.raises(NotFoundError):
        use_cases.correct_role(database, "arrive", "p2", "Moderator", Role.OTHER, stamp)


def test_what_is_told_of_a_person_is_told_as_a_whole_or_not_at_all(database: Database, stamp: Stamp) -> None:
    study = use_cases.create_study(database, ARRIVE, stamp)
    use_cases.add_files(database, study.id, [a_file("p1.txt", "p1")], stamp)
    use_cases.define_attribute(database, "arrive", "age", AttributeType.NUMBER, stamp)
    use_cases.define_attribute(database, "arrive", "car", AttributeType.FLAG, stamp)
    (person,) = use_cases.show_study(database, "arrive").participants
    with pytest.raises(BadValueError):
        use_cases.describe_participant(database, person.id, {"age": 41, "car": "yes"}, stamp)
    assert use_cases.show_study(database, "arrive").participants[0].attributes == {}
    told = use_cases.describe_participant(database, person.id, {"age": 41, "car": True}, stamp)
    assert told.attributes == {"age": 41, "car": True}


def test_who_waits_to_write_keeps_nobody_from_reading(sqlite_database: Database) -> None:
    database, ended = sqlite_database, threading.Barrier(N_WAITING + 1)

    def write() -> None:
        with database.writing() as session:
            studies.listed(session)  # a session begins with what it does first
        ended.wait(60)

    waiting = [threading.Thread(target=write) for _ in range(N_WAITING)]
    with database.writing() as session:
        studies.listed(session)
        for thread in waiting:
            thread.start()
        deadline = time.monotonic() + 60
        while database.engine.pool.checkedout() <= N_WAITING:  # type: ignore[attr-defined]  # of the pool there is
            assert time.monotonic() < deadline, "those who wait have taken all connections"
            time.sleep(0.01)
        assert use_cases.list_studies(database) == ()
    ended.wait(60)
    for thread in waiting:
        thread.join()
