"""What follows from scores: order, reach, candidates, words, and what to look into first."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from jtbd_nlp.domain import Evidence, Span
from jtbd_nlp.priorities.answers import Answers, answers_of
from jtbd_nlp.priorities.interviews import Interviews, Voice, interview_signal
from jtbd_nlp.priorities.maturity import STAGE_COLUMNS, read_maturity, struggle_by_stage
from jtbd_nlp.priorities.scores import score
from jtbd_nlp.priorities.simulation import simulate
from jtbd_nlp.priorities.solutions import solution_matrix
from jtbd_nlp.priorities.strategy import (
    CANDIDATE_COLUMNS,
    REACH_COLUMNS,
    ROADMAP_COLUMNS,
    VALIDATION_COLUMNS,
    Feature,
    differentiation,
    feature_reach,
    message_lines,
    roadmap,
    validation_plan,
)
from jtbd_nlp.priorities.waves import CHANGE_COLUMNS, Wave, change_between
from tests.builders import a_transcript
from tests.surveyed_study import a_questionnaire, answered, of_300, planted

ASKED = a_questionnaire(n_steps=3, n_needs=1)
TALK = a_transcript("What is hard?", "You see, the list is far too long for me. It is.", name="ana")
QUOTE = "the list is far too long for me"


def interviews(*, is_led: bool = False) -> Interviews:
    start = TALK.turns[1].text.index(QUOTE)
    evidence = Evidence.of(TALK, Span(1, start, start + len(QUOTE)))
    voice = Voice(id="v", kind="need", evidence=evidence, speaker="ANA", is_led=is_led)
    return Interviews(transcripts=(TALK,), voices={"s1": (voice,)})


def answers_with(priorities: dict[str, tuple[int, int]], satisfied: int = 30) -> Answers:
    """Of 300, so many find each step important and difficult."""
    ratings = {}
    for subject, (important, difficult) in priorities.items():
        ratings[subject, "importance"] = of_300(important)
        ratings[subject, "difficulty"] = of_300(difficult)
        ratings[subject, "satisfaction"] = of_300(satisfied)
    return answered(ASKED, ratings)  # type: ignore[arg-type]  # aspects are literals


def test_the_roadmap_puts_important_and_difficult_first_and_unrated_last() -> None:
    answers = answers_with({"s0": (150, 150), "s1": (270, 240)})
    plan = roadmap(
        score(answers),
        ASKED.basis,
        answers,
        interviews=interviews(),
        matrix=solution_matrix(answers),
        features=(Feature(id="f", name="x", subjects=("s1n0",)),),
    )
    assert list(plan.columns) == list(ROADMAP_COLUMNS)
    assert plan["step"].tolist() == ["s1", "s0", "s2"]
    first = plan.iloc[0]
    assert (first["rank"], first["features"], first["n_quotes"]) == (1, "f", 1)
    assert first["reach"] == pytest.approx(0.8)  # the same 240 of 300 find it both


def test_a_feature_reaches_who_finds_anything_it_is_for_important_and_difficult() -> None:
    answers = answers_with({"s0": (100, 100), "s1": (300, 200)})
    feature = Feature(id="f", name="x", subjects=("s0", "s1", "gone"))
    frame = feature_reach((feature,), score(answers), answers, segments={"first": [f"r{i}" for i in range(100)]})
    assert list(frame.columns) == list(REACH_COLUMNS)
    assert frame["subjects"].iloc[0] == "s1; s0"
    assert frame.set_index("segment")["reach"].to_dict() == pytest.approx({"everybody": 2 / 3, "first": 1.0})


def test_a_step_that_a_solution_serves_better_is_no_candidate() -> None:
    answers = answers_with({"s0": (290, 200), "s1": (290, 200)}, satisfied=30)
    answers.frame["solution"] = ["map-app"] * 300
    free = differentiation(score(answers), solution_matrix(answers))
    assert list(free.columns) == list(CANDIDATE_COLUMNS)
    assert free["subject"].tolist() == ["s0", "s1"]
    assert free["best_solution"].tolist() == ["Map app", "Map app"]
    served = solution_matrix(answers)
    served.loc[served["step"] == "s0", "serves"] = "better"
    assert differentiation(score(answers), served)["subject"].tolist() == ["s1"]


def test_a_message_holds_the_words_of_somebody_unchanged() -> None:
    (line,) = message_lines(interviews(), ASKED.basis.steps)
    assert line.evidence.quote == QUOTE
    assert TALK.turns[1].text[line.evidence.span.start : line.evidence.span.end] == line.evidence.quote
    assert "choose a route" in line.lead


def test_words_put_in_the_mouth_make_no_message() -> None:
    assert message_lines(interviews(is_led=True), ASKED.basis.steps) == ()


def test_the_plan_names_what_rests_on_little_and_the_stages_nobody_spoke_of() -> None:
    answers = answers_with({"s0": (150, 150), "s1": (270, 290)})
    heard = interviews()
    plan = validation_plan(ASKED.basis, heard, score(answers), interview_signal(heard, ASKED.basis))
    assert list(plan.columns) == list(VALIDATION_COLUMNS)
    of_step = plan.dropna(subset=["step"]).groupby("step")["reason"].apply(list)
    assert "nobody has rated it in a survey" in of_step["s2"]
    assert "s0" not in of_step
    assert plan[plan["step"].isna()]["stage"].tolist() == ["assess", "revise", "conclude"]


def test_a_difficulty_that_no_interview_explains_is_to_be_observed() -> None:
    answers = answers_with({"s0": (270, 290), "s1": (270, 290), "s2": (270, 290)})
    heard = interviews()
    plan = validation_plan(ASKED.basis, heard, score(answers), interview_signal(heard, ASKED.basis))
    assert plan[plan["next"] == "observe"]["step"].tolist() == ["s0", "s2"]


def test_before_any_survey_the_plan_says_what_to_rate() -> None:
    heard = interviews()
    plan = validation_plan(ASKED.basis, heard, None, interview_signal(heard, ASKED.basis))
    assert set(plan.dropna(subset=["step"])["next"]) == {"survey"}


def test_struggle_by_stage_is_read_as_a_claim_with_its_support() -> None:
    answers = answers_with({"s0": (150, 60), "s1": (150, 90), "s2": (150, 240)})
    stages = struggle_by_stage(answers)
    assert list(stages.columns) == list(STAGE_COLUMNS)
    assert stages.set_index("stage")["ces"].dropna().to_dict() == pytest.approx(
        {"understand": 0.2, "plan": 0.3, "execute": 0.8}
    )
    reading = read_maturity(stages)
    assert (reading.market, reading.stage, reading.support) == ("early", "execute", 1.0)
    assert "not a law" in reading.claim


def test_nothing_rated_is_read_as_nothing() -> None:
    reading = read_maturity(struggle_by_stage(answers_of(ASKED, pd.DataFrame(index=[]))))
    assert reading.market is None
    assert reading.support == 0.0


def wave(name: str, year: int, answers: Answers) -> Wave:
    return Wave(name=name, day=date(year, 5, 4), answers=answers)


def test_what_changed_between_waves_is_sure_only_where_its_interval_leaves_out_nothing() -> None:
    before = answers_with({"s0": (150, 240), "s1": (150, 150)})
    after = answers_with({"s0": (150, 120), "s1": (150, 153)})
    changes = change_between([wave("new", 2026, after), wave("old", 2025, before)])
    assert list(changes.columns) == list(CHANGE_COLUMNS)
    effort = changes[changes["score"] == "ces"].set_index("subject")
    assert effort.loc["s0", ["from_wave", "to_wave"]].tolist() == ["old", "new"]
    assert effort["change"].to_dict() == pytest.approx({"s0": -0.4, "s1": 0.01})
    assert effort["is_sure"].to_dict() == {"s0": True, "s1": False}


def test_one_wave_has_no_change() -> None:
    answers, _ = simulate(ASKED, planted(ASKED), n=20, seed=1)
    assert change_between([wave("only", 2026, answers)]).empty
