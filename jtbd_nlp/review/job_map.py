"""What a job map holds while people review it: steps, needs, comments, and what became of merged ones.

Frozen values. An *entry* is a step or a need of the map.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from jtbd_nlp.domain import Analysis, Aside, Evidence, JobStep, Need
from jtbd_nlp.review.decisions import ChosenSpan, ReviewDecision
from jtbd_nlp.review.voices import Voice


class EntryState(StrEnum):
    """How far the review of an entry has come. Lost support: no words are left in the transcripts that back it."""

    SUGGESTED = "suggested"
    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"
    LOST_SUPPORT = "lost support"


Origin = Literal["suggested", "split", "added"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Fields common to steps and needs of a map; see `MapStep` and `MapNeed`.

    The first block is what decisions act on:
        id: stays for good, through edits, merges into it, and later runs.
        review: suggested, approved, edited or rejected.
        is_touched: whether people merged, split or moved it, or its quotes.
        members: ids of its evidence, best first, those of erased words included.
    The second is worked out from `members` and the analysis whenever a map is made:
        statements: the members whose words are there.
        n_participants: people behind them; words the interviewer put in somebody's mouth count for nobody.
        participants_interval: 95 % interval of the share of all participants.
    """

    id: str
    review: EntryState = EntryState.SUGGESTED
    origin: Origin = "suggested"
    is_touched: bool = False
    members: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    n_participants: int = 0
    participants_interval: tuple[float, float] = (0.0, 1.0)

    @property
    def is_approved(self) -> bool:
        """Whether people want it on the map, as it was or in their words; it may have lost its support since."""
        return self.review in (EntryState.APPROVED, EntryState.EDITED)

    @property
    def is_settled(self) -> bool:
        """Whether people decided anything about it, so that no later run may change it."""
        return self.is_touched or self.review is not EntryState.SUGGESTED

    @property
    def state(self) -> EntryState:
        """What to show: `review`, unless no words back it any more. Only meaningful on a finished map."""
        if self.review is EntryState.REJECTED or self.statements:
            return self.review
        return EntryState.LOST_SUPPORT


@dataclass(frozen=True, slots=True, kw_only=True)
class MapStep(Entry):
    """A step of the map.

    `position` orders the steps of a stage; it counts from 1 and may have gaps. `needs` are the ids of the needs that
    measure it and are not rejected. `need_quotes` are ids of need statements that stand beside it and that no entry
    holds, those likeliest to tell a need first: see `loose_quotes`. `counter` holds what people said against it, in no
    count. `suggestion` is what the latest run proposed in its place, None where it proposed nothing.
    """

    phrase: str
    stage: str
    position: int
    counter: tuple[Aside, ...] = ()
    suggestion: JobStep | None = None
    needs: tuple[str, ...] = ()
    need_quotes: tuple[str, ...] = ()

    @property
    def wording(self) -> str:
        """The phrase."""
        return self.phrase

    @property
    def revision(self) -> str:
        """12 hex digits that change with what people decide and see of it, but not with its position or counts."""
        return _digest(self.id, self.phrase, self.stage, self.review, self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNeed(Entry):
    """A need of the map. `step` is the id of the step it measures, or None; `stage` is its own where it has no step.

    `contradicts` names the needs of the map that say the opposite. `suggestion` has its parts (direction, metric, ...)
    as the latest run proposed them; they are those of `statement` only while nobody edited that.
    """

    statement: str
    step: str | None
    stage: str | None = None
    contradicts: tuple[str, ...] = ()
    suggestion: Need | None = None

    @property
    def wording(self) -> str:
        """The statement."""
        return self.statement

    @property
    def revision(self) -> str:
        """12 hex digits that change with what people decide and see of it, but not with its counts."""
        return _digest(self.id, self.statement, self.step, self.review, self.members)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What became of an entry that was merged: what it is part of now, and by which decision."""

    into: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said about an entry, or about the whole map (None)."""

    decision: str
    entry: str | None
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a decision says about statements: that some belong together, apart, or on no map at all.

    `one` and `other` are statement ids: joined with each other, or parted from each other; `stopped` has only `one`,
    what the rejected `entry` held.
    """

    decision: str
    kind: Literal["joined", "parted", "stopped"]
    one: tuple[str, ...]
    other: tuple[str, ...] = ()
    entry: str | None = None

    @property
    def rule(self) -> str:
        """Id of the rule that follows from it."""
        return f"rule-{self.kind}-{self.decision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewState:
    """Everything decisions act on; each gives a new one. Mappings are in order of appearance and never changed.

    `set_aside` are statements that people took out of their step or need without giving them another. `chosen` are
    the places that people chose as evidence, by evidence id.
    """

    steps: Mapping[str, MapStep] = field(default_factory=dict)
    needs: Mapping[str, MapNeed] = field(default_factory=dict)
    merged: Mapping[str, Merged] = field(default_factory=dict)
    chosen: Mapping[str, ChosenSpan] = field(default_factory=dict)
    set_aside: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    removed_rules: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[MapStep | MapNeed, ...]:
        """All steps, then all needs, in order of appearance."""
        return (*self.steps.values(), *self.needs.values())

    def entry(self, entry_id: str) -> MapStep | MapNeed | None:
        """Look up a step or need that is there, also a rejected one."""
        return self.steps.get(entry_id) or self.needs.get(entry_id)

    def is_stopped(self, entry_id: str) -> bool:
        """Whether the rule that followed from rejecting an entry is in force: it must not be suggested again."""
        return any(
            lesson.kind == "stopped" and lesson.entry == entry_id and lesson.rule not in self.removed_rules
            for lesson in self.lessons
        )

    def survivor(self, entry_id: str) -> str:
        """Follow merges to the entry that holds it now; the id itself where it was not merged."""
        while entry_id in self.merged:
            entry_id = self.merged[entry_id].into
        return entry_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Why a decision could not be applied, and what the writer did not know.

    Args:
        decision: id of the decision that was refused.
        reason: stale (an entry changed since it was seen), unknown, merged, rejected, depends (later decisions build
            on the one to undo or redo), or impossible (it would make no sense on any map like this).
        message: the same in one sentence; it names ids, not what people said.
        entry: the entry it is about, if any.
        current: that entry as it is now; of a merged one the entry that took it over.
        since: ids of the decisions that changed the entry since the writer saw it (all, where the revision that was
            seen was never there), or of those that build on it.
    """

    decision: str
    reason: Literal["stale", "unknown", "merged", "rejected", "depends", "impossible"]
    message: str
    entry: str | None = None
    current: MapStep | MapNeed | None = None
    since: tuple[str, ...] = ()

    def details(self) -> dict[str, object]:
        """The conflict as plain values, for the answer to whoever wrote the decision."""
        current = self.current
        return {
            "decision": self.decision,
            "reason": self.reason,
            "entry": self.entry,
            "current": None
            if current is None
            else {
                "id": current.id,
                "wording": current.wording,
                "state": current.review.value,
                "revision": current.revision,
            },
            "since": list(self.since),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMap:
    """What remains after decisions are applied to what a run suggested.

    Args:
        analysis: the run the map rests on; every id in an entry's `statements` has its words there.
        steps: in job order, rejected ones in their old place.
        needs: in order of appearance, rejected ones too.
        ungrouped: ids of the analysis' statements that no step and no need holds; every other is in exactly one.
        conflicts: decisions that were passed over, and why.
        in_effect: decisions that made this map, in order; undone ones and undoing itself are not among them.
        undone: decisions that were undone and can be redone, the one undone last at the end.
        state: what further decisions act on.
        evidence: what the entries rest on, by id.
        voices: all words that could be evidence, by id, with who said them.
    """

    analysis: Analysis
    steps: tuple[MapStep, ...]
    needs: tuple[MapNeed, ...]
    ungrouped: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    in_effect: tuple[ReviewDecision, ...]
    undone: tuple[ReviewDecision, ...]
    state: ReviewState
    evidence: Mapping[str, Evidence]
    voices: Mapping[str, Voice] = field(default_factory=dict, repr=False, compare=False)

    @property
    def entries(self) -> tuple[MapStep | MapNeed, ...]:
        """All steps, then all needs."""
        return (*self.steps, *self.needs)

    @property
    def comments(self) -> tuple[Comment, ...]:
        """All comments, oldest first."""
        return self.state.comments

    @property
    def approved_steps(self) -> tuple[MapStep, ...]:
        """Steps that are approved or edited and that somebody's words back: what tools fetch."""
        return tuple(s for s in self.steps if s.is_approved and s.statements)

    @property
    def approved_needs(self) -> tuple[MapNeed, ...]:
        """Needs that are approved or edited and that somebody's words back: what tools fetch."""
        return tuple(n for n in self.needs if n.is_approved and n.statements)

    def entry(self, entry_id: str) -> MapStep | MapNeed:
        """Look up a step or need by id; KeyError where there is none."""
        found = next((e for e in self.entries if e.id == entry_id), None)
        if found is None:
            raise KeyError(entry_id)
        return found

    def next_undo(self, by: str) -> str | None:
        """Id of the latest decision of `by` in effect: what an undo key takes back. None where there is none."""
        return next((d.id for d in reversed(self.in_effect) if d.by == by), None)

    def next_redo(self, by: str) -> str | None:
        """Id of the decision of `by` that was undone last and still is; None where there is none."""
        return next((d.id for d in reversed(self.undone) if d.by == by), None)
