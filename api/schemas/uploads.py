"""What became of every file of an upload."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from pydantic import ConfigDict, Field

from api.schemas.bases import Schema
from api.services.studies import Addition
from jtbd_nlp.errors import JtbdError


class AddedInterview(Schema):
    """An interview that the study has now. `warnings` say what was guessed or dropped while reading."""

    id: str
    name: str
    warnings: list[str]


class Fault(Schema):
    """Why a file could not be read."""

    code: str
    message: str


class UploadedFile(Schema):
    """What became of one file, or of one member of a zip."""

    place: str = Field(description="The name of the file; for a member of a zip, archive/member.")
    added: list[AddedInterview]
    already_there: list[str] = Field(description="Names of interviews that the study had already.")
    skipped: str | None = Field(description="Why the file was not tried, where it was not.")
    error: Fault | None


class Upload(Schema):
    """What became of every file, in the order of their names."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "files": [
                    {
                        "place": "p07.vtt",
                        "added": [{"id": "transcript_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e", "name": "p07", "warnings": []}],
                        "already_there": [],
                        "skipped": None,
                        "error": None,
                    },
                    {
                        "place": "scan.pdf",
                        "added": [],
                        "already_there": [],
                        "skipped": None,
                        "error": {"code": "malformed_transcript", "message": "the pages hold no text"},
                    },
                ],
                "n_added": 1,
                "n_already_there": 0,
                "n_failed": 1,
            }
        }
    )

    files: list[UploadedFile]
    n_added: int
    n_already_there: int
    n_failed: int


def upload_answer(addition: Addition) -> dict[str, Any]:
    """What became of every file as the answer shows it."""
    files: dict[str, dict[str, Any]] = {}

    def at(place: str) -> dict[str, Any]:
        blank: dict[str, Any] = {"place": place, "added": [], "already_there": [], "skipped": None, "error": None}
        return files.setdefault(place, blank)

    for added in addition.added:
        row = {"id": added.id, "name": added.transcript.id, "warnings": list(added.transcript.warnings)}
        at(added.place)["added"].append(row)
    for there in addition.already_there:
        at(there.place)["already_there"].append(there.name)
    for skipped in addition.skipped:
        at(skipped.place)["skipped"] = skipped.reason
    for failure in addition.failures:
        at(failure.place)["error"] = _fault(failure.error, failure.place)
    return {
        "files": [files[place] for place in sorted(files)],
        "n_added": len(addition.added),
        "n_already_there": len(addition.already_there),
        "n_failed": len(addition.failures),
    }


def _fault(error: JtbdError, place: str) -> dict[str, str]:
    message = str(error).removeprefix(f"{place}: ").removeprefix(f"{PurePath(place).name}: ")
    return {"code": error.code, "message": message}
