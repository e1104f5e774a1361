"""Notes or talk."""

from __future__ import annotations

import pytest

from jtbd_nlp.readers.notes import looks_like_notes

TERSE = [
    "Calls caseworker",
    "5 years, 2 children",
    "Sometimes email, not as much as phone",
    "Desktop and phone",
    "Google",
    "Oldest goes to college",
]
PROSE = [
    "She opens the app.",
    "He tells her to wait.",
    "P4 looks for the total.",
    "They call the user.",
    "The participant gives up.",
    "She is annoyed.",
]
ANSWERS = [
    "I use two cameras.",
    "My favourite is old.",
    "We travel a lot.",
    "I like it.",
    "I print at home.",
    "That is all I do.",
]


@pytest.mark.parametrize(
    ("lines", "has_bullets", "expected"),
    [
        (TERSE, False, True),
        (TERSE[:3], True, True),
        (TERSE[:3], False, False),
        (PROSE, False, True),
        (ANSWERS, False, False),
        ([a.rstrip(".") for a in ANSWERS], False, False),
        ([], True, False),
    ],
)
def test_terse_lines_and_talk_about_people_are_notes(lines: list[str], has_bullets: bool, expected: bool) -> None:
    assert looks_like_notes(lines, has_bullets=has_bullets) is expected
