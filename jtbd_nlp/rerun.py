"""Hops 3 to 5 of a run after the first: as `pipeline.map_statements`, obeying what decisions on the last map taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from jtbd_nlp.config import Settings
from jtbd_nlp.domain import Analysis, Cluster, Grouping, Study, Transcript
from jtbd_nlp.engine import Engine
from jtbd_nlp.pipeline import OnProgress, map_statements
from jtbd_nlp.review import JobMap, ReviewRule, changes_by_rule, rules_for_run
from jtbd_nlp.statements.extraction import Extraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Obeyed:
    """A rule that a run obeyed, and the ids of the statements that stand otherwise because of it."""

    rule: ReviewRule
    changed: tuple[str, ...]


def map_obeying(
    transcripts: Sequence[Transcript],
    extraction: Extraction,
    *,
    reviewed: JobMap,
    study: Study,
    settings: Settings,
    engine: Engine,
    on_progress: OnProgress,
) -> tuple[Analysis, tuple[Obeyed, ...]]:
    """Group what was read as decisions want it, and say what each of their rules changed.

    Links decide who is together; what is stopped is grouped like anything else, so that new people who say it are
    recognised, and is left out when the map is carried over (`review.carry_over`).

    Args:
        transcripts: sorted by id.
        reviewed: the map of the last run with all decisions on it.
    """
    map_them = partial(
        map_statements, transcripts, extraction, study=study, settings=settings, engine=engine, on_progress=on_progress
    )
    rules = rules_for_run(reviewed, transcripts, extraction.statements)
    without = map_them()
    has_links = bool(rules.must_link or rules.cannot_link)
    obeying = map_them(must_link=rules.must_link, cannot_link=rules.cannot_link) if has_links else without
    changed = changes_by_rule(rules, without=_grouping(without), obeying=_grouping(obeying))
    return obeying, tuple(Obeyed(rule=rule, changed=changed[rule.id]) for rule in rules.rules if not rule.is_removed)


def _grouping(analysis: Analysis) -> Grouping:
    """Who stands with whom in the steps and needs of an analysis."""
    groups = [step.statements for step in analysis.steps]
    groups += [need.statements for need in analysis.needs if need.statements]
    grouped = {statement for group in groups for statement in group}
    return Grouping(
        tuple(Cluster(tuple(sorted(group)), (1.0,) * len(group)) for group in groups),
        tuple(s.id for s in analysis.statements if s.id not in grouped),
    )
