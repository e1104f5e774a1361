"""What interviews say of the steps that a survey asks about: who spoke of them, and who of trouble with them.

Figures from here are counts of people in a handful of interviews. They come before any survey, and stand beside it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from scipy.stats import (  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types
    ConstantInputWarning,
    bootstrap,
    pearsonr,
    rankdata,
)

from jtbd_nlp.domain import Analysis, Aside, Evidence, NeedStatement, Transcript
from jtbd_nlp.people import participants_of, wilson_interval
from jtbd_nlp.priorities.subjects import SurveyBasis
from jtbd_nlp.review import JobMap

VoiceKind = Literal["action", "need", "struggle"]
# fmt: off
SIGNAL_COLUMNS: Final = (
    "step", "stage", "wording",
    "n_participants",                    # people interviewed
    "n_speaking", "n_struggling",        # people who spoke of the step; who said what makes it hard
    "struggle", "struggle_low", "struggle_high",  # n_struggling of n_participants, Wilson
    "n_quotes",                          # of struggle
)
# fmt: on
MIN_STEPS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Words of one person about a step. `is_met` says that it is no trouble; `is_led`, that they were put in the mouth.

    `id` is that of the statement, aside or chosen place; `confidence` is 1 for what people chose.
    """

    id: str
    kind: VoiceKind
    evidence: Evidence
    speaker: str
    is_led: bool = False
    is_met: bool = False
    confidence: float = 1.0

    @property
    def participant(self) -> tuple[str, str]:
        """Who said it: (transcript id, speaker)."""
        return (self.evidence.transcript, self.speaker)

    @property
    def is_struggle(self) -> bool:
        """Whether it tells of trouble in the person's own words."""
        return self.kind != "action" and not self.is_led and not self.is_met


@dataclass(frozen=True, slots=True, kw_only=True)
class Interviews:
    """The interviews behind a survey. `voices` are by id of step or need; a step has those of its needs too."""

    transcripts: tuple[Transcript, ...]
    voices: Mapping[str, tuple[Voice, ...]]

    @property
    def n_participants(self) -> int:
        """People interviewed."""
        return len(participants_of(self.transcripts))

    def of(self, subject_id: str) -> tuple[Voice, ...]:
        """What was said of a step or need; nothing of one that the interviews do not know."""
        return self.voices.get(subject_id, ())

    def struggles(self, subject_id: str) -> tuple[Voice, ...]:
        """What was said of trouble with it, the surest words first."""
        return tuple(sorted((v for v in self.of(subject_id) if v.is_struggle), key=lambda v: (-v.confidence, v.id)))


def interviews_of_job_map(job_map: JobMap, basis: SurveyBasis) -> Interviews:
    """The words behind what is asked about, as people grouped them on the map."""
    held: dict[str, list[Voice]] = {}
    needs_of: dict[str, list[str]] = {}
    for step in job_map.steps:
        held[step.id] = _voices(job_map, step.statements)
        needs_of[step.id] = [need.id for need in job_map.needs if need.step == step.id and need.review != "rejected"]
    for need in job_map.needs:
        asides = need.suggestion.asides if need.suggestion else ()
        held[need.id] = [*_voices(job_map, need.statements), *_struggles(asides)]
    return _interviews(job_map.analysis.transcripts, held, needs_of, basis)


def interviews_of_analysis(analysis: Analysis, basis: SurveyBasis) -> Interviews:
    """The same of a run that nobody reviewed."""
    held = {step.id: _said(analysis, step.statements) for step in analysis.steps}
    held |= {need.id: [*_said(analysis, need.statements), *_struggles(need.asides)] for need in analysis.needs}
    needs_of: dict[str, list[str]] = {}
    for need in analysis.needs:
        if need.step is not None:
            needs_of.setdefault(need.step, []).append(need.id)
    return _interviews(analysis.transcripts, held, needs_of, basis)


def interview_signal(interviews: Interviews, basis: SurveyBasis) -> pd.DataFrame:
    """How many of the people interviewed struggle with each step.

    Returns:
        One row a step, in job order; columns are SIGNAL_COLUMNS. It is no estimate for a market: these people were
        chosen, not drawn, and nobody asked all of them about every step.
    """
    n = interviews.n_participants
    rows = []
    for step in basis.steps:
        struggles = interviews.struggles(step.id)
        n_struggling = len({voice.participant for voice in struggles})
        low, high = wilson_interval(min(n_struggling, n), n)
        rows.append(
            {
                "step": step.id,
                "stage": step.stage,
                "wording": step.wording,
                "n_participants": n,
                "n_speaking": len({voice.participant for voice in interviews.of(step.id) if not voice.is_led}),
                "n_struggling": n_struggling,
                "struggle": n_struggling / n if n else np.nan,
                "struggle_low": low,
                "struggle_high": high,
                "n_quotes": len(struggles),
            }
        )
    return pd.DataFrame(rows, columns=list(SIGNAL_COLUMNS))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalComparison:
    """How far interviews and survey put the steps in the same order.

    `correlation` is Spearman's, with the interval of a bootstrap over steps; None where it cannot be told. `reading`
    says it in a sentence.
    """

    n_steps: int
    correlation: float | None
    interval: tuple[float, float] | None
    reading: str


def compare_with_survey(
    signal: pd.DataFrame, efforts: pd.DataFrame, *, n_draws: int = 2000, seed: int = 1
) -> SignalComparison:
    """Set the struggle in interviews beside the effort in a survey, step by step.

    Args:
        signal: of `interview_signal`.
        efforts: of `scores.step_effort`; rows for everybody, asked of the step where that was asked.
    """
    ces = efforts[efforts["segment"] == "everybody"].drop_duplicates("step").set_index("step")["ces"]
    joined = signal.assign(ces=signal["step"].map(ces)).dropna(subset=["ces", "struggle"])
    one, other = joined["struggle"].to_numpy(), joined["ces"].to_numpy()
    n = len(joined)
    if n < MIN_STEPS or np.ptp(one) == 0 or np.ptp(other) == 0:
        reason = (
            f"{n} steps with both are too few to compare" if n < MIN_STEPS else "all steps are alike in one of them"
        )
        return SignalComparison(n_steps=n, correlation=None, interval=None, reading=f"Not compared: {reason}.")
    drawn = bootstrap(
        (one, other),
        _rank_correlation,
        paired=True,
        vectorized=True,
        n_resamples=n_draws,
        method="percentile",
        rng=seed,
    )
    low, high = (float(end) for end in drawn.confidence_interval)
    return SignalComparison(
        n_steps=n,
        correlation=float(_rank_correlation(one, other)),
        interval=(low, high),
        reading=_reading(low, high),
    )


def _rank_correlation(one: Any, other: Any, axis: int = -1) -> Any:
    """Spearman's, for many draws at once; 0 for a draw in which all steps are alike."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        ranked = pearsonr(rankdata(one, axis=axis), rankdata(other, axis=axis), axis=axis)
    return np.nan_to_num(ranked.statistic)


def _reading(low: float, high: float) -> str:
    if low > 0:
        return "Interviews and survey put the steps in much the same order."
    if high < 0:
        return "Interviews and survey put the steps in opposite orders: look for what the interviews missed."
    return "Whether interviews and survey agree cannot be told from so few steps."


def _voices(job_map: JobMap, ids: Sequence[str]) -> list[Voice]:
    """Statements of the run, and places that people chose themselves."""
    known = {statement.id for statement in job_map.analysis.statements}
    transcripts = {t.id: t for t in job_map.analysis.transcripts}
    voices = _said(job_map.analysis, [i for i in ids if i in known])
    for chosen in (i for i in ids if i not in known and i in job_map.evidence):
        evidence = job_map.evidence[chosen]
        speaker = transcripts[evidence.transcript].turns[evidence.span.turn].speaker
        voices.append(Voice(id=chosen, kind="action", evidence=evidence, speaker=speaker))
    return voices


def _said(analysis: Analysis, ids: Iterable[str]) -> list[Voice]:
    voices = []
    for statement in (analysis.statement(i) for i in ids):
        is_need = isinstance(statement, NeedStatement)
        voices.append(
            Voice(
                id=statement.id,
                kind="need" if is_need else "action",
                evidence=statement.evidence,
                speaker=statement.speaker,
                is_led=statement.led,
                is_met=isinstance(statement, NeedStatement) and statement.is_met,
                confidence=statement.confidence,
            )
        )
    return voices


def _struggles(asides: Iterable[Aside]) -> list[Voice]:
    return [
        Voice(id=a.id, kind="struggle", evidence=a.evidence, speaker=a.speaker, is_led=a.led, confidence=a.confidence)
        for a in asides
        if a.said == "struggle"
    ]


def _interviews(
    transcripts: tuple[Transcript, ...],
    held: Mapping[str, list[Voice]],
    needs_of: Mapping[str, list[str]],
    basis: SurveyBasis,
) -> Interviews:
    voices = {}
    for subject in basis.subjects:
        own = list(held.get(subject.id, ()))
        if subject.kind == "step":
            own += [voice for need in needs_of.get(subject.id, ()) for voice in held.get(need, ())]
        voices[subject.id] = tuple({voice.id: voice for voice in own}.values())
    return Interviews(transcripts=transcripts, voices=voices)
