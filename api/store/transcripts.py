"""Repository of transcripts: the files as they were given, the interviews in them as they were read, and corrections.

What was read is never changed; a corrected role makes another Transcript of it each time it is taken out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from api.store import participants
from api.store.database import Stamp, row_of
from api.store.errors import NotFoundError, RunStateError
from api.store.ids import new_id
from api.store.tables import (
    AttributeValueTable,
    ParticipantTable,
    RoleCorrectionTable,
    RunTable,
    RunTranscriptTable,
    SpeakerTable,
    TranscriptTable,
    UploadTable,
)
from jtbd_nlp.domain import Kind, Role, Transcript, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTranscript:
    """A transcript that is kept. `transcript` has the corrections applied; `corrected` are the roles they gave.

    `redacted_at` says when a person was taken out of it, None for never.
    """

    id: str
    study_id: str
    upload_id: str
    transcript: Transcript
    corrected: Mapping[str, Role]
    created_at: datetime
    created_by: str
    redacted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was given; `content` is None once somebody in it was erased while others remain."""

    id: str
    filename: str
    sha256: str
    n_bytes: int
    content: bytes | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What tells a study's transcripts apart, without their text."""

    id: str
    name: str
    given_name: str
    words_sha256: str


def add_upload(
    session: Session, study_id: str, filename: str, content: bytes, stamp: Stamp, *, is_kept: bool = True
) -> str:
    """Keep a file of a study and give its id; ask `find_upload` before, since a study keeps equal bytes once.

    Args:
        is_kept: whether its bytes are kept, or only their hash, where names in it are replaced.
    """
    row = UploadTable(
        id=new_id("upload"),
        study_id=study_id,
        filename=filename,
        sha256=sha256_of(content),
        n_bytes=len(content),
        content=content if is_kept else None,
        redacted_at=None if is_kept else stamp.at,
        created_at=stamp.at,
        created_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return row.id


def find_upload(session: Session, study_id: str, content: bytes) -> str | None:
    """The id of the upload of a study that had exactly these bytes, even if they are not kept any more."""
    return session.scalar(
        select(UploadTable.id).where(UploadTable.study_id == study_id, UploadTable.sha256 == sha256_of(content))
    )


def names_of_upload(session: Session, upload_id: str) -> tuple[str, ...]:
    """The names of the transcripts that came from a file and are still kept."""
    return tuple(sorted(session.scalars(select(TranscriptTable.name).where(TranscriptTable.upload_id == upload_id))))


def upload(session: Session, upload_id: str) -> Upload:
    """A file as it was given.

    Raises:
        NotFoundError: there is none of that id.
    """
    row = session.get(UploadTable, upload_id)
    if row is None:
        raise NotFoundError(f"there is no upload {upload_id}")
    return Upload(
        id=row.id,
        filename=row.filename,
        sha256=row.sha256,
        n_bytes=row.n_bytes,
        content=row.content,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def add(
    session: Session, study_id: str, upload_id: str, transcript: Transcript, stamp: Stamp, *, given_name: str
) -> str:
    """Keep a transcript and the people who speak in it as participants; give its id.

    Args:
        transcript: its id is distinct in the study.
        given_name: the id it had in its file.
    """
    row = TranscriptTable(
        id=new_id("transcript"),
        study_id=study_id,
        upload_id=upload_id,
        name=transcript.id,
        given_name=given_name,
        format=transcript.format,
        n_turns=len(transcript.turns),
        n_words=transcript.n_words,
        sha256=transcript.sha256,
        words_sha256=words_sha256(transcript),
        parsed=transcript.canonical_bytes(),
        warnings=list(transcript.warnings),
        created_at=stamp.at,
        created_by=stamp.by,
    )
    session.add(row)
    session.flush()
    _know_people(session, row, transcript, stamp)
    return row.id


def correct_role(session: Session, transcript_id: str, speaker: str, role: Role, stamp: Stamp) -> None:
    """Say what part a speaker really plays; runs that were made before keep what they read.

    Raises:
        NotFoundError: no such transcript, or nobody of that name speaks in it.
    """
    row = row_of(session, TranscriptTable, transcript_id, "transcript")
    if all(turn.speaker != speaker for turn in read_parsed(row.parsed).turns):
        raise NotFoundError(f"{row.name}: nobody of that name speaks in it")
    session.add(
        RoleCorrectionTable(
            id=new_id("correction"),
            transcript_id=transcript_id,
            speaker=speaker,
            role=role.value,
            created_at=stamp.at,
            created_by=stamp.by,
        )
    )
    session.flush()
    _know_people(session, row, get(session, transcript_id).transcript, stamp)


def are_read(session: Session, study_id: str) -> bool:
    """Whether a run is for any of a study's interviews."""
    used = select(RunTranscriptTable.run_id).join(RunTable, RunTable.id == RunTranscriptTable.run_id)
    return session.scalar(used.where(RunTable.study_id == study_id).limit(1)) is not None


def reword(session: Session, study_id: str, change: Callable[[str], str], stamp: Stamp) -> int:
    """Change words in all interviews of a study, and what their speakers are called; give how many changed.

    Only as long as no run has read any of them: what a run found stands where it was said.

    Raises:
        RunStateError: one has.
    """
    if are_read(session, study_id):
        raise RunStateError("a run has read the interviews: what it found stands where it was said")
    n = 0
    for row in session.scalars(select(TranscriptTable).where(TranscriptTable.study_id == study_id)).all():
        read = read_parsed(row.parsed, kept_format=row.format, warnings=row.warnings)
        turns = tuple(replace(t, speaker=change(t.speaker), text=change(t.text)) for t in read.turns)
        new = replace(read, turns=turns, warnings=tuple(change(warning) for warning in read.warnings))
        if new == read:
            continue
        n += 1
        row.parsed, row.sha256, row.words_sha256 = new.canonical_bytes(), new.sha256, words_sha256(new)
        row.n_words, row.warnings = new.n_words, list(new.warnings)
        _rename_speakers(session, row.id, {t.speaker: change(t.speaker) for t in read.turns})
        session.flush()
        _know_people(session, row, get(session, row.id).transcript, stamp)
    for person in session.scalars(select(ParticipantTable).where(ParticipantTable.study_id == study_id)).all():
        person.name = change(person.name)
    session.flush()
    return n


def _rename_speakers(session: Session, transcript_id: str, called: Mapping[str, str]) -> None:
    there = set(session.scalars(select(SpeakerTable.name).where(SpeakerTable.transcript_id == transcript_id)))
    for old, new in called.items():
        if old == new:
            continue
        place = SpeakerTable.transcript_id == transcript_id, SpeakerTable.name == old
        # Two that turn out to be one leave the one that is known under this name already.
        doing = (
            delete(SpeakerTable).where(*place) if new in there else update(SpeakerTable).where(*place).values(name=new)
        )
        session.execute(doing.execution_options(synchronize_session=False))
        there.add(new)
        session.execute(
            update(RoleCorrectionTable)
            .where(RoleCorrectionTable.transcript_id == transcript_id, RoleCorrectionTable.speaker == old)
            .values(speaker=new)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def get(session: Session, transcript_id: str) -> StoredTranscript:
    """A transcript by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = _read(session, TranscriptTable.id == transcript_id)
    if not found:
        raise NotFoundError(f"there is no transcript {transcript_id}")
    return found[0]


def named(session: Session, study_id: str, name: str) -> StoredTranscript:
    """The transcript of a study that the core knows by this id.

    Raises:
        NotFoundError: there is none.
    """
    found = _read(session, TranscriptTable.study_id == study_id, TranscriptTable.name == name)
    if not found:
        raise NotFoundError(f"the study has no transcript {name!r}")
    return found[0]


def of_study(session: Session, study_id: str) -> tuple[StoredTranscript, ...]:
    """All transcripts of a study, sorted as the core sorts them, by name."""
    return tuple(sorted(_read(session, TranscriptTable.study_id == study_id), key=lambda t: t.transcript.id))


def of_ids(session: Session, transcript_ids: Iterable[str]) -> tuple[StoredTranscript, ...]:
    """Transcripts by id, in the order they were added; ids of none are left out."""
    return tuple(_read(session, TranscriptTable.id.in_(tuple(transcript_ids))))


def known(session: Session, study_id: str) -> tuple[Known, ...]:
    """What tells a study's transcripts apart, in the order they were added."""
    columns = (
        TranscriptTable.id,
        TranscriptTable.name,
        TranscriptTable.given_name,
        TranscriptTable.words_sha256,
    )
    rows = session.execute(select(*columns).where(TranscriptTable.study_id == study_id).order_by(TranscriptTable.id))
    return tuple(Known(id=i, name=name, given_name=given, words_sha256=words) for i, name, given, words in rows)


def with_roles(transcript: Transcript, corrected: Mapping[str, Role]) -> Transcript:
    """The transcript in which the turns of these speakers have these roles."""
    if not corrected:
        return transcript
    turns = tuple(replace(turn, role=corrected.get(turn.speaker, turn.role)) for turn in transcript.turns)
    return replace(transcript, turns=turns)


def read_parsed(parsed: bytes, *, kept_format: str = "", warnings: Sequence[str] = ()) -> Transcript:
    """The transcript of canonical jtbd-transcript/1 bytes, which do not hold its format and warnings."""
    plain = json.loads(parsed)
    return Transcript(
        id=plain["id"],
        title=plain["title"],
        source=plain["source"],
        kind=Kind(plain["kind"]),
        turns=tuple(
            Turn(turn["index"], turn["speaker"], Role(turn["role"]), turn["text"], turn["start"], turn["end"])
            for turn in plain["turns"]
        ),
        format=kept_format,
        warnings=tuple(warnings),
    )


def words_sha256(transcript: Transcript) -> str:
    """The hash of who says what in a transcript, whatever it is called and whatever format it came in."""
    return sha256_of(json.dumps([[turn.speaker, turn.text] for turn in transcript.turns]).encode("ascii"))


def sha256_of(content: bytes) -> str:
    """The hash of bytes in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def corrections(session: Session, transcript_ids: Iterable[str] | None = None) -> dict[str, dict[str, Role]]:
    """The last corrected role of each speaker by transcript id; None asks for all transcripts there are."""
    query = select(RoleCorrectionTable).order_by(RoleCorrectionTable.created_at, RoleCorrectionTable.id)
    if transcript_ids is not None:
        query = query.where(RoleCorrectionTable.transcript_id.in_(transcript_ids))
    found: dict[str, dict[str, Role]] = {}
    for row in session.scalars(query):
        found.setdefault(row.transcript_id, {})[row.speaker] = Role(row.role)
    return found


def _read(session: Session, *wanted: ColumnElement[bool]) -> list[StoredTranscript]:
    rows = session.scalars(select(TranscriptTable).where(*wanted).order_by(TranscriptTable.id)).all()
    corrected = corrections(session, [row.id for row in rows])
    return [
        StoredTranscript(
            id=row.id,
            study_id=row.study_id,
            upload_id=row.upload_id,
            transcript=with_roles(
                read_parsed(row.parsed, kept_format=row.format, warnings=row.warnings), corrected.get(row.id, {})
            ),
            corrected=corrected.get(row.id, {}),
            created_at=row.created_at,
            created_by=row.created_by,
            redacted_at=row.redacted_at,
        )
        for row in rows
    ]


def _know_people(session: Session, row: TranscriptTable, transcript: Transcript, stamp: Stamp) -> None:
    """Keep a person for each participant who has none yet, and let go of those who turned out to be none."""
    known_speakers = set(session.scalars(select(SpeakerTable.name).where(SpeakerTable.transcript_id == row.id)))
    for speaker in transcript.participants:
        if speaker not in known_speakers:
            # A speaker's name says little ("Speaker 1"); that of an interview with one participant is distinct.
            name = row.name if len(transcript.participants) == 1 else f"{row.name}: {speaker}"
            person = participants.add(session, row.study_id, name, stamp)
            participants.speaks(session, row.id, speaker, person, stamp)
    if gone := known_speakers - set(transcript.participants):
        session.execute(delete(SpeakerTable).where(SpeakerTable.transcript_id == row.id, SpeakerTable.name.in_(gone)))
        drop_silent_people(session, row.study_id)


def drop_silent_people(session: Session, study_id: str) -> None:
    """Let go of participants who speak nowhere and of whom nothing was told."""
    session.execute(
        delete(ParticipantTable)
        .where(
            ParticipantTable.study_id == study_id,
            ParticipantTable.id.not_in(select(SpeakerTable.participant_id)),
            ParticipantTable.id.not_in(select(AttributeValueTable.participant_id)),
        )
        .execution_options(synchronize_session="fetch")
    )
