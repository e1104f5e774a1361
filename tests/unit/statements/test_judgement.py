"""Candidates, their features, and which of them are kept."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.statements.encoder import TurnReading
from jtbd_nlp.statements.judgement import (
    CANDIDATE_FEATURES,
    choose,
    describe_candidates,
    describe_senses,
    list_candidates,
    threshold_for,
)
from tests.candidates import a_candidate, a_clause


def a_reading(*action: float) -> TurnReading:
    """One sentence of pieces of ten characters each, with these probabilities of being inside an action."""
    n = len(action)
    pieces = np.zeros((n, 6), dtype=np.float32)
    pieces[:, 0] = action
    offsets = np.array([(10 * i, 10 * i + 9) for i in range(n)], dtype=np.int64)
    return TurnReading(
        offsets,
        pieces,
        np.zeros(n, dtype=np.int64),
        np.array([[0.9, 0.1]], dtype=np.float32),
        np.zeros((n, 4), dtype=np.float32),
    )


def test_a_clause_is_read_as_an_action_and_as_a_need_with_and_without_its_subject() -> None:
    found = {(c.kind, c.start, c.end) for c in list_candidates([a_clause(4, 20, whole_start=0)])}
    assert found == {("action", 4, 20), ("need", 4, 20), ("need", 0, 20)}


def test_equal_spans_are_one_candidate() -> None:
    assert len(list_candidates([a_clause(0, 9), a_clause(0, 9)])) == 2


def test_the_span_that_covers_the_run_has_the_highest_expected_overlap() -> None:
    reading = a_reading(0.0, 0.9, 0.9, 0.9, 0.0)
    candidates = [a_candidate(10, 39), a_candidate(10, 29), a_candidate(0, 49)]
    column = CANDIDATE_FEATURES.index("action_expected_iou")
    whole, short, wide = describe_candidates(candidates, reading)[:, column]
    assert whole == pytest.approx(0.9)
    assert whole > short
    assert whole > wide


def test_a_candidate_outside_the_words_has_no_features() -> None:
    assert not describe_candidates([a_candidate(500, 510)], a_reading(0.5)).any()


def senses_of(*likely: float, job: tuple[float, ...] | None) -> dict[str, list[float]]:
    """What is told of actions with these probabilities, whose meanings are the axes of a space."""
    n = len(likely)
    candidates = [a_candidate(10 * i, 10 * i + 9) for i in range(n)]
    rows = describe_candidates(candidates, a_reading(*likely))
    stages = np.full((n, 6), 1 / 6, dtype=np.float32)
    vector = None if job is None else np.array(job, dtype=np.float32)
    found = describe_senses(candidates, rows, np.eye(n, dtype=np.float32), stages, vector)
    return {name: found[:, i - 8].tolist() for i, name in enumerate(CANDIDATE_FEATURES[-8:])}


def test_a_candidate_is_near_the_job_that_it_means() -> None:
    assert senses_of(0.9, 0.9, job=(0.0, 1.0))["near_job"] == [0.0, 1.0]


def test_nearness_to_a_job_that_is_not_stated_is_left_open() -> None:
    assert np.isnan(senses_of(0.9, 0.9, job=None)["near_job"]).all()


def test_a_candidate_is_near_what_the_person_is_likely_to_say_they_do() -> None:
    near = senses_of(0.9, 0.1, job=None)["near_actions"]
    assert near[0] > near[1] > 0


def test_talk_without_likely_actions_has_no_centre() -> None:
    assert np.isnan(senses_of(0.0, 0.0, job=None)["near_actions"]).all()


def test_the_likelier_of_two_that_overlap_is_kept() -> None:
    candidates = [a_candidate(0, 10), a_candidate(5, 20)]
    assert choose(candidates, np.array([0.6, 0.8], dtype=np.float32)) == [1]


def test_an_action_and_a_need_may_overlap() -> None:
    candidates = [a_candidate(0, 10), a_candidate(0, 10, "need")]
    assert choose(candidates, np.array([0.6, 0.8], dtype=np.float32)) == [0, 1]


def test_what_is_next_to_impossible_is_dropped() -> None:
    assert choose([a_candidate(0, 10)], np.array([0.01], dtype=np.float32)) == []


def test_the_threshold_falls_with_what_can_be_expected() -> None:
    sure = threshold_for(np.array([0.95, 0.9, 0.9, 0.1, 0.05], dtype=np.float32))
    unsure = threshold_for(np.array([0.4, 0.3, 0.3, 0.1, 0.05], dtype=np.float32))
    assert 0.35 < sure < 0.5
    assert 0.1 < unsure < 0.3


def test_no_candidates_need_no_threshold() -> None:
    assert threshold_for(np.zeros(0, dtype=np.float32)) == 1.0


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20), st.floats(0, 1, width=32)), max_size=20))
def test_kept_candidates_of_a_kind_never_overlap(rows: list[tuple[int, int, float]]) -> None:
    candidates = [a_candidate(start, start + length) for start, length, _ in rows]
    kept = choose(candidates, np.array([p for *_, p in rows], dtype=np.float32))
    spans = sorted((candidates[i].start, candidates[i].end) for i in kept)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
