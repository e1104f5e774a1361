"""What speaks against a step, and whether anybody was asked: what a count of people alone would hide.

Part of hop 5. Knows vectors, counts and turns; knows no grammar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from jtbd_nlp.domain import ActionStatement, Aside, Asked, Evidence, JobStep, Role, StageStatus, Statement, Transcript
from jtbd_nlp.mapping import count_participants
from jtbd_nlp.questions import questions_in
from jtbd_nlp.stages import STAGES, likeliest_stage

Vectors = npt.NDArray[np.float32]

# Cosine from which what is not done is what a step's statement says is done: most of what is near is beside the point.
LEAST_LIKENESS: Final = 0.65
MOST_QUESTIONS: Final = 5


def attach_counter_evidence(
    steps: Sequence[JobStep],
    asides: Sequence[Aside],
    vectors: Vectors,
    *,
    actions: Sequence[ActionStatement],
    action_vectors: Vectors,
) -> tuple[JobStep, ...]:
    """Keep with each step what participants said they do not do of it, likest first.

    Each aside goes to the step with the statement it is most like, from LEAST_LIKENESS on; the others to none.

    Args:
        steps: the suggested steps.
        asides: n asides, in any order; those that do not say "not done" are passed over.
        vectors: shape (n, dim), row i for `asides[i]`, unit rows.
        actions: the action statements that the steps name.
        action_vectors: shape (len(actions), dim), unit rows, in the space of `vectors`.
    """
    rows = [i for i in sorted(range(len(asides)), key=lambda i: asides[i].id) if asides[i].said == "not done"]
    step_of = {statement: step.id for step in steps for statement in step.statements}
    known = [i for i, a in enumerate(actions) if a.id in step_of]
    against: dict[str, list[tuple[float, Aside]]] = defaultdict(list)
    if rows and known:
        likeness = np.round(vectors[rows].astype(np.float64) @ action_vectors[known].astype(np.float64).T, 6)
        for i, row in zip(rows, likeness, strict=True):
            best = min(range(len(known)), key=lambda k: (-row[k], actions[known[k]].id))
            if row[best] >= LEAST_LIKENESS:
                against[step_of[actions[known[best]].id]].append((float(-row[best]), asides[i]))
    return tuple(_with_counter(step, [a for _, a in sorted(against[step.id], key=_order)]) for step in steps)


def _order(one: tuple[float, Aside]) -> tuple[float, str]:
    return one[0], one[1].id


def _with_counter(step: JobStep, asides: Sequence[Aside]) -> JobStep:
    return replace(step, counter=tuple(asides), n_against=count_participants(asides)) if asides else step


def tell_asked(
    stages: Sequence[StageStatus], transcripts: Sequence[Transcript], statements: Sequence[Statement]
) -> tuple[StageStatus, ...]:
    """Tell of each stage who was asked about it in so many words, and who of them said nothing of it.

    Everybody who takes part in an interview is asked what its interviewer asks. A participant spoke of a stage where a
    statement of theirs, led ones left out, is likeliest to belong to it.
    """
    spoke = {(s.participant, likeliest_stage(s.stage_probabilities)) for s in statements if not s.led}
    asked: dict[str, dict[tuple[str, str], Evidence]] = {stage: {} for stage in STAGES}
    for transcript in sorted(transcripts, key=lambda t: t.id):
        for span, named in questions_in(transcript):
            for stage in named:
                for speaker in transcript.participants:
                    asked[stage].setdefault((transcript.id, speaker), Evidence.of(transcript, span))
    has_interviewer = any(turn.role is Role.INTERVIEWER for t in transcripts for turn in t.turns)
    return tuple(replace(s, asked=_asked(s, asked[s.stage], spoke, has_interviewer)) for s in stages)


def _asked(
    stage: StageStatus,
    asked: dict[tuple[str, str], Evidence],
    spoke: set[tuple[tuple[str, str], str]],
    has_interviewer: bool,
) -> Asked:
    silent = tuple(person for person in sorted(asked) if (person, stage.stage) not in spoke)
    if not has_interviewer:
        return Asked(verdict="no interviewer")
    if not asked:
        return Asked(verdict="never asked")
    questions = list(dict.fromkeys(asked[p] for p in (*silent, *sorted(asked))))
    return Asked(
        verdict="asked and not said" if len(silent) == len(asked) else "said",
        n_participants=len(asked),
        silent=silent,
        questions=tuple(questions[:MOST_QUESTIONS]),
    )


def gap_in_words(stage: StageStatus) -> str:
    """Say in one sentence how little was found of a stage, for every place that shows a gap.

    A stage without a step may still have been spoken of, in statements that are of no step.
    """
    if stage.status == "missing":
        return "No step of this stage was found."
    return "Few people stand behind what was found."


def asked_in_words(stage: StageStatus) -> str:
    """Say in one sentence who was asked about a stage, for every place that shows a gap."""
    asked = stage.asked
    if asked.verdict == "no interviewer":
        return "Nobody asks questions in these transcripts."
    if asked.verdict == "never asked":
        return "Never asked in so many words."
    told = f"{asked.n_participants} {'was' if asked.n_participants == 1 else 'were'} asked"
    if not asked.silent:
        return f"{told}, and {'' if asked.n_participants == 1 else 'all '}spoke of it."
    names = ", ".join(speaker for _, speaker in asked.silent[:MOST_QUESTIONS])
    more = len(asked.silent) - MOST_QUESTIONS
    return f"{told}; nothing of it from {names}{f' and {more} more' if more > 0 else ''}."
