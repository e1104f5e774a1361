"""Hop 1 for saved web pages: the talk on the page, without scripts, styles, menus and forms.

Library: Beautiful Soup on lxml. Python's own html.parser takes a time that grows with the square of a broken page.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from typing import Final

import bs4
from bs4.element import NavigableString, PreformattedString

from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import encoding
from jtbd_nlp.readers.blocks import Block, drafts_of_blocks
from jtbd_nlp.readers.drafts import Draft
from jtbd_nlp.readers.paragraphs import Paragraph

_SKIPPED: Final = frozenset(
    {
        *(
            "script",
            "style",
            "template",
            "noscript",
            "head",
            "nav",
            "footer",
            "form",
            "button",
            "select",
            "svg",
            "math",
        ),
        *("iframe", "object", "audio", "video", "canvas", "aside", "textarea", "dialog"),
    }
)
_BLOCKS: Final = frozenset(
    {
        *("p", "div", "section", "article", "main", "header", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre"),
        *("address", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "body", "html", "table", "tbody"),
        *("thead", "tfoot", "tr", "td", "th", "caption", "details", "summary", "hr", "center", "fieldset"),
    }
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MARKS: Final = frozenset({"b", "strong", "i", "em"})
_START: Final = re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_CHARSET: Final = re.compile(rb"<meta[^>]{0,100}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_CLOCK: Final = re.compile(r"[\[(]?\d{1,2}(?::\d{2}){1,2}[\])]?")
_OWN_ENTITIES: Final = re.compile(r"<!doctype[^>\[]*\[", re.IGNORECASE)
_HEAD_CHARS: Final = 4096
_DEEPEST: Final = 200


def recognises(content: bytes, *, name: str) -> bool:
    """Tell whether this is called .html or .htm and begins with a tag, or has the marks of a page at its start."""
    if not encoding.looks_like_text(content):
        return False
    head = content[:_HEAD_CHARS].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    is_called_so = name.lower().endswith((".html", ".htm", ".xhtml"))
    return is_called_so or (head.startswith(b"<") and _START.search(head) is not None)


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read one interview; a `<main>` or `<article>` is taken for the talk where there is just one.

    Raises:
        MalformedTranscriptError: no words beside scripts and menus, tags nested beyond reason, or an XML bomb.
        UndecodableTextError, UnsupportedFormatError: no text in any likely encoding.
    """
    text = _decoded(content)
    if _OWN_ENTITIES.search(text[:_HEAD_CHARS]):
        raise MalformedTranscriptError("the page defines entities of its own, which no saved page needs")
    try:
        # Warnings on what looks like XML or a file name do not concern a reader of words.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            soup = bs4.BeautifulSoup(text.replace("\x00", ""), "lxml")
    except Exception as error:
        # lxml and bs4 share no base class of errors (ParserError, ParserRejectedMarkup, ValueError, ...).
        raise MalformedTranscriptError(f"the page is damaged ({type(error).__name__})") from error
    drafts = drafts_of_blocks(_blocks(_root(soup), name), name=name, format="html")
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    for draft in drafts:
        draft.title = title or draft.title
    return drafts


def _decoded(content: bytes) -> str:
    declared = _CHARSET.search(content[:_HEAD_CHARS])
    if declared:
        try:
            return content.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass  # The page is not what it says it is; it is told by its bytes then.
    return encoding.decode(content)


def _root(soup: bs4.BeautifulSoup) -> bs4.Tag:
    for selector in ("main", "article"):
        found = soup.find_all(selector)
        if len(found) == 1 and len(found[0].get_text().split()) >= 30:
            return found[0]
    return soup


@dataclass(slots=True)
class _Line:
    """The paragraph being put together: its text, how much of its beginning is marked, and in which kind of block."""

    text: list[str] = field(default_factory=list)
    n_chars: int = 0
    n_marked: int = 0
    is_marked_so_far: bool = True
    is_heading: bool = False


class _Page:
    """Walks a page once and gathers its blocks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.blocks: list[Block] = []
        self.line = _Line()

    def walk(self, tag: bs4.Tag, *, is_marked: bool, is_preformatted: bool, depth: int) -> None:
        """Add the text below `tag`, a block's end being a paragraph's end."""
        if depth > _DEEPEST:
            raise MalformedTranscriptError(f"{self.name}: the page's tags are nested deeper than {_DEEPEST}")
        for child in tag.children:
            if isinstance(child, NavigableString):
                if not isinstance(child, PreformattedString):
                    self.add(str(child), is_marked=is_marked, is_preformatted=is_preformatted)
            elif isinstance(child, bs4.Tag) and child.name not in _SKIPPED and not _is_hidden(child):
                self.enter(child, is_marked=is_marked, is_preformatted=is_preformatted, depth=depth)

    def enter(self, tag: bs4.Tag, *, is_marked: bool, is_preformatted: bool, depth: int) -> None:
        """Add one element: a line break, a table, a block or a stretch of a line."""
        if tag.name == "br":
            self.add("\n", is_marked=is_marked, is_preformatted=True)
        elif tag.name == "table" and (rows := _rows(tag)):
            self.close()
            self.blocks.append(rows)
        elif tag.name in _BLOCKS:
            self.close()
            self.line.is_heading = tag.name in _HEADINGS
            self.walk(
                tag,
                is_marked=is_marked or tag.name in ("dt", "th"),
                is_preformatted=is_preformatted or tag.name == "pre",
                depth=depth + 1,
            )
            self.close(is_label=tag.name == "dt")
        else:
            marked = is_marked or tag.name in _MARKS
            self.walk(tag, is_marked=marked, is_preformatted=is_preformatted, depth=depth + 1)

    def add(self, text: str, *, is_marked: bool, is_preformatted: bool) -> None:
        """Add text to the open paragraph."""
        shown = text if is_preformatted else re.sub(r"[ \t\r\n\f]+", " ", text)
        line = self.line
        if line.text and _CLOCK.fullmatch(shown.strip()) and not line.text[-1][-1:].isspace():
            shown = f"  {shown}"  # Pages set a time off from the name before it by style, not by a space.
        line.text.append(shown)
        line.n_chars += len(shown)
        line.is_marked_so_far = line.is_marked_so_far and (is_marked or not shown.strip())
        if line.is_marked_so_far and shown.strip():
            line.n_marked = line.n_chars

    def close(self, *, is_label: bool = False) -> None:
        """End the open paragraph; that of a `<dt>` is a label, whose `<dd>` goes on in the same paragraph."""
        text = "".join(self.line.text)
        leading = len(text) - len(text.lstrip())
        if not text.strip():
            self.line = _Line(is_heading=self.line.is_heading)
            return
        if is_label:
            label = " ".join(text.split()).rstrip(":")
            self.line = _Line(text=[f"{label}: "], n_marked=0, is_marked_so_far=False)
            return
        lines = "\n".join(" ".join(line.split(" ")).strip() for line in text.split("\n"))
        self.blocks.append(Paragraph(lines.strip(), max(0, self.line.n_marked - leading), self.line.is_heading))
        self.line = _Line()


def _blocks(root: bs4.Tag, name: str) -> list[Block]:
    page = _Page(name)
    page.walk(root, is_marked=False, is_preformatted=False, depth=0)
    page.close()
    return page.blocks


def _rows(table: bs4.Tag) -> list[list[str]]:
    """Cells of a table without tables in it; none for one that only lays out the page."""
    if table.find("table") is not None:
        return []
    rows = [[_cell_text(cell) for cell in row.find_all(["td", "th"], recursive=False)] for row in table.find_all("tr")]
    return rows if max(map(len, rows), default=0) > 1 else []


def _cell_text(cell: bs4.Tag) -> str:
    return "\n".join(" ".join(line.split()) for line in cell.get_text("\n").split("\n") if line.strip())


def _is_hidden(tag: bs4.Tag) -> bool:
    style = str(tag.get("style", "")).replace(" ", "").lower()
    return tag.has_attr("hidden") or "display:none" in style
