"""One decision applied to a review state: the rules of review, kind by kind.

Pure: a state in, a new state out, or `RefusedError`. It looks at ids, never at words, and does not mind evidence that
is not there: a log replays alike before and after somebody's words were erased.

- What was merged or rejected takes no further decisions; what is gone was never there. Comments may be left anywhere.
- Approving what is approved, and moving to where a thing is, change nothing and are no fault.
- A merge counts as approved if one of the merged did; needs of merged steps go with them.
- A split-off step, and what is added by hand, count as approved: a person worded them.
- A statement is in one step or need at most; who takes it out without giving it another sets it aside for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from jtbd_nlp.review.decisions import (
    AddComment,
    AddEvidence,
    AddNeed,
    AddStep,
    Approve,
    Edit,
    Merge,
    MoveNeed,
    MoveStatement,
    MoveStep,
    Reject,
    RemoveRule,
    Reorder,
    ReviewDecision,
    Split,
)
from jtbd_nlp.review.job_map import (
    Comment,
    EntryState,
    Lesson,
    MapNeed,
    MapStep,
    Merged,
    ReviewState,
)
from jtbd_nlp.review.states import (
    RefusedError,
    last_position,
    learn,
    new_id,
    numbered,
    open_entry,
    open_need,
    open_step,
    put,
    steps_of_stage,
    with_needs,
)
from jtbd_nlp.review.voices import Voice
from jtbd_nlp.stages import STAGES

E = TypeVar("E", MapStep, MapNeed)

APPROVED: Final = EntryState.APPROVED
REJECTED: Final = EntryState.REJECTED


def apply_decision(state: ReviewState, decision: ReviewDecision, *, voices: Mapping[str, Voice]) -> ReviewState:
    """Apply one decision that is neither Undo nor Redo.

    Args:
        state: what it acts on.
        decision: what was decided.
        voices: the statements that have words, by id.

    Raises:
        RefusedError: it does not fit the state.
        TypeError: it is an Undo or a Redo, which act on the log and not on a state.
    """
    match decision:
        case Approve(entry=entry):
            return _approve(state, entry)
        case Edit(entry=entry, text=text):
            return _edit(state, entry, text)
        case Reject(entry=entry):
            return _reject(state, entry, decision.id)
        case Merge():
            return _merge(state, decision)
        case Split():
            return _split(state, decision)
        case MoveStep(step=step, stage=stage):
            return _move_step(state, step, stage)
        case MoveNeed(need=need, step=step_or_none):
            return _move_need(state, need, step_or_none)
        case MoveStatement():
            return _move_statement(state, decision, voices)
        case Reorder(step=step, after=after):
            return _reorder(state, step, after)
        case AddStep():
            return _add_step(state, decision)
        case AddNeed():
            return _add_need(state, decision)
        case AddEvidence():
            return _add_evidence(state, decision)
        case AddComment(entry=about):
            return _comment(state, decision, about)
        case RemoveRule(rule=rule):
            return _remove_rule(state, rule)
        case _:
            raise TypeError(f"a decision to {decision.kind} acts on no state")


def _approve(state: ReviewState, entry_id: str) -> ReviewState:
    entry = open_entry(state, entry_id)
    return state if entry.is_approved else put(state, replace(entry, review=APPROVED))


def _edit(state: ReviewState, entry_id: str, text: str) -> ReviewState:
    entry = open_entry(state, entry_id)
    if not text.strip():
        raise RefusedError("impossible", f"{entry_id} needs words", entry=entry_id)
    match entry:
        case MapStep():
            return put(state, replace(entry, phrase=text, review=EntryState.EDITED))
        case MapNeed():
            return put(state, replace(entry, statement=text, review=EntryState.EDITED))


def _reject(state: ReviewState, entry_id: str, decision: str) -> ReviewState:
    entry = open_entry(state, entry_id)
    state = put(state, replace(entry, review=REJECTED))
    state = with_needs(state, (replace(n, step=None) for n in state.needs.values() if n.step == entry_id))
    return learn(state, Lesson(decision=decision, kind="stopped", one=entry.members, entry=entry_id))


def _merge(state: ReviewState, decision: Merge) -> ReviewState:
    if not decision.entries or decision.into in decision.entries or len(set(decision.entries)) < len(decision.entries):
        raise RefusedError("impossible", "a merge names one entry to keep and others, each once", entry=decision.into)
    match open_entry(state, decision.into):
        case MapStep() as kept:
            steps = [open_step(state, i) for i in decision.entries]
            counter = tuple(dict.fromkeys(a for s in (kept, *steps) for a in s.counter))
            merged = _taken_over(state, replace(kept, counter=counter), steps, decision.id)
            moved = (replace(n, step=kept.id) for n in state.needs.values() if n.step in decision.entries)
            return with_needs(merged, moved)
        case MapNeed() as kept_need:
            return _taken_over(state, kept_need, [open_need(state, i) for i in decision.entries], decision.id)


def _taken_over(state: ReviewState, kept: E, others: Sequence[E], decision: str) -> ReviewState:
    """Give `kept` what `others` hold, and note what became of them."""
    gone = {other.id: Merged(into=kept.id, decision=decision) for other in others}
    review = kept.review
    if not kept.is_approved and any(other.is_approved for other in others):
        review = APPROVED
    taken: tuple[str, ...] = tuple(m for other in others for m in other.members)
    lesson = Lesson(decision=decision, kind="joined", one=kept.members, other=taken)
    kept = replace(kept, members=(*kept.members, *taken), review=review, is_touched=True)
    state = replace(
        state,
        steps={i: s for i, s in state.steps.items() if i not in gone},
        needs={i: n for i, n in state.needs.items() if i not in gone},
        merged={**state.merged, **gone},
    )
    return learn(put(state, kept), lesson)


def _split(state: ReviewState, decision: Split) -> ReviewState:
    step = open_step(state, decision.step)
    taken = tuple(m for m in step.members if m in decision.statements)
    left = tuple(m for m in step.members if m not in taken)
    if not decision.phrase.strip():
        raise RefusedError("impossible", "a step needs words", entry=step.id)
    needs = [open_need(state, n) for n in decision.needs]
    for need in needs:
        if need.step != step.id:
            raise RefusedError("impossible", f"{need.id} does not measure {step.id}", entry=need.id)
    new = MapStep(
        id=new_id("step", decision.id),
        phrase=decision.phrase,
        stage=step.stage,
        position=0,
        members=taken,
        review=APPROVED,
        origin="split",
        is_touched=True,
    )
    state = put(state, replace(step, members=left, is_touched=True))
    order = steps_of_stage(state, step.stage)
    order.insert(order.index(state.steps[step.id]) + 1, new)
    state = numbered(state, order)
    state = with_needs(state, (replace(n, step=new.id, is_touched=True) for n in needs))
    return learn(state, Lesson(decision=decision.id, kind="parted", one=taken, other=left))


def _move_step(state: ReviewState, step_id: str, stage: str) -> ReviewState:
    step = open_step(state, step_id)
    if stage not in STAGES:
        raise RefusedError("impossible", f"there is no stage {stage!r}", entry=step_id)
    if step.stage == stage:
        return state
    return put(state, replace(step, stage=stage, position=last_position(state, stage) + 1, is_touched=True))


def _move_need(state: ReviewState, need_id: str, step_id: str | None) -> ReviewState:
    need = open_need(state, need_id)
    if step_id is not None:
        open_step(state, step_id)
    return state if need.step == step_id else put(state, replace(need, step=step_id, is_touched=True))


def _move_statement(state: ReviewState, decision: MoveStatement, voices: Mapping[str, Voice]) -> ReviewState:
    statement = decision.statement
    source = next((e for e in state.entries if statement in e.members), None)
    target = None if decision.entry is None else open_entry(state, decision.entry)
    if source is not None and target is not None and source.id == target.id:
        return state
    said = voices.get(statement)
    _check_kinds(statement, said.kind if said else None, source, target)
    state = replace(state, set_aside=tuple(s for s in state.set_aside if s != statement))
    if source is not None:
        left = tuple(m for m in source.members if m != statement)
        state = put(state, replace(source, members=left, is_touched=True))
        state = learn(state, Lesson(decision=decision.id, kind="parted", one=(statement,), other=left))
    if target is None:
        return replace(state, set_aside=(*state.set_aside, statement))
    state = learn(state, Lesson(decision=decision.id, kind="joined", one=target.members[:1], other=(statement,)))
    return put(state, replace(target, members=(*target.members, statement), is_touched=True))


def _check_kinds(
    statement: str, kind: str | None, source: MapStep | MapNeed | None, target: MapStep | MapNeed | None
) -> None:
    """Refuse to make an action evidence of a need, or a need statement evidence of a step."""
    if source is not None:
        is_for_step = isinstance(source, MapStep)
    elif kind is not None:
        is_for_step = kind == "action"
    else:
        return  # its words were erased since; wherever it is put, it counts for nothing
    if target is not None and is_for_step != isinstance(target, MapStep):
        raise RefusedError("impossible", f"{statement} cannot be evidence of {target.id}", entry=target.id)


def _reorder(state: ReviewState, step_id: str, after: str | None) -> ReviewState:
    step = open_step(state, step_id)
    order = [s for s in steps_of_stage(state, step.stage) if s.id != step_id]
    place = 0
    if after is not None:
        before = open_step(state, after)
        if before.id == step_id or before.stage != step.stage:
            raise RefusedError("impossible", f"{after} is no other step of the stage of {step_id}", entry=after)
        place = order.index(before) + 1
    order.insert(place, replace(step, is_touched=True))
    return numbered(state, order)


def _add_step(state: ReviewState, decision: AddStep) -> ReviewState:
    if decision.stage not in STAGES:
        raise RefusedError("impossible", f"there is no stage {decision.stage!r}")
    _check_words(decision.phrase)
    state, members = _choose(state, decision)
    step = MapStep(
        id=new_id("step", decision.id),
        phrase=decision.phrase,
        stage=decision.stage,
        position=last_position(state, decision.stage) + 1,
        members=members,
        review=APPROVED,
        origin="added",
    )
    return put(state, step)


def _add_need(state: ReviewState, decision: AddNeed) -> ReviewState:
    if decision.step is not None:
        open_step(state, decision.step)
    _check_words(decision.statement)
    state, members = _choose(state, decision)
    need = MapNeed(
        id=new_id("need", decision.id),
        statement=decision.statement,
        step=decision.step,
        members=members,
        review=APPROVED,
        origin="added",
    )
    return put(state, need)


def _add_evidence(state: ReviewState, decision: AddEvidence) -> ReviewState:
    entry = open_entry(state, decision.entry)
    state, members = _choose(state, decision)
    return put(state, replace(entry, members=(*entry.members, *members), is_touched=True))


def _check_words(wording: str) -> None:
    if not wording.strip():
        raise RefusedError("impossible", "what is added by hand needs words")


def _choose(state: ReviewState, decision: AddStep | AddNeed | AddEvidence) -> tuple[ReviewState, tuple[str, ...]]:
    """The state that knows the places a decision chose, and their ids as evidence."""
    own = {place.evidence_id(decision.id): place for place in decision.evidence}
    return replace(state, chosen={**state.chosen, **own}), tuple(own)


def _comment(state: ReviewState, decision: AddComment, about: str | None) -> ReviewState:
    if about is not None and state.entry(about) is None and about not in state.merged:
        raise RefusedError("unknown", f"{about} is not on this map", entry=about)
    comment = Comment(decision=decision.id, entry=about, text=decision.text, by=decision.by, at=decision.at)
    return replace(state, comments=(*state.comments, comment))


def _remove_rule(state: ReviewState, rule: str) -> ReviewState:
    return state if rule in state.removed_rules else replace(state, removed_rules=(*state.removed_rules, rule))
