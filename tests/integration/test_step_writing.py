"""Which noun a step is written with where a pronoun or nothing was said: the one that fits what is meant."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from spacy.tokens import Doc

from jtbd_nlp.domain import Kind
from jtbd_nlp.statements.clauses import Clause, find_clauses
from jtbd_nlp.statements.parsing import load_parser, parse_turns
from jtbd_nlp.statements.phrases import step_phrase
from jtbd_nlp.statements.referents import filled
from jtbd_nlp.statements.step_writing import MOST_NOUNS, Spoken, step_writings, write_steps

pytestmark = pytest.mark.model

Floats = npt.NDArray[np.float32]


class Letters:
    """Texts are alike that share words: a stand-in for an encoder, whose choices can be foretold."""

    name = "letters"
    dim = 257

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Floats:
        self.texts += texts
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                row[sum(ord(c) * 31**i for i, c in enumerate(word)) % self.dim] += 1
            row /= max(1.0, float(np.linalg.norm(row)))
        return rows


@cache
def parsed(text: str) -> Doc:
    return parse_turns(load_parser(), [text])[0]


def spoken(text: str, part: str, before: str = "") -> Spoken:
    """The clause `part` of the turn `text`, after the turn `before`."""
    doc, start = parsed(text), text.index(part)
    return Spoken(doc, _clause(doc, start, start + len(part)), parsed(before) if before else None)


def _clause(doc: Doc, start: int, end: int) -> Clause:
    own = [c for c in find_clauses(doc, kind=Kind.INTERVIEW) if (c.start, c.end) == (start, end)]
    assert own, f"no clause is {doc.text[start:end]!r}"
    return own[0]


def written(one: Spoken, meant: str) -> str:
    """How it is written where the words mean `meant`."""
    letters = Letters()
    return write_steps([one], letters.embed([meant]), letters)[0]


@pytest.mark.parametrize("meant", ["print the label", "print the receipt"])
def test_what_is_meant_decides_between_nouns(meant: str) -> None:
    one = spoken("The till has the label and the receipt. I print it.", "print it")
    assert written(one, meant) == meant


def test_a_noun_may_stand_in_the_turn_before() -> None:
    later = "Then I send it to the office."
    assert written(spoken(later, "send it to the office"), "send the offer to the office") == "send to the office"
    one = spoken(later, "send it to the office", before="I write the offer in the van.")
    assert written(one, "send the offer to the office") == "send the offer to the office"


def test_a_thing_is_no_person_and_a_person_no_thing() -> None:
    talk = "The customer had a question about the invoice. I wrote it down and then I called her."
    assert "customer" not in written(spoken(talk, "wrote it down"), "write down the customer")
    assert "invoice" not in written(spoken(talk, "called her"), "call the invoice")


def test_a_verb_agrees_with_the_noun_that_is_written() -> None:
    one = spoken("The scripts are new. I make sure it runs at night.", "make sure it runs at night")
    assert written(one, "ensure that the scripts run at night").startswith("ensure that the scripts run")


def test_scraps_of_contractions_are_no_nouns() -> None:
    one = spoken("I show em the gazebo. Then I pack it up.", "pack it up")
    assert [w.phrase for w in step_writings(one)] == ["pack up the gazebo", "pack up"]


def test_no_noun_is_written_where_none_fits() -> None:
    one = spoken("The weather was bad. I paid it on Monday.", "paid it on Monday")
    assert written(one, "pay") == "pay"


def test_a_missing_object_is_filled_only_where_it_clearly_fits() -> None:
    one = spoken("I take the draft to the kitchen. Then I edit.", "edit")
    assert written(one, "edit the draft") == "edit the draft"
    assert written(one, "go out") == "edit"


def test_what_has_no_gap_is_written_by_rule_and_needs_no_vectors() -> None:
    one, letters = spoken("I compare the prices.", "compare the prices"), Letters()
    assert write_steps([one], np.zeros((1, Letters.dim), np.float32), letters) == ["compare the prices"]
    assert letters.texts == []
    assert write_steps([], np.zeros((0, Letters.dim), np.float32), letters) == []


def test_writings_are_few_and_no_two_alike() -> None:
    nouns = "table chair lamp shelf carpet curtain mirror drawer cupboard bed door window"
    talk = " ".join(f"I saw the {noun}." for noun in nouns.split()) + " I bought it."
    found = step_writings(spoken(talk, "bought it"))
    phrases = [writing.phrase for writing in found]
    assert 2 < len(phrases) <= MOST_NOUNS + 2
    assert len(set(phrases)) == len(phrases)
    assert "buy" in phrases


def test_filling_ends_with_its_block() -> None:
    one = spoken("I wrote the report. I sent it.", "sent it")
    before = step_phrase(one.doc, one.clause)
    step_writings(one)
    assert step_phrase(one.doc, one.clause) == before == "send the report"
    with filled(one.doc, {}) as gaps:
        step_phrase(one.doc, one.clause)
    assert [(gap.place.text, gap.noun and gap.noun.text) for gap in gaps] == [("it", "report")]


def test_reading_a_talk_twice_writes_it_alike() -> None:
    one = spoken("The till has the label and the receipt. I print it.", "print it")
    assert written(one, "print the label") == written(one, "print the label")
