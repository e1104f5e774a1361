"""What went wrong, statement by statement, and which of it costs an analyst most.

Every kind of mistake says how its cost is counted, so that the page can say it too. Costs compare mistakes of one kind
only. An annotator's labels are not the truth: what is called a mistake is a disagreement to look at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.evaluation import n_shared, span_iou
from jtbd_nlp.export.markdown import counted
from jtbd_nlp.gold import GoldStatement, GoldStudy
from jtbd_nlp.scorecard.sides import Pair, ProposedStatement, Sides
from jtbd_nlp.scorecard.steps import StepOverlap

N_COSTLIEST: Final = 20
# Twenty mistakes of one step teach what two of them do.
N_PER_STEP: Final = 2


@dataclass(frozen=True, slots=True)
class MistakeKind:
    """One kind of mistake: its name, its heading, and how its cost is counted and why so."""

    name: str
    heading: str
    cost: str


_MISSED: Final = (
    "Cost: the share of its step's labels that are missed; and if none of its speaker's labels of that step was found, "
    "the number of people of whom that is so, for the map does not count them, or has lost the step. A label of no "
    "step costs the map nothing."
)
_INVENTED: Final = (
    "Cost: the confidence with which it was kept, for no threshold will take away what is sure, times the statements "
    "of its kind in its proposed step that match no label, itself included, for together they make a step that must be "
    "taken apart or rejected."
)

MISTAKE_KINDS: Final = (
    MistakeKind("missed-action", "Missed actions", _MISSED),
    MistakeKind("missed-need", "Missed needs", _MISSED),
    MistakeKind("invented-action", "Invented actions", _INVENTED),
    MistakeKind("invented-need", "Invented needs", _INVENTED),
    MistakeKind(
        "edges",
        "Wrong edges",
        "A label and a proposal of one kind that overlap, but share less than half of what they cover together: it "
        "counts as missed and as invented at once. Cost: characters too many and characters missing, which is what "
        "an analyst has to mend.",
    ),
    MistakeKind(
        "stage",
        "Wrong stage",
        "Actions that were found, put in another stage than the annotator's. Cost: the probability of the wrong "
        "stage, times the matched statements of its proposed step with a wrong stage, itself included, for steps "
        "take their stage from their statements.",
    ),
    MistakeKind(
        "merged",
        "Merged: in a step of other things",
        "Actions that were found, in a proposed step whose matched statements are mostly of another step of the "
        "annotator. Cost: matched statements of other steps that it shares the proposed step with, which are the "
        "pairs that lower grouping precision.",
    ),
    MistakeKind(
        "split",
        "Split: away from its own step",
        "Actions that were found, outside the proposed step that holds most of their own. Cost: found statements of "
        "the same step of the annotator that lie elsewhere or in no step, which are the pairs that lower grouping "
        "recall.",
    ),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake of one study: its cost, why it is that much, and the step by which its like are told."""

    kind: str
    study: str
    pair: Pair
    cost: float
    why: str
    step: str | None

    @property
    def order(self) -> tuple[float, str, tuple[str, int, int, int], str]:
        """What mistakes of one kind are sorted by: cost, then study and place, so that no tie is left to chance."""
        return (-round(self.cost, 9), self.study, self.pair.place, self.pair.kind)


def find_mistakes(sides: Sides, overlap: StepOverlap) -> tuple[Mistake, ...]:
    """List every mistake of a study, each kind in order of cost."""
    found = [
        *(mistake for kind in ("action", "need") for mistake in _missed(sides, kind)),
        *(mistake for kind in ("action", "need") for mistake in _invented(sides, kind)),
        *_edges(sides),
        *_stages(sides),
        *_merged(sides, overlap),
        *_split(sides, overlap),
    ]
    rank = {kind.name: i for i, kind in enumerate(MISTAKE_KINDS)}
    return tuple(sorted(found, key=lambda mistake: (rank[mistake.kind], mistake.order)))


def costliest(
    mistakes: Iterable[Mistake], *, n: int = N_COSTLIEST, n_per_step: int = N_PER_STEP
) -> tuple[Mistake, ...]:
    """Pick the `n` costliest mistakes of one kind, of one step of one study at most `n_per_step`.

    Of equal cost the first by study, interview and place. A mistake of no step stands for itself.
    """
    taken: Counter[tuple[str, str]] = Counter()
    picked: list[Mistake] = []
    for mistake in sorted(mistakes, key=lambda mistake: mistake.order):
        key = (mistake.study, mistake.step or "")
        if len(picked) < n and (mistake.step is None or taken[key] < n_per_step):
            taken[key] += 1
            picked.append(mistake)
    return tuple(picked)


def _missed(sides: Sides, kind: str) -> Iterator[Mistake]:
    steps: dict[str, list[Pair]] = defaultdict(list)
    for pair in sides.of_kind(kind):
        if pair.gold and pair.gold.step:
            steps[pair.gold.step].append(pair)
    for pair in sides.of_kind(kind):
        if pair.gold and pair.fit == "missed":
            step = pair.gold.step
            cost, why = _missed_cost(sides.study, pair, steps[step]) if step else (0.0, "It is of no step.")
            yield Mistake(f"missed-{kind}", sides.study.name, pair, cost, why, step)


def _missed_cost(study: GoldStudy, pair: Pair, of_step: list[Pair]) -> tuple[float, str]:
    heard = {_person(study, other) for other in of_step if other.fit != "missed"}
    everybody = {_person(study, other) for other in of_step}
    n_missed, n_unheard = sum(other.fit == "missed" for other in of_step), len(everybody - heard)
    share = n_missed / len(of_step)
    missed = f"{n_missed} of {counted(len(of_step), 'label')} of its step missed"
    if _person(study, pair) in heard:
        return share, f"{missed}; its speaker is heard in it all the same."
    who = f"its speaker is 1 of the {n_unheard} who go unheard in it, of {len(everybody)} who spoke of it"
    return n_unheard + share, f"{missed}; {who}."


def _invented(sides: Sides, kind: str) -> Iterator[Mistake]:
    lone = [pair.proposed for pair in sides.of_kind(kind) if pair.fit == "invented" and pair.proposed]
    of_step = Counter(statement.step for statement in lone if statement.step)
    for pair in sides.of_kind(kind):
        if pair.proposed and pair.fit == "invented":
            statement = pair.proposed
            n_others = of_step[statement.step] - 1 if statement.step else 0
            beside = f"beside {counted(n_others, f'other {kind}')} without a label in its proposed step"
            why = f"Kept with confidence {statement.confidence:.2f}, {beside if statement.step else 'in no step'}."
            cost = statement.confidence * (1 + n_others)
            yield Mistake(f"invented-{kind}", sides.study.name, pair, cost, why, statement.step)


def _edges(sides: Sides) -> Iterator[Mistake]:
    for pair in sides.pairs:
        if pair.fit == "edges" and pair.gold and pair.proposed:
            gold, proposed = (pair.gold.start, pair.gold.end), (pair.proposed.start, pair.proposed.end)
            both = n_shared(gold, proposed)
            n_more, n_less = proposed[1] - proposed[0] - both, gold[1] - gold[0] - both
            why = (
                f"{counted(n_more, 'character')} too many, {n_less} missing; they share "
                f"{span_iou(gold, proposed):.2f} of what they cover together."
            )
            yield Mistake("edges", sides.study.name, pair, float(n_more + n_less), why, pair.gold.step)


def _stages(sides: Sides) -> Iterator[Mistake]:
    wrong = [(p, g, s) for p, g, s in _found(sides) if g.stage != s.stage]
    of_step = Counter(s.step for _, _, s in wrong if s.step)
    for pair, gold, statement in wrong:
        n_others = of_step[statement.step] - 1 if statement.step else 0
        why = (
            f"{statement.stage} with probability {statement.stage_probability:.2f}, labelled {gold.stage}; "
            f"beside {counted(n_others, 'other action')} with a wrong stage in its proposed step."
        )
        cost = statement.stage_probability * (1 + n_others)
        yield Mistake("stage", sides.study.name, pair, cost, why, statement.step)


def _merged(sides: Sides, overlap: StepOverlap) -> Iterator[Mistake]:
    phrases = {step.id: step.phrase for step in sides.study.job_map}
    for pair, gold, statement in _found(sides):
        if gold.step and statement.step:
            majority = overlap.majority(statement.step)
            if majority and majority != gold.step:
                n_all = sum(n for (_, p), n in overlap.both.items() if p == statement.step)
                n_foreign = n_all - overlap.both[gold.step, statement.step]
                n_most = overlap.both[majority, statement.step]
                why = (
                    f"With {counted(n_foreign, 'statement')} of other steps, {n_most} of them of “{phrases[majority]}”."
                )
                yield Mistake("merged", sides.study.name, pair, float(n_foreign), why, statement.step)


def _split(sides: Sides, overlap: StepOverlap) -> Iterator[Mistake]:
    phrases = {step.id: step.phrase for step in sides.steps}
    for pair, gold, statement in _found(sides):
        home = overlap.home(gold.step) if gold.step else None
        if gold.step and home != statement.step:
            n_beside = overlap.both[gold.step, statement.step] if statement.step else 1
            n_away = overlap.matched[gold.step] - n_beside
            if n_away:
                most = f", {overlap.both[gold.step, home]} of them in “{phrases[home]}”" if home else ""
                why = f"{counted(n_away, 'found statement')} of its step elsewhere{most}."
                yield Mistake("split", sides.study.name, pair, float(n_away), why, gold.step)


def _found(sides: Sides) -> Iterator[tuple[Pair, GoldStatement, ProposedStatement]]:
    """The matched actions, with both sides at hand."""
    for pair in sides.of_kind("action"):
        if pair.fit == "matched" and pair.gold and pair.proposed:
            yield pair, pair.gold, pair.proposed


def _person(study: GoldStudy, pair: Pair) -> tuple[str, str]:
    return (pair.transcript, study.transcript(pair.transcript).turns[pair.place[1]].speaker)
