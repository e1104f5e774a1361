"""Coverage and saturation: counted by hand, and true for any counts."""

from __future__ import annotations

from itertools import combinations, permutations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.coverage import measure_coverage, measure_saturation, rarefaction, transcripts_behind
from tests.builders import a_transcript, an_action


def test_coverage_counts_words_of_participants_sentences() -> None:
    talk = a_transcript("What do you do then, please?", "I plan the route. Then nothing much happens.")
    plan = an_action(talk, "plan the route")
    assert measure_coverage([talk], [plan], {plan.id}).share == 0.5


def test_coverage_is_by_transcript_and_over_all_words() -> None:
    one = a_transcript("How?", "I plan the route.", name="p1")
    two = a_transcript("How?", "I just wait here for it.", name="p2")
    plan = an_action(one, "plan the route")
    coverage = measure_coverage([two, one], [plan], {plan.id})
    assert coverage.by_transcript == {"p1": 1.0, "p2": 0.0}
    assert coverage.share == 0.4


def test_statements_that_nothing_explains_cover_nothing_and_are_named_longest_first() -> None:
    talk = a_transcript("How?", "I plan the route.", "And?", "I call my brother about it every single day.")
    plan, call = an_action(talk, "plan the route"), an_action(talk, "call my brother")
    coverage = measure_coverage([talk], [plan, call], set())
    assert (coverage.share, coverage.largest_unexplained) == (0.0, (call.id, plan.id))


def test_a_sentence_that_a_step_explains_is_no_gap() -> None:
    talk = a_transcript("How?", "I plan the route and call my brother.")
    plan, call = an_action(talk, "plan the route"), an_action(talk, "call my brother")
    assert measure_coverage([talk], [plan, call], {plan.id}).largest_unexplained == ()


def test_no_words_give_no_coverage() -> None:
    assert measure_coverage([], [], set()).share == 0.0


@pytest.mark.parametrize(
    ("ids", "needs", "expected"),
    [
        ([], [], 0.0),
        (["a"], [], 0.0),
        (["a"], [{"a"}, {"a"}], 2.0),
        (["a", "b"], [{"a", "b"}], 0.0),
        # Q1 = 3, Q2 = 2, T = 3: Chao2 sees 1.5 unseen; 1.5 * 3 / (3 * 1.5 + 3) = 0.6.
        (["a", "b", "c"], [{"a"}, {"a", "b"}, {"c"}, {"b", "c"}, {"a"}], 0.6),
    ],
)
def test_the_forecast_of_new_needs(ids: list[str], needs: list[set[str]], expected: float) -> None:
    found = measure_saturation(ids, [], needs)
    assert found.expected_new_needs == pytest.approx(expected)
    assert found.interval[0] <= expected <= found.interval[1]


def test_the_curve_is_the_mean_over_all_orders() -> None:
    own = [{"a"}, {"a", "b"}, {"c"}, {"b", "c"}, {"a"}, {"c"}, {"d"}]
    orders = list(permutations("abcd"))
    expected = [round(fmean(sum(bool(o & set(order[:t])) for o in own) for order in orders)) for t in (1, 2, 3, 4)]
    assert list(measure_saturation(list("abcd"), own, []).steps) == expected


def test_one_transcript_forecasts_as_many_again_as_an_upper_bound() -> None:
    found = measure_saturation(["a"], [], [{"a"}] * 4)
    assert found.needs == (4,)
    assert found.expected_new_needs == 4.0


def test_what_only_led_statements_say_counts_for_no_transcript() -> None:
    talk = a_transcript("How?", "I plan the route.")
    led = an_action(talk, "plan the route", led=True)
    assert transcripts_behind([[led.id]], {led.id: led}) == (frozenset(),)


@given(counts=st.lists(st.integers(0, 6), max_size=30), extra=st.integers(0, 4))
def test_a_curve_never_falls_and_ends_at_what_was_found(counts: list[int], extra: int) -> None:
    curve = rarefaction(counts, 6 + extra)
    assert list(curve) == sorted(curve)
    assert curve[-1] == sum(count > 0 for count in counts)


@given(places=st.lists(st.sets(st.integers(0, 4)), max_size=6))
def test_a_curve_is_the_mean_over_all_choices_of_transcripts(places: list[set[int]]) -> None:
    choices = [list(combinations(range(5), t)) for t in range(1, 6)]
    found = [[sum(bool(own & set(chosen)) for own in places) for chosen in chosens] for chosens in choices]
    assert rarefaction([len(own) for own in places], 5) == tuple(round(sum(n) / len(n)) for n in found)


def test_a_curve_of_many_things_in_many_transcripts_is_found_at_once() -> None:
    curve = rarefaction([1, 2, 3, 4] * 5000, 1250)
    assert curve[-1] == 20_000


@given(data=st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), max_size=25))
def test_the_forecast_lies_in_its_interval_whatever_the_names(data: list[set[str]]) -> None:
    found = measure_saturation(list("abcdef"), [], data)
    assert 0 <= found.interval[0] <= found.expected_new_needs <= found.interval[1]
    turned = [{"fedcba"["abcdef".index(t)] for t in own} for own in data]
    assert measure_saturation(list("fedcba"), [], turned) == found
