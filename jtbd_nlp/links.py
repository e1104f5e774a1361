"""Groups of statements that obey what people said of pairs: together whatever they say, or never in one group.

Part of hop 5, for needs; `clustering.group_statements` obeys links itself. Knows ids and nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

Pair = tuple[str, str]


def obey_links(
    groups: Sequence[Sequence[str]], *, must_link: Sequence[Pair] = (), cannot_link: Sequence[Pair] = ()
) -> list[list[str]]:
    """Rearrange groups as little as links demand.

    Statements that must be together go where most of them are. Of those in one group that must not be, the one with the
    first id stays, and the others leave it together as far as they may.

    Args:
        groups: distinct ids.
        must_link, cannot_link: pairs of ids; ids that are in no group are passed over. Where they contradict each
            other, the must-link holds.

    Returns:
        Every id once, each group sorted, groups by their first id.
    """
    home = {statement: i for i, group in enumerate(groups) for statement in group}
    block_of = _blocks(home, must_link)
    placed: dict[int, list[list[str]]] = defaultdict(list)
    for block in _by_value(block_of):
        counts = Counter(home[statement] for statement in block)
        placed[min(counts, key=lambda i: (-counts[i], min(groups[i])))].append(block)
    apart: dict[str, set[str]] = defaultdict(set)
    for a, b in cannot_link:
        if a in home and b in home and block_of[a] != block_of[b]:
            apart[block_of[a]].add(block_of[b])
            apart[block_of[b]].add(block_of[a])
    obeying = [part for blocks in placed.values() for part in _parted(sorted(blocks), apart)]
    return sorted(sorted(group) for group in obeying)


def _blocks(home: Iterable[str], must_link: Sequence[Pair]) -> dict[str, str]:
    """The first id of those that each must be together with, itself among them."""
    root = {statement: statement for statement in home}

    def find(statement: str) -> str:
        while root[statement] != statement:
            root[statement] = root[root[statement]]
            statement = root[statement]
        return statement

    for a, b in must_link:
        if a in root and b in root:
            low, high = sorted((find(a), find(b)))
            root[high] = low
    return {statement: find(statement) for statement in sorted(root)}


def _by_value(block_of: Mapping[str, str]) -> list[list[str]]:
    blocks: dict[str, list[str]] = defaultdict(list)
    for statement, block in block_of.items():
        blocks[block].append(statement)
    return list(blocks.values())


def _parted(blocks: Sequence[list[str]], apart: Mapping[str, set[str]]) -> list[list[str]]:
    """The statements of blocks in as few groups as it takes that no two which must be apart meet; greedily."""
    parts: list[list[list[str]]] = []
    for block in blocks:
        free = (part for part in parts if not any(other[0] in apart.get(block[0], ()) for other in part))
        part = next(free, None)
        if part is None:
            parts.append([block])
        else:
            part.append(block)
    return [[statement for block in part for statement in block] for part in parts]
