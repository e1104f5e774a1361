"""Repository of API keys. Their secrets come and are kept as hashes only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from api.store.database import Stamp, row_of
from api.store.errors import BadValueError
from api.store.ids import new_id
from api.store.people import Person, person_of
from api.store.studies import check_text
from api.store.tables import KeyTable, PersonTable

MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key by which a program acts for a person: on one study or on all of theirs (None), within its scopes."""

    id: str
    name: str
    person_id: str
    study_id: str | None
    scopes: tuple[str, ...]
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime
    created_by: str


def add(
    session: Session,
    secret_sha256: str,
    name: str,
    person_id: str,
    stamp: Stamp,
    *,
    study_id: str | None,
    scopes: tuple[str, ...],
    expires_at: datetime | None,
) -> str:
    """Keep a new key and give its id.

    Raises:
        BadValueError: the name is blank or too long.
    """
    if len(check_text(name, "the name of the key")) > MAX_NAME:
        raise BadValueError(f"a key's name has at most {MAX_NAME} characters")
    row = KeyTable(
        id=new_id("key"),
        secret_sha256=secret_sha256,
        name=name,
        person_id=person_id,
        study_id=study_id,
        scopes=list(scopes),
        expires_at=expires_at,
        used_at=None,
        revoked_at=None,
        created_at=stamp.at,
        created_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return row.id


def get(session: Session, key_id: str) -> Key:
    """A key by id.

    Raises:
        NotFoundError: there is none.
    """
    return _key(row_of(session, KeyTable, key_id, "key"))


def find(session: Session, secret_sha256: str, at: datetime) -> tuple[Key, Person] | None:
    """The key of a secret and the person it acts for, None where there is none that works at that moment."""
    row = session.execute(
        select(KeyTable, PersonTable)
        .join(PersonTable, PersonTable.id == KeyTable.person_id)
        .where(KeyTable.secret_sha256 == secret_sha256, KeyTable.revoked_at.is_(None))
        .where(KeyTable.expires_at.is_(None) | (KeyTable.expires_at > at), PersonTable.closed_at.is_(None))
    ).first()
    return (_key(row[0]), person_of(row[1])) if row else None


def of_person(session: Session, person_id: str) -> tuple[Key, ...]:
    """The keys that act for a person, those that were revoked too, in the order they were made."""
    return _listed(session, KeyTable.person_id == person_id)


def of_study(session: Session, study_id: str) -> tuple[Key, ...]:
    """The keys that are for one study alone, those that were revoked too, in the order they were made."""
    return _listed(session, KeyTable.study_id == study_id)


def revoke(session: Session, key_id: str, at: datetime) -> None:
    """Let a key no longer work; one that was revoked stays so.

    Raises:
        NotFoundError: there is none.
    """
    row = row_of(session, KeyTable, key_id, "key")
    row.revoked_at = row.revoked_at or at
    session.flush()


def note_use(session: Session, used_at: Mapping[str, datetime]) -> None:
    """Keep when keys were last used, by id; an earlier moment than the one that is kept changes nothing."""
    for key_id, at in sorted(used_at.items()):
        is_later = KeyTable.used_at.is_(None) | (KeyTable.used_at < at)
        session.execute(update(KeyTable).where(KeyTable.id == key_id, is_later).values(used_at=at))


def _listed(session: Session, wanted: ColumnElement[bool]) -> tuple[Key, ...]:
    return tuple(_key(row) for row in session.scalars(select(KeyTable).where(wanted).order_by(KeyTable.id)))


def _key(row: KeyTable) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        person_id=row.person_id,
        study_id=row.study_id,
        scopes=tuple(row.scopes),
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
        created_at=row.created_at,
        created_by=row.created_by,
    )
