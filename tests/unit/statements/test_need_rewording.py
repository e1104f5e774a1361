"""Needs in the writing model's words: what it is shown, who is asked about, and what can stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest

from jtbd_nlp.domain import Role, Span
from jtbd_nlp.statements.need_choice import LEAST_SURE
from jtbd_nlp.statements.need_rewording import Promise, is_promising, line_of, reword, write_needs
from jtbd_nlp.statements.need_wording import WrittenNeed, read_need
from jtbd_nlp.writing_model import Continuation, WritingModel
from tests.builders import a_transcript

GOOD = "minimize the time it takes to find the form"


class AWriter:
    """Writes what the words between the brackets are told to be, and remembers what it was shown."""

    def __init__(self, **answers: Continuation | None) -> None:
        self.answers = answers
        self.shown: list[str] = []

    def read(self, text: str) -> str:
        return text

    def write_on(self, passages: Sequence[str], starts: Sequence[str], **_: Any) -> tuple[Continuation | None, ...]:
        shown = [passage + start for passage, start in zip(passages, starts, strict=True)]
        self.shown += shown
        return tuple(self.answers[text.split("[ ")[1].split(" ]")[0]] for text in shown)


class AnEmbedder:
    """Every text points the same way."""

    name, dim = "one way", 2

    def embed(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        return np.tile(np.array([1, 0], np.float32), (len(texts), 1))


def promise(line: str, confidence: float = 0.8, nearness: float = 0.6) -> Promise:
    return Promise(f"I went and [ {line} ]", confidence, np.array([nearness, (1 - nearness**2) ** 0.5], np.float32))


def reworded(writer: AWriter, *promises: Promise, job: str = "get a permit") -> list[tuple[WrittenNeed, float] | None]:
    return reword(cast("WritingModel", writer), promises, AnEmbedder(), job=job)


def test_the_model_is_shown_the_job_and_the_quote_in_its_talk() -> None:
    writer = AWriter(searched=Continuation(GOOD, -0.3))
    [one] = reworded(writer, promise("searched"))
    assert writer.shown == ["Job: get a permit\nSaid: I went and [ searched ]\nNeed:"]
    assert one is not None
    need, chance = one
    assert need == WrittenNeed("minimize", "time", "it takes to", "find the form")
    assert LEAST_SURE <= chance < 1


def test_every_need_stands_in_its_place_however_many_there_are() -> None:
    writer = AWriter(a=Continuation(GOOD, -0.3), b=Continuation("increase the accuracy of the totals", -0.3), c=None)
    found = reworded(writer, *[promise(line) for line in "abcab" * 5])
    metrics = [one and one[0].metric for one in found]
    assert metrics == ["time", "accuracy", None, "time", "accuracy"] * 5


@pytest.mark.parametrize(
    ("text", "score", "confidence", "nearness"),
    [
        (GOOD, -1.5, 0.8, 0.6),  # a guess
        (GOOD, -0.3, 0.8, 0.1),  # about something else
        ("find the form", -0.3, 0.8, 0.6),  # no need
        ("increase the feedback of the feedback", -0.3, 0.8, 0.6),  # says one thing twice
        ("minimize the time it takes to", -0.3, 0.8, 0.6),  # breaks off
        ("increase the likelihood of it", -0.3, 0.8, 0.6),  # breaks a rule
    ],
)
def test_what_is_unsure_ill_made_or_of_something_else_does_not_stand(
    text: str, score: float, confidence: float, nearness: float
) -> None:
    writer = AWriter(said=Continuation(text, score))
    assert reworded(writer, promise("said", confidence, nearness)) == [None]


def test_surer_clauses_and_words_and_nearer_ones_are_likelier_right() -> None:
    def chance(confidence: float = 0.7, score: float = -0.5, nearness: float = 0.6) -> float:
        [one] = reworded(AWriter(said=Continuation(GOOD, score)), promise("said", confidence, nearness))
        assert one is not None
        return one[1]

    assert chance(confidence=0.9) > chance()
    assert chance(score=-0.2) > chance()
    assert chance(nearness=0.8) > chance()


def test_only_clauses_that_promise_a_need_are_asked_about() -> None:
    assert is_promising(0.8, 0.0)
    assert is_promising(0.4, 0.5)
    assert not is_promising(0.5, 0.1)
    assert not is_promising(0.2, 0.9)


def test_of_others_words_only_the_interviewers_are_shown() -> None:
    talk = a_transcript("What is hard about it?", "Finding the form took me all day.")
    place = Span(1, 0, len("Finding the form took me all day"))
    assert line_of(talk, place) == "What is hard about it? / [ Finding the form took me all day ] ."
    turns = talk.turns
    assert turns[0].role is Role.INTERVIEWER
    aside = a_transcript("What is hard about it?", "The queue, for me.", "Finding the form took me all day.")
    shown = line_of(aside, Span(2, place.start, place.end))
    assert ("The queue" in shown) == (aside.turns[1].role is Role.INTERVIEWER)


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        (GOOD, ("minimize", "time", "it takes to", "find the form")),
        ("increase the likelihood that the totals agree", ("increase", "likelihood", "that", "the totals agree")),
        ("minimize the uncertainty about what is owed", ("minimize", "uncertainty", "about", "what is owed")),
        ("reduce the time it takes to park", None),
        ("minimize the effort", None),
    ],
)
def test_a_need_is_read_in_its_parts(statement: str, parts: tuple[str, ...] | None) -> None:
    need = read_need(statement)
    assert need == (None if parts is None else WrittenNeed(*parts))  # type: ignore[arg-type]
    assert need is None or need.statement == statement


class ABeamWriter:
    """Goes on in all the ways it was given."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.shown = ""

    def read(self, text: str, *, after: str = "") -> str:
        self.shown = after + text
        return self.shown

    def write(self, _: str, **__: Any) -> tuple[Continuation, ...]:
        return tuple(Continuation(text, -0.5) for text in self.texts)


def test_people_are_offered_several_needs_of_a_quote_well_made_and_each_in_words_of_its_own() -> None:
    writer = ABeamWriter(
        GOOD,
        "minimize the time it takes to find a form",
        "find the form",
        "minimize the time the time it takes to find the form",
        "minimize the effort it takes to find the form",
        "minimize the likelihood of losing the form",
        "minimize the uncertainty about the form",
    )
    needs = write_needs(cast("WritingModel", writer), job="get a permit", line="I went and [ searched ]")
    assert writer.shown == "Job: get a permit\nSaid: I went and [ searched ]\nNeed:"
    assert needs == [
        GOOD,
        "minimize the effort it takes to find the form",
        "minimize the likelihood of losing the form",
    ]
