"""Looking at what belongs to a study: its interviews, its people, and what its runs found, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from api.store import listings, participants, studies, transcripts
from api.store.database import Database, Session
from api.store.errors import NotFoundError
from api.store.listings import ListedStatement, ListedSuggestion, ListedTranscript
from api.store.participants import Attribute, Participant
from api.store.runs import RunState
from api.store.studies import StoredStudy
from api.store.transcripts import StoredTranscript

T = TypeVar("T")

LATEST: Final = "latest"
# A whole list is read in pieces of this many rows, so that it never stands in memory as one.
PER_READ: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """A run whose findings are listed; they are the same as long as this is."""

    id: str
    number: int
    redacted_at: datetime | None


def get_study(database: Database, study_id: str) -> StoredStudy:
    """A study by its id.

    Raises:
        NotFoundError: there is none.
    """
    with database.reading() as session:
        return studies.get(session, study_id)


def list_transcripts(
    database: Database, study_id: str, *, after: str | None, limit: int | None
) -> tuple[ListedTranscript, ...]:
    """The interviews of a study without their words, in the order they were added, after the one with an id."""
    with database.reading() as session:
        return listings.transcripts_of(session, study_id, after=after, limit=limit)


def spoken(database: Database, transcript_ids: Iterable[str]) -> dict[str, StoredTranscript]:
    """Interviews with their words by id, to tell who speaks in them; ids of none are left out."""
    with database.reading() as session:
        return {one.id: one for one in transcripts.of_ids(session, transcript_ids)}


def get_transcript(
    database: Database, study_id: str, name_or_id: str, *, highlights: str | None
) -> tuple[StoredTranscript, tuple[ListedStatement, ...] | None]:
    """An interview, and what a run found in it.

    Args:
        highlights: id of the run, or `LATEST` for the last that is done (nothing is found where none is); None asks
            for none.

    Raises:
        NotFoundError: the study has no such interview, or no such run that is done.
    """
    with database.reading() as session:
        kept = _transcript(session, study_id, name_or_id)
        if highlights is None:
            return kept, None
        run_id = listings.latest_done(session, study_id) if highlights == LATEST else highlights
        if run_id is None:
            return kept, ()
        _done_run(session, study_id, run_id)
        return kept, listings.statements_of(session, run_id, transcript_id=kept.id)


def transcript_name(database: Database, study_id: str, name_or_id: str) -> str:
    """The name of an interview in its study.

    Raises:
        NotFoundError: the study has no such interview.
    """
    with database.reading() as session:
        return _transcript(session, study_id, name_or_id).transcript.id


def transcript_ids(database: Database, study_id: str) -> dict[str, str]:
    """Ids of a study's interviews by name."""
    with database.reading() as session:
        return {known.name: known.id for known in transcripts.known(session, study_id)}


def list_people(database: Database, study_id: str) -> tuple[Participant, ...]:
    """The people of a study, in the order they were added."""
    with database.reading() as session:
        return participants.of_study(session, study_id)


def list_attributes(database: Database, study_id: str) -> tuple[Attribute, ...]:
    """What is told of the people of a study, in the order it was defined."""
    with database.reading() as session:
        return participants.attributes(session, study_id)


def attributes_of_person(database: Database, participant_id: str) -> tuple[Attribute, ...]:
    """What is told of the people of the study that somebody belongs to.

    Raises:
        NotFoundError: there is no such person.
    """
    with database.reading() as session:
        study_id = participants.study_of(session, participant_id)
        if study_id is None:
            raise NotFoundError(f"there is no participant {participant_id}")
        return participants.attributes(session, study_id)


def find_run(database: Database, study_id: str, run_id: str | None) -> RunPlace:
    """A run of a study that is done, by default the last.

    Raises:
        NotFoundError: there is none, or it is not done.
    """
    with database.reading() as session:
        found = run_id or listings.latest_done(session, study_id)
        if found is None:
            raise NotFoundError("the study has no run that is done: POST …/runs starts one")
        return _done_run(session, study_id, found)


def list_suggestions(
    database: Database, run_id: str, *, kind: str | None, after: tuple[str, int] | None, limit: int
) -> tuple[ListedSuggestion, ...]:
    """What a run suggested, needs before steps; at most `limit` of those after (kind, position)."""
    with database.reading() as session:
        return listings.suggestions_of(session, run_id, kind=kind, after=after, limit=limit)


def all_suggestions(database: Database, run_id: str, *, kind: str | None) -> Iterator[ListedSuggestion]:
    """Everything a run suggested, read in pieces."""

    def read(last: ListedSuggestion | None) -> Sequence[ListedSuggestion]:
        after = None if last is None else (last.kind, last.position)
        return list_suggestions(database, run_id, kind=kind, after=after, limit=PER_READ)

    return _in_pieces(read)


def list_statements(
    database: Database, run_id: str, *, kind: str | None, after: int | None, limit: int
) -> tuple[ListedStatement, ...]:
    """What a run found in the interviews; at most `limit` of those after a position."""
    with database.reading() as session:
        return listings.statements_of(session, run_id, kind=kind, after=after, limit=limit)


def all_statements(database: Database, run_id: str, *, kind: str | None) -> Iterator[ListedStatement]:
    """Everything a run found, read in pieces."""

    def read(last: ListedStatement | None) -> Sequence[ListedStatement]:
        after = None if last is None else last.position
        return list_statements(database, run_id, kind=kind, after=after, limit=PER_READ)

    return _in_pieces(read)


def _in_pieces(read: Callable[[T | None], Sequence[T]]) -> Iterator[T]:
    last = None
    while rows := read(last):
        yield from rows
        last = rows[-1]


def _transcript(session: Session, study_id: str, name_or_id: str) -> StoredTranscript:
    if listings.study_of_transcript(session, name_or_id) == study_id:
        return transcripts.get(session, name_or_id)
    return transcripts.named(session, study_id, name_or_id)


def _done_run(session: Session, study_id: str, run_id: str) -> RunPlace:
    found = next((r for r in listings.runs_of(session, study_id) if r.id == run_id), None)
    if found is None or found.state != RunState.DONE:
        raise NotFoundError(f"the study has no run {run_id} that is done")
    return RunPlace(id=found.id, number=found.number, redacted_at=found.redacted_at)
