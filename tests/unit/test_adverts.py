"""Adverts between the questions of a podcast are told from the talk around them."""

from __future__ import annotations

import pytest

from jtbd_nlp.adverts import MOST_WORDS, advert_warnings, find_adverts
from jtbd_nlp.domain import Role, Turn

OPENING = "This portion of Bread Talk is brought to you by Crumbly."
OFFER = "Go to crumbly.com/bread and order a tray."
TALK = "Before I bake I weigh the flour twice."


def turns_of(*texts: str) -> list[Turn]:
    return [Turn(i, f"Speaker {i % 2 + 1}", Role.PARTICIPANT, text) for i, text in enumerate(texts)]


def words_of(turns: list[Turn]) -> list[str]:
    return [" ".join(turns[i].text[start:end] for i, start, end in advert) for advert in find_adverts(turns)]


def test_an_advert_reaches_from_who_pays_to_the_last_address_across_turns() -> None:
    turns = turns_of(f"{TALK} {OPENING} You track every loaf.", "Are you tired of weighing?", f"{OFFER} {TALK}")
    assert words_of(turns) == [f"{OPENING} You track every loaf. Are you tired of weighing? {OFFER}"]


def test_without_an_offer_only_the_sentence_that_names_who_pays_is_one() -> None:
    assert words_of(turns_of(f"{TALK} {OPENING} {TALK}")) == [OPENING]


def test_an_address_much_later_belongs_to_the_talk() -> None:
    long_talk = " ".join([TALK] * (MOST_WORDS // len(TALK.split()) + 2))
    assert words_of(turns_of(f"{OPENING} {long_talk} {OFFER}")) == [OPENING]


@pytest.mark.parametrize(
    "text",
    [
        "My trip was sponsored by the firm, so I went to the site crumbly.com and booked it.",
        "The idea was brought to you by nobody but me.",
        "We look for sponsors before we plan the festival, and thank our sponsors afterwards.",
        "I order at crumbly.com with a discount code.",
    ],
)
def test_what_people_say_of_their_own_sponsors_and_shops_is_no_advert(text: str) -> None:
    assert find_adverts(turns_of(text, OFFER)) == ()


def test_two_adverts_are_two_and_the_reader_is_told() -> None:
    twice = turns_of(f"{OPENING} {OFFER} {' '.join([TALK] * 40)}", f"{OPENING} {OFFER}")
    assert advert_warnings(twice) == ["2 adverts are read out: they give no steps"]
    assert advert_warnings(twice[1:]) == ["an advert is read out: it gives no steps"]
    assert advert_warnings(turns_of(TALK)) == []
