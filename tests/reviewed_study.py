"""A study for tests of review: runs made by hand over interviews with numbered deeds, and decisions on their maps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from jtbd_nlp.domain import Analysis, JobStep, Role, Span, Transcript
from jtbd_nlp.review import (
    AddComment,
    AddEvidence,
    AddNeed,
    AddStep,
    Approve,
    ChosenSpan,
    Edit,
    JobMap,
    Merge,
    MoveNeed,
    MoveStatement,
    MoveStep,
    Reject,
    RemoveRule,
    Reorder,
    ReviewDecision,
    Split,
    Undo,
    learn_rules,
)
from jtbd_nlp.review.decisions import KINDS
from jtbd_nlp.stages import STAGES
from tests.builders import a_need, a_step, a_suggested_need, a_transcript, an_action, an_analysis

D = TypeVar("D", bound=ReviewDecision)

DEEDS: Final = ("look up the road", "call the depot", "pack the van", "drive the round", "check the clock", "park it")
WISHES: Final = ("the list is too long", "the bridge is often shut")
START: Final = datetime(2026, 5, 4, 10, tzinfo=UTC)


def an_interview(name: str, *, deeds: Sequence[str] = DEEDS) -> Transcript:
    """An interview in which somebody tells all deeds, each in a turn of its own, and then all wishes."""
    told = [turn for deed in deeds for turn in (f"And then, {name}?", f"Well, I {deed} first of all.")]
    return a_transcript(*told, "What is hard?", f"You see, {' and '.join(WISHES)}.", name=name)


def a_run(*interviews: Transcript, n_steps: int = 3, turned: int = 0, n_cut: int = 0) -> Analysis:
    """A run that suggests up to `n_steps` steps and a need for each wish.

    Deed k is of step (k + turned) modulo n_steps, which stands in the stage of that number. With `n_cut` statements
    end that many characters earlier, as after a change of the models.
    """
    actions = {(t.id, k): an_action(t, _cut(d, n_cut)) for t in interviews for k, d in enumerate(DEEDS) if _says(t, d)}
    wishes = {
        (t.id, k): a_need(t, _cut(w, n_cut), measured=w)
        for t in interviews
        for k, w in enumerate(WISHES)
        if _says(t, w)
    }
    steps: list[JobStep] = []
    for number in range(n_steps):
        own = [a for (_, k), a in actions.items() if (k + turned) % n_steps == number]
        if own:
            steps.append(a_step(own, phrase=f"do deed {number}", stage=STAGES[number // 2], position=len(steps) + 1))
    needs = []
    for number in range(len(WISHES)):
        own_wishes = [w for (_, k), w in wishes.items() if k == number]
        if own_wishes:
            needs.append(a_suggested_need(own_wishes, step=steps[0].id if steps else None))
    return an_analysis(interviews, [*actions.values(), *wishes.values()], steps, needs)


def _cut(quote: str, n_cut: int) -> str:
    return quote[: len(quote) - n_cut]


def _says(transcript: Transcript, words: str) -> bool:
    return any(words in turn.text and turn.role is Role.PARTICIPANT for turn in transcript.turns)


def made(kind: type[D], number: int, *, by: str = "ana", **arguments: Any) -> D:
    """Decision `number` of a log, made that many minutes after its start."""
    return kind(id=f"d-{number}", run="run-1", by=by, at=START + timedelta(minutes=number), **arguments)


def a_place(transcript: Transcript, turn: int = 1, start: int = 0, end: int = 4) -> ChosenSpan:
    """A place in an interview, by default the first word that a participant says."""
    return ChosenSpan.of(transcript, Span(turn, start, end))


# What an analyst may do, as numbers that `resolved` looks up on whatever map there is then.
MOVES: Final = st.tuples(
    st.sampled_from(KINDS),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(1, 50),
)


def resolved(move: tuple[type[ReviewDecision], int, int, int], job_map: JobMap, number: int) -> ReviewDecision:
    """The decision a drawn move is on this map; it need not be possible there."""
    kind, a, b, c = move
    entry, other = _pick(job_map.entries, a).id, _pick(job_map.entries, b).id
    step = _pick(job_map.steps, a)
    by = ("ana", "ben")[c % 2]
    arguments: dict[str, Any]
    if kind is Approve or kind is Reject:
        arguments = {"entry": entry}
    elif kind is Edit:
        arguments = {"entry": entry, "text": f"words {number}"}
    elif kind is Merge:
        arguments = {"into": entry, "entries": (other,)}
    elif kind is Split:
        members = step.members[: max(1, b % max(1, len(step.members)))]
        arguments = {"step": step.id, "statements": members, "phrase": f"words {number}", "needs": step.needs[: c % 2]}
    elif kind is MoveStep:
        arguments = {"step": step.id, "stage": _pick(STAGES, b)}
    elif kind is MoveNeed:
        arguments = {"need": _pick(job_map.needs, b).id, "step": step.id if c % 3 else None}
    elif kind is MoveStatement:
        statement = _pick(job_map.analysis.statements, b)
        arguments = {"statement": statement.id, "entry": entry if c % 3 else None}
    elif kind is Reorder:
        arguments = {"step": step.id, "after": _pick(job_map.steps, b).id if c % 3 else None}
    elif kind in (AddStep, AddNeed, AddEvidence):
        evidence = (a_place(_pick(job_map.analysis.transcripts, a), turn=1 + 2 * (b % 3), end=c),)
        where = {
            AddStep: {"phrase": "add", "stage": _pick(STAGES, b)},
            AddNeed: {"statement": "add", "step": None},
            AddEvidence: {"entry": entry},
        }
        arguments = {"evidence": evidence, **where[kind]}
    elif kind is AddComment:
        arguments = {"entry": entry, "text": f"words {number}"}
    elif kind is RemoveRule:
        rules = learn_rules(job_map).rules
        arguments = {"rule": _pick(rules, a).id if rules else "none"}
    else:
        ids = job_map.in_effect if kind is Undo else job_map.undone
        arguments = {"decision": _pick(ids, a).id if ids else "none"}
    if c % 5 == 0:
        arguments["seen"] = ((entry, job_map.entry(entry).revision),)
    return made(kind, number, by=by, **arguments)


T = TypeVar("T")


def _pick(choices: Sequence[T], number: int) -> T:
    return choices[number % len(choices)]
