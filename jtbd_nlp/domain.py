"""The values that flow from hop to hop: frozen, plain, without behaviour that needs a model or a file.

Offsets are Unicode code points into one turn's text, start included, end excluded. `turn.text[start:end] == quote`
holds for every Evidence there is: `Evidence.of` is the way to make one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final, Literal

TRANSCRIPT_SCHEMA: Final = "jtbd-transcript/1"
ANALYSIS_SCHEMA: Final = "jtbd-analysis/1"


class Role(StrEnum):
    """Part that a speaker plays in an interview."""

    INTERVIEWER = "interviewer"
    PARTICIPANT = "participant"
    OTHER = "other"


class Kind(StrEnum):
    """What a transcript is: talk, or an observer's notes about people in the third person."""

    INTERVIEW = "interview"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says in one go. `start` and `end` are seconds, or None where the source has no times."""

    index: int
    speaker: str
    role: Role
    text: str
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Frozen text of one interview.

    `turns[i].index == i`. `format` names the reader ("otter-txt", "webvtt", ...). `warnings` say in plain words what
    was guessed or dropped while reading; they are not part of the hash. `sha256` is the hex digest of
    `canonical_bytes()`.
    """

    id: str
    title: str
    source: str
    turns: tuple[Turn, ...]
    kind: Kind = Kind.INTERVIEW
    format: str = TRANSCRIPT_SCHEMA
    warnings: tuple[str, ...] = ()
    # Hashed once: every statement's id rests on it.
    sha256: str = field(init=False, repr=False, compare=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.canonical_bytes()).hexdigest())

    @property
    def participants(self) -> tuple[str, ...]:
        """Names of the speakers with role participant, in order of appearance."""
        return tuple(dict.fromkeys(t.speaker for t in self.turns if t.role is Role.PARTICIPANT))

    @property
    def n_words(self) -> int:
        """White-space separated words of all turns."""
        return sum(len(t.text.split()) for t in self.turns)

    def canonical_bytes(self) -> bytes:
        """The canonical jtbd-transcript/1 JSON, UTF-8, as hashed into the manifest and as exported."""
        return (json.dumps(self.document(), ensure_ascii=False, indent=1) + "\n").encode("utf-8")

    def document(self) -> dict[str, object]:
        """The jtbd-transcript/1 document as plain values."""
        return {
            "schema": TRANSCRIPT_SCHEMA,
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "kind": self.kind.value,
            "turns": [
                {
                    "index": t.index,
                    "speaker": t.speaker,
                    "role": t.role.value,
                    "start": t.start,
                    "end": t.end,
                    "text": t.text,
                }
                for t in self.turns
            ],
        }


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`transcript.turns[turn].text[start:end]`."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words somebody said and where. Made by `Evidence.of`, so that quote and span cannot disagree."""

    transcript: str
    span: Span
    quote: str

    @classmethod
    def of(cls, transcript: Transcript, span: Span) -> Evidence:
        """Quote `span` of `transcript`.

        Raises:
            ValueError: the span is empty or lies outside its turn.
        """
        text = transcript.turns[span.turn].text
        if not 0 <= span.start < span.end <= len(text):
            raise ValueError(f"{transcript.id}: turn {span.turn} has no characters {span.start} to {span.end}")
        return cls(transcript.id, span, text[span.start : span.end])


Modality = Literal["none", "need", "want", "try", "can", "should", "would"]
Tense = Literal["past", "present", "future"]
Direction = Literal["minimize", "increase"]
NeedKind = Literal["functional", "emotional", "social", "consumption_chain", "financial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Fields common to both kinds of statement; see `ActionStatement` and `NeedStatement`.

    `phrase` is the statement as a job map would write it. `stage_probabilities` has the six stages in order and sums
    to 1. `confidence` is the calibrated probability that this is a statement of its kind. `led` is true where the
    interviewer said the key words first.
    """

    kind: ClassVar[str] = ""

    id: str
    evidence: Evidence
    speaker: str
    actor: str | None
    verb: str | None
    object: str | None
    context: str | None
    negated: bool
    modality: Modality
    tense: Tense
    habitual: bool
    led: bool
    phrase: str
    stage_probabilities: tuple[float, ...]
    confidence: float

    @property
    def participant(self) -> tuple[str, str]:
        """The person who said it: (transcript id, speaker)."""
        return (self.evidence.transcript, self.speaker)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionStatement(Statement):
    """What a participant does or tries to do, in their words."""

    kind: ClassVar[str] = "action"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedStatement(Statement):
    """What makes (part of) the job go well or badly, in the participant's words.

    `phrase` is "<direction> the <metric> <of | it takes to> <measured>"; the parts are kept beside it, and the same
    need as action and variable. `circumstance` is when it holds ("when the road is blocked"), in the program's words,
    or None. `is_met` is true where the speaker says that it is no trouble ("that part is easy"). `wording` is the
    chance that an analyst would write the like; 0 where the words give no writing that one could trust.
    """

    kind: ClassVar[str] = "need"

    direction: Direction
    metric: str
    measured: str
    need_kind: NeedKind = "functional"
    action_variable: str = ""
    circumstance: str | None = None
    is_met: bool = False
    wording: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedPhrase:
    """One need in both writings and its parts.

    `statement` is "<direction> the <metric> <joint> <measured>", `action_variable` the same need as action and
    variable. `context` is when it holds ("when the road is blocked"), or None.
    """

    statement: str
    direction: Direction
    metric: str
    measured: str
    context: str | None
    kind: NeedKind
    action_variable: str = ""
    is_met: bool = False
    wording: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Words of a participant that bear on a step without being a statement of it; they count for nothing.

    `said` is what they tell: that something is not done ("I never compare them"), or that it is a struggle. `phrase`
    is the deed that is not done, as a step is written, or the statement of `need`, which a struggle suggests.
    """

    id: str
    said: Literal["not done", "struggle"]
    evidence: Evidence
    speaker: str
    led: bool
    phrase: str
    stage_probabilities: tuple[float, ...]
    confidence: float
    need: NeedPhrase | None = None

    @property
    def participant(self) -> tuple[str, str]:
        """The person who said it: (transcript id, speaker)."""
        return (self.evidence.transcript, self.speaker)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Statements that say the same thing: ids in sorted order, and how firmly each belongs, in [0, 1]."""

    statements: tuple[str, ...]
    memberships: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Every statement id exactly once: in one cluster or in `ungrouped`."""

    clusters: tuple[Cluster, ...]
    ungrouped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One rule of METHOD §3 or §4 that a phrase breaks: stable rule id and why, in one sentence."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStep:
    """A suggested step. `statements` are ids of its action statements, best quote first. `position` counts from 1.

    `counter` holds what people said against it, that they do not do it; `n_against` counts them. It is no evidence for
    the step and is in no other count.
    """

    id: str
    phrase: str
    stage: str
    stage_probabilities: tuple[float, ...]
    position: int
    confidence: float
    n_participants: int
    participants_interval: tuple[float, float]
    statements: tuple[str, ...]
    needs: tuple[str, ...]
    lint: tuple[LintFinding, ...] = ()
    counter: tuple[Aside, ...] = ()
    n_against: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A suggested need; `step` is the id of the step it measures, or None.

    `origin` is "said" where need statements say it; `statements` names them, best quote first. It is "suggested" where
    it is only derived from words of struggle around the step: then `statements` is empty, and `asides` holds those
    words. `n_participants` counts the people behind either. `action_variable` is the same need in the other writing.
    `is_met` says that the speakers find it no trouble; `contradicts` names needs that say the opposite.
    """

    id: str
    statement: str
    direction: Direction
    metric: str
    object: str
    context: str | None
    step: str | None
    stage: str
    n_participants: int
    statements: tuple[str, ...]
    origin: Literal["said", "suggested"] = "said"
    lint: tuple[LintFinding, ...] = ()
    kind: NeedKind = "functional"
    action_variable: str = ""
    is_met: bool = False
    contradicts: tuple[str, ...] = ()
    asides: tuple[Aside, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whether interviewers asked about a stage, in words that name it.

    `n_participants` were asked; `silent` are those of them, as (transcript id, speaker), who said nothing of the stage
    in all their interview. `questions` are the first that each of them was asked. `verdict` is "no interviewer" where
    nobody asks anything at all, as in field notes.
    """

    verdict: Literal["said", "asked and not said", "never asked", "no interviewer"]
    n_participants: int = 0
    silent: tuple[tuple[str, str], ...] = ()
    questions: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStatus:
    """How well one stage is covered. `nearest` are statement ids of the nearest weak evidence; `ask` a question."""

    stage: str
    n_steps: int
    n_participants: int
    status: Literal["covered", "thin", "missing"]
    nearest: tuple[str, ...]
    ask: str
    asked: Asked = Asked(verdict="never asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Share of participants' words in sentences with a statement of some step or need, overall and by transcript."""

    share: float
    by_transcript: Mapping[str, float]
    largest_unexplained: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation:
    """Distinct steps and needs after 1, 2, ... transcripts, and how many new needs the next one should add."""

    steps: tuple[int, ...]
    needs: tuple[int, ...]
    expected_new_needs: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One research question: the job, and who gets it done."""

    name: str
    job: str
    executor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """One model a run used, as the manifest of an analysis names it."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a run was made from: program version, every setting, model hashes, input hashes in transcript order."""

    version: str
    settings: Mapping[str, object]
    models: tuple[ModelVersion, ...]
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What one run proposes: a pure function of transcripts, settings and models.

    `statement_steps` gives the step (or None) of every statement id, `memberships` how firmly it belongs there.
    """

    study: Study
    manifest: Manifest
    transcripts: tuple[Transcript, ...]
    statements: tuple[ActionStatement | NeedStatement, ...]
    statement_steps: Mapping[str, str | None]
    memberships: Mapping[str, float]
    steps: tuple[JobStep, ...]
    needs: tuple[Need, ...]
    stages: tuple[StageStatus, ...]
    coverage: Coverage
    saturation: Saturation
    _by_id: dict[str, ActionStatement | NeedStatement] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {s.id: s for s in self.statements})

    @property
    def n_needs_said(self) -> int:
        """Needs that somebody voiced; those that are only suggested are in no count."""
        return sum(need.origin == "said" for need in self.needs)

    def statement(self, statement_id: str) -> ActionStatement | NeedStatement:
        """Look up a statement by id; KeyError where there is none."""
        return self._by_id[statement_id]


def statement_id(transcript: Transcript, span: Span, kind: str) -> str:
    """First 16 hex digits of a SHA-256 over (transcript text hash, turn, start, end, kind)."""
    key = f"{transcript.sha256}|{span.turn}|{span.start}|{span.end}|{kind}"
    return hashlib.sha256(key.encode("ascii")).hexdigest()[:16]


def group_id(prefix: str, statement_ids: Sequence[str]) -> str:
    """`prefix`-, then the first 16 hex digits of a SHA-256 over the sorted statement ids."""
    return f"{prefix}-{hashlib.sha256('|'.join(sorted(statement_ids)).encode('ascii')).hexdigest()[:16]}"
