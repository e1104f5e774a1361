"""Interviews, listed and whole, with the places that a run found in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Listed, Name, Schema, moment
from api.schemas.offsets import Offsets, all_to_utf16
from api.store.listings import ListedStatement, ListedTranscript
from api.store.transcripts import StoredTranscript
from jtbd_nlp.domain import Role, Turn
from jtbd_nlp.stages import STAGES

_ID = "transcript_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e"


class SpeakingPerson(Schema):
    """A participant of the study, and under what name they speak in the interview."""

    participant: str
    name: str
    speaker: str


class SpeakerRow(Schema):
    """Who speaks, in what part; `corrected` where somebody said so."""

    name: str
    role: Literal["interviewer", "participant", "other"]
    corrected: bool
    n_turns: int


class InterviewRow(Schema):
    """An interview without its words."""

    id: str
    name: str
    format: str
    n_turns: int
    n_words: int
    people: list[SpeakingPerson]
    speakers: list[SpeakerRow] | None = Field(description="In the order they first speak; null where not asked for.")
    warnings: list[str]
    created_at: datetime
    created_by: str
    redacted_at: datetime | None = Field(description="When somebody was erased from it; null for never.")


class Interviews(Listed):
    """Interviews of a study, in the order they were added."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "transcripts": [
                    {
                        "id": _ID,
                        "name": "p07",
                        "format": "webvtt",
                        "n_turns": 40,
                        "n_words": 5012,
                        "people": [
                            {
                                "participant": "participant_0192e4b07c7a7c8f9d0e1f2a3b4c5d6f",
                                "name": "p07",
                                "speaker": "P7",
                            }
                        ],
                        "speakers": None,
                        "warnings": [],
                        "created_at": "2026-05-04T10:12:00Z",
                        "created_by": "Ana",
                        "redacted_at": None,
                    }
                ],
                "next": None,
            }
        }
    )

    transcripts: list[InterviewRow]


class SpokenTurn(Schema):
    """What one speaker says in one go; `start` and `end` in seconds where the source has times."""

    index: int
    speaker: str
    role: Literal["interviewer", "participant", "other"]
    start: float | None
    end: float | None
    text: str


class Highlight(Schema):
    """A place that a run found: `start` and `end` count in the text of turn `turn`."""

    id: str
    kind: Literal["action", "need"]
    turn: int
    start: int
    end: int
    phrase: str
    stage: str
    step: str | None
    led: bool


class Interview(Schema):
    """An interview as it was read, with roles corrected."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": _ID,
                "name": "p07",
                "sha256": "9c01d2e45f6a" + "0" * 52,
                "title": "Interview 7",
                "source": "p07.vtt",
                "kind": "interview",
                "format": "webvtt",
                "warnings": [],
                "redacted_at": None,
                "offsets": "code_points",
                "speakers": [{"name": "P7", "role": "participant", "corrected": False, "n_turns": 1}],
                "turns": [
                    {
                        "index": 0,
                        "speaker": "P7",
                        "role": "participant",
                        "start": 4.2,
                        "end": 9.0,
                        "text": "I check the road before I leave.",
                    }
                ],
                "highlights": [
                    {
                        "id": "5f0c61b2a9d34e17",
                        "kind": "action",
                        "turn": 0,
                        "start": 2,
                        "end": 16,
                        "phrase": "check the road",
                        "stage": "plan",
                        "step": "step-3f2a9b7c1d0e5f64",
                        "led": False,
                    }
                ],
            }
        }
    )

    id: str
    name: str
    sha256: str = Field(description="Hash of the interview as it is now; chosen evidence names it.")
    title: str
    source: str
    kind: Literal["interview", "notes"]
    format: str
    warnings: list[str]
    redacted_at: datetime | None
    offsets: Offsets
    speakers: list[SpeakerRow]
    turns: list[SpokenTurn]
    highlights: list[Highlight] | None = Field(description="Null where none were asked for.")


class CorrectedRole(Asked):
    """What part a speaker really plays."""

    model_config = ConfigDict(json_schema_extra={"example": {"speaker": "Speaker 1", "role": "interviewer"}})

    speaker: Name
    role: Role


def interview_row(listed: ListedTranscript, kept: StoredTranscript | None) -> dict[str, Any]:
    """An interview without its words as the answer shows it; `kept` where it should say who speaks."""
    return {
        "id": listed.id,
        "name": listed.name,
        "format": listed.format,
        "n_turns": listed.n_turns,
        "n_words": listed.n_words,
        "people": [{"participant": i, "name": name, "speaker": speaker} for i, name, speaker in listed.people],
        "speakers": None if kept is None else _speakers(kept),
        "warnings": list(listed.warnings),
        "created_at": moment(listed.created_at),
        "created_by": listed.created_by,
        "redacted_at": moment(listed.redacted_at),
    }


def interview_answer(
    kept: StoredTranscript, found: Sequence[ListedStatement] | None, *, offsets: Offsets
) -> dict[str, Any]:
    """A whole interview as the answer shows it; `found` is None where no highlights were asked for."""
    transcript = kept.transcript
    return {
        "id": kept.id,
        "name": transcript.id,
        "sha256": transcript.sha256,
        "title": transcript.title,
        "source": transcript.source,
        "kind": transcript.kind.value,
        "format": transcript.format,
        "warnings": list(transcript.warnings),
        "redacted_at": moment(kept.redacted_at),
        "offsets": offsets.value,
        "speakers": _speakers(kept),
        "turns": [
            {
                "index": turn.index,
                "speaker": turn.speaker,
                "role": turn.role.value,
                "start": turn.start,
                "end": turn.end,
                "text": turn.text,
            }
            for turn in transcript.turns
        ],
        "highlights": None
        if found is None
        else [_highlight(one, [turn.text for turn in transcript.turns], offsets) for one in found],
    }


def _speakers(kept: StoredTranscript) -> list[dict[str, Any]]:
    turns: dict[str, list[Turn]] = defaultdict(list)
    for turn in kept.transcript.turns:
        turns[turn.speaker].append(turn)
    return [
        {"name": name, "role": own[0].role.value, "corrected": name in kept.corrected, "n_turns": len(own)}
        for name, own in turns.items()
    ]


def placed(text: str, start: int, end: int, offsets: Offsets) -> tuple[int, int]:
    """A place in a text as the request counts."""
    if offsets is Offsets.UTF16:
        start, end = all_to_utf16(text, (start, end))
    return start, end


def _highlight(one: ListedStatement, texts: Sequence[str], offsets: Offsets) -> dict[str, Any]:
    body: Mapping[str, Any] = one.body
    span = body["evidence"]["span"]
    text = texts[span["turn"]] if span["turn"] < len(texts) else ""
    start, end = placed(text, span["start"], span["end"], offsets)
    chances = body["stage_probabilities"]
    return {
        "id": one.id,
        "kind": one.kind,
        "turn": span["turn"],
        "start": start,
        "end": end,
        "phrase": body["phrase"],
        "stage": STAGES[max(range(len(chances)), key=chances.__getitem__)],
        "step": one.step,
        "led": body["led"],
    }
