"""Segments: planted ones are found again, noise and mere scales are told from them, and people stay people."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from jtbd_nlp.priorities.answers import answers_of
from jtbd_nlp.priorities.questionnaire import rating_id
from jtbd_nlp.priorities.segments import (
    PROFILE_COLUMNS,
    TRIAL_COLUMNS,
    Segmentation,
    SegmentSettings,
    find_segments,
    profile_segments,
    who_struggles_where,
)
from jtbd_nlp.priorities.simulation import PlantedSegment, simulate
from tests.surveyed_study import a_questionnaire, planted

ASKED = a_questionnaire(n_steps=6, n_needs=2)
SUBJECTS = [s.id for s in ASKED.basis.subjects]
QUICK = SegmentSettings(n_draws=6, n_null=19, most=3)


@cache
def found_of(n_segments: int) -> tuple[Segmentation, pd.Series]:
    """What is found in 300 answers with so many planted segments, and the truth."""
    answers, truth = simulate(ASKED, planted(ASKED, n=n_segments), n=300, seed=5)
    return find_segments(answers, QUICK), truth


@pytest.mark.parametrize("n_segments", [2, 3])
def test_planted_segments_are_found_again(n_segments: int) -> None:
    found, truth = found_of(n_segments)
    assert found.verdict == "segments"
    assert list(found.trials.columns) == list(TRIAL_COLUMNS)
    segment_of = {who: name for name, members in found.members.items() for who in members}
    assert adjusted_rand_score(truth.to_list(), [segment_of[who] for who in truth.index]) > 0.9


def test_noise_has_no_segments_and_the_reason_is_said() -> None:
    chances = np.linspace(0.2, 0.8, len(SUBJECTS)).tolist()
    crowd = PlantedSegment(
        name="all", share=1, top=dict.fromkeys(("difficulty", "importance", "satisfaction"), chances)
    )
    answers, _ = simulate(ASKED, [crowd], n=300, seed=5)
    found = find_segments(answers, QUICK)
    assert found.verdict == "no stable segments"
    assert found.members == {}
    assert "adjusted Rand" in found.reason


def test_people_along_one_scale_are_no_segments_though_any_cut_of_it_is_stable() -> None:
    rng = np.random.default_rng(4)
    leaning = rng.normal(size=(300, 1))
    ratings = np.clip(np.round(3 + 0.8 * leaning + 0.7 * rng.normal(size=(300, len(SUBJECTS)))), 1, 5)
    columns = {rating_id(subject, "difficulty"): ratings[:, i] for i, subject in enumerate(SUBJECTS)}
    answers = answers_of(ASKED, pd.DataFrame(columns, index=[f"r{k}" for k in range(300)]))
    found = find_segments(answers, QUICK)
    assert found.trials["stability"].max() > 0.75
    assert found.verdict == "no stable segments"


def test_too_few_people_or_people_who_rated_parts_are_not_segmented() -> None:
    answers, _ = simulate(ASKED, planted(ASKED), n=99, seed=5)
    assert find_segments(answers, QUICK).verdict == "not enough answers"
    in_blocks = a_questionnaire(n_steps=6, n_needs=2, max_subjects=6)
    answers, _ = simulate(in_blocks, planted(in_blocks), n=300, seed=5)
    found = find_segments(answers, QUICK)
    assert found.verdict == "not enough answers"
    assert "blocks" in found.reason


def test_the_same_answers_give_the_same_segments() -> None:
    answers, _ = simulate(ASKED, planted(ASKED, n=2), n=300, seed=5)
    assert find_segments(answers, QUICK).members == found_of(2)[0].members


def test_segments_that_only_answer_higher_throughout_are_told_by_their_level() -> None:
    high, low = [0.9] * len(SUBJECTS), [0.1] * len(SUBJECTS)
    half = [
        PlantedSegment(name=name, share=0.5, top=dict.fromkeys(("difficulty", "importance", "satisfaction"), top))
        for name, top in (("high", high), ("low", low))
    ]
    answers, _ = simulate(ASKED, half, n=300, seed=5)
    assert find_segments(answers, QUICK).level_share > 0.9


def test_profiles_tell_what_sets_a_segment_apart() -> None:
    one, other = planted(ASKED)
    apart = (
        PlantedSegment(name="one", share=0.5, top=one.top, answers={"ptown": {"1": 0.9, "2": 0.1}}),
        PlantedSegment(name="other", share=0.5, top=other.top, answers={"ptown": {"1": 0.1, "2": 0.9}}),
    )
    answers, truth = simulate(ASKED, apart, n=200, seed=5)
    members = {name: tuple(truth.index[truth == name]) for name in ("one", "other")}
    profiles = profile_segments(answers, members)
    assert list(profiles.columns) == list(PROFILE_COLUMNS)
    row = profiles[(profiles["segment"] == "one") & (profiles["answer"] == "Graz")].iloc[0]
    assert row["p_value"] < 0.001
    assert row["share_low"] > row["share_of_everybody"]


def test_who_struggles_where_has_a_share_a_step_and_segment() -> None:
    answers, truth = simulate(ASKED, planted(ASKED), n=200, seed=5)
    members = {name: tuple(truth.index[truth == name]) for name in ("segment 0", "segment 1")}
    table = who_struggles_where(answers, members)
    assert list(table.index) == [s.id for s in ASKED.basis.steps]
    assert table.loc["s0", "segment 0"] > 0.7
    assert table.loc["s0", "segment 1"] < 0.3
