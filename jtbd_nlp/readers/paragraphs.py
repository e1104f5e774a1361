"""Paragraphs of a word processor's file or a web page to turns.

Part of hop 1. Containers (`word.py`, `odt.py`, `html.py`, ...) give paragraphs; meeting tools are told by
`meetings.py`, labels by `plain_text.py`, questions in headings or bold by `markdown.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError
from jtbd_nlp.readers import markdown, meetings, plain_text
from jtbd_nlp.readers.drafts import Draft
from jtbd_nlp.readers.encoding import MAX_LINE_CHARS

_MARKDOWN_SIGN: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LONGEST_LEAD: Final = 40


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `text` may hold line breaks and tabs.

    `n_marked` is how many characters at its start are set in bold or italics; `is_heading` where its style says so.
    """

    text: str
    n_marked: int = 0
    is_heading: bool = False

    @property
    def is_marked(self) -> bool:
        """Set off as a whole."""
        return bool(self.text.strip()) and (self.is_heading or self.n_marked >= len(self.text.rstrip()))


def draft_of_paragraphs(paragraphs: Sequence[Paragraph], *, name: str, format: str) -> Draft:  # noqa: A002
    """Make turns of one file's paragraphs; `format` is the container's name ("docx").

    Raises:
        MalformedTranscriptError: there are no words.
        TooLargeError: a paragraph is longer than any line may be.
    """
    filled = [p for p in paragraphs if p.text.strip()]
    if not filled:
        raise MalformedTranscriptError("the file holds no words")
    for number, paragraph in enumerate(filled, start=1):
        if len(paragraph.text) > MAX_LINE_CHARS:
            fault = f"has {len(paragraph.text):,} characters; at most {MAX_LINE_CHARS:,} are read"
            raise TooLargeError(f"paragraph {number} {fault}")
    of_meeting = meetings.draft_of_meeting([p.text for p in filled], format=format)
    if of_meeting is not None:
        return of_meeting
    draft = plain_text.read_labelled(_as_text(filled), format=format)
    if draft is not None and draft.turns:
        draft.format = format
        return draft
    if sum(p.is_marked for p in filled) >= 2:
        draft = markdown.read(_as_markdown(filled).encode("utf-8", "replace"), name=name)[0]
    else:
        draft = plain_text.read_text(_as_text(filled), format=format)
    draft.format = draft.format.replace("markdown", format).replace("plain-text", format)
    return draft


def _as_text(paragraphs: Sequence[Paragraph]) -> str:
    """Blank lines between paragraphs; a marked beginning that recurs without a colon gets one, since it is a label."""
    leads = Counter(lead for p in paragraphs if (lead := _lead(p)))
    recurring = {lead for lead, n in leads.items() if n >= 2} if len(leads) >= 2 else set()
    texts = []
    for p in paragraphs:
        lead = _lead(p)
        rest = p.text[p.n_marked :].lstrip()
        texts.append(f"{lead}: {rest}" if lead in recurring else p.text)
    return "\n\n".join(texts)


def _lead(paragraph: Paragraph) -> str:
    """A short marked beginning of a paragraph that goes on unmarked and has no colon of its own."""
    lead = paragraph.text[: paragraph.n_marked].strip()
    rest = paragraph.text[paragraph.n_marked :].strip()
    if not rest or not lead or len(lead) > _LONGEST_LEAD or lead.endswith((":", ".", "?", "!", ",")):
        return ""
    return "" if rest.startswith((":", "-", "–", ",")) or any(sign in lead for sign in "\n\t:") else lead


def _as_markdown(paragraphs: Sequence[Paragraph]) -> str:
    return "\n\n".join(_markdown_line(p) for p in paragraphs)


def _markdown_line(paragraph: Paragraph) -> str:
    text = _escaped(paragraph.text)
    if not paragraph.is_marked:
        return text
    text = " ".join(text.split())
    return f"## {text}" if paragraph.is_heading else f"**{text}**"


def _escaped(text: str) -> str:
    return "\n".join(_MARKDOWN_SIGN.sub(r"\\\1", line) for line in text.split("\n"))
