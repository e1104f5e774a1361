"""Windows: what the reading model is given of a transcript."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from jtbd_nlp.domain import Role
from jtbd_nlp.sentences import sentence_bounds
from jtbd_nlp.statements.windows import MAX_BODY, MAX_CONTEXT, MAX_SENTENCE, cut_windows
from tests.builders import a_transcript


def a_tokenizer() -> Tokenizer:
    """One piece a word; words outside the vocabulary are [UNK]."""
    words = ["[UNK]", "[CLS]", "[SEP]", "how", "do", "you", "pay", "by", "phone", "then", "i", "wait"]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token=words[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def test_a_window_holds_the_question_as_context_and_the_answer_as_body() -> None:
    [window] = cut_windows(a_transcript("how do you pay", "by phone"), a_tokenizer())
    assert window.turn == 1
    assert window.ids == (1, 3, 4, 5, 6, 2, 7, 8, 2)
    assert window.ids[window.body :] == (7, 8, 2)
    assert window.offsets == ((0, 2), (3, 8))


def test_the_interviewers_turns_are_no_body() -> None:
    windows = cut_windows(a_transcript("how do you pay", "by phone", "then", "i wait"), a_tokenizer())
    assert [w.turn for w in windows] == [1, 3]


def test_a_turn_without_words_gives_no_window() -> None:
    assert cut_windows(a_transcript("how", "   "), a_tokenizer()) == []


def test_only_wanted_roles_are_read() -> None:
    windows = cut_windows(a_transcript("how", "by phone"), a_tokenizer(), roles=[Role.INTERVIEWER])
    assert [w.turn for w in windows] == [0]


def test_sentences_are_ranges_of_body_pieces() -> None:
    [window] = cut_windows(a_transcript("how", "by phone. then i wait."), a_tokenizer())
    assert window.sentences == ((0, 3), (3, 7))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="ab .?!\n", max_size=700), min_size=1, max_size=4))
def test_bodies_hold_every_piece_of_every_answer_once(answers: list[str]) -> None:
    turns = [text for answer in answers for text in ("how", answer)]
    transcript = a_transcript(*turns)
    tokenizer = a_tokenizer()
    windows = cut_windows(transcript, tokenizer)
    for turn in transcript.turns[1::2]:
        mine = [w for w in windows if w.turn == turn.index]
        pieces = tokenizer.encode(turn.text, add_special_tokens=False).offsets
        assert [o for w in mine for o in w.offsets] == pieces
    for window in windows:
        assert window.body <= MAX_CONTEXT + 2
        assert len(window.offsets) <= max(MAX_BODY, MAX_SENTENCE)
        assert [i for a, b in window.sentences for i in range(a, b)] == list(range(len(window.offsets)))


def test_sentences_end_at_stops_and_line_ends() -> None:
    text = 'I call. "Why?" she asks\nI wait'
    assert [text[a:b] for a, b in sentence_bounds(text)] == ["I call.", '"Why?', "she asks", "I wait"]


def test_no_text_has_no_sentences() -> None:
    assert sentence_bounds("") == []
