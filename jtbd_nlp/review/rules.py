"""What decisions teach the next run: which statements belong together, which apart, and which are no step or need.

A rule is visible, names the decision it comes from, and can be removed (`RemoveRule`). Rules follow the map as it is:
what was merged and split again is no must-link, what was moved out of a rejected step is not stopped. So rules never
contradict each other.

Grouping obeys the links (`clustering.group_statements`), `carry_over` obeys the stops: what is mostly stopped is not
suggested again. Stopped statements are grouped all the same, so that new people who say the same are recognised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Literal

from jtbd_nlp.domain import ActionStatement, Grouping, NeedStatement, Transcript
from jtbd_nlp.review.job_map import EntryState, JobMap, Lesson
from jtbd_nlp.review.matching import find_again

Pair = tuple[str, str]

_KINDS: dict[str, Literal["must link", "cannot link", "stop"]] = {
    "joined": "must link",
    "parted": "cannot link",
    "stopped": "stop",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRule:
    """One thing the next run obeys.

    `decision` is where it comes from. `pairs` are statement ids that must be in one group (must link) or never in one
    (cannot link), `statements` those that a rejected step or need still holds (stop). `is_removed` rules are obeyed no
    more: what a removed stop held back may be suggested again.
    """

    id: str
    kind: Literal["must link", "cannot link", "stop"]
    decision: str
    pairs: tuple[Pair, ...] = ()
    statements: tuple[str, ...] = ()
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """The rules of a map, removed ones too, in the order of their decisions. The properties leave removed ones out."""

    rules: tuple[ReviewRule, ...] = ()

    @property
    def must_link(self) -> tuple[Pair, ...]:
        """As `clustering.group_statements` takes it: actions and need statements together, unknown ids passed over."""
        return self._pairs("must link")

    @property
    def cannot_link(self) -> tuple[Pair, ...]:
        """As `clustering.group_statements` takes it."""
        return self._pairs("cannot link")

    @property
    def stopped(self) -> frozenset[str]:
        """Ids of statements that are not to be suggested again."""
        return frozenset(s for rule in self.rules if not rule.is_removed for s in rule.statements)

    def without(self, *removed: str) -> ReviewRules:
        """The same rules with these taken out of force."""
        return ReviewRules(tuple(replace(r, is_removed=r.is_removed or r.id in removed) for r in self.rules))

    def _pairs(self, kind: str) -> tuple[Pair, ...]:
        pairs = (pair for rule in self.rules if rule.kind == kind and not rule.is_removed for pair in rule.pairs)
        return tuple(dict.fromkeys(pairs))


def learn_rules(job_map: JobMap) -> ReviewRules:
    """Tell what a map's decisions teach.

    Merges, and quotes moved into a step or need, give must-links between statements that are still in one entry.
    Splits, and quotes moved out, give cannot-links between statements that still are not. Rejections stop the
    statements that rejected entries still hold. A decision that teaches nothing any more gives no rule.
    """
    holder = {m: e for e in job_map.entries for m in e.members}
    rejected = {m for m, e in holder.items() if e.review is EntryState.REJECTED}
    home = {m: e.id for m, e in holder.items() if m not in rejected}
    rules = []
    for lesson in job_map.state.lessons:
        pairs = tuple(_pairs(lesson, home, rejected))
        stopped = tuple(s for s in lesson.one if s in rejected) if lesson.kind == "stopped" else ()
        if pairs or stopped:
            rule = ReviewRule(
                id=lesson.rule,
                kind=_KINDS[lesson.kind],
                decision=lesson.decision,
                pairs=pairs,
                statements=stopped,
                is_removed=lesson.rule in job_map.state.removed_rules,
            )
            rules.append(rule)
    return ReviewRules(tuple(rules))


def rules_for_run(
    job_map: JobMap, transcripts: Sequence[Transcript], statements: Sequence[ActionStatement | NeedStatement]
) -> ReviewRules:
    """Tell what a map's decisions teach a run that has read its transcripts but not yet grouped their statements.

    As `learn_rules`, with the ids that statements have in the new run, where they are found again: in a corrected
    transcript, or after a change of the models, they have others.
    """
    rules = learn_rules(job_map)
    wanted = {s for rule in rules.rules for s in rule.statements}
    wanted |= {s for rule in rules.rules for pair in rule.pairs for s in pair}
    bare = replace(job_map.analysis, transcripts=tuple(transcripts), statements=tuple(statements), steps=(), needs=())
    found = find_again(job_map.analysis, bare, wanted)
    return ReviewRules(
        tuple(
            replace(
                rule,
                pairs=tuple((found.get(a, a), found.get(b, b)) for a, b in rule.pairs),
                statements=tuple(found.get(s, s) for s in rule.statements),
            )
            for rule in rules.rules
        )
    )


def changes_by_rule(rules: ReviewRules, *, without: Grouping, obeying: Grouping) -> dict[str, tuple[str, ...]]:
    """Say what each rule changed: the statements that stand otherwise than they would without any rule.

    Args:
        rules: the rules of the run.
        without: the grouping that the run would have made without them.
        obeying: the grouping it made.

    Returns:
        Statement ids by rule id, sorted: those that a link put together or apart, and those in a group that a stop
        held back. Empty where the run would have done the same anyway. Removed rules changed nothing.
    """
    before, after = _groups(without), _groups(obeying)
    changed = {}
    for rule in rules.rules:
        found: set[str] = set()
        if not rule.is_removed:
            found = {s for s in rule.statements if after.get(s, -1) >= 0}
            for a, b in rule.pairs:
                if a in after and b in after and _together(before, a, b) != _together(after, a, b):
                    found |= {a, b}
        changed[rule.id] = tuple(sorted(found))
    return changed


def _groups(grouping: Grouping) -> dict[str, int]:
    """The group number of each grouped statement, and -1 for the others."""
    numbers = {s: i for i, cluster in enumerate(grouping.clusters) for s in cluster.statements}
    return {**dict.fromkeys(grouping.ungrouped, -1), **numbers}


def _together(groups: dict[str, int], a: str, b: str) -> bool:
    return groups.get(a, -1) >= 0 and groups.get(a) == groups.get(b)


def _pairs(lesson: Lesson, home: dict[str, str], rejected: set[str]) -> Iterator[Pair]:
    match lesson.kind:
        case "joined":
            # Links pass on from pair to pair: a chain through those that are still together holds them all.
            by_home: dict[str, list[str]] = {}
            for statement in (*lesson.one, *lesson.other):
                if statement in home:
                    by_home.setdefault(home[statement], []).append(statement)
            for chain in by_home.values():
                if not {*lesson.one}.isdisjoint(chain) and not {*lesson.other}.isdisjoint(chain):
                    yield from pairwise(chain)
        case "parted":
            for a, b in product(lesson.one, lesson.other):
                if (a in home or b in home) and home.get(a) != home.get(b) and rejected.isdisjoint((a, b)):
                    yield (a, b)
        case "stopped":
            return
