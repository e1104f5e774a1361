"""Geometry of the page's small charts: numbers in, coordinates out. Knows no colours and no HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.domain import Saturation

N_DOTS: Final = 12
DOT: Final = 11

WIDTH, HEIGHT = 620, 240
LEFT, RIGHT, TOP, BOTTOM = 40, 96, 14, 40


@dataclass(frozen=True, slots=True)
class PeopleDots:
    """One dot a person, those who said it first; beyond N_DOTS people, dots in proportion. `xs` are their centres."""

    n_filled: int
    xs: tuple[int, ...]
    width: int

    @classmethod
    def of(cls, k: int, n: int) -> PeopleDots:
        """Dots of `k` in `n` people; k above 0 fills at least one."""
        n_filled, n_all = (min(k, n), n) if n <= N_DOTS else (max(round(N_DOTS * k / n), min(k, 1)), N_DOTS)
        return cls(n_filled, tuple(DOT // 2 + DOT * i for i in range(n_all)), DOT * max(n_all, 1))


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its name, its points as (x, y, value), and where its name stands."""

    name: str
    points: tuple[tuple[float, float, int], ...]
    label_y: float

    @property
    def path(self) -> str:
        """The points as SVG's polyline wants them."""
        return " ".join(f"{x:g},{y:g}" for x, y, _ in self.points)


@dataclass(frozen=True, slots=True)
class Curves:
    """Distinct steps and needs by number of interviews. Ticks are (coordinate, value). Empty without interviews."""

    curves: tuple[Curve, ...]
    x_ticks: tuple[tuple[float, int], ...]
    y_ticks: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def saturation_curves(saturation: Saturation) -> Curves:
    """Lay out both curves over one pair of axes that begin at 1 interview and at 0."""
    n = len(saturation.steps)
    if n == 0:
        return Curves((), (), ())
    step = _tick_step(max(*saturation.steps, *saturation.needs, 1))
    top = step * -(-max(*saturation.steps, *saturation.needs, 1) // step)
    steps = _points(saturation.steps, top)
    needs = _points(saturation.needs, top)
    label_ys = _apart(steps[-1][1], needs[-1][1])
    x_step = _tick_step(n)
    x_values = sorted({1, n, *(x for x in range(x_step, n, x_step) if n - x >= x_step / 2)})
    return Curves(
        (Curve("steps", steps, label_ys[0]), Curve("needs", needs, label_ys[1])),
        tuple((_x(i, n), i) for i in x_values),
        tuple((_y(value, top), value) for value in range(0, top + 1, step)),
    )


def _points(values: Sequence[int], top: int) -> tuple[tuple[float, float, int], ...]:
    return tuple((_x(i, len(values)), _y(value, top), value) for i, value in enumerate(values, start=1))


def _x(i: int, n: int) -> float:
    share = (i - 1) / (n - 1) if n > 1 else 0.5
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(value: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)


def _tick_step(largest: int) -> int:
    """A round step that gives at most six ticks above 0."""
    step = 1
    for factor in (2, 2.5, 2) * 12:
        if largest <= 6 * step:
            break
        step = round(step * factor)
    return step


def _apart(a: float, b: float, *, gap: float = 15.0) -> tuple[float, float]:
    """Move two heights to at least `gap` apart, keeping which one is higher."""
    if abs(a - b) >= gap:
        return a, b
    middle, half = (a + b) / 2, gap / 2
    return (middle - half, middle + half) if a <= b else (middle + half, middle - half)
