"""Each rule catches its own bad example and leaves its good one alone; quality ranks names of a step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.lint import NEED_RULES, STEP_RULES, Rule, lint_need, lint_step, phrase_quality

JOB = "get to a destination on time"


@pytest.mark.parametrize("rule", STEP_RULES.values(), ids=lambda r: r.id)
def test_a_step_rule_catches_its_bad_example(rule: Rule) -> None:
    assert rule.id in {f.rule for f in lint_step(rule.caught, job=JOB)}


@pytest.mark.parametrize("rule", STEP_RULES.values(), ids=lambda r: r.id)
def test_a_step_rules_good_example_is_clean(rule: Rule) -> None:
    assert lint_step(rule.fine, job=JOB) == ()


@pytest.mark.parametrize("rule", NEED_RULES.values(), ids=lambda r: r.id)
def test_a_need_rule_catches_its_bad_example(rule: Rule) -> None:
    assert rule.id in {f.rule for f in lint_need(rule.caught)}


@pytest.mark.parametrize("rule", NEED_RULES.values(), ids=lambda r: r.id)
def test_a_need_rules_good_example_is_clean(rule: Rule) -> None:
    assert lint_need(rule.fine) == ()


@pytest.mark.parametrize(
    "phrase",
    [
        "travel to the destination",
        "park the vehicle",
        "supply the kitchen",
        "find out which form applies",
        "document the changes",
        "feed the animals",
        "file the VAT return",
        "get in touch with the family",
        "weigh costs and benefits",
        "judge whether the trip was worth it",
        "reach someone who can explain the bill",
        "find out the amount and its terms",
        "have the guests sign",
        "go through the papers",
        "choose the kind of tyres",
        "put together a plan",
        "put the form in the drawer",
        "put the guests first",
    ],
)
def test_ordinary_steps_are_clean(phrase: str) -> None:
    assert lint_step(phrase, job=None) == ()


def test_a_possessive_of_what_was_just_named_is_explained() -> None:
    rules = {f.rule for f in lint_step("invite the guests and collect their replies", job=None)}
    assert rules == {"step-compound"}


@pytest.mark.parametrize(
    "statement",
    [
        "minimize the likelihood that the bus leaves early",
        "increase the number of guests who can be seated",
        "minimize the uncertainty about what is owed",
        "increase the availability of parking near the station",
    ],
)
def test_ordinary_needs_are_clean(statement: str) -> None:
    assert lint_need(statement) == ()


@pytest.mark.parametrize(
    ("phrase", "rule"),
    [
        ("have the knowledge", "step-state"),
        ("need a plan for the day", "step-state"),
        ("go rounds", "step-motion"),
        ("use similar approaches", "step-means"),
        ("repeat with AI", "step-product"),
        ("park on level 3", "step-number"),
        ("fill in the the form", "step-unfinished"),
        ("see what the guests come up with the", "step-unfinished"),
        ("put the tickets", "step-unfinished"),
        ("look for like flights", "step-filler"),
    ],
)
def test_names_that_no_analyst_keeps_are_flagged(phrase: str, rule: str) -> None:
    assert rule in {f.rule for f in lint_step(phrase, job=None)}


def test_the_job_itself_is_no_step_whatever_its_articles() -> None:
    assert "step-is-whole-job" in {f.rule for f in lint_step("get to the destination on time", job=JOB)}
    assert "step-is-whole-job" not in {f.rule for f in lint_step("get to the destination on time", job=None)}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("determine the departure time", "determine"),
        ("compare the offers", "compare them"),
        ("compare the offers", "the offers"),
        ("compare the offers", "compare the offers in Excel"),
        ("check the tyres", "get tyres"),
        ("book a table", "quickly book a table"),
        ("list what has to be bought", "write down all the things that have to be bought on the way"),
    ],
)
def test_the_better_name_has_the_higher_quality(better: str, worse: str) -> None:
    assert phrase_quality(better) > phrase_quality(worse)


def test_no_words_have_no_quality() -> None:
    assert phrase_quality("") == 0.0


@given(st.text(max_size=80))
def test_any_text_can_be_linted(text: str) -> None:
    assert {f.rule for f in lint_step(text, job=text)} <= STEP_RULES.keys()
    assert {f.rule for f in lint_need(text)} <= NEED_RULES.keys()
    assert 0.0 <= phrase_quality(text) <= 1.0
