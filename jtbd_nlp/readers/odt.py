"""Hop 1 for OpenDocument text (.odt), as LibreOffice and Google Docs write it.

Library: defusedxml on the package's content.xml. odfpy and odfdo both build a whole object model with a parser that
follows entities, for what are a dozen elements here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import archives
from jtbd_nlp.readers.blocks import Block, drafts_of_blocks
from jtbd_nlp.readers.drafts import Draft
from jtbd_nlp.readers.paragraphs import Paragraph

_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_ODF_MAGIC: Final = b"application/vnd.oasis.opendocument.text"
# What was deleted, remarked, footnoted or generated is not the talk.
_SKIPPED: Final = frozenset(
    {
        f"{_TEXT}tracked-changes",
        f"{_TEXT}note",
        f"{_TEXT}table-of-content",
        f"{_TEXT}sequence-decls",
        f"{_OFFICE}annotation",
        f"{_OFFICE}forms",
    }
)
_MOST_SPACES: Final = 1000


def recognises(content: bytes, *, name: str) -> bool:
    """Tell whether this is an OpenDocument text."""
    return archives.package_kind(content) == "odt" or (
        content.startswith(b"PK") and (name.lower().endswith(".odt") or _ODF_MAGIC in content[:120])
    )


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read one interview: from its tables where they hold turns, else from its paragraphs.

    Raises:
        MalformedTranscriptError: damaged, cut off, encrypted, an XML bomb, or without words.
        TooLargeError: a zip bomb.
    """
    with archives.open_package(content) as package:
        if "META-INF/manifest.xml" in package.namelist():
            manifest = archives.read_member(package, "META-INF/manifest.xml")
            if b"encryption-data" in manifest:
                raise MalformedTranscriptError("the file is encrypted: save it again without a password")
        xml = archives.read_member(package, "content.xml")
    try:
        root = ElementTree.fromstring(xml, forbid_dtd=True)
    except Exception as error:
        # The parser and defusedxml share no base class of errors (ParseError, EntitiesForbidden, LookupError).
        raise MalformedTranscriptError(f"content.xml: {_fault(error)}") from error
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise MalformedTranscriptError("content.xml holds no text")
    return drafts_of_blocks(list(_blocks(body, _marked_styles(root))), name=name, format="odt")


def _fault(error: Exception) -> str:
    position = getattr(error, "position", None)
    return f"line {position[0]}: is no valid XML" if position else "is no valid XML, or defines entities"


def _marked_styles(root: Element) -> frozenset[str]:
    """Names of the automatic styles that are bold or italic."""
    marked = set()
    for style in root.iter(f"{_STYLE}style"):
        for look in style.iter(f"{_STYLE}text-properties"):
            if look.get(f"{_FO}font-weight") == "bold" or look.get(f"{_FO}font-style") == "italic":
                marked.add(style.get(f"{_STYLE}name", ""))
    return frozenset(marked)


def _blocks(element: Element, marked: frozenset[str]) -> Iterator[Block]:
    for child in element:
        if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            yield _paragraph(child, marked)
        elif child.tag == f"{_TABLE}table":
            yield [_cells(row) for row in child.iter(f"{_TABLE}table-row")]
        elif child.tag not in _SKIPPED:
            yield from _blocks(child, marked)


def _cells(row: Element) -> list[str]:
    return [
        "\n".join("".join(text for text, _ in _pieces(p, frozenset(), False)) for p in cell.iter(f"{_TEXT}p")).strip()
        for cell in row.iter(f"{_TABLE}table-cell")
    ]


def _paragraph(element: Element, marked: frozenset[str]) -> Paragraph:
    is_marked = element.get(f"{_TEXT}style-name", "") in marked
    text, n_marked, is_open = "", 0, True
    for piece, is_piece_marked in _pieces(element, marked, is_marked):
        is_open = is_open and (is_piece_marked or not piece.strip())
        text += piece
        n_marked = len(text) if is_open and text.strip() else n_marked
    return Paragraph(text, n_marked, is_heading=element.tag == f"{_TEXT}h")


def _pieces(element: Element, marked: frozenset[str], is_marked: bool) -> Iterator[tuple[str, bool]]:
    """The text below an element, piece by piece, and whether each is bold or italic."""
    yield _collapsed(element.text), is_marked
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            yield " " * min(int(count) if count.isdigit() else 1, _MOST_SPACES), is_marked
        elif child.tag == f"{_TEXT}tab":
            yield "\t", is_marked
        elif child.tag == f"{_TEXT}line-break":
            yield "\n", is_marked
        elif child.tag not in _SKIPPED:
            yield from _pieces(child, marked, is_marked or child.get(f"{_TEXT}style-name", "") in marked)
        yield _collapsed(child.tail), is_marked


def _collapsed(text: str | None) -> str:
    """OpenDocument counts a run of white space as one space."""
    if not text:
        return ""
    middle = " ".join(text.split())
    return f"{' ' if text[0].isspace() else ''}{middle}{' ' if middle and text[-1].isspace() else ''}"
