"""Repository of the audit log: who read, exported, changed or erased what. Rows are added, never changed.

Each row carries the hash of the one before, so that one that is altered, taken out or slipped in later shows. Rows at
the end that are cut off do not: whoever wants to notice that keeps the last hash elsewhere (`jtbd db check` prints it).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.store.database import Stamp
from api.store.tables import AuditTable

Act = Literal["read", "exported", "changed", "erased", "refused"]

BEFORE_THE_FIRST: Final = "0" * 64
_CHAIN_LOCK: Final = 4_150_917_234  # any number that no other program on the server uses
# What may stand for a person is kept only in the form of an id: names and words are not.
_ID: Final = re.compile(r"[a-z]+_[0-9a-f]{32}|[0-9a-f]{8,64}|[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act. `what` names a route or a command, `subjects` what it was about by kind, `counts` how many of what.

    Subjects that do not look like ids are left out when it is kept.
    """

    by: str
    at: datetime
    act: Act
    what: str
    study: str | None = None
    subjects: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEntry:
    """An entry in its place in the chain; `number` counts from 1."""

    number: int
    entry: Entry
    previous: str
    sha256: str


def entry(
    stamp: Stamp,
    act: Act,
    what: str,
    *,
    study: str | None = None,
    subjects: Mapping[str, str] | None = None,
    **counts: int,
) -> Entry:
    """The entry of an act at the moment of `stamp`."""
    return Entry(by=stamp.by, at=stamp.at, act=act, what=what, study=study, subjects=subjects or {}, counts=counts)


def append(session: Session, entries: Iterable[Entry]) -> None:
    """Add entries at the end of the chain, which nobody else extends until this transaction ends."""
    entries = list(entries)
    if not entries:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({_CHAIN_LOCK})"))
    number, previous = head(session)
    for one in entries:
        number += 1
        kept = _chained(number, previous, _only_ids(one))
        _add(session, kept)
        previous = kept.sha256
    session.flush()


def head(session: Session) -> tuple[int, str]:
    """The number and the hash of the last entry; (0, 64 zeros) before the first."""
    row = session.execute(
        select(AuditTable.number, AuditTable.sha256).order_by(AuditTable.number.desc()).limit(1)
    ).first()
    return (row[0], row[1]) if row else (0, BEFORE_THE_FIRST)


def listed(
    session: Session, *, study: str | None = None, act: str | None = None, before: int | None = None, limit: int = 100
) -> tuple[KeptEntry, ...]:
    """Entries, last first.

    Args:
        study: only of this study.
        act: only of this kind.
        before: only those with a smaller number, to go on where an earlier answer ended.
    """
    query = select(AuditTable).order_by(AuditTable.number.desc()).limit(limit)
    if study is not None:
        query = query.where(AuditTable.study_id == study)
    if act is not None:
        query = query.where(AuditTable.act == act)
    if before is not None:
        query = query.where(AuditTable.number < before)
    return tuple(_kept(row) for row in session.scalars(query))


def faults(session: Session) -> Iterator[str]:
    """What is wrong with the chain, by number; nothing for a whole one."""
    expected, previous = 1, BEFORE_THE_FIRST
    query = select(AuditTable).order_by(AuditTable.number).execution_options(yield_per=500)
    for row in session.scalars(query):
        kept = _kept(row)
        if kept.number != expected:
            yield f"audit entry {expected}: it is missing"
        elif kept.previous != previous:
            yield f"audit entry {kept.number}: it does not follow from the one before"
        if _sha256(kept.number, kept.previous, kept.entry) != kept.sha256:
            yield f"audit entry {kept.number}: it is not what was written, by its hash"
        expected, previous = kept.number + 1, kept.sha256
        session.expunge(row)


def after(session: Session, number: int) -> tuple[KeptEntry, ...]:
    """The entries after a number, first to last."""
    return tuple(
        _kept(r)
        for r in session.scalars(select(AuditTable).where(AuditTable.number > number).order_by(AuditTable.number))
    )


def carry_over(session: Session, entries: Sequence[KeptEntry]) -> bool:
    """Put back what the log held when an older backup took its place; false if it does not follow from the backup's.

    Args:
        entries: all of the log as it was, first to last.
    """
    number, last = head(session)
    at_head = BEFORE_THE_FIRST if number == 0 else next((e.sha256 for e in entries if e.number == number), None)
    if at_head != last:
        return False
    for kept in entries:
        if kept.number > number:
            _add(session, kept)
    session.flush()
    return True


def _only_ids(one: Entry) -> Entry:
    subjects = {kind: subject for kind, subject in one.subjects.items() if _ID.fullmatch(subject)}
    study = one.study if one.study is None or _ID.fullmatch(one.study) else None
    return Entry(
        by=one.by, at=one.at, act=one.act, what=one.what, study=study, subjects=subjects, counts=dict(one.counts)
    )


def _chained(number: int, previous: str, one: Entry) -> KeptEntry:
    return KeptEntry(number=number, entry=one, previous=previous, sha256=_sha256(number, previous, one))


def _sha256(number: int, previous: str, one: Entry) -> str:
    at = one.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [number, previous, one.by, at, one.act, one.what, one.study, dict(one.subjects), dict(one.counts)]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def _add(session: Session, kept: KeptEntry) -> None:
    session.add(
        AuditTable(
            number=kept.number,
            at=kept.entry.at,
            by=kept.entry.by,
            act=kept.entry.act,
            what=kept.entry.what,
            study_id=kept.entry.study,
            subjects=dict(kept.entry.subjects),
            counts=dict(kept.entry.counts),
            previous=kept.previous,
            sha256=kept.sha256,
        )
    )


def _kept(row: AuditTable) -> KeptEntry:
    made = Entry(
        by=row.by,
        at=row.at,
        act=row.act,  # type: ignore[arg-type]  # the table checks it
        what=row.what,
        study=row.study_id,
        subjects=row.subjects,
        counts=row.counts,
    )
    return KeptEntry(number=row.number, entry=made, previous=row.previous, sha256=row.sha256)
