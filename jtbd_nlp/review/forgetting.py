"""What remains of a review state when somebody's words are to be forgotten: their evidence, and quotes of them, go.

What people decided on keeps id, wording and place, with whatever support is left; suggestions that nobody else speaks
of go. Pure functions of frozen values, as in `jtbd_nlp.forgetting`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from jtbd_nlp.domain import Analysis, JobStep, Need
from jtbd_nlp.forgetting import Forgotten, mask_names, remaining_asides
from jtbd_nlp.review.decisions import ChosenSpan
from jtbd_nlp.review.job_map import EntryState, JobMap, Lesson, MapNeed, MapStep, ReviewState

E = TypeVar("E", MapStep, MapNeed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Oblivion:
    """What is to be forgotten, and how.

    Args:
        forgotten: transcripts and people.
        gone: ids of their statements and asides.
        turns: (transcript, turn) that they spoke where others speak too.
        names: what they are called.
        mask: gives a comment without their words and names; of what entries are called, the team's words, only the
            names are masked.
        hashes: the new hash of each transcript that was masked, by its old one.
        decided: ids of entries that somebody decided on, in any run.
    """

    forgotten: Forgotten
    mask: Callable[[str], str]
    gone: Collection[str] = frozenset()
    turns: Collection[tuple[str, int]] = frozenset()
    names: Collection[str] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    decided: Collection[str] = frozenset()


def forget(state: ReviewState, after: Analysis, what: Oblivion) -> ReviewState:
    """Take what is to be forgotten out of the state that the map of a run began with.

    Args:
        after: the run, from which it was taken already.
        what: what is to be forgotten.
    """
    lost = frozenset(i for i, place in state.chosen.items() if _is_gone(place, what))
    gone = frozenset(what.gone) | lost
    steps = {i: _step(s, gone, after, what) for i, s in state.steps.items()}
    needs = {i: _need(n, gone, after, what) for i, n in state.needs.items()}
    needs = {i: n for i, n in needs.items() if n.members or not state.needs[i].members or _is_decided(n, what)}
    held = {n.step for n in needs.values() if _is_decided(n, what)}
    steps = {
        i: s for i, s in steps.items() if s.members or not state.steps[i].members or _is_decided(s, what) or i in held
    }
    return replace(
        state,
        steps=steps,
        needs={i: replace(n, step=n.step if n.step in steps else None) for i, n in needs.items()},
        chosen={i: _place(place, what) for i, place in state.chosen.items() if i not in lost},
        set_aside=tuple(i for i in state.set_aside if i not in gone),
        comments=tuple(replace(c, text=what.mask(c.text)) for c in state.comments),
        lessons=tuple(_lesson(lesson, gone) for lesson in state.lessons),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a map would lose. Entries are named by id, in the order of the map.

    Args:
        n_statements: pieces of evidence that would go.
        lost_support: entries people settled on that no words would back any more; they stay.
        weakened: such entries that would keep some.
        gone: suggestions nobody decided on that would go.
    """

    n_statements: int
    lost_support: tuple[str, ...]
    weakened: tuple[str, ...]
    gone: tuple[str, ...]


def tell_loss(job_map: JobMap, forgotten: Forgotten) -> Loss:
    """Tell what a map would lose if these transcripts and people were forgotten; nothing is changed."""
    gone = {i for i, v in job_map.voices.items() if forgotten.holds(*v.participant)}
    touched = [e for e in job_map.entries if not gone.isdisjoint(e.statements)]
    bare = {e.id for e in touched if gone.issuperset(e.statements)}
    kept = [e for e in touched if e.is_settled and e.review is not EntryState.REJECTED]
    return Loss(
        n_statements=len(gone),
        lost_support=tuple(e.id for e in kept if e.id in bare),
        weakened=tuple(e.id for e in kept if e.id not in bare),
        gone=tuple(e.id for e in touched if e.id in bare and not e.is_settled),
    )


def _is_gone(place: ChosenSpan, what: Oblivion) -> bool:
    return place.transcript in what.forgotten.transcripts or (place.transcript, place.span.turn) in what.turns


def _is_decided(entry: MapStep | MapNeed, what: Oblivion) -> bool:
    return entry.is_settled or entry.id in what.decided


def _place(place: ChosenSpan, what: Oblivion) -> ChosenSpan:
    return replace(place, sha256=what.hashes.get(place.sha256, place.sha256))


def _lesson(lesson: Lesson, gone: Collection[str]) -> Lesson:
    one, other = (tuple(i for i in ids if i not in gone) for ids in (lesson.one, lesson.other))
    return replace(lesson, one=one, other=other)


def _step(step: MapStep, gone: Collection[str], after: Analysis, what: Oblivion) -> MapStep:
    transcripts = {t.id: t for t in after.transcripts}
    suggestion = _step_suggestion(step.suggestion, gone, after, what)
    phrase = step.phrase
    if step.suggestion is not None and suggestion is not None and not _is_decided(step, what):
        phrase = suggestion.phrase if phrase == step.suggestion.phrase else phrase
    return replace(
        step,
        members=tuple(i for i in step.members if i not in gone),
        phrase=mask_names(phrase, what.names),
        counter=remaining_asides(step.counter, what.forgotten, transcripts, what.names),
        suggestion=suggestion,
    )


def _need(need: MapNeed, gone: Collection[str], after: Analysis, what: Oblivion) -> MapNeed:
    suggestion = _need_suggestion(need.suggestion, gone, after, what)
    statement = need.statement
    if need.suggestion is not None and suggestion is not None and not _is_decided(need, what):
        statement = suggestion.statement if statement == need.suggestion.statement else statement
    return replace(
        need,
        members=tuple(i for i in need.members if i not in gone),
        statement=mask_names(statement, what.names),
        suggestion=suggestion,
    )


def _step_suggestion(
    suggestion: JobStep | None, gone: Collection[str], after: Analysis, what: Oblivion
) -> JobStep | None:
    """The suggestion as the run has it now; one of an earlier run without what is to be forgotten."""
    if suggestion is None:
        return None
    found = next((s for s in after.steps if s.id == suggestion.id), suggestion)
    transcripts = {t.id: t for t in after.transcripts}
    return replace(
        found,
        phrase=mask_names(found.phrase, what.names),
        statements=tuple(i for i in found.statements if i not in gone),
        counter=remaining_asides(found.counter, what.forgotten, transcripts, what.names),
    )


def _need_suggestion(suggestion: Need | None, gone: Collection[str], after: Analysis, what: Oblivion) -> Need | None:
    if suggestion is None:
        return None
    found = next((n for n in after.needs if n.id == suggestion.id), suggestion)
    transcripts = {t.id: t for t in after.transcripts}
    return replace(
        found,
        statement=mask_names(found.statement, what.names),
        object=mask_names(found.object, what.names),
        context=None if found.context is None else mask_names(found.context, what.names),
        action_variable=mask_names(found.action_variable, what.names),
        statements=tuple(i for i in found.statements if i not in gone),
        asides=remaining_asides(found.asides, what.forgotten, transcripts, what.names),
    )
