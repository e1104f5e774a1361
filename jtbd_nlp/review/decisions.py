"""What analysts decide about a job map: frozen values, one class a kind of decision.

A decision names what it acts on by the ids that steps and needs keep for good. It knows no storage and no clock: id,
time and author are given from outside. Transcripts are named by place, never by their words, so that erasing a
participant leaves nothing of theirs in the decisions.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from jtbd_nlp.domain import Span, Transcript


@dataclass(frozen=True, slots=True)
class ChosenSpan:
    """A place in a transcript that an analyst chose as evidence.

    `sha256` is the transcript's, as the analyst saw it: in a corrected transcript the place may hold other words.
    """

    transcript: str
    sha256: str
    span: Span

    @classmethod
    def of(cls, transcript: Transcript, span: Span) -> ChosenSpan:
        """Choose `span` of `transcript` as it is now."""
        return cls(transcript.id, transcript.sha256, span)

    def evidence_id(self, decision: str) -> str:
        """Id of this place as evidence of what `decision` added: 16 hex digits.

        Without the hash, which becomes another when somebody else is erased from the transcript.
        """
        key = f"{decision}|{self.transcript}|{self.span.turn}|{self.span.start}|{self.span.end}"
        return hashlib.sha256(key.encode("utf-8")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecision:
    """Fields that every decision has; the kinds are the subclasses below.

    Args:
        id: given by whoever stores it; no two decisions of a study share one.
        run: the analysis run whose map the analyst saw.
        by: who decided.
        at: when, with a time zone.
        seen: the revisions of the entries the analyst saw, as (entry id, revision); an entry that has another revision
            by now makes the decision stale. Entries that are not named are not checked.
    """

    kind: ClassVar[str] = ""

    id: str
    run: str
    by: str
    at: datetime
    seen: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("at: a time without a zone says not when")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(ReviewDecision):
    """Take a step or need as it is. What is approved or edited already stays as it is."""

    kind: ClassVar[str] = "approve"

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(ReviewDecision):
    """Give a step another phrase or a need another statement; that approves it too."""

    kind: ClassVar[str] = "edit"

    entry: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(ReviewDecision):
    """Take a step or need off the map. The needs of a rejected step measure no step until they are moved."""

    kind: ClassVar[str] = "reject"

    entry: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(ReviewDecision):
    """Make steps one step, or needs one need: `into` keeps id, wording and place and takes over what `entries` hold.

    It counts as approved if one of them did.
    """

    kind: ClassVar[str] = "merge"

    into: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(ReviewDecision):
    """Take some quotes, and the needs that go with them, out of a step: they become a step of their own after it."""

    kind: ClassVar[str] = "split"

    step: str
    statements: tuple[str, ...]
    phrase: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStep(ReviewDecision):
    """Put a step at the end of another stage."""

    kind: ClassVar[str] = "move_step"

    step: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveNeed(ReviewDecision):
    """Say which step a need measures, or that it measures none."""

    kind: ClassVar[str] = "move_need"

    need: str
    step: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStatement(ReviewDecision):
    """Make a quote evidence of another step (an action) or need (a need statement), or of none.

    A loose quote that tells no need is set aside likewise.
    """

    kind: ClassVar[str] = "move_statement"

    statement: str
    entry: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorder(ReviewDecision):
    """Put a step right after another of its stage, or first in it."""

    kind: ClassVar[str] = "reorder"

    step: str
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStep(ReviewDecision):
    """Add a step by hand, at the end of its stage, with evidence chosen from transcripts."""

    kind: ClassVar[str] = "add_step"

    phrase: str
    stage: str
    evidence: tuple[ChosenSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNeed(ReviewDecision):
    """Add a need by hand, with evidence chosen from transcripts."""

    kind: ClassVar[str] = "add_need"

    statement: str
    step: str | None
    evidence: tuple[ChosenSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEvidence(ReviewDecision):
    """Back a step or need by words chosen from transcripts, beside what backs it already."""

    kind: ClassVar[str] = "add_evidence"

    entry: str
    evidence: tuple[ChosenSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddComment(ReviewDecision):
    """Say something about a step or need, or about the whole map. Comments change nothing else."""

    kind: ClassVar[str] = "comment"

    entry: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRule(ReviewDecision):
    """Take back a rule that was learned from a decision, but not the decision."""

    kind: ClassVar[str] = "remove_rule"

    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(ReviewDecision):
    """Take a decision of the same run out of effect. It stays in the log, and so does this."""

    kind: ClassVar[str] = "undo"

    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redo(ReviewDecision):
    """Put a decision that was undone back into effect, in its old place among the others."""

    kind: ClassVar[str] = "redo"

    decision: str


KINDS: Final[tuple[type[ReviewDecision], ...]] = (
    Approve,
    Edit,
    Reject,
    Merge,
    Split,
    MoveStep,
    MoveNeed,
    MoveStatement,
    Reorder,
    AddStep,
    AddNeed,
    AddEvidence,
    AddComment,
    RemoveRule,
    Undo,
    Redo,
)
