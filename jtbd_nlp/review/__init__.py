"""Hop 6, review: suggestions and decisions to a job map. Rules only; it knows no storage, no clock and no model.

The map is the fold of what a run suggested and of the decisions people made on it, in the order they were stored
(`fold`). Nothing is ever erased: undoing and redoing are decisions too. `applying` states what each kind of decision
does; a decision that does not fit what is there by now is no crash but a `Conflict`.

- `decide` tries a new decision; with the revisions its writer saw, it says what changed since. `Review` does both, one
  decision at a time.
- `learn_rules` tells what the decisions teach the next run.
- `carry_over` starts the map of a new run from the last one: what people settled stays, the rest is a `Difference`.
- `measure_agreement` compares analysts who reviewed one run without seeing each other, and the machine;
  `compare_sheets` tells what they agree on and what is left to settle.
- `to_json` and `from_json` write and read decisions.
"""

from jtbd_nlp.review.agreement import Agreement, AgreementScore, Scores, compare_analysts, measure_agreement
from jtbd_nlp.review.carrying import carry_over, fold_runs
from jtbd_nlp.review.decision_json import DECISION_SCHEMA, from_bytes, from_json, kind_names, to_bytes, to_json
from jtbd_nlp.review.decisions import (
    AddComment,
    AddEvidence,
    AddNeed,
    AddStep,
    Approve,
    ChosenSpan,
    Edit,
    Merge,
    MoveNeed,
    MoveStatement,
    MoveStep,
    Redo,
    Reject,
    RemoveRule,
    Reorder,
    ReviewDecision,
    Split,
    Undo,
)
from jtbd_nlp.review.differences import Change, Contradiction, Difference
from jtbd_nlp.review.folding import Review, decide, fold
from jtbd_nlp.review.job_map import Comment, Conflict, EntryState, JobMap, Lesson, MapNeed, MapStep, Merged, ReviewState
from jtbd_nlp.review.rules import ReviewRule, ReviewRules, changes_by_rule, learn_rules, rules_for_run
from jtbd_nlp.review.settling import Compared, Verdict, compare_sheets

__all__ = [
    "DECISION_SCHEMA",
    "AddComment",
    "AddEvidence",
    "AddNeed",
    "AddStep",
    "Agreement",
    "AgreementScore",
    "Approve",
    "Change",
    "ChosenSpan",
    "Comment",
    "Compared",
    "Conflict",
    "Contradiction",
    "Difference",
    "Edit",
    "EntryState",
    "JobMap",
    "Lesson",
    "MapNeed",
    "MapStep",
    "Merge",
    "Merged",
    "MoveNeed",
    "MoveStatement",
    "MoveStep",
    "Redo",
    "Reject",
    "RemoveRule",
    "Reorder",
    "Review",
    "ReviewDecision",
    "ReviewRule",
    "ReviewRules",
    "ReviewState",
    "Scores",
    "Split",
    "Undo",
    "Verdict",
    "carry_over",
    "changes_by_rule",
    "compare_analysts",
    "compare_sheets",
    "decide",
    "fold",
    "fold_runs",
    "from_bytes",
    "from_json",
    "kind_names",
    "learn_rules",
    "measure_agreement",
    "rules_for_run",
    "to_bytes",
    "to_json",
]
