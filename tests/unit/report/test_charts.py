"""Geometry of the small charts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.domain import Saturation
from jtbd_nlp.report.charts import HEIGHT, N_DOTS, WIDTH, PeopleDots, saturation_curves


def a_saturation(steps: list[int], needs: list[int]) -> Saturation:
    return Saturation(steps=tuple(steps), needs=tuple(needs), expected_new_needs=1.0, interval=(0.0, 2.0))


@pytest.mark.parametrize(
    ("k", "n", "n_filled", "n_all"),
    [(0, 6, 0, 6), (4, 6, 4, 6), (12, 12, 12, 12), (15, 30, 6, 12), (1, 500, 1, 12), (0, 500, 0, 12), (0, 0, 0, 0)],
)
def test_dots_are_people_as_long_as_they_fit(k: int, n: int, n_filled: int, n_all: int) -> None:
    dots = PeopleDots.of(k, n)
    assert (dots.n_filled, len(dots.xs)) == (n_filled, n_all)


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_dots_stay_within_their_width(counts: tuple[int, int]) -> None:
    dots = PeopleDots.of(*counts)
    assert dots.n_filled <= len(dots.xs) <= N_DOTS
    assert all(0 < x < dots.width for x in dots.xs)


def test_no_interview_draws_nothing() -> None:
    assert saturation_curves(a_saturation([], [])).curves == ()


def test_one_interview_is_one_point_in_the_middle() -> None:
    chart = saturation_curves(a_saturation([3], [0]))
    assert [len(curve.points) for curve in chart.curves] == [1, 1]
    assert [value for _, value in chart.x_ticks] == [1]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=60))
def test_every_point_and_name_lies_on_the_sheet(values: list[tuple[int, int]]) -> None:
    chart = saturation_curves(a_saturation([a for a, _ in values], [b for _, b in values]))
    for curve in chart.curves:
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y, _ in curve.points)
    assert abs(chart.curves[0].label_y - chart.curves[1].label_y) >= 14.99
    assert chart.y_ticks[-1][1] >= max(max(pair) for pair in values)
    assert len(chart.y_ticks) <= 7
    assert len(chart.x_ticks) <= 8


def test_higher_values_stand_higher() -> None:
    steps = saturation_curves(a_saturation([1, 4, 9], [0, 0, 0])).curves[0]
    heights = [y for _, y, _ in steps.points]
    assert heights == sorted(heights, reverse=True)
