"""How sure a count of participants is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types
from scipy.stats import binomtest  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types

from jtbd_nlp.people import wilson_interval


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 4.0))
def test_interval_is_that_of_scipy(counts: tuple[int, int], z: float) -> None:
    expected = binomtest(*counts).proportion_ci(confidence_level=float(2 * ndtr(z) - 1), method="wilson")
    assert wilson_interval(*counts, z) == pytest.approx((expected.low, expected.high), abs=1e-7)


@pytest.mark.parametrize(
    ("k", "n", "expected"),
    [(4, 6, (0.29999, 0.90324)), (0, 6, (0.0, 0.39033)), (6, 6, (0.60967, 1.0)), (1, 1, (0.20654, 1.0))],
)
def test_known_counts(k: int, n: int, expected: tuple[float, float]) -> None:
    assert wilson_interval(k, n) == pytest.approx(expected, abs=1e-4)


def test_nobody_asked_leaves_everything_possible() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("k", "n", "z"), [(-1, 3, 1.96), (4, 3, 1.96), (1, 3, 0.0)])
def test_impossible_counts_are_refused(k: int, n: int, z: float) -> None:
    with pytest.raises(ValueError, match=r"no count of people|must be positive"):
        wilson_interval(k, n, z)
