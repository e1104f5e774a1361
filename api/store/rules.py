"""Repository of rules: what decisions taught, and the next run of the study obeys. Removed rules stay to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.database import Stamp, row_of
from api.store.ids import new_id
from api.store.tables import RuleTable
from jtbd_nlp.review import ReviewRules


class RuleKind(StrEnum):
    """What a rule demands: two together, two apart, or one not again."""

    MUST_LINK = "must_link"
    CANNOT_LINK = "cannot_link"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a study. `decision_id` is the decision that taught it, None where somebody wrote it."""

    id: str
    kind: RuleKind
    body: Mapping[str, Any]
    decision_id: str | None
    created_at: datetime
    created_by: str
    removed_at: datetime | None
    removed_by: str | None


def add(
    session: Session,
    study_id: str,
    kind: RuleKind,
    body: Mapping[str, object],
    stamp: Stamp,
    *,
    decision_id: str | None = None,
) -> str:
    """Keep a rule and give its id."""
    row = RuleTable(
        id=new_id("rule"),
        study_id=study_id,
        decision_id=decision_id,
        kind=kind.value,
        body=dict(body),
        created_at=stamp.at,
        created_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return row.id


def keep_learned(session: Session, study_id: str, learned: ReviewRules, stamp: Stamp) -> None:
    """Keep what the decisions on a study's map teach now, in place of what they taught before.

    Rules that somebody wrote stay as they are. A learned rule keeps its id, and the decision it comes from.
    """
    query = select(RuleTable).where(RuleTable.study_id == study_id, RuleTable.decision_id.is_not(None))
    kept = {row.id: row for row in session.scalars(query)}
    wanted = {rule.id: rule for rule in learned.rules}
    for rule_id in kept.keys() - wanted.keys():
        session.delete(kept[rule_id])
    for rule in learned.rules:
        row = kept.get(rule.id)
        if row is None:
            row = RuleTable(id=rule.id, study_id=study_id, decision_id=rule.decision)
            row.created_at, row.created_by = stamp.at, stamp.by
            session.add(row)
        body = {"pairs": [list(pair) for pair in rule.pairs], "statements": list(rule.statements)}
        if row.body != body:
            row.kind, row.body = rule.kind.replace(" ", "_"), body
        if rule.is_removed != (row.removed_at is not None):
            row.removed_at, row.removed_by = (stamp.at, stamp.by) if rule.is_removed else (None, None)
    session.flush()


def remove(session: Session, rule_id: str, stamp: Stamp) -> None:
    """Let the next run no longer obey a rule; one that is removed already stays so.

    Raises:
        NotFoundError: there is no such rule.
    """
    row = row_of(session, RuleTable, rule_id, "rule")
    if row.removed_at is None:
        row.removed_at, row.removed_by = stamp.at, stamp.by
    session.flush()


def of_study(session: Session, study_id: str, *, removed_too: bool = False) -> tuple[Rule, ...]:
    """The rules that the next run obeys, in the order they were made; `removed_too` gives the others as well."""
    query = select(RuleTable).where(RuleTable.study_id == study_id).order_by(RuleTable.id)
    if not removed_too:
        query = query.where(RuleTable.removed_at.is_(None))
    return tuple(
        Rule(
            id=row.id,
            kind=RuleKind(row.kind),
            body=row.body,
            decision_id=row.decision_id,
            created_at=row.created_at,
            created_by=row.created_by,
            removed_at=row.removed_at,
            removed_by=row.removed_by,
        )
        for row in session.scalars(query)
    )
