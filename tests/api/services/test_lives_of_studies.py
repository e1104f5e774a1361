"""Whatever comes to a study, in whatever order: what people approved changes by their decisions alone."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.services import reviews
from api.store import erasure, participants, transcripts
from api.store.database import Database, Stamp, database_url
from api.store.reviews import ReviewMemory, load, run_of
from jtbd_nlp.domain import Role, Transcript, Turn
from jtbd_nlp.errors import DecisionNotAllowedError
from jtbd_nlp.review import JobMap, MapStep, to_json
from jtbd_nlp.review.decisions import KINDS
from tests.kept_review import NAME, KeptReview, keep_review
from tests.reviewed_study import DEEDS, MOVES, an_interview, resolved

# What may come to a study, as numbers that are looked up on whatever there is then.
KINDS_OF_EVENTS = ("decide", "decide", "decide", "run", "add", "erase person", "erase talk", "role")
EVENTS = st.lists(st.tuples(st.sampled_from(KINDS_OF_EVENTS), MOVES), min_size=4, max_size=14)


def a_couple(name: str) -> Transcript:
    """Two people in one interview, who tell the deeds in turn."""
    turns = [Turn(0, "Moderator", Role.INTERVIEWER, "How do you do it?")]
    for i, deed in enumerate(DEEDS):
        who = f"{'Tom' if i % 2 else 'Eva'} of {name}"
        turns.append(Turn(i + 1, who, Role.PARTICIPANT, f"Well, I {deed} first of all."))
    return Transcript(id=name, title=name, source=f"{name}.txt", turns=tuple(turns))


def approved(job_map: JobMap) -> list[tuple[object, ...]]:
    """What may not change by itself: of each stage its approved steps in their order, and needs at their steps."""
    kept = [e for e in job_map.entries if e.is_approved]
    return [(e.id, e.wording, e.review, e.stage if isinstance(e, MapStep) else e.step) for e in kept]


def happen(kept: KeptReview, event: str, move: Any, number: int) -> bool:
    """Let something happen to the study; give whether it was a decision."""
    _, a, _, c = move
    database, stamp = kept.database, Stamp(("ana", "ben")[c % 2], kept.stamp.at)
    if event == "decide":
        job_map = reviews.job_map(database, NAME)
        if not (job_map.steps and job_map.needs and job_map.analysis.statements):
            return False
        body = to_json(resolved(move, job_map, number))
        asked = {k: v for k, v in body.items() if k not in ("schema", "id", "run", "by", "at")}
        try:
            reviews.decide(database, NAME, asked, stamp)
        except DecisionNotAllowedError:
            return False
        return True
    if event == "run":
        kept.run()
        return False
    if event == "add":
        kept.add((a_couple if c % 2 else an_interview)(f"p{100 + number}"))
        return False
    with database.writing() as session:
        talks = transcripts.of_study(session, kept.study)
        people = participants.of_study(session, kept.study)
        if event == "role" and talks:
            talk = talks[a % len(talks)]
            spoken = sorted({turn.speaker for turn in talk.transcript.turns})
            role = (Role.OTHER, Role.PARTICIPANT)[c % 2]
            transcripts.correct_role(session, talk.id, spoken[a % len(spoken)], role, stamp)
        elif event == "erase talk" and talks:
            erasure.transcript(session, talks[a % len(talks)].id, stamp)
        elif event == "erase person" and people:
            erasure.participant(session, people[a % len(people)].id, stamp)
    return False


def afresh(database: Database) -> JobMap:
    found = reviews.reviewed(database, NAME)
    with database.reading() as session:
        run = run_of(session, found.study_id, found.run_id)
        return load(database, session, run, memory=ReviewMemory()).job_map


def live(database: Database, stamp: Stamp, events: list[tuple[str, Any]]) -> None:
    kept = keep_review(database, stamp, [an_interview("p1"), a_couple("p2")])
    for number, (event, move) in enumerate(events):
        before = reviews.job_map(database, NAME)
        is_decision = happen(kept, event, move, number)
        after = reviews.job_map(database, NAME)
        assert after == afresh(database), (event, "what is remembered is what is kept")
        if not is_decision:
            assert approved(after) == approved(before), event
            assert after.conflicts == before.conflicts, (event, "no decision is passed over")
        there = {t.id for t in after.analysis.transcripts}
        assert all(e.evidence.transcript in there for e in after.voices.values())
        reviews.reviewed(database, NAME).to_plain()


@pytest.fixture
def blank(sqlite_template: bytes, tmp_path: Path) -> Path:
    """A SQLite database that is laid out and holds nothing, to be copied."""
    path = tmp_path / "blank.sqlite3"
    path.write_bytes(sqlite_template)
    return path


@contextmanager
def a_copy(blank: Path) -> Iterator[Database]:
    folder = Path(tempfile.mkdtemp())
    shutil.copy(blank, folder / "studies.sqlite3")
    database = Database(database_url(str(folder / "studies.sqlite3")))
    try:
        yield database
    finally:
        database.close()
        shutil.rmtree(folder)


@pytest.mark.slow
@given(EVENTS)
# A life takes long to live again: a failing one is shown as it was found.
@settings(
    max_examples=20,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_that_comes_to_a_study_changes_what_was_approved(
    blank: Path, stamp: Stamp, events: list[tuple[str, Any]]
) -> None:
    with a_copy(blank) as database:
        live(database, stamp, events)


@pytest.mark.parametrize("seed", range(2))
def test_nor_does_it_on_postgresql(laid_out: Callable[[bool], str], stamp: Stamp, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - chance for tests, not for secrets
    events = [
        (rng.choice(KINDS_OF_EVENTS), (rng.choice(KINDS), rng.randint(0, 50), rng.randint(0, 50), rng.randint(1, 50)))
        for _ in range(14)
    ]
    database = Database(database_url(laid_out(False)))
    try:
        live(database, stamp, events)
    finally:
        database.close()
