"""Pages of long lists, read by what they are sorted by: the rows after a key, and one more to tell whether there are.

Bodies of transcripts are not read here, so that a study of thousands is listed in milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from api.store.runs import RunState
from api.store.tables import (
    DecisionTable,
    MapStartTable,
    ParticipantTable,
    RunTable,
    SpeakerTable,
    StatementTable,
    StudyTable,
    SuggestionTable,
    TranscriptTable,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTranscript:
    """A transcript without its words. `people` are (participant id, name, speaker), by speaker."""

    id: str
    name: str
    format: str
    n_turns: int
    n_words: int
    warnings: tuple[str, ...]
    people: tuple[tuple[str, str, str], ...]
    created_at: datetime
    created_by: str
    redacted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSuggestion:
    """A step or need as a run suggested it: plain values of the core's JobStep or Need."""

    id: str
    kind: str
    position: int
    body: Mapping[str, Any]
    redacted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStatement:
    """A statement as a run found it: plain values of the core's statement, and the store's id of its transcript."""

    id: str
    kind: str
    position: int
    transcript_id: str
    step: str | None
    membership: float | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRun:
    """A run without what it read and found."""

    id: str
    number: int
    state: str
    phase: str | None
    reader_sha256: str | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None
    redacted_at: datetime | None


def transcripts_of(
    session: Session, study_id: str, *, after: str | None, limit: int | None
) -> tuple[ListedTranscript, ...]:
    """Transcripts of a study in the order they were added; at most `limit` of those after an id."""
    columns = [c for c in TranscriptTable.__table__.columns if c.name != "parsed"]
    query = select(*columns).where(TranscriptTable.study_id == study_id).order_by(TranscriptTable.id).limit(limit)
    if after is not None:
        query = query.where(TranscriptTable.id > after)
    rows = session.execute(query).all()
    people = _people(session, study_id, {row.id for row in rows})
    return tuple(
        ListedTranscript(
            id=row.id,
            name=row.name,
            format=row.format,
            n_turns=row.n_turns,
            n_words=row.n_words,
            warnings=tuple(row.warnings),
            people=tuple(people.get(row.id, ())),
            created_at=row.created_at,
            created_by=row.created_by,
            redacted_at=row.redacted_at,
        )
        for row in rows
    )


def suggestions_of(
    session: Session, run_id: str, *, kind: str | None, after: tuple[str, int] | None, limit: int | None
) -> tuple[ListedSuggestion, ...]:
    """Suggestions of a run, needs before steps, each kind in its order; at most `limit` of those after a place."""
    query = (
        select(SuggestionTable)
        .where(SuggestionTable.run_id == run_id)
        .order_by(SuggestionTable.kind, SuggestionTable.position)
        .limit(limit)
    )
    if kind is not None:
        query = query.where(SuggestionTable.kind == kind)
    if after is not None:
        query = query.where(tuple_(SuggestionTable.kind, SuggestionTable.position) > tuple_(*after))
    return tuple(
        ListedSuggestion(id=row.id, kind=row.kind, position=row.position, body=row.body, redacted_at=row.redacted_at)
        for row in session.scalars(query)
    )


def statements_of(
    session: Session,
    run_id: str,
    *,
    kind: str | None = None,
    transcript_id: str | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> tuple[ListedStatement, ...]:
    """Statements of a run in their order; at most `limit` of those after a position."""
    query = select(StatementTable).where(StatementTable.run_id == run_id).order_by(StatementTable.position).limit(limit)
    if kind is not None:
        query = query.where(StatementTable.kind == kind)
    if transcript_id is not None:
        query = query.where(StatementTable.transcript_id == transcript_id)
    if after is not None:
        query = query.where(StatementTable.position > after)
    return tuple(
        ListedStatement(
            id=row.id,
            kind=row.kind,
            position=row.position,
            transcript_id=row.transcript_id,
            step=row.step,
            membership=row.membership,
            body=row.body,
        )
        for row in session.scalars(query)
    )


def runs_of(session: Session, study_id: str, *, last: int | None = None) -> tuple[ListedRun, ...]:
    """The runs of a study, first to last; only that many of the last if asked."""
    columns = [getattr(RunTable, f.name) for f in fields(ListedRun)]
    query = select(*columns).where(RunTable.study_id == study_id).order_by(RunTable.number.desc()).limit(last)
    return tuple(reversed([ListedRun(**row._mapping) for row in session.execute(query)]))


def count_transcripts(session: Session, study_id: str) -> tuple[int, str | None]:
    """How many interviews a study has, and the id of the one that was added last."""
    query = select(func.count(), func.max(TranscriptTable.id)).where(TranscriptTable.study_id == study_id)
    n, last = session.execute(query).one()
    return n, last


def has_study(session: Session, study_id: str) -> bool:
    """Whether there is a study of that id."""
    return session.scalar(select(StudyTable.id).where(StudyTable.id == study_id)) is not None


def decisions_mark(session: Session, study_id: str) -> tuple[int, str | None, datetime | None]:
    """How many decisions there are on all runs of a study, the last one's id, and when one last lost its words."""
    query = (
        select(func.count(), func.max(DecisionTable.id), func.max(DecisionTable.redacted_at))
        .join(RunTable, RunTable.id == DecisionTable.run_id)
        .where(RunTable.study_id == study_id)
    )
    n, last, redacted = session.execute(query).one()
    return n, last, redacted


def decision_times(session: Session, run_id: str) -> dict[str, datetime]:
    """When each decision on a run was made, by id."""
    rows = session.execute(select(DecisionTable.id, DecisionTable.created_at).where(DecisionTable.run_id == run_id))
    return {row.id: row.created_at for row in rows}


def map_began_at(session: Session, run_id: str) -> datetime | None:
    """When what the map of a run rests on, less the decisions on it, last changed; None where the run is not done."""
    query = (
        select(RunTable.finished_at, RunTable.redacted_at, MapStartTable.changed_at, MapStartTable.version)
        .outerjoin(MapStartTable, MapStartTable.run_id == RunTable.id)
        .where(RunTable.id == run_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    # The first version only keeps what was there before.
    again = row.changed_at if (row.version or 1) > 1 else None
    return max((at for at in (row.finished_at, row.redacted_at, again) if at is not None), default=None)


def redacted_at(session: Session, study_id: str) -> datetime | None:
    """When somebody was last taken out of a run of a study, None for never."""
    return session.scalar(select(func.max(RunTable.redacted_at)).where(RunTable.study_id == study_id))


def latest_done(session: Session, study_id: str) -> str | None:
    """The id of the last run of a study that is done, None where none is."""
    query = (
        select(RunTable.id)
        .where(RunTable.study_id == study_id, RunTable.state == RunState.DONE.value)
        .order_by(RunTable.number.desc())
        .limit(1)
    )
    return session.scalar(query)


def study_of_transcript(session: Session, transcript_id: str) -> str | None:
    """The id of the study a transcript belongs to, None where there is no such transcript."""
    return session.scalar(select(TranscriptTable.study_id).where(TranscriptTable.id == transcript_id))


def _people(session: Session, study_id: str, transcript_ids: Collection[str]) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    query = (
        select(SpeakerTable.transcript_id, ParticipantTable.id, ParticipantTable.name, SpeakerTable.name)
        .join(ParticipantTable, ParticipantTable.id == SpeakerTable.participant_id)
        .where(ParticipantTable.study_id == study_id)
        .order_by(SpeakerTable.transcript_id, SpeakerTable.name)
    )
    for transcript_id, *person in session.execute(query):
        if transcript_id in transcript_ids:
            found.setdefault(transcript_id, []).append((person[0], person[1], person[2]))
    return found
