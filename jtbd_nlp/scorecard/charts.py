"""Geometry of the reliability diagram: numbers in, coordinates out. Knows no colours and no HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jtbd_nlp.evaluation import Calibration
from jtbd_nlp.people import wilson_interval

SIDE: Final = 240
LEFT, TOP, RIGHT, BOTTOM = 56, 12, 12, 44
# The strip below the square, where the columns of counts stand.
COUNTS: Final = 40
GAP: Final = 10


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """One bin: where its mean confidence meets the share that is right, that share's interval, and its column.

    `x` and `y` are the point, `low_y` and `high_y` the ends of the 95 % Wilson interval of the share. The column of
    the count begins at `column_x`, is `column_width` wide and `column_height` high.
    """

    x: float
    y: float
    low_y: float
    high_y: float
    column_x: float
    column_width: float
    column_height: float
    n: int
    mean_confidence: float
    share_right: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """A square over [0, 1] both ways with a diagonal, and columns of counts below it. Empty without predictions."""

    points: tuple[ReliabilityPoint, ...]
    ticks: tuple[tuple[float, float, str], ...]
    left: int = LEFT
    right: int = LEFT + SIDE
    top: int = TOP
    bottom: int = TOP + SIDE
    floor: int = TOP + SIDE + GAP + COUNTS
    width: int = LEFT + SIDE + RIGHT
    height: int = TOP + SIDE + GAP + COUNTS + BOTTOM


def reliability(calibration: Calibration) -> Reliability:
    """Lay out a calibration; a tick is (x, y, value), the same value on both axes."""
    most = max((b.n for b in calibration.bins), default=0)
    points = []
    for b in calibration.bins:
        low, high = wilson_interval(round(b.share_right * b.n), b.n)
        points.append(
            ReliabilityPoint(
                x=_x(b.mean_confidence),
                y=_y(b.share_right),
                low_y=_y(low),
                high_y=_y(high),
                column_x=round(_x(b.low) + 1, 1),
                column_width=round(_x(b.high) - _x(b.low) - 2, 1),
                column_height=round(COUNTS * b.n / most, 1),
                n=b.n,
                mean_confidence=b.mean_confidence,
                share_right=b.share_right,
            )
        )
    return Reliability(tuple(points), tuple((_x(i / 4), _y(i / 4), f"{i / 4:g}") for i in range(5)))


def _x(share: float) -> float:
    return round(LEFT + share * SIDE, 1)


def _y(share: float) -> float:
    return round(TOP + (1 - share) * SIDE, 1)
