"""The same person has the same pseudonym, two people have two, and none is given twice."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.pseudonyms.book import Book, Name

PEOPLE = st.lists(
    st.builds(
        lambda parts: Name("person", " ".join(parts)),
        st.lists(st.sampled_from(["Eva", "Anna", "Tom", "Reed", "Bell", "Novak"]), min_size=1, max_size=3, unique=True),
    ),
    max_size=8,
)


def people(*names: str) -> list[Name]:
    return [Name("person", name) for name in names]


def test_short_and_long_forms_of_a_name_are_one_person() -> None:
    book = Book().with_names(people("Eva Novak", "Eva", "Ms Novak", "EVA"))
    assert set(book.table().values()) == {"P1"}
    assert set(book.table()) == {"Eva Novak", "Eva", "Ms Novak", "EVA"}


def test_a_long_form_that_comes_later_joins_the_short_one() -> None:
    book = Book().with_names(people("Eva")).with_names(people("Eva Novak"))
    assert book.table() == {"Eva": "P1", "Eva Novak": "P1"}


def test_two_people_of_one_given_name_stay_two_and_the_name_alone_is_neither() -> None:
    book = Book().with_names(people("Anna Reed", "Anna Bell", "Anna"))
    assert len(set(book.table().values())) == 3
    later = Book().with_names(people("Anna")).with_names(people("Anna Reed")).with_names(people("Anna Bell"))
    assert later.table()["Anna Reed"] != later.table()["Anna Bell"]


def test_places_are_one_only_if_spelled_alike() -> None:
    names = [Name("place", "York"), Name("place", "New York"), Name("place", "YORK")]
    assert Book().with_names(names).table() == {"New York": "Place 1", "YORK": "Place 2", "York": "Place 2"}


def test_no_pseudonym_is_what_somebody_is_called_already() -> None:
    assert Book().with_names(people("Eva"), taken={"P1", "P2"}).table() == {"Eva": "P3"}


def test_a_pseudonym_whose_name_is_gone_is_not_given_again() -> None:
    book = Book().with_names(people("Eva")).without("Eva", keep=False)
    assert book.entries == ()
    assert book.with_names(people("Tom", "Eva")).table() == {"Eva": "P2", "Tom": "P3"}


def test_what_was_taken_back_is_left_as_it_is_from_then_on() -> None:
    book = Book().with_names(people("May")).without("P1", keep=True)
    assert book.with_names(people("May", "Tom")).table() == {"Tom": "P2"}
    assert book.without("nobody", keep=True) == book


@given(PEOPLE)
def test_the_order_of_names_does_not_matter_and_all_have_one(names: list[Name]) -> None:
    book = Book().with_names(names)
    assert Book().with_names(reversed(names)) == book
    assert set(book.table()) == {name.text for name in names}
    assert book.with_names(names) == book


@pytest.mark.parametrize("order", list(permutations(["Eva Novak", "Tom", "Eva"])))
def test_uploads_in_any_order_name_one_person_alike(order: tuple[str, ...]) -> None:
    book = Book()
    for name in order:
        book = book.with_names(people(name))
    assert book.table()["Eva"] == book.table()["Eva Novak"] != book.table()["Tom"]
