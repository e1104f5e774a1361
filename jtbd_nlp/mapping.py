"""Groups of statements to suggested steps and needs, and what the map lacks.

Hop 5. Knows vectors, counts and the order of the stages; knows no grammar: what makes a phrase well-formed is passed
in as a callable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from jtbd_nlp.domain import (
    ActionStatement,
    Aside,
    Cluster,
    Grouping,
    JobStep,
    Need,
    StageStatus,
    Statement,
    group_id,
)
from jtbd_nlp.naming import name_qualities, without_own_tail
from jtbd_nlp.people import wilson_interval
from jtbd_nlp.stages import DEFINITIONS, STAGES, likeliest_stage, mixed_stages

Vectors = npt.NDArray[np.float32]
Quality = Callable[[str], float]
S = TypeVar("S", bound=Statement)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a step: six stage probabilities, and a name, or None where its own is to stand."""

    stages: tuple[float, ...]
    name: str | None = None


# What a step's stage has to say about the stage of a statement of it.
STAGE_OF_STEP: Final = 0.3
# Statements that are shown as the nearest weak evidence of a stage that is not covered.
N_NEAREST: Final = 3


def propose_steps(
    statements: Sequence[ActionStatement],
    vectors: Vectors,
    grouping: Grouping,
    *,
    quality: Quality,
    n_asked: int,
    senses: Vectors | None = None,
) -> tuple[JobStep, ...]:
    """Suggest one step for each cluster of action statements, in the order of the job.

    A step is named by the phrase of one of its statements: the one that is nearest to all of them and best made,
    without a tail that no other shares. Its
    stage is the one that all its statements together make likeliest. Steps stand in stage order and, within a
    stage, in the order in which interviews usually come to them.

    Args:
        statements: n statements, in any order, that `grouping` speaks of.
        vectors: shape (n, dim), row i for the phrase of `statements[i]`, unit rows.
        grouping: clusters of those statements; what is ungrouped gives no step.
        quality: how well-formed a phrase is as the name of a step, in [0, 1].
        n_asked: participants of all transcripts, for the intervals.
        senses: shape (n, dim), what each statement means, in the space of the phrases; by default `vectors`.

    Returns:
        Steps with positions 1, 2, ...; no clusters give no steps. `needs` is empty: see `attach_needs`.
    """
    row_of = {s.id: i for i, s in enumerate(statements)}
    steps = []
    for cluster in grouping.clusters:
        rows = [row_of[i] for i in cluster.statements]
        members = [statements[r] for r in rows]
        meant = (vectors if senses is None else senses)[rows]
        steps.append(_step(members, vectors[rows], meant, cluster, quality, n_asked))
    return _in_order(steps, statements)


def retell_steps(
    steps: Sequence[JobStep], statements: Sequence[S], told: Sequence[Told], *, fit: Callable[[str, S], float]
) -> tuple[tuple[JobStep, ...], list[S]]:
    """Give steps the stages and names they are told, and their statements some of the stage.

    Args:
        told: what is told of each step.
        fit: how well a statement says a name; the quotes of a step that is named anew stand by it, led ones last.

    Returns:
        The steps in the order of their stages, and all statements in the order given.
    """
    by_id = {s.id: s for s in statements}
    stages_of: dict[str, tuple[float, ...]] = {}
    retold = []
    for step, one in zip(steps, told, strict=True):
        stages_of.update(dict.fromkeys(step.statements, one.stages))
        step = replace(step, stage=likeliest_stage(one.stages), stage_probabilities=one.stages)
        if one.name is not None and one.name != step.phrase:
            own = [by_id[i] for i in step.statements]
            fits = {s.id: (s.led, -round(fit(one.name, s) + s.confidence / 2, 6), s.id) for s in own}
            step = replace(step, phrase=one.name, statements=tuple(sorted(step.statements, key=fits.__getitem__)))
        retold.append(step)
    heard = [
        replace(s, stage_probabilities=mixed_stages(s.stage_probabilities, stages_of[s.id], STAGE_OF_STEP))
        if s.id in stages_of
        else s
        for s in statements
    ]
    return _in_order(retold, statements), heard


def attach_needs(steps: Sequence[JobStep], needs: Sequence[Need]) -> tuple[JobStep, ...]:
    """Fill in each step's needs, in the order of `needs`."""
    of_step: dict[str, list[str]] = defaultdict(list)
    for need in needs:
        if need.step is not None:
            of_step[need.step].append(need.id)
    return tuple(replace(step, needs=tuple(of_step[step.id])) for step in steps)


def describe_stages(statements: Sequence[ActionStatement], steps: Sequence[JobStep]) -> tuple[StageStatus, ...]:
    """Say of each of the six stages, in order, how well it is covered.

    Covered: two steps, or one that two participants speak of. Thin: one step of one participant, or of none but
    led statements. Missing: no step. What is not covered names the statements outside the stage's steps that are
    most likely to belong to it, likeliest first, and the question to ask in the next interview.
    """
    by_id = {s.id: s for s in statements}
    described = []
    for number, stage in enumerate(STAGES):
        own = [step for step in steps if step.stage == stage]
        inside = {i for step in own for i in step.statements}
        n_people = count_participants(by_id[i] for i in inside if i in by_id)
        status = status_of_stage(len(own), n_people)
        nearest: tuple[str, ...] = ()
        if status != "covered":
            outside = [s for s in statements if s.id not in inside]
            outside.sort(key=lambda s: (-s.stage_probabilities[number], s.id))
            nearest = tuple(s.id for s in outside[:N_NEAREST])
        described.append(
            StageStatus(
                stage=stage,
                n_steps=len(own),
                n_participants=n_people,
                status=status,
                nearest=nearest,
                ask=DEFINITIONS[stage].ask,
            )
        )
    return tuple(described)


def count_participants(statements: Iterable[Statement | Aside]) -> int:
    """Count the people behind statements or asides. What the interviewer put in their mouth counts for nobody."""
    return len({s.participant for s in statements if not s.led})


def joint_stage(members: Sequence[Statement]) -> tuple[float, ...]:
    """Give the six stage probabilities of statements taken together: the mean of the logs, made to sum to 1."""
    logs = np.log(np.clip([m.stage_probabilities for m in members], 1e-6, 1.0)).mean(axis=0)
    shares = np.exp(logs - logs.max())
    return tuple(round(float(p), 6) for p in shares / shares.sum())


def best_phrase(phrases: Sequence[str], vectors: Vectors, quality: Quality, *, senses: Vectors | None = None) -> str:
    """Choose the phrase that is nearest to what all mean on average, times how well-formed it is.

    `vectors` are those of the phrases, `senses` of what is meant, by default the phrases' own. Of equals the shorter
    phrase, then the first by alphabet.
    """
    centrality = np.clip(vectors @ (vectors if senses is None else senses).mean(axis=0), 0.0, 1.0)
    scored = {
        (-round(float(centrality[i]) * quality(phrase), 6), len(phrase), phrase) for i, phrase in enumerate(phrases)
    }
    return min(scored)[2]


def _step(
    members: Sequence[ActionStatement],
    vectors: Vectors,
    senses: Vectors,
    cluster: Cluster,
    quality: Quality,
    n_asked: int,
) -> JobStep:
    stages = joint_stage(members)
    n_people = count_participants(members)
    sure = [m.confidence * share for m, share in zip(members, cluster.memberships, strict=True)]
    phrases = [m.phrase for m in members]
    name = best_phrase(phrases, vectors, name_qualities(phrases, quality).__getitem__, senses=senses)
    named = vectors[phrases.index(name)]
    # The first quote stands beside the name and must say it: near to it in words and meaning, and surely a statement.
    fit = [float((vectors[i] + senses[i]) @ named) / 2 + sure[i] / 2 for i in range(len(members))]
    best_first = sorted(range(len(members)), key=lambda i: (members[i].led, -round(fit[i], 6), members[i].id))
    low, high = wilson_interval(n_people, max(n_asked, n_people))
    return JobStep(
        id=group_id("step", cluster.statements),
        phrase=without_own_tail(name, phrases, quality),
        stage=likeliest_stage(stages),
        stage_probabilities=stages,
        position=1,
        confidence=round(fmean(sure), 6),
        n_participants=n_people,
        participants_interval=(round(low, 6), round(high, 6)),
        statements=tuple(members[i].id for i in best_first),
        needs=(),
    )


def _in_order(steps: Sequence[JobStep], statements: Sequence[Statement]) -> tuple[JobStep, ...]:
    """Steps in stage order and, within a stage, in the order in which interviews usually come to them."""
    places = _relative_places(statements)

    def rank(step: JobStep) -> tuple[int, float, str]:
        return STAGES.index(step.stage), float(np.median([places[i] for i in step.statements])), step.id

    return tuple(replace(step, position=i) for i, step in enumerate(sorted(steps, key=rank), start=1))


def _relative_places(statements: Sequence[Statement]) -> dict[str, float]:
    """Where in its interview each statement stands, in [0, 1]: its rank among that interview's statements."""
    of_transcript: dict[str, list[Statement]] = defaultdict(list)
    for s in statements:
        of_transcript[s.evidence.transcript].append(s)
    places = {}
    for own in of_transcript.values():
        own.sort(key=lambda s: (s.evidence.span, s.id))
        places.update({s.id: i / max(1, len(own) - 1) for i, s in enumerate(own)})
    return places


def status_of_stage(n_steps: int, n_people: int) -> Literal["covered", "thin", "missing"]:
    """Say how well so many steps of so many people cover a stage; see `describe_stages`."""
    if n_steps == 0:
        return "missing"
    return "covered" if n_people >= 2 or (n_steps >= 2 and n_people >= 1) else "thin"


def steps_of_statements(
    statements: Iterable[Statement], steps: Sequence[JobStep], needs: Sequence[Need]
) -> Mapping[str, str | None]:
    """Give the step of every statement id: the one it is evidence of, the one its need measures, or None."""
    step_of: dict[str, str | None] = {s.id: None for s in statements}
    step_of.update({i: step.id for step in steps for i in step.statements})
    step_of.update({i: need.step for need in needs for i in need.statements})
    return step_of


def memberships_of(statements: Iterable[Statement], grouping: Grouping) -> Mapping[str, float]:
    """Give how firmly every statement belongs to its group; 0 where it has none."""
    firm = {s.id: 0.0 for s in statements}
    for cluster in grouping.clusters:
        firm.update(zip(cluster.statements, cluster.memberships, strict=True))
    return firm
