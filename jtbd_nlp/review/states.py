"""A review state: how it begins, what in it takes decisions, and the small changes that decisions are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from jtbd_nlp.domain import Analysis
from jtbd_nlp.review.job_map import EntryState, Lesson, MapNeed, MapStep, ReviewState
from jtbd_nlp.stages import STAGES

Reason = Literal["stale", "unknown", "merged", "rejected", "depends", "impossible"]


class RefusedError(Exception):
    """A decision cannot be applied. Stays inside the package: callers get a `Conflict`."""

    def __init__(self, reason: Reason, message: str, *, entry: str | None = None, since: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.entry = entry
        self.since = tuple(since)


def first_state(analysis: Analysis) -> ReviewState:
    """Give the state before any decision: what the run suggested, steps numbered from 1 within their stage."""
    steps: dict[str, MapStep] = {}
    for stage in STAGES:
        own = sorted((s for s in analysis.steps if s.stage == stage), key=lambda s: (s.position, s.id))
        for position, step in enumerate(own, 1):
            steps[step.id] = MapStep(
                id=step.id,
                phrase=step.phrase,
                stage=step.stage,
                position=position,
                members=step.statements,
                counter=step.counter,
                suggestion=step,
            )
    needs = {
        need.id: MapNeed(
            id=need.id,
            statement=need.statement,
            step=need.step if need.step in steps else None,
            stage=need.stage,
            members=need.statements or tuple(a.id for a in need.asides),
            contradicts=need.contradicts,
            suggestion=need,
        )
        for need in analysis.needs
    }
    return ReviewState(steps=steps, needs=needs)


def open_step(state: ReviewState, step_id: str) -> MapStep:
    """Look up a step that takes decisions."""
    entry = open_entry(state, step_id)
    if not isinstance(entry, MapStep):
        raise RefusedError("impossible", f"{step_id} is a need, not a step", entry=step_id)
    return entry


def open_need(state: ReviewState, need_id: str) -> MapNeed:
    """Look up a need that takes decisions."""
    entry = open_entry(state, need_id)
    if not isinstance(entry, MapNeed):
        raise RefusedError("impossible", f"{need_id} is a step, not a need", entry=need_id)
    return entry


def open_entry(state: ReviewState, entry_id: str) -> MapStep | MapNeed:
    """Look up a step or need that takes decisions: neither gone nor merged nor rejected."""
    if entry_id in state.merged:
        merged = state.merged[entry_id]
        raise RefusedError("merged", f"{entry_id} was merged into {merged.into}", entry=entry_id)
    entry = state.entry(entry_id)
    if entry is None:
        raise RefusedError("unknown", f"{entry_id} is not on this map", entry=entry_id)
    if entry.review is EntryState.REJECTED:
        raise RefusedError("rejected", f"{entry_id} was rejected", entry=entry_id)
    return entry


def new_id(prefix: str, *parts: str) -> str:
    """`prefix`-, then 16 hex digits from `parts`: the id of what no run suggested."""
    return f"{prefix}-{hashlib.sha256('|'.join(parts).encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def put(state: ReviewState, entry: MapStep | MapNeed) -> ReviewState:
    """Put a step or need in the place of the one with its id, or after all others."""
    match entry:
        case MapStep():
            return replace(state, steps={**state.steps, entry.id: entry})
        case MapNeed():
            return replace(state, needs={**state.needs, entry.id: entry})


def with_needs(state: ReviewState, needs: Iterable[MapNeed]) -> ReviewState:
    """Put needs in the place of those with their ids."""
    return replace(state, needs={**state.needs, **{need.id: need for need in needs}})


def learn(state: ReviewState, lesson: Lesson) -> ReviewState:
    """Note what a decision teaches."""
    return replace(state, lessons=(*state.lessons, lesson))


def steps_of_stage(state: ReviewState, stage: str) -> list[MapStep]:
    """Steps of a stage in order, rejected ones too."""
    return sorted((s for s in state.steps.values() if s.stage == stage), key=lambda s: (s.position, s.id))


def numbered(state: ReviewState, order: Sequence[MapStep]) -> ReviewState:
    """Number the steps of one stage from 1, in this order."""
    again = {step.id: replace(step, position=i) for i, step in enumerate(order, 1)}
    return replace(state, steps={**state.steps, **again})


def last_position(state: ReviewState, stage: str) -> int:
    """The highest position of a stage's steps, 0 where it has none."""
    return max((s.position for s in state.steps.values() if s.stage == stage), default=0)
