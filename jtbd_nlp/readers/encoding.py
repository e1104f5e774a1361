"""Hop 1, first half: bytes to text. Knows encodings and the marks of binary files, nothing of interviews.

Library: charset-normalizer, for the encodings that are neither UTF-8, UTF-16 nor Windows-1252 (the ones recorders and
word processors write); it is maintained, pure Python, and gives the same answer for the same bytes.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes

from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError, UndecodableTextError, UnsupportedFormatError

MAX_LINE_CHARS: Final = 1_000_000

_MAGIC: Final = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Office file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"ID3\x02", "an MP3 recording"),
    (b"ID3\x03", "an MP3 recording"),
    (b"ID3\x04", "an MP3 recording"),
    (b"\xff\xfb", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM recording"),
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Characters that Windows-1252 has for the West European languages. Its others ("³", "¼", "Ð" between letters) are what
# Polish, Czech or Turkish text looks like when it is read as Windows-1252.
_WESTERN: Final = frozenset(
    "€‚„…†‘’“”•–—™šŠžŽœŒŸ¡£§©«»®°±´·¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿ\xa0\xad"
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(content: bytes, *, name: str = "") -> str:
    """Decode the bytes of a text file; line ends become "\\n", the text is otherwise untouched (no normalisation).

    UTF-8 and UTF-16 with or without a byte order mark, UTF-32 with one, Windows-1252, and what charset-normalizer
    recognises.

    Args:
        name: not used; what every reader is given, so that calls look alike.

    Raises:
        MalformedTranscriptError: there is nothing, or nothing but white space.
        UnsupportedFormatError: the bytes are of a binary format, or hold control characters no text has.
        UndecodableTextError: the bytes are text in no likely encoding, or broken UTF-8.
    """
    del name
    if not content.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise MalformedTranscriptError("the file is empty")
    kind = binary_kind(content)
    if kind:
        raise UnsupportedFormatError(f"this is {kind}, which is not read as text")
    text = _decoded(content)
    if len(_CONTROLS.findall(text)) > len(text) // 500:
        raise UnsupportedFormatError("the file is binary, not text")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise MalformedTranscriptError("the file is empty")
    return text


def looks_like_text(content: bytes) -> bool:
    """Whether `decode` would probably succeed, judged from the first bytes alone."""
    head = content[:4096]
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return True
    return binary_kind(content) is None and (b"\x00" not in head or _utf16_without_mark(head) is not None)


def check_line_lengths(text: str) -> None:
    """Refuse a text with a line no interview has, before any pattern is matched against it.

    Raises:
        TooLargeError: a line is longer than `MAX_LINE_CHARS`.
    """
    start = 0
    line = 1
    while len(text) - start > MAX_LINE_CHARS:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end - start > MAX_LINE_CHARS:
            raise TooLargeError(f"line {line} has {end - start:,} characters; at most {MAX_LINE_CHARS:,} are read")
        start = end + 1
        line += 1


def binary_kind(content: bytes) -> str | None:
    """Name the binary format that the first bytes give away ("a PNG image"), or None."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[4:8] == b"ftyp":
        return "an MP4 recording"
    if content[:4] == b"RIFF" and content[8:12] in (b"WAVE", b"AVI ", b"WEBP"):
        return "a recording or image"
    return None


def _decoded(content: bytes) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _strictly(content[len(bom) :], encoding)
    encoding_without_mark = _utf16_without_mark(content[:4096])
    if encoding_without_mark:
        return _strictly(content, encoding_without_mark)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_broken_utf8(content):
            raise _undecodable(content, "utf-8", error) from error
    return _one_byte_text(content)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(content, encoding, error) from error


def _undecodable(content: bytes, encoding: str, error: UnicodeDecodeError) -> UndecodableTextError:
    line = content[: error.start].decode(encoding, errors="ignore").count("\n") + 1
    fault = (
        "is cut off inside a character" if error.end >= len(content) else f"has the byte 0x{content[error.start]:02x}"
    )
    return UndecodableTextError(f"line {line}: the text begins as {encoding.upper()} but {fault}")


def _utf16_without_mark(head: bytes) -> str | None:
    even, odd = head[0::2], head[1::2]
    if len(odd) < 4:
        return None
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def _is_broken_utf8(content: bytes) -> bool:
    """More than half of the bytes beyond ASCII are parts of well-formed UTF-8 characters."""
    n_beyond = sum(byte >= 0x80 for byte in content[:200_000])
    good = content[:200_000].decode("utf-8", errors="ignore")
    n_good = sum(len(char.encode("utf-8")) for char in good if char >= "\x80")
    return n_good > n_beyond / 2


def _one_byte_text(content: bytes) -> str:
    try:
        western = content.decode("cp1252")
    except UnicodeDecodeError:
        western = ""
    beyond = [char for char in western if char >= "\x80"]
    if western and len(beyond) < 0.15 * len(western) and all(char in _WESTERN for char in beyond):
        return western
    if b"\x00" in content:
        raise UnsupportedFormatError("the file is binary, not text")
    best = from_bytes(content).best()
    if best is None:
        raise UndecodableTextError("the text is in no encoding that could be recognised")
    return str(best)
