"""A review state to the map people see: evidence looked up, people counted, everything in order.

The evidence of an entry is whatever of its members has words in the analysis at hand. Where a participant was erased,
the analysis lacks their statements and transcripts while suggestions may still name the ids; they count for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from jtbd_nlp.domain import Analysis, Evidence, Role
from jtbd_nlp.people import participants_of, wilson_interval
from jtbd_nlp.review.decisions import ChosenSpan, ReviewDecision
from jtbd_nlp.review.job_map import Conflict, EntryState, JobMap, MapNeed, MapStep, ReviewState
from jtbd_nlp.stages import STAGES

E = TypeVar("E", MapStep, MapNeed)


@dataclass(frozen=True, slots=True)
class Voice:
    """One piece of evidence: the words, who said them, and whether the interviewer said them first.

    `kind` is "action" or "need" for statements, "struggle" for words that only suggest a need, "chosen" for places
    that an analyst chose.
    """

    id: str
    kind: str
    evidence: Evidence
    participant: tuple[str, str]
    led: bool


def voices_of(analysis: Analysis, chosen: Mapping[str, ChosenSpan]) -> dict[str, Voice]:
    """Give every piece of evidence that has words in `analysis`, by id."""
    voices = {s.id: Voice(s.id, s.kind, s.evidence, s.participant, s.led) for s in analysis.statements}
    for need in analysis.needs:
        voices.update({a.id: Voice(a.id, "struggle", a.evidence, a.participant, a.led) for a in need.asides})
    for evidence_id, place in chosen.items():
        evidence = find_evidence(analysis, place)
        if evidence is not None:
            speaker = _turn_speaker(analysis, evidence)
            voices[evidence_id] = Voice(evidence_id, "chosen", evidence, (evidence.transcript, speaker), led=False)
    return voices


def find_evidence(analysis: Analysis, place: ChosenSpan) -> Evidence | None:
    """Quote a chosen place; None where the transcript is gone or another, or the place is no participant's words."""
    for transcript in analysis.transcripts:
        if transcript.id == place.transcript and transcript.sha256 == place.sha256:
            span = place.span
            if span.turn >= len(transcript.turns) or transcript.turns[span.turn].role is not Role.PARTICIPANT:
                return None
            if not 0 <= span.start < span.end <= len(transcript.turns[span.turn].text):
                return None
            return Evidence.of(transcript, span)
    return None


def _turn_speaker(analysis: Analysis, evidence: Evidence) -> str:
    transcript = next(t for t in analysis.transcripts if t.id == evidence.transcript)
    return transcript.turns[evidence.span.turn].speaker


def finish(
    analysis: Analysis,
    state: ReviewState,
    *,
    conflicts: Sequence[Conflict] = (),
    in_effect: Sequence[ReviewDecision] = (),
    undone: Sequence[ReviewDecision] = (),
) -> JobMap:
    """Make the map of a state: look up evidence, count people, list the needs of steps and put steps in job order."""
    voices = voices_of(analysis, state.chosen)
    n_asked = len(participants_of(analysis.transcripts))
    needs = [_placed(_counted(need, voices, n_asked), state) for need in state.needs.values()]
    of_step: dict[str | None, list[str]] = defaultdict(list)
    for need in needs:
        if need.review is not EntryState.REJECTED:
            of_step[need.step].append(need.id)
    steps = [replace(_counted(step, voices, n_asked), needs=tuple(of_step[step.id])) for step in state.steps.values()]
    steps.sort(key=lambda s: (STAGES.index(s.stage), s.position, s.id))
    held = {member for entry in [*steps, *needs] for member in entry.members}
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


def _counted(entry: E, voices: Mapping[str, Voice], n_asked: int) -> E:
    present = tuple(member for member in entry.members if member in voices)
    people = {voices[member].participant for member in present if not voices[member].led}
    interval = _interval(len(people), max(n_asked, len(people)))
    return replace(entry, statements=present, n_participants=len(people), participants_interval=interval)


@cache  # a map has hundreds of entries, and few different counts
def _interval(k: int, n: int) -> tuple[float, float]:
    low, high = wilson_interval(k, n)
    return (round(low, 6), round(high, 6))
