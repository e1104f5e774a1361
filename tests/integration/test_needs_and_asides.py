"""Needs and asides of the real parser: one sentence a rule, near misses beside it."""

from __future__ import annotations

from functools import cache

import pytest
from spacy.tokens import Doc

from jtbd_nlp.domain import Kind, NeedPhrase
from jtbd_nlp.statements.asides import find_undone, tells_struggle
from jtbd_nlp.statements.clauses import find_clauses
from jtbd_nlp.statements.judgement import list_candidates
from jtbd_nlp.statements.needs import need_phrase
from jtbd_nlp.statements.parsing import load_parser, parse_turns

pytestmark = pytest.mark.model


@cache
def parsed(text: str) -> Doc:
    return parse_turns(parser(), [text])[0]


@cache
def parser():  # type: ignore[no-untyped-def]  # spaCy's Language, loaded once
    return load_parser()


def need(text: str) -> NeedPhrase:
    """The need of the longest clause."""
    clauses = find_clauses(parsed(text), kind=Kind.INTERVIEW)
    return need_phrase(parsed(text), max(clauses, key=lambda c: (c.end - c.whole_start, -c.start)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It always gets stressful at the end of the day.", "emotional"),
        ("I was so overwhelmed at the end of the day.", "emotional"),
        ("It feels like it takes hours to find the form.", "functional"),
        ("I would love to leave the house early.", "functional"),
        ("They judge me when I bring the wrong cake.", "social"),
        ("I never know the status of the order.", "functional"),
        ("Setting up the app takes hours.", "consumption_chain"),
        ("Setting up the meeting takes hours.", "functional"),
        ("The tickets are expensive.", "financial"),
        ("The income statement was wrong again.", "functional"),
    ],
)
def test_the_kind_of_a_need_follows_from_what_it_is_about(text: str, expected: str) -> None:
    assert need(text).kind == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It takes forever to find a spot when the road is blocked.", "when the road is blocked"),
        ("It's hard to find a spot during the holidays.", "during the holidays"),
        ("I can't find the address while I'm driving.", "while driving"),
        ("It takes forever to find a spot because the road is blocked.", None),
        ("It's hard to find a spot before that.", None),
    ],
)
def test_a_need_keeps_the_circumstance_it_holds_under(text: str, expected: str | None) -> None:
    assert need(text).context == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's easy to find the form.", True),
        ("It isn't hard to find the form.", True),
        ("It should be easy to find the form.", False),
        ("It's not easy to find the form.", False),
        ("It's hard to find the form.", False),
    ],
)
def test_a_need_tells_whether_the_speaker_finds_it_no_trouble(text: str, expected: bool) -> None:
    assert need(text).is_met is expected


def test_wanting_to_take_time_asks_for_more_of_it() -> None:
    assert need("I like to take my time to compare the offers.").direction == "increase"
    assert need("It takes too much time to compare the offers.").direction == "minimize"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I never compare the offers.", ["compare the offers"]),
        ("I don't bother to check the address.", ["check the address"]),
        ("We stopped comparing the offers.", ["compare the offers"]),
        ("I send the letter without checking the address.", ["check the address"]),
        ("I compare the offers.", []),
        ("I can't compare the offers.", []),
        ("I don't want to compare the offers.", []),
        ("I don't just compare the offers.", []),
        ("Don't you compare the offers?", []),
        ("The bank never compares the offers.", []),
    ],
)
def test_what_people_say_they_do_not_do_is_found(text: str, expected: list[str]) -> None:
    candidates = list_candidates(find_clauses(parsed(text), kind=Kind.INTERVIEW))
    assert [phrase for _, phrase in find_undone(parsed(text), candidates, [])] == expected


def test_what_a_statement_already_says_is_no_counter_evidence() -> None:
    text = "I never compare the offers."
    candidates = list_candidates(find_clauses(parsed(text), kind=Kind.INTERVIEW))
    assert find_undone(parsed(text), candidates, [(0, len(text))]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's a struggle to find the form.", True),
        ("I can't open the file.", True),
        ("It's not hard to find the form.", False),
        ("We treat the difficult cases first.", False),
    ],
)
def test_words_of_struggle_count_where_they_tell_of_one(text: str, expected: bool) -> None:
    assert tells_struggle(parsed(text), 0, len(text)) is expected
