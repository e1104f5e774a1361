"""A study in a store whose runs are made by hand, for tests of what people decide on its maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.store import runs, studies, transcripts
from api.store.database import Database, Stamp
from api.store.runs import RunState
from jtbd_nlp.domain import Analysis, Study, Transcript
from tests.reviewed_study import a_run
from tests.stored import add_transcripts

NAME = "rounds"


@dataclass(frozen=True)
class KeptReview:
    """A study under review: its id, and ids of its transcripts by name."""

    database: Database
    study: str
    stamp: Stamp

    def add(self, *interviews: Transcript) -> dict[str, str]:
        """Add interviews; ids by name."""
        with self.database.writing() as session:
            return add_transcripts(session, self.study, interviews, self.stamp)

    def run(self, analysis: Analysis | None = None, *, obeyed: Sequence[Mapping[str, object]] = ()) -> str:
        """Store a run over all interviews as they are kept, by default one made by hand with three steps."""
        with self.database.writing() as session:
            run_id = runs.queue(session, self.study, {}, self.stamp)
            runs.move(session, run_id, RunState.RUNNING, self.stamp)
            read = runs.inputs(session, run_id)
            made = analysis or a_run(*(t for t in read if t.participants))
            made = replace(
                made,
                study=studies.get(session, self.study).study,
                transcripts=read,
                manifest=replace(made.manifest, inputs=tuple((t.id, t.sha256) for t in read)),
            )
            runs.keep(session, run_id, made, self.stamp, obeyed=obeyed)
        return run_id

    def transcript_ids(self) -> Mapping[str, str]:
        """Ids of all transcripts by name."""
        with self.database.reading() as session:
            return {t.transcript.id: t.id for t in transcripts.of_study(session, self.study)}


def keep_review(database: Database, stamp: Stamp, interviews: Sequence[Transcript]) -> KeptReview:
    """Keep a study with these interviews and a first run over them."""
    with database.writing() as session:
        study_id = studies.add(session, Study(name=NAME, job="drive the round", executor="driver"), stamp)
    kept = KeptReview(database, study_id, stamp)
    kept.add(*interviews)
    kept.run()
    return kept
