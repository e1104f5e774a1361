"""From the map of one run to the start of the next: what people decided stays, what the run says anew is a difference.

- What people approved, edited, rejected, added, merged, split or moved is *settled*: it keeps id, wording, stage, place
  and step, whatever interviews come, change or go. A step that holds a settled need stays with it.
- A settled entry keeps its evidence as far as it is found again, and gains the rest of the new suggestion that is it:
  one of which it holds at least half or that, unless it was rejected, holds at least half of its own evidence.
- Evidence that is gone is remembered by id, so that an interview that comes back backs the entry again.
- Suggestions nobody decided on are replaced by the new run's; one that is found again keeps its id. So is what was
  rejected once the rule that followed from it is removed.
- Statements that people set aside stay out of new suggestions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from jtbd_nlp.domain import Analysis, Aside
from jtbd_nlp.review.decisions import ReviewDecision
from jtbd_nlp.review.differences import Difference, tell_difference
from jtbd_nlp.review.finishing import finish
from jtbd_nlp.review.folding import fold
from jtbd_nlp.review.job_map import EntryState, JobMap, MapNeed, MapStep, ReviewState
from jtbd_nlp.review.matching import choose_again, find_again
from jtbd_nlp.review.reconciling import Reconciled, reconcile
from jtbd_nlp.review.states import first_state
from jtbd_nlp.stages import STAGES


def carry_over(previous: JobMap, analysis: Analysis) -> tuple[JobMap, Difference]:
    """Start the map of a new run from the last one.

    Args:
        previous: the map of the last run, with all its decisions.
        analysis: the new run, of the same study; interviews may have been added, corrected or erased.

    Returns:
        The map to go on with (`fold(analysis, decisions, carried=map)`), and what is to be reviewed in it.
    """
    state = previous.state
    wanted = [m for e in state.entries for m in e.members]
    wanted += [*state.set_aside, *(s for lesson in state.lessons for s in (*lesson.one, *lesson.other))]
    found = find_again(previous.analysis, analysis, frozenset(wanted))
    old_steps = {i: _step_again(s, found, analysis) for i, s in state.steps.items()}
    old_needs = {i: _need_again(n, found) for i, n in state.needs.items()}
    holding = {n.step for n in old_needs.values() if n.is_settled and n.review is not EntryState.REJECTED}
    bare = first_state(analysis)
    apart = frozenset(found.get(s, s) for s in state.set_aside)
    present = frozenset(_ids_with_words(analysis))
    steps = reconcile(
        old_steps,
        list(bare.steps.values()),
        settled=[i for i, s in old_steps.items() if _stays(s, state) or i in holding],
        apart=apart,
        present=present,
        merged=state.merged,
    )
    needs = reconcile(
        old_needs,
        list(bare.needs.values()),
        settled=[i for i, n in old_needs.items() if _stays(n, state)],
        apart=apart,
        present=present,
        merged=state.merged,
    )
    placed = _placed(steps)
    carried = replace(
        state,
        steps=placed,
        needs=_attached(needs, steps, placed),
        chosen=choose_again(previous.analysis, analysis, state.chosen),
        set_aside=tuple(found.get(s, s) for s in state.set_aside),
        lessons=tuple(replace(x, one=_again(x.one, found), other=_again(x.other, found)) for x in state.lessons),
    )
    now = finish(analysis, carried)
    return now, tell_difference(previous, now, found)


def fold_runs(runs: Sequence[tuple[Analysis, Sequence[ReviewDecision]]]) -> JobMap:
    """Fold a study's runs, oldest first, each with its decisions, into the map of the last one.

    A decision of an earlier run is undone by an Undo in the log of that run.

    Raises:
        ValueError: there is no run.
    """
    if not runs:
        raise ValueError("a map needs a run")
    job_map = fold(*runs[0])
    for analysis, decisions in runs[1:]:
        job_map = fold(analysis, decisions, carried=carry_over(job_map, analysis)[0])
    return job_map


def _stays(entry: MapStep | MapNeed, state: ReviewState) -> bool:
    """Whether no run may change an entry. A rejected one stays as long as the rule that followed is in force."""
    return state.is_stopped(entry.id) if entry.review is EntryState.REJECTED else entry.is_settled


def _again(ids: Iterable[str], found: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(found.get(i, i) for i in ids)


def _step_again(step: MapStep, found: Mapping[str, str], analysis: Analysis) -> MapStep:
    """The step with its evidence as the new run calls it, and nothing quoted that is no longer there."""
    suggestion = None if step.suggestion is None else replace(step.suggestion, counter=())
    counter = tuple(a for a in step.counter if _still_stands(a, analysis))
    return replace(step, members=_again(step.members, found), counter=counter, suggestion=suggestion)


def _need_again(need: MapNeed, found: Mapping[str, str]) -> MapNeed:
    suggestion = None if need.suggestion is None else replace(need.suggestion, asides=())
    return replace(need, members=_again(need.members, found), suggestion=suggestion)


def _still_stands(aside: Aside, analysis: Analysis) -> bool:
    span, quote = aside.evidence.span, aside.evidence.quote
    turns = next((t.turns for t in analysis.transcripts if t.id == aside.evidence.transcript), ())
    return span.turn < len(turns) and turns[span.turn].text[span.start : span.end] == quote


def _ids_with_words(analysis: Analysis) -> Iterable[str]:
    yield from (s.id for s in analysis.statements)
    yield from (a.id for need in analysis.needs for a in need.asides)


def _placed(steps: Reconciled[MapStep]) -> dict[str, MapStep]:
    """Settled steps in their places, new suggestions in the order of the run in the free places of their stage."""
    taken: dict[str, set[int]] = defaultdict(set)
    for step in steps.kept.values():
        taken[step.stage].add(step.position)
    placed = list(steps.kept.values())
    for stage in STAGES:
        free = (number for number in count(1) if number not in taken[stage])
        placed += [replace(s, position=next(free)) for s in steps.new if s.stage == stage]
    return {step.id: step for step in placed}


def _attached(
    needs: Reconciled[MapNeed], steps: Reconciled[MapStep], placed: Mapping[str, MapStep]
) -> dict[str, MapNeed]:
    """Settled needs at their steps, new ones at what the steps of the run became; contradictions by their new ids."""
    attached = {}
    for need in needs.kept.values():
        attached[need.id] = replace(need, step=need.step if need.step in placed else None)
    for need in needs.new:
        step = None if need.step is None else steps.home.get(need.step)
        attached[need.id] = replace(need, step=step if step in placed else None)
    against: dict[str, list[str]] = defaultdict(list)
    for suggested, home in needs.home.items():
        against[home] += [needs.home[other] for other in needs.opposites[suggested] if other in needs.home]
    return {
        i: replace(n, contradicts=tuple(dict.fromkeys(against[i]))) if i in against else n for i, n in attached.items()
    }
