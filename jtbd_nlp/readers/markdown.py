"""Hop 1, Markdown: labelled talk with emphasis, questions as headings or in bold, and notes under headings.

The rules are our own rather than a Markdown parser's: transcripts are lines with marks, where a parser would see hard
line breaks, list numbers or code, and would lose the line ends that notes live by.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

import yaml

from jtbd_nlp.domain import Kind, Role
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import plain_text
from jtbd_nlp.readers.drafts import Draft, DraftTurn
from jtbd_nlp.readers.encoding import check_line_lengths, decode, looks_like_text
from jtbd_nlp.readers.notes import looks_like_notes

INTERVIEWER: Final = "Interviewer"
PARTICIPANT: Final = "Participant"
HEADING: Final = "Heading"

_FRONT_MATTER: Final = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_REFERENCE: Final = re.compile(r"^ {0,3}\[[^\]\n]+\]:\s*\S+(?:\s+[\"'(].*)?$")
_RULE: Final = re.compile(r"^\s{0,3}(?:[-*_=]\s*){3,}$")
_TABLE_LINE: Final = re.compile(r"^\s*\|.*\|\s*$")
_FENCE: Final = re.compile(r"^\s*(?:```|~~~)")
_HEADING: Final = re.compile(r"^\s{0,3}#{1,6}\s+(?P<text>.*?)\s*#*$")
_BOLD_LINE: Final = re.compile(r"^\s*(?P<m>\*\*|__)(?=\S)(?P<text>[^\n]+?)(?P=m):?\s*$")
_BOLD_START: Final = re.compile(r"^\s*(?P<m>\*{1,3}|_{1,3})(?=\S)(?P<text>[^\n]+?)(?P=m)(?P<rest>.*)$")
_LINK_LINE: Final = re.compile(r"^\s*!?\[[^\]]*\]\([^)]*\)\s*$")
_BULLET: Final = re.compile(r"^\s*(?:[-*+•◦‣]|\d{1,2}[.)])\s+")
_ASKING: Final = re.compile(
    r"^(?:tell|describe|walk|explain|talk|share|how|what|why|when|where|who|which|do|does|did|are|is|was|were|can|could|would|have|has|if)\b",
    re.IGNORECASE,
)
_LEADING_QUESTION: Final = re.compile(
    r"^(?P<q>(?:how|what|why|when|where|who|which|do|does|did|are|is|was|were|can|could|would|have|has|if)\b[^.?!]*\?)\s*[-–—:]?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_LINKS: Final = (
    (re.compile(r"!\[[^\[\]]{0,500}\]\([^()]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]]{1,500})\]\(\s?<?[^)\s>]{0,2000}>?(?:\s(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?\s?\)"), r"\1"),
    (re.compile(r"\[([^\[\]]{1,500})\]\[[^\[\]]{0,200}\]"), r"\1"),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), " "),
    (
        re.compile(
            r"</?(?:b|i|em|strong|u|span|p|div|a|sup|sub|small|mark|del|ins|code|kbd|center|font)(?:\s[^<>]{0,500})?>",
            re.IGNORECASE,
        ),
        "",
    ),
)
_EMPHASIS: Final = (
    re.compile(r"(?<![\w*\\])(\*{1,3})(?=[^\s*])(.{1,500}?)(?<=[^\s\\])\1(?![\w*])"),
    re.compile(r"(?<=\w)(\*{2,3})(?=[^\s*])(.{1,500}?)(?<=[^\s\\])\1(?=\W|$)"),
    re.compile(r"(?<![\w_\\])(_{1,3})(?=[^\s_])(.{1,500}?)(?<=[^\s\\])\1(?![\w_])"),
    re.compile(r"(~~|``?)(?=\S)(.{1,500}?)(?<=\S)\1"),
)
# A line longer than this is an hour of talk; looking for emphasis in it would take time quadratic in hostile input.
_LONGEST_EMPHASISED: Final = 50_000
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


def recognises(content: bytes, *, name: str) -> bool:
    """By name (.md, .markdown), or by two marks of Markdown: headings, emphasis at a line's start, or front matter."""
    if not looks_like_text(content):
        return False
    if PurePath(name.lower()).suffix in (".md", ".markdown", ".mdown", ".qmd", ".rmd"):
        return not plain_text.is_json(content)
    head = content[:20_000].decode("utf-8", errors="replace")
    if head.startswith("---\n") and _FRONT_MATTER.match(head):
        return True
    return sum(bool(_HEADING.match(line) or _BOLD_START.match(line)) for line in head.split("\n")) >= 2


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read one interview; labelled talk as plain text does, else questions and answers, else notes or paragraphs.

    Raises:
        MalformedTranscriptError: there are no words beside markup.
    """
    text = decode(content)
    check_line_lengths(text)
    title, text = _without_front_matter(text)
    lines = _prose_lines(text)
    draft = plain_text.read_labelled("\n".join(lines), clean=strip_inline, format="markdown") or _structured(lines)
    if draft is None:
        draft = plain_text.read_text("\n".join(lines), clean=strip_inline, format="markdown")
    if not any(any(c.isalnum() for c in t.text) for t in draft.turns):
        raise MalformedTranscriptError("the file holds no words")
    draft.title = title or draft.title
    return [draft]


def strip_inline(text: str) -> str:
    """Take the markup out of a line: emphasis, links, images, escapes, heading and quote marks. Words stay."""
    text = re.sub(r"^\s{0,3}(?:#{1,6}\s+|(?:>\s?)+)", "", text)
    for pattern, kept in _LINKS:
        text = pattern.sub(kept, text)
    for pattern in _EMPHASIS if len(text) <= _LONGEST_EMPHASISED else ():
        for _ in range(2):
            text = pattern.sub(r"\2", text)
    return html.unescape(_ESCAPE.sub(r"\1", text)).strip()


def _without_front_matter(text: str) -> tuple[str | None, str]:
    match = _FRONT_MATTER.match(text)
    if not match:
        return None, text
    try:
        head = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return None, text[match.end() :]
    if not isinstance(head, dict):
        return None, text
    title = head.get("title")
    return (str(title) if isinstance(title, str | int | float) else None), text[match.end() :]


def _without_comments(text: str) -> str:
    kept = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join([*kept, text[at:]])


def _prose_lines(text: str) -> list[str]:
    unwanted = (_REFERENCE, _RULE, _TABLE_LINE, _FENCE)
    return [
        line for line in _without_comments(text).split("\n") if not any(pattern.match(line) for pattern in unwanted)
    ]


@dataclass(slots=True)
class _Section:
    """A heading or question, and the lines below it. A question is asked by the interviewer, a heading by nobody."""

    heading: str | None
    is_question: bool
    lines: list[str] = field(default_factory=list)


def _structured(lines: Sequence[str]) -> Draft | None:
    """Sections under headings or emphasised questions; None where the text has neither."""
    sections = _sections(lines)
    titled = [s for s in sections if s.heading]
    if len(titled) < 2:
        return None
    body = [line for s in sections for line in s.lines if line.strip()]
    has_bullets = sum(bool(_BULLET.match(line)) for line in body) >= 0.3 * max(1, len(body))
    is_notes = looks_like_notes([strip_inline(_BULLET.sub("", line)) for line in body], has_bullets=has_bullets)
    n_questions = sum(s.is_question for s in titled)
    if n_questions < 2 and not is_notes:
        return None
    title, sections = _title_and_rest(sections)
    turns = [turn for s in sections for turn in _section_turns(s, is_notes=is_notes, has_questions=n_questions > 0)]
    return Draft(
        turns, "markdown-notes" if is_notes else "markdown-qa", title=title, kind=Kind.NOTES if is_notes else None
    )


def _sections(lines: Sequence[str]) -> list[_Section]:
    sections = [_Section(None, is_question=False)]
    for line in lines:
        if _LINK_LINE.match(line):
            continue
        heading = _HEADING.match(line) or _BOLD_LINE.match(line)
        started = None if heading or _BULLET.match(line) else _BOLD_START.match(line)
        if heading:
            text = strip_inline(heading["text"])
            sections.append(_Section(text, is_question=_asks(text)))
        elif started and strip_inline(started["text"]).endswith("?"):
            rest = re.sub(r"^\s*[-–—:]\s+", "", started["rest"]).strip()
            sections.append(_Section(strip_inline(started["text"]), is_question=True, lines=[rest] if rest else []))
        else:
            sections[-1].lines.append(line)
    return sections


def _asks(text: str) -> bool:
    return text.endswith("?") or (len(text.split()) >= 4 and bool(_ASKING.match(text)) and not text.endswith(":"))


def _title_and_rest(sections: Sequence[_Section]) -> tuple[str | None, list[_Section]]:
    """The first heading is the title if nothing but another heading follows it."""
    sections = [s for s in sections if s.heading or any(line.strip() for line in s.lines)]
    titles: list[str] = []
    while (
        len(sections) > 1
        and sections[0].heading
        and not sections[0].is_question
        and not any(map(str.strip, sections[0].lines))
    ):
        titles.append(sections[0].heading)
        sections = sections[1:]
    return (" – ".join(titles) or None), list(sections)


def _section_turns(section: _Section, *, is_notes: bool, has_questions: bool) -> list[DraftTurn]:
    turns = []
    if section.heading and section.is_question:
        turns.append(DraftTurn(section.heading, INTERVIEWER, role=Role.INTERVIEWER))
    elif section.heading:
        turns.append(DraftTurn(section.heading, HEADING, role=Role.OTHER))
    for text in _each_line(section.lines) if is_notes else _whole(section.lines):
        asked = _LEADING_QUESTION.match(text) if is_notes and has_questions else None
        if asked and re.search(r"\byou(?:r|th)?s?\b", asked["q"], re.IGNORECASE):
            turns.append(DraftTurn(asked["q"], INTERVIEWER, role=Role.INTERVIEWER))
            text = asked["rest"]
        if text:
            turns.append(DraftTurn(text, PARTICIPANT, role=Role.PARTICIPANT))
    return turns


def _each_line(lines: Sequence[str]) -> list[str]:
    cleaned = (" ".join(strip_inline(_BULLET.sub("", line)).split()) for line in lines)
    return [line for line in cleaned if line]


def _whole(lines: Sequence[str]) -> list[str]:
    is_wrapped = plain_text.is_hard_wrapped(lines)
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            paragraphs[-1].append(line)
        else:
            paragraphs.append([])
    joined = (plain_text.join_lines(p, strip_inline, is_wrapped=is_wrapped) for p in paragraphs)
    text = "\n".join(filter(None, joined))
    return [text] if text else []
