"""Of a forgotten person no word is left: in no table, file or log, and in no backup once it is restored."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path

import numpy as np
import pytest

from api.durable.working import state_path
from api.services import audit, pseudonyms, reviews, webhooks
from api.services.forgetting import find_person, forget_participant, loss_of
from api.services.pseudonyms import Pseudonymiser, begin, list_pseudonyms, open_book
from api.services.requests import Answer, once
from api.services.runs import start_run
from api.services.studies import add_files, correct_role, create_study, define_attribute, describe_participant
from api.services.targets import Targets
from api.store import maintenance, outbox, rules, vectors
from api.store.database import Database, Stamp
from api.store.errors import NotFoundError
from api.store.participants import AttributeType
from api.store.rules import RuleKind
from jtbd_nlp.domain import Role, Transcript
from jtbd_nlp.pseudonyms import Name
from jtbd_nlp.readers.intake import FileRead
from jtbd_nlp.review import EntryState
from tests.api.store.conftest import later
from tests.builders import a_transcript
from tests.running import work_off
from tests.stored import ARRIVE

# Of what she says, what she is called, and what is told of her.
TRACES = ("Zygmunt", "breakfast", "crossings", "Novak", "Eva", "Cape Wrath", "lighthouse")


def interviews() -> list[Transcript]:
    pair = a_transcript(
        ("Moderator", "Eva Novak, how do you begin?"),
        ("Eva Novak", "I telephone somebody called Zygmunt before breakfast."),
        ("Tom", "As Eva says, I print the timetable."),
        ("Eva Novak", "I print the list of crossings."),
        name="pair",
    )
    solo = a_transcript(("Moderator", "And you?"), ("Kim", "I print the map at home."), name="solo")
    return [pair, solo]


def keep_everything(database: Database, stamp: Stamp) -> tuple[str, str]:
    """A study in which each thing that keeps words keeps some of hers; its id, and her id."""
    study = create_study(database, ARRIVE, stamp).id
    files = [FileRead(f"{t.id}.txt", b"raw " + t.canonical_bytes(), (t,)) for t in interviews()]
    add_files(database, study, files, stamp)
    correct_role(database, study, "pair", "Eva Novak", Role.PARTICIPANT, stamp)
    eva = find_person(database, study, "Eva Novak").id
    define_attribute(database, study, "home", AttributeType.TEXT, stamp)
    describe_participant(database, eva, {"home": "Cape Wrath"}, stamp)
    webhooks.add_webhook(
        database, study, "http://localhost/x", ["jobmap.changed"], stamp, targets=Targets.of(["127.0.0.0/8", "::1"])
    )
    run = start_run(database, study, stamp)
    work_off(database, run.id)
    for step in reviews.job_map(database, study).steps:
        reviews.decide(database, study, {"kind": "approve", "entry": step.id, "seen": {step.id: step.revision}}, stamp)
    step = next(s for s in reviews.job_map(database, study).steps if "print" in s.wording)
    note = "Eva said: “I print the list of crossings.”"
    reviews.decide(
        database, study, {"kind": "comment", "entry": step.id, "seen": {step.id: step.revision}, "text": note}, stamp
    )
    with database.writing() as session:
        rules.add(session, study, RuleKind.STOP, {"quote": "I print the list of crossings."}, stamp)
        texts = {vectors.text_sha256("I print the list of crossings."): np.ones(3, np.float32)}
        vectors.keep(session, study, "m", texts, stamp)
        outbox.add(session, study, "jobmap.changed", {"revision": 1}, stamp)
    answer = {"files": [{"place": "Eva Novak at the lighthouse.txt"}]}
    now = Stamp.now("ana")
    once(database, lambda: Answer(200, answer), caller="key_1", key="k", fingerprint="f", stamp=now, study_id=study)
    audit.note(database, audit.entry(stamp, "read", "show", study=study, subjects={"participant": eva, "who": "Eva"}))
    return study, eva


def left_in(database: Database) -> list[str]:
    """Which traces are left, in all files of a SQLite database and of the engine beside it, or in a server's dump."""
    if database.is_sqlite:
        folder = database.path.parent
        names = [path.name for path in folder.iterdir()]
        assert database.path.name in names
        content = b"\n".join(path.read_bytes() for path in folder.iterdir() if path.name.startswith("studies"))
    else:
        url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        content = subprocess.run(["pg_dump", url], capture_output=True, check=True).stdout
    return [trace for trace in TRACES if trace.encode() in content]


def test_nothing_is_left_of_a_forgotten_person_anywhere(
    database: Database, stamp: Stamp, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    study, eva = keep_everything(database, stamp)
    assert left_in(database) == list(TRACES)
    if database.is_sqlite:
        assert state_path(database).is_file()
    backup = tmp_path / "backups" / "before"
    maintenance.backup(database, backup)
    forgotten = forget_participant(database, eva, later(stamp, 9))
    assert forgotten.is_compacted
    assert left_in(database) == []
    assert maintenance.check(database).faults == ()
    maintenance.restore(database, backup, later(stamp, 10), overwrite=True)
    database.close()
    assert left_in(database) == []
    assert maintenance.check(database).faults == ()
    with pytest.raises(NotFoundError):
        find_person(database, study, eva)
    assert [trace for trace in TRACES if trace in caplog.text] == []


def test_who_forgot_whom_is_in_the_audit_log_by_id(database: Database, stamp: Stamp) -> None:
    _, eva = keep_everything(database, stamp)
    forgotten = forget_participant(database, eva, later(stamp, 9, "tom"))
    last = audit.list_entries(database, act="erased")[0].entry
    assert (last.by, last.what, dict(last.subjects)) == ("tom", "participant forgotten", {"participant": eva})
    assert last.counts["n_statements"] == forgotten.erased.n_statements == 2


def test_what_would_be_lost_is_told_before_and_is_what_is_lost(database: Database, stamp: Stamp) -> None:
    study, eva = keep_everything(database, stamp)
    before = {s.id: s.wording for s in reviews.job_map(database, study).steps}
    told = loss_of(database, eva)
    assert told is not None
    assert {before[i] for i in told.lost_support} == {"I telephone somebody"}
    assert {before[i] for i in told.weakened} == {"I print the"}
    assert forget_participant(database, eva, later(stamp, 9)).loss == told
    after = reviews.job_map(database, study).steps
    assert {s.wording for s in after if s.state is EntryState.LOST_SUPPORT} == {"I telephone somebody"}
    assert {s.id for s in after} == before.keys()


def test_a_person_of_a_study_without_a_map_can_be_forgotten(database: Database, stamp: Stamp) -> None:
    study = create_study(database, ARRIVE, stamp).id
    talk = interviews()[1]
    add_files(database, study, [FileRead("solo.txt", b"raw", (talk,))], stamp)
    kim = find_person(database, study, "Kim")
    assert find_person(database, study, "solo") == find_person(database, study, kim.id) == kim
    assert loss_of(database, kim.id) is None
    assert forget_participant(database, kim.id, stamp).erased.n_transcripts == 1
    with pytest.raises(NotFoundError):
        forget_participant(database, kim.id, stamp)


def test_who_stands_behind_a_pseudonym_is_forgotten_without_the_key(
    database: Database, stamp: Stamp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Finder:
        def names(self, transcript: Transcript) -> tuple[Name, ...]:
            text = " ".join(turn.speaker for turn in transcript.turns)
            return tuple(Name("person", name) for name in ("Eva Novak", "Tom", "Kim") if name in text)

    monkeypatch.setattr(pseudonyms, "shared_recogniser", Finder)
    study = create_study(database, ARRIVE, stamp).id
    key = begin(database, study, stamp).key
    files = [FileRead(f"{t.id}.txt", b"raw " + t.canonical_bytes(), (t,)) for t in interviews()]
    add_files(database, study, files, stamp, names=Pseudonymiser(database, study, key))
    assert {e.pseudonym: e.names for e in open_book(database, study, key, stamp) if e.kind == "person"} == {
        "P1": ("Eva Novak",),
        "P2": ("Kim",),
        "P3": ("Tom",),
    }
    maintenance.backup(database, tmp_path / "copy")
    forget_participant(database, find_person(database, study, "P1").id, stamp)
    assert [p.pseudonym for p in list_pseudonyms(database, study) if p.kind != "person"] == ["interview-2"]
    maintenance.restore(database, tmp_path / "copy", later(stamp), overwrite=True)
    assert [p.pseudonym for p in list_pseudonyms(database, study) if p.kind == "person"] == ["P2", "P3"]
    add_files(
        database,
        study,
        [FileRead("new.txt", b"new", (a_transcript(("M", "?"), ("Eva Novak", "I walk."), name="new"),))],
        later(stamp),
        names=Pseudonymiser(database, study, key),
    )
    assert [p.pseudonym for p in list_pseudonyms(database, study) if p.kind == "person"] == ["P2", "P3", "P4"]
