"""Interviews beside the survey: people, not mentions; solutions by name, judged by nobody but raters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jtbd_nlp.domain import Transcript
from jtbd_nlp.priorities.interviews import (
    SIGNAL_COLUMNS,
    Interviews,
    compare_with_survey,
    interview_signal,
    interviews_of_analysis,
    interviews_of_job_map,
)
from jtbd_nlp.priorities.named_solutions import suggest_solutions
from jtbd_nlp.priorities.solutions import (
    MATRIX_COLUMNS,
    MatrixSettings,
    Solution,
    find_mentions,
    mention_matrix,
    mention_table,
    solution_matrix,
)
from jtbd_nlp.priorities.subjects import Subject, SurveyBasis, basis_of_analysis, basis_of_job_map
from jtbd_nlp.review import AddStep, Approve, fold
from tests.builders import a_need, a_step, a_suggested_need, a_transcript, an_action, an_analysis
from tests.reviewed_study import a_place, a_run, an_interview, made
from tests.surveyed_study import a_questionnaire, answered


def two_interviews() -> tuple[Transcript, ...]:
    return tuple(
        a_transcript("How do you go?", words, name=name)
        for name, words in (
            ("ana", "I plan the route on Ferry Finder. The list is too long. The list is endless."),
            ("ben", "I plan the route with a notebook, and I use Ferry Finder. It is easy."),
        )
    )


def small_study() -> tuple[SurveyBasis, Interviews]:
    ana, ben = two_interviews()
    deeds = [an_action(t, "plan the route") for t in (ana, ben)]
    wishes = [a_need(ana, "The list is too long"), a_need(ana, "The list is endless")]
    step = a_step(deeds, phrase="plan the route")
    need = a_suggested_need(wishes, step=step.id)
    analysis = an_analysis((ana, ben), [*deeds, *wishes], [step], [need])
    basis = basis_of_analysis(analysis)
    return basis, interviews_of_analysis(analysis, basis)


def test_people_who_struggle_are_counted_once_however_often_they_say_it() -> None:
    basis, interviews = small_study()
    signal = interview_signal(interviews, basis)
    assert list(signal.columns) == list(SIGNAL_COLUMNS)
    (row,) = signal.to_dict("records")
    assert (row["n_participants"], row["n_speaking"], row["n_struggling"], row["n_quotes"]) == (2, 2, 1, 2)
    assert row["struggle_low"] < row["struggle"] == 0.5 < row["struggle_high"]


def test_words_that_were_put_in_somebodys_mouth_count_for_nobody() -> None:
    (ana, _) = two_interviews()
    deed = an_action(ana, "plan the route", led=True)
    step = a_step([deed], phrase="plan the route")
    analysis = an_analysis((ana,), [deed], [step], [])
    basis = SurveyBasis(
        study="x", job="j", executor="e", subjects=(Subject(id=step.id, kind="step", wording="plan", step=step.id),)
    )
    assert interview_signal(interviews_of_analysis(analysis, basis), basis)["n_speaking"].tolist() == [0]


def test_words_that_people_chose_themselves_are_quotes_like_others() -> None:
    interview = an_interview("p1")
    run = a_run(interview)
    added = made(AddStep, 1, phrase="look it up", stage="plan", evidence=(a_place(interview),))
    job_map = fold(run, [added])
    (step,) = [s for s in job_map.steps if s.origin == "added"]
    basis = basis_of_job_map(fold(run, [added, made(Approve, 2, entry=step.id)]))
    voices = interviews_of_job_map(job_map, basis).of(step.id)
    assert [v.evidence.quote for v in voices] == [interview.turns[1].text[:4]]


def efforts(values: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"segment": "everybody", "step": [f"s{i}" for i in range(len(values))], "ces": values})


def signals(values: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"step": [f"s{i}" for i in range(len(values))], "struggle": values})


def test_the_same_order_in_interviews_and_survey_is_a_correlation_of_one() -> None:
    values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    comparison = compare_with_survey(signals(values), efforts(values))
    assert comparison.correlation == pytest.approx(1.0)
    assert comparison.interval is not None
    assert comparison.interval[0] > 0
    assert "same order" in comparison.reading


@pytest.mark.parametrize("values", [[0.1, 0.2, 0.3], [0.5] * 8, []])
def test_what_cannot_be_compared_is_not_and_says_why(values: list[float]) -> None:
    comparison = compare_with_survey(signals(values), efforts(values))
    assert comparison.correlation is None
    assert comparison.reading.startswith("Not compared")


def test_a_mention_belongs_to_the_step_of_its_sentence() -> None:
    basis, interviews = small_study()
    finder = Solution(id="ferry-finder", name="Ferry Finder", kind="product")
    mentions = find_mentions((finder,), interviews, basis)
    assert [(m.speaker, m.evidence.quote, m.step) for m in mentions] == [
        ("ANA", "Ferry Finder", basis.steps[0].id),
        ("BEN", "Ferry Finder", basis.steps[0].id),
    ]
    (row,) = mention_table(mentions, basis).to_dict("records")
    assert (row["n_mentions"], row["n_participants"]) == (2, 2)


@pytest.mark.parametrize(
    ("talk", "is_tied"),
    [
        ("I plan the route. I do it on Ferry Finder.", True),  # the sentence before
        ("It is on Ferry Finder. I plan the route.", True),  # the sentence after
        ("I plan the route. It is late. It is on Ferry Finder.", False),
    ],
)
def test_a_mention_in_a_sentence_about_nothing_goes_by_those_beside_it(talk: str, is_tied: bool) -> None:
    transcript = a_transcript("How do you go?", talk)
    deed = an_action(transcript, "plan the route")
    step = a_step([deed], phrase="plan the route")
    analysis = an_analysis((transcript,), [deed], [step], [])
    basis = basis_of_analysis(analysis)
    finder = Solution(id="ff", name="Ferry Finder", kind="product")
    (mention,) = find_mentions((finder,), interviews_of_analysis(analysis, basis), basis)
    assert mention.step == (step.id if is_tied else None)


def test_steps_by_solutions_counts_people_and_leaves_blank_what_nobody_named() -> None:
    basis, interviews = small_study()
    solutions = [Solution(id=name, name=name, kind="product") for name in ("Ferry Finder", "notebook", "compass")]
    people = mention_matrix(find_mentions(solutions, interviews, basis), solutions, basis)
    assert people.to_dict("index") == {basis.steps[0].id: {"Ferry Finder": 2.0, "notebook": 1.0}}
    assert mention_matrix((), solutions, basis).empty


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Slack", "we use Slack here", 1),
        ("Slack", "cut me some slack", 0),
        ("notebook", "my Notebook, a notebook", 2),
        ("map", "a roadmap of maps", 0),
        ("C++", "I write C++ daily", 1),
    ],
)
def test_a_name_matches_whole_words_and_capitals_where_it_has_them(name: str, text: str, found: int) -> None:
    transcript = a_transcript("What do you use?", text)
    interviews = Interviews(transcripts=(transcript,), voices={})
    basis = SurveyBasis(study="x", job="j", executor="e", subjects=())
    solution = Solution(id="x", name=name, kind="product")
    assert len(find_mentions((solution,), interviews, basis)) == found


def suggested(*words: str) -> list[str]:
    return [s.name for s in suggest_solutions([a_transcript("What do you use?", " ".join(words))])]


def test_names_that_are_used_and_workarounds_are_suggested() -> None:
    assert [s.name for s in suggest_solutions(two_interviews())] == ["Ferry Finder", "pen and paper"]


@pytest.mark.parametrize(
    "words",
    [
        "we use Slack all day, and Slack is loud",
        "we bought it at Costco, since Costco is near",
        "there is a tool called Twine, and Twine works",
        "then the Uber account, when Uber is cheap",
        "we put it on Steam, and it is on Steam now",
        "we made it in _RPG Maker_, and we use RPG Maker's editor",
    ],
)
def test_a_name_is_suggested_where_somebody_uses_it(words: str) -> None:
    assert len(suggested(words)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "then I asked our neighbour Deb, and it all hinges on Deb",  # a person
        "I went with Jolene, she is on the other unit, and then Jolene left",
        "we are a studio out of Boston, and in Boston it rains",  # a place
        "a lesson about Ancient Greece, one on Ancient Greece",  # a subject
        "we use Slack once",  # once
        "I cut some slack, we use Slack, and Slack is loud",  # a word
    ],
)
def test_people_places_subjects_and_words_are_not_suggested(words: str) -> None:
    assert suggested(words) == []


ASKED = a_questionnaire(n_steps=1, n_needs=0)


def ratings_of_users(satisfied: int, n: int, *, others: int = 0, n_others: int = 0) -> pd.DataFrame:
    ratings = [5.0] * satisfied + [1.0] * (n - satisfied) + [5.0] * others + [1.0] * (n_others - others)
    answers = answered(ASKED, {("s0", "satisfaction"): ratings})
    answers.frame["solution"] = ["map-app"] * n + ["paper"] * n_others
    return solution_matrix(answers).set_index("solution")


@pytest.mark.parametrize(("satisfied", "serves"), [(40, "better"), (20, "functional"), (8, "poor")])
def test_a_solution_serves_a_step_as_its_users_say(satisfied: int, serves: str) -> None:
    matrix = ratings_of_users(satisfied, 50)
    assert matrix.loc["Map app", "serves"] == serves


def test_a_cell_that_too_few_rated_is_blank_and_no_zero() -> None:
    matrix = ratings_of_users(3, 9)
    row = matrix.loc["Map app"]
    assert row["n_users"] == 9
    assert pd.isna(row["satisfied"])
    assert pd.isna(row["serves"])
    assert not row["is_sure"]


def test_the_difference_to_users_of_anything_else_stands_beside() -> None:
    row = ratings_of_users(45, 50, others=10, n_others=50).loc["Map app"]
    assert row["against_others_low"] > 0.4


def test_cut_offs_of_the_matrix_are_settings_and_no_users_no_rows() -> None:
    answers = answered(ASKED, {("s0", "satisfaction"): [5.0] * 6 + [1.0] * 4})
    answers.frame["solution"] = ["map-app"] * 10
    strict = solution_matrix(answers, MatrixSettings(better=0.9)).set_index("solution")
    assert strict.loc["Map app", "serves"] == "functional"
    assert list(strict.reset_index().columns) != list(MATRIX_COLUMNS)  # the solution stands first after the reset
    assert np.isnan(strict.loc["Paper map", "satisfied"])
