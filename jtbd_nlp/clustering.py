"""Statements and their vectors to groups that say the same.

Hop 4. Knows density clustering and the constraints that review decisions leave; knows no words, no stages by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from jtbd_nlp.domain import Cluster, Grouping, Statement

Floats = npt.NDArray[np.float64]
Pair = tuple[str, str]
# Rows of a group's statements, and how near each is to the group's centre.
Members = Sequence[tuple[int, float]]

# From here on HDBSCAN's smallest group grows, so that the cores stay few enough to compare each with each.
MOST_CORES: Final = 1500
# Statements on either side, in the same turn, that count as neighbours.
N_NEIGHBOURS: Final = 4
# A unit vector this near to the mean of all says nothing of its own.
NEAR_CENTRE: Final = 0.35
# HDBSCAN looks at this many of the main axes when it has thousands of points: its cost grows with them.
N_DIMS_OF_MANY: Final = 15
MANY: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingSettings:
    """How wide a group is. Similarities are cosines in the space that is grouped.

    Args:
        min_cluster_size: fewest statements that make a group; at least 2.
        n_dims: main axes that are kept of the vectors.
        n_centred: from this many statements on, what they all share is taken out before they are compared; a handful
            has no common ground to speak of.
        same: two groups at least this similar are one.
        related: no two groups less similar than this are ever joined, however many there are.
        stage_weight: length of the stage part of a vector beside the text part's 1.
        neighbour_weight: share of a neighbour in the same turn that is mixed into a statement's vector: people stay
            with one thing for a while, so neighbours are one step seven times as often as any two statements.
        neighbour_reach: distance in characters over which that share falls to a third.
        least_support: a statement stays ungrouped where the chance that it is one, as a share of the median chance of
            all, times how firmly it belongs, is less: doubtful evidence costs a reader more than a quote left out.
        firm_size: from this many statements on a group is firm; what fewer quotes seem to share is mostly chance.
        support_of_firm, support_of_small: a firm or a smaller group is only shown where its statements are at least
            so sure and alike, as a share of the median chance of all statements, or where its likeliest stage has
            nothing else to show.
        least_spare: `least_support` of the groups that are only shown because their stage has nothing else.
        groups_base, groups_power: about `groups_base * n ** groups_power` groups are wanted of n statements.
    """

    min_cluster_size: int = 2
    n_dims: int = 40
    n_centred: int = 12
    same: float = 0.8
    related: float = 0.3
    stage_weight: float = 0.8
    neighbour_weight: float = 0.1
    neighbour_reach: float = 150.0
    least_support: float = 0.6
    firm_size: int = 4
    support_of_firm: float = 0.7
    support_of_small: float = 0.85
    least_spare: float = 0.45
    groups_base: float = 6.5
    groups_power: float = 0.26

    def n_groups(self, n: int) -> int:
        """Groups that n statements should give, where they are related enough."""
        return max(1, int(self.groups_base * float(n) ** self.groups_power + 0.5))


def group_statements(
    statements: Sequence[Statement],
    vectors: npt.NDArray[np.float32],
    *,
    settings: GroupingSettings | None = None,
    must_link: Sequence[Pair] = (),
    cannot_link: Sequence[Pair] = (),
) -> Grouping:
    """Group statements that say the same.

    Dense places are found first (HDBSCAN), so no number of groups is chosen beforehand and equal wordings hold
    together; what lies between is joined to what it is nearest to, on average over all members, until the groups are
    as few as a map of that many statements has. A statement that resembles no other, or that
    doubtfully is one at all, stays ungrouped. The order of `statements` does not matter.

    Args:
        statements: n statements with distinct ids.
        vectors: shape (n, dim), row i for `statements[i]`, every row of L2 norm 1.
        settings: how wide a group is.
        must_link: pairs of ids that are in one group whatever the vectors say; ids that are not there are passed over.
        cannot_link: pairs of ids that are never in one group; ids that are not there are passed over.

    Returns:
        Every statement id exactly once, in one cluster or in `ungrouped`; clusters by their first id. No statements
        give no cluster; one alone is ungrouped; two are one cluster if they say the same.

    Raises:
        ValueError: `vectors` does not have one row per statement, ids repeat, or the constraints contradict.

    Source:
        Campello, Moulavi and Sander 2013, doi:10.1007/978-3-642-37456-2_14 (HDBSCAN); Sokal and Michener 1958
        (average linkage).
    """
    settings = settings or GroupingSettings()
    ids = [s.id for s in statements]
    if len(vectors) != len(ids):
        raise ValueError(f"{len(ids)} statements, but {len(vectors)} vectors")
    if len(set(ids)) != len(ids):
        raise ValueError("two statements have one id")
    if not ids:
        return Grouping((), ())
    # HDBSCAN breaks ties by row order; sort by id so that upload order is irrelevant.
    order = sorted(range(len(ids)), key=ids.__getitem__)
    statements = [statements[i] for i in order]
    ids = [s.id for s in statements]
    space = represent(statements, np.asarray(vectors, np.float64)[order], settings=settings)
    blocks = _linked_blocks(ids, must_link)
    apart = _forbidden_pairs(ids, blocks, cannot_link)
    group_of_block = _group_blocks(space, blocks, apart, settings)
    is_linked = np.bincount(blocks)[blocks] > 1
    return _as_grouping(statements, space, group_of_block[blocks], is_linked, settings)


def represent(statements: Sequence[Statement], vectors: Floats, *, settings: GroupingSettings) -> Floats:
    """Put vectors, stage probabilities and neighbourhood into one space, shape (n, at most n_dims + 6), unit rows.

    The text part is cut to its main axes. Centred rows are brought to length 1, but one that hardly leaves the centre
    keeps the rest of its length on an axis that all share: where everybody says the same, all stay together.
    """
    text = vectors
    if len(vectors) >= settings.n_centred:
        off_centre = vectors - vectors.mean(axis=0)
        off_centre /= np.maximum(np.linalg.norm(off_centre, axis=1, keepdims=True), NEAR_CENTRE)
        text = np.hstack([off_centre, np.sqrt(np.maximum(0.0, 1 - (off_centre**2).sum(axis=1, keepdims=True)))])
    text = unit_rows(text @ main_axes(text, settings.n_dims))
    stages = np.array([s.stage_probabilities for s in statements], np.float64)
    spread = stages - 1 / stages.shape[1]
    own = unit_rows(np.hstack([text, settings.stage_weight * spread]))
    return unit_rows(own + settings.neighbour_weight * _neighbourhood(statements, own, settings.neighbour_reach))


def _neighbourhood(statements: Sequence[Statement], rows: Floats, reach: float) -> Floats:
    """Sum the rows of each statement's nearest neighbours in its turn, fading with the gap between them."""
    spans = [s.evidence.span for s in statements]
    where = [s.evidence.transcript for s in statements]
    order = sorted(range(len(spans)), key=lambda i: (where[i], spans[i], statements[i].id))
    summed = np.zeros_like(rows)
    for step in range(1, N_NEIGHBOURS + 1):
        for i, j in zip(order, order[step:], strict=False):
            if where[i] == where[j] and spans[i].turn == spans[j].turn:
                share = float(np.exp(-max(0, spans[j].start - spans[i].end) / reach))
                summed[i] += share * rows[j]
                summed[j] += share * rows[i]
    return summed


def main_axes(rows: Floats, n_dims: int) -> Floats:
    """Directions of largest variance, shape (dim, at most n_dims), signs fixed by their largest entry."""
    n_kept = min(n_dims, *rows.shape)
    if len(rows) < rows.shape[1]:  # a few long rows: their own number of axes is all there is
        axes = np.linalg.svd(rows, full_matrices=False)[2].T[:, :n_kept]
    else:
        _, axes = np.linalg.eigh(rows.T @ rows)
        axes = axes[:, ::-1][:, :n_kept]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(n_kept)])
    return np.asarray(axes * signs, np.float64)


def unit_rows(rows: Floats) -> Floats:
    """The rows brought to L2 norm 1; rows of zeros stay."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float64)


def _linked_blocks(ids: Sequence[str], must_link: Sequence[Pair]) -> npt.NDArray[np.intp]:
    """Number the blocks of statements that must stay together, in order of their first id."""
    row_of = {statement: i for i, statement in enumerate(ids)}
    root = list(range(len(ids)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for a, b in must_link:
        if a in row_of and b in row_of:
            low, high = sorted((find(row_of[a]), find(row_of[b])))
            root[high] = low
    return np.unique([find(i) for i in range(len(ids))], return_inverse=True)[1]


def _forbidden_pairs(
    ids: Sequence[str], blocks: npt.NDArray[np.intp], cannot_link: Sequence[Pair]
) -> dict[int, set[int]]:
    """Which blocks must never meet."""
    row_of = {statement: i for i, statement in enumerate(ids)}
    apart: dict[int, set[int]] = {}
    for a, b in cannot_link:
        if a in row_of and b in row_of:
            one, other = int(blocks[row_of[a]]), int(blocks[row_of[b]])
            if one == other:
                raise ValueError(f"{a} and {b} must be linked and must not be linked")
            apart.setdefault(one, set()).add(other)
            apart.setdefault(other, set()).add(one)
    return apart


def _group_blocks(
    space: Floats, blocks: npt.NDArray[np.intp], apart: dict[int, set[int]], settings: GroupingSettings
) -> npt.NDArray[np.intp]:
    """Give the group number of each block."""
    n_blocks = int(blocks.max()) + 1
    sizes = np.bincount(blocks).astype(np.float64)
    sums = np.zeros((n_blocks, space.shape[1]))
    np.add.at(sums, blocks, space)
    group = _split_forbidden(_dense_cores(unit_rows(sums), settings), apart)
    n_groups = settings.n_groups(len(space))
    if n_blocks <= 2 * MOST_CORES:
        return _agglomerate(sums, sizes, group, apart, n_groups, settings)
    # Too many to compare each with each: join the cores only, then give every single block to its nearest core.
    counts = np.bincount(group)
    joined = counts[group] > 1
    inner = np.unique(group[joined], return_inverse=True)[1]
    allowed = {int(b) for b in np.flatnonzero(joined)}
    rows = np.flatnonzero(joined)
    place = {int(b): i for i, b in enumerate(rows)}
    inner_apart = {place[a]: {place[b] for b in others & allowed} for a, others in apart.items() if a in allowed}
    merged = _agglomerate(sums[rows], sizes[rows], inner, inner_apart, n_groups, settings)
    full = np.full(n_blocks, -1, np.intp)
    full[rows] = merged
    return _place_singles(sums, sizes, full, apart, settings)


def _dense_cores(points: Floats, settings: GroupingSettings) -> npt.NDArray[np.intp]:
    """Group number of each point by HDBSCAN's leaves; points of no leaf get a number of their own."""
    # Here, since it takes a second to import, and the module is part of the settings that every command reads.
    import hdbscan  # type: ignore[import-untyped, unused-ignore]  # hdbscan ships no types

    n = len(points)
    if n < 4:
        return np.arange(n)
    smallest = max(settings.min_cluster_size, n // MOST_CORES)
    if n > MANY:
        points = points[:, :N_DIMS_OF_MANY]
    found = hdbscan.HDBSCAN(
        min_cluster_size=smallest,
        min_samples=1,
        cluster_selection_method="leaf",
        approx_min_span_tree=False,
        core_dist_n_jobs=1,
    ).fit(points)
    core = np.asarray(found.labels_, np.intp)
    loose = core < 0
    core[loose] = core.max() + 1 + np.arange(int(loose.sum()))
    return core


def _split_forbidden(group: npt.NDArray[np.intp], apart: dict[int, set[int]]) -> npt.NDArray[np.intp]:
    """Take blocks that must not meet out of their group, each on its own."""
    group = group.copy()
    for block in sorted(apart):
        if any(group[other] == group[block] for other in apart[block]):
            group[block] = group.max() + 1
    return group


def _agglomerate(
    sums: Floats,
    sizes: Floats,
    group: npt.NDArray[np.intp],
    apart: dict[int, set[int]],
    n_groups: int,
    settings: GroupingSettings,
) -> npt.NDArray[np.intp]:
    """Join the most similar groups, on average over all pairs of members, until `n_groups` are left.

    The mean of unit rows' pairwise cosines is the product of the two groups' mean rows, so nothing pairwise is kept.
    """
    names, group = np.unique(group, return_inverse=True)
    k = len(names)
    total, weight = np.zeros((k, sums.shape[1])), np.bincount(group, sizes, k)
    np.add.at(total, group, sums)
    means = total / weight[:, None]
    likeness = means @ means.T
    np.fill_diagonal(likeness, -np.inf)
    for a, others in apart.items():
        for b in others:
            likeness[group[a], group[b]] = -np.inf
    parent, n_left = np.arange(k), k
    best_of = likeness.argmax(axis=1)
    while n_left > 1:
        a = int(likeness[np.arange(k), best_of].argmax())
        b = int(best_of[a])
        if likeness[a, b] < settings.related or (n_left <= n_groups and likeness[a, b] < settings.same):
            break
        a, b = min(a, b), max(a, b)
        banned = np.isneginf(likeness[a]) | np.isneginf(likeness[b])
        total[a] += total[b]
        weight[a] += weight[b]
        means[a] = total[a] / weight[a]
        row = means @ means[a]
        row[banned] = -np.inf
        touched = (best_of == a) | (best_of == b) | (row > likeness[np.arange(k), best_of])
        likeness[a, :] = likeness[:, a] = row
        likeness[b, :] = likeness[:, b] = -np.inf
        touched[[a, b]] = True
        best_of[touched] = likeness[touched].argmax(axis=1)
        parent[parent == b] = a
        n_left -= 1
    return np.asarray(parent[group], np.intp)


def _place_singles(
    sums: Floats, sizes: Floats, group: npt.NDArray[np.intp], apart: dict[int, set[int]], settings: GroupingSettings
) -> npt.NDArray[np.intp]:
    """Give every block without a group (-1) to the nearest group that is related and allowed, or one of its own."""
    n_groups = int(group.max()) + 1
    means = np.zeros((n_groups, sums.shape[1]))
    weight = np.maximum(np.bincount(group[group >= 0], sizes[group >= 0], n_groups), 1)
    np.add.at(means, group[group >= 0], sums[group >= 0])
    means /= weight[:, None]
    group, fresh = group.copy(), n_groups
    for block in np.flatnonzero(group < 0):
        likeness = means @ (sums[block] / sizes[block])
        for other in apart.get(int(block), ()):
            if 0 <= group[other] < n_groups:
                likeness[group[other]] = -np.inf
        best = int(likeness.argmax())
        if likeness[best] >= settings.related:
            group[block] = best
        else:
            group[block], fresh = fresh, fresh + 1
    return group


def _as_grouping(
    statements: Sequence[Statement],
    space: Floats,
    group: npt.NDArray[np.intp],
    is_linked: npt.NDArray[np.bool_],
    settings: GroupingSettings,
) -> Grouping:
    """Write groups down in order of their first id, without doubtful members; what is then too small is no group.

    What a must-link holds is never taken out.
    """
    # Talk unlike what the judge learned from is less certain all over; what counts is what is doubtful beside the rest.
    typical = float(np.median([s.confidence for s in statements]))
    kept = _kept(statements, space, group, is_linked, settings, settings.least_support * typical)
    firm = _firm_groups(kept, statements, is_linked, settings, typical)
    covered = {_likeliest_stage(kept[n], statements) for n in firm}
    doubtful = _kept(statements, space, group, is_linked, settings, settings.least_spare * typical)
    spare = _largest_of_each_stage({n: own for n, own in doubtful.items() if n not in firm}, statements)
    kept.update({n: doubtful[n] for stage, n in spare.items() if stage not in covered})
    shown = sorted([*firm, *(n for stage, n in spare.items() if stage not in covered)])
    clusters = [Cluster(tuple(statements[i].id for i, _ in kept[n]), tuple(v for _, v in kept[n])) for n in shown]
    taken = {i for cluster in clusters for i in cluster.statements}
    ungrouped = sorted(s.id for s in statements if s.id not in taken)
    return Grouping(tuple(sorted(clusters, key=lambda c: c.statements)), tuple(ungrouped))


def _kept(
    statements: Sequence[Statement],
    space: Floats,
    group: npt.NDArray[np.intp],
    is_linked: npt.NDArray[np.bool_],
    settings: GroupingSettings,
    least: float,
) -> dict[int, Members]:
    """The groups with their members, less those whose chance times nearness to the centre is under `least`."""
    kept: dict[int, Members] = {}
    for number in dict.fromkeys(group.tolist()):
        rows = [int(i) for i in np.flatnonzero(group == number)]
        centre = unit_rows(space[rows].mean(axis=0, keepdims=True))[0]
        near = np.clip(space[rows] @ centre, 0.0, 1.0)
        sure = near * np.array([statements[i].confidence for i in rows]) >= least
        own = [(i, round(float(v), 6)) for i, v, k in zip(rows, near, sure | is_linked[rows], strict=True) if k]
        if len(own) >= settings.min_cluster_size or (own and is_linked[rows].any()):
            kept[number] = own
    return kept


def _firm_groups(
    groups: Mapping[int, Members],
    statements: Sequence[Statement],
    is_linked: npt.NDArray[np.bool_],
    settings: GroupingSettings,
    typical: float,
) -> list[int]:
    """The groups that are shown whatever else there is of their stage; `typical` is the median chance of all."""
    firm = []
    for n, own in groups.items():
        least = settings.support_of_firm if len(own) >= settings.firm_size else settings.support_of_small
        if _support(own, statements) >= least * typical or is_linked[[i for i, _ in own]].any():
            firm.append(n)
    return firm


def _largest_of_each_stage(groups: Mapping[int, Members], statements: Sequence[Statement]) -> dict[int, int]:
    """The largest group of each stage that some group is of, of equals the surest."""
    largest: dict[int, int] = {}
    for n in sorted(groups, key=lambda n: (-len(groups[n]), -_support(groups[n], statements), n)):
        largest.setdefault(_likeliest_stage(groups[n], statements), n)
    return largest


def _support(own: Members, statements: Sequence[Statement]) -> float:
    """How sure and how alike the members of a group are: the mean of chance times nearness to its centre."""
    return round(float(np.mean([statements[i].confidence * near for i, near in own])), 6)


def _likeliest_stage(own: Members, statements: Sequence[Statement]) -> int:
    """The number of the stage that all members together make likeliest."""
    logs = np.log(np.clip([statements[i].stage_probabilities for i, _ in own], 1e-6, 1.0)).mean(axis=0)
    return int(np.round(logs, 6).argmax())
