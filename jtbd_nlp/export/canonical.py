"""Analysis to jtbd-analysis/1: the complete form, one sequence of bytes for one analysis."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from jtbd_nlp.domain import (
    ANALYSIS_SCHEMA,
    Analysis,
    Aside,
    Evidence,
    JobStep,
    LintFinding,
    Manifest,
    Need,
    NeedStatement,
    StageStatus,
    Transcript,
)
from jtbd_nlp.loose_quotes import quotes_beside_steps
from jtbd_nlp.quoting import Statement, check_quotes
from jtbd_nlp.stages import DEFAULT_STAGE8, STAGES, likeliest_stage, stage_position

N_DIGITS: Final = 6


def analysis_json(analysis: Analysis) -> bytes:
    """Write `analysis_document` as UTF-8 JSON: fixed order of keys, text as it was said, one line feed at the end.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    text = json.dumps(analysis_document(analysis), ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8")


def analysis_document(analysis: Analysis) -> dict[str, object]:
    """Give the jtbd-analysis/1 document as plain values.

    Measured numbers are rounded to 6 digits; settings stay as they are, since a run is repeated from them. Lists are
    ordered by what they hold (statements by place, steps by stage and position), not by how the analysis came to be.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    check_quotes(analysis)
    loose = quotes_beside_steps(analysis)
    return {
        "schema": ANALYSIS_SCHEMA,
        "study": {"name": analysis.study.name, "job": analysis.study.job, "executor": analysis.study.executor},
        "manifest": _manifest(analysis.manifest),
        "transcripts": [_transcript(t) for t in sorted(analysis.transcripts, key=lambda t: t.id)],
        "statements": [_statement(s, analysis) for s in ordered_statements(analysis)],
        "steps": [_step(step, loose.get(step.id, ())) for step in ordered_steps(analysis)],
        "needs": [_need(need) for need in ordered_needs(analysis)],
        "stages": [_stage(stage) for stage in sorted(analysis.stages, key=lambda s: stage_position(s.stage))],
        "coverage": {
            "share": _number(analysis.coverage.share),
            "by_transcript": {t: _number(share) for t, share in sorted(analysis.coverage.by_transcript.items())},
            "largest_unexplained": list(analysis.coverage.largest_unexplained),
        },
        "saturation": {
            "steps": list(analysis.saturation.steps),
            "needs": list(analysis.saturation.needs),
            "expected_new_needs": _number(analysis.saturation.expected_new_needs),
            "interval": _numbers(analysis.saturation.interval),
        },
    }


def ordered_statements(analysis: Analysis) -> list[Statement]:
    """Sort statements by transcript, place and kind."""
    return sorted(analysis.statements, key=lambda s: (s.evidence.transcript, s.evidence.span, s.kind))


def ordered_steps(analysis: Analysis) -> list[JobStep]:
    """Sort steps by stage, position and id."""
    return sorted(analysis.steps, key=lambda s: (stage_position(s.stage), s.position, s.id))


def ordered_needs(analysis: Analysis) -> list[Need]:
    """Sort needs by the order of their steps, said before suggested, then by people; those without a step come last."""
    rank = {step.id: i for i, step in enumerate(ordered_steps(analysis))}

    def place(need: Need) -> tuple[int, int, bool, int, str, str]:
        step_rank = rank.get(need.step or "", len(rank))
        is_suggested = need.origin == "suggested"
        return (step_rank, stage_position(need.stage), is_suggested, -need.n_participants, need.statement, need.id)

    return sorted(analysis.needs, key=place)


def _manifest(manifest: Manifest) -> dict[str, object]:
    return {
        "version": manifest.version,
        "settings": _sorted_keys(manifest.settings),
        "models": [
            {"name": m.name, "version": m.version, "sha256": m.sha256}
            for m in sorted(manifest.models, key=lambda m: (m.name, m.version, m.sha256))
        ],
        "inputs": [{"transcript": name, "sha256": sha256} for name, sha256 in sorted(manifest.inputs)],
    }


def _transcript(transcript: Transcript) -> dict[str, object]:
    return {
        "id": transcript.id,
        "title": transcript.title,
        "kind": transcript.kind.value,
        "format": transcript.format,
        "n_turns": len(transcript.turns),
        "n_words": transcript.n_words,
        "participants": list(transcript.participants),
        "warnings": list(transcript.warnings),
    }


def _statement(statement: Statement, analysis: Analysis) -> dict[str, object]:
    span = statement.evidence.span
    stage = likeliest_stage(statement.stage_probabilities)
    fields: dict[str, object] = {
        "id": statement.id,
        "transcript": statement.evidence.transcript,
        "turn": span.turn,
        "start": span.start,
        "end": span.end,
        "quote": statement.evidence.quote,
        "speaker": statement.speaker,
        "kind": statement.kind,
        "actor": statement.actor,
        "verb": statement.verb,
        "object": statement.object,
        "context": statement.context,
        "negated": statement.negated,
        "modality": statement.modality,
        "tense": statement.tense,
        "habitual": statement.habitual,
        "led": statement.led,
        "phrase": statement.phrase,
        "stage": stage,
        "stage8": DEFAULT_STAGE8[stage],
        "stage_probability": _number(max(statement.stage_probabilities)),
        "step": analysis.statement_steps.get(statement.id),
        "membership": _number(analysis.memberships.get(statement.id, 0.0)),
        "confidence": _number(statement.confidence),
    }
    if isinstance(statement, NeedStatement):
        fields |= {
            "direction": statement.direction,
            "metric": statement.metric,
            "measured": statement.measured,
            "need_kind": statement.need_kind,
            "action_variable": statement.action_variable,
            "circumstance": statement.circumstance,
            "is_met": statement.is_met,
            "wording": _number(statement.wording),
        }
    return fields


def _step(step: JobStep, need_quotes: Sequence[str]) -> dict[str, object]:
    return {
        "id": step.id,
        "phrase": step.phrase,
        "stage": step.stage,
        "stage8": DEFAULT_STAGE8[step.stage],
        "stage_probabilities": dict(zip(STAGES, _numbers(step.stage_probabilities), strict=True)),
        "position": step.position,
        "confidence": _number(step.confidence),
        "n_participants": step.n_participants,
        "participants_interval": _numbers(step.participants_interval),
        "n_statements": len(step.statements),
        "statements": list(step.statements),
        "needs": list(step.needs),
        "need_quotes": list(need_quotes),
        "n_against": step.n_against,
        "counter": [_aside(aside) for aside in step.counter],
        "lint": _lint(step.lint),
    }


def _need(need: Need) -> dict[str, object]:
    return {
        "id": need.id,
        "statement": need.statement,
        "direction": need.direction,
        "metric": need.metric,
        "object": need.object,
        "context": need.context,
        "step": need.step,
        "stage": need.stage,
        "stage8": DEFAULT_STAGE8[need.stage],
        "n_participants": need.n_participants,
        "n_statements": len(need.statements),
        "statements": list(need.statements),
        "origin": need.origin,
        "kind": need.kind,
        "action_variable": need.action_variable,
        "is_met": need.is_met,
        "contradicts": list(need.contradicts),
        "derived_from": [_aside(aside) for aside in need.asides],
        "lint": _lint(need.lint),
    }


def _aside(aside: Aside) -> dict[str, object]:
    return _quoted(aside.evidence) | {
        "speaker": aside.speaker,
        "led": aside.led,
        "phrase": aside.phrase,
        "confidence": _number(aside.confidence),
    }


def _quoted(evidence: Evidence) -> dict[str, object]:
    span = evidence.span
    return {
        "transcript": evidence.transcript,
        "turn": span.turn,
        "start": span.start,
        "end": span.end,
        "quote": evidence.quote,
    }


def _stage(stage: StageStatus) -> dict[str, object]:
    return {
        "stage": stage.stage,
        "stage8": DEFAULT_STAGE8[stage.stage],
        "n_steps": stage.n_steps,
        "n_participants": stage.n_participants,
        "status": stage.status,
        "nearest": list(stage.nearest),
        "ask": stage.ask,
        "asked": {
            "verdict": stage.asked.verdict,
            "n_participants": stage.asked.n_participants,
            "silent": [{"transcript": t, "speaker": speaker} for t, speaker in stage.asked.silent],
            "questions": [_quoted(question) for question in stage.asked.questions],
        },
    }


def _lint(findings: Sequence[LintFinding]) -> list[dict[str, str]]:
    return [{"rule": finding.rule, "message": finding.message} for finding in findings]


def _number(value: float) -> float:
    # Adding 0.0 turns -0.0, which JSON would show, into 0.0.
    return round(float(value), N_DIGITS) + 0.0


def _numbers(values: Iterable[float]) -> list[float]:
    return [_number(value) for value in values]


def _sorted_keys(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _sorted_keys(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [_sorted_keys(v) for v in value]
    return value
