"""What speaks against a step, and who was asked about a stage."""

from __future__ import annotations

import numpy as np
import pytest

from jtbd_nlp.counter_evidence import asked_in_words, attach_counter_evidence, gap_in_words, tell_asked
from jtbd_nlp.domain import StageStatus, Transcript
from jtbd_nlp.mapping import describe_stages
from tests.builders import a_step, a_transcript, an_action, an_aside


def stages_of(*transcripts: Transcript, said: tuple[str, ...] = ()) -> dict[str, StageStatus]:
    """Stages told by what each quote in `said` says of the stage assess."""
    statements = [an_action(t, quote, stage="assess") for t in transcripts for quote in said if quote in str(t)]
    told = tell_asked(describe_stages(statements, []), transcripts, statements)
    return {s.stage: s for s in told}


def test_what_is_not_done_stands_against_the_step_it_is_like() -> None:
    talk = a_transcript("How?", "I compare the offers. I pay the bill. I never compare them. I never dance.")
    compare, pay = an_action(talk, "compare the offers"), an_action(talk, "pay the bill")
    undone, beside = an_aside(talk, "compare them"), an_aside(talk, "dance")
    steps = attach_counter_evidence(
        [a_step([compare]), a_step([pay])],
        [undone, beside],
        np.eye(3, dtype=np.float32)[[0, 2]],
        actions=[compare, pay],
        action_vectors=np.eye(3, dtype=np.float32)[[0, 1]],
    )
    assert [[a.id for a in step.counter] for step in steps] == [[undone.id], []]
    assert [step.n_against for step in steps] == [1, 0]
    assert [step.n_participants for step in steps] == [1, 1]


def test_a_led_denial_is_kept_but_counts_for_nobody() -> None:
    talk = a_transcript("How?", "I compare the offers. I never compare them.")
    compare, undone = an_action(talk, "compare the offers"), an_aside(talk, "compare them", led=True)
    vectors = np.eye(2, dtype=np.float32)[[0]]
    (step,) = attach_counter_evidence([a_step([compare])], [undone], vectors, actions=[compare], action_vectors=vectors)
    assert step.counter == (undone,)
    assert step.n_against == 0


def test_who_was_asked_and_said_nothing_of_it_is_named() -> None:
    asked = "How do you know whether it works?"
    silent = a_transcript(asked, "Well, hm.", name="p1")
    spoke = a_transcript(asked, "I test it.", name="p2")
    unasked = a_transcript("How are you?", "I test it.", name="p3")
    assess = stages_of(silent, spoke, unasked, said=("I test it",))["assess"].asked
    assert assess.verdict == "said"
    assert assess.n_participants == 2
    assert assess.silent == (("p1", "P1"),)
    assert assess.questions[0].quote == asked


@pytest.mark.parametrize(
    ("question", "answer", "verdict", "words"),
    [
        ("How do you know whether it works?", "Well, hm.", "asked and not said", "1 was asked; nothing of it from P1."),
        ("How are you?", "Well, hm.", "never asked", "Never asked in so many words."),
        ("How do you know whether it works?", "I test it.", "said", "1 was asked, and spoke of it."),
    ],
)
def test_not_said_differs_from_never_asked(question: str, answer: str, verdict: str, words: str) -> None:
    assess = stages_of(a_transcript(question, answer), said=("I test it",))["assess"]
    assert assess.asked.verdict == verdict
    assert asked_in_words(assess) == words


def test_a_stage_that_was_spoken_of_but_has_no_step_is_not_called_silent() -> None:
    """Somebody spoke of it, so what is missing is a step."""
    assess = stages_of(a_transcript("How do you know whether it works?", "I test it."), said=("I test it",))["assess"]
    assert assess.n_steps == 0
    assert (gap_in_words(assess), asked_in_words(assess)) == (
        "No step of this stage was found.",
        "1 was asked, and spoke of it.",
    )


def test_talk_without_an_interviewer_asks_nothing() -> None:
    notes = a_transcript(("Ana", "I test it."), ("Ben", "How do you know whether it works?"))
    assert stages_of(notes)["assess"].asked.verdict == "no interviewer"
