"""Repository of people, their sessions and their one-time links. Secrets come and are kept as hashes only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from api.store.database import Stamp, row_of
from api.store.errors import BadValueError, NameTakenError
from api.store.ids import new_id
from api.store.studies import check_text
from api.store.tables import FailedSignInTable, KeyTable, LinkTable, PersonTable, SessionTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may sign in. `closed_at` is when that ended."""

    id: str
    name: str
    password_hash: str | None
    provider_subject: str | None
    is_owner: bool
    may_create: bool
    closed_at: datetime | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A one-time link: for a person, or for the first owner (None)."""

    person_id: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """Who was closed out when, whose password is which (hashed), and which keys were revoked when, by id."""

    closed_at: Mapping[str, datetime] = field(default_factory=dict)
    password_hashes: Mapping[str, str] = field(default_factory=dict)
    revoked_at: Mapping[str, datetime] = field(default_factory=dict)


MAX_NAME = 200


def add(
    session: Session,
    name: str,
    stamp: Stamp,
    *,
    password_hash: str | None = None,
    provider_subject: str | None = None,
    is_owner: bool = False,
    may_create: bool = False,
) -> str:
    """Keep a new person and give the id.

    Raises:
        NameTakenError: somebody has that name, closed or not: it stands beside what they did.
        BadValueError: the name is blank, too long, or begins like an id.
    """
    check_text(name, "the name of the person")
    if len(name) > MAX_NAME or name.startswith(("person_", "key_")) or name != name.strip():
        raise BadValueError(f"a person's name has at most {MAX_NAME} characters, no blanks around it, and is no id")
    if find(session, name) is not None:
        raise NameTakenError(f"there is somebody called {name!r} already")
    row = PersonTable(
        id=new_id("person"),
        name=name,
        password_hash=password_hash,
        provider_subject=provider_subject,
        is_owner=is_owner,
        may_create=may_create or is_owner,
        closed_at=None,
        created_at=stamp.at,
        created_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return row.id


def get(session: Session, person_id: str) -> Person:
    """A person by id.

    Raises:
        NotFoundError: there is none.
    """
    return person_of(row_of(session, PersonTable, person_id, "person"))


def find(session: Session, name: str) -> Person | None:
    """A person by name, None where there is none."""
    return _one(session, PersonTable.name == name)


def find_by_subject(session: Session, provider_subject: str) -> Person | None:
    """The person whom another provider knows under a subject, None where there is none."""
    return _one(session, PersonTable.provider_subject == provider_subject)


def listed(session: Session) -> tuple[Person, ...]:
    """All people, in the order they came."""
    return tuple(person_of(row) for row in session.scalars(select(PersonTable).order_by(PersonTable.id)))


def n_owners(session: Session) -> int:
    """How many may everything."""
    is_open_owner = (PersonTable.is_owner.is_(True), PersonTable.closed_at.is_(None))
    return session.scalar(select(func.count()).select_from(PersonTable).where(*is_open_owner)) or 0


def change(
    session: Session,
    person_id: str,
    *,
    password_hash: str | None = None,
    provider_subject: str | None = None,
    is_owner: bool | None = None,
    may_create: bool | None = None,
) -> None:
    """Change what is given of a person; None leaves as it is.

    Raises:
        NotFoundError: there is none.
    """
    row = row_of(session, PersonTable, person_id, "person")
    row.password_hash = row.password_hash if password_hash is None else password_hash
    row.provider_subject = row.provider_subject if provider_subject is None else provider_subject
    row.is_owner = row.is_owner if is_owner is None else is_owner
    row.may_create = row.may_create if may_create is None else may_create
    session.flush()


def close(session: Session, person_id: str, at: datetime | None) -> None:
    """Let somebody no longer in, and end their sessions and links; None lets them in again.

    Raises:
        NotFoundError: there is none.
    """
    row_of(session, PersonTable, person_id, "person").closed_at = at
    session.flush()
    session.execute(delete(LinkTable).where(LinkTable.person_id == person_id))
    end_sessions(session, person_id)


def begin_session(session: Session, secret_sha256: str, person_id: str, at: datetime, expires_at: datetime) -> None:
    """Keep that somebody is signed in; sessions that are over are dropped meanwhile."""
    session.execute(delete(SessionTable).where(SessionTable.expires_at <= at))
    row = SessionTable(secret_sha256=secret_sha256, person_id=person_id, created_at=at, expires_at=expires_at)
    session.add(row)
    session.flush()


def person_of_session(session: Session, secret_sha256: str, at: datetime) -> Person | None:
    """Who is signed in by a secret, None where nobody is, or no longer."""
    query = (
        select(PersonTable)
        .join(SessionTable, SessionTable.person_id == PersonTable.id)
        .where(SessionTable.secret_sha256 == secret_sha256, SessionTable.expires_at > at)
        .where(PersonTable.closed_at.is_(None))
    )
    row = session.scalar(query)
    return person_of(row) if row else None


def end_session(session: Session, secret_sha256: str) -> None:
    """Sign out in one browser; nothing happens where nobody is signed in."""
    session.execute(delete(SessionTable).where(SessionTable.secret_sha256 == secret_sha256))


def end_sessions(session: Session, person_id: str, *, but: str | None = None) -> None:
    """Sign somebody out everywhere, except where the hash of the session is `but`."""
    query = delete(SessionTable).where(SessionTable.person_id == person_id)
    session.execute(query if but is None else query.where(SessionTable.secret_sha256 != but))


def add_link(session: Session, secret_sha256: str, person_id: str | None, stamp: Stamp, expires_at: datetime) -> None:
    """Keep a one-time link; the links for the same person that were made before are dropped."""
    is_same = LinkTable.person_id.is_(None) if person_id is None else LinkTable.person_id == person_id
    session.execute(delete(LinkTable).where(is_same))
    row = LinkTable(
        secret_sha256=secret_sha256,
        person_id=person_id,
        expires_at=expires_at,
        created_at=stamp.at,
        created_by=stamp.by,
    )
    session.add(row)
    session.flush()


def find_link(session: Session, secret_sha256: str, at: datetime, *, to_write: bool = False) -> Link | None:
    """The link of a secret, None where there is none or it has expired.

    Args:
        to_write: others who want it to write wait until this session ends.
    """
    query = select(LinkTable).where(LinkTable.secret_sha256 == secret_sha256, LinkTable.expires_at > at)
    row = session.scalar(query.with_for_update() if to_write else query)
    return Link(person_id=row.person_id, expires_at=row.expires_at) if row else None


def spend_link(session: Session, secret_sha256: str) -> None:
    """Drop a link: it was used."""
    session.execute(delete(LinkTable).where(LinkTable.secret_sha256 == secret_sha256))


def note_failure(session: Session, subject_sha256: str, at: datetime, *, forget_before: datetime) -> None:
    """Keep that a sign-in failed, and drop what is older than `forget_before`."""
    session.execute(delete(FailedSignInTable).where(FailedSignInTable.at < forget_before))
    session.add(FailedSignInTable(id=new_id("attempt"), subject_sha256=subject_sha256, at=at))
    session.flush()


def failures(session: Session, subject_sha256: str, since: datetime) -> tuple[datetime, ...]:
    """When sign-ins failed since a moment, oldest first."""
    query = (
        select(FailedSignInTable.at)
        .where(FailedSignInTable.subject_sha256 == subject_sha256, FailedSignInTable.at >= since)
        .order_by(FailedSignInTable.at)
    )
    return tuple(session.scalars(query))


def forget_failures(session: Session, subject_sha256: str) -> None:
    """Drop what failed for a subject: it succeeded now."""
    session.execute(delete(FailedSignInTable).where(FailedSignInTable.subject_sha256 == subject_sha256))


def locks(session: Session) -> Locks:
    """What keeps people and keys out now."""
    is_closed = PersonTable.closed_at.is_not(None)
    closed = session.execute(select(PersonTable.id, PersonTable.closed_at).where(is_closed))
    passwords = session.execute(select(PersonTable.id, PersonTable.password_hash))
    revoked = session.execute(select(KeyTable.id, KeyTable.revoked_at).where(KeyTable.revoked_at.is_not(None)))
    return Locks(
        closed_at={person_id: at for person_id, at in closed if at},
        password_hashes={person_id: password_hash for person_id, password_hash in passwords if password_hash},
        revoked_at={key_id: at for key_id, at in revoked if at},
    )


def lock_again(session: Session, kept: Locks) -> None:
    """Sign everybody out, drop all one-time links, and keep out whom an older state of the database would let in."""
    session.execute(delete(SessionTable))
    session.execute(delete(LinkTable))
    for person in session.scalars(select(PersonTable)):
        person.closed_at = kept.closed_at.get(person.id, person.closed_at)
        person.password_hash = kept.password_hashes.get(person.id, person.password_hash)
    for key in session.scalars(select(KeyTable).where(KeyTable.id.in_(kept.revoked_at))):
        key.revoked_at = kept.revoked_at[key.id]
    session.flush()


def _one(session: Session, wanted: ColumnElement[bool]) -> Person | None:
    row = session.scalar(select(PersonTable).where(wanted))
    return person_of(row) if row else None


def person_of(row: PersonTable) -> Person:
    """A row as the value that leaves the store."""
    return Person(
        id=row.id,
        name=row.name,
        password_hash=row.password_hash,
        provider_subject=row.provider_subject,
        is_owner=row.is_owner,
        may_create=row.may_create,
        closed_at=row.closed_at,
        created_at=row.created_at,
        created_by=row.created_by,
    )
