"""Everything that follows from a survey, worked out once: what pages, files and programs show.

Before any survey there are the interviews alone; what needs answers is then empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.interviews import (
    Interviews,
    SignalComparison,
    compare_with_survey,
    interview_signal,
)
from jtbd_nlp.priorities.maturity import (
    STAGE_COLUMNS,
    WAVE_STAGE_COLUMNS,
    MaturityReading,
    read_maturity,
    struggle_by_stage,
    struggle_by_wave,
)
from jtbd_nlp.priorities.pay import PAY_ANSWER_COLUMNS, PAY_COLUMNS, pay_answers, willingness_to_pay
from jtbd_nlp.priorities.quality import (
    FLAG_COLUMNS,
    ODDITIES,
    Oddity,
    QualitySettings,
    flag_answers,
    sample_warnings,
    without_odd,
)
from jtbd_nlp.priorities.question_tables import csv_bytes
from jtbd_nlp.priorities.scores import (
    EFFORT_COLUMNS,
    RATING_COLUMNS,
    SCORE_COLUMNS,
    ScoreSettings,
    rating_counts,
    score,
    segments_by,
    step_effort,
)
from jtbd_nlp.priorities.segments import (
    PROFILE_COLUMNS,
    TRIAL_COLUMNS,
    Segmentation,
    SegmentSettings,
    find_segments,
    profile_segments,
    who_struggles_where,
)
from jtbd_nlp.priorities.solutions import (
    MATRIX_COLUMNS,
    MatrixSettings,
    Mention,
    Solution,
    find_mentions,
    mention_table,
    solution_matrix,
)
from jtbd_nlp.priorities.strategy import (
    CANDIDATE_COLUMNS,
    REACH_COLUMNS,
    ROADMAP_COLUMNS,
    Feature,
    MessageLine,
    differentiation,
    feature_reach,
    message_lines,
    roadmap,
    validation_plan,
)
from jtbd_nlp.priorities.subjects import SurveyBasis
from jtbd_nlp.priorities.waves import CHANGE_COLUMNS, WAVE_COLUMNS, Wave, change_between, described

PRIORITIES_SCHEMA: Final = "jtbd-priorities/1"
N_MESSAGE_STEPS: Final = 5
N_DIGITS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PrioritySettings:
    """How everything is worked out.

    Args:
        leave_out: oddities whose respondents do not count; who was screened out or rated nothing never does.
        segment_by: id of the profile or solution question to segment by; None looks for segments.
    """

    scores: ScoreSettings = field(default_factory=ScoreSettings)
    quality: QualitySettings = field(default_factory=QualitySettings)
    segments: SegmentSettings = field(default_factory=SegmentSettings)
    matrix: MatrixSettings = field(default_factory=MatrixSettings)
    leave_out: tuple[Oddity, ...] = ()
    segment_by: str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Priorities:
    """What is known of where people struggle, and what follows. Frames are documented where they are made.

    `n_respondents` were asked, `n_counted` of them count; `is_synthetic` says that nobody was asked at all and the
    answers were made up. `segmentation` is None where segments are those of `segment_by`.
    """

    basis: SurveyBasis
    n_interviewed: int
    n_respondents: int
    n_counted: int
    is_synthetic: bool
    segment_by: str | None
    warnings: tuple[str, ...]
    flags: pd.DataFrame
    signal: pd.DataFrame
    comparison: SignalComparison | None
    scores: pd.DataFrame
    efforts: pd.DataFrame
    ratings: pd.DataFrame
    segmentation: Segmentation | None
    members: Mapping[str, tuple[str, ...]]
    profiles: pd.DataFrame
    struggle: pd.DataFrame
    solutions: tuple[Solution, ...]
    mentions: tuple[Mention, ...]
    mention_counts: pd.DataFrame
    matrix: pd.DataFrame
    stages: pd.DataFrame
    stages_by_wave: pd.DataFrame
    pay: pd.DataFrame
    pay_answers: pd.DataFrame
    maturity: MaturityReading | None
    waves: pd.DataFrame
    changes: pd.DataFrame
    roadmap: pd.DataFrame
    features: tuple[Feature, ...]
    reach: pd.DataFrame
    candidates: pd.DataFrame
    messages: tuple[MessageLine, ...]
    validation: pd.DataFrame

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file, those without rows too."""
        struggle = self.struggle.reset_index() if len(self.struggle.columns) else self.struggle
        return {
            "scores": self.scores,
            "effort": self.efforts,
            "ratings": self.ratings,
            "interview_signal": self.signal,
            "respondents": self.flags,
            "segments_tried": self.segmentation.trials
            if self.segmentation
            else pd.DataFrame(columns=list(TRIAL_COLUMNS)),
            "segment_profiles": self.profiles,
            "steps_by_segment": struggle,
            "mentions": self.mention_counts,
            "steps_by_solution": self.matrix,
            "stages": self.stages,
            "stages_by_wave": self.stages_by_wave,
            "pay": self.pay,
            "pay_answers": self.pay_answers,
            "waves": self.waves,
            "changes": self.changes,
            "roadmap": self.roadmap,
            "features": self.reach,
            "differentiation": self.candidates,
            "validation": self.validation,
        }


def work_out(
    basis: SurveyBasis,
    interviews: Interviews,
    answers: Answers | None = None,
    *,
    solutions: Sequence[Solution] = (),
    features: Sequence[Feature] = (),
    earlier: Sequence[Wave] = (),
    latest: Wave | None = None,
    is_synthetic: bool = False,
    settings: PrioritySettings | None = None,
    find: Callable[[Answers, SegmentSettings], Segmentation] = find_segments,
) -> Priorities:
    """Work out priorities from interviews, and from answers where there are any.

    Args:
        basis: what is approved now; scores are of what the answers' own questionnaire asked.
        find: looks for segments, which takes longer than all the rest; who keeps outcomes gives its own.
        earlier: dated surveys of the same job before this one; with `latest`, this one dated, changes are told.
        is_synthetic: whether the answers are made up; everything that is written says so.
    """
    settings = settings or PrioritySettings()
    mentions = find_mentions(solutions, interviews, basis)
    signal = interview_signal(interviews, basis)
    shared: dict[str, Any] = {
        "n_interviewed": interviews.n_participants,
        "is_synthetic": is_synthetic,
        "segment_by": settings.segment_by,
        "signal": signal,
        "solutions": tuple(solutions),
        "mentions": mentions,
        "mention_counts": mention_table(mentions, basis),
        "features": tuple(features),
    }
    if answers is None or answers.n == 0:
        return _before_survey(basis, interviews, shared)
    asked = answers.questionnaire.basis
    flags = flag_answers(answers, settings.quality)
    counted = without_odd(answers, flags, tuple({*settings.leave_out, "screened_out", "empty"}))
    segmentation, members = _segments(counted, settings, find)
    scores = score(counted, segments=members, settings=settings.scores)
    efforts = step_effort(counted, segments=members, settings=settings.scores)
    matrix = solution_matrix(counted, settings.matrix)
    plan = roadmap(scores, asked, counted, interviews=interviews, matrix=matrix, features=features)
    stages = struggle_by_stage(counted, settings.scores)
    waves = [*earlier, latest] if latest is not None and earlier else []
    first = [asked.subject(step) for step in plan["step"].head(N_MESSAGE_STEPS)]
    return Priorities(
        basis=asked,
        n_respondents=answers.n,
        n_counted=counted.n,
        warnings=_warnings(counted, members, segmentation, settings),
        flags=flags,
        comparison=compare_with_survey(signal, efforts),
        scores=scores,
        efforts=efforts,
        ratings=rating_counts(counted, segments=members),
        segmentation=segmentation,
        members=members,
        profiles=profile_segments(counted, members),
        struggle=who_struggles_where(counted, members),
        matrix=matrix,
        stages=stages,
        stages_by_wave=struggle_by_wave(waves, settings.scores),
        pay=willingness_to_pay(counted, segments=members, level=settings.scores.level),
        pay_answers=pay_answers(counted, segments=members),
        maturity=read_maturity(stages),
        waves=described(waves),
        changes=change_between(waves, settings.scores),
        roadmap=plan,
        reach=feature_reach(features, scores, counted, segments=members),
        candidates=differentiation(scores, matrix, settings.scores),
        messages=message_lines(interviews, first),
        validation=validation_plan(asked, interviews, scores, _of_basis(signal, interviews, asked)),
        **shared,
    )


def priorities_json(priorities: Priorities) -> bytes:
    """Everything as `jtbd-priorities/1`: UTF-8 JSON, numbers with six digits, what is not known null."""
    return (json.dumps(to_plain(priorities), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def priorities_csv(priorities: Priorities) -> dict[str, bytes]:
    """Every table that has rows, as <name>.csv; a synthetic survey is named so in a column of each."""
    files = {}
    for name, frame in priorities.frames.items():
        if len(frame):
            shown = frame.assign(is_synthetic=True) if priorities.is_synthetic else frame
            files[f"{name}.csv"] = csv_bytes(shown.map(_rounded))
    return files


def to_plain(priorities: Priorities) -> dict[str, Any]:
    """The same as plain values."""
    p = priorities
    return {
        "schema": PRIORITIES_SCHEMA,
        "study": {"name": p.basis.study, "job": p.basis.job, "executor": p.basis.executor},
        "is_synthetic": p.is_synthetic,
        "n_interviewed": p.n_interviewed,
        "n_respondents": p.n_respondents,
        "n_counted": p.n_counted,
        "warnings": list(p.warnings),
        "comparison": None
        if p.comparison is None
        else {
            "n_steps": p.comparison.n_steps,
            "correlation": _rounded(p.comparison.correlation),
            "interval": None if p.comparison.interval is None else [_rounded(end) for end in p.comparison.interval],
            "reading": p.comparison.reading,
        },
        "segments": {
            "by": p.segment_by,
            "verdict": p.segmentation.verdict if p.segmentation else None,
            "reason": p.segmentation.reason if p.segmentation else None,
            "level_share": _rounded(p.segmentation.level_share) if p.segmentation else None,
            "sizes": {name: len(who) for name, who in p.members.items()},
        },
        "maturity": None
        if p.maturity is None
        else {
            "market": p.maturity.market,
            "stage": p.maturity.stage,
            "support": _rounded(p.maturity.support),
            "claim": p.maturity.claim,
        },
        "messages": [_message(line) for line in p.messages],
        "solutions": [{"id": s.id, "name": s.name, "kind": s.kind} for s in p.solutions],
        "mentioned": [_mention(mention) for mention in p.mentions],
        **{name: rows_of(frame) for name, frame in p.frames.items()},
    }


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame as rows of plain values: numbers with six digits, None for what is not known."""
    return [{str(k): _rounded(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _rounded(value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else round(float(value), N_DIGITS)
    return None if value is pd.NaT else value


def _message(line: MessageLine) -> dict[str, Any]:
    return {"step": line.step, "lead": line.lead, **_quoted(line)}


def _mention(mention: Mention) -> dict[str, Any]:
    return {"solution": mention.solution, "step": mention.step, **_quoted(mention)}


def _quoted(words: MessageLine | Mention) -> dict[str, Any]:
    span = words.evidence.span
    return {
        "quote": words.evidence.quote,
        "speaker": words.speaker,
        "transcript": words.evidence.transcript,
        "turn": span.turn,
        "start": span.start,
        "end": span.end,
    }


def _segments(
    answers: Answers, settings: PrioritySettings, find: Callable[[Answers, SegmentSettings], Segmentation]
) -> tuple[Segmentation | None, dict[str, tuple[str, ...]]]:
    if settings.segment_by is not None:
        return None, segments_by(answers, settings.segment_by)
    found = find(answers, settings.segments)
    return found, dict(found.members)


def _warnings(
    answers: Answers,
    members: Mapping[str, Sequence[str]],
    segmentation: Segmentation | None,
    settings: PrioritySettings,
) -> tuple[str, ...]:
    sizes = {name: len(who) for name, who in members.items()}
    warnings = list(sample_warnings(answers, segments=sizes, settings=settings.quality))
    if segmentation is not None and segmentation.level_share > _LEVEL:
        warnings.append(
            "The segments differ mostly in how high people answer throughout, which may be a habit of answering "
            "rather than struggle."
        )
    return tuple(warnings)


_LEVEL: Final = 0.6


def _of_basis(signal: pd.DataFrame, interviews: Interviews, asked: SurveyBasis) -> pd.DataFrame:
    """The signal of the steps that were asked about, also of those that are no longer on the map."""
    known = set(signal["step"])
    return signal if all(step.id in known for step in asked.steps) else interview_signal(interviews, asked)


def _before_survey(basis: SurveyBasis, interviews: Interviews, shared: Mapping[str, Any]) -> Priorities:
    def empty(columns: Sequence[str]) -> pd.DataFrame:
        return pd.DataFrame(columns=list(columns))

    hardest = shared["signal"].sort_values("n_struggling", ascending=False, kind="stable")
    first = [basis.subject(step) for step in hardest["step"].head(N_MESSAGE_STEPS)]
    return Priorities(
        basis=basis,
        n_respondents=0,
        n_counted=0,
        warnings=("Nobody was surveyed yet: what stands here is what people in interviews said.",),
        flags=empty(FLAG_COLUMNS),
        comparison=None,
        scores=empty(SCORE_COLUMNS),
        efforts=empty(EFFORT_COLUMNS),
        ratings=empty(RATING_COLUMNS),
        segmentation=None,
        members={},
        profiles=empty(PROFILE_COLUMNS),
        struggle=pd.DataFrame(),
        matrix=empty(MATRIX_COLUMNS),
        stages=empty(STAGE_COLUMNS),
        stages_by_wave=empty(WAVE_STAGE_COLUMNS),
        pay=empty(PAY_COLUMNS),
        pay_answers=empty(PAY_ANSWER_COLUMNS),
        maturity=None,
        waves=empty(WAVE_COLUMNS),
        changes=empty(CHANGE_COLUMNS),
        roadmap=empty(ROADMAP_COLUMNS),
        reach=empty(REACH_COLUMNS),
        candidates=empty(CANDIDATE_COLUMNS),
        messages=message_lines(interviews, first),
        validation=validation_plan(basis, interviews, None, shared["signal"]),
        **shared,
    )


def oddity(name: str) -> Oddity:
    """An oddity by its name.

    Raises:
        ValueError: there is none of that name.
    """
    found = next((o for o in ODDITIES if o == name), None)
    if found is None:
        raise ValueError(f"{name!r} is no oddity: known are {', '.join(ODDITIES)}")
    return found
