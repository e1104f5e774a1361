"""Repository of review decisions: appended one after the other, never changed, numbered from 1 within their run.

What a decision says is the core's to know (`jtbd_nlp/review.py`): here it is a kind and plain JSON values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from api.store.database import Stamp
from api.store.errors import NotFoundError, StaleWriteError
from api.store.ids import new_id
from api.store.tables import DecisionTable, RunTable


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """What somebody decided on a run, and when. `redacted_at` says when words of a person were taken out of it.

    `sheet` is the analyst on whose own map it was made in a blind review, None on the map of all.
    """

    id: str
    run_id: str
    number: int
    sheet: str | None
    kind: str
    body: Mapping[str, Any]
    by: str
    at: datetime
    redacted_at: datetime | None


def append(
    session: Session,
    run_id: str,
    kind: str,
    body: Mapping[str, object],
    stamp: Stamp,
    *,
    decision_id: str | None = None,
    sheet: str | None = None,
    seen: int | None = None,
) -> StoredDecision:
    """Keep a decision as the next one of its run.

    Args:
        body: plain JSON values.
        decision_id: its id, where the body names it already; a new one otherwise.
        sheet: the analyst on whose own map it is made, in a blind review.
        seen: number of the last decision that the writer knows of, 0 for none; None does not mind what came between.

    Raises:
        NotFoundError: there is no such run.
        StaleWriteError: there are decisions that the writer has not seen; nothing is kept.
    """
    # The lock on the run makes numbers gapless: whoever comes second waits, and then sees the first.
    if session.scalar(select(RunTable.id).where(RunTable.id == run_id).with_for_update()) is None:
        raise NotFoundError(f"there is no run {run_id}")
    last = session.scalar(select(func.max(DecisionTable.number)).where(DecisionTable.run_id == run_id)) or 0
    if seen is not None and seen != last:
        raise StaleWriteError(
            f"the run has {last} decisions, of which {min(seen, last)} were seen", numbers=range(seen + 1, last + 1)
        )
    row = DecisionTable(
        id=decision_id or new_id("decision"),
        run_id=run_id,
        number=last + 1,
        sheet=sheet,
        kind=kind,
        body=dict(body),
        created_at=stamp.at,
        created_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return _decision(row)


def find(session: Session, decision_id: str) -> StoredDecision | None:
    """A decision by its id, None where there is none."""
    row = session.get(DecisionTable, decision_id)
    return None if row is None else _decision(row)


def of_run(session: Session, run_id: str, *, after: int = 0, sheet: str | None = None) -> tuple[StoredDecision, ...]:
    """The decisions on the map of a run in their order, or those after a number.

    Args:
        sheet: an analyst whose decisions in a blind review are wanted too; without, only those on the map of all.
    """
    rows = session.scalars(
        select(DecisionTable)
        .where(*_wanted(run_id, sheet), DecisionTable.number > after)
        .order_by(DecisionTable.number)
    )
    return tuple(_decision(row) for row in rows)


def of_study(session: Session, study_id: str) -> tuple[StoredDecision, ...]:
    """All decisions on the maps of a study, run by run."""
    rows = session.scalars(
        select(DecisionTable)
        .join(RunTable, RunTable.id == DecisionTable.run_id)
        .where(RunTable.study_id == study_id)
        .order_by(RunTable.number, DecisionTable.number)
    )
    return tuple(_decision(row) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMark:
    """How far a log has come: it is as it was while this is. `n_redacted` had words of a person taken out."""

    n: int
    last_number: int
    last: str | None
    n_redacted: int
    redacted_at: datetime | None


def mark(session: Session, run_id: str, *, sheet: str | None = None) -> LogMark:
    """How far the log of a run has come, without reading it; see `of_run`."""
    wanted = _wanted(run_id, sheet)
    n, number, n_redacted, redacted_at = session.execute(
        select(
            func.count(),
            func.max(DecisionTable.number),
            func.count(DecisionTable.redacted_at),
            func.max(DecisionTable.redacted_at),
        ).where(*wanted)
    ).one()
    last = session.scalar(select(DecisionTable.id).where(*wanted, DecisionTable.number == number))
    return LogMark(n=n, last_number=number or 0, last=last, n_redacted=n_redacted, redacted_at=redacted_at)


def sheets(session: Session, run_id: str) -> tuple[str, ...]:
    """The analysts who decided something in the blind review of a run, sorted."""
    found = session.scalars(
        select(DecisionTable.sheet).where(DecisionTable.run_id == run_id, DecisionTable.sheet.is_not(None)).distinct()
    )
    return tuple(sorted(str(sheet) for sheet in found))


def numbers_on_sheets(session: Session, run_id: str) -> tuple[int, ...]:
    """The numbers of the decisions on a run that were made in its blind review."""
    wanted = (DecisionTable.run_id == run_id, DecisionTable.sheet.is_not(None))
    return tuple(session.scalars(select(DecisionTable.number).where(*wanted).order_by(DecisionTable.number)))


def _wanted(run_id: str, sheet: str | None) -> tuple[ColumnElement[bool], ...]:
    common = DecisionTable.sheet.is_(None)
    return (DecisionTable.run_id == run_id, common if sheet is None else common | (DecisionTable.sheet == sheet))


def _decision(row: DecisionTable) -> StoredDecision:
    return StoredDecision(
        id=row.id,
        run_id=row.run_id,
        number=row.number,
        sheet=row.sheet,
        kind=row.kind,
        body=row.body,
        by=row.created_by,
        at=row.created_at,
        redacted_at=row.redacted_at,
    )
