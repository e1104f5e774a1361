"""Hop 1 for whole folders: which files are transcripts, what became of each, and ids that are distinct in the study.

One file that cannot be read does not stop the others. Knows no format.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Final

from jtbd_nlp.domain import Kind, Transcript
from jtbd_nlp.errors import JtbdError, TooLargeError, TranscriptError, UnsupportedFormatError
from jtbd_nlp.readers import SUFFIXES, archives, read_bytes, with_distinct_ids

MAX_FILE_BYTES: Final = 256 * 2**20
_NO_TRANSCRIPTS: Final = ("README", "INDEX", "LICENSE", "LICENCE", "CARD")
_STUDY_FILE: Final = re.compile(r"study\.json|jobmap(?:\..+)?\.tsv", re.IGNORECASE)
# Containers of anything: one that holds no interview is no failure of a folder (a study's settings, a price list).
_OFTEN_SOMETHING_ELSE: Final = frozenset({".json", ".csv", ".tsv", ".xlsx", ".html", ".htm"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not tried, and why; `place` is its path, or archive/member."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was tried in vain."""

    place: str
    error: JtbdError


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything that was found: transcripts by id, skipped files and failures by place."""

    transcripts: tuple[Transcript, ...]
    skipped: tuple[Skipped, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was read, or a member of a zip: its bytes as they were, and the transcripts in it in their order.

    Their ids are distinct within the file only: `readers.with_distinct_ids` makes them so in a study.
    """

    place: str
    content: bytes
    transcripts: tuple[Transcript, ...]


@dataclass(frozen=True, slots=True)
class FileIntake:
    """Every file that was found, sorted by place: those that were read, skipped files and failures."""

    files: tuple[FileRead, ...]
    skipped: tuple[Skipped, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A file to read; `is_named` if the user named it, so that not being a transcript is a failure."""

    path: Path
    is_named: bool


def read_paths(
    paths: Sequence[Path], *, kind: Kind | None = None, on_progress: Callable[[str], None] | None = None
) -> Intake:
    """Read files, folders (recursively) and zips.

    Dot files, README*, INDEX*, LICENSE*, CARD*, a study's own files and files of other kinds are skipped and listed.
    A file that is named itself is always tried. The order of `paths` does not matter, nor does naming a file twice.

    Args:
        kind: what transcripts are whose files do not say.
        on_progress: called with the place of each file before it is read.

    Returns:
        Transcripts sorted by id, ids distinct; a missing path, an empty folder and an unreadable file are failures.
    """
    intake = read_files(paths, kind=kind, on_progress=on_progress)
    return Intake(
        transcripts=_in_order([(file.place, t) for file in intake.files for t in file.transcripts]),
        skipped=intake.skipped,
        failures=intake.failures,
    )


def read_files(
    paths: Sequence[Path], *, kind: Kind | None = None, on_progress: Callable[[str], None] | None = None
) -> FileIntake:
    """Do what `read_paths` does, but keep apart which transcripts came from which bytes; nothing is renamed."""
    files: list[FileRead] = []
    skipped: list[Skipped] = []
    failures: list[Failure] = []
    for found in _files(paths, skipped, failures):
        place = found.path.as_posix()
        if on_progress:
            on_progress(place)
        try:
            content = _content(found.path)
        except TranscriptError as error:
            failures.append(Failure(place, error))
            continue
        _read_into(files, skipped, failures, place, content, found=found, kind=kind)
    _note_empty_folders(paths, files, failures)
    return FileIntake(
        files=tuple(sorted(files, key=lambda f: f.place)),
        skipped=tuple(sorted(skipped, key=lambda s: (s.place, s.reason))),
        failures=tuple(sorted(failures, key=lambda f: (f.place, str(f.error)))),
    )


def read_contents(contents: Iterable[tuple[str, bytes]], *, kind: Kind | None = None) -> FileIntake:
    """Do what `read_files` does with files that were handed over: (place, bytes), one at a time.

    Each counts as named itself, and is always tried; members of a zip are skipped as they are in a folder.
    """
    files: list[FileRead] = []
    skipped: list[Skipped] = []
    failures: list[Failure] = []
    for place, content in contents:
        if len(content) > MAX_FILE_BYTES:
            fault = f"the file has {len(content):,} bytes; at most {MAX_FILE_BYTES:,} are read"
            failures.append(Failure(place, TooLargeError(fault)))
            continue
        found = _Found(Path(place), is_named=True)
        _read_into(files, skipped, failures, place, content, found=found, kind=kind)
    return FileIntake(
        files=tuple(sorted(files, key=lambda f: f.place)),
        skipped=tuple(sorted(skipped, key=lambda s: (s.place, s.reason))),
        failures=tuple(sorted(failures, key=lambda f: (f.place, str(f.error)))),
    )


def _read_into(
    files: list[FileRead],
    skipped: list[Skipped],
    failures: list[Failure],
    place: str,
    content: bytes,
    *,
    found: _Found,
    kind: Kind | None,
) -> None:
    """Read one file, or the members of a zip one by one, so that a broken member leaves the others."""
    try:
        if not archives.recognises(content, name=place):
            files.append(FileRead(place, content, read_bytes(content, name=found.path.name, kind=kind)))
            return
        for member, inner in archives.unpack(content, name=place):
            _read_member(files, skipped, failures, place, member, inner, kind=kind)
    except TranscriptError as error:
        if _is_something_else(found.path, error) and not found.is_named:
            skipped.append(Skipped(place, str(error)))
        else:
            failures.append(Failure(place, error))


def _read_member(
    files: list[FileRead],
    skipped: list[Skipped],
    failures: list[Failure],
    archive: str,
    member: str,
    content: bytes,
    *,
    kind: Kind | None,
) -> None:
    place = f"{archive}/{member}"
    reason = _reason_to_skip(PurePath(member))
    if reason is None and archives.recognises(content, name=member):
        reason = "a zip inside a zip"
    if reason:
        skipped.append(Skipped(place, reason))
        return
    try:
        files.append(FileRead(place, content, read_bytes(content, name=PurePath(member).name, kind=kind)))
    except TranscriptError as error:
        if _is_something_else(PurePath(member), error):
            skipped.append(Skipped(place, str(error)))
        else:
            failures.append(Failure(place, error))


def _files(paths: Iterable[Path], skipped: list[Skipped], failures: list[Failure]) -> Iterator[_Found]:
    """The files to read, each once, sorted; named ones even if a folder holds them too."""
    named = {path.resolve(): path for path in sorted(paths, reverse=True) if path.is_file()}
    files = {real: _Found(path, is_named=True) for real, path in named.items()}
    passed_over: dict[Path, Skipped] = {}
    for path in sorted(set(paths)):
        if path.is_dir():
            for inner in _walk(path):
                reason = _reason_to_skip(inner.relative_to(path))
                if reason and inner.resolve() not in files:
                    passed_over.setdefault(inner.resolve(), Skipped(inner.as_posix(), reason))
                elif not reason:
                    files.setdefault(inner.resolve(), _Found(inner, is_named=False))
        elif not path.is_file():
            fault = "this is no file and no folder" if path.exists() else "there is no such file or folder"
            failures.append(Failure(path.as_posix(), TranscriptError(fault)))
    skipped += [s for real, s in passed_over.items() if real not in files]
    yield from sorted(files.values(), key=lambda found: found.path.as_posix())


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent) / name for name in sorted(names) if (Path(parent) / name).is_file())


def _reason_to_skip(path: PurePath) -> str | None:
    if any(part.startswith((".", "~$")) or part == "__MACOSX" for part in path.parts):
        return "a hidden or temporary file"
    if path.name.upper().startswith(_NO_TRANSCRIPTS):
        return "a file about the folder, by its name"
    if _STUDY_FILE.fullmatch(path.name):
        return "a file about a study, by its name"
    if path.suffix.lower() not in SUFFIXES:
        return f"files of the kind {path.suffix.lower()!r} are not read" if path.suffix else "a file without an ending"
    return None


def _is_something_else(path: PurePath, error: TranscriptError) -> bool:
    return isinstance(error, UnsupportedFormatError) and path.suffix.lower() in _OFTEN_SOMETHING_ELSE


def _content(path: Path) -> bytes:
    """Read a file whose size was checked first, and no more of it than was checked.

    Raises:
        TooLargeError: it is larger than `MAX_FILE_BYTES`.
        TranscriptError: the system refuses to read it.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise TooLargeError(f"the file has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise TranscriptError(f"the file cannot be opened ({error.strerror or type(error).__name__})") from error
    if len(content) > MAX_FILE_BYTES:
        raise TooLargeError(f"the file has more than {MAX_FILE_BYTES:,} bytes, which is the most that is read")
    return content


def _note_empty_folders(paths: Iterable[Path], files: Sequence[FileRead], failures: list[Failure]) -> None:
    tried = [file.place for file in files] + [f.place for f in failures]
    folders = [path for path in sorted(set(paths)) if path.is_dir()]
    empty = [path for path in folders if not any(PurePath(place).is_relative_to(path) for place in tried)]
    failures += [Failure(path.as_posix(), TranscriptError("the folder holds no transcripts")) for path in empty]


def _in_order(found: Iterable[tuple[str, Transcript]]) -> tuple[Transcript, ...]:
    """Sort by id; where ids are equal by content, so that neither the order nor the place of files decides."""
    by_id = sorted(found, key=lambda pair: (pair[1].id, pair[1].sha256, pair[0]))
    distinct = with_distinct_ids(t for _, t in by_id)
    return tuple(sorted(_with_notes_on_copies(distinct), key=lambda t: t.id))


def _with_notes_on_copies(transcripts: Iterable[Transcript]) -> Iterator[Transcript]:
    first_of: dict[object, str] = {}
    for transcript in transcripts:
        words = tuple((t.speaker, t.text) for t in transcript.turns)
        first = first_of.setdefault(words, transcript.id)
        if first == transcript.id:
            yield transcript
        else:
            note = f"the words are the same as in {first}: the interview may be counted twice"
            yield replace(transcript, warnings=(*transcript.warnings, note))
