"""Hop 1 for PDF: lines put back into paragraphs, without running heads, page numbers and hyphens of line ends.

Library: pdfminer.six, pure Python and MIT-licensed, which gives lines with their places on the page.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTContainer, LTTextLine
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException

from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError
from jtbd_nlp.readers.drafts import Draft
from jtbd_nlp.readers.labels import read_mark
from jtbd_nlp.readers.paragraphs import Paragraph, draft_of_paragraphs

MAX_PAGES: Final = 2_000
_PAGE_NUMBER: Final = re.compile(
    r"(?:page|p\.|seite|side|-|–)?\s*\d{1,4}\s*(?:(?:of|/|von|-|–)\s*\d{0,4})?", re.IGNORECASE
)
_SENTENCE_END: Final = re.compile(r"[.!?…:]['\"”’)\]]*$")
# Running heads stand among the first and last lines of a page.
_N_EDGE_LINES: Final = 3
_WIDE_GAP: Final = 1.45
_SHORT_LINE: Final = 0.75
_CID: Final = re.compile(r"\(cid:\d+\)")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: its text, and its place on the page in points; `top` counts from the foot of the page."""

    text: str
    left: float
    right: float
    top: float
    height: float


def recognises(content: bytes, *, name: str) -> bool:
    """Tell whether this is a PDF, also with some bytes before its head; the name does not count."""
    del name
    return b"%PDF-" in content[:1024]


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read one interview.

    Raises:
        MalformedTranscriptError: encrypted, damaged, or without text (scanned pages).
        TooLargeError: more than `MAX_PAGES` pages.
    """
    pages = _pages(content)
    if not any(pages):
        raise MalformedTranscriptError(
            f"the PDF has no text on its {len(pages)} pages: they are scanned images, or empty"
        )
    if _is_unreadable(pages):
        raise MalformedTranscriptError("the PDF's fonts do not say which letters they show: its text cannot be read")
    paragraphs = [Paragraph(text) for text in _paragraphs(_without_running_heads(pages))]
    return [draft_of_paragraphs(paragraphs, name=name, format="pdf")]


def _pages(content: bytes) -> list[list[_Line]]:
    # pdfminer tells oddities of a file to the log, which is no place for what stands in interviews.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    pages: list[list[_Line]] = []
    try:
        for page in extract_pages(io.BytesIO(content), laparams=LAParams(boxes_flow=None)):
            if len(pages) == MAX_PAGES:
                raise TooLargeError(f"page {MAX_PAGES + 1}: at most {MAX_PAGES:,} pages are read")
            pages.append(_in_reading_order(_lines(page)))
    except TooLargeError:
        raise
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise MalformedTranscriptError("the PDF is encrypted: save it again without a password") from error
    except (PDFException, PSException) as error:
        raise MalformedTranscriptError(f"page {len(pages) + 1}: the PDF is damaged or cut off") from error
    except Exception as error:
        # Beside its own errors pdfminer lets through what a damaged file makes of it: TypeError, KeyError, ...
        fault = f"the PDF is damaged or cut off ({type(error).__name__})"
        raise MalformedTranscriptError(f"page {len(pages) + 1}: {fault}") from error
    if not pages:
        raise MalformedTranscriptError("the PDF is damaged or cut off: it has no page")
    return pages


def _lines(layout: Iterable[object]) -> Iterator[_Line]:
    for element in layout:
        if isinstance(element, LTTextLine):
            text = " ".join(element.get_text().replace("\x00", "").split())
            if text:
                yield _Line(text, element.x0, element.x1, element.y1, element.height)
        elif isinstance(element, LTContainer):
            yield from _lines(element)


def _in_reading_order(lines: Iterable[_Line]) -> list[_Line]:
    """From the top down; pieces at one height, such as a time and what was said then, become one line."""
    ordered = sorted(lines, key=lambda line: (-line.top, line.left))
    rows: list[list[_Line]] = []
    for line in ordered:
        if rows and abs(rows[-1][0].top - line.top) < 0.5 * min(rows[-1][0].height, line.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_one_line(row) for row in rows]


def _one_line(row: list[_Line]) -> _Line:
    pieces = sorted(row, key=lambda line: line.left)
    text = pieces[0].text
    for before, piece in pairwise(pieces):
        # Two spaces keep the gap that tells "Name  0:04" from talk.
        text += ("  " if piece.left - before.right > piece.height else " ") + piece.text
    return _Line(text, pieces[0].left, max(p.right for p in pieces), row[0].top, max(p.height for p in pieces))


def _is_unreadable(pages: Sequence[Sequence[_Line]]) -> bool:
    text = "".join(line.text for page in pages for line in page)
    return sum(map(len, _CID.findall(text))) > len(text) / 2


def _without_running_heads(pages: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    """Leave out lines at the edges of a page that return on most pages with nothing but another number."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_shape(line) for line in _edge(page)})
    often = max(2, (len(pages) + 1) // 2)
    kept = []
    for page in pages:
        edge = {id(line) for line in _edge(page)}
        outermost = {id(line) for line in (page[:1] + page[-1:])}  # type: ignore[operator]
        kept.append(
            [
                line
                for line in page
                if not (id(line) in edge and seen[_shape(line)] >= often and len(pages) > 1)
                and not (id(line) in outermost and _PAGE_NUMBER.fullmatch(line.text))
            ]
        )
    return kept


def _edge(page: Sequence[_Line]) -> list[_Line]:
    if len(page) <= 2 * _N_EDGE_LINES:
        return [*page[:1], *page[-1:]]
    return [*page[:_N_EDGE_LINES], *page[-_N_EDGE_LINES:]]


def _shape(line: _Line) -> str:
    return re.sub(r"\d+", "#", line.text).casefold()


def _paragraphs(pages: Sequence[Sequence[_Line]]) -> list[str]:
    lines = [line for page in pages for line in page]
    if not lines:
        raise MalformedTranscriptError("the PDF has no text but page numbers")
    gaps = [a.top - b.top for page in pages for a, b in pairwise(page) if a.top > b.top]
    pitch = median(gaps) if gaps else 0.0
    width = max(line.right for line in lines) - min(line.left for line in lines)
    words = Counter(word.strip(".,;:!?\"'()").casefold() for line in lines for word in line.text.split())
    paragraphs: list[list[_Line]] = []
    for page in pages:
        for i, line in enumerate(page):
            before = page[i - 1] if i else None
            if not paragraphs or _begins(line, before, paragraphs[-1][-1], pitch=pitch, width=width):
                paragraphs.append([line])
            else:
                paragraphs[-1].append(line)
    return [_joined([line.text for line in paragraph], words) for paragraph in paragraphs]


def _begins(line: _Line, above: _Line | None, last: _Line, *, pitch: float, width: float) -> bool:
    """Tell whether `line` begins a paragraph; `above` is None at the top of a page, `last` is the line read before."""
    mark = read_mark(line.text)
    if mark is not None and mark.form != "alone" and (mark.label or "")[:1].isupper():
        return True
    if mark is not None and mark.form in ("time", "timed"):
        return True
    if above is None:
        return _SENTENCE_END.search(last.text) is not None or not line.text[:1].islower()
    if pitch and above.top - line.top > _WIDE_GAP * pitch:
        return True
    header = read_mark(above.text)
    if header is not None and header.form in ("timed", "time") and not header.rest:
        return False
    is_short = above.right - above.left < _SHORT_LINE * width
    return is_short and _SENTENCE_END.search(above.text) is not None


def _joined(lines: Sequence[str], words: Counter[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        mark = read_mark(text) if "\n" not in text else None
        if mark is not None and mark.form == "timed" and not mark.rest:
            text = f"{text}\n{line}"
        else:
            text = _mended(text, line, words)
    return text


def _mended(text: str, line: str, words: Counter[str]) -> str:
    """Join two lines; a hyphen at the end goes unless the compound is written with it elsewhere in the file."""
    cut = re.search(r"([^\W\d_]+)[-\u00ad\u2010]$", text)
    rest = re.match(r"[^\W\d_]+", line)
    if cut is None or rest is None or not rest[0][0].islower():
        return f"{text} {line}"
    compound, whole = f"{cut[1]}-{rest[0]}".casefold(), f"{cut[1]}{rest[0]}".casefold()
    if words[compound] > words[whole]:
        return text + line
    return text[:-1] + line
