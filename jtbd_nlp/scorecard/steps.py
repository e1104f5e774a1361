"""The annotator's steps beside the proposed ones: which was found, in which it lies, and what no step of theirs is.

Steps are compared by the action statements in them, as the figures `grouping.*` and `map.*` do.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from jtbd_nlp.evaluation import MIN_STEP_LABELS, Shares, recovered_steps
from jtbd_nlp.gold import GoldStep
from jtbd_nlp.scorecard.sides import ProposedStep, Sides

FOUND: Final = "found"
IN_PIECES: Final = "in pieces"
NOT_PROPOSED: Final = "nobody proposed it"
TOO_SMALL: Final = "too small to count"


@dataclass(frozen=True, slots=True)
class GoldStepRow:
    """A step of the annotator and the proposed step that matches it best; `best` is None where none shares a label.

    `n_labels` are its labels, `n_matched` those with a matching proposal, `n_shared` those of them in `best`, and
    `n_best` the statements of `best`. `shares` are precision and recall of `best` for this step.
    """

    step: GoldStep
    n_labels: int
    n_matched: int
    best: ProposedStep | None
    n_best: int
    n_shared: int
    shares: Shares
    verdict: str


@dataclass(frozen=True, slots=True)
class UnmatchedStepRow:
    """A proposed step that is no gold step's best match: of `n_statements`, how many match labels of which step."""

    step: ProposedStep
    n_statements: int
    sources: tuple[tuple[GoldStep, int], ...]

    @property
    def n_without_step(self) -> int:
        """Its statements that match no label of a step."""
        return self.n_statements - sum(n for _, n in self.sources)


class StepOverlap:
    """Counts of action labels by gold step and of proposals by proposed step, of one study. Computed once, then read.

    `both` counts matched pairs by (gold step, proposed step). Steps without action labels or statements are not there.
    """

    def __init__(self, sides: Sides) -> None:
        pairs = sides.of_kind("action")
        matched = [(p.gold.step, p.proposed.step) for p in pairs if p.fit == "matched" and p.gold and p.proposed]
        lone = [(p.gold.step, None) for p in pairs if p.fit != "matched" and p.gold]
        spare = [(None, p.proposed.step) for p in pairs if p.fit != "matched" and p.proposed]
        self._pairs = [*matched, *lone, *spare]
        self.gold = Counter(g for g, _ in self._pairs if g)
        self.proposed = Counter(p for _, p in self._pairs if p)
        self.matched = Counter(g for g, _ in matched if g)
        self.both = Counter((g, p) for g, p in matched if g and p)

    @cached_property
    def recovered(self) -> dict[str, str]:
        """The proposed step that counts as each recovered gold step."""
        return recovered_steps(self._pairs)

    def shares(self, gold: str, proposed: str) -> Shares:
        """Precision and recall of a proposed step for a gold step."""
        return Shares.of_counts(self.both[gold, proposed], self.proposed[proposed], self.gold[gold])

    def best(self, gold: str) -> str | None:
        """The proposed step that recovered a gold step, else the one of best F1, of equals the first by id."""
        candidates = sorted(p for g, p in self.both if g == gold)
        return self.recovered.get(gold) or max(candidates, key=lambda p: self.shares(gold, p).f1, default=None)

    def home(self, gold: str) -> str | None:
        """The proposed step that holds most matched labels of a gold step; of equals the one of best F1, then by id."""
        candidates = sorted(p for g, p in self.both if g == gold)
        return max(candidates, key=lambda p: (self.both[gold, p], self.shares(gold, p).f1), default=None)

    def majority(self, proposed: str) -> str | None:
        """The gold step that most matched statements of a proposed step have; of equals the first by id."""
        candidates = sorted(g for g, p in self.both if p == proposed)
        return max(candidates, key=lambda g: self.both[g, proposed], default=None)


def gold_step_rows(sides: Sides, overlap: StepOverlap) -> tuple[GoldStepRow, ...]:
    """Give each step of the annotator that has action labels, in the order of their map."""
    proposed = {step.id: step for step in sides.steps}
    return tuple(_gold_row(step, overlap, proposed) for step in sides.study.job_map if overlap.gold[step.id])


def unmatched_step_rows(sides: Sides, overlap: StepOverlap) -> tuple[UnmatchedStepRow, ...]:
    """Give the proposed steps that are no gold step's best match: most statements first, then in order of the map."""
    gold = {step.id: step for step in sides.study.job_map}
    taken = {overlap.best(step) for step in overlap.gold}
    rows = [
        UnmatchedStepRow(
            step,
            overlap.proposed[step.id],
            tuple(
                (gold[g], n)
                for g, n in sorted(((g, overlap.both[g, step.id]) for g in gold), key=lambda found: -found[1])
                if n
            ),
        )
        for step in sides.steps
        if step.id not in taken and overlap.proposed[step.id]
    ]
    return tuple(sorted(rows, key=lambda row: -row.n_statements))


def _gold_row(step: GoldStep, overlap: StepOverlap, proposed: dict[str, ProposedStep]) -> GoldStepRow:
    best = overlap.best(step.id)
    if step.id in overlap.recovered:
        verdict = FOUND
    elif best is None:
        verdict = NOT_PROPOSED
    else:
        verdict = IN_PIECES if overlap.gold[step.id] >= MIN_STEP_LABELS else TOO_SMALL
    return GoldStepRow(
        step=step,
        n_labels=overlap.gold[step.id],
        n_matched=overlap.matched[step.id],
        best=proposed[best] if best else None,
        n_best=overlap.proposed[best] if best else 0,
        n_shared=overlap.both[step.id, best] if best else 0,
        shares=overlap.shares(step.id, best) if best else Shares(0.0, 0.0),
        verdict=verdict,
    )
