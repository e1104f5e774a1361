"""A job map from above: who speaks of which stage, how well each is covered, and what another interview would add."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from jtbd_nlp.export.canonical import N_DIGITS
from jtbd_nlp.mapping import status_of_stage
from jtbd_nlp.people import participants_of
from jtbd_nlp.review import EntryState, JobMap, MapNeed, MapStep
from jtbd_nlp.stages import DEFINITIONS, STAGES

Person = tuple[str, str]


def map_insight(job_map: JobMap, *, participants: Mapping[Person, str] | None = None) -> dict[str, Any]:
    """Tell of a map, less what was rejected: people by stage, stages, gaps, coverage and saturation.

    Words that the interviewer put in somebody's mouth count for nobody. Coverage and saturation are those of the run:
    decisions do not change what was said.

    Args:
        participants: ids of people by (transcript, speaker); whoever is not in it has null.
    """
    steps = [s for s in job_map.steps if s.review is not EntryState.REJECTED and s.statements]
    needs = [n for n in job_map.needs if n.review is not EntryState.REJECTED and n.statements]
    people = participants_of(job_map.analysis.transcripts)
    stages = [_stage(job_map, stage, [s for s in steps if s.stage == stage]) for stage in STAGES]
    analysis = job_map.analysis
    return {
        "n_participants": len(people),
        "people": _people(job_map, people, steps, needs, participants or {}),
        "stages": stages,
        "gaps": [stage["stage"] for stage in stages if stage["status"] != "covered"],
        "coverage": {
            "share": round(analysis.coverage.share, N_DIGITS),
            "by_transcript": {
                t: round(share, N_DIGITS) for t, share in sorted(analysis.coverage.by_transcript.items())
            },
            "largest_unexplained": list(analysis.coverage.largest_unexplained),
        },
        "saturation": {
            "steps": list(analysis.saturation.steps),
            "needs": list(analysis.saturation.needs),
            "expected_new_needs": round(analysis.saturation.expected_new_needs, N_DIGITS),
            "interval": [round(end, N_DIGITS) for end in analysis.saturation.interval],
        },
    }


def _people(
    job_map: JobMap,
    people: tuple[Person, ...],
    steps: list[MapStep],
    needs: list[MapNeed],
    ids: Mapping[Person, str],
) -> list[dict[str, Any]]:
    said: dict[Person, Counter[str]] = defaultdict(Counter)
    of_steps: Counter[Person] = Counter()
    for step in steps:
        speakers = _speakers(job_map, step)
        of_steps.update(set(speakers))
        for person in speakers:
            said[person][step.stage] += 1
    of_needs = Counter(person for need in needs for person in set(_speakers(job_map, need)))
    return [
        {
            "participant": ids.get(person),
            "transcript": person[0],
            "speaker": person[1],
            "stages": {stage: said[person][stage] for stage in STAGES},
            "n_steps": of_steps[person],
            "n_needs": of_needs[person],
        }
        for person in people
    ]


def _stage(job_map: JobMap, stage: str, steps: list[MapStep]) -> dict[str, Any]:
    people = {person for step in steps for person in _speakers(job_map, step)}
    found = next((s.asked for s in job_map.analysis.stages if s.stage == stage), None)
    return {
        "stage": stage,
        "status": status_of_stage(len(steps), len(people)),
        "n_steps": len(steps),
        "n_participants": len(people),
        "ask": DEFINITIONS[stage].ask,
        "asked": {
            "verdict": "never asked" if found is None else found.verdict,
            "n_participants": 0 if found is None else found.n_participants,
            "silent": [] if found is None else [{"transcript": t, "speaker": s} for t, s in found.silent],
        },
    }


def _speakers(job_map: JobMap, entry: MapStep | MapNeed) -> list[Person]:
    voices = [job_map.voices[i] for i in entry.statements]
    return [voice.participant for voice in voices if not voice.led]
