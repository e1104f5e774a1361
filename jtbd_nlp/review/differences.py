"""What a new run changed beside the map people made: for them to review, nothing is applied to what they settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jtbd_nlp.review.job_map import EntryState, JobMap, MapNeed, MapStep


@dataclass(frozen=True, slots=True)
class Change:
    """Evidence that a settled entry gained or lost; ids are those of the new run for gains, of the last for losses."""

    entry: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something new against a settled entry: a need that says the opposite, or words that a step is not done.

    `by` is the id of that need, or of the aside among the step's `counter`.
    """

    entry: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The new run against the last map. Entries are named by id, in the order of the map.

    Args:
        grown: new evidence of settled entries.
        shrunk: evidence of settled entries that is gone, also of those that lost all.
        lost_support: settled entries that had evidence and have none now.
        regained: settled entries that had none and have some now.
        new: suggestions that were not on the last map.
        vanished: suggestions of the last map that nobody decided on and that are not made again.
        contradictions: what newly speaks against settled entries.
        rejected_again: rejected entries that the run suggests with more evidence; they stay rejected.
    """

    grown: tuple[Change, ...] = ()
    shrunk: tuple[Change, ...] = ()
    lost_support: tuple[str, ...] = ()
    regained: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    vanished: tuple[MapStep | MapNeed, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    rejected_again: tuple[Change, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to review."""
        return self == Difference()


def tell_difference(previous: JobMap, now: JobMap, found: Mapping[str, str]) -> Difference:
    """Compare the map a run starts from with the last one.

    Args:
        previous: the last map.
        now: what `carry_over` made of it.
        found: the new id of each statement that was found again, by its old one.
    """
    before = {e.id: e for e in previous.entries}
    kept = [(before[e.id], e) for e in now.entries if e.id in before and e.is_settled]
    standing = [(old, new) for old, new in kept if new.review is not EntryState.REJECTED]
    rejected = [(old, new) for old, new in kept if new.review is EntryState.REJECTED]
    ids = {e.id for e in now.entries}
    return Difference(
        grown=_gains(standing, found),
        shrunk=tuple(
            Change(new.id, lost)
            for old, new in standing
            if (lost := tuple(s for s in old.statements if found.get(s, s) not in new.statements))
        ),
        lost_support=tuple(new.id for old, new in standing if old.statements and not new.statements),
        regained=tuple(new.id for old, new in standing if new.statements and not old.statements),
        new=tuple(e.id for e in now.entries if e.id not in before),
        vanished=tuple(e for e in before.values() if e.id not in ids),
        contradictions=tuple(c for old, new in standing for c in _contradictions(old, new)),
        rejected_again=_gains(rejected, found),
    )


def _gains(pairs: list[tuple[MapStep | MapNeed, MapStep | MapNeed]], found: Mapping[str, str]) -> tuple[Change, ...]:
    gains = []
    for old, new in pairs:
        known = {found.get(s, s) for s in old.statements}
        more = tuple(s for s in new.statements if s not in known)
        if more:
            gains.append(Change(new.id, more))
    return tuple(gains)


def _contradictions(old: MapStep | MapNeed, new: MapStep | MapNeed) -> list[Contradiction]:
    match old, new:
        case MapStep(), MapStep():
            known = {a.id for a in old.counter}
            return [Contradiction(new.id, a.id) for a in new.counter if a.id not in known]
        case MapNeed(), MapNeed():
            return [Contradiction(new.id, other) for other in new.contradicts if other not in old.contradicts]
    return []
