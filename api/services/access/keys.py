"""Keys by which programs act for people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from api.services.access.acts import Act, Caller
from api.services.access.errors import NotAllowedError
from api.services.access.secrets import hashed, new_key_secret
from api.store import keys, people, studies
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, NotFoundError
from api.store.keys import Key


def make_key(
    database: Database,
    caller: Caller,
    name: str,
    scopes: Iterable[Act],
    stamp: Stamp,
    *,
    study_id: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[Key, str]:
    """Make a key that acts for the caller; give it, and its secret, which nothing can show again.

    Whatever its scopes, a key may never do what its person may not.

    Raises:
        NotAllowedError: the caller is a key itself.
        BadValueError: there are no scopes, or it would expire before it works.
        NotFoundError: there is no such study.
    """
    if caller.kind != "person":
        raise NotAllowedError("a key cannot make keys: sign in as a person")
    wanted = frozenset(scopes)
    if not wanted:
        raise BadValueError("a key needs at least one scope", field="scopes")
    if expires_at is not None and expires_at <= stamp.at:
        raise BadValueError("the key would have expired already", field="expires_at")
    secret = new_key_secret()
    with database.writing() as session:
        if study_id is not None:
            studies.get(session, study_id)
        key_id = keys.add(
            session,
            hashed(secret),
            name,
            caller.person_id,
            stamp,
            study_id=study_id,
            scopes=tuple(act.value for act in Act if act in wanted),
            expires_at=expires_at,
        )
        return keys.get(session, key_id), secret


def own_keys(database: Database, caller: Caller) -> tuple[Key, ...]:
    """The keys that act for the caller, oldest first."""
    with database.reading() as session:
        return keys.of_person(session, caller.person_id)


def keys_of_study(database: Database, study_id: str) -> tuple[Key, ...]:
    """The keys that are for one study alone, oldest first."""
    with database.reading() as session:
        return keys.of_study(session, study_id)


def revoke_own_key(database: Database, caller: Caller, key_id: str, stamp: Stamp) -> None:
    """Let a key that acts for the caller no longer work; an owner of the place may revoke anybody's.

    Raises:
        NotFoundError: the caller has no such key.
        NotAllowedError: the caller is another key.
    """
    if caller.kind == "key" and caller.id != key_id:
        raise NotAllowedError("a key can only revoke itself: sign in as a person")
    with database.writing() as session:
        key = keys.get(session, key_id)
        if key.person_id != caller.person_id and not people.get(session, caller.person_id).is_owner:
            raise NotFoundError(f"there is no key {key_id}")
        keys.revoke(session, key_id, stamp.at)


def revoke_key_of_study(database: Database, study_id: str, key_id: str, stamp: Stamp) -> None:
    """Let a key of a study no longer work.

    Raises:
        NotFoundError: the study has no such key.
    """
    with database.writing() as session:
        if keys.get(session, key_id).study_id != study_id:
            raise NotFoundError(f"there is no key {key_id}")
        keys.revoke(session, key_id, stamp.at)
