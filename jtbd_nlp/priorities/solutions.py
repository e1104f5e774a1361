"""What people get the job done with today: products, brands, workarounds; named in interviews, rated in surveys.

A cell of which nothing is known stays blank; it is no zero. What interviews say of a solution is quoted and counted,
never judged: whether it serves a step well is for those who rate it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from jtbd_nlp.domain import Evidence, Role, Span
from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.interviews import Interviews, Voice
from jtbd_nlp.priorities.question_wording import Aspect
from jtbd_nlp.priorities.questionnaire import NO_SOLUTION, SOLUTION
from jtbd_nlp.priorities.shares import difference_interval, n_answered, n_top, share_of, wilson
from jtbd_nlp.priorities.subjects import SurveyBasis
from jtbd_nlp.sentences import sentence_bounds

SolutionKind = Literal["product", "brand", "workaround"]
# fmt: off
MENTION_COLUMNS: Final = ("step", "stage", "wording", "solution", "n_mentions", "n_participants")
MATRIX_COLUMNS: Final = (
    "step", "stage", "wording", "solution",
    "n_users",                              # respondents who mostly use it and rated the step
    "n_1", "n_2", "n_3", "n_4", "n_5",      # of them, by how satisfied they are
    "satisfied", "satisfied_low", "satisfied_high",  # share of them, Wilson
    "serves",                               # "better", "functional", "poor"; None where too few rated
    "is_sure",                              # whether the whole interval lies within what `serves` says
    "against_others_low", "against_others_high",     # satisfied share less that of users of anything else, Newcombe
    "ces", "ces_low", "ces_high",           # share of its users who find the step difficult, Wilson
    "n_speed", "speed", "speed_low", "speed_high",               # share that calls it fast, where asked
    "n_accuracy", "accuracy", "accuracy_low", "accuracy_high",   # share that calls it accurate, where asked
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Something that people use. `aliases` are other ways to say its name; lower-case ones match any spelling."""

    id: str
    name: str
    kind: SolutionKind
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Where somebody names a solution. `step` is the one that the sentence, or one beside it, is about; else None."""

    solution: str
    evidence: Evidence
    speaker: str
    step: str | None

    @property
    def participant(self) -> tuple[str, str]:
        """Who said it."""
        return (self.evidence.transcript, self.speaker)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixSettings:
    """When a solution counts as better or poor at a step, by the share of its users who are satisfied there.

    Args:
        better, poor: shares from which, and below which, it does.
        min_users: fewest ratings for a cell; below, it stays blank.
        level: of the intervals.
    """

    better: float = 0.6
    poor: float = 0.35
    min_users: int = 10
    level: float = 0.95


def find_mentions(solutions: Sequence[Solution], interviews: Interviews, basis: SurveyBasis) -> tuple[Mention, ...]:
    """Every place where a participant names a solution, in order of transcript, turn and place.

    A name with a capital letter matches so spelled only ("Slack", not "some slack"); others match any spelling.
    """
    patterns = [(solution.id, pattern) for solution in solutions for pattern in solution_patterns(solution)]
    near = _steps_by_turn(interviews, basis)
    mentions = []
    for transcript in interviews.transcripts:
        for turn in transcript.turns:
            if turn.role is not Role.PARTICIPANT:
                continue
            for solution_id, pattern in patterns:
                for found in pattern.finditer(turn.text):
                    span = Span(turn.index, found.start(), found.end())
                    step = _step_of(span, turn.text, near.get((transcript.id, turn.index), ()))
                    mentions.append(
                        Mention(
                            solution=solution_id,
                            evidence=Evidence.of(transcript, span),
                            speaker=turn.speaker,
                            step=step,
                        )
                    )
    distinct = {(m.solution, m.evidence.transcript, m.evidence.span): m for m in mentions}
    return tuple(distinct[key] for key in sorted(distinct, key=lambda k: (k[1], k[2], k[0])))


def mention_table(mentions: Sequence[Mention], basis: SurveyBasis) -> pd.DataFrame:
    """Mentions and the people behind them by step and solution, the most people first; columns are MENTION_COLUMNS.

    Mentions of no step have a row with an empty step, stage and wording.
    """
    places: dict[tuple[str | None, str], list[Mention]] = {}
    for mention in mentions:
        places.setdefault((mention.step, mention.solution), []).append(mention)
    order: dict[str | None, int] = {step.id: place for place, step in enumerate(basis.steps)}
    rows: list[dict[str, Any]] = []
    for (step_id, solution), own in places.items():
        step = basis.subject(step_id) if step_id is not None else None
        rows.append(
            {
                "step": step_id,
                "stage": step.stage if step else None,
                "wording": step.wording if step else None,
                "solution": solution,
                "n_mentions": len(own),
                "n_participants": len({mention.participant for mention in own}),
            }
        )
    rows.sort(key=lambda r: (order.get(r["step"], len(order)), -r["n_participants"], r["solution"]))
    return pd.DataFrame(rows, columns=list(MENTION_COLUMNS))


def mention_matrix(mentions: Sequence[Mention], solutions: Sequence[Solution], basis: SurveyBasis) -> pd.DataFrame:
    """Steps by solutions: how many people name a solution where they speak of a step; known before any survey.

    Returns:
        Index `step` in job order, without steps at which nobody names one; a column for each solution that is named at
        a step, by its name, in the order of `solutions`. Counts of people as floats, NaN where nobody names it there.
    """
    names = {solution.id: solution.name for solution in solutions}
    people: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for mention in mentions:
        if mention.step is not None:
            people.setdefault((mention.step, names[mention.solution]), set()).add(mention.participant)
    steps = [step.id for step in basis.steps if any(step.id == at for at, _ in people)]
    named = [name for name in dict.fromkeys(names.values()) if any(name == of for _, of in people)]
    counts = [[float(len(people.get((step, name), ()))) or np.nan for name in named] for step in steps]
    return pd.DataFrame(counts, index=pd.Index(steps, name="step", dtype=object), columns=named, dtype=np.float64)


def solution_id(name: str) -> str:
    """An id made of a name: lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "solution"


def solution_matrix(answers: Answers, settings: MatrixSettings | None = None) -> pd.DataFrame:
    """How well each solution serves each step, as rated by those who mostly use it.

    Returns:
        One row a step and solution, steps in job order, solutions in the order of the question; columns are
        MATRIX_COLUMNS. Respondents who use nothing are in no row. Without an answer to what people use: no rows.
    """
    settings = settings or MatrixSettings()
    if not answers.questionnaire.of_part("solution"):
        return pd.DataFrame(columns=list(MATRIX_COLUMNS))
    used = answers.groups(SOLUTION)
    names = [c.text for c in answers.questionnaire.question(SOLUTION).choices if c.code != NO_SOLUTION]
    names = names or [str(name) for name in used.dropna().value_counts().index]
    steps = answers.questionnaire.basis.steps
    rows = []
    for step in steps:
        for name in names:
            is_user = (used == name).to_numpy(dtype=bool)
            about = {"step": step.id, "stage": step.stage, "wording": step.wording, "solution": name}
            rows.append({**about, **_cell(answers, step.id, is_user, used.notna().to_numpy(), settings)})
    return pd.DataFrame(rows, columns=list(MATRIX_COLUMNS))


def _cell(answers: Answers, step: str, is_user: Any, says: Any, settings: MatrixSettings) -> dict[str, Any]:
    satisfied, n = _counted(answers, step, "satisfaction", is_user)
    others, n_others = _counted(answers, step, "satisfaction", says & ~is_user)
    rated = answers.ratings([step], "satisfaction")[is_user]
    cell: dict[str, Any] = {"n_users": int(n)} | {f"n_{point}": int((rated == point).sum()) for point in range(1, 6)}
    known = n >= settings.min_users
    share, low, high = _share(satisfied, n, settings) if known else (np.nan,) * 3
    cell |= {"satisfied": share, "satisfied_low": low, "satisfied_high": high}
    cell["serves"] = _serves(share, settings)
    cell["is_sure"] = bool(known and _serves(low, settings) == _serves(high, settings))
    against = difference_interval(satisfied, n, others, n_others, level=settings.level) if known else (np.nan, np.nan)
    cell["against_others_low"], cell["against_others_high"] = against
    k, n_difficulty = _counted(answers, step, "difficulty", is_user)
    ces = _share(k, n_difficulty, settings) if n_difficulty >= settings.min_users else (np.nan,) * 3
    cell |= dict(zip(("ces", "ces_low", "ces_high"), ces, strict=True))
    for aspect in _RATED_OF_SOLUTIONS:
        k, n = _counted(answers, step, aspect, is_user)
        of_it = _share(k, n, settings) if n >= settings.min_users else (np.nan,) * 3
        cell |= {f"n_{aspect}": int(n), aspect: of_it[0], f"{aspect}_low": of_it[1], f"{aspect}_high": of_it[2]}
    return cell


_RATED_OF_SOLUTIONS: Final[tuple[Aspect, ...]] = ("speed", "accuracy")


def _counted(answers: Answers, step: str, aspect: Aspect, who: Any) -> tuple[float, float]:
    ratings = answers.ratings([step], aspect)[who]
    return float(n_top(ratings)[0]), float(n_answered(ratings)[0])


def _share(k: float, n: float, settings: MatrixSettings) -> tuple[float, float, float]:
    counts = np.array([k]), np.array([n])
    (low,), (high,) = wilson(*counts, level=settings.level)
    return float(share_of(*counts)[0]), float(low), float(high)


def _serves(share: float, settings: MatrixSettings) -> str | None:
    if np.isnan(share):
        return None
    if share >= settings.better:
        return "better"
    return "poor" if share < settings.poor else "functional"


def solution_patterns(solution: Solution) -> list[re.Pattern[str]]:
    """What finds a solution in talk, whole words only: a name with capitals as it is, others in any spelling."""
    names = [n for n in (solution.name, *solution.aliases) if n.strip()]
    return [
        re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", 0 if name != name.lower() else re.IGNORECASE) for name in names
    ]


Placed = tuple[Voice, str]


def _steps_by_turn(interviews: Interviews, basis: SurveyBasis) -> Mapping[tuple[str, int], list[Placed]]:
    near: dict[tuple[str, int], list[Placed]] = {}
    for step in basis.steps:
        for voice in interviews.of(step.id):
            near.setdefault((voice.evidence.transcript, voice.evidence.span.turn), []).append((voice, step.id))
    return near


def _step_of(span: Span, text: str, placed: Sequence[Placed]) -> str | None:
    """The step of the words in the same sentence, else of those in the sentence before or after it in the turn.

    The nearest of them, the earlier one of equals.
    """
    bounds = list(sentence_bounds(text)) or [(0, len(text))]
    here = next((i for i, (a, b) in enumerate(bounds) if a <= span.start < b), 0)
    for first, last in (bounds[here], (bounds[max(0, here - 1)][0], bounds[min(len(bounds) - 1, here + 1)][1])):
        around = [(v, step) for v, step in placed if v.evidence.span.start < last and v.evidence.span.end > first]
        if around:
            return min(around, key=lambda one: (_distance(one[0].evidence.span, span), one[0].evidence.span))[1]
    return None


def _distance(one: Span, other: Span) -> int:
    return max(0, one.start - other.end, other.start - one.end)
