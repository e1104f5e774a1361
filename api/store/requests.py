"""Repository of requests that were answered under an idempotency key, so that a repeated one does nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.store.database import Stamp
from api.store.tables import AnsweredRequestTable


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """A request that came before under the same key. `status` and `answer` are None while it still runs."""

    fingerprint: str
    status: int | None
    answer: Any
    created_at: datetime


def begin(
    session: Session, caller: str, key: str, *, fingerprint: str, study_id: str | None, stamp: Stamp
) -> KeptAnswer | None:
    """Note that a request has begun and give None; or give the one that came before under this key of this caller."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    row = {
        "caller": caller,
        "key": key,
        "study_id": study_id,
        "fingerprint": fingerprint,
        "created_at": stamp.at,
        "created_by": stamp.by,
    }
    statement = (sqlite.insert if is_sqlite else postgresql.insert)(AnsweredRequestTable).on_conflict_do_nothing()
    if session.execute(statement.values(row).returning(AnsweredRequestTable.key)).first() is not None:
        return None
    kept = session.get_one(AnsweredRequestTable, (caller, key))
    return KeptAnswer(fingerprint=kept.fingerprint, status=kept.status, answer=kept.answer, created_at=kept.created_at)


def finish(session: Session, caller: str, key: str, *, begun: datetime, status: int, answer: object) -> None:
    """Keep what was answered to the request that began then, unless it was dropped in between."""
    row = session.get(AnsweredRequestTable, (caller, key))
    if row is not None and row.created_at == begun:
        row.status, row.answer = status, answer
        session.flush()


def drop(session: Session, caller: str, key: str) -> None:
    """Forget a request, so that the same key can be used again."""
    _drop(session, AnsweredRequestTable.caller == caller, AnsweredRequestTable.key == key)


def drop_before(session: Session, moment: datetime) -> None:
    """Forget the requests that began before a moment."""
    _drop(session, AnsweredRequestTable.created_at < moment)


def drop_of_study(session: Session, study_id: str) -> None:
    """Forget the requests about a study."""
    _drop(session, AnsweredRequestTable.study_id == study_id)


def _drop(session: Session, *wanted: Any) -> None:
    session.execute(delete(AnsweredRequestTable).where(*wanted).execution_options(synchronize_session=False))
