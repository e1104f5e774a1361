"""Repository of what a team lists beside its map: solutions that people use, and features it might build.

Lists are short and edited as a whole: each write replaces the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store.database import Stamp
from api.store.errors import BadValueError
from api.store.studies import check_text
from api.store.tables import FeatureTable, SolutionTable
from jtbd_nlp.priorities.solutions import Solution, SolutionKind
from jtbd_nlp.priorities.strategy import Feature


def solutions(session: Session, study_id: str) -> tuple[Solution, ...]:
    """The solutions of a study, in their order."""
    rows = session.scalars(
        select(SolutionTable).where(SolutionTable.study_id == study_id).order_by(SolutionTable.number)
    )
    return tuple(
        Solution(id=row.id, name=row.name, kind=cast(SolutionKind, row.kind), aliases=tuple(row.aliases))
        for row in rows
    )


def replace_solutions(session: Session, study_id: str, listed: Sequence[Solution], stamp: Stamp) -> None:
    """Put another list of solutions in the place of what is there.

    Raises:
        BadValueError: two have the same id, or a name cannot be kept.
    """
    _check(listed)
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


def replace_features(session: Session, study_id: str, listed: Sequence[Feature], stamp: Stamp) -> None:
    """Put another list of features in the place of what is there.

    Raises:
        BadValueError: two have the same id, or a name cannot be kept.
    """
    _check(listed)
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
