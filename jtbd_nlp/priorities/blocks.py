"""Long maps in parts: which steps and needs one respondent rates, so that every part is rated by as many people.

A step stays with its needs, since they are judged together, unless it alone is too long for a block.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from jtbd_nlp.priorities.subjects import SurveyBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of the questionnaire. `number` counts from 1; `subjects` are ids in job order."""

    number: int
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPlan:
    """The parts, and how many of them each respondent rates.

    The respondent that comes k-th, counted from 0, rates `blocks_of(k)`: the next block in turn and those after it,
    beginning again after the last. So every block is rated equally often after each round of as many respondents as
    there are blocks, within a round the counts differ by at most `n_each`, and neighbouring blocks are rated together.
    """

    blocks: tuple[Block, ...]
    n_each: int

    def blocks_of(self, k: int) -> tuple[int, ...]:
        """Numbers of the blocks that respondent k (from 0) rates, in order."""
        n = len(self.blocks)
        return tuple(sorted((k + i) % n + 1 for i in range(self.n_each))) if n else ()

    @property
    def assignment(self) -> str:
        """How respondents come to their blocks, in words for the questionnaire and the report."""
        n = len(self.blocks)
        if n <= 1:
            return "Every respondent rates everything."
        each = "one block" if self.n_each == 1 else f"{self.n_each} neighbouring blocks"
        return (
            f"Each respondent rates {each} of {n}: the k-th respondent, counted from 0, begins with block "
            f"(k mod {n}) + 1. Where a survey tool cannot count, it draws the first block at random."
        )


def plan_blocks(basis: SurveyBasis, *, max_subjects: int | None, n_each: int = 1) -> BlockPlan:
    """Deal the subjects into as few blocks as `max_subjects` a respondent allow, as equal in length as steps allow.

    Args:
        max_subjects: most subjects that one respondent rates, all blocks together; None asks everybody everything.
        n_each: blocks a respondent rates; fewer where there are not as many.

    Raises:
        ValueError: `max_subjects` or `n_each` is below 1.
    """
    if n_each < 1 or (max_subjects is not None and max_subjects < 1):
        raise ValueError("at least one subject and one block a respondent are needed")
    n = len(basis.subjects)
    if n == 0:
        return BlockPlan(blocks=(), n_each=1)
    size = n if max_subjects is None else max(1, max_subjects // n_each)
    units = [part for unit in _units(basis) for part in _parts(unit, size)]
    n_blocks = max(1, math.ceil(n / size))
    dealt = _deal(units, n_blocks, size)
    order = {s.id: i for i, s in enumerate(basis.subjects)}
    blocks = tuple(
        Block(number=number, subjects=tuple(sorted(ids, key=order.__getitem__))) for number, ids in enumerate(dealt, 1)
    )
    return BlockPlan(blocks=blocks, n_each=min(n_each, len(blocks)))


def _units(basis: SurveyBasis) -> list[list[str]]:
    """A step with its needs; each need without a step alone."""
    with_needs = [[step.id, *(need.id for need in basis.needs_of(step.id))] for step in basis.steps]
    return with_needs + [[need.id] for need in basis.needs if need.step is None]


def _parts(unit: Sequence[str], size: int) -> list[list[str]]:
    n_parts = math.ceil(len(unit) / size)
    return [list(unit[i * len(unit) // n_parts : (i + 1) * len(unit) // n_parts]) for i in range(n_parts)]


def _deal(units: list[list[str]], n_blocks: int, size: int) -> list[list[str]]:
    """The longest first, each to the shortest block; one block more while some do not fit."""
    while True:
        dealt: list[list[str]] = [[] for _ in range(n_blocks)]
        for unit in sorted(units, key=len, reverse=True):
            min(dealt, key=len).extend(unit)
        if max(len(ids) for ids in dealt) <= size:
            return dealt
        n_blocks += 1
