"""The ways in which a clause can be written as a need, on real parses."""

from __future__ import annotations

from functools import cache

import pytest

from jtbd_nlp.domain import Kind
from jtbd_nlp.statements.clauses import find_clauses
from jtbd_nlp.statements.need_evidence import bears_out
from jtbd_nlp.statements.need_views import View
from jtbd_nlp.statements.need_writings import list_writings
from jtbd_nlp.statements.parsing import load_parser, parse_turns

pytestmark = pytest.mark.model


@cache
def parser():  # type: ignore[no-untyped-def]  # spaCy's Language, loaded once
    return load_parser()


def writings(text: str) -> set[str]:
    """Every writing of the longest clause."""
    (doc,) = parse_turns(parser(), [text])
    clause = max(find_clauses(doc, kind=Kind.INTERVIEW), key=lambda c: (c.end - c.whole_start, -c.start))
    return {w.statement for w in list_writings(View.of(doc, clause))}


def test_a_mistyped_passive_is_not_written_as_it_stands() -> None:
    assert any("is replaced" in w for w in writings("Good judgement is often replaced by a rule."))
    assert not any("is replace" in w for w in writings("Good judgement cannot be replace by a rule."))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("It takes ages to find the form.", "minimize the time it takes to find the form"),
        ("There were errors in the lesson.", "minimize the likelihood of errors in the lesson"),
        ("I don't know which form applies.", "minimize the uncertainty about which form applies"),
        ("The ledgers did not match.", "increase the likelihood that the ledgers match"),
        ("I have to sign the form again.", "minimize the likelihood of having to sign the form"),
        ("It misses half of the invoices.", "minimize the likelihood of missing the invoices"),
        ("We need more volunteers.", "increase the number of volunteers"),
    ],
)
def test_a_clause_can_be_written_so(text: str, written: str) -> None:
    assert written in writings(text)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("The patients come on Monday.", "increase the availability"),
        ("I find the form.", "minimize the time"),
        ("I would love to delegate the filing.", "minimize the likelihood of delegating"),
        ("I write fewer letters.", "increase the likelihood of writing"),
        ("It takes ages to find the form.", "increase the likelihood of finding"),
    ],
)
def test_a_metric_that_no_word_speaks_of_is_not_tried(text: str, start: str) -> None:
    assert not any(w.startswith(start) for w in writings(text))


def borne_out(text: str) -> set[str]:
    """The writings of the longest clause that its words bear out."""
    (doc,) = parse_turns(parser(), [text])
    clause = max(find_clauses(doc, kind=Kind.INTERVIEW), key=lambda c: (c.end - c.whole_start, -c.start))
    view = View.of(doc, clause)
    return {w.statement for w in list_writings(view) if bears_out(view, w)}


@pytest.mark.parametrize(
    ("text", "said", "not_said"),
    [
        ("It takes ages to find the form.", "minimize the time it takes to find the form", ""),
        ("It takes time and effort to find the form.", "minimize the effort it takes to find the form", ""),
        ("We struggle with sorting the letters.", "minimize the effort it takes to sort the letters", ""),
        ("I don't know which form applies.", "minimize the uncertainty about which form applies", ""),
        ("There were errors in the bill.", "minimize the likelihood of errors in the bill", ""),
        ("They find errors in the bill.", "", "minimize the likelihood of errors in the bill"),
        ("I missed the deadline for the grant.", "minimize the likelihood of missing the deadline for the grant", ""),
        ("The ledgers did not match.", "increase the likelihood that the ledgers match", ""),
        ("I have to sign the form again.", "minimize the likelihood of having to sign the form", ""),
        ("We need more volunteers.", "increase the number of volunteers", ""),
        # The quality that the quote tells is another.
        ("We handle urgent problems in a timely manner.", "", "increase the likelihood of handling urgent problems"),
        # The metric's word is part of what is measured, or there is too much of it.
        ("It was a reliable upload.", "", "increase the reliability of a reliable upload"),
        ("There are too many detailed rules.", "", "increase the detail of rules"),
        # Nothing calls it bad, and nobody wants it.
        ("The cart was full.", "", "minimize the likelihood that the cart is full"),
        ("I never looked at the ledgers.", "", "increase the likelihood of looking at the ledgers"),
        ("The date would be important.", "", "increase the likelihood that the date is important"),
        # No question that anybody has.
        ("I bounce ideas off her when I feel tired.", "", "minimize the uncertainty about when to feel"),
        ("Why don't you get some bags of cement?", "", "minimize the uncertainty about why to get bags of cement"),
    ],
)
def test_a_writing_is_borne_out_by_what_the_words_say_and_by_nothing_else(text: str, said: str, not_said: str) -> None:
    found = borne_out(text)
    assert {said} - {""} <= found
    assert {not_said} - {""} <= writings(text) - found
