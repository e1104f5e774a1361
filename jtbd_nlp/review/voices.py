"""The words behind a map's entries: statements, words of struggle, and places that analysts chose, by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jtbd_nlp.domain import Analysis, Evidence, Role
from jtbd_nlp.review.decisions import ChosenSpan


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
    return voices | chosen_voices(analysis, chosen)


def chosen_voices(analysis: Analysis, chosen: Mapping[str, ChosenSpan]) -> dict[str, Voice]:
    """Give the chosen places that have words in `analysis`, by evidence id."""
    voices = {}
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
