"""From scores to what to do: a roadmap, where to be different, words to say it in, and what to look into before.

Source: METHOD §7 (SEED): features for steps that are important and difficult first; excel at a step that is badly
served; speak to the struggle of a step in customers' words; confirm before investing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jtbd_nlp.domain import Evidence
from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.interviews import Interviews, Voice
from jtbd_nlp.priorities.scores import EVERYBODY, ScoreSettings
from jtbd_nlp.priorities.shares import TOP_BOX, wilson
from jtbd_nlp.priorities.subjects import Subject, SurveyBasis
from jtbd_nlp.stages import DEFINITIONS, STAGES

# fmt: off
ROADMAP_COLUMNS: Final = (
    "rank", "step", "stage", "wording",
    "priority", "priority_low", "priority_high", "importance", "ces",
    "opportunity", "reading",
    "reach", "reach_low", "reach_high",   # share of raters who find it both important and difficult, Wilson
    "n_participants", "n_quotes",         # people who spoke of it in interviews; quotes of struggle
    "served_by",                          # solutions that serve it better, "; " between them; None where none does
    "features",                           # ids of the features linked to it or its needs, "; " between them
)
REACH_COLUMNS: Final = (
    "feature", "name", "segment",
    "subjects",                           # ids it is linked to, highest priority first, "; " between them
    "priority",                           # the highest of them, for everybody
    "n", "reach", "reach_low", "reach_high",  # raters; share who find any of them important and difficult, Wilson
)
CANDIDATE_COLUMNS: Final = (
    "subject", "kind", "step", "stage", "wording", "opportunity", "opportunity_low", "opportunity_high", "reading",
    "is_sure",                            # whether the whole interval lies above the cut-off
    "best_solution", "best_satisfied",    # of the solutions that were rated at its step; empty where none was
    "n_rated_solutions",
)
VALIDATION_COLUMNS: Final = ("step", "stage", "wording", "reason", "next", "ask")
# fmt: on
MIN_PARTICIPANTS: Final = 3
WIDE: Final = 0.2
HARD: Final = 0.5
QUOTE_WORDS: Final = (4, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Something the team might build, linked to the ids of the steps and needs it is for."""

    id: str
    name: str
    note: str = ""
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """A line that speaks to the struggle of a step. `lead` is the program's; the words are somebody's own."""

    step: str
    lead: str
    evidence: Evidence
    speaker: str


def roadmap(
    scores: pd.DataFrame,
    basis: SurveyBasis,
    answers: Answers,
    *,
    interviews: Interviews,
    matrix: pd.DataFrame,
    features: Sequence[Feature] = (),
) -> pd.DataFrame:
    """The steps in the order in which they are worth working on: important and difficult first.

    Args:
        scores: of `scores.score`; rows for everybody are used.
        matrix: of `solutions.solution_matrix`.

    Returns:
        One row a step; columns are ROADMAP_COLUMNS. Steps without a priority stand at the end.
    """
    everybody = scores[(scores["segment"] == EVERYBODY) & (scores["kind"] == "step")].set_index("subject")
    better = matrix[matrix["serves"] == "better"].groupby("step")["solution"].agg("; ".join)
    rows: list[dict[str, Any]] = []
    for step in basis.steps:
        own = everybody.loc[step.id]
        low, high, share, _ = _reach(answers, [step.id])
        of_step = {step.id, *(need.id for need in basis.needs_of(step.id))}
        linked = [f.id for f in features if of_step & set(f.subjects)]
        scored = ("priority", "priority_low", "priority_high", "importance", "ces", "opportunity", "reading")
        rows.append(
            {
                "step": step.id,
                "stage": step.stage,
                "wording": step.wording,
                **{name: own[name] for name in scored},
                "reach": share,
                "reach_low": low,
                "reach_high": high,
                "n_participants": len({v.participant for v in interviews.of(step.id) if not v.is_led}),
                "n_quotes": len(interviews.struggles(step.id)),
                "served_by": better.get(step.id),
                "features": "; ".join(linked) or None,
            }
        )
    rows.sort(key=lambda row: -row["priority"] if not np.isnan(row["priority"]) else np.inf)
    ranked = [{"rank": rank, **row} for rank, row in enumerate(rows, 1)]
    return pd.DataFrame(ranked, columns=list(ROADMAP_COLUMNS))


def feature_reach(
    features: Sequence[Feature],
    scores: pd.DataFrame,
    answers: Answers,
    *,
    segments: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Whom each feature would reach: people who find any step or need it is for both important and difficult.

    Returns:
        One row a feature and segment, everybody first, features by their highest priority; columns are REACH_COLUMNS.
    """
    everybody = scores[scores["segment"] == EVERYBODY].set_index("subject")["priority"]
    groups = {EVERYBODY: answers} | {name: answers.of(who) for name, who in (segments or {}).items()}
    rows: list[dict[str, Any]] = []
    for feature in features:
        known = sorted((s for s in feature.subjects if s in everybody.index), key=lambda s: -_or_zero(everybody[s]))
        highest = float(everybody[known[0]]) if known else np.nan
        for name, group in groups.items():
            low, high, share, n = _reach(group, known)
            rows.append(
                {
                    "feature": feature.id,
                    "name": feature.name,
                    "segment": name,
                    "subjects": "; ".join(known),
                    "priority": highest,
                    "n": n,
                    "reach": share,
                    "reach_low": low,
                    "reach_high": high,
                }
            )
    rows.sort(key=lambda row: -_or_zero(row["priority"]))
    return pd.DataFrame(rows, columns=list(REACH_COLUMNS))


def differentiation(scores: pd.DataFrame, matrix: pd.DataFrame, settings: ScoreSettings | None = None) -> pd.DataFrame:
    """Steps and needs with a high opportunity at a step that no solution serves better, highest first.

    Returns:
        One row a candidate; columns are CANDIDATE_COLUMNS. A step at which no solution was rated stays a candidate,
        since nothing is known to serve it, and says so by `n_rated_solutions`.
    """
    settings = settings or ScoreSettings()
    everybody = scores[(scores["segment"] == EVERYBODY) & (scores["opportunity"] >= settings.worth)]
    rated = matrix.dropna(subset=["satisfied"])
    served = set(rated.loc[rated["serves"] == "better", "step"])
    rows = []
    for row in everybody.sort_values("opportunity", ascending=False, kind="stable").to_dict("records"):
        if row["step"] in served:
            continue
        at_step = rated[rated["step"] == row["step"]]
        best = at_step.iloc[int(at_step["satisfied"].to_numpy().argmax())] if len(at_step) else None
        rows.append(
            {
                **{name: row[name] for name in CANDIDATE_COLUMNS if name in row},
                "is_sure": bool(row["opportunity_low"] >= settings.worth),
                "best_solution": None if best is None else best["solution"],
                "best_satisfied": np.nan if best is None else best["satisfied"],
                "n_rated_solutions": len(at_step),
            }
        )
    return pd.DataFrame(rows, columns=list(CANDIDATE_COLUMNS))


def message_lines(interviews: Interviews, steps: Iterable[Subject], *, per_step: int = 3) -> tuple[MessageLine, ...]:
    """Lines for each step from words in which different people tell of trouble with it; none where nobody did.

    Nothing of a quote is changed or left out.
    """
    lines = []
    for step in steps:
        picked: dict[tuple[str, str], Voice] = {}
        for voice in interviews.struggles(step.id):
            if QUOTE_WORDS[0] <= len(voice.evidence.quote.split()) <= QUOTE_WORDS[1]:
                picked.setdefault(voice.participant, voice)
        lead = f"For everybody who has to {step.wording}:"
        lines += [
            MessageLine(step=step.id, lead=lead, evidence=voice.evidence, speaker=voice.speaker)
            for voice in list(picked.values())[:per_step]
        ]
    return tuple(lines)


def validation_plan(
    basis: SurveyBasis, interviews: Interviews, scores: pd.DataFrame | None, signal: pd.DataFrame
) -> pd.DataFrame:
    """What to look into before anybody invests: steps that rest on little, and stages of which nothing is known.

    Args:
        scores: of `scores.score`; None before any survey.
        signal: of `interviews.interview_signal`.

    Returns:
        One row a step and reason, in job order, then the stages without a step; columns are VALIDATION_COLUMNS.
    """
    everybody = None if scores is None else scores[scores["segment"] == EVERYBODY].set_index("subject")
    heard = signal.set_index("step")
    rows: list[dict[str, Any]] = []
    for step in basis.steps:
        about = {"step": step.id, "stage": step.stage, "wording": step.wording}
        figures = None if everybody is None else everybody.loc[step.id]
        rows += [{**about, **reason} for reason in _reasons(step, heard.loc[step.id], figures)]
    present = {step.stage for step in basis.steps}
    for stage in STAGES:
        if stage not in present:
            ask = DEFINITIONS[stage].ask
            reason = "no approved step stands in this stage"
            rows.append(
                {"step": None, "stage": stage, "wording": None, "reason": reason, "next": "interview", "ask": ask}
            )
    return pd.DataFrame(rows, columns=list(VALIDATION_COLUMNS))


def _reasons(step: Subject, heard: Any, figures: Any | None) -> Iterable[dict[str, Any]]:
    walk = f"Walk me through the last time you had to {step.wording}. What did you do first?"
    hard = f"What makes it hard to {step.wording}, and what do you do about it?"
    if step.n_participants < MIN_PARTICIPANTS:
        people = "one person" if step.n_participants == 1 else f"{step.n_participants} people"
        yield {"reason": f"it rests on {people} in interviews", "next": "interview", "ask": walk}
    if figures is None or np.isnan(figures["priority"]):
        yield {"reason": "nobody has rated it in a survey", "next": "survey", "ask": None}
        return
    if figures["priority_high"] - figures["priority_low"] > WIDE:
        n = int(min(figures["n_importance"], figures["n_difficulty"]))
        yield {"reason": f"its priority is uncertain with {n} raters", "next": "survey", "ask": None}
    if figures["ces_low"] > HARD and heard["n_struggling"] == 0:
        yield {"reason": "the survey calls it difficult, no interview tells why", "next": "observe", "ask": hard}
    if figures["ces_high"] < HARD and heard["struggle_low"] > HARD:
        yield {"reason": "interviews tell of struggle, the survey does not", "next": "observe", "ask": walk}


def _reach(answers: Answers, subjects: Sequence[str]) -> tuple[float, float, float, int]:
    """Wilson ends, share and n of people who call any of the subjects both important and difficult."""
    importance, difficulty = answers.ratings(subjects, "importance"), answers.ratings(subjects, "difficulty")
    rated = (~np.isnan(importance) & ~np.isnan(difficulty)).any(axis=1)
    both = ((importance >= TOP_BOX) & (difficulty >= TOP_BOX)).any(axis=1)
    n, k = int(rated.sum()), int((both & rated).sum())
    if n == 0:
        return np.nan, np.nan, np.nan, 0
    (low,), (high,) = wilson(np.array([float(k)]), np.array([float(n)]))
    return float(low), float(high), k / n, n


def _or_zero(value: float) -> float:
    return 0.0 if np.isnan(value) else float(value)
