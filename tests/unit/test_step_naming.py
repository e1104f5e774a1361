"""What the model makes of a step: what it is shown, the stage and the name it tells, and which names are offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from jtbd_nlp.domain import ActionStatement, Cluster, Grouping, JobStep
from jtbd_nlp.mapping import Told, propose_steps
from jtbd_nlp.stages import mixed_stages
from jtbd_nlp.step_naming import STAGE_SHARE, can_stand, said_of, tell_steps, write_names
from jtbd_nlp.writing_model import Continuation, WritingModel
from tests.builders import a_transcript, an_action, probabilities

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


class ATeller:
    """Takes every step for the stage it is told, and names it by the end of the last line that it was shown."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.shown: list[str] = []

    def read(self, text: str, *, after: str = "") -> str:
        self.shown.append(after + text)
        return after + text

    def chances(self, _: str, answers: Sequence[str]) -> tuple[float, ...]:
        return tuple(float(answer == f" {self.stage}") for answer in answers)

    def write_on(self, passages: Sequence[str], starts: Sequence[str], **_: Any) -> tuple[Continuation | None, ...]:
        self.shown += (passage + start for passage, start in zip(passages, starts, strict=True))
        deeds = ("hold a magnet to it", "look at the sills", "ask about the dent")
        said = (passage.split("- ")[-1] for passage in passages)
        return tuple(next((Continuation(deed, -0.5) for deed in deeds if deed[-5:] in line), None) for line in said)


def a_step(*statements: ActionStatement, stage: str = "plan") -> JobStep:
    step = propose_steps(
        statements,
        np.ones((len(statements), 1), np.float32),
        Grouping((Cluster(tuple(s.id for s in statements), (1.0,) * len(statements)),), ()),
        quality=lambda _: 1.0,
        n_asked=1,
    )[0]
    return replace(step, stage=stage, stage_probabilities=probabilities(stage, 0.5))


def told_of(teller: ATeller, *steps: JobStep) -> tuple[Told, ...]:
    by_id = {s.id: s for s in (SILLS, MAGNET, DENT)}
    return tell_steps(cast("WritingModel", teller), steps, by_id, [TALK], job="buy a car")


def test_a_step_gets_a_stage_between_its_own_and_the_models_and_a_name() -> None:
    [told] = told_of(ATeller("assess"), a_step(DENT))
    assert told.name == "ask about the dent"
    assert told.stages == mixed_stages(probabilities("plan", 0.5), (0, 0, 0, 1, 0, 0), STAGE_SHARE)


def test_a_name_is_asked_for_after_the_stage_that_is_likeliest_in_all() -> None:
    teller = ATeller("assess")
    told_of(teller, a_step(DENT))
    assert teller.shown[-1] == "Job: buy a car\nSaid:\n- I ask him about the dent .\nStage: assess\nStep:"
    told_of(teller, replace(a_step(DENT), stage_probabilities=probabilities("plan", 0.9)))
    assert teller.shown[-1].endswith("Stage: plan\nStep:")


def test_every_step_is_told_in_its_place_however_many_there_are() -> None:
    steps = [a_step(one) for one in (SILLS, MAGNET, DENT)] * 7
    told = told_of(ATeller("plan"), *steps)
    assert [one.name for one in told[:3]] * 7 == [one.name for one in told]
    assert len({one.name for one in told}) == 3
    assert told_of(ATeller("plan")) == ()


@pytest.mark.parametrize(
    ("name", "score", "stands"),
    [
        ("look at the sills", -0.5, True),
        ("look at the rusty sills", -0.5, True),  # two words of three were said
        ("paint the sills", -0.5, False),  # one of two
        ("find a car to buy", -0.5, False),  # the job's words, none that were said
        ("look at the sills", -3.0, False),  # a guess
        ("look at the sills and the sills", -0.5, False),
        ("look at the sills in Photoshop", -0.5, False),  # a product
        ("the sills", -0.5, False),  # no verb
        ("do it", -0.5, False),
    ],
)
def test_a_name_stands_if_it_is_sure_well_made_and_of_what_was_said(name: str, score: float, stands: bool) -> None:
    assert can_stand(Continuation(name, score), ["First I look at the sills, then I"]) is stands


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
