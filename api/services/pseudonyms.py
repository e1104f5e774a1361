"""What people do with pseudonyms: begin to use them, add interviews under them, see what stands for whom.

Off unless somebody begins: replacing hides what some studies are about (places, organisations), finding is not perfect,
and who loses the key can never tell again who is who. Once begun, a study takes no interview in clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from api.store import audit, pseudonyms, studies, transcripts
from api.store.database import Database, Session, Stamp, compact
from api.store.errors import BadValueError, NotFoundError
from api.store.pseudonyms import KeyNeededError, Pseudonym
from jtbd_nlp.pseudonyms.book import Book, Entry, Name
from jtbd_nlp.pseudonyms.replacing import Replacer, name_of, replace_names
from jtbd_nlp.pseudonyms.sealing import new_key
from jtbd_nlp.readers.intake import FileRead

if TYPE_CHECKING:
    from jtbd_nlp.pseudonyms.recognising import Recogniser

__all__ = [
    "Begun",
    "Entry",
    "Name",
    "Pseudonym",
    "Pseudonymiser",
    "add_name",
    "are_used",
    "begin",
    "list_pseudonyms",
    "open_book",
    "remove_name",
]


SHORTEST_NAME: Final = 2


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


def add_name(
    database: Database, study: str, key: str, name: Name, stamp: Stamp, *, same_as: str | None = None
) -> Entry:
    """Replace a name that was not found, in all interviews of a study and all that come; give its pseudonym.

    Args:
        same_as: the pseudonym of somebody or something that is also called so.

    Raises:
        NotFoundError: there is no such study or pseudonym.
        BadValueError: the name is too short, or replaced already.
        WrongKeyError: the key is not the study's.
        RunStateError: a run has read the interviews: names are looked at before the first one.
    """
    if len(name.text.strip()) < SHORTEST_NAME:
        raise BadValueError(f"a name has at least {SHORTEST_NAME} characters")
    with database.writing() as session:
        study_id, book = _opened(session, study, key)
        if book.entry_of(name.text) is not None:
            raise BadValueError("this name is replaced already")
        if same_as is not None and book.entry_of(same_as) is None:
            raise NotFoundError(f"the study has no pseudonym {same_as!r}")
        bare = replace(book, kept=book.kept - {name.text})
        new = bare.with_names([name]) if same_as is None else bare.joined(name.text, same_as)
        pseudonyms.write(session, study_id, key, new, stamp)
        change = Replacer(new.table())
        n = transcripts.reword(session, study_id, lambda text: change.replaced(text).text, stamp)
        audit.append(session, [audit.entry(stamp, "changed", "name added", study=study_id, n_interviews=n)])
        entry = new.entry_of(name.text)
    compact(database)
    assert entry is not None  # noqa: S101 - it was just added
    return entry


def remove_name(database: Database, study: str, key: str, pseudonym: str, stamp: Stamp) -> None:
    """Put back what a pseudonym stands for, where it was no name; it is not replaced again.

    Of several spellings the longest is put back everywhere.

    Raises:
        NotFoundError: there is no such study or pseudonym.
        BadValueError: it stands for an interview's own name.
        WrongKeyError, RunStateError: as for `add_name`.
    """
    with database.writing() as session:
        study_id, book = _opened(session, study, key)
        entry = next((e for e in book.entries if e.pseudonym == pseudonym), None)
        if entry is None:
            raise NotFoundError(f"the study has no pseudonym {pseudonym!r}")
        if entry.kind == "interview":
            raise BadValueError("interviews keep their pseudonyms")
        pseudonyms.write(session, study_id, key, book.without(pseudonym, keep=True), stamp)
        change = Replacer({pseudonym: entry.names[0]})
        n = transcripts.reword(session, study_id, lambda text: change.replaced(text).text, stamp)
        audit.append(session, [audit.entry(stamp, "changed", "name put back", study=study_id, n_interviews=n)])


def _opened(session: Session, study: str, key: str) -> tuple[str, Book]:
    study_id = studies.find(session, study).id
    studies.lock(session, study_id)
    if not pseudonyms.are_used(session, study_id):
        raise KeyNeededError("names are not replaced in this study")
    return study_id, pseudonyms.read(session, study_id, key)


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
        self._replace_earlier(session, study_id, before, book, stamp)
        n_new = len(book.entries) - len(before.entries)
        done = audit.entry(stamp, "changed", "names replaced", study=study_id, n_interviews=len(given), n_new=n_new)
        audit.append(session, [done])
        changed = {file.place: tuple(replace_names(t, book) for t in file.transcripts) for file in new}
        return [replace(file, transcripts=changed.get(file.place, file.transcripts)) for file in files]

    def _replace_earlier(self, session: Session, study_id: str, before: Book, after: Book, stamp: Stamp) -> None:
        """Replace names that were not known before in earlier interviews too, unless a run has read them."""
        known = before.table()
        change = Replacer({name: new for name, new in after.table().items() if name not in known})
        if not transcripts.are_read(session, study_id):
            transcripts.reword(session, study_id, lambda text: change.replaced(text).text, stamp)


@cache
def shared_recogniser() -> Recogniser:
    """The finder of names, loaded when it is first needed: it takes seconds and 200 MB."""
    from jtbd_nlp.pseudonyms.recognising import Recogniser

    return Recogniser()
