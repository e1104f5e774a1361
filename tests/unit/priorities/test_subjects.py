"""What is asked about: approved entries and nothing else, in job order, under the map's own ids."""

from __future__ import annotations

from typing import Any

import pytest

from jtbd_nlp.errors import MalformedQuestionnaireError
from jtbd_nlp.priorities.subjects import basis_of_analysis, basis_of_job_map, basis_of_json
from jtbd_nlp.review import Approve, Edit, Reject, fold
from tests.reviewed_study import a_run, an_interview, made

RUN = a_run(an_interview("p1"), an_interview("p2"))
STEPS = [step.id for step in RUN.steps]
NEEDS = [need.id for need in RUN.needs]


def test_only_what_people_approved_is_asked_about() -> None:
    decisions = [
        made(Approve, 1, entry=STEPS[0]),
        made(Edit, 2, entry=STEPS[1], text="plan the round"),
        made(Reject, 3, entry=STEPS[2]),
        made(Approve, 4, entry=NEEDS[0]),
    ]
    basis = basis_of_job_map(fold(RUN, decisions))
    assert [s.id for s in basis.subjects] == [STEPS[0], NEEDS[0], STEPS[1]]
    assert basis.subject(STEPS[1]).wording == "plan the round"
    assert [n.id for n in basis.needs_of(STEPS[0])] == [NEEDS[0]]


def test_a_map_without_an_approved_entry_has_nothing_to_ask_about() -> None:
    assert basis_of_job_map(fold(RUN, [])).subjects == ()


def test_an_approved_need_of_a_step_that_is_not_approved_stands_alone() -> None:
    (need,) = basis_of_job_map(fold(RUN, [made(Approve, 1, entry=NEEDS[0])])).subjects
    assert need.step is None


def test_an_edited_need_no_longer_has_the_other_writing_of_what_was_suggested() -> None:
    edited = basis_of_job_map(fold(RUN, [made(Edit, 1, entry=NEEDS[0], text="minimize the length of the list")]))
    assert edited.subjects[0].action_variable == ""


def test_a_run_that_nobody_reviewed_can_be_tried_out() -> None:
    basis = basis_of_analysis(RUN)
    assert {s.id for s in basis.subjects} == {*STEPS, *NEEDS}
    assert basis_of_analysis(RUN, min_participants=9).subjects == ()


def a_job_map(**step: Any) -> dict[str, Any]:
    given = {"id": "a", "phrase": "check it", "stage": "assess", "state": "approved", "n_participants": 2, **step}
    need = {
        "id": "n",
        "statement": "minimize the time it takes to check it",
        "suggested_statement": "minimize the time it takes to check it",
        "action_variable": "determine whether it holds",
        "state": "edited",
        "step": "a",
        "n_participants": 1,
    }
    return {
        "schema": "jtbd-jobmap/1",
        "study": {"id": "study_1", "name": "x", "job": "do it", "executor": "driver"},
        "steps": [given],
        "needs": [need],
    }


def test_a_written_job_map_gives_the_same_as_a_folded_one() -> None:
    step, need = basis_of_json(a_job_map()).subjects
    assert (step.id, step.stage, need.step, need.stage) == ("a", "assess", "a", "assess")
    assert need.action_variable == "determine whether it holds"


@pytest.mark.parametrize("change", [{"state": "suggested"}, {"state": "rejected"}, {"lost_support": True}])
def test_a_written_step_that_is_not_approved_or_lost_its_support_is_left_out(change: dict[str, Any]) -> None:
    assert [s.kind for s in basis_of_json(a_job_map(**change)).subjects] == ["need"]


@pytest.mark.parametrize(
    "plain", [{"schema": "jtbd-analysis/1"}, {"schema": "jtbd-jobmap/1"}, a_job_map(stage="buy"), {}]
)
def test_what_is_no_job_map_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(MalformedQuestionnaireError):
        basis_of_json(plain)
