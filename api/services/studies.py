"""What people do with studies: make one, add interviews, correct and describe, look, take out, erase."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Protocol

from api.store import audit, erasure, participants, pseudonyms, runs, studies, transcripts
from api.store.database import Database, Session, Stamp, compact
from api.store.participants import Attribute, AttributeType, Participant, Value
from api.store.pseudonyms import KeyNeededError
from api.store.runs import Run
from api.store.studies import StoredStudy
from api.store.transcripts import StoredTranscript
from jtbd_nlp.domain import Kind, Role, Study, Transcript
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import with_distinct_ids
from jtbd_nlp.readers.intake import Failure, FileIntake, FileRead, Skipped, read_contents, read_files


class NameKeeper(Protocol):
    """What replaces names in interviews before they are kept; see `services.pseudonyms.Pseudonymiser`."""

    def find(self, files: Sequence[FileRead]) -> None:
        """Find the names in files that were read, before anybody waits for the database."""

    def replace(self, session: Session, study_id: str, files: Sequence[FileRead], stamp: Stamp) -> list[FileRead]:
        """The files with pseudonyms in their interviews, under names that say nothing; their bytes as they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedTranscript:
    """A transcript that was added: its id in the store, as it was read, and the place it came from."""

    id: str
    transcript: Transcript
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyThere:
    """Something that was not added again: the place it came from, and the name under which the study has it."""

    place: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What became of every file that was to be added."""

    added: tuple[AddedTranscript, ...]
    already_there: tuple[AlreadyThere, ...]
    skipped: tuple[Skipped, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyView:
    """A study with all that belongs to it."""

    study: StoredStudy
    transcripts: tuple[StoredTranscript, ...]
    participants: tuple[Participant, ...]
    attributes: tuple[Attribute, ...]
    runs: tuple[Run, ...]


def create_study(database: Database, study: Study, stamp: Stamp) -> StoredStudy:
    """Make a new study.

    Raises:
        NameTakenError: there is one of that name.
    """
    with database.writing() as session:
        return studies.get(session, studies.add(session, study, stamp))


def change_study(
    database: Database,
    study_id: str,
    stamp: Stamp,
    *,
    name: str | None = None,
    job: str | None = None,
    executor: str | None = None,
) -> StoredStudy:
    """Give a study another name, job or executor; what is None stays, and runs keep what it was when they were made.

    Raises:
        NotFoundError, NameTakenError, BadValueError: as the names say.
    """
    with database.writing() as session:
        studies.lock(session, study_id)
        before = studies.get(session, study_id).study
        after = Study(
            name=before.name if name is None else name,
            job=before.job if job is None else job,
            executor=before.executor if executor is None else executor,
        )
        studies.change(session, study_id, after, stamp)
        return studies.get(session, study_id)


def list_studies(database: Database) -> tuple[StoredStudy, ...]:
    """All studies, oldest first."""
    with database.reading() as session:
        return studies.listed(session)


def show_study(database: Database, name_or_id: str) -> StudyView:
    """A study with all that belongs to it.

    Raises:
        NotFoundError: there is none of that name or id.
    """
    with database.reading() as session:
        study = studies.find(session, name_or_id)
        return StudyView(
            study=study,
            transcripts=transcripts.of_study(session, study.id),
            participants=participants.of_study(session, study.id),
            attributes=participants.attributes(session, study.id),
            runs=runs.of_study(session, study.id),
        )


def add_paths(
    database: Database,
    name_or_id: str,
    paths: Sequence[Path],
    stamp: Stamp,
    *,
    kind: Kind | None = None,
    on_progress: Callable[[str], None] | None = None,
    names: NameKeeper | None = None,
) -> Addition:
    """Add the interviews in files, folders and zips to a study, all that can be read or, if storing fails, none.

    A file that the study has is not added again, and a file that cannot be read leaves nothing behind.

    Args:
        names: replaces names in what is added.

    Raises:
        NotFoundError: there is no such study; nothing is read then.
        KeyNeededError: see `add_files`.
    """
    with database.reading() as session:
        study_id = studies.find(session, name_or_id).id
    return _add_intake(database, study_id, read_files(paths, kind=kind, on_progress=on_progress), stamp, names)


def add_contents(
    database: Database,
    study_id: str,
    contents: Iterable[tuple[str, bytes]],
    stamp: Stamp,
    *,
    kind: Kind | None = None,
    names: NameKeeper | None = None,
) -> Addition:
    """Do what `add_paths` does with files that were handed over: (place, bytes), one at a time.

    Raises:
        NotFoundError: there is no such study.
        KeyNeededError: see `add_files`.
    """
    return _add_intake(database, study_id, read_contents(contents, kind=kind), stamp, names)


def _add_intake(
    database: Database, study_id: str, intake: FileIntake, stamp: Stamp, names: NameKeeper | None
) -> Addition:
    addition = add_files(database, study_id, intake.files, stamp, names=names)
    return replace(
        addition,
        skipped=intake.skipped,
        failures=tuple(sorted([*intake.failures, *addition.failures], key=lambda f: (f.place, str(f.error)))),
    )


def add_files(
    database: Database,
    study_id: str,
    files: Sequence[FileRead],
    stamp: Stamp,
    *,
    names: NameKeeper | None = None,
) -> Addition:
    """Add the interviews in files that were read; the order of the files does not matter.

    The same bytes are stored once. In other bytes (a table that grew by a row), an interview of the same name and words
    as one that the study has is not added again. The members of a zip are stored, not the zip.

    Args:
        names: replaces names in what is added; the files' own bytes are then not kept.

    Raises:
        KeyNeededError: names are replaced in this study, and nothing is given that does so.
    """
    faults = {file.place: fault for file in files if (fault := _unkeepable(file))}
    if names is not None:
        names.find(files)
    already_there: list[AlreadyThere] = []
    added: list[AddedTranscript] = []
    with database.writing() as session:
        studies.lock(session, study_id)
        if names is not None:
            files = names.replace(session, study_id, files, stamp)
        elif pseudonyms.are_used(session, study_id):
            raise KeyNeededError("names are replaced in this study: give its key (--key, or X-Study-Key)")
        known = list(transcripts.known(session, study_id))
        found: list[tuple[FileRead, str, Transcript]] = []
        of_upload: dict[str, str] = {}
        for file in sorted((f for f in files if f.place not in faults), key=lambda f: f.place):
            upload_id = transcripts.find_upload(session, study_id, file.content)
            if upload_id is not None:
                name = of_upload.get(upload_id) or ", ".join(transcripts.names_of_upload(session, upload_id))
                already_there.append(AlreadyThere(place=file.place, name=name))
                continue
            fresh = [t for t in file.transcripts if not _same(t, known)]
            already_there += [
                AlreadyThere(place=file.place, name=same) for t in file.transcripts if (same := _same(t, known))
            ]
            if fresh:
                filename = PurePath(file.place).name if names is None else fresh[0].id
                upload_id = transcripts.add_upload(
                    session, study_id, filename, file.content, stamp, is_kept=names is None
                )
                of_upload[upload_id] = ", ".join(t.id for t in fresh)
                found += [(file, upload_id, t) for t in fresh]
        found.sort(key=lambda one: (one[2].id, one[2].sha256, one[0].place))
        for (file, upload_id, given), transcript in zip(found, _distinct(known, [t for *_, t in found]), strict=True):
            transcript_id = transcripts.add(session, study_id, upload_id, transcript, stamp, given_name=given.id)
            added.append(AddedTranscript(id=transcript_id, transcript=transcript, place=file.place))
    return Addition(
        added=tuple(added),
        already_there=tuple(already_there),
        skipped=(),
        failures=tuple(Failure(place, fault) for place, fault in sorted(faults.items())),
    )


def correct_role(
    database: Database, name_or_id: str, transcript: str, speaker: str, role: Role, stamp: Stamp
) -> StoredTranscript:
    """Say what part a speaker of a study's transcript really plays.

    Raises:
        NotFoundError: no such study, transcript or speaker.
    """
    with database.writing() as session:
        study_id = studies.find(session, name_or_id).id
        stored = transcripts.named(session, study_id, transcript)
        transcripts.correct_role(session, stored.id, speaker, role, stamp)
        return transcripts.get(session, stored.id)


def define_attribute(
    database: Database, name_or_id: str, name: str, kind: AttributeType, stamp: Stamp, *, choices: Sequence[str] = ()
) -> Attribute:
    """Name something that is to be told of every participant of a study.

    Raises:
        NotFoundError, NameTakenError, BadValueError: as the names say.
    """
    with database.writing() as session:
        study_id = studies.find(session, name_or_id).id
        return participants.define_attribute(session, study_id, name, kind, stamp, choices=choices)


def describe_participant(
    database: Database,
    participant_id: str,
    attributes: Mapping[str, Value | None],
    stamp: Stamp,
    *,
    name: str | None = None,
) -> Participant:
    """Tell things of a person and, if asked, call them otherwise: all of it or nothing.

    Raises:
        NotFoundError, NameTakenError, BadValueError: as the names say.
    """
    with database.writing() as session:
        if name is not None:
            participants.rename(session, participant_id, name, stamp)
        for attribute, value in attributes.items():
            participants.tell(session, participant_id, attribute, value, stamp)
        return participants.get(session, participant_id)


def erase_transcript(database: Database, transcript_id: str, stamp: Stamp) -> erasure.Erased:
    """Erase a transcript, and clear its room in the database's files.

    Raises:
        NotFoundError: there is none of that id.
    """
    with database.writing() as session:
        study_id = transcripts.get(session, transcript_id).study_id
        erased = erasure.transcript(session, transcript_id, stamp)
        done = audit.entry(
            stamp,
            "erased",
            "transcript erased",
            study=study_id,
            subjects={"transcript": transcript_id},
            n_statements=erased.n_statements,
        )
        audit.append(session, [done])
    compact(database)
    return erased


def delete_study(database: Database, study_id: str, stamp: Stamp) -> None:
    """Erase a study with all that belongs to it, and clear its room in the database's files.

    Raises:
        NotFoundError: there is none of that id.
    """
    with database.writing() as session:
        erasure.study(session, study_id, stamp)
        audit.append(session, [audit.entry(stamp, "erased", "study erased", study=study_id)])
    compact(database)


def export_transcripts(database: Database, name_or_id: str) -> Mapping[str, bytes]:
    """The study's transcripts as jtbd-transcript/1 files with corrected roles, by file name.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        stored = transcripts.of_study(session, studies.find(session, name_or_id).id)
    return {f"{_file_name(s.transcript.id)}.json": s.transcript.canonical_bytes() for s in stored}


def _unkeepable(file: FileRead) -> MalformedTranscriptError | None:
    """NUL characters cannot be kept as text in PostgreSQL, and stand for broken files elsewhere."""
    for transcript in file.transcripts:
        texts = [transcript.id, transcript.title, transcript.source, *(w for w in transcript.warnings)]
        if any("\0" in text for text in texts):
            return MalformedTranscriptError("its name or title holds a NUL character")
        for turn in transcript.turns:
            if "\0" in turn.speaker or "\0" in turn.text:
                return MalformedTranscriptError(f"{transcript.id}: turn {turn.index}: it holds a NUL character")
    return None


def _same(transcript: Transcript, known: Sequence[transcripts.Known]) -> str | None:
    words = transcripts.words_sha256(transcript)
    return next((k.name for k in known if (k.given_name, k.words_sha256) == (transcript.id, words)), None)


def _distinct(known: Sequence[transcripts.Known], new: Sequence[Transcript]) -> list[Transcript]:
    """The new transcripts under ids that the study has not given yet, and with a note where their words are known."""
    taken = [Transcript(id=k.name, title="", source="", turns=()) for k in known]
    first_of = {k.words_sha256: k.name for k in reversed(known)}
    noted = []
    for transcript in with_distinct_ids([*taken, *new])[len(taken) :]:
        first = first_of.setdefault(transcripts.words_sha256(transcript), transcript.id)
        if first != transcript.id:
            note = f"the words are the same as in {first}: the interview may be counted twice"
            transcript = replace(transcript, warnings=(*transcript.warnings, note))
        noted.append(transcript)
    return noted


def _file_name(transcript_id: str) -> str:
    """The id, with what file systems do not take spelled as underscores."""
    return "".join("_" if char in '/\\:*?"<>|' or ord(char) < 32 else char for char in transcript_id).lstrip(".") or "_"
