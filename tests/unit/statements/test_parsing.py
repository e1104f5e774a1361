"""What parse_turns promises, with a blank pipeline: offsets, order and bounded pieces need no model."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jtbd_nlp.statements import parsing

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NLP = spacy.blank("en")


def test_no_texts_give_no_docs() -> None:
    assert parsing.parse_turns(NLP, []) == []


def test_an_empty_text_keeps_its_place() -> None:
    assert [doc.text for doc in parsing.parse_turns(NLP, ["a b", "", "c"])] == ["a b", "", "c"]


@quick
@given(st.lists(st.text(), max_size=5))
def test_every_doc_has_the_text_of_its_turn(texts: list[str]) -> None:
    assert [doc.text for doc in parsing.parse_turns(NLP, texts)] == texts


@pytest.mark.parametrize(
    "text",
    [
        "We left early. " * 3_000,
        "we left early and " * 3_000,
        "x" * 50_000,
        "One line\n\nand another  one \n" * 2_000,
        "Is it late? Yes!  (I think.) " * 2_000,
    ],
)
def test_a_long_turn_is_one_doc_with_offsets_into_the_turn(text: str) -> None:
    (doc,) = parsing.parse_turns(NLP, [text])
    assert doc.text == text
    assert all(text[word.idx : word.idx + len(word)] == word.text for word in doc)


@quick
@given(st.text(alphabet="ab. \n?", max_size=200), st.integers(1, 30))
def test_pieces_join_to_the_text_and_keep_to_the_limit(text: str, n: int) -> None:
    long = text * n * 20
    pieces = list(parsing._pieces(long))
    assert "".join(pieces) == long
    assert max(len(piece) for piece in pieces) <= parsing.PIECE_CHARACTERS


def test_a_piece_ends_with_a_sentence() -> None:
    pieces = list(parsing._pieces("We left at nine, as always. " * 1_000))
    assert len(pieces) > 1
    assert all(piece.endswith(". ") for piece in pieces)
