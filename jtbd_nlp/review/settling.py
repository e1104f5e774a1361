"""After a blind review: what analysts who did not see each other agree on, and what is left to settle.

A *sheet* is the map as one analyst left it. Where all who decided on an entry want it alike, and at least two did, that
can be adopted by ordinary decisions; the rest is shown side by side, to be settled by people. Merges are adopted;
splits and quotes that were moved are not: two people hardly ever take out the very same quotes.
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
    has then, and empty otherwise.
    """

    review: EntryState
    wording: str
    place: str | None
    into: str | None = None
    is_regrouped: bool = False
    members: frozenset[str] = frozenset()


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
        The entries of `before` that somebody decided on, in their order, and after them what analysts added.
    """
    found: dict[str, dict[str, Verdict]] = {e.id: {} for e in before.entries}
    for analyst in sorted(sheets):
        for entry_id, verdict in tell_verdicts(before, sheets[analyst]).items():
            found.setdefault(entry_id, {})[analyst] = verdict
    found = {entry_id: verdicts for entry_id, verdicts in found.items() if verdicts}
    merged = _agreed_merges(before, sheets, found)
    return tuple(
        Compared(entry=i, verdicts=verdicts, is_agreed=i in merged or _is_agreed(before, i, verdicts, merged))
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


def _is_agreed(before: JobMap, entry_id: str, verdicts: Mapping[str, Verdict], merged: Mapping[str, str]) -> bool:
    """Whether all want an entry alike that is not merged into another, and nothing but agreed merges regroups it."""
    first, old = next(iter(verdicts.values())), before.state.entry(entry_id)
    if len(verdicts) < MIN_ANALYSTS or first.into is not None or any(v != first for v in verdicts.values()):
        return False
    if not first.is_regrouped:
        return True
    joined = [e for e in before.entries if merged.get(e.id) == entry_id]
    return old is not None and first.members == frozenset(old.members).union(*(e.members for e in joined))


def tell_verdicts(before: JobMap, after: JobMap) -> dict[str, Verdict]:
    """Tell what was decided on each entry between two maps of one run, by entry id; undecided ones are left out."""
    verdicts = {}
    for old in before.entries:
        survivor = after.state.survivor(old.id)
        now = after.state.entry(survivor)
        if now is None:
            continue
        if isinstance(now, MapNeed) and isinstance(old, MapNeed) and now.is_touched == old.is_touched:
            # It only went along when its step was merged or rejected.
            now = replace(now, step=old.step)
        into = None if survivor == old.id else survivor
        verdict = _verdict(now, into=into, is_regrouped=into is None and set(now.members) != set(old.members))
        if verdict != _verdict(old):
            verdicts[old.id] = verdict
    known = {e.id for e in before.entries} | set(before.state.merged)
    for new in after.entries:
        if new.id not in known:
            verdicts[new.id] = _verdict(new, is_regrouped=True)
    return verdicts


def _verdict(entry: MapStep | MapNeed, *, into: str | None = None, is_regrouped: bool = False) -> Verdict:
    return Verdict(
        review=entry.review,
        wording=entry.wording,
        place=entry.stage if isinstance(entry, MapStep) else entry.step,
        into=into,
        is_regrouped=is_regrouped,
        members=frozenset(entry.members) if is_regrouped else frozenset(),
    )
