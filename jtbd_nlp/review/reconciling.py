"""A run's suggestions beside what is on the map already: what each of them is, and what is left of it as new.

Knows ids of evidence only. Steps and needs go through it apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Generic, TypeVar

from jtbd_nlp.review.job_map import EntryState, MapNeed, MapStep, Merged
from jtbd_nlp.review.states import new_id

E = TypeVar("E", MapStep, MapNeed)


@dataclass(frozen=True, slots=True)
class Reconciled(Generic[E]):
    """Settled entries with what they gained, what is new, and what became of each suggestion of the run.

    `home` gives, by the id of a suggestion, the entry it became or was taken into; one of which nothing is left has
    none. `opposites` gives the suggestions that a suggested need contradicts.
    """

    kept: Mapping[str, E]
    new: Sequence[E]
    home: Mapping[str, str]
    opposites: Mapping[str, tuple[str, ...]]


def reconcile(
    old: Mapping[str, E],
    suggested: Sequence[E],
    *,
    settled: Collection[str],
    apart: Collection[str],
    present: Collection[str],
    merged: Mapping[str, Merged],
) -> Reconciled[E]:
    """Put a run's suggestions and the entries of the last map together.

    Args:
        old: all entries of the last map, their members by the ids of the new run where they were found again.
        suggested: what the new run suggests, in its order.
        settled: ids of the old entries that stay.
        apart: statements that people set aside.
        present: ids of all evidence that has words in the new run.
        merged: what was merged; those ids are never used again.
    """
    kept: dict[str, E] = {i: old[i] for i in settled}
    holder = {m: i for i, entry in kept.items() for m in entry.members}
    home: dict[str, str] = {}
    left: list[tuple[E, tuple[str, ...]]] = []
    for entry in suggested:
        members = [m for m in entry.members if m not in apart]
        free = tuple(m for m in members if m not in holder)
        owner = _owner(members, holder)
        if owner is not None:
            home[entry.id] = owner
            if _is_found_again(kept[owner], members, holder, present):
                kept[owner] = _grown(kept[owner], entry, free)
                continue
        if free:
            left.append((entry, free))
    taken = {*kept, *merged}
    again = _same_as_before({i: e for i, e in old.items() if i not in kept}, left)
    new: list[E] = []
    for entry, free in left:
        entry_id = again.get(entry.id) or _fresh_id(entry, free, taken | set(again.values()))
        taken.add(entry_id)
        home[entry.id] = entry_id
        new.append(replace(entry, id=entry_id, members=free))
    opposites = {e.id: e.contradicts if isinstance(e, MapNeed) else () for e in suggested}
    return Reconciled(kept=kept, new=tuple(new), home=home, opposites=opposites)


def _owner(members: Sequence[str], holder: Mapping[str, str]) -> str | None:
    """The settled entry that holds most of them; the first by id of equals."""
    shares = Counter(holder[m] for m in members if m in holder)
    return min(shares, key=lambda i: (-shares[i], i)) if shares else None


def _is_found_again(
    entry: MapStep | MapNeed, members: Sequence[str], holder: Mapping[str, str], present: Collection[str]
) -> bool:
    shared = sum(holder.get(m) == entry.id for m in members)
    if 2 * shared >= len(members):
        return True
    # A rejection is about what was seen: a few rejected words must not take a large new group with them.
    if entry.review is EntryState.REJECTED:
        return False
    return 2 * shared >= sum(m in present for m in entry.members)


def _grown(entry: E, suggestion: E, free: tuple[str, ...]) -> E:
    """A settled entry with new evidence, and what the run says of it beside."""
    if isinstance(entry, MapStep) and isinstance(suggestion, MapStep):
        known: set[str] = {a.id for a in suggestion.counter}
        entry = replace(entry, counter=(*(a for a in entry.counter if a.id not in known), *suggestion.counter))
    return replace(entry, members=(*entry.members, *free), suggestion=suggestion.suggestion)


def _same_as_before(old: Mapping[str, E], left: Sequence[tuple[E, tuple[str, ...]]]) -> dict[str, str]:
    """Which suggestion nobody decided on is which of the last map, by shared evidence: old id by suggestion id."""
    holder = {m: i for i, entry in old.items() for m in entry.members}
    likely = []
    for entry, free in left:
        shares = Counter(holder[m] for m in free if m in holder)
        for i, shared in shares.items():
            if 2 * shared >= min(len(free), len(old[i].members)):
                likely.append((-shared, i, entry.id))
    again: dict[str, str] = {}
    for _, old_id, entry_id in sorted(likely):
        if entry_id not in again and old_id not in again.values():
            again[entry_id] = old_id
    return again


def _fresh_id(entry: MapStep | MapNeed, free: tuple[str, ...], taken: Collection[str]) -> str:
    """The suggestion's own id where all of it is new, else one made of what is left; never one that is in use."""
    if set(free) == set(entry.members) and entry.id not in taken:
        return entry.id
    prefix = "step" if isinstance(entry, MapStep) else "need"
    ids = (new_id(prefix, *sorted(free), str(i)) for i in count())
    return next(i for i in ids if i not in taken)
