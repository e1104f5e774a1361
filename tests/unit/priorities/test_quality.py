"""Odd answers are pointed at, and stay in until somebody says otherwise."""

from __future__ import annotations

import pandas as pd
import pytest

from jtbd_nlp.priorities.answers import Answers, answers_of
from jtbd_nlp.priorities.quality import flag_answers, sample_warnings, without_odd
from jtbd_nlp.priorities.simulation import simulate
from tests.surveyed_study import a_questionnaire, planted

ASKED = a_questionnaire()


def odd_answers() -> Answers:
    """Thirty ordinary respondents, and one of each oddity."""
    made, _ = simulate(ASKED, planted(ASKED), n=30, seed=3)
    rows = made.frame.copy()
    ratings = [q.id for q in ASKED.ratings]
    rows.loc["twin"] = rows.iloc[0]
    rows.loc["flat"] = rows.iloc[1]
    rows.loc["flat", ratings] = 3.0
    rows.loc["fast"] = rows.iloc[2]
    rows.loc["fast", ratings[0]] = 6 - rows.iloc[2][ratings[0]] if rows.iloc[2][ratings[0]] != 3 else 5
    rows.loc["fast", "seconds"] = 5.0
    rows.loc["out"] = None
    rows.loc["out", "screen"] = "no"
    return answers_of(ASKED, rows)


def test_each_oddity_is_flagged_on_who_shows_it_and_on_nobody_else() -> None:
    flags = flag_answers(odd_answers()).set_index("respondent")
    for name, who in [
        ("duplicate", "twin"),
        ("straight_lining", "flat"),
        ("speeder", "fast"),
        ("screened_out", "out"),
        ("empty", "out"),
    ]:
        assert list(flags.index[flags[name]]) == [who]
    assert flags.loc["twin", "same_as"] == "synthetic-0001"


def test_nobody_is_left_out_unless_told() -> None:
    answers = odd_answers()
    flags = flag_answers(answers)
    assert without_odd(answers, flags, ()).n == answers.n
    kept = without_odd(answers, flags, ("duplicate", "empty"))
    assert set(answers.frame.index) - set(kept.frame.index) == {"twin", "out"}


def test_without_any_answer_nothing_is_odd() -> None:
    flags = flag_answers(answers_of(ASKED, pd.DataFrame(index=[])))
    assert flags.empty


@pytest.mark.parametrize(("n", "n_warnings"), [(179, 1), (180, 0)])
def test_too_few_respondents_are_warned_of(n: int, n_warnings: int) -> None:
    made, _ = simulate(ASKED, planted(ASKED), n=n, seed=3)
    assert len(sample_warnings(made)) == n_warnings
    assert len(sample_warnings(made, segments={"few": 49, "enough": 50})) == n_warnings + 1


def test_parts_that_too_few_rated_are_warned_of() -> None:
    asked = a_questionnaire(max_subjects=3)
    made, _ = simulate(asked, planted(asked), n=300, seed=3)
    assert any("100 people only" in warning for warning in sample_warnings(made))
