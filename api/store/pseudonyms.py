"""Repository of pseudonyms: which ones a study has, and, for who has its key, what they stand for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store.database import Stamp
from api.store.errors import StoreError
from api.store.ids import new_id
from api.store.tables import PseudonymKeyTable, PseudonymTable
from jtbd_nlp.pseudonyms.book import Book, Entry, Kind
from jtbd_nlp.pseudonyms.sealing import Seal


class KeyNeededError(StoreError):
    """Names are replaced in this study, and only its key can do that."""

    code = "study_key_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pseudonym:
    """A pseudonym as everybody in the study may see it."""

    id: str
    kind: Kind
    pseudonym: str
    created_at: datetime


def are_used(session: Session, study_id: str) -> bool:
    """Whether names are replaced in a study."""
    return session.get(PseudonymKeyTable, study_id) is not None


def of_study(session: Session, study_id: str) -> tuple[Pseudonym, ...]:
    """A study's pseudonyms, in the order they were given."""
    return tuple(
        Pseudonym(id=row.id, kind=row.kind, pseudonym=row.pseudonym, created_at=row.created_at)  # type: ignore[arg-type]  # the table checks it
        for row in _rows(session, study_id)
    )


def read(session: Session, study_id: str, key: str) -> Book:
    """What a study's pseudonyms stand for; an empty book where none are used yet.

    Raises:
        WrongKeyError: the key is not the study's.
    """
    seal = Seal(key, study_id)
    begun = session.get(PseudonymKeyTable, study_id)
    if begun is None:
        return Book()
    kept = seal.open(begun.sealed)["kept"]
    entries = tuple(
        Entry(kind=row.kind, pseudonym=row.pseudonym, names=tuple(seal.open(row.sealed)))  # type: ignore[arg-type]  # the table checks it
        for row in _rows(session, study_id)
    )
    return Book(entries=entries, n_given=begun.n_given, kept=frozenset(kept))


def write(session: Session, study_id: str, key: str, book: Book, stamp: Stamp) -> None:
    """Keep what has changed in a study's book, locked under its key."""
    seal = Seal(key, study_id)
    before = {entry.pseudonym: entry for entry in read(session, study_id, key).entries}
    begun = session.get(PseudonymKeyTable, study_id)
    if begun is None:
        begun = PseudonymKeyTable(study_id=study_id, created_at=stamp.at, created_by=stamp.by)
        session.add(begun)
    begun.sealed, begun.n_given = seal.close({"kept": sorted(book.kept)}), dict(book.n_given)
    after = {entry.pseudonym: entry for entry in book.entries}
    forget(session, study_id, before.keys() - after.keys())
    for row in _rows(session, study_id):
        if after[row.pseudonym] != before[row.pseudonym]:
            row.sealed = seal.close(list(after[row.pseudonym].names))
    for entry in book.entries:
        if entry.pseudonym not in before:
            session.add(
                PseudonymTable(
                    id=new_id("pseudonym"),
                    study_id=study_id,
                    kind=entry.kind,
                    pseudonym=entry.pseudonym,
                    sealed=seal.close(list(entry.names)),
                    created_at=stamp.at,
                    created_by=stamp.by,
                )
            )
    session.flush()


def forget(session: Session, study_id: str, gone: Collection[str]) -> None:
    """Let go of what these pseudonyms stand for, for which no key is needed; what is none is passed over."""
    session.execute(
        delete(PseudonymTable)
        .where(PseudonymTable.study_id == study_id, PseudonymTable.pseudonym.in_(gone))
        .execution_options(synchronize_session="fetch")
    )


def _rows(session: Session, study_id: str) -> list[PseudonymTable]:
    query = select(PseudonymTable).where(PseudonymTable.study_id == study_id).order_by(PseudonymTable.id)
    return list(session.scalars(query))
