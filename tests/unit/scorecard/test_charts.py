"""Geometry of the reliability diagram."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.evaluation import calibration
from jtbd_nlp.scorecard.charts import reliability


def test_what_is_as_right_as_it_is_sure_lies_on_the_diagonal() -> None:
    chart = reliability(calibration([0.5, 0.5], [True, False]))
    (point,) = chart.points
    assert (point.x - chart.left, point.y - chart.top) == (
        (chart.right - chart.left) / 2,
        (chart.bottom - chart.top) / 2,
    )


def test_what_is_too_sure_lies_below_the_diagonal() -> None:
    (point,) = reliability(calibration([0.9, 0.9], [True, False])).points
    (calibrated,) = reliability(calibration([0.5, 0.5], [True, False])).points
    assert point.x > calibrated.x
    assert point.y == calibrated.y


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_everything_lies_on_the_sheet_and_every_prediction_counts_once(predictions: list[tuple[float, bool]]) -> None:
    chart = reliability(calibration([c for c, _ in predictions], [r for _, r in predictions]))
    assert sum(point.n for point in chart.points) == len(predictions)
    for point in chart.points:
        assert chart.left <= point.x <= chart.right
        assert chart.top <= point.high_y <= point.y <= point.low_y <= chart.bottom
        assert chart.left <= point.column_x < point.column_x + point.column_width <= chart.right
        assert 0 < point.column_height <= chart.floor - chart.bottom
