"""The words around a pair."""

from __future__ import annotations

from dataclasses import replace

from jtbd_nlp.scorecard.contexts import context_of
from jtbd_nlp.scorecard.sides import Pair, ProposedStatement, lay_side_by_side
from tests.builders import a_transcript
from tests.scored_study import ANN, BEN, a_document, a_label, a_study

PAIRS = lay_side_by_side(a_study(), a_document()).pairs


def the_pair(fit: str) -> Pair:
    return next(pair for pair in PAIRS if pair.fit == fit)


def test_stretches_tell_what_was_marked_and_what_was_proposed() -> None:
    stretches = context_of(the_pair("edges"), BEN).stretches
    assert [(s.text, s.is_gold, s.is_proposed) for s in stretches[:4]] == [
        ("I ", False, False),
        ("plan ", True, False),
        ("the trip", True, True),
        (" at home", True, False),
    ]


def test_stretches_make_up_one_piece_of_the_turn() -> None:
    for pair in PAIRS:
        transcript = {"ann": ANN, "ben": BEN}[pair.transcript]
        text = "".join(s.text for s in context_of(pair, transcript).stretches)
        assert text == transcript.turns[1].text


def test_speaker_place_and_question_are_told() -> None:
    context = context_of(the_pair("edges"), BEN)
    assert (context.speaker, context.place, context.question) == ("BEN", "ben, turn 1, 1:20", "And you?")
    assert context_of(the_pair("missed"), ANN).place == "ann, turn 1"


def test_a_long_turn_is_cut_around_both_spans() -> None:
    talk = a_transcript("How?", "so " * 50 + "I drive home and park" + " you know" * 50)
    label = a_label(talk, "drive", stage="execute", step=None)
    proposed = the_pair("invented").proposed
    assert isinstance(proposed, ProposedStatement)
    start = talk.turns[1].text.index("home and park")
    far = replace(proposed, turn=1, start=start, end=start + len("home and park"))
    context = context_of(Pair("p1", "action", "edges", label, far), talk)
    assert (context.is_cut_before, context.is_cut_after) == (True, True)
    assert "drive home and park" in "".join(s.text for s in context.stretches)
    assert "".join(s.text for s in context.stretches).count("so ") == 29
