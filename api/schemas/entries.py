"""Steps and needs as tools fetch them, and what runs found before anybody reviewed it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.schemas.bases import Listed, Schema, moment
from api.schemas.maps import LintRow
from api.store.listings import ListedStatement, ListedSuggestion
from jtbd_nlp.stages import STAGES

_QUOTE: dict[str, Any] = {
    "best_quote": "figure out what time I need to leave",
    "speaker": "P7",
    "transcript": "p07",
    "turn": 12,
    "start": 14,
    "end": 50,
}
_SHARED: dict[str, Any] = {
    "state": "approved",
    "lost_support": False,
    "n_participants": 4,
    "n_matching": 2,
    "interval": [0.3, 0.9],
    "n_statements": 9,
    **_QUOTE,
    "statements": ["5f0c61b2a9d34e17"],
    "lint": [],
    "n_comments": 0,
    "merged": [],
    "revision": "0b1c2d3e4f5a",
    "updated_at": "2026-05-04T10:12:00Z",
    "similarity": None,
}
_STEP: dict[str, Any] = {
    "id": "step-3f2a9b7c1d0e5f64",
    "stage": "plan",
    "stage8": "prepare",
    "position": 1,
    "phrase": "determine the departure time",
    "suggested_phrase": "figure out the time",
    "stage_probabilities": {
        "understand": 0.31,
        "plan": 0.57,
        "execute": 0.06,
        "assess": 0.03,
        "revise": 0.02,
        "conclude": 0.01,
    },
    "confidence": 0.8,
    "needs": ["need-91c0a2b4c6d8e0f1"],
    "counter": [],
    "n_against": 0,
    "origin": "suggested",
    **_SHARED,
}
_NEED: dict[str, Any] = {
    "id": "need-91c0a2b4c6d8e0f1",
    "stage": "plan",
    "stage8": "prepare",
    "step": _STEP["id"],
    "step_phrase": _STEP["phrase"],
    "statement": "minimize the time it takes to determine the departure time",
    "suggested_statement": None,
    "action_variable": None,
    "direction": "minimize",
    "metric": "time",
    "object": "determine the departure time",
    "context": None,
    "kind": "functional",
    "is_met": False,
    "contradicts": [],
    "origin": "said",
    **_SHARED,
}


_STATEMENT: dict[str, Any] = {
    "id": "5f0c61b2a9d34e17",
    "kind": "action",
    "transcript": "p07",
    "transcript_id": "transcript_0192e4b07c7a7c8f9d0e1f2a3b4c5d72",
    "turn": 12,
    "start": 14,
    "end": 50,
    "speaker": "P7",
    "quote": "figure out what time I need to leave",
    "phrase": "figure out the time",
    "stage": "plan",
    "step": _STEP["id"],
    "membership": 0.92,
    "confidence": 0.86,
    "led": False,
}


class FetchedEntry(Schema):
    """What steps and needs share. With `fields`, only the fields that were asked for are there.

    `best_quote` stands at `start` to `end` (code points) of turn `turn` of `transcript`. `n_matching` counts those of
    the `n_participants` who have the attributes that were asked for.
    """

    id: str = ""
    state: Literal["suggested", "approved", "edited", "rejected"] = "approved"
    lost_support: bool = False
    origin: str = ""
    n_participants: int = 0
    n_matching: int = 0
    interval: list[float] = Field(default_factory=list, description="95 % interval of the share of all people.")
    n_statements: int = 0
    best_quote: str | None = None
    speaker: str | None = None
    transcript: str | None = None
    turn: int | None = None
    start: int | None = None
    end: int | None = None
    statements: list[str] = Field(default_factory=list, description="Ids of quotes, for …/evidence.")
    lint: list[LintRow] = Field(default_factory=list)
    n_comments: int = 0
    merged: list[str] = Field(default_factory=list, description="Ids of entries that became part of this one.")
    revision: str = ""
    updated_at: datetime | None = None
    similarity: float | None = Field(None, description="Cosine to `like`; null where none was asked for.")


class FetchedStep(FetchedEntry):
    """A step of the job map."""

    stage: str = ""
    stage8: str = ""
    position: int = 0
    phrase: str = ""
    suggested_phrase: str | None = None
    stage_probabilities: dict[str, float] | None = None
    confidence: float | None = None
    needs: list[str] = Field(default_factory=list)
    counter: list[str] = Field(default_factory=list, description="Ids of words against it, for …/evidence.")
    n_against: int = Field(0, description="How many people said them.")


class FetchedNeed(FetchedEntry):
    """A need of the job map, with the step it measures."""

    stage: str | None = None
    stage8: str | None = None
    step: str | None = None
    step_phrase: str | None = None
    statement: str = ""
    suggested_statement: str | None = None
    action_variable: str | None = None
    direction: str | None = None
    metric: str | None = None
    object: str | None = None
    context: str | None = None
    kind: str = ""
    is_met: bool = False
    contradicts: list[str] = Field(default_factory=list)


class FetchedSteps(Listed):
    """Steps in job order, or by how alike they are."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"revision": "9c01d2e45f6a", "steps": [_STEP], "next": None}}
    )

    revision: str
    steps: list[FetchedStep]


class FetchedNeeds(Listed):
    """Needs in the order of their steps, or by how alike they are."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"revision": "9c01d2e45f6a", "needs": [_NEED], "next": None}}
    )

    revision: str
    needs: list[FetchedNeed]


SUGGESTION_COLUMNS = (
    "id",
    "kind",
    "position",
    "wording",
    "stage",
    "n_participants",
    "n_statements",
    "confidence",
    "step",
    "origin",
    "statements",
    "redacted_at",
)
STATEMENT_COLUMNS = (
    "id",
    "kind",
    "transcript",
    "transcript_id",
    "turn",
    "start",
    "end",
    "speaker",
    "quote",
    "phrase",
    "stage",
    "step",
    "membership",
    "confidence",
    "led",
)


class SuggestionRow(Schema):
    """A step or need as the run suggested it, before anybody decided."""

    id: str = ""
    kind: Literal["step", "need"] = "step"
    position: int = 0
    wording: str = ""
    stage: str = ""
    n_participants: int = 0
    n_statements: int = 0
    confidence: float | None = Field(None, description="Of steps alone.")
    step: str | None = Field(None, description="The step that a need measures.")
    origin: str | None = None
    statements: list[str] = Field(default_factory=list)
    redacted_at: datetime | None = None


class Suggestions(Listed):
    """What a run suggested, needs before steps."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "run": "run_0192e4b07c7a7c8f9d0e1f2a3b4c5d71",
                "suggestions": [
                    {
                        "id": _STEP["id"],
                        "kind": "step",
                        "position": 0,
                        "wording": "figure out the time",
                        "stage": "plan",
                        "n_participants": 4,
                        "n_statements": 9,
                        "confidence": 0.8,
                        "step": None,
                        "origin": None,
                        "statements": ["5f0c61b2a9d34e17"],
                        "redacted_at": None,
                    }
                ],
                "next": None,
            }
        }
    )

    run: str
    suggestions: list[SuggestionRow]


class StatementRow(Schema):
    """Words in which a run found a deed or a need; `start` to `end` count code points of turn `turn`."""

    id: str = ""
    kind: Literal["action", "need"] = "action"
    transcript: str = ""
    transcript_id: str = ""
    turn: int = 0
    start: int = 0
    end: int = 0
    speaker: str = ""
    quote: str = ""
    phrase: str = ""
    stage: str = ""
    step: str | None = None
    membership: float | None = None
    confidence: float = 0.0
    led: bool = False


class Statements(Listed):
    """What a run found in the interviews, in their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"run": "run_0192e4b07c7a7c8f9d0e1f2a3b4c5d71", "statements": [_STATEMENT], "next": None}
        }
    )

    run: str
    statements: list[StatementRow]


def suggestion_row(listed: ListedSuggestion) -> dict[str, Any]:
    """A suggestion as the answer shows it."""
    body = listed.body
    return {
        "id": listed.id,
        "kind": listed.kind,
        "position": listed.position,
        "wording": body["phrase"] if listed.kind == "step" else body["statement"],
        "stage": body["stage"],
        "n_participants": body["n_participants"],
        "n_statements": len(body["statements"]),
        "confidence": body.get("confidence"),
        "step": body.get("step"),
        "origin": body.get("origin"),
        "statements": body["statements"],
        "redacted_at": moment(listed.redacted_at),
    }


def statement_row(listed: ListedStatement) -> dict[str, Any]:
    """A statement as the answer shows it."""
    body, evidence = listed.body, listed.body["evidence"]
    chances = body["stage_probabilities"]
    return {
        "id": listed.id,
        "kind": listed.kind,
        "transcript": evidence["transcript"],
        "transcript_id": listed.transcript_id,
        **evidence["span"],
        "speaker": body["speaker"],
        "quote": evidence["quote"],
        "phrase": body["phrase"],
        "stage": STAGES[max(range(len(chances)), key=chances.__getitem__)],
        "step": listed.step,
        "membership": listed.membership,
        "confidence": body["confidence"],
        "led": body["led"],
    }
