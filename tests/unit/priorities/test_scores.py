"""Scores: the published check values, the common errors left out, and intervals that hold what was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from jtbd_nlp.people import wilson_interval
from jtbd_nlp.priorities.answers import answers_of
from jtbd_nlp.priorities.scores import (
    EFFORT_COLUMNS,
    SCORE_COLUMNS,
    ScoreSettings,
    opportunity,
    rating_counts,
    score,
    segments_by,
    step_effort,
)
from jtbd_nlp.priorities.shares import (
    difference_interval,
    draw_respondents,
    drawn_shares,
    percentile_interval,
    wilson,
)
from jtbd_nlp.priorities.simulation import PlantedSegment, simulate
from tests.surveyed_study import a_questionnaire, answered, of_300, planted

ASKED = a_questionnaire(n_steps=1, n_needs=2)


@pytest.mark.parametrize(
    ("importance", "satisfaction", "expected"),
    [(0.75, 0.40, 11.0), (270 / 300, 90 / 300, 15.0), (0.4, 0.9, 4.0), (0.0, 0.0, 0.0), (1.0, 0.0, 20.0)],
)
def test_opportunity_has_the_published_values(importance: float, satisfaction: float, expected: float) -> None:
    assert opportunity(np.array([importance]), np.array([satisfaction]))[0] == pytest.approx(expected)


def test_270_and_90_of_300_give_9_3_and_15() -> None:
    answers = answered(ASKED, {("s0", "importance"): of_300(270), ("s0", "satisfaction"): of_300(90)})
    row = score(answers).set_index("subject").loc["s0"]
    assert (row["importance"] * 10, row["satisfaction"] * 10) == pytest.approx((9.0, 3.0))
    assert row["opportunity"] == pytest.approx(15.0)
    assert row["reading"] == "extreme"
    assert row["opportunity_low"] < 15 < row["opportunity_high"]


def test_shares_come_from_the_top_two_boxes_and_not_from_means() -> None:
    # Both have the mean 3.5; half of the one and none of the other answer 4 or 5 on difficulty.
    answers = answered(ASKED, {("s0", "difficulty"): [2.0, 5.0] * 50, ("s0n0", "difficulty"): [3.0] * 50 + [4.0] * 50})
    rows = score(answers).set_index("subject")
    assert rows.loc["s0", "ces"] == rows.loc["s0n0", "ces"] == 0.5
    low, high = wilson_interval(50, 100)
    assert (rows.loc["s0", "ces_low"], rows.loc["s0", "ces_high"]) == pytest.approx((low, high), abs=1e-4)


def test_priority_is_importance_times_effort() -> None:
    answers = answered(ASKED, {("s0", "importance"): of_300(240), ("s0", "difficulty"): of_300(150)})
    row = score(answers).set_index("subject").loc["s0"]
    assert row["priority"] == pytest.approx(0.8 * 0.5)
    assert row["priority_low"] < 0.4 < row["priority_high"]


def test_what_nobody_answered_has_no_score_and_no_interval() -> None:
    frame = score(answered(ASKED, {("s0", "importance"): of_300(150)}))
    assert list(frame.columns) == list(SCORE_COLUMNS)
    row = frame.set_index("subject").loc["s0n0"]
    assert row["n_importance"] == 0
    assert row[["importance", "importance_low", "ces", "opportunity", "priority_high"]].isna().all()
    assert row["reading"] is None


def test_no_respondents_give_rows_without_figures() -> None:
    frame = score(answers_of(ASKED, pd.DataFrame(index=[])))
    assert len(frame) == 3
    assert frame["opportunity"].isna().all()


def test_both_readings_of_effort_stand_side_by_side() -> None:
    answers = answered(
        ASKED,
        {("s0", "difficulty"): of_300(90), ("s0n0", "difficulty"): of_300(300), ("s0n1", "difficulty"): of_300(150)},
    )
    frame = step_effort(answers)
    assert list(frame.columns) == list(EFFORT_COLUMNS)
    shown = frame.set_index("asked_of")
    assert shown["ces"].to_dict() == pytest.approx({"the step": 0.3, "its needs": 0.75})
    assert shown["n_answers"].to_dict() == {"the step": 300, "its needs": 600}
    assert (shown["ces_low"] < shown["ces"]).all()
    assert (shown["ces"] < shown["ces_high"]).all()


def test_cut_offs_are_settings() -> None:
    answers = answered(ASKED, {("s0", "importance"): of_300(270), ("s0", "satisfaction"): of_300(90)})
    strict = score(answers, settings=ScoreSettings(extreme=16.0))
    assert strict.set_index("subject").loc["s0", "reading"] == "strong"


def test_the_same_seed_gives_the_same_intervals_and_another_gives_others() -> None:
    made, _ = simulate(ASKED, planted(ASKED), n=100, seed=2)
    pd.testing.assert_frame_equal(score(made), score(made))
    assert not score(made).equals(score(made, settings=ScoreSettings(seed=1)))


def test_segments_are_scored_beside_everybody() -> None:
    made, truth = simulate(ASKED, planted(ASKED), n=200, seed=2)
    segments = {name: tuple(truth.index[truth == name]) for name in ("segment 0", "segment 1")}
    frame = score(made, segments=segments)
    assert list(dict.fromkeys(frame["segment"])) == ["everybody", "segment 0", "segment 1"]
    ces = frame[frame["subject"] == "s0"].set_index("segment")["ces"]
    assert ces["segment 0"] > ces["everybody"] > ces["segment 1"]


def test_the_answers_behind_a_score_are_counted_point_by_point() -> None:
    asked = a_questionnaire(n_steps=2, n_needs=0)
    answers = answered(asked, {("s1", "difficulty"): [1, 4, 4, 5, None]})
    table = rating_counts(answers, segments={"some": ["r1", "r4"]})
    assert table.to_numpy().tolist() == [
        ["everybody", "s1", "difficulty", 1, 0, 0, 2, 1],
        ["some", "s1", "difficulty", 0, 0, 0, 1, 0],
    ]


def test_people_can_be_grouped_by_what_they_said_of_themselves() -> None:
    made, _ = simulate(ASKED, planted(ASKED), n=50, seed=2)
    groups = segments_by(made, "ptown")
    assert list(groups) == ["Graz", "Linz"]
    assert sum(map(len, groups.values())) == 50


@given(st.integers(0, 400), st.integers(0, 400))
def test_many_wilson_intervals_equal_the_one_at_a_time(k: int, more: int) -> None:
    low, high = wilson(np.array([float(k)]), np.array([float(k + more)]))
    if k + more == 0:
        assert np.isnan(low[0])
    else:
        assert (low[0], high[0]) == pytest.approx(wilson_interval(k, k + more), abs=1e-4)


def test_drawing_respondents_gives_the_interval_of_scipys_bootstrap() -> None:
    ratings = np.array([of_300(120), of_300(200)], dtype=float).T
    drawn = drawn_shares(draw_respondents(300, 4000, 1), ratings)
    low, high = percentile_interval(opportunity(drawn[:, :1], drawn[:, 1:]))

    def statistic(imp: np.ndarray, sat: np.ndarray) -> float:
        return float(opportunity(np.array([(imp >= 4).mean()]), np.array([(sat >= 4).mean()]))[0])

    columns = (ratings[:, 0], ratings[:, 1])
    peer = bootstrap(columns, statistic, paired=True, vectorized=False, n_resamples=4000, method="percentile", rng=2)
    assert (low[0], high[0]) == pytest.approx(tuple(peer.confidence_interval), abs=0.15)


def test_a_difference_has_newcombes_interval() -> None:
    # Newcombe 1998, Statistics in Medicine 17: 56/70 and 48/80, method 10.
    assert difference_interval(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-4)
    assert np.isnan(difference_interval(0, 0, 1, 2)[0])


def test_planted_scores_lie_within_their_intervals_about_as_often_as_stated() -> None:
    asked = a_questionnaire(n_steps=4, n_needs=3)
    n = len(asked.basis.subjects)
    top = {
        "importance": np.linspace(0.3, 0.9, n),
        "satisfaction": np.linspace(0.7, 0.2, n),
        "difficulty": np.linspace(0.2, 0.8, n),
    }
    truth = {
        "importance": top["importance"],
        "ces": top["difficulty"],
        "opportunity": opportunity(top["importance"], top["satisfaction"]),
        "priority": top["importance"] * top["difficulty"],
    }
    one = [PlantedSegment(name="all", share=1.0, top={a: list(v) for a, v in top.items()})]
    held = dict.fromkeys(truth, 0)
    n_runs = 25
    for seed in range(n_runs):
        frame = score(simulate(asked, one, n=300, seed=seed)[0], settings=ScoreSettings(n_draws=400))
        for name, values in truth.items():
            held[name] += int(((frame[f"{name}_low"] <= values) & (values <= frame[f"{name}_high"])).sum())
    for name, count in held.items():
        # 400 intervals; binomial noise and dependence within a run leave about four points.
        assert 0.90 <= count / (n_runs * n) <= 0.99, name
