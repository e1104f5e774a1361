"""What the program writes for whoever edits: asked for once each, by one model that is loaded when needed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from api.services.reviews import Unnamed, Untold
from api.services.writing import Wordings
from jtbd_nlp.domain import Span
from jtbd_nlp.engine import Writers
from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.writing_model import Continuation, WritingModel
from tests.builders import a_transcript, an_action

TALK = a_transcript("How?", "I look at the sills. I ask him about the dent.")


class AWriter:
    """Counts how often it was asked."""

    def __init__(self, text: str = "check the car") -> None:
        self.text = text
        self.n_asked = 0

    def read(self, text: str, *, after: str = "") -> str:
        return after + text

    def write(self, passage: str, **_: Any) -> tuple[Continuation, ...]:
        self.n_asked += 1
        return (Continuation(self.text, -0.5),)


def writers(names: AWriter, needs: AWriter | None = None) -> Writers:
    return Writers(cast("WritingModel", names), cast("WritingModel", needs or AWriter()))


def a_step(name: str = "look at the sills") -> Unnamed:
    return Unnamed("buy a car", "assess", name, (an_action(TALK, "look at the sills"),), (TALK,))


def test_a_model_is_loaded_once_and_asked_once_for_the_same_step() -> None:
    writer, loaded = AWriter(), []

    def load() -> Writers:
        loaded.append(1)
        return writers(writer)

    wordings = Wordings(load)
    assert loaded == []
    assert [wordings.names(a_step()) for _ in range(2)] == [["check the car"]] * 2
    wordings.names(a_step("ask about it"))
    assert (len(loaded), writer.n_asked) == (1, 2)


def test_a_need_is_written_by_the_model_that_was_taught_to_and_once_for_the_same_quote() -> None:
    names, needs = AWriter(), AWriter("minimize the likelihood of overlooking a dent")
    wordings = Wordings(lambda: writers(names, needs))
    quote = Untold("buy a car", TALK, Span(1, 0, 19))
    assert [wordings.needs(quote) for _ in range(2)] == [["minimize the likelihood of overlooking a dent"]] * 2
    assert wordings.needs(Untold("sell a car", TALK, Span(1, 0, 19)))
    assert (names.n_asked, needs.n_asked) == (0, 2)


def test_old_names_make_room() -> None:
    writer = AWriter()
    wordings = Wordings(lambda: writers(writer), most=1)
    for name in ("look at the sills", "ask about it", "look at the sills"):
        wordings.names(a_step(name))
    assert writer.n_asked == 3


def test_a_model_that_is_not_installed_is_said_each_time_and_may_come_later() -> None:
    writer, missing = AWriter(), [ModelUnavailableError("run: pip install it")] * 2

    def load() -> Writers:
        if missing:
            raise missing.pop()
        return writers(writer)

    wordings = Wordings(load)
    for _ in range(2):
        with pytest.raises(ModelUnavailableError, match="pip install"):
            wordings.names(a_step())
    assert wordings.names(a_step()) == ["check the car"]
