"""The policy: what can be done, which role may do it, and what one caller may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal


class Act(StrEnum):
    """Kinds of things that are done to a study; every route of the API is one of them."""

    READ = "read"
    EXPORT = "export"
    REVIEW = "review"
    ANALYSE = "analyse"
    MANAGE = "manage"
    OWN = "own"


class MemberRole(StrEnum):
    """What somebody is in a study; each may all that those after it may."""

    OWNER = "owner"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    READER = "reader"


_READER: Final = frozenset({Act.READ, Act.EXPORT})
_REVIEWER: Final = _READER | {Act.REVIEW}
_ANALYST: Final = _REVIEWER | {Act.ANALYSE}

ACTS_OF: Final[Mapping[MemberRole, frozenset[Act]]] = MappingProxyType(
    {
        MemberRole.READER: _READER,
        MemberRole.REVIEWER: _REVIEWER,
        MemberRole.ANALYST: _ANALYST,
        MemberRole.OWNER: frozenset(Act),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: a person in a browser, or a key that acts for a person.

    Args:
        id: of the person or of the key.
        name: as it is written beside what they do.
        person_id: the person, or the person that the key acts for.
        is_owner: owner of the whole installation, who may everything in every study.
        may_create: may make studies, and becomes the owner of those.
        scopes: what a key is limited to; all acts for a person.
        study_id: the only study that a key is for; None for all.
    """

    id: str
    name: str
    kind: Literal["person", "key"]
    person_id: str
    is_owner: bool
    may_create: bool
    scopes: frozenset[Act] = frozenset(Act)
    study_id: str | None = None


def acts_in_study(caller: Caller, study_id: str, role: MemberRole | None) -> frozenset[Act]:
    """What a caller may do in a study in which the person has a role, or none; no act at all hides the study."""
    if caller.study_id not in (None, study_id):
        return frozenset()
    of_person = frozenset(Act) if caller.is_owner else ACTS_OF[role] if role else frozenset[Act]()
    return of_person & caller.scopes


def acts_outside(caller: Caller) -> frozenset[Act]:
    """What a caller may do that concerns no study: look (at their studies), make one, run the place."""
    if caller.is_owner and caller.study_id is None:
        return caller.scopes
    makes = {Act.ANALYSE} if caller.may_create and caller.study_id is None else set[Act]()
    return caller.scopes & ({Act.READ, Act.EXPORT} | makes)
