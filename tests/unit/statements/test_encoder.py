"""The reading model, with a network of a few thousand random weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.statements.encoder import (
    ReadingModel,
    load_plain_network,
    load_reading_model,
    save_reading_model,
)
from tests.builders import a_transcript


@pytest.fixture(scope="module")
def reading_model(encoder_folder: Path) -> ReadingModel:
    torch.manual_seed(2)
    network = load_plain_network(encoder_folder, frozen_layers=1)
    network.eval()
    return ReadingModel(network, encoder_folder, {})


def test_a_turn_is_read_piece_by_piece(reading_model: ReadingModel) -> None:
    reading = reading_model.read(a_transcript("how", "I check the traffic. I call."))[1]
    assert reading.pieces.shape == (8, 6)
    assert reading.sentences.shape == (2, 2)
    assert reading.hidden.shape == (8, 16)
    assert reading.sentence_of.tolist() == [0] * 5 + [1] * 3
    assert ((reading.pieces > 0) & (reading.pieces < 1)).all()


def test_a_character_range_maps_to_the_pieces_it_touches(reading_model: ReadingModel) -> None:
    reading = reading_model.read(a_transcript("how", "I check the traffic."))[1]
    assert reading.piece_range(2, 11) == (1, 3)
    assert reading.piece_range(100, 110) == (5, 5)


def test_an_interview_reads_the_same_whatever_is_read_before(reading_model: ReadingModel) -> None:
    transcript = a_transcript("how", "I check the traffic and call.")
    first = reading_model.read(transcript)[1]
    reading_model.read(a_transcript("how", "I call. " * 40))
    assert np.array_equal(first.hidden, reading_model.read(transcript)[1].hidden)


def test_spans_get_six_stage_probabilities_and_a_unit_meaning(reading_model: ReadingModel) -> None:
    stages, meanings = reading_model.judge_spans(np.ones((3, 16), dtype=np.float32))
    assert stages.shape == (3, 6)
    assert np.allclose(stages.sum(axis=1), 1, atol=1e-6)
    assert np.allclose(np.linalg.norm(meanings, axis=1), 1, atol=1e-6)


def test_a_saved_model_reads_as_before_to_half_precision(
    reading_model: ReadingModel, encoder_folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "reading.safetensors"
    save_reading_model(reading_model.network, path, card={"data": "none"})
    transcript = a_transcript("how", "I check the traffic.")
    again = load_reading_model(encoder_folder, path).read(transcript)[1]
    assert load_reading_model(encoder_folder, path).card["data"] == "none"
    assert np.allclose(again.pieces, reading_model.read(transcript)[1].pieces, atol=5e-3)


def test_saving_the_same_model_twice_gives_the_same_bytes(reading_model: ReadingModel, tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_reading_model(reading_model.network, tmp_path / name, card={"data": "none"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_lower_layers_are_not_saved(reading_model: ReadingModel) -> None:
    names = reading_model.network.tuned_state()
    assert any(name.startswith("bert.encoder.layer.1.") for name in names)
    assert not any(name.startswith(("bert.encoder.layer.0.", "bert.embeddings")) for name in names)


def test_a_missing_or_broken_file_is_one_clear_error(encoder_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="no reading model"):
        load_reading_model(encoder_folder, tmp_path / "absent.safetensors")
    (tmp_path / "broken.safetensors").write_text(json.dumps({}))
    with pytest.raises(ModelUnavailableError, match="no reading model"):
        load_reading_model(encoder_folder, tmp_path / "broken.safetensors")
