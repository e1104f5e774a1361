"""Who calls, by the secret they show, and what they may do where. Asked anew at every request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from api.services.access.acts import Act, Caller, MemberRole, acts_in_study, acts_outside
from api.services.access.errors import NotAllowedError, NotSignedInError
from api.services.access.secrets import hashed
from api.store import keys, members, people, studies
from api.store.database import Database
from api.store.errors import NotFoundError
from api.store.keys import Key
from api.store.people import Person


def caller_of_person(person: Person) -> Caller:
    """A person as who calls."""
    return Caller(
        id=person.id,
        name=person.name,
        kind="person",
        person_id=person.id,
        is_owner=person.is_owner,
        may_create=person.may_create,
    )


def caller_of_session(database: Database, secret: str, at: datetime) -> Caller:
    """The person who is signed in by the secret of a session cookie.

    Raises:
        NotSignedInError: nobody is, or no longer.
    """
    with database.reading() as session:
        person = people.person_of_session(session, hashed(secret), at)
    if person is None:
        raise NotSignedInError("the session is over: sign in again")
    return caller_of_person(person)


def caller_of_key(database: Database, secret: str, at: datetime) -> Caller:
    """The key with that secret.

    Raises:
        NotSignedInError: there is none, or it was revoked, has expired, or its person may no longer sign in.
    """
    with database.reading() as session:
        found = keys.find(session, hashed(secret), at)
    if found is None:
        raise NotSignedInError("the key is unknown, revoked or expired")
    return _key_caller(*found)


def require(
    database: Database, caller: Caller, act: Act, *, study_id: str | None, things: Iterable[str] = ()
) -> str | None:
    """Let a caller through who may do something, and nobody else.

    Args:
        study_id: the study it is done to; None where the place of `things` tells it, or where it concerns no study.
        things: ids of what it is done to. All must belong to one study, and to `study_id` if that is given.

    Returns:
        The id of the study, None where it concerns none.

    Raises:
        NotFoundError: there is no such study or thing, or the caller may not even read it.
        NotAllowedError: the caller may read it, but not do this.
    """
    with database.reading() as session:
        for thing in things:
            owner = members.study_of(session, thing)
            if owner is None or study_id not in (None, owner):
                raise NotFoundError(f"there is no {thing.partition('_')[0]} {thing}")
            study_id = owner
        if study_id is None:
            acts, where = acts_outside(caller), "outside of a study"
        else:
            exists, role = members.standing(session, study_id, caller.person_id)
            acts, where = acts_in_study(caller, study_id, MemberRole(role) if role else None), f"in {study_id}"
            if not (exists and acts):
                raise NotFoundError(f"there is no study {study_id}")
    if act not in acts:
        raise NotAllowedError(f"{caller.name} may not {act.value} {where}")
    return study_id


def readable_studies(database: Database, caller: Caller) -> Mapping[str, frozenset[Act]]:
    """What a caller may do, by the id of each study that they may read; an owner of the place may in all."""
    with database.reading() as session:
        roles = members.roles_of(session, caller.person_id)
        ids = [study.id for study in studies.listed(session)] if caller.is_owner else list(roles)
    acts = {s: acts_in_study(caller, s, MemberRole(roles[s]) if s in roles else None) for s in ids}
    return {study_id: of_it for study_id, of_it in acts.items() if Act.READ in of_it}


def note_uses(database: Database, used_at: Mapping[str, datetime]) -> None:
    """Keep when keys were last used, by id."""
    if used_at:
        with database.writing() as session:
            keys.note_use(session, used_at)


def _key_caller(key: Key, person: Person) -> Caller:
    return Caller(
        id=key.id,
        name=f"{person.name} ({key.name})",
        kind="key",
        person_id=person.id,
        is_owner=person.is_owner,
        may_create=person.may_create,
        scopes=frozenset(Act(scope) for scope in key.scopes),
        study_id=key.study_id,
    )
