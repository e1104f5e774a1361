"""Hop 1 for Rich Text (.rtf): its text, read as plain text is.

Library: striprtf, small and pure Python; it knows code pages, tables and hidden groups.
"""

from __future__ import annotations

import re
from typing import Final

from striprtf.striprtf import rtf_to_text

from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers.drafts import Draft
from jtbd_nlp.readers.paragraphs import Paragraph, draft_of_paragraphs

_HEAD: Final = re.compile(rb"\s*\{\s*\\rtf", re.DOTALL)


def recognises(content: bytes, *, name: str) -> bool:
    """Tell whether this begins as Rich Text does; the name does not count."""
    del name
    return _HEAD.match(content.removeprefix(b"\xef\xbb\xbf")) is not None


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read one interview.

    Raises:
        MalformedTranscriptError: cut off, damaged, or without words.
    """
    # Rich Text is 7-bit; what lies beyond is from programs that did not escape it, on Windows.
    text = content.removeprefix(b"\xef\xbb\xbf").decode("cp1252", "replace")
    if not text.rstrip("\x00 \r\n\t").endswith("}"):
        raise MalformedTranscriptError("the Rich Text is cut off: its last group is never closed")
    try:
        plain = str(rtf_to_text(text, errors="replace"))  # type: ignore[no-untyped-call]  # striprtf has no types
    except Exception as error:
        # striprtf documents no errors: a broken control word shows as ValueError, LookupError, AttributeError, ...
        raise MalformedTranscriptError(f"the Rich Text is damaged ({type(error).__name__})") from error
    paragraphs = [Paragraph(_bare(line)) for line in plain.split("\n")]
    return [draft_of_paragraphs(paragraphs, name=name, format="rtf")]


def _bare(line: str) -> str:
    """striprtf writes a bar after each cell of a table; what is left of the line has no surrogates or NULs."""
    cells = line.rstrip().removesuffix("|").split("|") if line.rstrip().endswith("|") else [line]
    joined = "\t".join(cell.strip() for cell in cells) if len(cells) > 1 else cells[0]
    return joined.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
