"""After a blind review: what analysts who did not see each other agree on, and what is left to settle.

A *sheet* is the map as one analyst left it. Where all who decided on an entry want it alike, and at least two did, that
can be adopted by ordinary decisions; the rest is shown side by side, to be settled by people. Merges are adopted, and
splits that take the same quotes out of the same step in the same words; quotes that were moved are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from jtbd_nlp.review.job_map import EntryState, JobMap, MapNeed, MapStep

MIN_ANALYSTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an analyst wants of an entry.

    `place` is the stage of a step, or the id of the step that a need measures. `into` is what it was merged into.
    `is_regrouped` says that other quotes back it than before, by a merge, a split or a move; `members` are those it
    has then, and empty otherwise. `parted_from` is the step that it was split off from.
    """

    review: EntryState
    wording: str
    place: str | None
    into: str | None = None
    is_regrouped: bool = False
    members: frozenset[str] = frozenset()
    parted_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An entry that somebody decided on, and the verdict of each analyst who did.

    `is_agreed` says that two or more decided, all alike, and that ordinary decisions make it so on the map of all.
    """

    entry: str
    verdicts: Mapping[str, Verdict]
    is_agreed: bool

    @property
    def verdict(self) -> Verdict:
        """What those who agree want."""
        return next(iter(self.verdicts.values()))


def compare_sheets(before: JobMap, sheets: Mapping[str, JobMap]) -> tuple[Compared, ...]:
    """Put the sheets of a blind review side by side.

    Args:
        before: the map that all began with.
        sheets: the map as each analyst left it.

    Returns:
        The entries of `before` that somebody decided on, in their order, and after them what analysts added. What
        several split off alike stands there once, under the id that the first of them gave it.
    """
    found: dict[str, dict[str, Verdict]] = {e.id: {} for e in before.entries}
    parts: dict[Verdict, str] = {}
    for analyst in sorted(sheets):
        told = tell_verdicts(before, sheets[analyst])
        known_as = {i: parts.setdefault(v, i) for i, v in told.items() if v.parted_from is not None}
        for entry_id, verdict in told.items():
            place = known_as.get(verdict.place or "", verdict.place)
            found.setdefault(known_as.get(entry_id, entry_id), {})[analyst] = replace(verdict, place=place)
    found = {entry_id: verdicts for entry_id, verdicts in found.items() if verdicts}
    merged, parted = _agreed_merges(before, sheets, found), _agreed_splits(before, found)
    return tuple(
        Compared(
            entry=i,
            verdicts=verdicts,
            is_agreed=i in merged or i in parted or _is_agreed(before, i, verdicts, merged, parted),
        )
        for i, verdicts in found.items()
    )


def _agreed_merges(
    before: JobMap, sheets: Mapping[str, JobMap], found: Mapping[str, Mapping[str, Verdict]]
) -> dict[str, str]:
    """What is merged into what by all who decided on it, by entry; nothing into what somebody rejected."""
    merged = {}
    for entry_id, verdicts in found.items():
        old, into = before.state.entry(entry_id), next(iter(verdicts.values())).into
        if old is None or into is None or len(verdicts) < MIN_ANALYSTS:
            continue
        target = [m.state.entry(m.state.survivor(into)) for m in (before, *sheets.values())]
        is_open = all(e is not None and e.review is not EntryState.REJECTED for e in (old, *target))
        if is_open and all(v.into == into for v in verdicts.values()):
            merged[entry_id] = into
    return merged


def _agreed_splits(before: JobMap, found: Mapping[str, Mapping[str, Verdict]]) -> dict[str, Verdict]:
    """What all who decided on a step split off from it alike, and left as the split made it."""
    parted = {}
    for entry_id, verdicts in found.items():
        first = next(iter(verdicts.values()))
        of_step = found.get(first.parted_from or "", {})
        is_of_all = verdicts.keys() == of_step.keys() and len(verdicts) >= MIN_ANALYSTS
        if is_of_all and first.review is EntryState.APPROVED and all(v == first for v in verdicts.values()):
            old = before.state.entry(first.parted_from or "")
            is_where_it_was = isinstance(old, MapStep) and old.stage == first.place
            if is_where_it_was and all(v.into is None for v in of_step.values()):
                parted[entry_id] = first
    return parted


def _is_agreed(
    before: JobMap,
    entry_id: str,
    verdicts: Mapping[str, Verdict],
    merged: Mapping[str, str],
    parted: Mapping[str, Verdict],
) -> bool:
    """Whether all want an entry alike that is not merged into another, and only agreed merges and splits regroup it."""
    first, old = next(iter(verdicts.values())), before.state.entry(entry_id)
    if len(verdicts) < MIN_ANALYSTS or first.into is not None or any(v != first for v in verdicts.values()):
        return False
    if isinstance(old, MapNeed) and first.place is not None and before.state.entry(first.place) is None:
        return first.place in parted
    if not first.is_regrouped:
        return True
    joined = [e.members for e in before.entries if merged.get(e.id) == entry_id]
    split_off = [v.members for v in parted.values() if v.parted_from == entry_id]
    return old is not None and first.members == frozenset(old.members).union(*joined).difference(*split_off)


def tell_verdicts(before: JobMap, after: JobMap) -> dict[str, Verdict]:
    """Tell what was decided on each entry between two maps of one run, by entry id; undecided ones are left out."""
    verdicts = {}
    for old in before.entries:
        survivor = after.state.survivor(old.id)
        now = after.state.entry(survivor)
        if now is None:
            continue
        if isinstance(now, MapNeed) and isinstance(old, MapNeed) and _went_along(old, now, after):
            now = replace(now, step=old.step)
        into = None if survivor == old.id else survivor
        verdict = _verdict(now, into=into, is_regrouped=into is None and set(now.members) != set(old.members))
        if verdict != _verdict(old):
            verdicts[old.id] = verdict
    known = {e.id for e in before.entries} | set(before.state.merged)
    for new in after.entries:
        if new.id not in known:
            parted_from = None
            if isinstance(new, MapStep) and new.origin == "split":
                parted_from = next((e.id for e in before.steps if set(new.members) < set(e.members)), None)
            verdicts[new.id] = replace(_verdict(new, is_regrouped=True), parted_from=parted_from)
    return verdicts


def _went_along(old: MapNeed, now: MapNeed, after: JobMap) -> bool:
    """Whether a need is elsewhere only because its step was merged or rejected."""
    if old.step is None or now.step == old.step:
        return False
    step = after.state.entry(old.step)
    is_rejected = step is not None and step.review is EntryState.REJECTED
    return now.step == after.state.survivor(old.step) or (now.step is None and is_rejected)


def _verdict(entry: MapStep | MapNeed, *, into: str | None = None, is_regrouped: bool = False) -> Verdict:
    return Verdict(
        review=entry.review,
        wording=entry.wording,
        place=entry.stage if isinstance(entry, MapStep) else entry.step,
        into=into,
        is_regrouped=is_regrouped,
        members=frozenset(entry.members) if is_regrouped else frozenset(),
    )
