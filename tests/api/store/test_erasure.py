"""After an erasure nothing is left of whom it was about, in any table and in the file; others keep what is theirs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from api.services import studies as use_cases
from api.services.forgetting import forget_participant
from api.store import decisions, erasure, participants, rules, runs, studies, transcripts, vectors
from api.store.database import Database, Stamp, compact
from api.store.errors import NotFoundError
from api.store.participants import AttributeType
from api.store.rules import RuleKind
from api.store.runs import RunState
from api.store.tables import Table
from jtbd_nlp.domain import Role, Transcript
from jtbd_nlp.quoting import check_quotes
from jtbd_nlp.readers.intake import FileRead
from tests.api.store.conftest import later
from tests.builders import a_need, a_step, a_suggested_need, a_transcript, an_action, an_analysis, an_aside
from tests.stored import ARRIVE, Kept, add_transcripts, keep_rich_study, rich_for_store


def everything_in(database: Database) -> bytes:
    """Each value of each row of each table, and for SQLite also the bytes of its files."""
    found = []
    with database.engine.connect() as connection:
        for table in Table.metadata.tables:
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # noqa: S608
                found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    if database.is_sqlite:
        database.close()
        found += [path.read_bytes() for path in database.path.parent.glob(f"{database.path.name}*")]
    return b"\n".join(found)


def a_pair() -> Transcript:
    return a_transcript(
        ("Moderator", "Eva Novak, how do you begin?"),
        ("Eva Novak", "I call the ferryman Zygmunt before breakfast. It takes ages to reach him."),
        ("Tom", "Eva is right. I print the timetable for the island."),
        ("Moderator", "Do you compare routes, Novak?"),
        ("Eva Novak", "I never compare the crossings."),
        name="pair",
    )


def keep_pair(database: Database, stamp: Stamp) -> tuple[Kept, dict[str, str]]:
    """A study with a transcript of two and one of a third, who supports one step of the first."""
    pair, kim = a_pair(), a_transcript(("Moderator", "And you?"), ("Kim", "I phone the harbour first."), name="solo")
    call = an_action(pair, "call the ferryman Zygmunt before breakfast", phrase="call the ferryman Zygmunt")
    phone = an_action(kim, "phone the harbour first", phrase="phone the harbour")
    print_it = an_action(pair, "print the timetable for the island", phrase="print the timetable")
    need = a_need(pair, "takes ages to reach him", measured="reach Zygmunt")
    shared, own = a_step([call, phone]), a_step([print_it], position=2)
    own = replace(own, counter=(an_aside(pair, "never compare the crossings"),), n_against=1)
    wish = a_suggested_need([need], step=shared.id)
    shared = replace(shared, needs=(wish.id,))
    analysis = an_analysis([pair, kim], [call, phone, print_it, need], [shared, own], [wish], study=ARRIVE)
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
        ids = add_transcripts(session, study_id, [pair, kim], stamp)
        run = runs.queue(session, study_id, {}, stamp)
        runs.move(session, run, RunState.RUNNING, stamp)
        runs.keep(session, run, analysis, stamp)
        people = {p.name: p.id for p in participants.of_study(session, study_id)}
    return Kept(study_id, run, ids), people | {"shared": shared.id, "own": own.id, "need": wish.id}


def test_nothing_of_an_erased_transcript_is_left_anywhere(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    ana = next(t for t in rich_for_store().transcripts if t.id == "ana-commuter")
    said = [s for s in rich_for_store().statements if s.evidence.transcript == ana.id]
    with database.writing() as session:
        person = next(p for p in participants.of_study(session, kept.study) if p.name == "ana-commuter")
        participants.define_attribute(session, kept.study, "home", AttributeType.TEXT, stamp)
        participants.tell(session, person.id, "home", "Cape Wrath", stamp)
        body = {"evidence": [{"transcript": ana.id, "turn": 1, "quote": "my kids laugh"}, {"statement": said[0].id}]}
        decisions.append(session, kept.run, "add", body, stamp)
        note = f"she says “{said[0].evidence.quote}”, see there"
        decisions.append(session, kept.run, "comment", {"text": note}, stamp)
        rules.add(session, kept.study, RuleKind.STOP, {"quote": said[1].evidence.quote}, stamp)
        texts = {vectors.text_sha256(s.evidence.quote): np.ones(3, np.float32) for s in said}
        vectors.keep(session, kept.study, "m", texts, stamp)
    erased = use_cases.erase_transcript(database, kept.transcripts[ana.id], stamp)
    left = everything_in(database)
    assert erased.n_transcripts == 1
    assert erased.n_statements == len(said) > 3
    traces = [t.text for t in ana.turns] + [s.evidence.quote for s in said] + [s.id for s in said]
    traces += ["ana-commuter", "Cape Wrath", "my kids laugh", "ferry runs", ana.sha256, *texts, person.id]
    assert [trace for trace in traces if trace.encode() in left] == []
    assert b"check the parcels" in left


def test_the_run_of_an_erased_transcript_still_holds_together(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    before = rich_for_store()
    with database.writing() as session:
        erased = erasure.transcript(session, kept.transcripts["ana-commuter"], stamp)
    with database.reading() as session:
        after = runs.analysis(session, kept.run)
        run = runs.get(session, kept.run)
    check_quotes(after)
    assert [t.id for t in after.transcripts] == [t.id for t in before.transcripts if t.id != "ana-commuter"]
    assert after.manifest.inputs == tuple((t.id, t.sha256) for t in after.transcripts)
    assert all(s.n_participants <= next(b for b in before.steps if b.id == s.id).n_participants for s in after.steps)
    lost = {i for _, i in erased.lost_support}
    assert lost == {s.id for s in (*before.steps, *before.needs)} - {s.id for s in (*after.steps, *after.needs)}
    assert run.redacted_at == stamp.at


def test_a_step_that_others_support_is_worded_as_they_put_it(database: Database, stamp: Stamp) -> None:
    kept, ids = keep_pair(database, stamp)
    with database.writing() as session:
        erased = erasure.participant(session, ids["pair: Eva Novak"], later(stamp))
        after = runs.analysis(session, kept.run)
    steps = {s.id: s for s in after.steps}
    assert (steps[ids["shared"]].phrase, steps[ids["shared"]].n_participants) == ("phone the harbour", 1)
    assert (steps[ids["own"]].counter, steps[ids["own"]].n_against) == ((), 0)
    assert after.needs == ()
    assert erased.lost_support == ((kept.run, ids["need"]),)
    assert erased.unsupported == ()


def test_what_somebody_decided_on_keeps_its_place_and_wording_without_support(database: Database, stamp: Stamp) -> None:
    kept, ids = keep_pair(database, stamp)
    with database.writing() as session:
        decisions.append(session, kept.run, "approve", {"suggestion": ids["own"]}, stamp)
        erased = erasure.participant(session, ids["pair: Tom"], stamp)
        after = runs.analysis(session, kept.run)
        (decision,) = decisions.of_run(session, kept.run)
    step = next(s for s in after.steps if s.id == ids["own"])
    assert (step.phrase, step.statements, step.n_participants) == ("print the timetable", (), 0)
    assert erased.unsupported == ((kept.run, ids["own"]),)
    assert (decision.body, decision.redacted_at) == ({"suggestion": ids["own"]}, None)


def test_of_an_erased_person_nothing_is_left_and_others_in_the_room_keep_their_words(
    database: Database, stamp: Stamp
) -> None:
    kept, ids = keep_pair(database, stamp)
    with database.writing() as session:
        transcripts.correct_role(session, kept.transcripts["pair"], "Eva Novak", Role.PARTICIPANT, stamp)
        quoted = {"transcript": "pair", "span": {"turn": 1, "start": 7, "end": 19}, "quote": "the ferryman"}
        other = {"transcript": "pair", "turn": 2, "quote": "print the timetable"}
        decisions.append(session, kept.run, "add", {"evidence": [quoted, other]}, stamp)
        decisions.append(session, kept.run, "comment", {"text": "ask Eva again"}, stamp)
    erased = forget_participant(database, ids["pair: Eva Novak"], stamp).erased
    left = everything_in(database)
    traces = [
        "Eva",
        "Novak",
        "Zygmunt",
        "breakfast",
        "ferryman",
        "takes ages",
        "crossings",
        ids["pair: Eva Novak"][12:],
    ]
    assert [trace for trace in traces if trace.encode() in left] == traces[-1:]  # the tombstone's id
    assert (erased.n_transcripts, erased.n_redacted_transcripts) == (0, 1)
    with database.reading() as session:
        pair = transcripts.get(session, kept.transcripts["pair"])
        after = runs.analysis(session, kept.run)
        first, second = decisions.of_run(session, kept.run)
        assert transcripts.upload(session, pair.upload_id).content is None
    check_quotes(after)
    assert pair.transcript.participants == ("Tom",)
    assert [len(t.text) for t in pair.transcript.turns] == [len(t.text) for t in a_pair().turns]
    assert pair.transcript.turns[2].text == "███ is right. I print the timetable for the island."
    assert first.body == {"evidence": [other]}
    assert second.body == {"text": "ask ███ again"}


def test_erasing_who_speaks_alone_erases_the_transcript(database: Database, stamp: Stamp) -> None:
    _, ids = keep_pair(database, stamp)
    erased = forget_participant(database, ids["solo"], stamp).erased
    assert (erased.n_transcripts, erased.n_redacted_transcripts) == (1, 0)
    assert b"harbour" not in everything_in(database)


def test_a_person_who_speaks_elsewhere_stays_when_one_transcript_goes(database: Database, stamp: Stamp) -> None:
    with database.writing() as session:
        study_id = studies.add(session, ARRIVE, stamp)
        ids = add_transcripts(session, study_id, [a_transcript(name="p1"), a_transcript(name="p2")], stamp)
        first, second = participants.of_study(session, study_id)
        participants.unite(session, first.id, second.id, stamp)
        erasure.transcript(session, ids["p1"], stamp)
        (person,) = participants.of_study(session, study_id)
    assert person.speaks_in == ((ids["p2"], "P2"),)


def test_a_file_of_several_interviews_goes_when_one_of_them_does_and_is_not_added_again(
    database: Database, stamp: Stamp
) -> None:
    study = use_cases.create_study(database, ARRIVE, stamp)
    both = (a_transcript("Q?", "I swim to the zeppelin.", name="a"), a_transcript("Q?", "I walk.", name="b"))
    file = FileRead("all.csv", b"a,I swim to the zeppelin.\nb,I walk.\n", both)
    added = use_cases.add_files(database, study.id, [file], stamp).added
    use_cases.erase_transcript(database, added[0].id, stamp)
    assert b"zeppelin" not in everything_in(database)
    again = use_cases.add_files(database, study.id, [file], stamp)
    assert (again.added, [there.name for there in again.already_there]) == ((), ["b"])


def test_an_erased_study_leaves_one_row_with_its_id(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    vectors.CachingEmbedder(_Ones(), database, study_id=kept.study, model_sha256="m").embed(["plan"])
    use_cases.delete_study(database, kept.study, stamp)
    with database.reading() as session:
        counts = {t: session.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in Table.metadata.tables}  # noqa: S608
        assert erasure.tombstones(session) == (erasure.Tombstone(kind="study", subject_id=kept.study),)
    assert {table for table, n in counts.items() if n} == {"erasures", "audit_entries"}
    assert b"parcels" not in everything_in(database)


def test_erasing_what_is_not_there_is_said(database: Database, stamp: Stamp) -> None:
    for erase in (erasure.study, erasure.transcript, erasure.participant):
        with pytest.raises(NotFoundError), database.writing() as session:
            erase(session, "nothing_0", stamp)


def test_an_erasure_that_fails_in_between_erases_nothing(
    database: Database, stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keep_rich_study(database, stamp)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(vectors, "forget", fail)
        with pytest.raises(ZeroDivisionError):
            use_cases.erase_transcript(database, kept.transcripts["ana-commuter"], stamp)
    with database.reading() as session:
        assert runs.analysis(session, kept.run) == rich_for_store()


def test_compacting_keeps_everything(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    compact(database)
    with database.reading() as session:
        assert runs.analysis(session, kept.run) == rich_for_store()


class _Ones:
    name = "ones"
    dim = 2

    def embed(self, texts: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.ones((len(texts), 2), np.float32)
