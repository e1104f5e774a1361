"""Quotes in their surroundings, and the lock on them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.domain import Analysis, Evidence, Span
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.quoting import check_quotes, clock_time, printable, quote_in_context
from tests.builders import a_step, a_transcript, an_action, an_analysis
from tests.rich_study import rich_analysis


def a_study() -> Analysis:
    transcript = a_transcript("How?", "I plan the route and I leave.")
    action = an_action(transcript, "plan the route")
    return an_analysis([transcript], [action], [a_step([action])])


def altered(analysis: Analysis, evidence: Evidence) -> Analysis:
    return replace(analysis, statements=(replace(analysis.statements[0], evidence=evidence),))


def test_an_honest_analysis_passes_the_lock() -> None:
    check_quotes(a_study())


@pytest.mark.parametrize(
    ("evidence", "fault"),
    [
        (Evidence("p1", Span(1, 2, 16), "plan the routes"), "not what stands there"),
        (Evidence("p1", Span(1, 3, 17), "plan the route"), "not what stands there"),
        (Evidence("p1", Span(1, 90, 104), ""), "not what stands there"),
        (Evidence("p1", Span(1, -5, -1), "ave."), "not what stands there"),
        (Evidence("p1", Span(7, 2, 16), "plan the route"), "no such turn"),
        (Evidence("p1", Span(-1, 2, 16), "plan the route"), "no such turn"),
        (Evidence("p9", Span(1, 2, 16), "plan the route"), "no such transcript"),
    ],
)
def test_a_quote_that_is_not_in_its_turn_is_refused(evidence: Evidence, fault: str) -> None:
    with pytest.raises(AnalysisError, match=fault):
        check_quotes(altered(a_study(), evidence))


def test_the_message_names_the_place_and_not_what_was_said() -> None:
    with pytest.raises(AnalysisError) as caught:
        check_quotes(altered(a_study(), Evidence("p1", Span(1, 2, 16), "my secret")))
    assert "p1, turn 1, 2 to 16" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_step_must_not_name_a_statement_that_is_not_there() -> None:
    study = a_study()
    with pytest.raises(AnalysisError, match=f"{study.steps[0].id}: names a statement that is not there: gone"):
        check_quotes(replace(study, steps=(replace(study.steps[0], statements=("gone",)),)))


def test_two_statements_of_one_id_are_refused() -> None:
    study = a_study()
    with pytest.raises(AnalysisError, match="same id"):
        check_quotes(replace(study, statements=study.statements * 2))


def test_a_quote_stands_between_its_words_after_its_question() -> None:
    transcript = a_transcript("Hello.", "Hi.", "How do you start?", "well one two I plan it now three four", start=62.0)
    quote = quote_in_context(an_action(transcript, "I plan it"), transcript, n_words=2)
    assert (quote.before, quote.quote, quote.after) == ("one two ", "I plan it", " now three")
    assert (quote.is_cut_before, quote.is_cut_after) == (True, True)
    assert quote.question == "How do you start?"
    assert quote.place == "p1, turn 3, 2:02"


def test_a_turn_without_time_has_a_place_without_time() -> None:
    transcript = a_transcript("How?", "I plan it")
    quote = quote_in_context(an_action(transcript, "I plan it"), transcript)
    assert quote.place == "p1, turn 1"
    assert (quote.before, quote.after, quote.is_cut_before, quote.is_cut_after) == ("", "", False, False)


def test_a_question_long_before_is_not_what_the_quote_answers() -> None:
    transcript = a_transcript(("Moderator", "How?"), *[("A", "Hm."), ("B", "Yes.")] * 3, ("A", "I plan it."))
    assert quote_in_context(an_action(transcript, "I plan it"), transcript).question == ""


def test_a_long_question_keeps_its_end() -> None:
    transcript = a_transcript("Let me explain. " * 40 + "How do you start?", "I plan it.")
    question = quote_in_context(an_action(transcript, "I plan it"), transcript).question
    assert question.startswith("… ")
    assert question.endswith("How do you start?")
    assert len(question) < 250


def test_scripts_without_spaces_are_cut_too() -> None:
    transcript = a_transcript("いつ?", "あ" * 900 + "計画する" + "い" * 900)
    quote = quote_in_context(an_action(transcript, "計画する"), transcript)
    assert len(quote.before) < 300
    assert quote.is_cut_after


@given(st.text(max_size=80), st.text(min_size=1, max_size=20), st.text(max_size=80), st.integers(0, 6))
def test_context_and_quote_are_one_stretch_of_the_turn(before: str, quote: str, after: str, n_words: int) -> None:
    transcript = a_transcript("How?", before + quote + after)
    found = quote_in_context(an_action(transcript, quote), transcript, n_words=n_words)
    assert found.before + found.quote + found.after in transcript.turns[1].text
    assert found.quote == quote


@pytest.mark.parametrize(("seconds", "expected"), [(0, "0:00"), (62.9, "1:02"), (3600, "1:00:00"), (36061, "10:01:01")])
def test_times_read_like_a_clock(seconds: float, expected: str) -> None:
    assert clock_time(seconds) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred", "\ufffd[31mred"),
        ("a\u202eb", "a\ufffdb"),
        ("nul\x00", "nul\ufffd"),
        ("one\r\ntwo\tthree", "one two three"),
        ("👩‍👧 naïve 家", "👩‍👧 naïve 家"),
    ],
)
def test_what_a_terminal_would_obey_is_made_visible(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_words_beside_the_statements_are_locked_too() -> None:
    analysis = rich_analysis()
    step = next(step for step in analysis.steps if step.counter)
    aside = step.counter[0]
    forged = replace(aside, evidence=replace(aside.evidence, quote="I never go"))
    steps = tuple(replace(s, counter=(forged,)) if s.id == step.id else s for s in analysis.steps)
    with pytest.raises(AnalysisError, match=step.id):
        check_quotes(replace(analysis, steps=steps))
