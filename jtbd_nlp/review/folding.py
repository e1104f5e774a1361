"""The fold: suggestions and decisions to a job map, and a new decision tried against it.

The log of decisions is append-only. Undoing takes a decision out of effect and applies the others as if it had never
been made; redoing puts it back in its old place. Neither goes through where a later decision builds on the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jtbd_nlp.domain import Analysis
from jtbd_nlp.errors import DecisionNotAllowedError
from jtbd_nlp.review.applying import apply_decision
from jtbd_nlp.review.decisions import AddNeed, AddStep, MoveStatement, Redo, ReviewDecision, Undo
from jtbd_nlp.review.finishing import find_evidence, finish, voices_of
from jtbd_nlp.review.job_map import Conflict, JobMap, ReviewState
from jtbd_nlp.review.states import RefusedError, first_state


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


def fold(analysis: Analysis, decisions: Sequence[ReviewDecision], *, carried: JobMap | None = None) -> JobMap:
    """Apply decisions, in order, to what a run suggested.

    Args:
        analysis: the run. Where words were erased since, statements and transcripts may be missing; suggestions keep
            the ids of erased statements, so that the log replays as it was written.
        decisions: those of this run, in the order they were stored.
        carried: the map that `carry_over` made of the last run's map for this analysis; without it the map starts from
            the bare suggestions.

    Returns:
        The map. A decision that does not fit is passed over and listed in `conflicts`; it comes back into effect
        through nothing but a new decision.

    Raises:
        ValueError: two decisions have one id, or `carried` was made for another analysis.
    """
    log, conflicts = _read(analysis, decisions, carried)
    return _finished(analysis, log, conflicts)


def decide(
    analysis: Analysis,
    decisions: Sequence[ReviewDecision],
    decision: ReviewDecision,
    *,
    carried: JobMap | None = None,
) -> JobMap:
    """Try a new decision after those that are stored; whoever calls stores it if this returns.

    Beyond `fold` it checks what only a writer can get wrong: chosen evidence must be a participant's words in a
    transcript of the analysis, and a moved quote must exist.

    Returns:
        The map with the decision applied.

    Raises:
        DecisionNotAllowedError: it does not fit; `details` are those of the `Conflict`.
        ValueError: as in `fold`.
    """
    if decision.id in {d.id for d in decisions}:
        raise ValueError("two decisions have one id")
    log, conflicts = _read(analysis, decisions, carried)
    try:
        _check_founded(analysis, log.state, decision)
        written = _written(log, len(decisions), decision, _kinds(analysis))
    except RefusedError as refused:
        conflict = _conflict(log, decision, refused)
        raise DecisionNotAllowedError(conflict.message, details=conflict.details()) from refused
    return _finished(analysis, written, conflicts)


def _finished(analysis: Analysis, log: _Log, conflicts: Sequence[Conflict]) -> JobMap:
    return finish(
        analysis,
        log.state,
        conflicts=conflicts,
        in_effect=[one.decision for one in log.done],
        undone=[decision for _, decision in log.undone],
    )


def _check_founded(analysis: Analysis, state: ReviewState, decision: ReviewDecision) -> None:
    """Refuse a new decision that names words which are not there."""
    match decision:
        case AddStep(evidence=evidence) | AddNeed(evidence=evidence):
            for number, place in enumerate(evidence):
                if find_evidence(analysis, place) is None:
                    where = f"{place.transcript} as it is now"
                    raise RefusedError("impossible", f"evidence[{number}]: no participant's words there in {where}")
        case MoveStatement(statement=statement):
            if statement not in voices_of(analysis, state.chosen):
                raise RefusedError("unknown", f"{statement} is no evidence in this analysis")


def _read(
    analysis: Analysis, decisions: Sequence[ReviewDecision], carried: JobMap | None
) -> tuple[_Log, list[Conflict]]:
    if len({d.id for d in decisions}) < len(decisions):
        raise ValueError("two decisions have one id")
    if carried is not None and carried.analysis != analysis:
        raise ValueError("the carried map was made for another analysis")
    kinds = _kinds(analysis)
    log, conflicts = _Log(first_state(analysis) if carried is None else carried.state), []
    for place, decision in enumerate(decisions):
        try:
            log = _written(log, place, decision, kinds)
        except RefusedError as refused:
            conflicts.append(_conflict(log, decision, refused))
    return log, conflicts


def _kinds(analysis: Analysis) -> dict[str, str]:
    kinds = {s.id: s.kind for s in analysis.statements}
    kinds.update({a.id: "struggle" for need in analysis.needs for a in need.asides})
    return kinds


def _written(log: _Log, place: int, decision: ReviewDecision, kinds: Mapping[str, str]) -> _Log:
    """The log with one more decision."""
    match decision:
        case Undo(decision=undone):
            _check_seen(log.state, decision)
            new = _undo(log, undone, kinds)
        case Redo(decision=redone):
            _check_seen(log.state, decision)
            new = _redo(log, redone, kinds)
        case _:
            new = _Log(log.start, _with(log, place, decision, kinds, log.done), log.undone)
    return _Log(new.start, new.done, new.undone, (*log.trail, (decision.id, new.state)))


def _undo(log: _Log, undone: str, kinds: Mapping[str, str]) -> _Log:
    index = next((i for i, one in enumerate(log.done) if one.decision.id == undone), None)
    if index is None:
        raise RefusedError("unknown", f"{undone} is no decision in effect")
    taken = log.done[index]
    later = [(one.place, one.decision) for one in log.done[index + 1 :]]
    done = _replayed(log, later, kinds, log.done[:index], undone)
    return _Log(log.start, done, (*log.undone, (taken.place, taken.decision)))


def _redo(log: _Log, redone: str, kinds: Mapping[str, str]) -> _Log:
    found = next((one for one in log.undone if one[1].id == redone), None)
    if found is None:
        raise RefusedError("unknown", f"{redone} is no decision that was undone")
    index = sum(one.place < found[0] for one in log.done)
    later = [found, *((one.place, one.decision) for one in log.done[index:])]
    done = _replayed(log, later, kinds, log.done[:index], redone)
    return _Log(log.start, done, tuple(one for one in log.undone if one is not found))


def _replayed(
    log: _Log,
    later: Sequence[tuple[int, ReviewDecision]],
    kinds: Mapping[str, str],
    earlier: tuple[_Done, ...],
    about: str,
) -> tuple[_Done, ...]:
    """Apply `later` after `earlier` again; refuse where one of them no longer fits."""
    done = earlier
    for place, decision in later:
        try:
            done = _with(log, place, decision, kinds, done)
        except RefusedError as refused:
            message = f"{decision.id} builds on what {about} would change: {refused}"
            raise RefusedError("depends", message, entry=refused.entry, since=(decision.id,)) from refused
    return done


def _with(
    log: _Log, place: int, decision: ReviewDecision, kinds: Mapping[str, str], done: tuple[_Done, ...]
) -> tuple[_Done, ...]:
    """Apply one more decision after `done`."""
    state = done[-1].after if done else log.start
    _check_seen(state, decision)
    return (*done, _Done(place, decision, apply_decision(state, decision, kinds=kinds)))


def _check_seen(state: ReviewState, decision: ReviewDecision) -> None:
    """Refuse a decision whose writer saw an entry as it no longer is."""
    for entry_id, revision in decision.seen:
        entry = state.entry(entry_id)
        if entry is not None and entry.revision != revision:
            raise RefusedError("stale", f"{entry_id} has changed since it was seen", entry=entry_id)


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
