"""Forgetting a person: what it would cost the map, and doing it, so that nothing of them is left anywhere."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from api.services.reviews import Loss, loss
from api.store import audit, erasure, participants, studies
from api.store.database import Database, Session, Stamp, compact
from api.store.erasure import Erased
from api.store.errors import DatabaseUnavailableError, NotFoundError
from api.store.participants import Participant
from jtbd_nlp.errors import ReviewError

__all__ = ["Forgotten", "Loss", "find_person", "forget_participant", "loss_of"]

_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What forgetting did. `loss` names the entries of the last map by id; None where there is no map.

    `is_compacted` is false where somebody used the database for too long: everything is erased then, but old pages of
    its files may hold words until `jtbd db compact`.
    """

    participant: str
    erased: Erased
    loss: Loss | None
    is_compacted: bool


def find_person(database: Database, study: str, person: str) -> Participant:
    """The person of a study with this id, or this name, or who alone speaks under this name.

    Raises:
        NotFoundError: there is no such study or person, or there are several.
    """
    with database.reading() as session:
        people = participants.of_study(session, studies.find(session, study).id)
    found = [p for p in people if person in (p.id, p.name)]
    found = found or [p for p in people if person in {speaker for _, speaker in p.speaks_in}]
    if len(found) == 1:
        return found[0]
    fault = f"has {len(found)} people called {person!r}: name one by id" if found else f"has no participant {person!r}"
    raise NotFoundError(f"the study {fault}")


def loss_of(database: Database, participant_id: str) -> Loss | None:
    """What the last map of a person's study would lose, None where there is no map; nothing is changed.

    Raises:
        NotFoundError: there is no such person.
    """
    with database.reading() as session:
        study_id = _study_of(session, participant_id)
    return _loss(database, study_id, participant_id)


def forget_participant(database: Database, participant_id: str, stamp: Stamp) -> Forgotten:
    """Erase a person with all they said, and clear the room in the database's files.

    What stands for their pseudonyms goes too, for which no key is needed. What others said of them is masked where it
    names them. The audit log says that it was done, by id.

    Raises:
        NotFoundError: there is no such person.
    """
    with database.reading() as session:
        study_id = _study_of(session, participant_id)
    lost = _loss(database, study_id, participant_id)
    with database.writing() as session:
        erased = erasure.participant(session, participant_id, stamp)
        done = audit.entry(
            stamp,
            "erased",
            "participant forgotten",
            study=study_id,
            subjects={"participant": participant_id},
            n_transcripts=erased.n_transcripts,
            n_redacted_transcripts=erased.n_redacted_transcripts,
            n_statements=erased.n_statements,
        )
        audit.append(session, [done])
    return Forgotten(participant=participant_id, erased=erased, loss=lost, is_compacted=_compacted(database))


def _study_of(session: Session, participant_id: str) -> str:
    study_id = participants.study_of(session, participant_id)
    if study_id is None:
        raise NotFoundError(f"there is no participant {participant_id}")
    return study_id


def _loss(database: Database, study_id: str, participant_id: str) -> Loss | None:
    try:
        return loss(database, study_id, participant=participant_id)
    except (NotFoundError, ReviewError):  # no run is done yet; or a map that cannot be read, which must hinder nobody
        return None


def _compacted(database: Database) -> bool:
    for wait_s in range(_TRIES):
        time.sleep(wait_s)
        try:
            compact(database)
        except DatabaseUnavailableError:
            continue
        return True
    return False
