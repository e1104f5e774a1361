"""What the steps of a run do: ids in, and next to nothing out, since what they give is kept in the store.

Each may be done again after a crash at any point, and by two workers at once: what is kept is kept once. A task of a
run that was cancelled, or of an attempt before the present one, does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from api.durable.analyst import Analyst, MapTask
from api.store import extractions, runs, studies, vectors
from api.store.database import Database, Stamp
from api.store.errors import BadValueError
from api.store.runs import RunState
from jtbd_nlp.config import settings_from
from jtbd_nlp.review.job_map import JobMap

BY: Final = "analysis"
# Gives the job map of a study as the run with an id finds it, None where nothing was decided yet.
Reviewed = Callable[[Database, str], JobMap | None]


def begin(database: Database, analyst: Analyst, run_id: str, attempt: int) -> list[str]:
    """Take up a run, and give the ids of its transcripts that are still to be read."""
    with database.writing() as session:
        run = runs.find_attempt(session, run_id, attempt, lock=True)
        if run is None:
            return []
        if run.state is RunState.QUEUED:
            runs.move(session, run_id, RunState.RUNNING, Stamp.now(BY), reason=run.reason)
    reader = analyst.reader_sha256(run.study, settings_from(run.settings))
    with database.writing() as session:
        if runs.find_attempt(session, run_id, attempt, lock=True) is None:
            return []
        missing = extractions.missing(session, run_id, reader)
        runs.reading(session, run_id, reader, runs.n_inputs(session, run_id) - len(missing))
    return list(missing)


def read(database: Database, analyst: Analyst, run_id: str, attempt: int, transcript_id: str) -> None:
    """Read one transcript of a run, unless it is read already or not of the run any more."""
    with database.reading() as session:
        run = runs.find_attempt(session, run_id, attempt)
        transcript = None if run is None else runs.input_of(session, run_id, transcript_id)
        if run is None or transcript is None:
            return
        settings = settings_from(run.settings)
        reader = analyst.reader_sha256(run.study, settings)
        if extractions.is_kept(session, transcript_id, transcript.sha256, reader):
            return
    extraction = analyst.read(transcript, study=run.study, settings=settings)
    embedded = analyst.phrase_vectors(extraction, settings=settings)
    by_hash = {vectors.text_sha256(text): vector for text, vector in embedded.by_text.items()}
    with database.writing() as session:
        # Nobody is erased in between: what is kept here must be what the study still holds.
        studies.lock(session, run.study_id)
        if runs.has_input(session, run_id, transcript_id, transcript.sha256):
            stamp = Stamp.now(BY)
            extractions.keep(session, transcript_id, transcript.sha256, reader, extraction, stamp)
            vectors.keep(session, run.study_id, embedded.model_sha256, by_hash, stamp)


def map_run(database: Database, analyst: Analyst, reviewed: Reviewed, run_id: str, attempt: int) -> bool:
    """Map what was read and keep the outcome; False where something is to be read (again) before."""
    with database.writing() as session:
        run = runs.find_attempt(session, run_id, attempt, lock=True)
        if run is None:
            return True
        if run.reader_sha256 is None or extractions.missing(session, run_id, run.reader_sha256):
            return False
        runs.mapping(session, run_id)
    with database.reading() as session:
        transcripts = runs.inputs(session, run_id)
        parts = extractions.read(session, run_id)
    if len(parts) != len(transcripts):
        return False
    task = MapTask(
        transcripts=transcripts,
        parts=parts,
        study=run.study,
        settings=settings_from(run.settings),
        study_id=run.study_id,
        database=database,
        reviewed=reviewed(database, run_id),
    )
    mapped = analyst.map_run(task)
    with database.writing() as session:
        studies.lock(session, run.study_id)
        if runs.find_attempt(session, run_id, attempt, lock=True) is None:
            return True
        try:
            runs.keep(session, run_id, mapped.analysis, Stamp.now(BY), obeyed=mapped.obeyed)
        except BadValueError:
            # Somebody was erased meanwhile, and nothing is written: what is left is read and mapped once more.
            return False
        extractions.drop_superseded(session, run_id)
    return True


def fail(database: Database, run_id: str, attempt: int, reason: str) -> None:
    """Note that a run came to no end; one that did, or was cancelled, stays as it is."""
    with database.writing() as session:
        if runs.find_attempt(session, run_id, attempt, lock=True) is not None:
            runs.move(session, run_id, RunState.FAILED, Stamp.now(BY), reason=reason)


def n_missing(database: Database, run_id: str, attempt: int) -> int:
    """How many transcripts of a run are still to be read; 0 for an attempt that is not wanted any more."""
    with database.reading() as session:
        run = runs.find_attempt(session, run_id, attempt)
        if run is None or run.reader_sha256 is None:
            return 0
        return runs.n_inputs(session, run_id) - extractions.count_read(session, run_id, run.reader_sha256)
