"""After a blind review: what analysts who did not see each other agree on, and what is left to settle.

A *sheet* is the map as one analyst left it. Where all who decided on an entry want it alike, and at least two did, that
can be adopted by ordinary decisions; the rest is shown side by side, to be settled by people.
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
    `is_regrouped` says that other quotes back it than before, by a merge, a split or a move.
    """

    review: EntryState
    wording: str
    place: str | None
    into: str | None = None
    is_regrouped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An entry that somebody decided on, and the verdict of each analyst who did."""

    entry: str
    verdicts: Mapping[str, Verdict]

    @property
    def is_agreed(self) -> bool:
        """Whether two or more decided, all alike, and what they want takes no regrouping of quotes."""
        first = next(iter(self.verdicts.values()))
        is_plain = first.into is None and not first.is_regrouped
        return len(self.verdicts) >= MIN_ANALYSTS and is_plain and all(v == first for v in self.verdicts.values())

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
    return tuple(Compared(entry=i, verdicts=verdicts) for i, verdicts in found.items() if verdicts)


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
        if verdict != _verdict(old, into=None, is_regrouped=False):
            verdicts[old.id] = verdict
    known = {e.id for e in before.entries} | set(before.state.merged)
    for new in after.entries:
        if new.id not in known:
            verdicts[new.id] = _verdict(new, into=None, is_regrouped=True)
    return verdicts


def _verdict(entry: MapStep | MapNeed, *, into: str | None, is_regrouped: bool) -> Verdict:
    place = entry.stage if isinstance(entry, MapStep) else entry.step
    return Verdict(review=entry.review, wording=entry.wording, place=place, into=into, is_regrouped=is_regrouped)
