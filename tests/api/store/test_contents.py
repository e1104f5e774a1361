"""Files that were handed over, as a server gets them, and studies that change."""

from __future__ import annotations

import io
import zipfile

import pytest

from api.services.listings import get_transcript, list_people, list_transcripts
from api.services.studies import add_contents, change_study, create_study, describe_participant
from api.store.database import Database, Stamp
from api.store.errors import NameTakenError, NotFoundError
from tests.api.store.conftest import later
from tests.stored import ARRIVE, keep_rich_study

TALK = (
    b"Moderator: How do you plan?\n\nEva: I look at the map and then I call a friend.\n\n"
    b"Moderator: And then?\n\nEva: I drive.\n"
)


def test_handed_over_files_are_added_by_place(database: Database, stamp: Stamp) -> None:
    study = create_study(database, ARRIVE, stamp).id
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("tom.txt", TALK.replace(b"Eva", b"Tom"))
        archive.writestr("README.txt", "about")
    contents = [("eva.txt", TALK), ("more.zip", packed.getvalue()), ("scan.png", b"\x89PNG\r\n\x1a\n\0\0")]
    addition = add_contents(database, study, contents, stamp)
    assert [(a.place, a.transcript.id) for a in addition.added] == [("eva.txt", "eva"), ("more.zip/tom.txt", "tom")]
    assert [s.place for s in addition.skipped] == ["more.zip/README.txt"]
    assert [f.place for f in addition.failures] == ["scan.png"]
    again = add_contents(database, study, [("other.txt", TALK)], stamp)
    assert [(t.place, t.name) for t in again.already_there] == [("other.txt", "eva")]


def test_a_study_changes_what_it_is_told_to_and_nothing_else(database: Database, stamp: Stamp) -> None:
    study = create_study(database, ARRIVE, stamp).id
    changed = change_study(database, study, later(stamp), executor="courier").study
    assert (changed.name, changed.job, changed.executor) == (ARRIVE.name, ARRIVE.job, "courier")


def test_a_person_is_renamed_together_with_what_is_told_or_not_at_all(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    first, second, *_ = list_people(database, kept.study)
    assert describe_participant(database, first.id, {}, later(stamp), name="the driver").name == "the driver"
    with pytest.raises(NameTakenError):
        describe_participant(database, second.id, {}, later(stamp), name="the driver")


def test_an_interview_is_found_by_name_or_id_with_what_a_run_found_in_it(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    listed = list_transcripts(database, kept.study, after=None, limit=None)[0]
    transcript, found = get_transcript(database, kept.study, listed.name, highlights="latest")
    assert transcript.id == listed.id
    assert found
    for one in found:
        span = one.body["evidence"]["span"]
        text = transcript.transcript.turns[span["turn"]].text
        assert text[span["start"] : span["end"]] == one.body["evidence"]["quote"]
    assert get_transcript(database, kept.study, listed.id, highlights=None)[1] is None
    with pytest.raises(NotFoundError):
        get_transcript(database, kept.study, listed.id, highlights="run_0")
    with pytest.raises(NotFoundError):
        get_transcript(database, create_study(database, ARRIVE_2, stamp).id, listed.id, highlights=None)


ARRIVE_2 = type(ARRIVE)(name="arrive again", job="", executor="")
