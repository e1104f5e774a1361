"""Markdown to drafts: markup taken out, questions as headings or in bold, notes."""

from __future__ import annotations

import pytest

from jtbd_nlp.domain import Kind, Role, Transcript
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import read_bytes
from jtbd_nlp.readers.markdown import recognises, strip_inline


def _read(text: str) -> Transcript:
    (transcript,) = read_bytes(text.encode(), name="p1.md")
    return transcript


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("I *really* use **two** cameras", "I really use two cameras"),
        ("***all*** of __it__ and _that_", "all of it and that"),
        ("my [blog](http://example.org/a_b 'It is \"mine\".') and [Lens][lens]", "my blog and Lens"),
        ('a [book](http://example.org/ "Kev\'s book.")', "a book"),
        ("I use [Mozy][] daily", "I use Mozy daily"),
        ("see <https://example.org>", "see https://example.org"),
        ("![a cat](cat.png) my cat", "my cat"),
        ("F\\# and \\[laughs\\]", "F# and [laughs]"),
        ("`make` it &amp; run", "make it & run"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("it costs *", "it costs *"),
        ("## Why?", "Why?"),
        ("[BSR03] said [U.S. agency]", "[BSR03] said [U.S. agency]"),
    ],
)
def test_markup_goes_and_words_stay(marked: str, plain: str) -> None:
    assert strip_inline(marked) == plain


QUESTIONS = [
    ("Interviewer", "Who are you?"),
    ("Participant", "I bake bread.\nAnd cakes."),
    ("Interviewer", "What goes wrong?"),
    ("Participant", "The dough."),
]


@pytest.mark.parametrize(
    "text",
    [
        (
            "---\ntitle: A baker\ndate: 2011-09-12\n---\n\n### Who are you?\n\nI bake *bread*.\n\nAnd cakes.\n"
            "\n### What goes wrong?\n\nThe dough.\n\n[x]: http://e.org 'A link.'\n"
        ),
        "# A baker\n\n**Who are you?**\n\nI bake bread.\n\nAnd cakes.\n\n**What goes wrong?**\n\nThe dough.\n",
        "# A baker\n\n**Who are you?** I bake bread.\n\nAnd cakes.\n\n*What goes wrong?* - The dough.\n",
    ],
)
def test_questions_in_headings_or_emphasis_are_the_interviewers(text: str) -> None:
    transcript = _read(text)
    assert [(t.speaker, t.text) for t in transcript.turns] == QUESTIONS
    assert [t.role for t in transcript.turns] == [Role.INTERVIEWER, Role.PARTICIPANT] * 2
    assert transcript.title == "A baker"
    assert transcript.kind is Kind.INTERVIEW


BULLETS = """**Monday: Interview D**
**Rachel**

[Audio](rachel.m4a)

 - Social worker for ten years
 - Most time spent with families
{tab} - Helping them to get kids back
{tab} - Emergency response

**Comfort**

 - Average
 - Used for work
 - She calls people back
""".replace("{tab}", "\t")


def test_bullets_under_headings_are_notes_one_turn_a_bullet() -> None:
    transcript = _read(BULLETS)
    assert transcript.kind is Kind.NOTES
    said = [t.text for t in transcript.turns if t.role is Role.PARTICIPANT]
    assert said[:3] == ["Social worker for ten years", "Most time spent with families", "Helping them to get kids back"]
    assert [t.text for t in transcript.turns if t.role is Role.OTHER] == ["Rachel", "Comfort"]


def test_questions_within_notes_are_the_interviewers() -> None:
    text = (
        "*Do you have a smartphone?* Yes, and a PC\n*What do you use it for?*\nCalls, mostly\nMaps\n"
        "Is it hard for you to type? Not really - dictates\nMail\nNo games\n"
    )
    transcript = _read(text)
    assert transcript.kind is Kind.NOTES
    asked = [t.text for t in transcript.turns if t.role is Role.INTERVIEWER]
    assert asked == ["Do you have a smartphone?", "What do you use it for?", "Is it hard for you to type?"]


def test_tables_rules_and_comments_are_no_words() -> None:
    text = (
        "| Age | 40 |\n| :-- | :-- |\n\n<!-- redacted -->\n---\n\n**Ann:** Why?\n\n**Bob:** So.\n\n"
        "**Ann:** Oh?\n\n**Bob:** Yes.\n"
    )
    assert " ".join(t.text for t in _read(text).turns) == "Why? So. Oh? Yes."


def test_markdown_is_recognised_by_content_too() -> None:
    assert recognises(b"# Title\n\n**Ann:** Hi\n", name="p1.txt")
    assert not recognises(b"Ann: Hi\nBob: Hello\n", name="p1.txt")


def test_markup_without_words_is_malformed() -> None:
    with pytest.raises(MalformedTranscriptError, match="no words"):
        _read("---\ntitle: x\n---\n\n---\n\n***\n")
