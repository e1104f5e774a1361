"""The audit log."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.schemas.bases import Listed, Schema, moment
from api.services.audit import KeptEntry

_ENTRY: dict[str, Any] = {
    "number": 812,
    "at": "2026-05-04T10:12:00Z",
    "by": "Ana",
    "act": "exported",
    "what": "GET /v1/studies/{study_id}/exports/job-map.csv",
    "study_id": "study_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
    "subjects": {},
    "counts": {},
    "previous": "9f2c" + "0" * 60,
    "sha256": "4d1b" + "0" * 60,
}


class AuditRow(Schema):
    """Who did what, by ids and counts. `sha256` covers the entry and `previous`, the hash of the one before."""

    model_config = ConfigDict(json_schema_extra={"example": _ENTRY})

    number: int
    at: str
    by: str
    act: Literal["read", "exported", "changed", "erased", "refused"]
    what: str = Field(description="The route, or what was done.")
    study_id: str | None
    subjects: dict[str, str]
    counts: dict[str, int] = Field(description="`n` equal reads within moments are one entry.")
    previous: str
    sha256: str


class AuditLog(Listed):
    """The audit log of a study, last entry first."""

    model_config = ConfigDict(json_schema_extra={"example": {"entries": [_ENTRY], "next": None}})

    entries: list[AuditRow]


def audit_row(kept: KeptEntry) -> dict[str, Any]:
    """An entry as it is answered."""
    entry = kept.entry
    return {
        "number": kept.number,
        "at": moment(entry.at),
        "by": entry.by,
        "act": entry.act,
        "what": entry.what,
        "study_id": entry.study,
        "subjects": dict(entry.subjects),
        "counts": dict(entry.counts),
        "previous": kept.previous,
        "sha256": kept.sha256,
    }
