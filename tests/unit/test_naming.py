"""Names of steps: particulars of one statement are left out, what several share stays."""

from __future__ import annotations

import pytest

from jtbd_nlp.lint import phrase_quality
from jtbd_nlp.naming import other_names, shared_words, without_own_tail


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("buy the tickets at home", ["buy a ticket", "get the tickets"], "buy the tickets"),
        ("write the emails for clients", ["write emails", "draft the letter"], "write the emails"),
        ("write the emails for clients", ["write to clients", "mail the clients"], "write the emails for clients"),
        ("look at the map", ["check the map"], "look at the map"),
        ("put on the coat", ["wear a coat"], "put on the coat"),
        ("look over the plan with the builder", ["read the plan"], "look over the plan"),
        ("estimate the cost of the repair", ["get a quote"], "estimate the cost of the repair"),
        ("call to book a room", ["ring the hotel"], "call to book a room"),
        ("check the bill", ["read the bill"], "check the bill"),
        ("pack the bag for the trip", [], "pack the bag"),
        ("brainstorm ideas for a convention", ["gather ideas", "plan games"], "brainstorm ideas"),
        ("look at ideas for a convention", ["gather ideas", "plan games"], "look at ideas"),
        ("do for a convention", ["do work"], "do for a convention"),
    ],
)
def test_a_tail_that_only_one_statement_has_is_left_out(name: str, others: list[str], expected: str) -> None:
    assert without_own_tail(name, [name, *others], phrase_quality) == expected


def test_a_name_is_not_cut_to_a_worse_one() -> None:
    worse = {"pack the bag": 0.2}
    assert without_own_tail("pack the bag for the trip", [], lambda p: worse.get(p, 1.0)) == "pack the bag for the trip"


def test_words_that_other_phrases_have_are_shared() -> None:
    shares = shared_words(["compare offers", "gather the offers", "call a friend"])
    assert shares == [0.5, 0.5, 0.0]


def test_a_phrase_alone_or_without_object_shares_nothing() -> None:
    assert shared_words(["compare the offers"]) == [0.0]
    assert shared_words(["compare", "compare"]) == [0.0, 0.0]


def test_other_names_are_well_made_phrases_of_the_quotes_that_differ() -> None:
    phrases = ["put on services", "operate the servers", "operates a server", "run", "operate the network", "sell it"]
    assert other_names("put on services", phrases, phrase_quality) == ["operate the servers", "operate the network"]


def test_no_more_names_are_offered_than_asked_for() -> None:
    phrases = ["check the bill", "compare the offers", "estimate the cost", "call the bank"]
    offered = other_names("pay the rent", phrases, phrase_quality, most=3)
    assert len(offered) == 3
    assert set(offered) < set(phrases)


def test_a_step_without_phrases_has_no_other_names() -> None:
    assert other_names("pay the rent", [], phrase_quality) == []
