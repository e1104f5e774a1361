"""A study in a store, for tests: the transcripts of the rich study, and a run that is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from api.store import runs, studies, transcripts
from api.store.database import Database, Stamp
from api.store.runs import RunState
from jtbd_nlp.domain import Analysis, Study, Transcript
from tests.rich_study import rich_analysis

ARRIVE = Study(name="arrive", job="get to a destination on time", executor="driver")


@dataclass(frozen=True)
class Kept:
    """Ids of what `keep_rich_study` kept, transcripts by the core's id."""

    study: str
    run: str
    transcripts: dict[str, str]


def add_transcripts(session: Session, study_id: str, read: Sequence[Transcript], stamp: Stamp) -> dict[str, str]:
    """Keep each transcript as if it had come in a file of its own."""
    ids = {}
    for transcript in read:
        upload = transcripts.add_upload(
            session, study_id, transcript.source, b"raw\n" + transcript.canonical_bytes(), stamp
        )
        ids[transcript.id] = transcripts.add(session, study_id, upload, transcript, stamp, given_name=transcript.id)
    return ids


def rich_for_store() -> Analysis:
    """The rich analysis of transcripts in the order that runs read them."""
    rich = rich_analysis()
    return replace(rich, study=ARRIVE, transcripts=tuple(sorted(rich.transcripts, key=lambda t: t.id)))


def keep_rich_study(database: Database, stamp: Stamp, *, name: str = ARRIVE.name) -> Kept:
    """Keep the rich study with its transcripts and one run that is done."""
    analysis = rich_for_store()
    with database.writing() as session:
        study_id = studies.add(session, replace(ARRIVE, name=name), stamp)
        ids = add_transcripts(session, study_id, analysis.transcripts, stamp)
        run_id = runs.queue(session, study_id, analysis.manifest.settings, stamp)
        runs.move(session, run_id, RunState.RUNNING, stamp)
        runs.keep(session, run_id, analysis, stamp)
    return Kept(study_id, run_id, ids)
