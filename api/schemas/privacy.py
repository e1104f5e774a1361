"""Pseudonyms of a study, and what forgetting a person costs and does."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Name, Schema, moment
from api.services.forgetting import Forgotten, Loss
from api.services.pseudonyms import Entry, Pseudonym

_LOSS: dict[str, Any] = {"n_statements": 14, "lost_support": ["step-3f2a"], "weakened": ["step-0b1c"], "gone": []}


class StudyKey(Schema):
    """The key of a study whose names are replaced from now on. It is shown once and kept nowhere."""

    model_config = ConfigDict(json_schema_extra={"example": {"key": "jtbdstudy_" + "A" * 43}})

    key: str


class PseudonymRow(Schema):
    """A pseudonym; `names` is what it stands for, null without the study's key."""

    model_config = ConfigDict(json_schema_extra={"example": {"kind": "person", "pseudonym": "P1", "names": None}})

    kind: Literal["person", "place", "organisation", "email", "phone", "other", "interview"]
    pseudonym: str
    names: list[str] | None
    created_at: str | None = Field(default=None, description="Not told together with names.")


class MissedName(Asked):
    """A name that was not found; with `same_as`, of somebody who has a pseudonym already."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Evi", "kind": "person", "same_as": "P1"}})

    name: Name
    kind: Literal["person", "place", "organisation", "email", "phone", "other"] = "person"
    same_as: Name | None = None


class Pseudonyms(Schema):
    """Whether names are replaced in a study, and by what."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "are_used": True,
                "pseudonyms": [{"kind": "person", "pseudonym": "P1", "names": ["Eva Novak", "Eva"]}],
            }
        }
    )

    are_used: bool
    pseudonyms: list[PseudonymRow]


class LossRow(Schema):
    """What the last map would lose, entries by id; all empty where there is no map.

    `lost_support` are approved entries that no words would back any more (they stay, and say so), `weakened` those that
    keep some, `gone` suggestions that nobody decided on.
    """

    model_config = ConfigDict(json_schema_extra={"example": _LOSS})

    n_statements: int
    lost_support: list[str]
    weakened: list[str]
    gone: list[str]


class ForgottenRow(Schema):
    """What forgetting a person did."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "participant": "participant_0192e4b07c7a7c8f9d0e1f2a3b4c5d6f",
                "n_transcripts": 1,
                "n_redacted_transcripts": 1,
                "n_statements": 14,
                "loss": _LOSS,
                "is_compacted": True,
            }
        }
    )

    participant: str
    n_transcripts: int = Field(description="Interviews erased whole.")
    n_redacted_transcripts: int = Field(description="Interviews of several people, in which this one was masked.")
    n_statements: int
    loss: LossRow
    is_compacted: bool = Field(
        description="False where the database was too busy to clear its files: run `jtbd db compact` later."
    )


def pseudonym_row(pseudonym: Pseudonym | Entry) -> dict[str, Any]:
    """A pseudonym as it is answered, with what it stands for if it was opened."""
    if isinstance(pseudonym, Entry):
        return {"kind": pseudonym.kind, "pseudonym": pseudonym.pseudonym, "names": list(pseudonym.names)}
    return {
        "kind": pseudonym.kind,
        "pseudonym": pseudonym.pseudonym,
        "names": None,
        "created_at": moment(pseudonym.created_at),
    }


def loss_row(loss: Loss | None) -> dict[str, Any]:
    """A loss as it is answered."""
    if loss is None:
        return {"n_statements": 0, "lost_support": [], "weakened": [], "gone": []}
    return {
        "n_statements": loss.n_statements,
        "lost_support": list(loss.lost_support),
        "weakened": list(loss.weakened),
        "gone": list(loss.gone),
    }


def forgotten_row(forgotten: Forgotten) -> dict[str, Any]:
    """What was done, as it is answered."""
    erased = forgotten.erased
    return {
        "participant": forgotten.participant,
        "n_transcripts": erased.n_transcripts,
        "n_redacted_transcripts": erased.n_redacted_transcripts,
        "n_statements": erased.n_statements,
        "loss": loss_row(forgotten.loss),
        "is_compacted": forgotten.is_compacted,
    }
