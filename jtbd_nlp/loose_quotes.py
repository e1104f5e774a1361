"""Loose quotes: need statements that no need took, beside the step that each speaks of.

No wording of theirs could be trusted, so that none was suggested; the words may tell a need all the same, which is for
people to read and to write. Knows no words: ids, places and how likely each quote is a need.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Final

from jtbd_nlp.domain import Analysis, NeedStatement

# A quote that is less likely a need than this is not worth reading as one: of such one in four is a labelled need.
LEAST_LIKELY: Final = 0.35


def quotes_beside_steps(analysis: Analysis, *, held: Collection[str] | None = None) -> dict[str, tuple[str, ...]]:
    """Give the ids of loose quotes by the id of their step, those likeliest to tell a need first.

    Args:
        analysis: the run. Need statements that stand beside no step or are less likely than LEAST_LIKELY are left
            out, and steps without loose quotes.
        held: ids of statements that are not loose; by default those that some need of the analysis holds.
    """
    taken = {i for need in analysis.needs for i in need.statements} if held is None else held
    beside: dict[str, list[NeedStatement]] = defaultdict(list)
    for statement in analysis.statements:
        step = analysis.statement_steps.get(statement.id)
        if not isinstance(statement, NeedStatement) or step is None or statement.id in taken:
            continue
        if statement.confidence >= LEAST_LIKELY:
            beside[step].append(statement)
    return {step: tuple(s.id for s in sorted(own, key=_likeliest_first)) for step, own in beside.items()}


def _likeliest_first(statement: NeedStatement) -> tuple[bool, float, str]:
    return statement.led, -statement.confidence, statement.id
