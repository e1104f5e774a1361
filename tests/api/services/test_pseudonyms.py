"""Interviews that are added under pseudonyms: no name is left in any table, and the key brings them back."""

from __future__ import annotations

import pytest

from api.services import audit, pseudonyms
from api.services.pseudonyms import Pseudonymiser, add_name, begin, list_pseudonyms, open_book, remove_name
from api.services.runs import start_run
from api.services.studies import add_files, create_study
from api.store import maintenance, participants, transcripts
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, NotFoundError, RunStateError
from api.store.pseudonyms import KeyNeededError
from jtbd_nlp.domain import Transcript
from jtbd_nlp.pseudonyms import Name
from jtbd_nlp.pseudonyms.sealing import WrongKeyError, new_key
from jtbd_nlp.readers.intake import FileRead
from tests.api.store.conftest import later
from tests.api.store.test_erasure import everything_in
from tests.builders import a_transcript
from tests.stored import ARRIVE

KNOWN = {"Eva Novak": "person", "Eva": "person", "Zygmunt": "person", "Halle": "place", "Tom": "person"}
PAIR = (("Moderator", "Eva, how?"), ("Eva Novak", "Zygmunt drives me to Halle."), ("Moderator", "Does Zygmunt mind?"))
SOLO = (("Moderator", "And you?"), ("Tom", "I call Eva and walk to the harbour."))


class Finder:
    """Finds names that it knows, where the real one takes seconds to load."""

    def names(self, transcript: Transcript) -> tuple[Name, ...]:
        text = " ".join(f"{turn.speaker} {turn.text}" for turn in transcript.turns)
        return tuple(Name(kind, name) for name, kind in KNOWN.items() if name in text)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def finder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pseudonyms, "shared_recogniser", Finder)


@pytest.fixture
def study(database: Database, stamp: Stamp) -> str:
    return create_study(database, ARRIVE, stamp).id


def a_file(name: str, *turns: tuple[str, str]) -> FileRead:
    talk = a_transcript(*turns, name=name)
    return FileRead(f"talks/{name}.txt", b"raw " + talk.canonical_bytes(), (talk,))


def test_no_name_is_left_anywhere_and_the_key_says_who_is_who(database: Database, study: str, stamp: Stamp) -> None:
    key = begin(database, study, stamp).key
    keeper = Pseudonymiser(database, study, key)
    (added,) = add_files(database, study, [a_file("Eva Novak 2026", *PAIR)], stamp, names=keeper).added
    assert [t.text for t in added.transcript.turns] == ["P1, how?", "P2 drives me to Place 1.", "Does P2 mind?"]
    left = everything_in(database)
    traces = [*KNOWN, "Eva Novak 2026", "raw {", key, key.removeprefix("jtbdstudy_")]
    assert [trace for trace in traces if trace.encode() in left and trace != "Tom"] == []
    book = {entry.pseudonym: entry.names for entry in open_book(database, study, key, stamp)}
    assert book == {
        "P1": ("Eva Novak", "Eva"),
        "P2": ("Zygmunt",),
        "Place 1": ("Halle",),
        "interview-1": ("Eva Novak 2026",),
    }
    assert sorted(p.pseudonym for p in list_pseudonyms(database, study)) == sorted(book)
    assert maintenance.check(database).faults == ()


def test_the_same_person_has_the_same_pseudonym_in_a_later_upload(database: Database, study: str, stamp: Stamp) -> None:
    key = begin(database, study, stamp).key
    add_files(database, study, [a_file("one", *PAIR)], stamp, names=Pseudonymiser(database, study, key))
    (added,) = add_files(
        database, study, [a_file("two", *SOLO)], later(stamp), names=Pseudonymiser(database, study, key)
    ).added
    assert [(t.speaker, t.text) for t in added.transcript.turns] == [
        ("Moderator", "And you?"),
        ("P3", "I call P1 and walk to the harbour."),
    ]
    with database.reading() as session:
        stored = transcripts.get(session, added.id)
        upload = transcripts.upload(session, stored.upload_id)
    assert (stored.transcript.id, upload.filename, upload.content) == ("interview-2", "interview-2", None)


def test_the_same_file_is_not_added_again_and_gives_no_new_pseudonyms(
    database: Database, study: str, stamp: Stamp
) -> None:
    key = begin(database, study, stamp).key
    for _ in range(2):
        addition = add_files(database, study, [a_file("one", *PAIR)], stamp, names=Pseudonymiser(database, study, key))
    assert (addition.added, [there.name for there in addition.already_there]) == ((), ["interview-1"])
    assert len(list_pseudonyms(database, study)) == 4


def test_a_study_with_pseudonyms_takes_nothing_in_clear_and_no_other_key(
    database: Database, study: str, stamp: Stamp
) -> None:
    begin(database, study, stamp)
    with pytest.raises(KeyNeededError):
        add_files(database, study, [a_file("one", *PAIR)], stamp)
    with pytest.raises(WrongKeyError):
        Pseudonymiser(database, study, new_key())
    with pytest.raises(WrongKeyError):
        open_book(database, study, new_key(), stamp)
    assert b"Zygmunt" not in everything_in(database)


def test_pseudonyms_begin_before_the_first_interview_and_once(database: Database, study: str, stamp: Stamp) -> None:
    with pytest.raises(KeyNeededError, match="begin"):
        Pseudonymiser(database, study, new_key())
    add_files(database, study, [a_file("one", *PAIR)], stamp)
    with pytest.raises(BadValueError, match="1 interviews"):
        begin(database, study, stamp)
    other = create_study(database, type(ARRIVE)(name="other", job="", executor=""), stamp).id
    begin(database, other, stamp)
    with pytest.raises(BadValueError, match="already"):
        begin(database, other, stamp)
    assert pseudonyms.are_used(database, other)
    assert not pseudonyms.are_used(database, study)


def test_who_looked_behind_the_pseudonyms_is_in_the_audit_log(database: Database, study: str, stamp: Stamp) -> None:
    key = begin(database, study, stamp).key
    open_book(database, study, key, later(stamp, by="tom"))
    said = [(kept.entry.by, kept.entry.what) for kept in audit.list_entries(database, study=study)]
    assert said == [("tom", "pseudonyms opened"), ("ana", "pseudonyms begun")]


def test_a_name_that_was_missed_is_replaced_in_all_interviews_and_all_that_come(
    database: Database, study: str, stamp: Stamp
) -> None:
    key = begin(database, study, stamp).key
    talk = (("Moderator", "And Evi, how?"), ("Wanda", "I walk to the harbour with Evi."))
    add_files(database, study, [a_file("one", *PAIR)], stamp, names=Pseudonymiser(database, study, key))
    add_files(database, study, [a_file("two", *talk)], stamp, names=Pseudonymiser(database, study, key))
    assert add_name(database, study, key, Name("person", "Wanda"), later(stamp)).pseudonym == "P3"
    assert add_name(database, study, key, Name("person", "Evi"), later(stamp), same_as="P1").names[-1] == "Evi"
    with database.reading() as session:
        (stored,) = [t for t in transcripts.of_study(session, study) if t.transcript.id == "interview-2"]
        people = {p.name: p.speaks_in for p in participants.of_study(session, study)}
    assert [(t.speaker, t.text) for t in stored.transcript.turns] == [
        ("Moderator", "And P1, how?"),
        ("P3", "I walk to the harbour with P1."),
    ]
    assert people["interview-2"] == ((stored.id, "P3"),)
    left = everything_in(database)
    assert [name for name in (b"Wanda", b"Evi ") if name in left] == []
    assert maintenance.check(database).faults == ()
    third = add_files(
        database, study, [a_file("three", *talk)], later(stamp), names=Pseudonymiser(database, study, key)
    )
    assert [there.place for there in third.already_there] == []
    assert "Wanda" not in str(third.added)


def test_what_was_no_name_is_put_back_and_left_alone(database: Database, study: str, stamp: Stamp) -> None:
    key = begin(database, study, stamp).key
    add_files(database, study, [a_file("one", *PAIR)], stamp, names=Pseudonymiser(database, study, key))
    remove_name(database, study, key, "Place 1", later(stamp))
    (added,) = add_files(
        database,
        study,
        [a_file("two", ("M", "Halle?"), ("Tom", "Halle."))],
        stamp,
        names=Pseudonymiser(database, study, key),
    ).added
    with database.reading() as session:
        texts = [t.text for stored in transcripts.of_study(session, study) for t in stored.transcript.turns]
    assert "P2 drives me to Halle." in texts
    assert added.transcript.turns[0].text == "Halle?"


def test_names_are_looked_at_before_the_first_run(database: Database, study: str, stamp: Stamp) -> None:
    key = begin(database, study, stamp).key
    add_files(database, study, [a_file("one", *PAIR)], stamp, names=Pseudonymiser(database, study, key))
    start_run(database, study, stamp)
    for act in (
        lambda: add_name(database, study, key, Name("person", "drives"), stamp),
        lambda: remove_name(database, study, key, "P2", stamp),
    ):
        with pytest.raises(RunStateError, match="a run has read"):
            act()


def test_what_cannot_be_added_or_put_back_is_said(database: Database, study: str, stamp: Stamp) -> None:
    key = begin(database, study, stamp).key
    add_files(database, study, [a_file("one", *PAIR)], stamp, names=Pseudonymiser(database, study, key))
    for name, same_as, error in (
        ("Eva", None, BadValueError),
        ("x", None, BadValueError),
        ("Evi", "P9", NotFoundError),
    ):
        with pytest.raises(error):
            add_name(database, study, key, Name("person", name), stamp, same_as=same_as)
    with pytest.raises(NotFoundError):
        remove_name(database, study, key, "P9", stamp)
    with pytest.raises(BadValueError):
        remove_name(database, study, key, "interview-1", stamp)
    with pytest.raises(WrongKeyError):
        remove_name(database, study, new_key(), "P1", stamp)


def test_a_name_that_a_later_interview_makes_known_goes_from_earlier_ones_too(
    database: Database, study: str, stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(KNOWN, "Zygmunt")
    key = begin(database, study, stamp).key
    add_files(database, study, [a_file("one", *PAIR)], stamp, names=Pseudonymiser(database, study, key))
    monkeypatch.setitem(KNOWN, "Zygmunt", "person")
    later_one = a_file("two", ("M", "Who?"), ("Tom", "Zygmunt."))
    add_files(database, study, [later_one], stamp, names=Pseudonymiser(database, study, key))
    with database.reading() as session:
        texts = [t.text for stored in transcripts.of_study(session, study) for t in stored.transcript.turns]
    assert "P3 drives me to Place 1." in texts
    assert not any("Zygmunt" in text for text in texts)
