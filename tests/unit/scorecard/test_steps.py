"""The annotator's steps beside the proposed ones."""

from __future__ import annotations

import pytest

from jtbd_nlp.scorecard.sides import lay_side_by_side
from jtbd_nlp.scorecard.steps import StepOverlap, gold_step_rows, unmatched_step_rows
from tests.scored_study import a_document, a_study, figures_of

SIDES = lay_side_by_side(a_study(), a_document())
OVERLAP = StepOverlap(SIDES)
FIRST, SECOND = (step.id for step in sorted(SIDES.steps, key=lambda step: step.stage, reverse=True))


def test_each_step_of_the_annotator_stands_beside_its_best_match() -> None:
    rows = gold_step_rows(SIDES, OVERLAP)
    assert [(r.step.id, r.best.id if r.best else None, r.n_shared, r.n_best, r.verdict) for r in rows] == [
        ("s1", SECOND, 1, 2, "found"),
        ("s2", SECOND, 1, 2, "too small to count"),
        ("s3", None, 0, 0, "nobody proposed it"),
    ]
    assert [(r.n_matched, r.n_labels) for r in rows] == [(2, 3), (2, 2), (0, 1)]
    assert rows[0].shares.f1 == pytest.approx(0.4)


def test_found_steps_are_those_of_the_map_recall() -> None:
    large = [row for row in gold_step_rows(SIDES, OVERLAP) if row.n_labels >= 3]
    recall = sum(row.verdict == "found" for row in large) / len(large)
    assert recall == figures_of(a_study(), a_document())["map.recall"]


def test_a_proposed_step_that_is_no_best_match_tells_where_it_comes_from() -> None:
    (row,) = unmatched_step_rows(SIDES, OVERLAP)
    assert (row.step.id, row.n_statements, row.n_without_step) == (FIRST, 4, 2)
    assert [(step.id, n) for step, n in row.sources] == [("s1", 1), ("s2", 1)]


def test_of_equal_steps_the_better_match_is_home_and_the_first_id_the_majority() -> None:
    assert OVERLAP.home("s1") == SECOND
    assert OVERLAP.majority(FIRST) == "s1"
    assert OVERLAP.home("s3") is None
