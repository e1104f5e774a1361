"""Names go wherever they stand, words that hold them stay, and every offset of the old text is found in the new."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.pseudonyms import Book, Name, replace_names, replaced
from jtbd_nlp.pseudonyms.replacing import name_of
from tests.builders import a_transcript

TABLE = {"Eva Novak": "P1", "Eva": "P1", "Bar & Co.": "Organisation 1", "eva@novak.org": "email-1", "Halle": "Place 1"}
TABLE |= {"+49 341 23": "phone-1", "(212) 5": "phone-2", "WALKER": "P2"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eva Novak, Eva and EVA", "P1, P1 and P1"),
        ("Eva's car, Eva’s car, Eva-Maria", "P1's car, P1’s car, P1-Maria"),
        ("Evaluate the halle of Nevada", "Evaluate the halle of Nevada"),
        ("write to eva@novak.org.", "write to email-1."),
        ("at Bar & Co. in HALLE", "at Organisation 1 in Place 1"),
        ("_Eva_ (Eva)", "_P1_ (P1)"),
        ("call +49 341 23 or (212) 5", "call phone-1 or phone-2"),
        ("EvaNovak Eva  Novak", "EvaNovak P1  Novak"),
        ("WALKER, Walker and walker", "P2, P2 and walker"),
        ("", ""),
    ],
)
def test_whole_names_are_replaced_and_parts_of_words_are_not(text: str, expected: str) -> None:
    assert replaced(text, TABLE).text == expected


def test_without_names_nothing_changes() -> None:
    assert replaced("Eva", {}).text == "Eva"


WORDS = st.sampled_from(["Eva", "Eva Novak", "Halle", "I", "drive", "to", "“", ",", "Evaluation"])


@given(st.lists(WORDS, max_size=12))
def test_every_character_outside_of_names_is_found_again_at_its_new_place(words: list[str]) -> None:
    old = " ".join(words)
    new = replaced(old, TABLE)
    inside = {i for start, end, _ in new.places for i in range(start, end)}
    for i in set(range(len(old))) - inside:
        assert new.text[new.moved(i)] == old[i]
    assert new.moved(len(old), is_end=True) == len(new.text)
    for start in range(len(old)):
        assert new.moved(start) < new.moved(start + 1, is_end=True)


def test_a_quote_that_begins_or_ends_within_a_name_takes_its_stand_in_whole() -> None:
    new = replaced("I call Eva Novak now", TABLE)
    assert new.text[new.moved(11) : new.moved(20, is_end=True)] == "P1 now"
    assert new.text[new.moved(2) : new.moved(10, is_end=True)] == "call P1"


def test_an_interview_says_nothing_of_who_speaks_in_it_by_what_it_is_called() -> None:
    talk = a_transcript(("Moderator", "Hi Eva, how is Halle?"), ("Eva Novak", "Fine."), name="Eva Novak final.docx")
    names = [Name("person", "Eva Novak"), Name("person", "Eva"), Name("place", "Halle"), name_of(talk)]
    book = Book().with_names(names)
    hidden = replace_names(talk, book)
    assert (hidden.id, hidden.title, hidden.source) == ("interview-1",) * 3
    assert [(t.speaker, t.text) for t in hidden.turns] == [
        ("Moderator", "Hi P1, how is Place 1?"),
        ("P1", "Fine."),
    ]
    assert [t.role for t in hidden.turns] == [t.role for t in talk.turns]
    assert b"Eva" not in hidden.canonical_bytes()
