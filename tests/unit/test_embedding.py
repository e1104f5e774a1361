"""Vectors that are remembered are those that were made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.embedding import Floats, RememberingEmbedder


class Letters:
    """Counts the letters a and b; notes what it was asked for."""

    name, dim = "letters", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return np.array([[t.count("a"), t.count("b")] for t in texts], np.float32).reshape(len(texts), 2)


@given(st.lists(st.lists(st.text("ab", max_size=3), max_size=8), max_size=8), st.integers(0, 6))
def test_what_is_remembered_equals_what_is_made(calls: list[list[str]], most: int) -> None:
    remembering = RememberingEmbedder(Letters(), most=most)
    for texts in calls:
        assert remembering.embed(texts).tobytes() == Letters().embed(texts).tobytes()
        assert remembering.embed(texts).shape == (len(texts), 2)


def test_a_text_is_made_once_until_too_many_others_came() -> None:
    letters = Letters()
    remembering = RememberingEmbedder(letters, most=2)
    for texts in (["a", "a"], ["b"], ["a"], ["ab"], ["b"], ["a"]):
        remembering.embed(texts)
    assert letters.asked == ["a", "b", "ab", "b", "a"]
