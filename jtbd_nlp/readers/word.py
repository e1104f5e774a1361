"""Hop 1 for Word files: paragraphs, tables of turns, and what Teams, Meet, Zoom, Otter and Amazon export as .docx.

Library: python-docx, the maintained reader of .docx; the text is taken from its element tree, because its own
paragraphs leave out tracked insertions and content controls.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import docx
from docx.oxml.ns import qn

from jtbd_nlp.errors import MalformedTranscriptError, TranscriptError
from jtbd_nlp.readers import archives
from jtbd_nlp.readers.blocks import Block, drafts_of_blocks
from jtbd_nlp.readers.drafts import Draft
from jtbd_nlp.readers.paragraphs import Paragraph

# python-docx has no types for lxml's elements.
Element = Any

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_RUN, _TEXT, _TAB, _BREAK, _CR = qn("w:r"), qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")
_HYPHEN, _VAL = qn("w:noBreakHyphen"), qn("w:val")
# Deleted text, a text box's second copy for old programs, drawings, notes: not the talk.
_SKIPPED: Final = frozenset(
    {qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:drawing"), qn("w:pict"), qn("w:object")}
)
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def recognises(content: bytes, *, name: str) -> bool:
    """Tell whether this is a .docx; what is called .docx or .doc but is of the old or encrypted kind counts too."""
    if content.startswith(_OLE):
        return name.lower().endswith((".docx", ".doc"))
    return archives.package_kind(content) == "docx" or (content.startswith(b"PK") and name.lower().endswith(".docx"))


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read one interview: from its tables where they hold turns, else from its paragraphs.

    Raises:
        MalformedTranscriptError: damaged, cut off, encrypted, an XML bomb, or without words.
        TooLargeError: a zip bomb.
    """
    if content.startswith(_OLE):
        raise MalformedTranscriptError("the file is encrypted, or older than Word 2007")
    with archives.open_package(content):
        pass
    return drafts_of_blocks(_blocks(content, name), name=name, format="docx")


def _blocks(content: bytes, name: str) -> list[Block]:
    try:
        return list(_blocks_below(docx.Document(io.BytesIO(content)).element.body))
    except TranscriptError:
        raise
    except Exception as error:
        # python-docx documents no set of errors: a damaged file shows as KeyError, XMLSyntaxError, ValueError, ...
        raise MalformedTranscriptError(f"the Word file is damaged ({type(error).__name__})") from error


def _blocks_below(element: Element) -> Iterator[Block]:
    for child in element.iterchildren():
        if child.tag == _P:
            yield _paragraph(child)
        elif child.tag == _TBL:
            yield [_cells(row) for row in child.iter(_TR)]
        elif child.tag not in _SKIPPED and child.tag != _FALLBACK:
            yield from _blocks_below(child)


def _cells(row: Element) -> list[str]:
    return ["\n".join(_paragraph(p).text for p in cell.iter(_P)).strip() for cell in row.iter(_TC)]


def _paragraph(element: Element) -> Paragraph:
    style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    is_heading = style is not None and str(style.get(_VAL, "")).lower().startswith(("heading", "title"))
    text, n_marked, is_open = "", 0, True
    for run in _runs(element):
        said = "".join(_pieces(run))
        is_open = is_open and (_is_marked(run) or not said.strip())
        text += said
        n_marked = len(text) if is_open and text.strip() else n_marked
    return Paragraph(text, n_marked, is_heading)


def _runs(element: Element) -> Iterator[Element]:
    for child in element.iterchildren():
        if child.tag == _RUN:
            yield child
        elif child.tag not in _SKIPPED and child.tag != _FALLBACK:
            yield from _runs(child)


def _pieces(run: Element) -> Iterator[str]:
    for child in run.iterchildren():
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag == _TAB:
            yield "\t"
        elif child.tag in (_BREAK, _CR):
            yield "\n"
        elif child.tag == _HYPHEN:
            yield "-"


def _is_marked(run: Element) -> bool:
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return False
    marks = [properties.find(qn(tag)) for tag in ("w:b", "w:i")]
    return any(mark is not None and mark.get(_VAL, "1") not in ("0", "false", "off") for mark in marks)
