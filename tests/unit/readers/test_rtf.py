from __future__ import annotations

import pytest

from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import rtf

TALK = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Secret}}\f0 {\b Mod:} How do you plan?\par "
    rb"Anna: I write a list at the caf\'e9.\par Mod: And then?\par Anna: I shop \u8211? twice.\par}"
)


def test_labels_make_turns_and_escaped_letters_are_read() -> None:
    assert rtf.recognises(TALK, name="renamed.txt")
    [draft] = rtf.read(TALK, name="a.rtf")
    assert draft.format == "rtf"
    assert [(t.speaker, t.text) for t in draft.turns] == [
        ("Mod", "How do you plan?"),
        ("Anna", "I write a list at the café."),
        ("Mod", "And then?"),
        ("Anna", "I shop – twice."),
    ]


def test_plain_text_about_rich_text_is_not_recognised() -> None:
    assert not rtf.recognises(rb"Anna: a file begins with {\rtf1, I think.", name="a.rtf")


@pytest.mark.parametrize(
    ("content", "fault"),
    [(TALK[:-40], "cut off"), (rb"{\rtf1\ansi }", "holds no words"), (rb"{\rtf1\ansi\par\par}", "holds no words")],
    ids=["cut off", "empty", "blank paragraphs"],
)
def test_a_broken_file_is_one_clear_error(content: bytes, fault: str) -> None:
    with pytest.raises(MalformedTranscriptError, match=fault):
        rtf.read(content, name="a.rtf")
