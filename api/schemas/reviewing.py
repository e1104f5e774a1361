"""What there is to review of a run, what decisions taught, and how far analysts agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Schema, moment
from api.services.blind_reviews import BlindOutcome
from api.services.reviews import KnownRule, RunDifference
from jtbd_nlp.review import Agreement, MapNeed, MapStep
from jtbd_nlp.review.agreement import AgreementScore, Scores
from jtbd_nlp.review.settling import Compared, Verdict

_STEP = "step-3f2a9b7c1d0e5f64"
_NEED = "need-91c0a2b4c6d8e0f1"
_RUN = "run_0192e4b07c7a7c8f9d0e1f2a3b4c5d71"


class ChangeRow(Schema):
    """Evidence that an entry gained or lost, by id."""

    entry: str
    statements: list[str]


class ContradictionRow(Schema):
    """Something new against an entry: the id of a need, or of words in the step's `counter`."""

    entry: str
    by: str


class VanishedRow(Schema):
    """A suggestion of the last map that nobody decided on and that is not made again."""

    id: str
    wording: str


class Difference(Schema):
    """What a run changed beside the map before it; entries are named by id, in the order of the map."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "run": {"id": _RUN, "number": 2},
                "is_first": False,
                "is_empty": False,
                "grown": [{"entry": _STEP, "statements": ["5f0c61b2a9d34e17"]}],
                "shrunk": [],
                "lost_support": [],
                "regained": [],
                "new": [_NEED],
                "vanished": [],
                "contradictions": [],
                "rejected_again": [],
            }
        }
    )

    run: dict[str, str | int]
    is_first: bool
    is_empty: bool
    grown: list[ChangeRow]
    shrunk: list[ChangeRow]
    lost_support: list[str]
    regained: list[str]
    new: list[str]
    vanished: list[VanishedRow]
    contradictions: list[ContradictionRow]
    rejected_again: list[ChangeRow] = Field(description="Rejected entries that were suggested with more evidence.")


class Progress(Schema):
    """How many steps and needs a job map has, and on how many of them people decided."""

    model_config = ConfigDict(json_schema_extra={"example": {"n_entries": 146, "n_reviewed": 31}})

    n_entries: int
    n_reviewed: int


class RuleRow(Schema):
    """What the next run obeys unless it is removed. `changed` is null where this run did not know it yet."""

    id: str
    kind: Literal["must link", "cannot link", "stop"]
    decision: str
    by: str
    at: datetime
    entry: str | None
    is_removed: bool
    n_pairs: int
    statements: list[str]
    changed: list[str] | None


class Rules(Schema):
    """The rules that decisions taught, in their order, removed ones too."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "rules": [
                    {
                        "id": "rule-joined-decision_0192e4b07c7a7c8f9d0e1f2a3b4c5d72",
                        "kind": "must link",
                        "decision": "decision_0192e4b07c7a7c8f9d0e1f2a3b4c5d72",
                        "by": "Ana",
                        "at": "2026-05-04T10:12:00Z",
                        "entry": _STEP,
                        "is_removed": False,
                        "n_pairs": 12,
                        "statements": [],
                        "changed": ["5f0c61b2a9d34e17"],
                    }
                ]
            }
        }
    )

    rules: list[RuleRow]


class ScoreRow(Schema):
    """Krippendorff's alpha with its 95 % interval. `n_steps` entries were decided on twice at least.

    `alpha` is null where that is none, or where all decided alike, which cannot be told from chance. `interval` is null
    there too, with fewer than 6 entries, and where nearly all decided alike.
    """

    alpha: float | None
    interval: list[float] | None
    n_steps: int


class ScoresRow(Schema):
    """Scores by stage, and what each analyst said of each entry they decided on."""

    between_analysts: dict[str, ScoreRow]
    with_machine: dict[str, ScoreRow]
    machine_by_analyst: dict[str, ScoreRow]
    codes: dict[str, dict[str, str]]


class AgreementRow(Schema):
    """How far analysts agree with each other and with the machine, on steps and on needs."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "analysts": ["Ana", "Ben"],
                "steps": {
                    "between_analysts": {"all": {"alpha": 0.71, "interval": [0.5, 0.88], "n_steps": 24}},
                    "with_machine": {"all": {"alpha": 0.6, "interval": None, "n_steps": 5}},
                    "machine_by_analyst": {},
                    "codes": {"Ana": {_STEP: "plan"}},
                },
                "needs": {"between_analysts": {}, "with_machine": {}, "machine_by_analyst": {}, "codes": {}},
            }
        }
    )

    analysts: list[str]
    steps: ScoresRow
    needs: ScoresRow


class BlindAct(Asked):
    """Begin a blind review of the run at hand, or reveal it."""

    model_config = ConfigDict(json_schema_extra={"example": {"act": "begin"}})

    act: Literal["begin", "reveal"]


class VerdictRow(Schema):
    """What an analyst wants of an entry: `place` is a stage, or the step that a need measures."""

    review: str
    wording: str
    place: str | None
    into: str | None
    is_regrouped: bool


class ComparedRow(Schema):
    """An entry that somebody decided on, and the verdict of each analyst who did."""

    entry: str
    verdicts: dict[str, VerdictRow]


class Blind(Schema):
    """What came of a blind review; while it is open, only who took part."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"run": _RUN, "is_open": True, "analysts": ["Ana", "Ben"], "agreed": [], "disputed": []}
        }
    )

    run: str
    is_open: bool
    analysts: list[str]
    agreed: list[ComparedRow]
    disputed: list[ComparedRow]


class PersonInsight(Schema):
    """How much of what a person said backs entries of the map, by stage; `n_needs` are needs they voiced."""

    participant: str | None
    transcript: str
    speaker: str
    stages: dict[str, int]
    n_steps: int
    n_needs: int


class AskedRow(Schema):
    """Whether interviewers asked about a stage; `silent` were asked and said nothing of it."""

    verdict: str
    n_participants: int
    silent: list[dict[str, str]]


class StageInsight(Schema):
    """How well a stage is covered, and what to ask next."""

    stage: str
    status: Literal["covered", "thin", "missing"]
    n_steps: int
    n_participants: int
    ask: str
    asked: AskedRow


class Insight(Schema):
    """Who speaks of which stage, how much is covered, what is missing, and what another interview would add."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "revision": "9c01d2e45f6a",
                "n_participants": 6,
                "people": [
                    {
                        "participant": "participant_0192e4b07c7a7c8f9d0e1f2a3b4c5d6f",
                        "transcript": "p07",
                        "speaker": "P7",
                        "stages": {"understand": 2, "plan": 5, "execute": 3, "assess": 0, "revise": 1, "conclude": 0},
                        "n_steps": 6,
                        "n_needs": 2,
                    }
                ],
                "stages": [],
                "gaps": ["conclude"],
                "coverage": {"share": 0.62, "by_transcript": {"p07": 0.58}, "largest_unexplained": []},
                "saturation": {
                    "steps": [3, 7, 9, 10],
                    "needs": [5, 9, 14, 15],
                    "expected_new_needs": 0.8,
                    "interval": [0.1, 2.3],
                },
            }
        }
    )

    revision: str
    n_participants: int
    people: list[PersonInsight]
    stages: list[StageInsight]
    gaps: list[str] = Field(description="Stages that are thin or missing.")
    coverage: dict[str, Any]
    saturation: dict[str, Any]


def difference_answer(found: RunDifference) -> dict[str, Any]:
    """A difference as the answer shows it."""
    told = found.difference

    def changes(rows: Any) -> list[dict[str, Any]]:
        return [{"entry": row.entry, "statements": list(row.statements)} for row in rows]

    return {
        "run": {"id": found.reviewed.run_id, "number": found.reviewed.run_number},
        "is_first": found.previous is None,
        "is_empty": told.is_empty,
        "grown": changes(told.grown),
        "shrunk": changes(told.shrunk),
        "lost_support": list(told.lost_support),
        "regained": list(told.regained),
        "new": list(told.new),
        "vanished": [_vanished(entry) for entry in told.vanished],
        "contradictions": [{"entry": one.entry, "by": one.by} for one in told.contradictions],
        "rejected_again": changes(told.rejected_again),
    }


def rule_row(known: KnownRule) -> dict[str, Any]:
    """A rule as the answer shows it."""
    rule = known.rule
    return {
        "id": rule.id,
        "kind": rule.kind,
        "decision": rule.decision,
        "by": known.by,
        "at": moment(known.at),
        "entry": known.entry,
        "is_removed": rule.is_removed,
        "n_pairs": len(rule.pairs),
        "statements": list(rule.statements),
        "changed": None if known.changed is None else list(known.changed),
    }


def agreement_answer(found: Agreement) -> dict[str, Any]:
    """Agreement as the answer shows it."""
    return {"analysts": list(found.analysts), "steps": _scores(found), "needs": _scores(found.needs)}


def blind_answer(found: BlindOutcome) -> dict[str, Any]:
    """A blind review as the answer shows it."""
    return {
        "run": found.run_id,
        "is_open": found.is_open,
        "analysts": list(found.analysts),
        "agreed": [_compared(one) for one in found.agreed],
        "disputed": [_compared(one) for one in found.disputed],
    }


def _vanished(entry: MapStep | MapNeed) -> dict[str, str]:
    return {"id": entry.id, "wording": entry.wording}


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        "between_analysts": _by_stage(scores.between_analysts),
        "with_machine": _by_stage(scores.with_machine),
        "machine_by_analyst": _by_stage(scores.machine_by_analyst),
        "codes": {analyst: dict(codes) for analyst, codes in scores.codes.items()},
    }


def _by_stage(scores: Mapping[str, AgreementScore]) -> dict[str, Any]:
    return {name: {"alpha": s.alpha, "interval": s.interval, "n_steps": s.n_steps} for name, s in scores.items()}


def _compared(one: Compared) -> dict[str, Any]:
    return {"entry": one.entry, "verdicts": {analyst: _verdict(v) for analyst, v in one.verdicts.items()}}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "review": verdict.review.value,
        "wording": verdict.wording,
        "place": verdict.place,
        "into": verdict.into,
        "is_regrouped": verdict.is_regrouped,
    }
