"""What people do with pseudonyms: begin to use them, add interviews under them, see what stands for whom.

Off unless somebody begins: replacing hides what some studies are about (places, organisations), finding is not perfect,
and who loses the key can never tell again who is who. Once begun, a study takes no interview in clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from api.store import audit, pseudonyms, studies, transcripts
from api.store.database import Database, Session, Stamp
from api.store.errors import BadValueError
from api.store.pseudonyms import KeyNeededError, Pseudonym
from jtbd_nlp.pseudonyms.book import Book, Entry, Name
from jtbd_nlp.pseudonyms.replacing import name_of, replace_names
from jtbd_nlp.pseudonyms.sealing import new_key
from jtbd_nlp.readers.intake import FileRead

if TYPE_CHECKING:
    from jtbd_nlp.pseudonyms.recognising import Recogniser

__all__ = ["Begun", "Entry", "Pseudonym", "Pseudonymiser", "are_used", "begin", "list_pseudonyms", "open_book"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """That names are replaced in a study from now on, and its key, which is not shown again."""

    study: str
    key: str


def begin(database: Database, study: str, stamp: Stamp) -> Begun:
    """Replace names in all that is added to a study from now on.

    Raises:
        NotFoundError: there is no such study.
        BadValueError: it has interviews in clear, or names are replaced already.
    """
    with database.writing() as session:
        study_id = studies.find(session, study).id
        studies.lock(session, study_id)
        if pseudonyms.are_used(session, study_id):
            raise BadValueError("names are replaced in this study already, under the key that was shown then")
        if n := len(transcripts.known(session, study_id)):
            raise BadValueError(
                f"the study has {n} interviews with names in clear: make a new study and add them there"
            )
        key = new_key()
        pseudonyms.write(session, study_id, key, Book(), stamp)
        audit.append(session, [audit.entry(stamp, "changed", "pseudonyms begun", study=study_id)])
    return Begun(study=study_id, key=key)


def are_used(database: Database, study: str) -> bool:
    """Whether names are replaced in a study.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        return pseudonyms.are_used(session, studies.find(session, study).id)


def list_pseudonyms(database: Database, study: str) -> tuple[Pseudonym, ...]:
    """A study's pseudonyms without what they stand for.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        return pseudonyms.of_study(session, studies.find(session, study).id)


def open_book(database: Database, study: str, key: str, stamp: Stamp) -> tuple[Entry, ...]:
    """What a study's pseudonyms stand for; that somebody looked is in the audit log.

    Raises:
        NotFoundError: there is no such study.
        WrongKeyError: the key is not the study's.
    """
    with database.writing() as session:
        study_id = studies.find(session, study).id
        book = pseudonyms.read(session, study_id, key)
        entry = audit.entry(stamp, "read", "pseudonyms opened", study=study_id, n_entries=len(book.entries))
        audit.append(session, [entry])
    return book.entries


class Pseudonymiser:
    """Replaces names in interviews that are added to a study, with its key.

    Raises:
        NotFoundError: there is no such study.
        KeyNeededError: names are not replaced in it yet: see `begin`.
        WrongKeyError: the key is not the study's.
    """

    def __init__(self, database: Database, study: str, key: str) -> None:
        with database.reading() as session:
            study_id = studies.find(session, study).id
            if not pseudonyms.are_used(session, study_id):
                raise KeyNeededError("names are not replaced in this study: begin with it before anything is added")
            pseudonyms.read(session, study_id, key)
        self._key = key
        self._found: dict[str, tuple[Name, ...]] = {}

    def find(self, files: Sequence[FileRead]) -> None:
        """Find the names in files that were read, which takes about a second for three thousand words."""
        recogniser = shared_recogniser()
        for file in files:
            for transcript in file.transcripts:
                self._found[transcript.sha256] = (*recogniser.names(transcript), name_of(transcript))

    def replace(self, session: Session, study_id: str, files: Sequence[FileRead], stamp: Stamp) -> list[FileRead]:
        """The files with pseudonyms in their interviews; what each stands for is kept under the study's key."""
        new = [file for file in files if transcripts.find_upload(session, study_id, file.content) is None]
        given = [transcript for file in new for transcript in file.transcripts]
        before = pseudonyms.read(session, study_id, self._key)
        names = [name for transcript in given for name in self._found[transcript.sha256]]
        taken = {turn.speaker for transcript in given for turn in transcript.turns}
        book = before.with_names(names, taken=taken)
        pseudonyms.write(session, study_id, self._key, book, stamp)
        n_new = len(book.entries) - len(before.entries)
        done = audit.entry(stamp, "changed", "names replaced", study=study_id, n_interviews=len(given), n_new=n_new)
        audit.append(session, [done])
        changed = {file.place: tuple(replace_names(t, book) for t in file.transcripts) for file in new}
        return [replace(file, transcripts=changed.get(file.place, file.transcripts)) for file in files]


@cache
def shared_recogniser() -> Recogniser:
    """The finder of names, loaded when it is first needed: it takes seconds and 200 MB."""
    from jtbd_nlp.pseudonyms.recognising import Recogniser

    return Recogniser()
