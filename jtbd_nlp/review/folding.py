"""The fold: suggestions and decisions to a job map, and a new decision tried against it.

The log of decisions is append-only. Undoing takes a decision out of effect and applies the others as if it had never
been made; redoing puts it back in its old place. Neither goes through where a later decision builds on the difference.
A stored log replays after somebody's words were erased: whatever it says of them is passed over, the rest holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jtbd_nlp.domain import Analysis
from jtbd_nlp.errors import DecisionNotAllowedError
from jtbd_nlp.review.applying import apply_decision
from jtbd_nlp.review.decisions import (
    AddEvidence,
    AddNeed,
    AddStep,
    MoveStatement,
    Redo,
    RemoveRule,
    ReviewDecision,
    Split,
    Undo,
)
from jtbd_nlp.review.finishing import finish
from jtbd_nlp.review.job_map import Conflict, JobMap, ReviewState
from jtbd_nlp.review.states import RefusedError, first_state, open_step
from jtbd_nlp.review.voices import Voice, find_evidence, voices_of


@dataclass(frozen=True, slots=True)
class _Done:
    """A decision in effect, its place in the log, and the state after it."""

    place: int
    decision: ReviewDecision
    after: ReviewState


@dataclass(frozen=True, slots=True)
class _Log:
    """What was read of a log so far; `trail` has the state after every decision that went through."""

    start: ReviewState
    done: tuple[_Done, ...] = ()
    undone: tuple[tuple[int, ReviewDecision], ...] = ()
    trail: tuple[tuple[str, ReviewState], ...] = ()

    @property
    def state(self) -> ReviewState:
        return self.done[-1].after if self.done else self.start

    def before(self, index: int) -> ReviewState:
        """The state that decision `index` in effect was applied to."""
        return self.done[index - 1].after if index else self.start


@dataclass(frozen=True, slots=True)
class Review:
    """A run under review, as far as its log was read: what `fold` and `decide` do, one decision at a time.

    Frozen: each decision gives a new one that shares most with the last, so that a service can keep one in memory
    instead of reading the whole log for every answer. `ids` are those of all decisions read.
    """

    analysis: Analysis
    ids: frozenset[str]
    conflicts: tuple[Conflict, ...]
    _log: _Log
    _voices: Mapping[str, Voice]

    @classmethod
    def start(cls, analysis: Analysis, *, state: ReviewState | None = None) -> Review:
        """Begin with what the run suggests, or with what `carry_over` made of the map before it."""
        log = _Log(first_state(analysis) if state is None else state)
        return cls(analysis, frozenset(), (), log, voices_of(analysis, {}))

    @property
    def state(self) -> ReviewState:
        """What further decisions act on."""
        return self._log.state

    @property
    def start_state(self) -> ReviewState:
        """What the first decision acted on."""
        return self._log.start

    @property
    def n_decisions(self) -> int:
        """Decisions read so far, those passed over too."""
        return len(self.ids)

    def changed_by(self) -> dict[str, str]:
        """The last decision that changed each entry, by the entry's id; those that no decision changed are left out.

        A step changes with the needs that measure it, and whatever is commented on changes.
        """
        changed: dict[str, str] = {}
        before = self._log.start
        for decision, after in self._log.trail:
            changed.update(dict.fromkeys(_changed_entries(before, after), decision))
            before = after
        return changed

    def read(self, decisions: Iterable[ReviewDecision]) -> Review:
        """Go on with stored decisions. One that does not fit is passed over and added to `conflicts`.

        What their writers saw is not asked again: it was when they were stored, and erased words may have changed it.

        Raises:
            ValueError: two decisions have one id.
        """
        log, ids, conflicts = self._log, set(self.ids), list(self.conflicts)
        for decision in decisions:
            if decision.id in ids:
                raise ValueError("two decisions have one id")
            try:
                log = _written(log, len(ids), decision, self._voices)
            except RefusedError as refused:
                conflicts.append(_conflict(log, decision, refused))
            ids.add(decision.id)
        return Review(self.analysis, frozenset(ids), tuple(conflicts), log, self._voices)

    def decide(self, decision: ReviewDecision) -> Review:
        """Go on with a new decision, checked for all that only a writer can get wrong; see `folding.decide`.

        Raises:
            DecisionNotAllowedError: it does not fit; `details` are those of the `Conflict`.
            ValueError: there is a decision of that id.
        """
        if decision.id in self.ids:
            raise ValueError("two decisions have one id")
        try:
            _check_seen(self.state, decision)
            _check_founded(self.analysis, self.state, decision, self._voices)
            log = _written(self._log, self.n_decisions, decision, self._voices)
        except RefusedError as refused:
            conflict = _conflict(self._log, decision, refused)
            raise DecisionNotAllowedError(conflict.message, details=conflict.details()) from refused
        return Review(self.analysis, self.ids | {decision.id}, self.conflicts, log, self._voices)

    def job_map(self) -> JobMap:
        """Make the map as it is now."""
        return finish(
            self.analysis,
            self.state,
            conflicts=self.conflicts,
            in_effect=[one.decision for one in self._log.done],
            undone=[decision for _, decision in self._log.undone],
            voices=self._voices,
        )


def fold(analysis: Analysis, decisions: Sequence[ReviewDecision], *, carried: JobMap | None = None) -> JobMap:
    """Apply decisions, in order, to what a run suggested.

    Args:
        analysis: the run. Where words were erased since, statements and transcripts may be missing, in decisions too.
        decisions: those of this run, in the order they were stored.
        carried: the map that `carry_over` made of the last run's map for this analysis; without it the map starts from
            the bare suggestions.

    Returns:
        The map. A decision that does not fit is passed over and listed in `conflicts`; it comes back into effect
        through nothing but a new decision.

    Raises:
        ValueError: two decisions have one id, or `carried` was made for another analysis.
    """
    return _begun(analysis, carried).read(decisions).job_map()


def decide(
    analysis: Analysis,
    decisions: Sequence[ReviewDecision],
    decision: ReviewDecision,
    *,
    carried: JobMap | None = None,
) -> JobMap:
    """Try a new decision after those that are stored; whoever calls stores it if this returns.

    Beyond `fold` it checks what only a writer can get wrong: entries must be as the writer saw them, what is added by
    hand needs evidence and words, chosen evidence must be a participant's words in a transcript of the analysis, a
    moved quote must exist, and a split takes some quotes of its step but not all.

    Returns:
        The map with the decision applied.

    Raises:
        DecisionNotAllowedError: it does not fit; `details` are those of the `Conflict`.
        ValueError: as in `fold`.
    """
    return _begun(analysis, carried).read(decisions).decide(decision).job_map()


def _begun(analysis: Analysis, carried: JobMap | None) -> Review:
    if carried is not None and carried.analysis is not analysis and carried.analysis != analysis:
        raise ValueError("the carried map was made for another analysis")
    return Review.start(analysis, state=None if carried is None else carried.state)


def _can_be_set_aside(state: ReviewState, statement: str, said: Voice | None) -> bool:
    """Whether some entry holds it, or it is a need statement that stands loose."""
    is_loose = said is not None and said.kind == "need" and statement not in state.set_aside
    return is_loose or any(statement in entry.members for entry in state.entries)


def _check_founded(
    analysis: Analysis, state: ReviewState, decision: ReviewDecision, voices: Mapping[str, Voice]
) -> None:
    """Refuse a new decision that names words which are not there, or none where it takes some."""
    match decision:
        case AddStep(evidence=evidence) | AddNeed(evidence=evidence) | AddEvidence(evidence=evidence):
            if not evidence:
                raise RefusedError("impossible", "what is added by hand needs evidence from a transcript")
            for number, place in enumerate(evidence):
                if find_evidence(analysis, place) is None:
                    where = f"{place.transcript} as it is now"
                    raise RefusedError("impossible", f"evidence[{number}]: no participant's words there in {where}")
        case MoveStatement(statement=statement):
            chosen = state.chosen.get(statement)
            if statement not in voices and (chosen is None or find_evidence(analysis, chosen) is None):
                raise RefusedError("unknown", f"{statement} is no evidence in this analysis")
            if decision.entry is None and not _can_be_set_aside(state, statement, voices.get(statement)):
                raise RefusedError("impossible", f"{statement} is evidence of nothing")
        case RemoveRule(rule=rule):
            if all(lesson.rule != rule for lesson in state.lessons):
                raise RefusedError("unknown", f"there is no {rule}")
        case Split(step=step_id, statements=statements):
            step = open_step(state, step_id)
            missing = sorted(set(statements) - set(step.members))
            if missing:
                raise RefusedError("unknown", f"{step_id} does not hold {missing[0]}", entry=step_id)
            if not statements or set(statements) == set(step.members):
                raise RefusedError("impossible", f"a split of {step_id} takes some quotes, not all", entry=step_id)


def _written(log: _Log, place: int, decision: ReviewDecision, voices: Mapping[str, Voice]) -> _Log:
    """The log with one more decision."""
    match decision:
        case Undo(decision=undone):
            new = _undo(log, undone, voices)
        case Redo(decision=redone):
            new = _redo(log, redone, voices)
        case _:
            done = (*log.done, _Done(place, decision, apply_decision(log.state, decision, voices=voices)))
            new = _Log(log.start, done, log.undone)
    return _Log(new.start, new.done, new.undone, (*log.trail, (decision.id, new.state)))


def _undo(log: _Log, undone: str, voices: Mapping[str, Voice]) -> _Log:
    index = next((i for i, one in enumerate(log.done) if one.decision.id == undone), None)
    if index is None:
        raise RefusedError("unknown", f"{undone} is no decision in effect")
    taken = log.done[index]
    done = _replayed(log, index, list(range(index + 1, len(log.done))), voices, undone)
    return _Log(log.start, done, (*log.undone, (taken.place, taken.decision)))


def _redo(log: _Log, redone: str, voices: Mapping[str, Voice]) -> _Log:
    found = next((one for one in log.undone if one[1].id == redone), None)
    if found is None:
        raise RefusedError("unknown", f"{redone} is no decision that was undone")
    index = sum(one.place < found[0] for one in log.done)
    place, decision = found
    done = _replayed(log, index, list(range(index, len(log.done))), voices, redone, first=(place, decision))
    return _Log(log.start, done, tuple(one for one in log.undone if one is not found))


def _replayed(
    log: _Log,
    index: int,
    later: Sequence[int],
    voices: Mapping[str, Voice],
    about: str,
    *,
    first: tuple[int, ReviewDecision] | None = None,
) -> tuple[_Done, ...]:
    """The decisions before `index`, then `first`, then those at `later` applied again.

    Refused where one of them no longer fits, or where its writer saw an entry otherwise than it would be now.
    """
    done = list(log.done[:index])
    state = log.before(index)
    if first is not None:
        state = apply_decision(state, first[1], voices=voices)
        done.append(_Done(*first, state))
    for i in later:
        place, decision = log.done[i].place, log.done[i].decision
        try:
            _check_unchanged(log.before(i), state, decision)
            state = apply_decision(state, decision, voices=voices)
        except RefusedError as refused:
            message = f"{decision.id} builds on what {about} would change: {refused}"
            raise RefusedError("depends", message, entry=refused.entry, since=(decision.id,)) from refused
        done.append(_Done(place, decision, state))
    return tuple(done)


def _check_seen(state: ReviewState, decision: ReviewDecision) -> None:
    """Refuse a decision whose writer saw an entry as it no longer is."""
    for entry_id, revision in decision.seen:
        entry = state.entry(entry_id)
        if entry is not None and entry.revision != revision:
            raise RefusedError("stale", f"{entry_id} has changed since it was seen", entry=entry_id)


def _check_unchanged(before: ReviewState, now: ReviewState, decision: ReviewDecision) -> None:
    """Refuse a state in which an entry that the writer of a decision looked at is another than it was then."""
    for entry_id, _ in decision.seen:
        was, entry = before.entry(entry_id), now.entry(entry_id)
        if was is not None and entry is not None and was is not entry and was.revision != entry.revision:
            raise RefusedError("stale", f"{entry_id} would be another than it was seen", entry=entry_id)


def _conflict(log: _Log, decision: ReviewDecision, refused: RefusedError) -> Conflict:
    entry = refused.entry
    current = None if entry is None else log.state.entry(log.state.survivor(entry))
    since = refused.since
    if entry is not None and not since:
        since = _changes_since(log, entry, dict(decision.seen).get(entry))
    return Conflict(
        decision=decision.id,
        reason=refused.reason,
        message=str(refused),
        entry=entry,
        current=current,
        since=since,
    )


def _changes_since(log: _Log, entry_id: str, revision: str | None) -> tuple[str, ...]:
    """Ids of the decisions that changed an entry after it last had `revision`; all where it never had."""
    states = [log.start, *(state for _, state in log.trail)]
    revisions = [None if (entry := s.entry(entry_id)) is None else entry.revision for s in states]
    first = max((i for i, r in enumerate(revisions) if r == revision), default=0) if revision else 0
    return tuple(log.trail[i][0] for i in range(first, len(log.trail)) if revisions[i + 1] != revisions[i])


def _changed_entries(before: ReviewState, after: ReviewState) -> set[str]:
    changed = {c.entry for c in after.comments[len(before.comments) :] if c.entry is not None}
    changed |= {step.id for step in after.steps.values() if before.steps.get(step.id) is not step}
    for need in after.needs.values():
        old = before.needs.get(need.id)
        if old is not need:
            changed |= {i for i in (need.id, need.step, old.step if old else None) if i is not None}
    for gone in before.needs.keys() - after.needs.keys():
        changed |= {i for i in (after.survivor(gone), before.needs[gone].step) if i is not None}
    return changed | {after.survivor(gone) for gone in before.steps.keys() - after.steps.keys()}
