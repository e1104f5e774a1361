"""A survey of another study as a wave: what is the same, and its answers under our ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.priorities.matching import LEAST_ALIKE, Match, suggest_matches, under_our_ids
from jtbd_nlp.priorities.maturity import struggle_by_stage
from jtbd_nlp.priorities.questionnaire import make_questionnaire
from jtbd_nlp.priorities.simulation import simulate
from jtbd_nlp.priorities.subjects import Subject, SurveyBasis
from jtbd_nlp.priorities.waves import Wave, change_between, described
from tests.surveyed_study import a_basis, a_questionnaire, answered, planted

OURS = a_basis(n_steps=3, n_needs=1)


def other_basis(*subjects: tuple[str, str, str]) -> SurveyBasis:
    """A basis of (id, kind, wording)."""
    made = [Subject(id=i, kind="step" if kind == "step" else "need", wording=words) for i, kind, words in subjects]
    return replace(OURS, subjects=tuple(made))


def words_in_common(text: str, others: Sequence[str]) -> list[float]:
    own = set(text.split())
    return [len(own & set(other.split())) / len(own | set(other.split())) for other in others]


def test_the_same_id_comes_before_the_same_words_and_these_before_meaning() -> None:
    theirs = other_basis(
        ("s0", "step", "look out"),
        ("x1", "step", "Choose  a Route"),
        ("x2", "step", "drive the long round"),
        ("x3", "step", "pay the bill"),
        ("n1", "need", "choose a route"),
    )
    found = suggest_matches(OURS, theirs, words_in_common)
    assert [(m.subject, m.other, m.by) for m in found] == [
        ("s0", "s0", "id"),
        ("s1", "x1", "wording"),
        ("s2", "x2", "meaning"),
    ]
    assert [m.likeness for m in found] == [None, None, 0.75]


def test_what_is_like_nothing_is_the_same_as_nothing() -> None:
    theirs = other_basis(("x", "step", "boil an egg"))
    assert suggest_matches(OURS, theirs, lambda _, others: [LEAST_ALIKE - 0.01] * len(others)) == ()
    assert suggest_matches(OURS, replace(theirs, subjects=()), words_in_common) == ()


@given(st.permutations(["check the road", "choose a route", "drive the round", "park", "choose a route"]))
def test_nothing_stands_in_two_matches(wordings: list[str]) -> None:
    theirs = other_basis(*((f"x{i}", "step", text) for i, text in enumerate(wordings)))
    found = suggest_matches(OURS, theirs, words_in_common)
    for side in ("subject", "other"):
        ids = [getattr(match, side) for match in found]
        assert len(set(ids)) == len(ids)
    assert {m.subject for m in found if m.by == "wording"} == {"s0", "s1", "s2"}


def test_answers_under_our_ids_say_what_they_said_and_what_is_not_ours_stays_apart() -> None:
    asked = a_questionnaire(n_steps=3, n_needs=1, max_subjects=2)
    answers, _ = simulate(asked, planted(asked), n=60, seed=1)
    # Their s1 is our s0; their s0 is nobody's, though the id is one of ours.
    own = under_our_ids(answers, [Match(subject="s0", other="s1", by="analyst")], otherwise="survey_1")
    pd.testing.assert_frame_equal(struggle_by_stage(own), struggle_by_stage(answers))
    basis = own.questionnaire.basis
    assert {s.id for s in basis.subjects} & {s.id for s in OURS.subjects} == {"s0"}
    assert basis.subject("survey_1/s1n0").step == "s0"
    assert own.ratings(["s0"], "difficulty").tobytes() == answers.ratings(["s1"], "difficulty").tobytes()
    assert [len(block.subjects) for block in own.questionnaire.plan.blocks] == [2, 2, 2]


def test_change_is_told_of_what_is_the_same_alone() -> None:
    asked = a_questionnaire(n_steps=2, n_needs=0)
    before = answered(asked, {("s1", "difficulty"): [5.0] * 40, ("s0", "difficulty"): [1.0] * 40})
    after = answered(make_questionnaire(a_basis(n_steps=2, n_needs=0)), {("s0", "difficulty"): [1.0] * 40})
    matches = (Match(subject="s0", other="s1", by="meaning", likeness=0.8),)
    waves = [
        Wave(
            name="2025: spring",
            day=date(2025, 5, 4),
            answers=under_our_ids(before, matches, otherwise="x"),
            matched=("meaning",),
        ),
        Wave(name="now", day=date(2026, 5, 4), answers=after),
    ]
    changes = change_between(waves)
    assert changes[["subject", "from_wave", "score", "before", "after", "is_sure"]].to_numpy().tolist() == [
        ["s0", "2025: spring", "ces", 1.0, 0.0, True]
    ]
    told = described(waves)
    assert told[["wave", "n_subjects", "is_of_another_study", "n_by_meaning"]].to_numpy().tolist() == [
        ["2025: spring", 2, True, 1],
        ["now", 2, False, 0],
    ]
    assert described(waves[:1]).empty
