"""Analysis runs: started, and how far they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Schema, moment
from api.store.progress import RunProgress

_EXAMPLE: dict[str, Any] = {
    "id": "run_0192e4b07c7a7c8f9d0e1f2a3b4c5d71",
    "study_id": "study_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
    "number": 2,
    "state": "running",
    "phase": "reading",
    "attempt": 1,
    "n_transcripts": 12,
    "n_read": 5,
    "n_reused": 4,
    "n_workers": 1,
    "reason": None,
    "created_at": "2026-05-04T10:12:00Z",
    "created_by": "Ana",
    "started_at": "2026-05-04T10:12:01Z",
    "finished_at": None,
}


class NewRun(Asked):
    """What to run with; settings that are not named are as the program has them."""

    model_config = ConfigDict(json_schema_extra={"example": {"settings": {}}})

    settings: dict[str, Any] = Field(default_factory=dict, description="By their names in a manifest.")


class Run(Schema):
    """An analysis run, and how far it is.

    `n_read` of `n_transcripts` are read, `n_reused` of them had been read before it began. `n_workers` work on runs
    now; with none, a run stays queued.
    """

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    id: str
    study_id: str
    number: int
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    phase: str | None
    attempt: int
    n_transcripts: int
    n_read: int
    n_reused: int | None
    n_workers: int
    reason: str | None = Field(description="Why it failed, was cancelled or was queued again.")
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None


class Runs(Schema):
    """All runs of a study, first to last."""

    model_config = ConfigDict(json_schema_extra={"example": {"runs": [_EXAMPLE]}})

    runs: list[Run]


def run_row(run: RunProgress) -> dict[str, Any]:
    """A run as the answer shows it."""
    return {
        "id": run.run_id,
        "study_id": run.study_id,
        "number": run.number,
        "state": run.state.value,
        "phase": None if run.phase is None else run.phase.value,
        "attempt": run.attempt,
        "n_transcripts": run.n_transcripts,
        "n_read": run.n_read,
        "n_reused": run.n_reused,
        "n_workers": run.n_workers,
        "reason": run.reason,
        "created_at": moment(run.created_at),
        "created_by": run.created_by,
        "started_at": moment(run.started_at),
        "finished_at": moment(run.finished_at),
    }
