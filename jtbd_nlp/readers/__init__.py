"""Hop 1, bytes to Transcript: one module per format, recognised by content and asked in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import Final, Protocol

from jtbd_nlp.domain import Kind, Transcript
from jtbd_nlp.errors import MalformedTranscriptError, UnsupportedFormatError
from jtbd_nlp.readers import (
    archives,
    captions,
    encoding,
    html,
    markdown,
    odt,
    pdf,
    plain_text,
    rtf,
    speech_json,
    tables,
    transcript_json,
    word,
)
from jtbd_nlp.readers.drafts import Draft
from jtbd_nlp.readers.turns import transcript_of

SUFFIXES: Final = frozenset(
    {".txt", ".text", ".md", ".markdown", ".docx", ".odt", ".rtf", ".pdf", ".html", ".htm"}
    | {".vtt", ".srt", ".lrc", ".csv", ".tsv", ".xlsx", ".json", ".zip"}
)


class Reader(Protocol):
    """What every format module offers; see `drafts.py`."""

    def recognises(self, content: bytes, *, name: str) -> bool:
        """Whether the bytes are of this format; cheap, and never raises."""

    def read(self, content: bytes, *, name: str) -> list[Draft]:
        """The interviews in the bytes; raises a TranscriptError and nothing else."""


# First come formats with marks of their own, last those that any text would fit.
READERS: Final[tuple[Reader, ...]] = (
    transcript_json,
    speech_json,
    word,
    odt,
    pdf,
    rtf,
    captions,
    html,
    tables,
    markdown,
    plain_text,
)


def read_bytes(content: bytes, *, name: str, kind: Kind | None = None) -> tuple[Transcript, ...]:
    """Read the interviews in one file: one in most formats, one a row in some tables, one or more a member in a zip.

    Args:
        name: file name, with or without folders; its stem is the id where the file states none.
        kind: what the transcripts are if the file does not say.

    Returns:
        Transcripts with distinct ids, in the file's order. The same bytes and name give equal transcripts.

    Raises:
        TranscriptError: the bytes cannot be read as interviews; the message says where in the file and why.
    """
    if not content:
        raise MalformedTranscriptError("the file is empty")
    if archives.recognises(content, name=name):
        members = archives.unpack(content, name=name)
        return with_distinct_ids(t for member, inner in members for t in read_bytes(inner, name=member, kind=kind))
    drafts = reader_of(content, name=name).read(content, name=name)
    base = PurePath(name).stem or name
    ids = [base if len(drafts) == 1 else f"{base}-{i}" for i in range(1, len(drafts) + 1)]
    source = PurePath(name).name
    transcripts = (transcript_of(d, stem=i, source=source, kind=kind) for d, i in zip(drafts, ids, strict=True))
    return with_distinct_ids(transcripts)


def reader_of(content: bytes, *, name: str) -> Reader:
    """The first format module that recognises the bytes.

    Raises:
        UnsupportedFormatError: none does.
    """
    for reader in READERS:
        if reader.recognises(content, name=name):
            return reader
    binary = encoding.binary_kind(content)
    raise UnsupportedFormatError(f"this is {binary}" if binary else "the content is of no format that is read here")


def with_distinct_ids(transcripts: Iterable[Transcript]) -> tuple[Transcript, ...]:
    """Give transcripts that share an id the endings -2, -3, ... in the order they come; titles that were ids follow."""
    transcripts = tuple(transcripts)
    taken = {t.id for t in transcripts}
    seen: set[str] = set()
    distinct = []
    for transcript in transcripts:
        unique = transcript.id
        number = 2
        while unique in seen or (unique != transcript.id and unique in taken):
            unique = f"{transcript.id}-{number}"
            number += 1
        seen.add(unique)
        title = unique if transcript.title == transcript.id else transcript.title
        distinct.append(transcript if unique == transcript.id else replace(transcript, id=unique, title=title))
    return tuple(distinct)
