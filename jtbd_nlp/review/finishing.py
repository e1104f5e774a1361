"""A review state to the map people see: evidence looked up, people counted, everything in order.

The evidence of an entry is whatever of its members has words in the analysis at hand. Where a participant was erased,
the analysis lacks their statements and transcripts while suggestions may still name the ids; they count for nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from typing import TypeVar

from jtbd_nlp.domain import Analysis, Span
from jtbd_nlp.loose_quotes import quotes_beside_steps
from jtbd_nlp.people import participants_of, wilson_interval
from jtbd_nlp.review.decisions import ReviewDecision
from jtbd_nlp.review.job_map import Conflict, EntryState, JobMap, MapNeed, MapStep, ReviewState
from jtbd_nlp.review.voices import Voice, chosen_voices, voices_of
from jtbd_nlp.stages import STAGES

E = TypeVar("E", MapStep, MapNeed)


def finish(
    analysis: Analysis,
    state: ReviewState,
    *,
    conflicts: Sequence[Conflict] = (),
    in_effect: Sequence[ReviewDecision] = (),
    undone: Sequence[ReviewDecision] = (),
    voices: Mapping[str, Voice] | None = None,
) -> JobMap:
    """Make the map of a state: look up evidence, count people, list needs and loose quotes of steps, in job order.

    `voices` are those of the analysis without chosen places, where the caller has them.
    """
    voices = voices_of(analysis, {}) if voices is None else voices
    if state.chosen:
        voices = {**voices, **chosen_voices(analysis, state.chosen)}
    n_asked = len(participants_of(analysis.transcripts))
    needs = [_placed(_counted(need, voices, n_asked), state) for need in state.needs.values()]
    of_step: dict[str | None, list[str]] = defaultdict(list)
    for need in needs:
        if need.review is not EntryState.REJECTED:
            of_step[need.step].append(need.id)
    held = {member for entry in state.entries for member in entry.members}
    loose = _loose(analysis, state, held, voices)
    steps = [
        replace(_counted(s, voices, n_asked), needs=tuple(of_step[s.id]), need_quotes=tuple(loose[s.id]))
        for s in state.steps.values()
    ]
    steps.sort(key=lambda s: (STAGES.index(s.stage), s.position, s.id))
    return JobMap(
        analysis=analysis,
        steps=tuple(steps),
        needs=tuple(needs),
        ungrouped=tuple(s.id for s in analysis.statements if s.id not in held),
        conflicts=tuple(conflicts),
        in_effect=tuple(in_effect),
        undone=tuple(undone),
        state=state,
        evidence={i: voices[i].evidence for entry in [*steps, *needs] for i in entry.statements},
        voices=voices,
    )


def _placed(need: MapNeed, state: ReviewState) -> MapNeed:
    """Give a need the stage of its step, and the needs it contradicts as they are called now."""
    against = dict.fromkeys(state.survivor(other) for other in need.contradicts)
    step = None if need.step is None else state.steps.get(need.step)
    return replace(
        need,
        stage=need.stage if step is None else step.stage,
        contradicts=tuple(other for other in against if other in state.needs and other != need.id),
    )


def _loose(
    analysis: Analysis, state: ReviewState, held: Set[str], voices: Mapping[str, Voice]
) -> Mapping[str, Sequence[str]]:
    """Loose quotes by the step of the map that holds most of what their step of the run held.

    What people set aside is not among them, nor words that somebody chose as evidence of an entry.
    """
    chosen: dict[tuple[str, int], list[Span]] = defaultdict(list)
    for evidence in (voices[i].evidence for i in held & state.chosen.keys() if i in voices):
        chosen[evidence.transcript, evidence.span.turn].append(evidence.span)

    def is_chosen(statement_id: str) -> bool:
        evidence = voices[statement_id].evidence
        span, others = evidence.span, chosen[evidence.transcript, evidence.span.turn]
        return any(other.start < span.end and span.start < other.end for other in others)

    holder = {member: step.id for step in state.steps.values() for member in step.members}
    beside = quotes_beside_steps(analysis, held={*held, *state.set_aside})
    loose: dict[str, list[str]] = defaultdict(list)
    for step in analysis.steps:
        shares = Counter(holder[i] for i in step.statements if i in holder)
        if shares and step.id in beside:
            home = min(shares, key=lambda i: (-shares[i], i))
            loose[home] += [i for i in beside[step.id] if not is_chosen(i)]
    return loose


def _counted(entry: E, voices: Mapping[str, Voice], n_asked: int) -> E:
    present = tuple(member for member in entry.members if member in voices)
    people = {voices[member].participant for member in present if not voices[member].led}
    interval = _interval(len(people), max(n_asked, len(people)))
    return replace(entry, statements=present, n_participants=len(people), participants_interval=interval)


@cache  # a map has hundreds of entries, and few different counts
def _interval(k: int, n: int) -> tuple[float, float]:
    low, high = wilson_interval(k, n)
    return (round(low, 6), round(high, 6))
