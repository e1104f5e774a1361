"""Repository of what maps began with, and of blind reviews.

What a run's map was before its first decision is kept from that decision on: worked out again after somebody was
erased, its entries might have other ids than those the decisions name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.codec import from_plain, to_plain
from api.store.database import Stamp
from api.store.tables import BlindReviewTable, MapStartTable, RunTable
from jtbd_nlp.review import ReviewState

_MAPPINGS: Final = ("steps", "needs", "merged", "chosen")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindReview:
    """A blind review of a run; open until it is revealed."""

    run_id: str
    begun_at: datetime
    begun_by: str
    revealed_at: datetime | None
    revealed_by: str | None

    @property
    def is_open(self) -> bool:
        """Whether analysts still do not see each other."""
        return self.revealed_at is None


def keep(session: Session, run_id: str, state: ReviewState, stamp: Stamp) -> int:
    """Keep what the map of a run begins with, in place of what was kept; give its version."""
    row = session.get(MapStartTable, run_id)
    if row is None:
        row = MapStartTable(run_id=run_id, version=0, created_at=stamp.at, created_by=stamp.by)
        session.add(row)
    row.version, row.body = row.version + 1, _in_order(state)
    row.changed_at, row.changed_by = stamp.at, stamp.by
    session.flush()
    return row.version


def version(session: Session, run_id: str) -> int | None:
    """The version of what is kept of a run, None where nothing is."""
    return session.scalar(select(MapStartTable.version).where(MapStartTable.run_id == run_id))


def state(session: Session, run_id: str) -> ReviewState | None:
    """What the map of a run begins with, None where nothing is kept."""
    body = session.scalar(select(MapStartTable.body).where(MapStartTable.run_id == run_id))
    if body is None:
        return None
    return from_plain(ReviewState, {**body, **{name: dict(body[name]) for name in _MAPPINGS}})


def begin_blind(session: Session, run_id: str, stamp: Stamp) -> None:
    """Let a blind review of a run begin; there was none of it before."""
    session.add(BlindReviewTable(run_id=run_id, created_at=stamp.at, created_by=stamp.by))
    session.flush()


def reveal(session: Session, run_id: str, stamp: Stamp) -> None:
    """Let the blind review of a run end."""
    row = session.get_one(BlindReviewTable, run_id)
    row.revealed_at, row.revealed_by = stamp.at, stamp.by
    session.flush()


def blind_review(session: Session, run_id: str) -> BlindReview | None:
    """The blind review of a run, None where there never was one."""
    row = session.get(BlindReviewTable, run_id)
    return None if row is None else _blind(row)


def open_blind_review(session: Session, study_id: str) -> BlindReview | None:
    """The blind review that a study's analysts are in, None for none."""
    row = session.scalar(
        select(BlindReviewTable)
        .join(RunTable, RunTable.id == BlindReviewTable.run_id)
        .where(RunTable.study_id == study_id, BlindReviewTable.revealed_at.is_(None))
    )
    return None if row is None else _blind(row)


def _in_order(state: ReviewState) -> dict[str, Any]:
    """The state as plain values; mappings as lists of pairs, since kept bodies sort their keys and order matters."""
    plain: dict[str, Any] = to_plain(state)
    return {**plain, **{name: [list(pair) for pair in plain[name].items()] for name in _MAPPINGS}}


def _blind(row: BlindReviewTable) -> BlindReview:
    return BlindReview(
        run_id=row.run_id,
        begun_at=row.created_at,
        begun_by=row.created_by,
        revealed_at=row.revealed_at,
        revealed_by=row.revealed_by,
    )
