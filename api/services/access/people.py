"""People: the first owner, invitations, sign-in and sign-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from api.services.access.acts import Caller
from api.services.access.errors import LinkSpentError, NotAllowedError, SignInFailedError, TooManyAttemptsError
from api.services.access.provider import Identity
from api.services.access.secrets import fits, hash_password, hashed, is_outdated, new_secret
from api.store import people
from api.store.database import Database, Session, Stamp
from api.store.errors import NotFoundError
from api.store.people import Person

LINK_HOURS: Final = 72
SESSION_DAYS: Final = 14
WINDOW: Final = timedelta(minutes=15)
# How many sign-ins may fail within the window: for one name from one address, from one address, for one name.
LIMITS: Final = (5, 30, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that has just begun: the secret of its cookie, which is shown once, whose it is, and until when."""

    secret: str
    person: Person
    expires_at: datetime


def first_link(database: Database, stamp: Stamp) -> str | None:
    """Make the one-time link for the first owner and give its secret; None where there is an owner already.

    Links that were made for that before no longer work.
    """
    secret = new_secret()
    with database.writing() as session:
        if people.n_owners(session):
            return None
        people.add_link(session, hashed(secret), None, stamp, stamp.at + timedelta(hours=LINK_HOURS))
    return secret


def has_owner(database: Database) -> bool:
    """Whether somebody is owner of the whole installation."""
    with database.reading() as session:
        return people.n_owners(session) > 0


def invite(
    database: Database, name: str, stamp: Stamp, *, is_owner: bool = False, may_create: bool = False
) -> tuple[Person, str]:
    """Add a person, and give the secret of the one-time link by which they choose a password.

    Raises:
        NameTakenError, BadValueError: see `people.add`.
    """
    secret = new_secret()
    with database.writing() as session:
        person_id = people.add(session, name, stamp, is_owner=is_owner, may_create=may_create)
        people.add_link(session, hashed(secret), person_id, stamp, stamp.at + timedelta(hours=LINK_HOURS))
        return people.get(session, person_id), secret


def new_link(database: Database, person_id: str, stamp: Stamp) -> tuple[Person, str]:
    """Give a person, and the secret of a one-time link by which they choose a new password.

    Raises:
        NotFoundError: there is no such person.
        NotAllowedError: they are closed out.
    """
    secret = new_secret()
    with database.writing() as session:
        if people.get(session, person_id).closed_at is not None:
            raise NotAllowedError("that person is closed out: let them in again first")
        people.add_link(session, hashed(secret), person_id, stamp, stamp.at + timedelta(hours=LINK_HOURS))
        return people.get(session, person_id), secret


def new_link_by_name(database: Database, name: str, stamp: Stamp) -> tuple[Person, str]:
    """The same for somebody who is named.

    Raises:
        NotFoundError: nobody has that name.
        NotAllowedError: they are closed out.
    """
    with database.reading() as session:
        person = people.find(session, name)
    if person is None:
        raise NotFoundError(f"there is nobody called {name!r}: `jtbd people list` shows all")
    return new_link(database, person.id, stamp)


def set_up(database: Database, link_secret: str, password: str, at: datetime, *, name: str | None = None) -> SignedIn:
    """Choose a password by a one-time link, which is spent by that, and be signed in.

    Args:
        name: how the first owner is called; who was invited has a name already.

    Raises:
        LinkSpentError: the link was used, has expired, or never was one.
        WeakPasswordError: the password is too easy; the link still works.
        BadValueError, NameTakenError: the name cannot be taken; the link still works.
    """
    with database.reading() as session:
        link = people.find_link(session, hashed(link_secret), at)
        if link is None:
            raise LinkSpentError(_SPENT)
        called = name or "" if link.person_id is None else people.get(session, link.person_id).name
    password_hash = hash_password(password, name=called)
    with database.writing() as session:
        # Looked at again where nobody else can write: two who open the same link do not both become owner.
        link = people.find_link(session, hashed(link_secret), at, to_write=True)
        if link is None or (link.person_id is None and people.n_owners(session)):
            raise LinkSpentError(_SPENT)
        person_id = link.person_id
        if person_id is None:
            person_id = people.add(session, called, Stamp(called, at), password_hash=password_hash, is_owner=True)
        else:
            people.change(session, person_id, password_hash=password_hash)
            people.end_sessions(session, person_id)
        people.spend_link(session, hashed(link_secret))
        person = people.get(session, person_id)
    return begin_session(database, person, at)


def sign_in(database: Database, name: str, password: str, at: datetime, *, address: str) -> SignedIn:
    """Sign in with name and password.

    Args:
        address: where the request comes from.

    Raises:
        SignInFailedError: they do not belong together; it does not say which is wrong.
        TooManyAttemptsError: too many failed of late for this name or from this address; nothing is looked at.
    """
    with database.reading() as session:
        person = people.find(session, name)
    known_hash = person.password_hash if person and person.closed_at is None else None
    _check_password(database, name, password, known_hash, at, address=address)
    if person is None or known_hash is None:
        raise SignInFailedError(_WRONG)
    # Made before anything is written: others do not wait for it.
    newer_hash = hash_password(password, name=name) if is_outdated(known_hash) else None
    with database.writing() as session:
        people.forget_failures(session, _subjects(name, address)[0])
        if newer_hash is not None:
            people.change(session, person.id, password_hash=newer_hash)
    return begin_session(database, person, at)


def sign_in_by_provider(database: Database, identity: Identity, at: datetime, *, may_join: bool) -> SignedIn:
    """Sign in somebody whom another provider vouches for.

    Who was invited under their e-mail address and has no password is known by that address at the first time.

    Args:
        may_join: whether people who were not invited become people here, with no study to see yet.

    Raises:
        NotAllowedError: they are unknown and may not join, or may no longer sign in.
        NameTakenError, BadValueError: they cannot be called as the provider calls them.
    """
    with database.writing() as session:
        person = people.find_by_subject(session, identity.subject)
        if person is None:
            person = _newcomer(session, identity, Stamp(identity.name, at), may_join=may_join)
    if person.closed_at is not None:
        raise NotAllowedError("that person may no longer sign in here")
    return begin_session(database, person, at)


def begin_session(database: Database, person: Person, at: datetime) -> SignedIn:
    """Begin a session for somebody who has shown who they are."""
    secret, expires_at = new_secret(), at + timedelta(days=SESSION_DAYS)
    with database.writing() as session:
        people.begin_session(session, hashed(secret), person.id, at, expires_at)
    return SignedIn(secret=secret, person=person, expires_at=expires_at)


def sign_out(database: Database, session_secret: str) -> None:
    """End a session; nothing happens where there is none."""
    with database.writing() as session:
        people.end_session(session, hashed(session_secret))


def change_password(
    database: Database, caller: Caller, old: str, new: str, at: datetime, *, session_secret: str, address: str
) -> None:
    """Take another password, and sign out in all other browsers. Wrong old ones count as sign-ins that failed.

    Raises:
        NotAllowedError: the caller is a key.
        SignInFailedError: the old one is wrong.
        TooManyAttemptsError: see `sign_in`.
        WeakPasswordError: the new one is too easy.
    """
    if caller.kind != "person":
        raise NotAllowedError("a key cannot change passwords: sign in as a person")
    with database.reading() as session:
        person = people.get(session, caller.person_id)
    _check_password(database, person.name, old, person.password_hash, at, address=address)
    password_hash = hash_password(new, name=person.name)
    with database.writing() as session:
        people.change(session, person.id, password_hash=password_hash)
        people.end_sessions(session, person.id, but=hashed(session_secret))


def list_people(database: Database) -> tuple[Person, ...]:
    """Everybody who may or might sign in, in the order they came."""
    with database.reading() as session:
        return people.listed(session)


def change_person(
    database: Database,
    person_id: str,
    stamp: Stamp,
    *,
    is_owner: bool | None = None,
    may_create: bool | None = None,
    is_closed: bool | None = None,
) -> Person:
    """Change what somebody may do outside of studies, or close them out; None leaves as it is.

    Raises:
        NotFoundError: there is no such person.
        NotAllowedError: nobody would be owner any more.
    """
    with database.writing() as session:
        people.change(session, person_id, is_owner=is_owner, may_create=may_create)
        if is_closed is not None:
            people.close(session, person_id, stamp.at if is_closed else None)
        if not people.n_owners(session):
            raise NotAllowedError("somebody must stay owner")
        return people.get(session, person_id)


def _check_password(
    database: Database, name: str, password: str, known_hash: str | None, at: datetime, *, address: str
) -> None:
    """Let a right password through, unless too many wrong ones came before; note a wrong one.

    Raises:
        SignInFailedError, TooManyAttemptsError: see `sign_in`.
    """
    subjects = _subjects(name, address)
    with database.reading() as session:
        for subject, limit in zip(subjects, LIMITS, strict=True):
            failed = people.failures(session, subject, at - WINDOW)
            if len(failed) >= limit:
                wait_s = max(1, ceil((failed[-limit] + WINDOW - at).total_seconds()))
                raise TooManyAttemptsError(
                    f"too many sign-ins failed: try again in {ceil(wait_s / 60)} minutes", retry_after_s=wait_s
                )
    if fits(password, known_hash):
        return
    with database.writing() as session:
        for subject in subjects:
            people.note_failure(session, subject, at, forget_before=at - WINDOW)
    raise SignInFailedError(_WRONG)


def _subjects(name: str, address: str) -> tuple[str, ...]:
    """What failed sign-ins are counted by, in the order of `LIMITS`."""
    called = name.casefold()
    return tuple(hashed(text) for text in (f"both:{called}:{address}", f"address:{address}", f"name:{called}"))


def _newcomer(session: Session, identity: Identity, stamp: Stamp, *, may_join: bool) -> Person:
    invited = None if identity.email is None else people.find(session, identity.email)
    if invited is not None and invited.password_hash is None and invited.provider_subject is None:
        people.change(session, invited.id, provider_subject=identity.subject)
        return people.get(session, invited.id)
    if not may_join:
        raise NotAllowedError("nobody here is known under that sign-in: ask an owner to invite your e-mail address")
    is_taken = people.find(session, identity.name) is not None
    name = identity.email if is_taken and identity.email else identity.name
    return people.get(session, people.add(session, name, stamp, provider_subject=identity.subject))


_WRONG: Final = "the name and the password do not belong together"
_SPENT: Final = "this link was used already or has expired: ask for another, or start `jtbd serve` again for the first"
