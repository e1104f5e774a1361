"""What people would pay, as they say it; and where the struggle lay in earlier surveys."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.maturity import WAVE_STAGE_COLUMNS, struggle_by_stage, struggle_by_wave
from jtbd_nlp.priorities.pay import PAY_COLUMNS, pay_answers, willingness_to_pay
from jtbd_nlp.priorities.questionnaire import make_questionnaire
from jtbd_nlp.priorities.waves import Wave
from tests.surveyed_study import a_basis, a_questionnaire, answered

ASKED = a_questionnaire(n_steps=2, n_needs=0)


def paying(*sums: float) -> Answers:
    answers = answered(ASKED, {("s0", "difficulty"): [4.0] * len(sums)})
    answers.frame["pay"] = list(sums)
    return answers


def test_half_of_those_who_answer_would_pay_the_median_or_more_and_the_interval_holds_it() -> None:
    sums = [0.0, *range(1, 100), np.nan]
    table = willingness_to_pay(paying(*sums), segments={"few": ["r1", "r2"]})
    assert list(table.columns) == list(PAY_COLUMNS)
    everybody, few = table.to_dict("records")
    assert (everybody["n"], everybody["n_nothing"], everybody["median"]) == (100, 1, 49.5)
    assert (everybody["lower_quartile"], everybody["upper_quartile"]) == (24.75, 74.25)
    # ranks 40 and 61 of 100, from the binomial distribution
    assert 38 <= everybody["median_low"] <= 40
    assert 59 <= everybody["median_high"] <= 61
    assert (few["segment"], few["n"]) == ("few", 2)
    assert np.isnan(few["median"])
    named = pay_answers(paying(5, 0, 5, np.nan), segments={"few": ["r1", "r3"]})
    assert named.to_numpy().tolist() == [["everybody", 0.0, 1], ["everybody", 5.0, 2], ["few", 0.0, 1]]


def test_who_was_not_asked_what_they_would_pay_has_no_row() -> None:
    asked = make_questionnaire(a_basis(n_steps=1, n_needs=0))
    assert willingness_to_pay(answered(asked, {("s0", "difficulty"): [4.0]})).empty


def test_each_dated_survey_tells_where_the_struggle_lay_oldest_first() -> None:
    hard, easy = (answered(ASKED, {("s0", "difficulty"): [rating] * 9}) for rating in (5.0, 1.0))
    later, before = (
        Wave(name="later", day=date(2026, 5, 4), answers=easy),
        Wave(name="before", day=date(2025, 5, 4), answers=hard),
    )
    table = struggle_by_wave([later, before])
    assert list(table.columns) == list(WAVE_STAGE_COLUMNS)
    first = table[table["stage"] == "understand"]
    assert first[["wave", "day", "ces"]].to_numpy().tolist() == [
        ["before", "2025-05-04", 1.0],
        ["later", "2026-05-04", 0.0],
    ]
    pd.testing.assert_frame_equal(
        table[table["wave"] == "later"].drop(columns=["wave", "day"]).reset_index(drop=True), struggle_by_stage(easy)
    )
    assert struggle_by_wave([later]).empty
