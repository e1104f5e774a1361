"""Need statements that say the same, and needs that contradict each other.

Part of hop 5. Knows vectors, directions and metrics; knows no grammar and no steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from jtbd_nlp.clustering import main_axes, unit_rows
from jtbd_nlp.domain import NeedStatement

Vectors = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

# Statements that are compared each with each; of more, those that lie side by side on their main axis.
MOST_COMPARED: Final = 4000
_FAMILIES: Final = {"risk": "likelihood", "amount": "number", "ability": "effort", "confidence": "trust"}
# Metrics of which more and less are opposites whatever is measured. Of a likelihood the words after it may be negated.
_QUANTITIES: Final = frozenset({"time", "effort", "cost", "number", "detail", "variety", "control", "flexibility"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SamenessSettings:
    """How alike need statements are that say the same; similarities are cosines of learned meanings.

    Args:
        same_metric: least mean similarity of two groups that have direction and metric in common.
        any_metric: the same for those that have only the direction in common: metrics are guessed from few words, so
            very like statements are one need although they seem to be measured otherwise.
        same_writing: least cosine of the writings of two statements of one metric that are as good as the same.
        unworded: least mean similarity of a statement that has no writing of its own and the need that it joins.
        opposed: least similarity of two needs that contradict each other.
    """

    same_metric: float = 0.75
    any_metric: float = 0.85
    same_writing: float = 0.85
    unworded: float = 0.92
    opposed: float = 0.65


def group_needs(
    statements: Sequence[NeedStatement],
    senses: Vectors,
    *,
    written: Vectors | None = None,
    settings: SamenessSettings | None = None,
) -> list[list[int]]:
    """Group the statements that say the same need, within and across participants.

    Only statements of one direction, and either all of something that goes well or all of something that does not,
    are ever joined: opposites stay two needs. The likest are joined first, on average over all pairs of members, so
    no chain of likenesses ties what is unlike. The order of `statements` does not matter.

    Args:
        statements: n statements with distinct ids.
        senses: shape (n, dim), what each means, unit rows.
        written: shape (n, dim), the vectors of the writings, unit rows: those written alike are alike whatever else
            their quotes mean. By default only meanings are compared.

    Returns:
        Rows of each group by statement id, groups by their first id. What nobody else says is alone. The cost grows
        with the square of the number of statements up to MOST_COMPARED of a kind, from there on in proportion.
    """
    settings = settings or SamenessSettings()
    of_kind: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for i in sorted(range(len(statements)), key=lambda i: statements[i].id):
        of_kind[statements[i].direction, statements[i].is_met].append(i)
    groups = []
    for rows in of_kind.values():
        for block in _blocks(rows, senses):
            groups += _joined(block, statements, _likeness(block, statements, senses, written, settings), settings)
    return sorted(groups, key=lambda group: statements[group[0]].id)


def find_opposites(
    groups: Sequence[Sequence[int]],
    statements: Sequence[NeedStatement],
    senses: Vectors,
    *,
    settings: SamenessSettings | None = None,
) -> list[tuple[int, int]]:
    """Find pairs of groups that contradict each other: positions (i, j) in `groups` with i < j, sorted.

    Two needs do where they are near in meaning, of one metric, and either ask for more and for less of it ("it should
    be quick", "it should take its time"), or one says that it is a struggle and the other that it is none.
    """
    settings = settings or SamenessSettings()
    if not groups:
        return []
    centres = unit_rows(np.array([senses[list(g)].mean(axis=0) for g in groups], np.float64))
    found = set()
    for block in _blocks(list(range(len(groups))), centres):
        likeness = centres[block] @ centres[block].T
        for a, b in np.argwhere(np.triu(likeness >= settings.opposed, 1)):
            i, j = sorted((block[a], block[b]))
            if _are_opposed([statements[r] for r in groups[i]], [statements[r] for r in groups[j]]):
                found.add((i, j))
    return sorted(found)


def _are_opposed(some: Sequence[NeedStatement], others: Sequence[NeedStatement]) -> bool:
    if {s.participant for s in some} == {s.participant for s in others} and some[0].is_met != others[0].is_met:
        # One person to whom it is now a struggle and now none tells of circumstances, not of a disagreement.
        return False
    same_direction = some[0].direction == others[0].direction
    if same_direction:
        shared = {family_of(s.metric) for s in some} & {family_of(s.metric) for s in others}
        return some[0].is_met != others[0].is_met and bool(shared & _QUANTITIES)
    return bool({s.metric for s in some} & {s.metric for s in others} & _QUANTITIES)


def family_of(metric: str) -> str:
    """Name the family of a metric: those by which people tell one and the same thing."""
    return _FAMILIES.get(metric, metric)


def _blocks(rows: list[int], vectors: npt.NDArray[np.floating]) -> Iterator[list[int]]:
    """All rows at once, or, of too many, runs of them along their main axis."""
    if len(rows) <= MOST_COMPARED:
        yield rows
        return
    own = np.asarray(vectors[rows], np.float64)
    along = np.round(own @ main_axes(own, 1)[:, 0], 6)
    place = {row: i for i, row in enumerate(rows)}
    order = [rows[i] for i in np.argsort(along, kind="stable")]
    for first in range(0, len(order), MOST_COMPARED):
        yield sorted(order[first : first + MOST_COMPARED], key=place.__getitem__)


def _likeness(
    rows: Sequence[int],
    statements: Sequence[NeedStatement],
    senses: Vectors,
    written: Vectors | None,
    settings: SamenessSettings,
) -> Floats:
    """Cosines of the meanings of `rows`, 1 where two are written alike by one metric."""
    own = np.asarray(senses[list(rows)], np.float64)
    likeness = np.round(own @ own.T, 6)
    if written is not None:
        phrases = np.asarray(written[list(rows)], np.float64)
        families = np.array([family_of(statements[r].metric) for r in rows])
        alike = (np.round(phrases @ phrases.T, 6) >= settings.same_writing) & (families[:, None] == families[None])
        likeness[alike] = 1.0
    return likeness


def join_unworded(
    groups: Sequence[Sequence[int]],
    statements: Sequence[NeedStatement],
    senses: Vectors,
    *,
    settings: SamenessSettings | None = None,
) -> list[list[int]]:
    """Give each statement that is in no group to the group it is likest, where it is like enough, else to none.

    Its own direction does not count: it has no writing that one could trust. What is no trouble never joins a struggle.
    """
    settings = settings or SamenessSettings()
    taken = {i for rows in groups for i in rows}
    left = sorted((i for i in range(len(statements)) if i not in taken), key=lambda i: statements[i].id)
    joined = [list(rows) for rows in groups]
    if not groups or not left:
        return joined
    centres = np.array([senses[list(rows)].mean(axis=0) for rows in groups], np.float64)
    are_met = np.array([statements[rows[0]].is_met for rows in groups])
    for i in left:
        row = np.round(centres @ np.asarray(senses[i], np.float64), 6)
        row[are_met != statements[i].is_met] = -1.0
        best = int(row.argmax())
        if row[best] >= settings.unworded:
            joined[best].append(i)
    return [sorted(rows, key=lambda r: statements[r].id) for rows in joined]


def _joined(
    rows: Sequence[int], statements: Sequence[NeedStatement], likeness: Floats, settings: SamenessSettings
) -> list[list[int]]:
    """Join the likest pairs first; `rows` are in order of statement id, which breaks ties."""
    families = [family_of(statements[r].metric) for r in rows]
    pairs = [
        (-float(likeness[a, b]), int(a), int(b))
        for a, b in np.argwhere(np.triu(likeness >= min(settings.same_metric, settings.any_metric), 1))
    ]
    group_of = list(range(len(rows)))
    members = {i: [i] for i in range(len(rows))}
    for _, a, b in sorted(pairs):
        i, j = group_of[a], group_of[b]
        if i == j:
            continue
        mean = float(likeness[np.ix_(members[i], members[j])].mean())
        is_one_metric = len({families[m] for m in members[i] + members[j]}) == 1
        if mean >= (settings.same_metric if is_one_metric else settings.any_metric):
            low, high = min(i, j), max(i, j)
            members[low] = sorted(members[low] + members.pop(high))
            for m in members[low]:
                group_of[m] = low
    return [[rows[m] for m in members[i]] for i in sorted(members)]
