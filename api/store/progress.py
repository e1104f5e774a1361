"""How far runs are, told from what is kept: nothing is counted along the way that a crash could leave wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from api.store import extractions, workers
from api.store.runs import Run, RunPhase, RunState

# A worker that was not seen for this long is taken for dead; it says every few seconds that it lives.
LEASE_S: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """How far a run is.

    `n_read` of `n_transcripts` are read, `n_reused` of them were read before the run began (None until it began).
    `reason` says why it failed, was cancelled or was queued again. `n_workers` are those that work on runs now.
    """

    run_id: str
    study_id: str
    number: int
    state: RunState
    phase: RunPhase | None
    attempt: int
    n_transcripts: int
    n_read: int
    n_reused: int | None
    n_workers: int
    reason: str | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in (RunState.QUEUED, RunState.RUNNING)

    @property
    def share_recomputed(self) -> float | None:
        """Share of the transcripts that this run had to read itself, in [0, 1]; None until that is known."""
        if self.n_reused is None or not self.n_transcripts:
            return None
        return 1 - self.n_reused / self.n_transcripts


def of_run(session: Session, run: Run) -> RunProgress:
    """How far a run is."""
    n = len(run.inputs)
    n_read = n if run.state is RunState.DONE else 0
    if run.state is not RunState.DONE and run.reader_sha256 is not None:
        n_read = extractions.count_read(session, run.id, run.reader_sha256)
    return RunProgress(
        run_id=run.id,
        study_id=run.study_id,
        number=run.number,
        state=run.state,
        phase=run.phase,
        attempt=run.attempt,
        n_transcripts=n,
        n_read=n_read,
        n_reused=run.n_reused,
        n_workers=len(workers.alive(session, LEASE_S)),
        reason=run.reason,
        created_at=run.created_at,
        created_by=run.created_by,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )
