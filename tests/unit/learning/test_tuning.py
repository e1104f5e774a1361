"""Tuning the reading model: targets of a window, and that training learns and repeats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jtbd_nlp.domain import Transcript
from jtbd_nlp.gold import GoldStatement
from jtbd_nlp.learning.tuning import Example, TuningSettings, make_examples, tune, without_stops
from jtbd_nlp.statements.encoder import ReadingModel
from tests.builders import a_transcript

TALK = a_transcript("how", "i check the traffic. it is hard.")
PHRASES = {"check the traffic": 0, "minimize the effort of it": 1}


def a_label(transcript: Transcript, text: str, kind: str, phrase: str) -> GoldStatement:
    start = transcript.turns[1].text.index(text)
    return GoldStatement(1, start, start + len(text), text, kind, phrase, "plan", None)


LABELS = (
    a_label(TALK, "check the traffic", "action", "check the traffic"),
    a_label(TALK, "it is hard", "need", "minimize the effort of it"),
)


@pytest.fixture
def example(encoder_folder: Path) -> Example:
    [made] = make_examples(TALK, LABELS, encoder_folder, PHRASES)
    return made


def test_pieces_know_whether_they_are_inside_at_the_begin_or_at_the_end(example: Example) -> None:
    # i check the traffic . it is hard .
    assert example.pieces[:, 0].tolist() == [0, 1, 1, 1, 0, 0, 0, 0, 0]
    assert example.pieces[:, 1].tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 0]
    assert np.flatnonzero(example.pieces[:, 2]).tolist() == [1]
    assert np.flatnonzero(example.pieces[:, 4]).tolist() == [3]


def test_sentences_know_what_they_hold(example: Example) -> None:
    assert example.sentences.tolist() == [[1, 0], [0, 1]]


def test_spans_carry_kind_stage_and_phrase(example: Example) -> None:
    assert example.spans == ((1, 4, 0, 1, 0), (5, 8, 1, 1, 1))


def test_without_stops_a_window_is_one_sentence_and_its_spans_move(example: Example) -> None:
    bare = without_stops(example, frozenset({10}))
    assert bare is not None
    assert bare.window.sentences == ((0, 7),)
    assert bare.spans == ((1, 4, 0, 1, 0), (4, 7, 1, 1, 1))
    assert bare.sentences.tolist() == [[1, 1]]
    assert " ".join(TALK.turns[1].text[a:b] for a, b in bare.window.offsets) == "i check the traffic it is hard"


def test_a_window_without_stops_has_no_bare_form(example: Example) -> None:
    assert without_stops(example, frozenset()) is None


def tuned(example: Example, folder: Path, *, epochs: int) -> ReadingModel:
    settings = TuningSettings(frozen_layers=1, epochs=epochs, batch=2, learning_rate=1e-2, head_learning_rate=5e-2)
    network = tune([example] * 4, np.eye(2, 16, dtype=np.float32), folder, settings=settings)
    return ReadingModel(network, folder, {})


def test_tuning_learns_what_the_labels_say(example: Example, encoder_folder: Path) -> None:
    reading = tuned(example, encoder_folder, epochs=40).read(TALK)[1]
    assert reading.pieces[1:4, 0].min() > 0.5 > reading.pieces[4:, 0].max()
    assert reading.sentences[0, 0] > 0.5 > reading.sentences[1, 0]


def test_tuning_twice_gives_the_same_weights(example: Example, encoder_folder: Path) -> None:
    first, second = (tuned(example, encoder_folder, epochs=2).network.tuned_state() for _ in range(2))
    assert all(bool((first[name] == second[name]).all()) for name in first)


def test_nothing_to_tune_on_is_a_callers_mistake(encoder_folder: Path) -> None:
    with pytest.raises(ValueError, match="nothing to tune on"):
        tune([], np.zeros((0, 16), dtype=np.float32), encoder_folder, settings=TuningSettings())
