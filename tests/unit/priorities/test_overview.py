"""Everything at once, as pages, files and pictures; and the sample survey, in which planted segments are found."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from functools import cache

import pytest
from matplotlib.figure import Figure
from sklearn.metrics import adjusted_rand_score

from jtbd_nlp.priorities.interviews import Interviews, interviews_of_analysis
from jtbd_nlp.priorities.overview import (
    Priorities,
    PrioritySettings,
    oddity,
    priorities_csv,
    priorities_json,
    to_plain,
    work_out,
)
from jtbd_nlp.priorities.page import all_pictures, priorities_html
from jtbd_nlp.priorities.pictures import picture_png, picture_svg
from jtbd_nlp.priorities.sample_survey import N_RESPONDENTS, sample_priorities, sample_survey
from jtbd_nlp.priorities.segments import SegmentSettings
from jtbd_nlp.priorities.simulation import simulate
from jtbd_nlp.priorities.solutions import Solution
from jtbd_nlp.priorities.strategy import Feature
from jtbd_nlp.priorities.subjects import basis_of_analysis
from jtbd_nlp.priorities.waves import Wave
from tests.rich_study import rich_analysis
from tests.surveyed_study import a_questionnaire, planted

ASKED = a_questionnaire(n_steps=3, n_needs=2)
QUICK = PrioritySettings(segments=SegmentSettings(n_draws=5, n_null=19, most=3))


@cache
def surveyed() -> tuple[Priorities, Interviews]:
    """Two waves of answers, a solution and a feature, beside the interviews of the rich study."""
    analysis = rich_analysis()
    interviews = interviews_of_analysis(analysis, basis_of_analysis(analysis))
    waves = [
        Wave(name=str(year), day=date(year, 1, 1), answers=simulate(ASKED, planted(ASKED), n=200, seed=year)[0])
        for year in (2025, 2026)
    ]
    priorities = work_out(
        ASKED.basis,
        interviews,
        waves[1].answers,
        solutions=(Solution(id="map", name="map", kind="product"),),
        features=(Feature(id="f", name="<b>Watch</b>", subjects=("s0",)),),
        earlier=waves[:1],
        latest=waves[1],
        settings=QUICK,
    )
    return priorities, interviews


def test_everything_is_written_as_json_without_a_number_that_is_none() -> None:
    plain = json.loads(priorities_json(surveyed()[0]), parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert plain["schema"] == "jtbd-priorities/1"
    assert plain["n_respondents"] == plain["n_counted"] == 200
    assert set(plain["segments"]["sizes"]) == {"segment 1", "segment 2"}
    assert [row["rank"] for row in plain["roadmap"]] == [1, 2, 3]
    assert plain["changes"]


def test_every_table_with_rows_is_a_file_with_its_columns() -> None:
    priorities, _ = surveyed()
    files = priorities_csv(priorities)
    assert {"scores.csv", "roadmap.csv", "steps_by_segment.csv", "changes.csv", "features.csv"} <= set(files)
    rows = list(csv.DictReader(io.StringIO(files["scores.csv"].decode("utf-8-sig"))))
    assert len(rows) == len(ASKED.basis.subjects) * 3
    assert "is_synthetic" not in rows[0]


def test_the_page_has_the_roadmap_pictures_and_no_script_or_markup_of_others() -> None:
    page = priorities_html(*surveyed())
    assert "&lt;b&gt;Watch&lt;/b&gt;" in page
    assert "<script" not in page
    assert " style=" not in page
    assert page.count('src="data:image/svg+xml;base64,') == 7
    assert page.count(' alt="') == 7
    assert "Synthetic" not in page


def test_before_a_survey_the_interviews_stand_alone_and_say_so() -> None:
    analysis = rich_analysis()
    basis = basis_of_analysis(analysis)
    interviews = interviews_of_analysis(analysis, basis)
    priorities = work_out(basis, interviews)
    plain = to_plain(priorities)
    assert plain["roadmap"] == []
    assert any(row["n_struggling"] for row in plain["interview_signal"])
    assert plain["messages"]
    assert "Nobody was surveyed yet" in priorities_html(priorities, interviews)
    assert all_pictures(priorities) == {}


def test_people_who_were_screened_out_never_count_and_odd_ones_only_when_told() -> None:
    answers, _ = simulate(ASKED, planted(ASKED), n=120, seed=1)
    answers.frame.iloc[0, answers.frame.columns.get_loc("screen")] = "no"
    answers.frame.iloc[1, answers.frame.columns.get_loc("seconds")] = 1.0
    _, interviews = surveyed()
    assert work_out(ASKED.basis, interviews, answers, settings=PrioritySettings(segment_by="ptown")).n_counted == 119
    strict = PrioritySettings(segment_by="ptown", leave_out=(oddity("speeder"),))
    assert work_out(ASKED.basis, interviews, answers, settings=strict).n_counted == 118


def test_segments_may_be_those_of_an_answer() -> None:
    answers, _ = simulate(ASKED, planted(ASKED), n=120, seed=1)
    by_town = PrioritySettings(segment_by="ptown")
    priorities = work_out(ASKED.basis, surveyed()[1], answers, settings=by_town)
    assert set(priorities.members) == {"Graz", "Linz"}
    assert priorities.segmentation is None


def test_an_unknown_oddity_is_refused() -> None:
    with pytest.raises(ValueError, match="no oddity"):
        oddity("strange")


@cache
def drawn_twice() -> tuple[dict[str, Figure], dict[str, Figure]]:
    return all_pictures(surveyed()[0]), all_pictures(surveyed()[0])


@cache
def sampled() -> tuple[Priorities, Interviews]:
    return sample_priorities(rich_analysis())


@pytest.mark.parametrize("name", ["opportunity-landscape", "effort", "steps-by-segment", "steps-by-solution", "change"])
def test_a_picture_is_the_same_to_the_byte_each_time_and_carries_no_date(name: str) -> None:
    first, second = drawn_twice()
    svg = picture_svg(first[name])
    assert svg == picture_svg(second[name])
    assert not re.search(rb"<dc:date>|20\d\d-\d\d-\d\dT", svg)
    assert picture_png(first[name]).startswith(b"\x89PNG")


def test_the_sample_survey_is_called_synthetic_wherever_it_is_shown() -> None:
    priorities, interviews = sampled()
    assert priorities.n_respondents == N_RESPONDENTS == 240
    assert "Synthetic survey: nobody was asked" in priorities_html(priorities, interviews)
    assert to_plain(priorities)["is_synthetic"] is True
    assert all(b"is_synthetic" in content.splitlines()[0] for content in priorities_csv(priorities).values())


def test_the_two_planted_segments_of_the_sample_survey_are_found_again() -> None:
    analysis = rich_analysis()
    truth = sample_survey(analysis).planted
    priorities, _ = sampled()
    segment_of = {who: name for name, members in priorities.members.items() for who in members}
    assert len(priorities.members) == truth.nunique() == 2
    assert adjusted_rand_score(truth.to_list(), [segment_of[who] for who in truth.index]) > 0.8
