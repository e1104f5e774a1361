"""Repository of extractions: what reading a transcript gave, so that no run reads again what was read before.

An extraction is found by the transcript, by the hash of what was read (roles are part of it), and by the hash of all
that reading depends on beside that. It comes back equal to the last bit, so that a run of kept extractions and one that
read everything anew end in the same bytes. It goes with its transcript, and when a person is taken out of that.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from sqlalchemy import Exists, delete, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.store import transcripts
from api.store.codec import from_plain, to_plain
from api.store.database import Stamp
from api.store.tables import ExtractionTable, RunTable, RunTranscriptTable, TranscriptTable
from api.store.vectors import STORED
from jtbd_nlp.domain import ActionStatement, Aside, NeedStatement, Role

if TYPE_CHECKING:
    from jtbd_nlp.statements.extraction import Extraction

Floats = npt.NDArray[np.float32]
_PER_QUERY = 500


def keep(
    session: Session,
    transcript_id: str,
    transcript_sha256: str,
    reader_sha256: str,
    extraction: Extraction,
    stamp: Stamp,
) -> None:
    """Keep what reading a transcript gave; of two that are kept at once, the first stays."""
    body = {
        "statements": [[s.kind, to_plain(s)] for s in extraction.statements],
        "asides": [to_plain(aside) for aside in extraction.asides],
    }
    row = {
        "transcript_id": transcript_id,
        "transcript_sha256": transcript_sha256,
        "reader_sha256": reader_sha256,
        "body": zlib.compress(json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii")),
        "meanings": _bytes_of(extraction.meanings),
        "aside_meanings": _bytes_of(extraction.aside_meanings),
        "created_at": stamp.at,
    }
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(ExtractionTable) if is_sqlite else postgresql.insert(ExtractionTable)
    session.execute(insert.values(row).on_conflict_do_nothing())


def read(session: Session, run_id: str) -> tuple[Extraction, ...]:
    """What is kept of a run's transcripts, as it reads them; in no order."""
    query = select(ExtractionTable).join(
        RunTranscriptTable,
        (RunTranscriptTable.transcript_id == ExtractionTable.transcript_id)
        & (RunTranscriptTable.sha256 == ExtractionTable.transcript_sha256),
    )
    query = query.join(
        RunTable,
        (RunTable.id == RunTranscriptTable.run_id) & (RunTable.reader_sha256 == ExtractionTable.reader_sha256),
    ).where(RunTable.id == run_id)
    # One row after the other: bodies are larger than what is made of them.
    return tuple(_extraction(row) for row in session.scalars(query).yield_per(50))


def is_kept(session: Session, transcript_id: str, transcript_sha256: str, reader_sha256: str) -> bool:
    """Whether a transcript is read already."""
    found = select(ExtractionTable.transcript_id).where(
        ExtractionTable.transcript_id == transcript_id,
        ExtractionTable.transcript_sha256 == transcript_sha256,
        ExtractionTable.reader_sha256 == reader_sha256,
    )
    return session.scalar(found) is not None


def missing(session: Session, run_id: str, reader_sha256: str) -> tuple[str, ...]:
    """The ids of a run's transcripts that are still to be read by this reader, the longest first.

    Workers who share them out in this order end at about the same time.

    Source:
        Graham 1969, doi:10.1137/0117039 (longest processing time first).
    """
    query = (
        select(RunTranscriptTable.transcript_id)
        .join(TranscriptTable, TranscriptTable.id == RunTranscriptTable.transcript_id)
        .where(RunTranscriptTable.run_id == run_id, ~_is_kept(reader_sha256))
        .order_by(TranscriptTable.n_words.desc(), TranscriptTable.id)
    )
    return tuple(session.scalars(query))


def count_read(session: Session, run_id: str, reader_sha256: str) -> int:
    """How many of a run's transcripts are read by this reader."""
    query = (
        select(func.count())
        .select_from(RunTranscriptTable)
        .where(RunTranscriptTable.run_id == run_id, _is_kept(reader_sha256))
    )
    return session.scalar(query) or 0


def forget(session: Session, transcript_ids: Iterable[str]) -> None:
    """Drop everything that reading these transcripts gave."""
    wanted = sorted(set(transcript_ids))
    for start in range(0, len(wanted), _PER_QUERY):
        some = ExtractionTable.transcript_id.in_(wanted[start : start + _PER_QUERY])
        session.execute(delete(ExtractionTable).where(some).execution_options(synchronize_session=False))


def drop_superseded(session: Session, run_id: str) -> None:
    """Of the transcripts that a run read, drop what was read by another reader or with other roles."""
    run = session.get_one(RunTable, run_id)
    used = select(RunTranscriptTable.transcript_id).where(RunTranscriptTable.run_id == run_id)
    is_used = exists().where(
        RunTranscriptTable.run_id == run_id,
        RunTranscriptTable.transcript_id == ExtractionTable.transcript_id,
        RunTranscriptTable.sha256 == ExtractionTable.transcript_sha256,
        ExtractionTable.reader_sha256 == run.reader_sha256,
    )
    gone = delete(ExtractionTable).where(ExtractionTable.transcript_id.in_(used), ~is_used)
    session.execute(gone.execution_options(synchronize_session=False))


def faults(session: Session) -> Iterator[str]:
    """What is wrong with what is kept of readings, by transcript: a run that goes on from it would fail, or be wrong.

    Each fits its transcript, as it is now or as a run reads it, can be read back whole, and quotes what was said.
    """
    corrected = transcripts.corrections(session)
    rows = session.execute(
        select(ExtractionTable, TranscriptTable)
        .outerjoin(TranscriptTable, TranscriptTable.id == ExtractionTable.transcript_id)
        .order_by(ExtractionTable.transcript_id, ExtractionTable.reader_sha256)
        .execution_options(yield_per=20)
    )
    for row, kept in rows:
        if fault := _fault(session, row, kept, corrected.get(row.transcript_id, {})):
            yield f"{row.transcript_id}: what was read of it (reader {row.reader_sha256[:12]}) {fault}"
        session.expunge(row)


def count(session: Session) -> int:
    """How many readings are kept, of all transcripts by all readers."""
    return session.scalar(select(func.count()).select_from(ExtractionTable)) or 0


def _fault(
    session: Session, row: ExtractionTable, kept: TranscriptTable | None, corrected: Mapping[str, Role]
) -> str | None:
    if kept is None:
        return "is of no transcript that is there"
    try:
        transcript = transcripts.with_roles(transcripts.read_parsed(kept.parsed), corrected)
    except (ValueError, KeyError, TypeError):
        return None  # said of the transcript itself
    uses = select(RunTranscriptTable.run_id).where(
        RunTranscriptTable.transcript_id == row.transcript_id, RunTranscriptTable.sha256 == row.transcript_sha256
    )
    if row.transcript_sha256 != transcript.sha256 and session.scalar(uses.limit(1)) is None:
        return "fits it neither as it is nor as any run reads it"
    try:
        statements, meanings, asides, aside_meanings = _decoded(row)
        said = [s.evidence for s in statements] + [aside.evidence for aside in asides]
        holds = all(
            e.transcript == transcript.id and transcript.turns[e.span.turn].text[e.span.start : e.span.end] == e.quote
            for e in said
        )
    except (zlib.error, ValueError, KeyError, IndexError, TypeError):
        return "cannot be read back"
    if not (np.isfinite(meanings).all() and np.isfinite(aside_meanings).all()):
        return "cannot be read back"
    return None if holds else "quotes what is not said there"


def _is_kept(reader_sha256: str) -> Exists:
    return exists().where(
        ExtractionTable.transcript_id == RunTranscriptTable.transcript_id,
        ExtractionTable.transcript_sha256 == RunTranscriptTable.sha256,
        ExtractionTable.reader_sha256 == reader_sha256,
    )


def _extraction(row: ExtractionTable) -> Extraction:
    # Loads the NLP libraries, which those who only count need not wait for.
    from jtbd_nlp.statements.extraction import Extraction

    return Extraction(*_decoded(row))


def _decoded(
    row: ExtractionTable,
) -> tuple[tuple[ActionStatement | NeedStatement, ...], Floats, tuple[Aside, ...], Floats]:
    """The four parts of an Extraction."""
    body = json.loads(zlib.decompress(row.body))
    statements: tuple[ActionStatement | NeedStatement, ...] = tuple(
        from_plain(NeedStatement, plain) if kind == NeedStatement.kind else from_plain(ActionStatement, plain)
        for kind, plain in body["statements"]
    )
    asides = tuple(from_plain(Aside, plain) for plain in body["asides"])
    return (
        statements,
        _rows_of(row.meanings, len(statements)),
        asides,
        _rows_of(row.aside_meanings, len(asides)),
    )


def _bytes_of(rows: Floats) -> bytes:
    return np.ascontiguousarray(rows, STORED).tobytes()


def _rows_of(raw: bytes, n: int) -> Floats:
    """n rows of whatever width; no rows have none."""
    return np.frombuffer(raw, STORED).astype(np.float32).reshape(n, -1) if n else np.zeros((0, 0), np.float32)
