"""Repository of what a team lists beside its map: solutions that people use, and features it might build.

Lists are short and edited as a whole: each write replaces the list, and may say which revision it means to replace.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store.database import Stamp
from api.store.errors import BadValueError, ListChangedError
from api.store.studies import check_text
from api.store.tables import FeatureTable, SolutionTable
from jtbd_nlp.priorities.solutions import Solution
from jtbd_nlp.priorities.strategy import Feature

One = TypeVar("One", bound=Solution | Feature)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind(Generic[One]):
    """What tells solutions and features apart. What is listed has a column in `table` for each of its fields.

    `texts` gives what people typed beside id and name, each after what it is called when it cannot be kept.
    """

    name: str
    table: type[SolutionTable] | type[FeatureTable]
    of_row: Callable[[Any], One]
    texts: Callable[[One], Iterable[tuple[str, str]]]


SOLUTIONS: Final[ListKind[Solution]] = ListKind(
    name="solutions",
    table=SolutionTable,
    of_row=lambda row: Solution(id=row.id, name=row.name, kind=row.kind, aliases=tuple(row.aliases)),
    texts=lambda one: [(f"solution {one.id}: an alias", alias) for alias in one.aliases],
)
FEATURES: Final[ListKind[Feature]] = ListKind(
    name="features",
    table=FeatureTable,
    of_row=lambda row: Feature(id=row.id, name=row.name, note=row.note, subjects=tuple(row.subjects)),
    texts=lambda one: [(f"feature {one.id}: the note", one.note)] if one.note else [],
)


def revision_of(listed: Sequence[Solution | Feature]) -> str:
    """What a list is known by: equal lists have equal revisions."""
    rows = json.dumps([asdict(one) for one in listed], sort_keys=True)
    return hashlib.sha256(rows.encode("utf-8")).hexdigest()[:16]


def of_study(session: Session, study_id: str, kind: ListKind[One]) -> tuple[One, ...]:
    """A study's list of a kind, in its order; empty where nothing was listed."""
    rows = session.scalars(select(kind.table).where(kind.table.study_id == study_id).order_by(kind.table.number))
    return tuple(kind.of_row(row) for row in rows)


def replace_list(
    session: Session,
    study_id: str,
    kind: ListKind[One],
    listed: Sequence[One],
    stamp: Stamp,
    *,
    revision: str | None = None,
) -> None:
    """Put another list in the place of what is there; lock the study first.

    Args:
        revision: of the list that is meant to be there; None replaces any.

    Raises:
        BadValueError: two have the same id, or a text cannot be kept.
        ListChangedError: the list that is there is of another revision.
    """
    _check(kind, listed)
    if revision is not None:
        _check_unchanged(session, study_id, kind, listed, revision)
    session.execute(delete(kind.table).where(kind.table.study_id == study_id))
    for number, one in enumerate(listed):
        session.add(
            kind.table(
                **asdict(one),
                study_id=study_id,
                number=number,
                created_at=stamp.at,
                created_by=stamp.by,
                changed_at=stamp.at,
                changed_by=stamp.by,
            )
        )
    session.flush()


def _check(kind: ListKind[One], listed: Sequence[One]) -> None:
    seen: set[str] = set()
    for one in listed:
        check_text(one.id, "an id")
        check_text(one.name, f"{one.id}: the name")
        for what, text in kind.texts(one):
            check_text(text, what)
        if one.id in seen:
            raise BadValueError(f"{one.id}: listed twice")
        seen.add(one.id)


def _check_unchanged(session: Session, study_id: str, kind: ListKind[One], sent: Sequence[One], revision: str) -> None:
    now = of_study(session, study_id, kind)
    if revision_of(now) == revision:
        return
    table = kind.table
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
