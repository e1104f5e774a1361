"""Care for a whole database: back it up while it is in use, restore it, and check that it holds what was put in."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from psycopg.conninfo import make_conninfo
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from api.store import audit, erasure, extractions, people, schema, transcripts, workers
from api.store.codec import from_plain
from api.store.database import Database, Stamp, database_url, first_line
from api.store.errors import BackupError, SchemaMismatchError
from api.store.outcomes import statement_of
from api.store.tables import (
    DecisionTable,
    RunTable,
    RunTranscriptTable,
    StatementTable,
    SuggestionTable,
    TranscriptTable,
    UploadTable,
    VectorTable,
)
from api.store.vectors import STORED
from jtbd_nlp.domain import JobStep, Need, Role, Transcript

_SQLITE_HEAD: Final = b"SQLite format 3\0"
_PG_DUMP_HEAD: Final = b"PGDMP"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What was looked at, in numbers, and what is wrong, by id; no fault is a healthy database.

    `audit_head` is the hash of the last entry of the audit log: kept elsewhere, it shows later whether the log was cut.
    """

    n_uploads: int
    n_transcripts: int
    n_runs: int
    n_statements: int
    n_decisions: int
    n_vectors: int
    n_readings: int
    n_audit_entries: int
    faults: tuple[str, ...]
    audit_head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What outlives the restore of an older backup."""

    erased: tuple[erasure.Tombstone, ...] = ()
    audited: tuple[audit.KeptEntry, ...] = ()
    locks: people.Locks = field(default_factory=people.Locks)


def backup(database: Database, target: Path) -> int:
    """Write the whole database, as it is at one moment, to a file that is not there yet; others may go on writing.

    SQLite's is a database itself, PostgreSQL's an archive of pg_dump.

    Returns:
        Bytes written.

    Raises:
        BackupError: the file is there already or cannot be written, or pg_dump is missing or fails.
        SchemaMismatchError, DatabaseUnavailableError: see `schema.open_database`.
    """
    schema.open_database(database)
    if target.exists():
        raise BackupError(f"{target}: is there already, and is not overwritten")
    partial = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        # Interviews are personal: for its owner alone, from the first byte.
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if database.is_sqlite:
            _copy_sqlite(database.path, partial)
        else:
            # What workers are at is told from the studies; see `api/durable`.
            options = ("--format=custom", "--no-owner", f"--exclude-schema={workers.SCHEMA}", f"--file={partial}")
            _run_tool("pg_dump", *options, database=database)
        partial.replace(target)
    except OSError as error:
        raise BackupError(f"{target}: cannot be written ({error.strerror})") from error
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def restore(database: Database, source: Path, stamp: Stamp, *, overwrite: bool = False) -> int:
    """Put a backup in the place of the database, in the layout that this program needs.

    What the database has erased since the backup was made is erased from it again, and its audit log goes on where it
    was, if the backup's is the beginning of it.

    Args:
        overwrite: a database that holds anything is replaced only if this is true.

    Returns:
        How many erasures were repeated.

    Raises:
        BackupError: the backup cannot be read or is of another kind of database, or the place is taken.
        SchemaMismatchError: the backup was made by a newer program.
    """
    head = _head(source)
    wanted = _SQLITE_HEAD if database.is_sqlite else _PG_DUMP_HEAD
    if not head.startswith(wanted):
        kinds = {_SQLITE_HEAD: "a SQLite database", _PG_DUMP_HEAD: "an archive of pg_dump"}
        raise BackupError(f"{source}: {kinds[wanted]} is needed for {database}")
    found = _version_to_replace(database, overwrite=overwrite)
    kept = _Kept()
    if found == schema.needed_version():
        with database.reading() as session:
            kept = _Kept(
                erased=erasure.tombstones(session), audited=audit.after(session, 0), locks=people.locks(session)
            )
    if database.is_sqlite:
        return _restore_sqlite(database, source, kept, stamp)
    return _restore_postgres(database, source, kept, stamp)


def check(database: Database) -> CheckReport:
    """Ask the database whether it is whole, and compare everything that has a hash, a length or a quote with it.

    Raises:
        SchemaMismatchError, DatabaseUnavailableError: see `schema.open_database`.
    """
    schema.open_database(database)
    faults: list[str] = []
    try:
        with database.reading() as session:
            if database.is_sqlite:
                faults += _sqlite_faults(session)
            counts = {
                "n_uploads": _check_uploads(session, faults),
                "n_transcripts": _check_transcripts(session, faults),
                "n_runs": 0,
                "n_statements": 0,
                "n_decisions": 0,
                "n_vectors": _check_vectors(session, faults),
            }
            faults += extractions.faults(session)
            counts["n_readings"] = extractions.count(session)
            faults += audit.faults(session)
            counts["n_audit_entries"], audit_head = audit.head(session)
            for run in session.scalars(select(RunTable).order_by(RunTable.id)):
                counts["n_runs"] += 1
                counts["n_statements"] += _check_run(session, run, faults)
                counts["n_decisions"] += _check_decisions(session, run, faults)
    except DatabaseError as error:  # a damaged page ends the reading of its table
        return CheckReport(
            n_uploads=0,
            n_transcripts=0,
            n_runs=0,
            n_statements=0,
            n_decisions=0,
            n_vectors=0,
            n_readings=0,
            n_audit_entries=0,
            faults=(*faults, f"the database cannot be read: {first_line(error)}"),
            audit_head="",
        )
    return CheckReport(faults=tuple(faults), audit_head=audit_head, **counts)


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy with SQLite's online backup, which sees one state even while others write."""
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.execute("PRAGMA busy_timeout = 60000")
            new.execute("PRAGMA busy_timeout = 60000")
            old.backup(new)
    except sqlite3.Error as error:
        raise BackupError(f"{source}: cannot be copied ({error})") from error


def _restore_sqlite(database: Database, source: Path, kept: _Kept, stamp: Stamp) -> int:
    """Make everything ready in a copy, so that the database changes from what it was to what it will be at once."""
    database.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=database.path.parent, prefix=".restore-") as folder:
        copy = Database(database_url(str(Path(folder) / "copy.sqlite3")))
        _copy_sqlite(source, copy.path)
        n = _bring_up(copy, kept, stamp, source)
        copy.close()
        database.close()
        _copy_sqlite(copy.path, database.path)
    return n


def _restore_postgres(database: Database, source: Path, kept: _Kept, stamp: Stamp) -> int:
    # Replacing cannot be taken back once it is done, so that what the archive holds is asked before.
    listed = _run_tool("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(source))
    rows = listed.partition("FROM stdin;\n")[2].splitlines()
    if not rows or rows[0] not in schema.known_versions():
        what = f"its layout ({rows[0]}) is newer than this program knows" if rows else "it holds no studies"
        raise SchemaMismatchError(f"{source}: {what}")
    database.close()
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    _run_tool("pg_restore", *options, str(source), database=database)
    return _bring_up(database, kept, stamp, source)


def _bring_up(database: Database, kept: _Kept, stamp: Stamp, source: Path) -> int:
    if schema.version_of(database) is None:
        raise BackupError(f"{source}: it holds no studies")
    schema.upgrade(database)
    with database.writing() as session:
        there = set(erasure.tombstones(session))
        n = erasure.repeat(session, [t for t in kept.erased if t not in there], stamp)
        people.lock_again(session, kept.locks)
        audit.carry_over(session, kept.audited)
        audit.append(session, [audit.entry(stamp, "changed", "restore of a backup", n_erasures_repeated=n)])
    return n


def _version_to_replace(database: Database, *, overwrite: bool) -> str | None:
    """The version of what is about to be replaced, None where there is nothing; a broken file is put aside."""
    if not schema.exists(database):
        return None
    try:
        found = schema.version_of(database)
    except SchemaMismatchError:
        if not (database.is_sqlite and overwrite):
            raise
        database.close()
        database.path.replace(database.path.with_name(f"{database.path.name}.broken"))
        for ending in ("-wal", "-shm"):
            database.path.with_name(database.path.name + ending).unlink(missing_ok=True)
        return None
    if found is not None and not overwrite:
        raise BackupError(f"{database}: holds studies already: say --overwrite to replace them")
    return found


def _head(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return file.read(16)
    except OSError as error:
        raise BackupError(f"{source}: cannot be read ({error.strerror})") from error


def _run_tool(tool: str, *options: str, database: Database | None = None) -> str:
    """Run one of PostgreSQL's own programs, on a database where one is given, and give what it prints."""
    path = shutil.which(tool)
    if path is None:
        raise BackupError(f"{tool} is not installed: it comes with PostgreSQL's client programs")
    command, environment = [path, *options], dict(os.environ)
    if database is not None:
        url = database.url
        parts = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **url.query}
        place = make_conninfo("", **{key: str(value) for key, value in parts.items() if value is not None})
        command[1:1] = [f"--dbname={place}", "--no-password"]
        # Other users of the machine see the arguments of a program.
        environment |= {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise BackupError(f"{tool} failed: {lines[0] if lines else f'exit status {done.returncode}'}")
    return done.stdout


def _sqlite_faults(session: Session) -> Iterator[str]:
    for (line,) in session.execute(text("PRAGMA integrity_check(20)")):
        if line != "ok":
            yield f"SQLite: {line}"
    for table, row, target, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield f"row {row} of {table} refers to one of {target} that is not there"


def _check_uploads(session: Session, faults: list[str]) -> int:
    n = 0
    for row in session.scalars(select(UploadTable).order_by(UploadTable.id).execution_options(yield_per=20)):
        n += 1
        if row.content is None:
            if row.redacted_at is None:
                faults.append(f"{row.id}: its bytes are gone")
        elif (transcripts.sha256_of(row.content), len(row.content)) != (row.sha256, row.n_bytes):
            faults.append(f"{row.id}: its bytes are not those that were given")
        session.expunge(row)
    return n


def _check_transcripts(session: Session, faults: list[str]) -> int:
    n = 0
    for row in session.scalars(select(TranscriptTable).order_by(TranscriptTable.id).execution_options(yield_per=20)):
        n += 1
        if transcripts.sha256_of(row.parsed) != row.sha256:
            faults.append(f"{row.id}: it is not what was read, by its hash")
        elif (fault := _canonical_fault(row)) is not None:
            faults.append(f"{row.id}: {fault}")
        session.expunge(row)
    return n


def _canonical_fault(row: TranscriptTable) -> str | None:
    try:
        read = transcripts.read_parsed(row.parsed)
    except (ValueError, KeyError, TypeError) as error:
        return f"it is no transcript ({type(error).__name__})"
    if (read.id, len(read.turns)) != (row.name, row.n_turns) or read.sha256 != row.sha256:
        return "it is not written as transcripts are"
    return None


def _check_vectors(session: Session, faults: list[str]) -> int:
    n = 0
    columns = (VectorTable.text_sha256, VectorTable.model_sha256, VectorTable.vector)
    length_of: dict[str, int] = {}
    for key, model, raw in session.execute(select(*columns).order_by(*columns[:2]).execution_options(yield_per=500)):
        n += 1
        length = length_of.setdefault(model, len(raw))
        is_whole = len(raw) == length and len(raw) % STORED.itemsize == 0
        if not is_whole or not np.isfinite(np.frombuffer(raw, STORED)).all():
            faults.append(f"vector {key[:16]} of model {model[:16]}: it is not whole")
    return n


def _check_run(session: Session, run: RunTable, faults: list[str]) -> int:
    """Compare the hashes of what a run read, each quote with its turn, and each name of a statement with statements."""
    read = _transcripts_of_run(session, run, faults)
    known = set()
    rows = session.scalars(select(StatementTable).where(StatementTable.run_id == run.id))
    for row in rows:
        known.add(row.id)
        try:
            evidence = statement_of(row).evidence
            span = evidence.span
            holds = read[row.transcript_id].turns[span.turn].text[span.start : span.end] == evidence.quote
        except (ValueError, KeyError, IndexError, TypeError):
            holds = False
        if not holds:
            faults.append(f"{run.id}: statement {row.id}: its quote is not in its turn")
    for suggestion in session.scalars(select(SuggestionTable).where(SuggestionTable.run_id == run.id)):
        try:
            is_step = suggestion.kind == "step"
            body = suggestion.body
            named = set((from_plain(JobStep, body) if is_step else from_plain(Need, body)).statements)
        except (ValueError, TypeError):
            faults.append(f"{run.id}: {suggestion.id}: it cannot be read")
            continue
        if named - known:
            faults.append(f"{run.id}: {suggestion.id}: it names a statement that is not there")
    return len(known)


def _transcripts_of_run(session: Session, run: RunTable, faults: list[str]) -> dict[str, Transcript]:
    read = {}
    pairs = session.execute(
        select(RunTranscriptTable, TranscriptTable)
        .join(TranscriptTable, TranscriptTable.id == RunTranscriptTable.transcript_id)
        .where(RunTranscriptTable.run_id == run.id)
    )
    for use, row in pairs:
        roles = {speaker: Role(role) for speaker, role in use.corrected.items()}
        try:
            transcript = transcripts.with_roles(transcripts.read_parsed(row.parsed), roles)
        except (ValueError, KeyError, TypeError):
            continue  # said of the transcript already
        if transcript.sha256 != use.sha256:
            faults.append(f"{run.id}: transcript {row.id} is not what the run read")
        read[row.id] = transcript
    return read


def _check_decisions(session: Session, run: RunTable, faults: list[str]) -> int:
    query = select(DecisionTable.number).where(DecisionTable.run_id == run.id).order_by(DecisionTable.number)
    numbers = list(session.scalars(query))
    if numbers != list(range(1, len(numbers) + 1)):
        faults.append(f"{run.id}: a decision is missing")
    return len(numbers)
