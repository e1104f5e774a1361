"""Names that are written for a step: what the model is shown, and which of what it writes is offered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from jtbd_nlp.step_naming import said_of, write_names
from jtbd_nlp.writing_model import Continuation, WritingModel
from tests.builders import a_transcript, an_action

TALK = a_transcript(
    "How?", "First I look at the sills, then I hold a magnet to it.", "And?", "I ask him about the dent."
)
SILLS, MAGNET, DENT = (
    an_action(TALK, text, phrase=text)
    for text in ("look at the sills", "hold a magnet to it", "ask him about the dent")
)


class AWriter:
    """Writes the same names always, and remembers what it was shown."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.shown = ""

    def read(self, text: str, *, after: str = "") -> str:
        return after + text

    def write(self, passage: str, **_: Any) -> tuple[Continuation, ...]:
        self.shown = passage
        return tuple(Continuation(name, -float(i)) for i, name in enumerate(self.names))


def names_of(
    writer: AWriter, *, lines: tuple[str, ...] = ("looked at the sills",), name: str = "look at it"
) -> list[str]:
    return write_names(cast("WritingModel", writer), job="buy a car", stage="assess", lines=lines, name=name)


def test_the_model_is_shown_job_quotes_and_stage() -> None:
    writer = AWriter("check the car for damage")
    names_of(writer)
    assert writer.shown == "Job: buy a car\nSaid:\n- looked at the sills\nStage: assess\nStep:"


def test_names_are_offered_likeliest_first_and_three_at_most() -> None:
    written = ("check the car for damage", "ask about the price", "compare the offers", "pay the seller")
    assert names_of(AWriter(*written)) == list(written[:3])


def test_a_badly_made_name_is_not_offered() -> None:
    assert names_of(AWriter("there it was", "check the car")) == ["check the car"]


def test_a_name_like_the_present_one_or_like_a_better_one_is_not_offered() -> None:
    written = ("check the car", "check a car", "check cars", "compare the offers")
    assert names_of(AWriter(*written), name="compare offers") == ["check the car"]


def test_a_step_that_nobody_speaks_of_is_offered_none() -> None:
    writer = AWriter("check the car")
    assert names_of(writer, lines=()) == []
    assert writer.shown == ""


def test_quotes_are_shown_with_the_words_around_them() -> None:
    assert said_of([MAGNET], [TALK]) == ["First I look at the sills, then I hold a magnet to it ."]


def test_what_was_led_is_shown_last_and_five_at_most() -> None:
    led = replace(SILLS, led=True)
    assert said_of([led, DENT], [TALK]) == ["I ask him about the dent .", "First I look at the sills , then I"]
    assert len(said_of([DENT] * 9, [TALK])) == 5
