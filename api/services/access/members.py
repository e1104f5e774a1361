"""Members of a study: who is in it, as what; and studies that are made by somebody."""

from __future__ import annotations

from api.services.access.acts import Caller, MemberRole
from api.services.access.errors import NotAllowedError
from api.store import members, people, studies
from api.store.database import Database, Stamp
from api.store.errors import NotFoundError
from api.store.members import Member
from api.store.studies import StoredStudy
from jtbd_nlp.domain import Study


def create_own_study(database: Database, caller: Caller, study: Study, stamp: Stamp) -> StoredStudy:
    """Make a new study, which the caller owns.

    Raises:
        NameTakenError: there is one of that name.
    """
    with database.writing() as session:
        study_id = studies.add(session, study, stamp)
        members.put(session, study_id, caller.person_id, MemberRole.OWNER.value, stamp)
        return studies.get(session, study_id)


def list_members(database: Database, study_id: str) -> tuple[Member, ...]:
    """The members of a study by name. Owners of the place, who may everything in all studies, are not among them."""
    with database.reading() as session:
        return members.of_study(session, study_id)


def put_member(database: Database, study_id: str, name_or_id: str, role: MemberRole, stamp: Stamp) -> Member:
    """Let somebody into a study, or give them another role in it.

    Raises:
        NotFoundError: there is no such person, or they may no longer sign in.
        NotAllowedError: the study would have no owner any more.
    """
    with database.writing() as session:
        studies.lock(session, study_id)
        is_id = name_or_id.startswith("person_")
        person = people.get(session, name_or_id) if is_id else people.find(session, name_or_id)
        if person is None or person.closed_at is not None:
            raise NotFoundError(f"there is nobody called {name_or_id!r}: an owner of the place invites people")
        had_owners = members.n_owners(session, study_id)
        members.put(session, study_id, person.id, role.value, stamp)
        _check_owned(had_owners, members.n_owners(session, study_id))
        return next(member for member in members.of_study(session, study_id) if member.person_id == person.id)


def remove_member(database: Database, study_id: str, person_id: str) -> None:
    """Take somebody out of a study.

    Raises:
        NotFoundError: they are not in it.
        NotAllowedError: the study would have no owner any more.
    """
    with database.writing() as session:
        studies.lock(session, study_id)
        had_owners = members.n_owners(session, study_id)
        members.remove(session, study_id, person_id)
        _check_owned(had_owners, members.n_owners(session, study_id))


def _check_owned(before: int, after: int) -> None:
    if before and not after:
        raise NotAllowedError("somebody must stay owner of the study")
