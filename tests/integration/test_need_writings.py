"""The ways in which a clause can be written as a need, on real parses."""

from __future__ import annotations

from functools import cache

import pytest

from jtbd_nlp.domain import Kind
from jtbd_nlp.statements.clauses import find_clauses
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
