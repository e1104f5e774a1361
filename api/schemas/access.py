"""Sign-in, people, members and keys, as they are asked for and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from api.schemas.bases import Asked, Listed, Schema, moment
from api.services.access.acts import Act, MemberRole
from api.services.access.secrets import MAX_PASSWORD
from api.store import keys, members, people

PersonName = Annotated[str, Field(min_length=1, max_length=people.MAX_NAME)]
# As it was typed, with the blanks around it.
Password = Annotated[str, StringConstraints(strip_whitespace=False), Field(max_length=MAX_PASSWORD)]

_SESSION: dict[str, Any] = {
    "id": "person_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
    "name": "Ana",
    "kind": "person",
    "is_owner": False,
    "may_create": True,
    "csrf": "6f1d…",
    "roles": {"study_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e": ["read", "export", "review"]},
}
_PERSON: dict[str, Any] = {
    "id": "person_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
    "name": "Ana",
    "is_owner": False,
    "may_create": True,
    "closed_at": None,
    "created_at": "2026-05-04T10:12:00Z",
    "created_by": "Olga",
}
_MEMBER: dict[str, Any] = {
    "person_id": "person_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
    "name": "Ana",
    "role": "analyst",
    "changed_at": "2026-05-04T10:12:00Z",
    "changed_by": "Olga",
}
_KEY: dict[str, Any] = {
    "id": "key_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
    "name": "roadmap",
    "person_id": "person_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e",
    "study_id": None,
    "scopes": ["read", "export"],
    "expires_at": None,
    "last_used_at": "2026-05-05T08:00:00Z",
    "revoked_at": None,
    "created_at": "2026-05-04T10:12:00Z",
    "created_by": "Ana",
}


class SetUp(Asked):
    """A password chosen by a one-time link."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"link": "kX3…", "name": "Olga", "password": "four odd words"}}
    )

    link: Annotated[str, Field(max_length=200, description="The secret at the end of the link.")]
    password: Password
    name: Annotated[
        str | None,
        Field(max_length=people.MAX_NAME, description="For the first owner; who was invited has a name."),
    ] = None


class Credentials(Asked):
    """Name and password."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Olga", "password": "four odd words"}})

    name: Annotated[str, Field(max_length=people.MAX_NAME)]
    password: Password


class ProviderView(Schema):
    """Another provider by which people can sign in: what it is called, and where to send the browser."""

    name: str
    url: str


class WaysIn(Schema):
    """How people can sign in, beside name and password. Without an owner the link of the first start is due."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"has_owner": True, "provider": {"name": "Example Ltd", "url": "/v1/oidc/start"}}}
    )

    has_owner: bool
    provider: ProviderView | None


class PasswordChange(Asked):
    """The password until now, and the one from now on."""

    model_config = ConfigDict(json_schema_extra={"example": {"old": "four odd words", "new": "five other odd words"}})

    old: Password
    new: Password


class Session(Schema):
    """Who calls, and what they may do."""

    model_config = ConfigDict(json_schema_extra={"example": _SESSION})

    id: str
    name: str
    kind: str = Field(description="`person` or `key`.")
    is_owner: bool = Field(description="Owner of the whole installation, who may everything in every study.")
    may_create: bool = Field(description="May make studies.")
    csrf: str | None = Field(description="What a page sends as `X-CSRF-Token` with every change; null for a key.")
    roles: dict[str, list[Act]] = Field(description="By the id of every study that the caller may read, what they may.")


class Invitation(Asked):
    """A person to invite."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Ana", "may_create": True}})

    name: PersonName
    is_owner: bool = False
    may_create: bool = False


class PersonChange(Asked):
    """What to change of a person; what is left out stays. Who is closed out can no longer sign in."""

    model_config = ConfigDict(json_schema_extra={"example": {"is_closed": True}})

    is_owner: bool | None = None
    may_create: bool | None = None
    is_closed: bool | None = None


class Person(Schema):
    """Somebody who may sign in, until they are closed out."""

    model_config = ConfigDict(json_schema_extra={"example": _PERSON})

    id: str
    name: str
    is_owner: bool
    may_create: bool
    closed_at: datetime | None
    created_at: datetime
    created_by: str


class People(Listed):
    """Everybody who may or might sign in."""

    model_config = ConfigDict(json_schema_extra={"example": {"people": [_PERSON], "next": None}})

    people: list[Person]


class Linked(Schema):
    """A one-time link by which somebody chooses a password. It is shown now and never again."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"link": "http://127.0.0.1:8384/#/setup?link=kX3…&as=Ana", "person": _PERSON}}
    )

    link: str
    person: Person


class Membership(Asked):
    """What somebody is to be in a study."""

    model_config = ConfigDict(json_schema_extra={"example": {"role": "analyst"}})

    role: MemberRole


class Member(Schema):
    """A person with a role in a study."""

    model_config = ConfigDict(json_schema_extra={"example": _MEMBER})

    person_id: str
    name: str
    role: MemberRole
    changed_at: datetime
    changed_by: str


class Members(Listed):
    """The members of a study by name. Owners of the installation may everything in it without being members."""

    model_config = ConfigDict(json_schema_extra={"example": {"members": [_MEMBER], "next": None}})

    members: list[Member]


class NewKey(Asked):
    """A key to make. Whatever its scopes, it may never do what its person may not."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "roadmap", "scopes": ["read", "export"]}})

    name: Annotated[str, Field(min_length=1, max_length=keys.MAX_NAME)]
    scopes: Annotated[tuple[Act, ...], Field(min_length=1, max_length=len(Act))] = (Act.READ, Act.EXPORT)
    expires_at: AwareDatetime | None = None


class NewOwnKey(NewKey):
    """A key to make, for all studies of its person or for one."""

    study_id: Annotated[str | None, Field(max_length=100)] = None


class Key(Schema):
    """A key by which a program acts for a person. `last_used_at` is up to a minute late."""

    model_config = ConfigDict(json_schema_extra={"example": _KEY})

    id: str
    name: str
    person_id: str
    study_id: str | None
    scopes: list[Act]
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime
    created_by: str


class Keys(Listed):
    """Keys, those that were revoked too, oldest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"keys": [_KEY], "next": None}})

    keys: list[Key]


class MadeKey(Key):
    """A new key with its secret, which is shown now and never again."""

    model_config = ConfigDict(json_schema_extra={"example": {**_KEY, "secret": "jtbd_5fK…"}})

    secret: str


def person_row(person: people.Person) -> dict[str, Any]:
    """A person as answers show them: without what their password was hashed to."""
    return {
        "id": person.id,
        "name": person.name,
        "is_owner": person.is_owner,
        "may_create": person.may_create,
        "closed_at": moment(person.closed_at),
        "created_at": moment(person.created_at),
        "created_by": person.created_by,
    }


def member_row(member: members.Member) -> dict[str, Any]:
    """A member as answers show them."""
    return {
        "person_id": member.person_id,
        "name": member.name,
        "role": member.role,
        "changed_at": moment(member.changed_at),
        "changed_by": member.changed_by,
    }


def key_row(key: keys.Key) -> dict[str, Any]:
    """A key as answers show it."""
    return {
        "id": key.id,
        "name": key.name,
        "person_id": key.person_id,
        "study_id": key.study_id,
        "scopes": list(key.scopes),
        "expires_at": moment(key.expires_at),
        "last_used_at": moment(key.used_at),
        "revoked_at": moment(key.revoked_at),
        "created_at": moment(key.created_at),
        "created_by": key.created_by,
    }
