"""Two runs side by side: what moved, and what is no more than noise."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.comparison import MIN_STUDIES, compare_runs, difference_interval, read_scores
from jtbd_nlp.errors import ScoresError
from jtbd_nlp.evaluation import scores_json


def a_run(*values: float, figure: str = "map.recall") -> dict[str, dict[str, float]]:
    return {f"study-{i}": {"transcripts": 3, figure: value} for i, value in enumerate(values)}


def test_a_run_equals_the_file_it_wrote() -> None:
    run = a_run(1 / 3, 2 / 3, 1 / 7, 0.1, 0.2, 0.3)
    comparison = compare_runs(run, read_scores(scores_json(run).encode(), place="f.json"), previous="f.json")
    change = comparison.changes["map.recall"]
    assert (change.difference, change.interval, change.verdict) == (0.0, (0.0, 0.0), "within noise")
    assert {d["map.recall"] for d in comparison.differences.values()} == {0.0}


def test_differences_are_now_less_before_and_counts_have_none() -> None:
    comparison = compare_runs(a_run(0.5, 0.2), a_run(0.3, 0.4), previous="f.json")
    assert comparison.differences == {"study-0": {"map.recall": 0.2}, "study-1": {"map.recall": -0.2}}


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ([0.05, 0.06, 0.04, 0.07, 0.03, 0.05, 0.06, 0.05], "better"),
        ([-0.05, -0.06, -0.04, -0.07, -0.03, -0.05, -0.06, -0.05], "worse"),
        ([0.05, -0.06, 0.04, -0.07, 0.03, 0.05, -0.06, 0.05], "within noise"),
        ([0.4, 0, 0, 0, 0, 0, 0, 0], "within noise"),
        ([0.1] * 6, "better"),
        ([0.1] * 5, "too few studies"),
    ],
)
def test_the_verdict_follows_from_how_studies_agree(differences: list[float], verdict: str) -> None:
    before = a_run(*[0.5] * len(differences))
    now = a_run(*[0.5 + d for d in differences])
    assert compare_runs(now, before, previous="f.json").changes["map.recall"].verdict == verdict


def test_a_ratio_of_steps_is_neither_better_nor_worse() -> None:
    now, before = a_run(*[1.5] * 6, figure="map.steps"), a_run(*[1.2] * 6, figure="map.steps")
    assert compare_runs(now, before, previous="f.json").changes["map.steps"].verdict == "changed"


def test_studies_of_one_run_only_are_named_and_left_out() -> None:
    comparison = compare_runs(
        a_run(0.5) | {"new": {"map.recall": 0.0}}, a_run(0.5) | {"old": {"map.recall": 1.0}}, previous="f.json"
    )
    assert (comparison.only_now, comparison.only_before) == (("new",), ("old",))
    assert comparison.changes["map.recall"].difference == 0.0


def test_a_figure_that_one_run_lacks_is_left_out() -> None:
    assert compare_runs(a_run(0.5), a_run(0.5, figure="map.steps"), previous="f.json").changes == {}


def test_no_study_in_common_is_an_error_that_names_the_file() -> None:
    with pytest.raises(ScoresError, match=r"old\.json: has no study in common"):
        compare_runs(a_run(0.5), {"other": {"map.recall": 0.5}}, previous="old.json")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xfe\x00", "is no JSON"),
        (b"{", "is no JSON"),
        (b"[]", "holds no figures by study"),
        (b'{"schema": "jtbd-analysis/1", "study": {}}', "holds no figures by study"),
        (b'{"studies": {}}', "holds no figures by study"),
        (b'{"studies": {"a": 3}}', "studies.a: must be an object"),
        (b'{"studies": {"a": {"f": "high"}}}', "studies.a.f: must be a number"),
        (b'{"studies": {"a": {"f": true}}}', "studies.a.f: must be a number"),
        (b'{"studies": {"a": {"f": NaN}}}', "studies.a.f: must be a number"),
    ],
)
def test_a_file_that_is_no_scores_is_refused_by_name(content: bytes, fault: str) -> None:
    with pytest.raises(ScoresError, match=f"^old.json: .*{fault}"):
        read_scores(content, place="old.json")


def test_figures_written_by_other_versions_may_have_more_around_them() -> None:
    content = json.dumps({"schema": "x", "studies": {"a": {"f": 1}}, "mean": {"f": 1}}).encode()
    assert read_scores(content, place="f") == {"a": {"f": 1}}


@given(st.lists(st.integers(-(10**6), 10**6).map(lambda n: n / 10**6), min_size=MIN_STUDIES, max_size=12))
def test_an_interval_lies_within_the_differences_whatever_their_order(differences: list[float]) -> None:
    interval = difference_interval(differences)
    assert interval == difference_interval(sorted(differences, reverse=True))
    assert interval is not None
    assert min(differences) <= interval[0] <= interval[1] <= max(differences)


def test_few_studies_have_a_wider_interval_than_the_plain_percentiles() -> None:
    # The plain percentile interval of these is 0.01 to 0.04.
    interval = difference_interval([0.06, -0.01, 0.03, 0.0, 0.05, 0.02, 0.03, 0.02])
    assert interval is not None
    assert interval[1] - interval[0] > 0.035
