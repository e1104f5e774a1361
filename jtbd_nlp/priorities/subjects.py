"""What a survey asks about: the approved steps and needs of a job map, as plain values.

Knows job maps, as they are folded here and as `jtbd-jobmap/1` writes them; knows no questions and no answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from jtbd_nlp.domain import Analysis, JobStep, Need
from jtbd_nlp.errors import MalformedQuestionnaireError
from jtbd_nlp.review import JobMap, MapNeed, MapStep
from jtbd_nlp.stages import STAGES, stage_position

JOB_MAP_SCHEMA: Final = "jtbd-jobmap/1"
APPROVED: Final = ("approved", "edited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A step or a need that people rate.

    Args:
        id: of the step or need on the job map; it stays through edits, merges and later runs.
        wording: the step's phrase or the need's statement.
        action_variable: a need in its other writing ("determine the departure time"); "" where there is none.
        stage: one of the six, or None for a need that belongs nowhere.
        step: id of the step a need measures, None where it measures none; of a step its own id.
        n_participants: people in interviews whose words back it.
    """

    id: str
    kind: Literal["step", "need"]
    wording: str
    action_variable: str = ""
    stage: str | None = None
    step: str | None = None
    n_participants: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyBasis:
    """A job and what is to be rated of it, in job order: each step, then its needs; needs without a step at the end."""

    study: str
    job: str
    executor: str
    subjects: tuple[Subject, ...]
    _by_id: dict[str, Subject] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {s.id: s for s in self.subjects})

    @property
    def steps(self) -> tuple[Subject, ...]:
        """The steps, in job order."""
        return tuple(s for s in self.subjects if s.kind == "step")

    @property
    def needs(self) -> tuple[Subject, ...]:
        """The needs, by step."""
        return tuple(s for s in self.subjects if s.kind == "need")

    def subject(self, subject_id: str) -> Subject:
        """Look up a subject; KeyError where there is none."""
        return self._by_id[subject_id]

    def needs_of(self, step_id: str) -> tuple[Subject, ...]:
        """The needs that measure a step."""
        return tuple(s for s in self.needs if s.step == step_id)

    def together(self, other: SurveyBasis) -> SurveyBasis:
        """The same with what only the other has at the end."""
        more = tuple(s for s in other.subjects if s.id not in self._by_id)
        return replace(self, subjects=(*self.subjects, *more))


def basis_of_job_map(job_map: JobMap) -> SurveyBasis:
    """What is approved on a job map and still backed by somebody's words. Nothing approved gives no subjects."""
    steps = [_of_map_step(step) for step in job_map.approved_steps]
    kept: set[str | None] = {step.id for step in steps}
    needs = [_of_map_need(need, kept) for need in job_map.approved_needs]
    study = job_map.analysis.study
    return _basis(study.name, study.job, study.executor, steps, needs)


def basis_of_analysis(analysis: Analysis, *, min_participants: int = 1) -> SurveyBasis:
    """What a run suggests and nobody has reviewed yet: for trying a survey out, not for fielding one.

    Needs that are only derived from words of struggle are left out, and so is what fewer than `min_participants`
    people said.
    """
    steps = [_of_step(step) for step in analysis.steps if step.n_participants >= min_participants]
    kept: set[str | None] = {step.id for step in steps}
    said = [n for n in analysis.needs if n.origin == "said" and n.n_participants >= min_participants]
    study = analysis.study
    return _basis(study.name, study.job, study.executor, steps, [_of_need(need, kept) for need in said])


def basis_of_json(plain: Mapping[str, Any]) -> SurveyBasis:
    """What is approved on a job map that was written as `jtbd-jobmap/1`.

    Raises:
        MalformedQuestionnaireError: it is no such job map, or a field is missing.
    """
    if plain.get("schema") != JOB_MAP_SCHEMA:
        raise MalformedQuestionnaireError(f"schema: {JOB_MAP_SCHEMA!r} is expected, not {plain.get('schema')!r}")
    try:
        study = plain["study"]
        steps = [
            Subject(
                id=s["id"],
                kind="step",
                wording=s["phrase"],
                stage=_known_stage(s["stage"]),
                step=s["id"],
                n_participants=s["n_participants"],
            )
            for s in plain["steps"]
            if _is_approved(s)
        ]
        kept: set[str | None] = {step.id for step in steps}
        needs = [
            Subject(
                id=n["id"],
                kind="need",
                wording=n["statement"],
                action_variable=_own_writing(n["statement"], n.get("suggested_statement"), n.get("action_variable")),
                stage=n.get("stage"),
                step=n["step"] if n["step"] in kept else None,
                n_participants=n["n_participants"],
            )
            for n in plain["needs"]
            if _is_approved(n)
        ]
        return _basis(study["name"], study["job"], study["executor"], steps, needs)
    except (KeyError, TypeError) as fault:
        raise MalformedQuestionnaireError(f"the job map lacks {fault}") from fault


def _is_approved(entry: Mapping[str, Any]) -> bool:
    return entry["state"] in APPROVED and not entry.get("lost_support", False)


def _known_stage(stage: str) -> str:
    if stage not in STAGES:
        raise MalformedQuestionnaireError(f"stage: {stage!r} is none of {', '.join(STAGES)}")
    return stage


def _own_writing(statement: str, suggested: str | None, action_variable: str | None) -> str:
    """The other writing of a need, which an edited statement no longer has."""
    return (action_variable or "") if suggested in (None, statement) else ""


def _of_map_step(step: MapStep) -> Subject:
    return Subject(
        id=step.id,
        kind="step",
        wording=step.phrase,
        stage=step.stage,
        step=step.id,
        n_participants=step.n_participants,
    )


def _of_map_need(need: MapNeed, steps: Collection[str | None]) -> Subject:
    suggestion = need.suggestion
    return Subject(
        id=need.id,
        kind="need",
        wording=need.statement,
        action_variable=_own_writing(need.statement, suggestion.statement, suggestion.action_variable)
        if suggestion
        else "",
        stage=need.stage,
        step=need.step if need.step in steps else None,
        n_participants=need.n_participants,
    )


def _of_step(step: JobStep) -> Subject:
    return Subject(
        id=step.id,
        kind="step",
        wording=step.phrase,
        stage=step.stage,
        step=step.id,
        n_participants=step.n_participants,
    )


def _of_need(need: Need, steps: Collection[str | None]) -> Subject:
    return Subject(
        id=need.id,
        kind="need",
        wording=need.statement,
        action_variable=need.action_variable,
        stage=need.stage,
        step=need.step if need.step in steps else None,
        n_participants=need.n_participants,
    )


def _basis(study: str, job: str, executor: str, steps: Sequence[Subject], needs: Sequence[Subject]) -> SurveyBasis:
    """In job order; steps of a stage and needs of a step stay in the order in which they come."""
    ordered: list[Subject] = []
    stages = {step.id: step.stage for step in steps}
    for step in sorted(steps, key=_stage_order):
        ordered.append(step)
        # A need stands in the stage of the step that it measures.
        ordered += [replace(need, stage=step.stage) for need in needs if need.step == step.id]
    ordered += sorted((need for need in needs if need.step not in stages), key=_stage_order)
    return SurveyBasis(study=study, job=job, executor=executor, subjects=tuple(ordered))


def _stage_order(subject: Subject) -> int:
    return stage_position(subject.stage) if subject.stage in STAGES else len(STAGES)
