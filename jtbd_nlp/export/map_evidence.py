"""The quotes behind a job map, fetched apart from it: each with who said it, where, and the words around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jtbd_nlp.domain import Aside, Evidence, Role
from jtbd_nlp.quoting import check_evidence, context_bounds, question_before
from jtbd_nlp.review import JobMap
from jtbd_nlp.review.voices import Voice
from jtbd_nlp.stages import likeliest_stage


@dataclass(frozen=True, slots=True)
class _Said:
    """Words by id, with the stage they speak of and how the engine writes them; None for places that somebody chose."""

    voice: Voice
    stage: str | None
    phrase: str | None


def map_evidence(
    job_map: JobMap,
    ids: Iterable[str],
    *,
    participants: Mapping[tuple[str, str], str] | None = None,
) -> list[dict[str, Any]]:
    """Give the quotes of these ids, in this order; ids without words, as of people who were erased, are left out.

    Each is `{"id", "kind", "transcript", "turn", "start", "end", "quote", "speaker", "participant", "led", "stage",
    "phrase", "question", "context_before", "context_after", "start_s"}`. `kind` is action, need, struggle, not done
    (words against a step) or chosen. Offsets are code points of the turn's text; the contexts are what stands there
    before and after the quote, up to some 18 words. `question` is what was asked shortly before, or "". `stage`, and
    `phrase`, the step or need as the engine writes it, are null for chosen places.

    Args:
        participants: ids of people by (transcript, speaker); whoever is not in it has null.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    said = _all_said(job_map)
    wanted = [said[i] for i in dict.fromkeys(ids) if i in said]
    check_evidence({one.voice.id: one.voice.evidence for one in wanted}, job_map.analysis.transcripts)
    transcripts = {t.id: t for t in job_map.analysis.transcripts}
    rows = []
    for one in wanted:
        voice, evidence = one.voice, one.voice.evidence
        transcript = transcripts[evidence.transcript]
        turn, span = transcript.turns[evidence.span.turn], evidence.span
        first, last = context_bounds(turn.text, span.start, span.end)
        rows.append(
            {
                "id": voice.id,
                "kind": voice.kind,
                **_place(evidence),
                "speaker": voice.participant[1],
                "participant": (participants or {}).get(voice.participant),
                "led": voice.led,
                "stage": one.stage,
                "phrase": one.phrase,
                "question": "" if turn.role is Role.INTERVIEWER else question_before(transcript, turn),
                "context_before": turn.text[first : span.start],
                "context_after": turn.text[span.end : last],
                "start_s": turn.start,
            }
        )
    return rows


def evidence_ids(job_map: JobMap, entry_id: str) -> tuple[str, ...]:
    """Ids of the quotes behind an entry, those against a step last; KeyError where there is no such entry."""
    entry = job_map.entry(entry_id)
    return (*entry.statements, *(aside.id for aside in getattr(entry, "counter", ())))


def _place(evidence: Evidence) -> dict[str, Any]:
    span = evidence.span
    return {
        "transcript": evidence.transcript,
        "turn": span.turn,
        "start": span.start,
        "end": span.end,
        "quote": evidence.quote,
    }


def _all_said(job_map: JobMap) -> dict[str, _Said]:
    asides: dict[str, Aside] = {a.id: a for need in job_map.analysis.needs for a in need.asides}
    against = {a.id: a for step in job_map.steps for a in step.counter}
    told = {s.id: s for s in job_map.analysis.statements} | asides | against
    voices = {i: Voice(i, a.said, a.evidence, a.participant, a.led) for i, a in against.items()}
    return {
        i: _Said(voice, likeliest_stage(told[i].stage_probabilities), told[i].phrase)
        if i in told
        else _Said(voice, None, None)
        for i, voice in {**voices, **job_map.voices}.items()
    }
