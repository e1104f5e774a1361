"""Repository of requests that were answered under an idempotency key, so that a repeated one does nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.store.database import Stamp, clock
from api.store.tables import AnsweredRequestTable


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """A request that came before under the same key. `status` and `answer` are None while it still runs.

    `held_at` is when whoever works on it was last seen to live, `unseen` how long ago that is.
    """

    fingerprint: str
    status: int | None
    answer: Any
    held_at: datetime | None
    unseen: timedelta


def begin(
    session: Session,
    caller: str,
    key: str,
    *,
    fingerprint: str,
    study_id: str | None,
    stamp: Stamp,
    instead_of: KeptAnswer | None = None,
) -> KeptAnswer | None:
    """Note that a request has begun and give None; or give the one that came before under this key of this caller.

    Args:
        instead_of: the one before, which is taken to be dead: it counts no more if nobody was seen at it since.
    """
    table, now = AnsweredRequestTable, clock(session)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    row = {
        "study_id": study_id,
        "fingerprint": fingerprint,
        "held_at": now,
        "created_at": stamp.at,
        "created_by": stamp.by,
    }
    statement = (sqlite.insert if is_sqlite else postgresql.insert)(table).values(caller=caller, key=key, **row)
    if instead_of is None:
        statement = statement.on_conflict_do_nothing()
    else:
        is_left = table.status.is_(None) & (table.held_at == instead_of.held_at)
        statement = statement.on_conflict_do_update(index_elements=[table.caller, table.key], set_=row, where=is_left)
    if session.execute(statement.returning(table.key)).first() is not None:
        return None
    kept = session.get_one(table, (caller, key))
    return KeptAnswer(
        fingerprint=kept.fingerprint,
        status=kept.status,
        answer=kept.answer,
        held_at=kept.held_at,
        unseen=now - (kept.held_at or kept.created_at),
    )


def hold(session: Session, caller: str, key: str, *, begun: datetime) -> None:
    """Note that whoever works on the request that began then is alive."""
    if (row := _at_hand(session, caller, key, begun)) is not None:
        row.held_at = clock(session)
        session.flush()


def finish(session: Session, caller: str, key: str, *, begun: datetime, status: int, answer: object) -> None:
    """Keep what was answered to the request that began then, unless it was dropped in between."""
    if (row := _at_hand(session, caller, key, begun)) is not None:
        row.status, row.answer = status, answer
        session.flush()


def drop(session: Session, caller: str, key: str, *, begun: datetime) -> None:
    """Forget the request that began then, so that the same key can be used again."""
    table = AnsweredRequestTable
    _drop(session, table.caller == caller, table.key == key, table.created_at == begun)


def drop_before(session: Session, moment: datetime) -> None:
    """Forget the requests that began before a moment."""
    _drop(session, AnsweredRequestTable.created_at < moment)


def drop_of_study(session: Session, study_id: str) -> None:
    """Forget the requests about a study."""
    _drop(session, AnsweredRequestTable.study_id == study_id)


def _at_hand(session: Session, caller: str, key: str, begun: datetime) -> AnsweredRequestTable | None:
    """The request that began then; None where it was dropped, or another took its place."""
    row = session.get(AnsweredRequestTable, (caller, key))
    return row if row is not None and row.created_at == begun else None


def _drop(session: Session, *wanted: ColumnElement[bool]) -> None:
    session.execute(delete(AnsweredRequestTable).where(*wanted).execution_options(synchronize_session=False))
