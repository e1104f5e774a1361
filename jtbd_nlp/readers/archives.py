"""Zip files: archives of transcripts, unpacked with limits, and packages (docx, odt, xlsx) checked before a library
opens them.

Part of hop 1. Nothing is written to disk, so a member called `../../etc/passwd` is only an odd name. Every limit is on
what the zip's directory says, which Python's zipfile enforces while it reads.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError

MAX_MEMBERS: Final = 5_000
MAX_MEMBER_BYTES: Final = 200 * 2**20
MAX_TOTAL_BYTES: Final = 500 * 2**20
# Text shrinks to a fifth, a hundredfold repeated line to a hundredth; bombs to a thousandth.
MAX_RATIO: Final = 200
# Below this, any ratio is harmless: an empty table of a spreadsheet shrinks a lot.
RATIO_COUNTS_FROM_BYTES: Final = 10 * 2**20

_PACKAGE_MARKS: Final = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
    "project.qde": "qdpx",
}
_ODF_KINDS: Final = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.text-template": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_ZIP_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
)
_PACKAGE_SUFFIXES: Final = (".docx", ".xlsx", ".odt", ".pptx", ".qdpx")
_LONGEST_MIMETYPE: Final = 200
_ENTITY: Final = re.compile(rb"<!(?:ENTITY|DOCTYPE[^>\[]*\[)", re.IGNORECASE)


def recognises(content: bytes, *, name: str) -> bool:
    """Tell whether this is a zip of files rather than one file that happens to be packed as a zip."""
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")) or name.lower().endswith(_PACKAGE_SUFFIXES):
        return False
    return package_kind(content) is None


def unpack(content: bytes, *, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive as (path inside it, bytes), in sorted order; zips inside it are unpacked once.

    Folders, dot files and the `__MACOSX` shadows are left out. Paths use `/` and never lead out of the archive.
    Members that cannot be read do not keep the others from being yielded: they are told about at the end.

    Raises:
        MalformedTranscriptError: the archive is damaged or cut off, holds no file, or members are encrypted or damaged.
        TooLargeError: it holds too many files, or a member unpacks to more than the limits; names the member.
    """
    del name
    n_yielded = 0
    faults: list[str] = []
    for path, member in _files(content, "", faults):
        inner = _files(member, f"{path}/", faults) if recognises(member, name=path) else [(path, member)]
        for inner_path, inner_member in inner:
            n_yielded += 1
            yield inner_path, inner_member
    if faults:
        raise MalformedTranscriptError("; ".join(faults))
    if not n_yielded:
        raise MalformedTranscriptError("the archive holds no file")


def package_kind(content: bytes) -> str | None:
    """Tell what file is packed in this zip: docx, xlsx, pptx, qdpx, odt, ods or odp; None where it is no such package.

    A damaged zip is none either.
    """
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = frozenset(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < _LONGEST_MIMETYPE:
                return _ODF_KINDS.get(archive.read("mimetype").strip())
    except _ZIP_FAULTS:
        return None
    return next((kind for mark, kind in _PACKAGE_MARKS.items() if mark in names), None)


@contextmanager
def open_package(content: bytes) -> Iterator[zipfile.ZipFile]:
    """Open a docx, odt or xlsx whose members keep to the limits and whose XML defines no entities.

    Raises:
        MalformedTranscriptError: it is damaged, cut off, encrypted, or its XML defines entities ("XML bomb").
        TooLargeError: a member unpacks to more than the limits.
    """
    with _opened(content, "") as archive:
        for info in archive.infolist():
            if info.filename.lower().endswith((".xml", ".rels")) and _defines_entities(_read(archive, info, "")):
                raise MalformedTranscriptError(f"{info.filename}: the XML defines entities, which no such file needs")
        yield archive


def read_member(archive: zipfile.ZipFile, path: str) -> bytes:
    """Read one member of an opened package.

    Raises:
        MalformedTranscriptError: there is none of this path, or it is damaged.
    """
    try:
        info = archive.getinfo(path)
    except KeyError as error:
        raise MalformedTranscriptError(f"{path} is missing from the package") from error
    return _read(archive, info, "")


def _files(content: bytes, folder: str, faults: list[str]) -> Iterator[tuple[str, bytes]]:
    try:
        with _opened(content, folder) as archive:
            for path, info in _wanted(archive):
                try:
                    yield folder + path, _read(archive, info, folder)
                except MalformedTranscriptError as error:
                    faults.append(str(error))
    except MalformedTranscriptError as error:
        if not folder:
            raise
        faults.append(str(error))


def _wanted(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """Files in the order of their paths, without those that systems put beside them."""
    paths = [(_harmless(info.filename), info) for info in archive.infolist() if not info.filename.endswith("/")]
    paths.sort(key=lambda pair: (pair[0], pair[1].header_offset))
    return [
        (path, info)
        for path, info in paths
        if path and not any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))
    ]


def _harmless(path: str) -> str:
    parts = path.replace("\\", "/").replace("\x00", "").split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not part.endswith(":"))


@contextmanager
def _opened(content: bytes, folder: str) -> Iterator[zipfile.ZipFile]:
    place = f"{folder}: " if folder else ""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _ZIP_FAULTS as error:
        raise MalformedTranscriptError(f"{place}the zip is damaged or cut off") from error
    with archive:
        _check_sizes(archive.infolist(), folder)
        yield archive


def _check_sizes(members: list[zipfile.ZipInfo], folder: str) -> None:
    if len(members) > MAX_MEMBERS:
        raise TooLargeError(f"{folder}{len(members):,} files in one archive; at most {MAX_MEMBERS:,} are read")
    total = 0
    for info in members:
        total += info.file_size
        place = _place(folder, info)
        if info.file_size > RATIO_COUNTS_FROM_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise TooLargeError(f"{place}: unpacks to {info.file_size:,} bytes from {info.compress_size:,}: a zip bomb")
        if info.file_size > MAX_MEMBER_BYTES:
            raise TooLargeError(f"{place}: unpacks to {info.file_size:,} bytes; at most {MAX_MEMBER_BYTES:,} are read")
        if total > MAX_TOTAL_BYTES:
            raise TooLargeError(f"{place}: the archive unpacks to more than {MAX_TOTAL_BYTES:,} bytes")


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: str) -> bytes:
    if info.flag_bits & 0x1:
        raise MalformedTranscriptError(f"{_place(folder, info)}: is encrypted")
    try:
        return archive.read(info)
    except _ZIP_FAULTS as error:
        raise MalformedTranscriptError(f"{_place(folder, info)}: is damaged or cut off") from error


def _place(folder: str, info: zipfile.ZipInfo) -> str:
    return folder + info.filename[:100]


def _defines_entities(xml: bytes) -> bool:
    """Also in UTF-16, where every second byte is zero."""
    return _ENTITY.search(xml.replace(b"\x00", b"") if b"\x00" in xml[:64] else xml) is not None
