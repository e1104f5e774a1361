"""Steps and needs of another study's survey under the ids of ours, so that its answers count as a wave of the same job.

The same interviews give the same ids; otherwise the same words, and else what means the like. Meaning is only proposed:
vectors do not tell steps apart well enough to be believed unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types

from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.questionnaire import Question, rating_id
from jtbd_nlp.priorities.subjects import Subject, SurveyBasis

MatchedBy = Literal["id", "wording", "meaning", "analyst"]
# The cosine of a text to each of several others.
Likeness = Callable[[str, Sequence[str]], Sequence[float]]
LEAST_ALIKE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A step or need of ours and the one of another study that is the same.

    Args:
        subject, other: ids, of ours and of theirs.
        by: how it was found; by meaning only where somebody looked at it, once it is kept.
        likeness: cosine of the wordings where meaning found it, else None.
    """

    subject: str
    other: str
    by: MatchedBy
    likeness: float | None = None


def suggest_matches(ours: SurveyBasis, theirs: SurveyBasis, likeness: Likeness) -> tuple[Match, ...]:
    """Which of their steps and needs are ours: by id, then by wording, then by meaning; each at most once.

    Returns:
        In the order of ours, steps with steps and needs with needs. What is like nothing is in no match.
    """
    found: list[Match] = []
    for kind in ("step", "need"):
        left = [s for s in ours.subjects if s.kind == kind]
        free = [s for s in theirs.subjects if s.kind == kind]
        ways: tuple[tuple[MatchedBy, Callable[[Subject], str]], ...] = (("id", _id), ("wording", _words))
        for by, key in ways:
            left, free, same = _same(left, free, key)
            found += [Match(subject=own, other=other, by=by) for own, other in same]
        found += _alike(left, free, likeness)
    order = {subject.id: place for place, subject in enumerate(ours.subjects)}
    return tuple(sorted(found, key=lambda match: order[match.subject]))


def under_our_ids(answers: Answers, matches: Sequence[Match], *, otherwise: str) -> Answers:
    """Their answers with what is matched under our ids.

    Args:
        otherwise: begins the ids of what is not matched, so that it is nobody else's.
    """
    ours = {match.other: match.subject for match in matches}
    named = {s.id: ours.get(s.id, f"{otherwise}/{s.id}") for s in answers.questionnaire.basis.subjects}
    asked = answers.questionnaire
    questions = tuple(_renamed(question, named) for question in asked.questions)
    blocks = tuple(replace(b, subjects=tuple(named[s] for s in b.subjects)) for b in asked.plan.blocks)
    subjects = tuple(
        replace(s, id=named[s.id], step=None if s.step is None else named[s.step]) for s in asked.basis.subjects
    )
    columns = {old.id: new.id for old, new in zip(asked.questions, questions, strict=True)}
    basis = SurveyBasis(study=asked.basis.study, job=asked.basis.job, executor=asked.basis.executor, subjects=subjects)
    questionnaire = replace(asked, basis=basis, plan=replace(asked.plan, blocks=blocks), questions=questions)
    return Answers(questionnaire, answers.frame.rename(columns=columns))


def _id(subject: Subject) -> str:
    return subject.id


def _words(subject: Subject) -> str:
    return " ".join(subject.wording.casefold().split())


def _same(
    left: Sequence[Subject], free: Sequence[Subject], key: Callable[[Subject], str]
) -> tuple[list[Subject], list[Subject], list[tuple[str, str]]]:
    """What is left of both once those with equal keys are paired, and the pairs."""
    others = {key(subject): subject.id for subject in reversed(free)}
    firsts = {key(subject): subject.id for subject in reversed(left)}
    pairs = [(own, others[name]) for name, own in firsts.items() if name in others]
    taken = {one for pair in pairs for one in pair}
    return [s for s in left if s.id not in taken], [s for s in free if s.id not in taken], pairs


def _alike(left: Sequence[Subject], free: Sequence[Subject], likeness: Likeness) -> list[Match]:
    """Pairs that are together the most alike, each subject in one at most."""
    if not left or not free:
        return []
    cosines = np.array([likeness(own.wording, [other.wording for other in free]) for own in left])
    rows, columns = linear_sum_assignment(cosines, maximize=True)
    return [
        Match(subject=left[i].id, other=free[j].id, by="meaning", likeness=float(cosines[i, j]))
        for i, j in zip(rows, columns, strict=True)
        if cosines[i, j] >= LEAST_ALIKE
    ]


def _renamed(question: Question, named: dict[str, str]) -> Question:
    if question.subject is None or question.aspect is None:
        return question
    subject = named[question.subject]
    return replace(question, id=rating_id(subject, question.aspect), subject=subject)
