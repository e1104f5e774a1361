"""Repository of analysis runs: what each read, the state it is in, and what it proposes.

A run that is done is never changed, except by `erasure`; a re-run is a new run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from api.store import outbox, outcomes, studies, transcripts
from api.store.codec import from_plain, to_plain
from api.store.database import Stamp, row_of
from api.store.errors import BadValueError, NotFoundError, RunStateError, StoreError
from api.store.ids import new_id
from api.store.tables import RunTable, RunTranscriptTable, TranscriptTable
from jtbd_nlp.domain import Analysis, Manifest, Role, Study, Transcript
from jtbd_nlp.quoting import check_quotes


class RunState(StrEnum):
    """Where a run is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunPhase(StrEnum):
    """What a running run is at: its interviews one by one, then the map of all of them."""

    READING = "reading"
    MAPPING = "mapping"


# A worker that died leaves its run running; whoever takes it over queues it again. Done is reached by `keep` alone.
NEXT_STATES: Final[Mapping[RunState, frozenset[RunState]]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.FAILED, RunState.CANCELLED}),
    RunState.RUNNING: frozenset({RunState.QUEUED, RunState.FAILED, RunState.CANCELLED}),
    RunState.FAILED: frozenset({RunState.QUEUED}),
    RunState.CANCELLED: frozenset({RunState.QUEUED}),
    RunState.DONE: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One analysis run of a study, counted from 1. `reason` says why it failed, was cancelled or was queued again.

    `study` is the study as it was when the run was made, `inputs` are (transcript id of the store, hash) by name.
    `attempt` counts how often it was queued; what belongs to an earlier attempt is not done any more.
    `reader_sha256` says by what its transcripts are read, None until it began; `n_reused` how many were read before.
    `obeyed` are the rules it obeyed, each with the ids of the statements that stand otherwise because of it.
    `redacted_at` says when a person or a transcript was last taken out of it, None for never.
    """

    id: str
    study_id: str
    number: int
    state: RunState
    reason: str | None
    study: Study
    settings: Mapping[str, Any]
    attempt: int
    phase: RunPhase | None
    reader_sha256: str | None
    n_reused: int | None
    obeyed: tuple[Mapping[str, Any], ...]
    manifest: Manifest | None
    inputs: tuple[tuple[str, str], ...]
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None
    redacted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt at a run that is queued or running, for those who work on it: a `Run` without its inputs."""

    run_id: str
    study_id: str
    number: int
    attempt: int
    state: RunState
    reason: str | None
    study: Study
    settings: Mapping[str, Any]
    reader_sha256: str | None


def queue(
    session: Session,
    study_id: str,
    settings: Mapping[str, object],
    stamp: Stamp,
    *,
    transcript_ids: Sequence[str] | None = None,
) -> str:
    """Keep a new run on transcripts of a study as they are now, by default all of them, and give its id.

    Raises:
        NotFoundError: there is no such study, or a transcript is not of it.
    """
    studies.lock(session, study_id)
    study = studies.get(session, study_id).study
    read = {t.id: t for t in transcripts.of_study(session, study_id)}
    if unknown := sorted(set(transcript_ids or ()) - set(read)):
        raise NotFoundError(f"the study has no transcript {unknown[0]}")
    last = session.scalar(select(func.max(RunTable.number)).where(RunTable.study_id == study_id)) or 0
    row = RunTable(
        id=new_id("run"),
        study_id=study_id,
        number=last + 1,
        state=RunState.QUEUED.value,
        study=to_plain(study),
        settings=to_plain(settings),
        attempt=1,
        created_at=stamp.at,
        created_by=stamp.by,
        changed_at=stamp.at,
        changed_by=stamp.by,
    )
    session.add(row)
    session.flush()
    for transcript_id in sorted(read if transcript_ids is None else set(transcript_ids)):
        stored = read[transcript_id]
        session.add(
            RunTranscriptTable(
                run_id=row.id,
                transcript_id=transcript_id,
                sha256=stored.transcript.sha256,
                corrected={speaker: role.value for speaker, role in stored.corrected.items()},
            )
        )
    session.flush()
    return row.id


def find_unfinished(session: Session, study_id: str, settings: Mapping[str, object]) -> str | None:
    """The id of a run that is queued or running on a study as it is now, with these settings; None for none."""
    unended = [run for run in of_study(session, study_id) if run.state in (RunState.QUEUED, RunState.RUNNING)]
    if not unended:
        return None
    study = studies.get(session, study_id).study
    now = tuple((t.id, t.transcript.sha256) for t in transcripts.of_study(session, study_id))
    same = (run.id for run in unended if (run.study, run.settings, run.inputs) == (study, to_plain(settings), now))
    return next(same, None)


def move(session: Session, run_id: str, state: RunState, stamp: Stamp, *, reason: str | None = None) -> None:
    """Take a run from its state to the next.

    Raises:
        NotFoundError: there is no such run.
        RunStateError: the state does not follow on the present one; see `NEXT_STATES`.
    """
    row = _locked(session, run_id)
    if state not in NEXT_STATES[RunState(row.state)]:
        raise RunStateError(f"run {row.number} is {row.state}: it cannot become {state}")
    row.state, row.reason = state.value, reason
    row.started_at = stamp.at if state is RunState.RUNNING else None if state is RunState.QUEUED else row.started_at
    row.finished_at = stamp.at if state in (RunState.FAILED, RunState.CANCELLED) else None
    row.phase = None
    if state is RunState.QUEUED:
        row.attempt, row.reader_sha256, row.n_reused = row.attempt + 1, None, None
    row.changed_at, row.changed_by = stamp.at, stamp.by
    session.flush()


def retry(session: Session, run_id: str, stamp: Stamp, *, reason: str) -> None:
    """Queue a run that failed or was cancelled once more.

    Raises:
        NotFoundError: there is no such run.
        RunStateError: it neither failed nor was cancelled.
    """
    row = _locked(session, run_id)
    if row.state not in (RunState.FAILED, RunState.CANCELLED):
        raise RunStateError(f"run {row.number} is {row.state}: only one that failed or was cancelled is tried again")
    move(session, run_id, RunState.QUEUED, stamp, reason=reason)


def requeue(session: Session, run_id: str, stamp: Stamp, *, reason: str) -> None:
    """Queue a run that is queued or running anew: what was done in its name so far is not of it any more.

    Raises:
        NotFoundError: there is no such run.
        RunStateError: it has come to an end.
    """
    row = _locked(session, run_id)
    if row.state == RunState.QUEUED:
        row.attempt, row.reason, row.changed_at, row.changed_by = row.attempt + 1, reason, stamp.at, stamp.by
        session.flush()
    else:
        move(session, run_id, RunState.QUEUED, stamp, reason=reason)


def reading(session: Session, run_id: str, reader_sha256: str, n_reused: int) -> None:
    """Note by what a running run's transcripts are read, and how many of them were read before.

    A run that was noted to be read by the same already keeps its first count.
    """
    row = _locked(session, run_id)
    if row.reader_sha256 != reader_sha256 or row.n_reused is None:
        row.reader_sha256, row.n_reused = reader_sha256, n_reused
    row.phase = RunPhase.READING.value
    session.flush()


def mapping(session: Session, run_id: str) -> None:
    """Note that all transcripts of a running run are read."""
    _locked(session, run_id).phase = RunPhase.MAPPING.value
    session.flush()


def inputs(session: Session, run_id: str) -> tuple[Transcript, ...]:
    """The transcripts that a run reads, with the roles of its making, sorted by id: what the pipeline takes.

    Raises:
        NotFoundError: there is no such run.
        StoreError: a transcript is not what it was, by its hash; `jtbd db check` tells more.
    """
    return tuple(transcript for _, transcript in _inputs(session, row_of(session, RunTable, run_id, "run")))


def input_of(session: Session, run_id: str, transcript_id: str) -> Transcript | None:
    """One transcript as a run reads it, None where the run has none of that id.

    Raises:
        NotFoundError: there is no such run.
        StoreError: it is not what it was, by its hash; `jtbd db check` tells more.
    """
    row = row_of(session, RunTable, run_id, "run")
    found = _inputs(session, row, RunTranscriptTable.transcript_id == transcript_id)
    return found[0][1] if found else None


def n_inputs(session: Session, run_id: str) -> int:
    """How many transcripts a run reads."""
    query = select(func.count()).select_from(RunTranscriptTable).where(RunTranscriptTable.run_id == run_id)
    return session.scalar(query) or 0


def has_input(session: Session, run_id: str, transcript_id: str, sha256: str) -> bool:
    """Whether a run reads a transcript, and with this hash."""
    row = session.get(RunTranscriptTable, (run_id, transcript_id), populate_existing=True)
    return row is not None and row.sha256 == sha256


def keep(
    session: Session,
    run_id: str,
    analysis: Analysis,
    stamp: Stamp,
    *,
    obeyed: Sequence[Mapping[str, object]] = (),
) -> None:
    """Keep what a run proposes; it is done then.

    Args:
        obeyed: the rules it obeyed, as plain values.

    Raises:
        NotFoundError: there is no such run.
        RunStateError: the run is not running.
        BadValueError: the analysis was made of other transcripts.
        AnalysisError: the quote lock does not hold.
    """
    row = _locked(session, run_id)
    if row.state != RunState.RUNNING:
        raise RunStateError(f"run {row.number} is {row.state}: only a running one takes an outcome")
    read = _inputs(session, row)
    if sorted(analysis.manifest.inputs) != [(t.id, t.sha256) for _, t in read]:
        raise BadValueError(f"run {row.number}: the analysis was made of other transcripts")
    check_quotes(analysis)
    outcomes.add(session, run_id, analysis, {t.id: stored_id for stored_id, t in read})
    row.manifest = to_plain(analysis.manifest)
    row.frame = outcomes.frame_of(analysis)
    row.obeyed = [dict(rule) for rule in obeyed]
    row.state, row.reason, row.phase, row.finished_at = RunState.DONE.value, None, None, stamp.at
    row.changed_at, row.changed_by = stamp.at, stamp.by
    session.flush()
    about: dict[str, str | int] = {"run": run_id, "number": row.number}
    counts = {"n_steps": len(analysis.steps), "n_needs": len(analysis.needs)}
    outbox.add(session, row.study_id, "run.completed", {**about, "n_transcripts": len(read), **counts}, stamp)
    outbox.add(session, row.study_id, "jobmap.changed", about, stamp)


def analysis(session: Session, run_id: str) -> Analysis:
    """What a run proposes, equal to what was kept (less what was erased since).

    Raises:
        NotFoundError: there is no such run.
        RunStateError: it is not done.
    """
    row = row_of(session, RunTable, run_id, "run")
    if row.manifest is None or row.frame is None:
        raise RunStateError(f"run {row.number} is {row.state}: it has no outcome")
    return outcomes.read(
        session,
        run_id,
        study=from_plain(Study, row.study),
        manifest=from_plain(Manifest, row.manifest),
        frame=row.frame,
        transcripts=tuple(transcript for _, transcript in _inputs(session, row)),
    )


def get(session: Session, run_id: str) -> Run:
    """A run by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = _runs(session, RunTable.id == run_id)
    if not found:
        raise NotFoundError(f"there is no run {run_id}")
    return found[0]


def of_study(session: Session, study_id: str) -> tuple[Run, ...]:
    """All runs of a study, first to last."""
    return _runs(session, RunTable.study_id == study_id)


def unfinished(session: Session) -> tuple[Attempt, ...]:
    """The runs of all studies that are queued or running, first to last."""
    return _attempts(session)


def find_attempt(session: Session, run_id: str, attempt: int, *, lock: bool = False) -> Attempt | None:
    """An attempt at a run, if it is the present one and the run is still queued or running.

    Args:
        lock: nobody else takes the run to another state before the session ends.
    """
    if lock:
        query = select(RunTable.id).where(RunTable.id == run_id).with_for_update()
        session.scalar(query.execution_options(populate_existing=True))
    return next(iter(_attempts(session, RunTable.id == run_id, RunTable.attempt == attempt)), None)


def _attempts(session: Session, *wanted: ColumnElement[bool]) -> tuple[Attempt, ...]:
    is_open = RunTable.state.in_((RunState.QUEUED.value, RunState.RUNNING.value))
    query = select(RunTable).where(is_open, *wanted).order_by(RunTable.id).execution_options(populate_existing=True)
    return tuple(
        Attempt(
            run_id=row.id,
            study_id=row.study_id,
            number=row.number,
            attempt=row.attempt,
            state=RunState(row.state),
            reason=row.reason,
            study=from_plain(Study, row.study),
            settings=row.settings,
            reader_sha256=row.reader_sha256,
        )
        for row in session.scalars(query)
    )


def _inputs(session: Session, row: RunTable, *wanted: ColumnElement[bool]) -> list[tuple[str, Transcript]]:
    """Transcript ids of the store and transcripts as the run reads them, sorted by the core's id."""
    pairs = session.execute(
        select(RunTranscriptTable, TranscriptTable)
        .join(TranscriptTable, TranscriptTable.id == RunTranscriptTable.transcript_id)
        .where(RunTranscriptTable.run_id == row.id, *wanted)
        .order_by(TranscriptTable.name)
    )
    found = []
    for use, kept in pairs:
        roles = {speaker: Role(role) for speaker, role in use.corrected.items()}
        read = transcripts.read_parsed(kept.parsed, kept_format=kept.format, warnings=kept.warnings)
        transcript = transcripts.with_roles(read, roles)
        if transcript.sha256 != use.sha256:
            raise StoreError(f"transcript {kept.id} is not what run {row.number} read: see `jtbd db check`")
        found.append((kept.id, transcript))
    # The database may sort names by the rules of a language.
    return sorted(found, key=lambda pair: pair[1].id)


def _runs(session: Session, *wanted: ColumnElement[bool]) -> tuple[Run, ...]:
    rows = session.scalars(select(RunTable).where(*wanted).order_by(RunTable.number)).all()
    used: dict[str, list[tuple[str, str, str]]] = {}
    uses = (
        select(RunTranscriptTable.run_id, TranscriptTable.name, TranscriptTable.id, RunTranscriptTable.sha256)
        .join(TranscriptTable, TranscriptTable.id == RunTranscriptTable.transcript_id)
        .where(RunTranscriptTable.run_id.in_([row.id for row in rows]))
    )
    for run_id, name, transcript_id, sha256 in session.execute(uses):
        used.setdefault(run_id, []).append((name, transcript_id, sha256))
    return tuple(
        Run(
            id=row.id,
            study_id=row.study_id,
            number=row.number,
            state=RunState(row.state),
            reason=row.reason,
            study=from_plain(Study, row.study),
            settings=row.settings,
            attempt=row.attempt,
            phase=None if row.phase is None else RunPhase(row.phase),
            reader_sha256=row.reader_sha256,
            n_reused=row.n_reused,
            obeyed=tuple(row.obeyed or ()),
            manifest=None if row.manifest is None else from_plain(Manifest, row.manifest),
            inputs=tuple((transcript_id, sha256) for _, transcript_id, sha256 in sorted(used.get(row.id, []))),
            created_at=row.created_at,
            created_by=row.created_by,
            started_at=row.started_at,
            finished_at=row.finished_at,
            redacted_at=row.redacted_at,
        )
        for row in rows
    )


def _locked(session: Session, run_id: str) -> RunTable:
    """The run, for the session alone: no two workers start the same one."""
    query = select(RunTable).where(RunTable.id == run_id).with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFoundError(f"there is no run {run_id}")
    return row
