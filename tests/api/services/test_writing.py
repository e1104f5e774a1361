"""Names that the program writes for a step: asked for once each, by one model that is loaded when needed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from api.services.reviews import Unnamed
from api.services.writing import Namer
from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.writing_model import Continuation, WritingModel
from tests.builders import a_transcript, an_action

TALK = a_transcript("How?", "I look at the sills. I ask him about the dent.")


class AWriter:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.n_asked = 0

    def read(self, text: str, *, after: str = "") -> str:
        return after + text

    def write(self, passage: str, **_: Any) -> tuple[Continuation, ...]:
        self.n_asked += 1
        return (Continuation("check the car", -0.5),)


def a_step(name: str = "look at the sills") -> Unnamed:
    return Unnamed("buy a car", "assess", name, (an_action(TALK, "look at the sills"),), (TALK,))


def test_a_model_is_loaded_once_and_asked_once_for_the_same_step() -> None:
    writer, loaded = AWriter(), []

    def load() -> WritingModel:
        loaded.append(1)
        return cast("WritingModel", writer)

    namer = Namer(load)
    assert loaded == []
    assert [namer.names(a_step()) for _ in range(2)] == [["check the car"]] * 2
    namer.names(a_step("ask about it"))
    assert (len(loaded), writer.n_asked) == (1, 2)


def test_old_names_make_room() -> None:
    writer = AWriter()
    namer = Namer(lambda: cast("WritingModel", writer), most=1)
    for name in ("look at the sills", "ask about it", "look at the sills"):
        namer.names(a_step(name))
    assert writer.n_asked == 3


def test_a_model_that_is_not_installed_is_said_each_time_and_may_come_later() -> None:
    writer, missing = AWriter(), [ModelUnavailableError("run: pip install it")] * 2

    def load() -> WritingModel:
        if missing:
            raise missing.pop()
        return cast("WritingModel", writer)

    namer = Namer(load)
    for _ in range(2):
        with pytest.raises(ModelUnavailableError, match="pip install"):
            namer.names(a_step())
    assert namer.names(a_step()) == ["check the car"]
