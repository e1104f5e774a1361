"""What the interviewer put in the participant's mouth."""

from __future__ import annotations

import pytest

from jtbd_nlp.statements.led import content_stems, is_led, said_before
from tests.builders import a_transcript

LED_SHARE = 0.75


def last_answer_is_led(*turns: str, quote: str) -> bool:
    transcript = a_transcript(*turns)
    asked, told = said_before(transcript)[len(turns) - 1]
    return is_led(quote, asked, told, share=LED_SHARE)


@pytest.mark.parametrize(
    ("turns", "quote", "led"),
    [
        (("Do you check the traffic first?", "Yes, I check the traffic."), "check the traffic", True),
        (("How do you plan?", "I check the traffic."), "check the traffic", False),
        (("And do you compare prices?", "Sure, comparing the prices."), "comparing the prices", True),
        (("What do you do then?", "I check.", "Check what?", "I check the tyres."), "check the tyres", False),
        (
            ("Tell me.", "I check the traffic.", "The traffic, you check?", "I check the traffic."),
            "check the traffic",
            False,
        ),
        (
            ("Do you phone?", "I phone my sister about the hotel booking"),
            "phone my sister about the hotel booking",
            False,
        ),
    ],
)
def test_a_statement_is_led_when_its_key_words_were_the_interviewers(
    turns: tuple[str, ...], quote: str, led: bool
) -> None:
    assert last_answer_is_led(*turns, quote=quote) is led


def test_one_shared_word_is_not_leading() -> None:
    assert not last_answer_is_led("Do you drive?", "I drive.", quote="drive")


def test_stop_words_and_endings_do_not_count() -> None:
    assert content_stems("I was checking the prices") == content_stems("check price")
