"""Studies, as they are made, changed and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Listed, Name, Schema, Text, moment
from api.store.studies import StoredStudy

_EXAMPLE: dict[str, Any] = {
    "id": "study_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
    "name": "Arrive on time",
    "job": "get to a destination on time",
    "executor": "driver",
    "n_transcripts": 12,
    "n_participants": 12,
    "n_runs": 2,
    "created_at": "2026-05-04T10:12:00Z",
    "created_by": "Ana",
    "changed_at": "2026-05-04T10:12:00Z",
    "changed_by": "Ana",
}


class NewStudy(Asked):
    """A study to make."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"name": "Arrive on time", "job": "get to a destination on time", "executor": "driver"}
        }
    )

    name: Name = Field(description="What the study is called; no two have one name.")
    job: Text = Field("", description="The job that people get done, without the solution.")
    executor: Text = Field("", description="Who gets it done.")


class ChangedStudy(Asked):
    """What to change of a study; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"executor": "courier"}})

    name: Name | None = None
    job: Text | None = None
    executor: Text | None = None


class Study(Schema):
    """A study, and how much of it there is."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    id: str
    name: str
    job: str
    executor: str
    n_transcripts: int
    n_participants: int
    n_runs: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class Studies(Listed):
    """Studies that the caller may read, oldest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"studies": [_EXAMPLE], "next": None}})

    studies: list[Study]


def study_row(kept: StoredStudy) -> dict[str, Any]:
    """A study as the answer shows it."""
    return {
        "id": kept.id,
        "name": kept.study.name,
        "job": kept.study.job,
        "executor": kept.study.executor,
        "n_transcripts": kept.n_transcripts,
        "n_participants": kept.n_participants,
        "n_runs": kept.n_runs,
        "created_at": moment(kept.created_at),
        "created_by": kept.created_by,
        "changed_at": moment(kept.changed_at),
        "changed_by": kept.changed_by,
    }
