"""Repository of what a team lists beside its map: solutions that people use, and features it might build.

Lists are short and edited as a whole: each write replaces the list, and may say which revision it means to replace.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store.database import Stamp
from api.store.errors import BadValueError, ListChangedError
from api.store.studies import check_text
from api.store.tables import FeatureTable, SolutionTable
from jtbd_nlp.priorities.solutions import Solution, SolutionKind
from jtbd_nlp.priorities.strategy import Feature


def revision_of(listed: Sequence[Solution] | Sequence[Feature]) -> str:
    """What a list is known by: equal lists have equal revisions."""
    rows = json.dumps([asdict(one) for one in listed], sort_keys=True)
    return hashlib.sha256(rows.encode("utf-8")).hexdigest()[:16]


def solutions(session: Session, study_id: str) -> tuple[Solution, ...]:
    """The solutions of a study, in their order."""
    rows = session.scalars(
        select(SolutionTable).where(SolutionTable.study_id == study_id).order_by(SolutionTable.number)
    )
    return tuple(
        Solution(id=row.id, name=row.name, kind=cast(SolutionKind, row.kind), aliases=tuple(row.aliases))
        for row in rows
    )


def replace_solutions(
    session: Session, study_id: str, listed: Sequence[Solution], stamp: Stamp, *, revision: str | None = None
) -> None:
    """Put another list of solutions in the place of what is there; lock the study first.

    Args:
        revision: of the list that is meant to be there; None replaces any.

    Raises:
        BadValueError: two have the same id, or a name cannot be kept.
        ListChangedError: the list that is there is of another revision.
    """
    _check(listed)
    if revision is not None:
        _check_unchanged(session, SolutionTable, study_id, solutions(session, study_id), listed, revision)
    for solution in listed:
        for alias in solution.aliases:
            check_text(alias, f"solution {solution.id}: an alias")
    session.execute(delete(SolutionTable).where(SolutionTable.study_id == study_id))
    for number, one in enumerate(listed):
        session.add(
            SolutionTable(
                **_shared(study_id, number, one.id, one.name, stamp), kind=one.kind, aliases=list(one.aliases)
            )
        )
    session.flush()


def features(session: Session, study_id: str) -> tuple[Feature, ...]:
    """The features of a study, in their order."""
    rows = session.scalars(select(FeatureTable).where(FeatureTable.study_id == study_id).order_by(FeatureTable.number))
    return tuple(Feature(id=row.id, name=row.name, subjects=tuple(row.subjects), note=row.note) for row in rows)


def replace_features(
    session: Session, study_id: str, listed: Sequence[Feature], stamp: Stamp, *, revision: str | None = None
) -> None:
    """Put another list of features in the place of what is there; lock the study first.

    Args:
        revision: of the list that is meant to be there; None replaces any.

    Raises:
        BadValueError: two have the same id, or a name cannot be kept.
        ListChangedError: the list that is there is of another revision.
    """
    _check(listed)
    if revision is not None:
        _check_unchanged(session, FeatureTable, study_id, features(session, study_id), listed, revision)
    session.execute(delete(FeatureTable).where(FeatureTable.study_id == study_id))
    for number, one in enumerate(listed):
        if one.note:
            check_text(one.note, f"feature {one.id}: the note")
        session.add(
            FeatureTable(
                **_shared(study_id, number, one.id, one.name, stamp), note=one.note, subjects=list(one.subjects)
            )
        )
    session.flush()


def _check_unchanged(
    session: Session,
    table: type[SolutionTable] | type[FeatureTable],
    study_id: str,
    now: Sequence[Solution] | Sequence[Feature],
    sent: Sequence[Solution] | Sequence[Feature],
    revision: str,
) -> None:
    if revision_of(now) == revision:
        return
    last = session.execute(select(table.changed_by, table.changed_at).where(table.study_id == study_id)).first()
    by = f", by {last.changed_by}" if last else ""
    raise ListChangedError(
        f"the list was changed since it was read{by}: read it again, and send what is to stay with its new revision",
        details={
            "revision": revision_of(now),
            "current": [asdict(one) for one in now],
            "sent": [asdict(one) for one in sent],
            "changed_by": last.changed_by if last else None,
            "changed_at": last.changed_at.isoformat() if last else None,
        },
    )


def _check(listed: Sequence[Solution] | Sequence[Feature]) -> None:
    seen: set[str] = set()
    for one in listed:
        check_text(one.id, "an id")
        check_text(one.name, f"{one.id}: the name")
        if one.id in seen:
            raise BadValueError(f"{one.id}: listed twice")
        seen.add(one.id)


def _shared(study_id: str, number: int, row_id: str, name: str, stamp: Stamp) -> dict[str, Any]:
    return {
        "study_id": study_id,
        "id": row_id,
        "number": number,
        "name": name,
        "created_at": stamp.at,
        "created_by": stamp.by,
        "changed_at": stamp.at,
        "changed_by": stamp.by,
    }
