"""Repository of workers: which processes work on runs, told by when each was last seen.

Times are the database's own where it is a server: the clocks of two machines may differ by more than a worker's lease.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store.database import clock
from api.store.tables import WorkerTable

# On a server, what workers are at is kept in this schema, which is not ours to read and is in no backup.
SCHEMA: Final = "jtbd_durable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that works on runs; `version` is that of its program and models, `place` its machine and process."""

    id: str
    version: str
    place: str
    started_at: datetime
    seen_at: datetime


def beat(session: Session, worker_id: str, *, version: str, place: str) -> None:
    """Note that a worker is alive; one that was given up for dead is known again."""
    now = clock(session)
    row = session.get(WorkerTable, worker_id)
    if row is None:
        session.add(WorkerTable(id=worker_id, version=version, place=place, started_at=now, seen_at=now))
    else:
        row.seen_at = now
    session.flush()


def alive(session: Session, lease_s: float) -> tuple[Worker, ...]:
    """The workers that were seen within their lease, oldest first."""
    since = clock(session) - timedelta(seconds=lease_s)
    rows = session.scalars(select(WorkerTable).where(WorkerTable.seen_at >= since).order_by(WorkerTable.id))
    return tuple(
        Worker(id=row.id, version=row.version, place=row.place, started_at=row.started_at, seen_at=row.seen_at)
        for row in rows
    )


def leave(session: Session, worker_id: str) -> None:
    """Forget a worker: what it was at may be taken over at once."""
    session.execute(delete(WorkerTable).where(WorkerTable.id == worker_id))


def bury(session: Session, lease_s: float) -> None:
    """Forget the workers that were not seen within their lease."""
    since = clock(session) - timedelta(seconds=lease_s)
    session.execute(delete(WorkerTable).where(WorkerTable.seen_at < since))
