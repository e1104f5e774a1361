"""Job maps (`jtbd-jobmap/1`), the quotes behind them, and decisions on them (`jtbd-decision/1`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.bases import Listed, Schema, moment
from api.schemas.offsets import Offsets, from_utf16
from api.schemas.transcripts import placed
from api.store.decisions import StoredDecision
from jtbd_nlp.domain import Transcript

_STEP = "step-3f2a9b7c1d0e5f64"
_NEED = "need-91c0a2b4c6d8e0f1"
_RUN = "run_0192e4b07c7a7c8f9d0e1f2a3b4c5d71"
_DECISION: dict[str, Any] = {
    "schema": "jtbd-decision/1",
    "kind": "edit",
    "id": "decision_0192e4b07c7a7c8f9d0e1f2a3b4c5d72",
    "run": _RUN,
    "by": "Ana",
    "at": "2026-05-04T10:12:00+00:00",
    "seen": {_STEP: "0b1c2d3e4f5a"},
    "entry": _STEP,
    "text": "determine the departure time",
}


class StudyOfMap(Schema):
    """The study as it was when the run was made."""

    id: str | None
    name: str
    job: str
    executor: str


class RunOfMap(Schema):
    """The run that the map rests on."""

    id: str | None
    number: int | None


class StageRow(Schema):
    """How well a stage is covered; `nearest` are ids of the nearest weak evidence, `ask` a question to ask."""

    stage: str
    stage8: str
    status: Literal["covered", "thin", "missing"]
    n_steps: int
    n_participants: int
    nearest: list[str]
    ask: str


class LintRow(Schema):
    """A rule that a wording breaks, and why."""

    rule: str
    message: str


class EntryRow(Schema):
    """What steps and needs of a map share. `state` is what people decided; `interval` that of the share of people."""

    id: str
    state: Literal["suggested", "approved", "edited", "rejected"]
    lost_support: bool
    revision: str = Field(description="What a decision names in `seen`.")
    origin: str
    n_participants: int
    interval: list[float]
    n_statements: int
    statements: list[str]
    lint: list[LintRow]
    n_comments: int
    merged: list[str]


class StepRow(EntryRow):
    """A step of a map; `position` orders the steps of a stage and may have gaps."""

    phrase: str
    suggested_phrase: str | None
    stage: str
    stage8: str
    stage_probabilities: dict[str, float] | None
    position: int
    confidence: float | None
    needs: list[str]
    need_quotes: list[str] = Field(description="Ids of quotes that no need holds and that may tell one of this step.")


class NeedRow(EntryRow):
    """A need of a map; `step` is the step it measures."""

    statement: str
    suggested_statement: str | None
    step: str | None
    stage: str | None
    direction: str | None
    metric: str | None
    object: str | None
    context: str | None
    kind: str
    action_variable: str | None
    is_met: bool
    contradicts: list[str]


class CommentRow(Schema):
    """What somebody said about an entry, or about the whole map (null)."""

    id: str
    entry: str | None
    text: str
    by: str
    at: datetime


class JobMap(Schema):
    """A job map as `jtbd-jobmap/1`: steps in job order, needs in the order of their steps, no quotes."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "schema": "jtbd-jobmap/1",
                "study": {"id": None, "name": "arrive", "job": "get to a destination on time", "executor": "driver"},
                "run": {"id": _RUN, "number": 2},
                "revision": "9c01d2e45f6a",
                "stages": [],
                "steps": [],
                "needs": [],
                "ungrouped": [],
                "comments": [],
                "next_undo": {"Ana": _DECISION["id"]},
                "next_redo": {},
                "blind": None,
            }
        }
    )

    schema_: Literal["jtbd-jobmap/1"] = Field(alias="schema")
    study: StudyOfMap
    run: RunOfMap
    revision: str | None
    stages: list[StageRow]
    steps: list[StepRow]
    needs: list[NeedRow]
    ungrouped: list[str]
    comments: list[CommentRow]
    next_undo: dict[str, str] = Field(description="By author, the decision that an undo key takes back.")
    next_redo: dict[str, str]
    blind: Literal["open", "revealed"] | None = Field(description="Whether its run is or was in a blind review.")


class OtherNames(Schema):
    """What else a step could be called, best first, none like its name or like another."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"names": ["determine the departure time", "check the timetable"]}}
    )

    names: list[str]


class WrittenNeeds(Schema):
    """What a quote may tell as a need, likeliest first, none in the words of another."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"needs": ["minimize the likelihood of arriving late for an appointment"]}}
    )

    needs: list[str]


class EvidenceRow(Schema):
    """Words somebody said: `start` to `end` of turn `turn`, with what stands around them."""

    id: str
    kind: str
    transcript: str = Field(description="Its name in the study.")
    transcript_id: str
    turn: int
    start: int
    end: int
    quote: str
    speaker: str
    participant: str | None
    led: bool = Field(description="Whether the interviewer said the key words first; then it counts for nobody.")
    stage: str | None
    phrase: str | None = Field(description="The step or need as the engine writes it; null for words chosen by hand.")
    question: str
    context_before: str
    context_after: str
    start_s: float | None


class Evidence(Schema):
    """Quotes, in the order they were asked for; those of people who were erased are left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "evidence": [
                    {
                        "id": "5f0c61b2a9d34e17",
                        "kind": "action",
                        "transcript": "p07",
                        "transcript_id": "transcript_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
                        "turn": 12,
                        "start": 14,
                        "end": 50,
                        "quote": "figure out what time I need to leave",
                        "speaker": "P7",
                        "participant": "participant_0192e4b07c7a7c8f9d0e1f2a3b4c5d6f",
                        "led": False,
                        "stage": "understand",
                        "phrase": "work out when to leave",
                        "question": "And before you go?",
                        "context_before": "First I have to ",
                        "context_after": ", and then I pack.",
                        "start_s": 61.5,
                    }
                ],
                "offsets": "code_points",
            }
        }
    )

    evidence: list[EvidenceRow]
    offsets: Offsets


class NewDecision(BaseModel):
    """A decision: its kind, the fields of that kind as in `jtbd-decision/1`, and what its writer saw.

    Kinds and fields: approve, reject `entry`; edit `entry`, `text`; merge `into`, `entries`; split `step`,
    `statements`, `phrase`, `needs`; move_step `step`, `stage`; move_need `need`, `step`; move_statement `statement`,
    `entry`; reorder `step`, `after`; add_step `phrase`, `stage`, `evidence`; add_need `statement`, `step`, `evidence`;
    add_evidence `entry`, `evidence`; comment `entry`, `text`; remove_rule `rule`; undo, redo `decision`, by default
    the caller's last one. Chosen evidence is a list of `transcript` (name or id), `turn`, `start`, `end`, and
    `sha256`, which may be left out for the interview as the run read it.
    """

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "kind": "edit",
                "entry": _STEP,
                "text": "determine the departure time",
                "seen": {_STEP: "0b1c2d3e4f5a"},
            }
        },
    )

    kind: str = Field(max_length=40)
    run: str | None = Field(None, max_length=100, description="The run whose map was seen; the last by default.")
    seen: dict[str, str] = Field(default_factory=dict, description="Revisions of the entries that were seen, by id.")


class StoredDecisionRow(Schema):
    """A decision as `jtbd-decision/1`, with the fields of its kind; `number` counts from 1 within the run."""

    schema_: Literal["jtbd-decision/1"] = Field(alias="schema")
    kind: str
    id: str
    run: str
    number: int
    by: str
    at: datetime


class Decisions(Listed):
    """Decisions on a run, in the order they were made."""

    model_config = ConfigDict(json_schema_extra={"example": {"decisions": [{**_DECISION, "number": 1}], "next": None}})

    decisions: list[StoredDecisionRow]


class DecisionBody(Schema):
    """A decision as `jtbd-decision/1`, with the fields of its kind."""

    schema_: Literal["jtbd-decision/1"] = Field(alias="schema")
    kind: str
    id: str
    run: str
    by: str
    at: datetime


_DECIDED: dict[str, Any] = {
    "decision": _DECISION,
    "revision": "1a2b3c4d5e6f",
    "entries": [_STEP],
    "revisions": {_STEP: "9d8c7b6a5f4e"},
}


class Decided(Schema):
    """A decision that was stored, the map's new revision, and the entries that are not as they were."""

    model_config = ConfigDict(json_schema_extra={"example": _DECIDED})

    decision: DecisionBody
    revision: str
    entries: list[str]
    revisions: dict[str, str] = Field(description="Of those entries that are still there, as they are now.")


def decision_row(stored: StoredDecision) -> dict[str, Any]:
    """A stored decision as the answer shows it."""
    own = {"id": stored.id, "run": stored.run_id, "number": stored.number, "by": stored.by, "at": moment(stored.at)}
    return {"schema": "jtbd-decision/1", "kind": stored.kind, **stored.body, **own}


def decision_body(
    body: NewDecision, transcripts: Sequence[Transcript], names: Mapping[str, str], *, offsets: Offsets
) -> dict[str, Any]:
    """What was sent as `jtbd-decision/1` has it: chosen places in code points, by name and hash of the interview.

    Args:
        transcripts: as the run read them.
        names: of the study's interviews, by id.

    Raises:
        BadValueError: a place is between the halves of a character.
    """
    plain: dict[str, Any] = body.model_dump(exclude_none=True) | (body.model_extra or {})
    if isinstance(evidence := plain.get("evidence"), list):
        by_name = {t.id: t for t in transcripts}
        plain["evidence"] = [_chosen(place, by_name, names, offsets) for place in evidence]
    return plain


def evidence_row(
    row: Mapping[str, Any], transcripts: Mapping[str, Transcript], ids: Mapping[str, str], *, offsets: Offsets
) -> dict[str, Any]:
    """A quote as the answer shows it, with its place as the request counts."""
    text = transcripts[row["transcript"]].turns[row["turn"]].text
    start, end = placed(text, row["start"], row["end"], offsets)
    return {**row, "transcript_id": ids.get(row["transcript"], ""), "start": start, "end": end}


def _chosen(place: object, transcripts: Mapping[str, Transcript], names: Mapping[str, str], offsets: Offsets) -> object:
    if not isinstance(place, dict):
        return place
    name = names.get(str(place.get("transcript")), place.get("transcript"))
    chosen = {**place, "transcript": name}
    transcript = transcripts.get(name) if isinstance(name, str) else None
    if transcript is None:
        return chosen
    chosen.setdefault("sha256", transcript.sha256)
    turn = place.get("turn")
    if offsets is Offsets.UTF16 and type(turn) is int and 0 <= turn < len(transcript.turns):
        for end in ("start", "end"):
            if type(place.get(end)) is int:
                chosen[end] = from_utf16(transcript.turns[turn].text, place[end])
    return chosen
