"""Surveys of stored studies: made from what is approved, answers whole or not at all, links that keep no trace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

import pytest
from sqlalchemy import inspect, text

from api.services import surveys, waves
from api.services.audit import list_entries
from api.services.forgetting import forget_participant
from api.services.likeness import Likeness, load_encoder
from api.services.priorities import leave_out, note_export, priorities
from api.services.reviews import decide, reviewed
from api.services.studies import define_attribute, delete_study, show_study
from api.services.surveys import StoredSurvey, make_survey, take_answers
from api.services.team_lists import FEATURES, SOLUTIONS, kept_list, put_list
from api.store.database import Database, Stamp
from api.store.errors import BadValueError, ListChangedError, NameTakenError, NotFoundError
from api.store.participants import AttributeType
from api.store.surveys import answers as answers_of
from jtbd_nlp.errors import MalformedAnswersError, SurveyError
from jtbd_nlp.priorities.overview import PrioritySettings
from jtbd_nlp.priorities.questionnaire import QuestionnaireSettings
from jtbd_nlp.priorities.segments import SegmentSettings
from jtbd_nlp.priorities.simulation import PlantedSegment, simulate
from jtbd_nlp.priorities.solutions import Solution
from jtbd_nlp.priorities.strategy import Feature
from tests.api.store.conftest import later
from tests.stored import keep_rich_study
from tests.surveyed_study import planted

QUICK = PrioritySettings(segments=SegmentSettings(n_draws=5, n_null=19, most=2))


@dataclass(frozen=True)
class Asked:
    """A stored study of which some is approved, and its survey."""

    study: str
    survey: StoredSurvey


def approve_some(database: Database, study: str, stamp: Stamp) -> None:
    job_map = reviewed(database, study).job_map
    for entry in (*job_map.steps[:4], *job_map.needs[:2]):
        decide(database, study, {"kind": "approve", "entry": entry.id}, stamp)


@pytest.fixture
def asked(database: Database, stamp: Stamp) -> Asked:
    study = keep_rich_study(database, stamp).study
    approve_some(database, study, stamp)
    listed = (Solution(id="map", name="map", kind="product", aliases=("the map",)),)
    put_list(database, study, SOLUTIONS, listed, stamp)
    define_attribute(database, study, "town", AttributeType.CHOICE, stamp, choices=("Graz", "Linz"))
    everything = QuestionnaireSettings(max_subjects=None)
    return Asked(study, make_survey(database, study, stamp, name="first", day=date(2026, 5, 4), settings=everything))


def answers_file(survey: StoredSurvey, *, n: int = 40, seed: int = 1) -> bytes:
    """Synthetic answers to a survey as a CSV file."""
    made, _ = simulate(survey.questionnaire, unprofiled(survey), n=n, seed=seed)
    return made.frame.reset_index().to_csv(index=False).encode()


def unprofiled(survey: StoredSurvey) -> list[PlantedSegment]:
    """Planted segments that all use the one solution of the survey and say nothing of themselves."""
    answers = {"solution": {"map": 1.0}}
    if survey.questionnaire.of_part("pay"):
        answers["pay"] = {"0": 0.5, "5": 0.5}
    return [replace(segment, answers=answers) for segment in planted(survey.questionnaire)]


def test_a_survey_asks_about_what_is_approved_what_people_use_and_who_they_are(asked: Asked) -> None:
    questionnaire = asked.survey.questionnaire
    assert questionnaire.basis.steps
    assert [c.text for c in questionnaire.question("solution").choices] == ["map", "Something else", "Nothing"]
    assert [c.text for c in questionnaire.question("ptown").choices] == ["Graz", "Linz"]


def test_nothing_approved_gives_no_survey(database: Database, stamp: Stamp) -> None:
    study = keep_rich_study(database, stamp).study
    with pytest.raises(SurveyError, match="approve steps or needs"):
        make_survey(database, study, stamp)


def test_a_survey_stays_as_it_was_asked_when_the_map_goes_on(database: Database, asked: Asked, stamp: Stamp) -> None:
    step = asked.survey.questionnaire.basis.steps[0]
    decide(database, asked.study, {"kind": "edit", "entry": step.id, "text": "do something else"}, later(stamp))
    again = surveys.show_survey(database, asked.study, "first")
    assert again.questionnaire == asked.survey.questionnaire
    second = make_survey(database, asked.study, later(stamp), name="second")
    assert second.questionnaire.basis.subject(step.id).wording == "do something else"


def test_two_surveys_of_a_study_have_two_names(database: Database, asked: Asked, stamp: Stamp) -> None:
    with pytest.raises(NameTakenError):
        make_survey(database, asked.study, stamp, name="first")


def test_answers_are_taken_once_and_come_back_as_they_were(database: Database, asked: Asked, stamp: Stamp) -> None:
    content = answers_file(asked.survey)
    assert take_answers(database, asked.study, "first", content, stamp).n_added == 40
    again = take_answers(database, asked.study, "first", content, stamp)
    assert (again.n_added, again.n_there) == (0, 40)
    table = surveys.answers_csv(database, asked.study, "first")
    assert take_answers(database, asked.study, "first", table, stamp).n_there == 40


def test_a_file_with_one_bad_cell_leaves_nothing_behind(database: Database, asked: Asked, stamp: Stamp) -> None:
    content = answers_file(asked.survey).replace(b"synthetic-0007,1,", b"synthetic-0006,1,")
    with pytest.raises(MalformedAnswersError, match="the same respondent"):
        take_answers(database, asked.study, "first", content, stamp)
    assert surveys.show_survey(database, asked.study, "first").n_respondents == 0
    taken = take_answers(database, asked.study, "first", content, stamp, leave_out_bad=True)
    assert (taken.n_added, len(taken.left_out)) == (39, 1)


def test_a_respondent_with_other_answers_than_before_is_refused(database: Database, asked: Asked, stamp: Stamp) -> None:
    take_answers(database, asked.study, "first", answers_file(asked.survey), stamp)
    with pytest.raises(MalformedAnswersError, match="is there with other answers"):
        take_answers(database, asked.study, "first", answers_file(asked.survey, seed=2), stamp)


def fields_of(asked: Asked, **given: str) -> dict[str, str]:
    ratings = {q.id: "4" for q in asked.survey.questionnaire.ratings}
    return {**ratings, "screen": "yes", **given}


def test_a_link_keeps_partial_answers_and_takes_one_answer(database: Database, asked: Asked, stamp: Stamp) -> None:
    (secret,) = surveys.invite(database, asked.study, "first", 1, stamp)
    surveys.answer_by_link(database, secret, {"screen": "yes"}, stamp, is_last=False)
    assert surveys.form_of(database, secret).answers == {"screen": "yes"}
    survey = surveys.show_survey(database, asked.study)
    assert (survey.n_respondents, survey.n_begun) == (0, 1)
    assert surveys.answer_by_link(database, secret, fields_of(asked), stamp, is_last=True).is_sent
    surveys.answer_by_link(database, secret, fields_of(asked, screen="no"), stamp, is_last=True)
    survey = surveys.show_survey(database, asked.study)
    assert (survey.n_respondents, survey.n_invited, survey.n_begun, survey.n_sent) == (1, 1, 0, 1)
    with database.reading() as session:
        (kept,) = answers_of(session, survey).frame.to_dict("records")
    assert kept["screen"] == "yes"


def test_nothing_that_is_stored_joins_an_answer_to_its_link(database: Database, asked: Asked, stamp: Stamp) -> None:
    secrets = surveys.invite(database, asked.study, "first", 3, stamp)
    for secret in secrets:
        surveys.answer_by_link(database, secret, fields_of(asked), stamp, is_last=True)
    with database.reading() as session:
        links = [dict(row) for row in session.execute(text("SELECT * FROM invitations")).mappings()]
        answers = [dict(row) for row in session.execute(text("SELECT * FROM respondents")).mappings()]
    assert all(json.loads(link["answers"]) == {} for link in links)
    of_links = {str(value) for link in links for name, value in link.items() if name not in ("survey_id", "is_sent")}
    kept = {str(value) for row in answers for name, value in row.items() if name != "survey_id"}
    assert not of_links & kept
    everything = json.dumps([links, answers], default=str)
    assert not any(secret in everything for secret in secrets)
    assert len({row["created_at"] for row in answers}) == 1  # the day alone


def test_an_answer_that_makes_no_sense_is_refused_and_the_link_stays_open(
    database: Database, asked: Asked, stamp: Stamp
) -> None:
    (secret,) = surveys.invite(database, asked.study, "first", 1, stamp)
    rating = asked.survey.questionnaire.ratings[0].id
    with pytest.raises(MalformedAnswersError):
        surveys.answer_by_link(database, secret, {rating: "6"}, stamp, is_last=True)
    assert not surveys.form_of(database, secret).is_sent


def test_links_lead_to_the_blocks_in_turn(database: Database, asked: Asked, stamp: Stamp) -> None:
    made = make_survey(database, asked.study, stamp, name="parts", settings=QuestionnaireSettings(max_subjects=4))
    n = len(made.questionnaire.plan.blocks)
    secrets = [s for _ in range(2) for s in surveys.invite(database, asked.study, "parts", n, stamp)]
    blocks = [surveys.form_of(database, secret).blocks for secret in secrets]
    assert blocks == [((k % n) + 1,) for k in range(2 * n)]
    other = made.questionnaire.plan.blocks[1].subjects[0]
    question = made.questionnaire.rating(other, "importance")
    assert question is not None
    form = surveys.answer_by_link(database, secrets[0], {question.id: "5"}, stamp, is_last=False)
    assert form.answers == {}


def test_a_made_up_link_leads_nowhere(database: Database, asked: Asked) -> None:
    with pytest.raises(NotFoundError):
        surveys.form_of(database, "x" * 32)


@pytest.mark.parametrize("n", [0, 10_001])
def test_links_come_in_numbers_that_make_sense(database: Database, asked: Asked, stamp: Stamp, n: int) -> None:
    with pytest.raises(BadValueError):
        surveys.invite(database, asked.study, "first", n, stamp)


def test_lists_of_the_team_are_replaced_as_a_whole(database: Database, asked: Asked, stamp: Stamp) -> None:
    listed = (Feature(id="b", name="B", subjects=("x",), note="later"), Feature(id="a", name="A", subjects=()))
    assert put_list(database, asked.study, FEATURES, listed, stamp).listed == listed
    assert put_list(database, asked.study, FEATURES, listed[1:], stamp).listed == listed[1:]
    with pytest.raises(BadValueError, match="listed twice"):
        put_list(database, asked.study, SOLUTIONS, [Solution(id="a", name="A", kind="product")] * 2, stamp)
    unsayable = Solution(id="a", name="A", kind="product", aliases=("b", " "))
    with pytest.raises(BadValueError, match="solution a: an alias is empty"):
        put_list(database, asked.study, SOLUTIONS, [unsayable], stamp)
    assert [s.id for s in kept_list(database, asked.study, SOLUTIONS).listed] == ["map"]
    with pytest.raises(BadValueError, match="feature a: the note holds a character that cannot be kept"):
        put_list(database, asked.study, FEATURES, [Feature(id="a", name="A", subjects=(), note="\0")], stamp)
    assert kept_list(database, asked.study, FEATURES).listed == listed[1:]


def test_of_two_editors_the_second_is_shown_the_first_ones_list(database: Database, asked: Asked, stamp: Stamp) -> None:
    seen = kept_list(database, asked.study, FEATURES).revision
    first, second = (Feature(id=name, name=name, subjects=()) for name in ("first", "second"))
    kept = put_list(database, asked.study, FEATURES, (first,), stamp, revision=seen)
    with pytest.raises(ListChangedError) as refused:
        put_list(database, asked.study, FEATURES, (second,), stamp, revision=seen)
    assert kept_list(database, asked.study, FEATURES) == kept
    assert kept.listed == (first,)
    details = cast("dict[str, Any]", refused.value.details)
    assert [[row["id"] for row in details[name]] for name in ("current", "sent")] == [["first"], ["second"]]
    assert details["changed_by"] == stamp.by
    both = (first, second)
    assert put_list(database, asked.study, FEATURES, both, stamp, revision=details["revision"]).listed == both


def test_priorities_come_from_interviews_until_a_survey_is_answered(
    database: Database, asked: Asked, stamp: Stamp
) -> None:
    before = priorities(database, asked.study, settings=QUICK).priorities
    assert before.n_respondents == 0
    assert before.signal["n_struggling"].sum() > 0
    take_answers(database, asked.study, None, answers_file(asked.survey, n=120), stamp)
    found = priorities(database, asked.study, settings=QUICK)
    assert found.priorities.n_counted == 120
    assert found.priorities.roadmap["priority"].notna().all()
    assert priorities(database, asked.study, settings=QUICK) is found  # worked out once
    step = found.priorities.basis.steps[0].id
    put_list(database, asked.study, FEATURES, (Feature(id="f", name="F", subjects=(step,)),), stamp)
    assert "f" in set(priorities(database, asked.study, settings=QUICK).priorities.roadmap["features"])


def test_a_later_survey_is_compared_with_the_one_before(database: Database, asked: Asked, stamp: Stamp) -> None:
    take_answers(database, asked.study, "first", answers_file(asked.survey), stamp)
    second = make_survey(
        database,
        asked.study,
        stamp,
        name="second",
        day=date(2027, 5, 4),
        settings=QuestionnaireSettings(max_subjects=None),
    )
    take_answers(database, asked.study, "second", answers_file(second, seed=9), stamp)
    changes = priorities(database, asked.study, settings=QUICK).priorities.changes
    assert set(changes["from_wave"]) == {"first"}
    assert priorities(database, asked.study, survey="first", settings=QUICK).priorities.changes.empty


def test_a_question_that_was_not_asked_makes_no_segments(database: Database, asked: Asked, stamp: Stamp) -> None:
    take_answers(database, asked.study, None, answers_file(asked.survey), stamp)
    with pytest.raises(SurveyError, match="ptown"):
        priorities(database, asked.study, settings=PrioritySettings(segment_by="shoe"))
    with pytest.raises(SurveyError, match="no oddity"):
        leave_out("speeder, strange")


def test_what_an_erased_person_said_is_in_no_priorities_after(database: Database, asked: Asked, stamp: Stamp) -> None:
    before = priorities(database, asked.study, settings=QUICK)
    line = before.priorities.messages[0]
    view = show_study(database, asked.study)
    (place,) = [t.id for t in view.transcripts if t.transcript.id == line.evidence.transcript]
    (person,) = [p for p in view.participants if (place, line.speaker) in p.speaks_in]
    forget_participant(database, person.id, later(stamp))
    after = priorities(database, asked.study, settings=QUICK)
    assert line.evidence.quote not in {m.evidence.quote for m in after.priorities.messages}


def test_who_made_handed_out_took_in_left_out_and_erased_is_in_the_audit_log(
    database: Database, asked: Asked, stamp: Stamp
) -> None:
    survey = asked.survey
    surveys.survey_files(database, survey, stamp)
    surveys.invite(database, asked.study, "first", 2, stamp)
    content = answers_file(survey).replace(b"synthetic-0007,1,", b"synthetic-0006,1,")
    take_answers(database, asked.study, "first", content, stamp, leave_out_bad=True)
    found = priorities(database, asked.study, settings=replace(QUICK, leave_out=("duplicate",)), stamp=stamp)
    note_export(database, found, asked.study, stamp, n_files=3)
    put_list(database, asked.study, FEATURES, (), stamp)
    surveys.delete_survey(database, asked.study, "first", stamp)
    kept = [one.entry for one in reversed(list_entries(database, study=asked.study))]
    told = [(entry.act, entry.what, dict(entry.counts)) for entry in kept]
    n_questions, n_left_out = len(survey.questionnaire.questions), 39 - found.priorities.n_counted
    assert told == [
        ("changed", "solutions replaced", {"n": 1}),
        ("changed", "survey made", {"n_questions": n_questions}),
        ("exported", "survey handed out", {"n_files": len(surveys.FILES)}),
        ("changed", "links made", {"n": 2}),
        ("changed", "answers taken in", {"n_added": 39, "n_there": 0, "n_left_out": 1}),
        ("read", "respondents left out", {"n": n_left_out}),
        ("exported", "priorities exported", {"n_files": 3}),
        ("changed", "features replaced", {"n": 0}),
        ("erased", "survey erased", {"n_respondents": 39}),
    ]
    of_survey = [entry for entry in kept if "replaced" not in entry.what]
    assert {entry.subjects["survey"] for entry in of_survey} == {survey.id}
    assert {entry.by for entry in kept} == {stamp.by}


def test_deleting_a_study_deletes_its_surveys_and_lists(database: Database, asked: Asked, stamp: Stamp) -> None:
    take_answers(database, asked.study, None, answers_file(asked.survey), stamp)
    surveys.invite(database, asked.study, None, 2, stamp)
    delete_study(database, asked.study, later(stamp))
    tables = ("surveys", "respondents", "invitations", "solutions", "features")
    assert set(tables) <= set(inspect(database.engine).get_table_names())
    with database.reading() as session:
        left = [session.scalar(text(f"SELECT count(*) FROM {name}")) for name in tables]  # noqa: S608 - our names
    assert left == [0] * 5


def test_deleting_a_survey_leaves_the_others(database: Database, asked: Asked, stamp: Stamp) -> None:
    make_survey(database, asked.study, stamp, name="second")
    surveys.delete_survey(database, asked.study, "first", stamp)
    assert [s.name for s in surveys.list_surveys(database, asked.study)] == ["second"]


class Unlike(Likeness):
    """Nothing is like anything: what has neither id nor words of ours is left to the analyst."""

    def __init__(self) -> None:
        super().__init__(load_encoder)

    def compare(self, database: Database, study_id: str, query: str, texts: Sequence[str]) -> list[float]:
        return [0.0] * len(texts)


def test_a_survey_of_another_study_of_the_same_job_is_a_wave_once_somebody_said_what_is_the_same(
    database: Database, asked: Asked, stamp: Stamp
) -> None:
    take_answers(database, asked.study, "first", answers_file(asked.survey), stamp)
    assert priorities(database, asked.study, settings=QUICK).priorities.changes.empty
    other = keep_rich_study(database, stamp, name="a year ago").study
    approve_some(database, other, stamp)
    before = make_survey(database, other, stamp, name="spring", day=date(2025, 5, 4))
    take_answers(database, other, "spring", answers_file(before, seed=2), stamp)
    found = waves.suggest_wave(database, asked.study, "a year ago", None, likeness=Unlike())
    n = len(before.questionnaire.basis.subjects)
    assert {match.by for match in found.matches} == {"id"}  # the same interviews
    assert len(found.matches) == n
    first, second = found.matches[:2]
    for bad in ((), (first, first), (replace(first, other="x"),), (replace(first, other=second.other), second)):
        with pytest.raises(BadValueError, match="matches"):
            waves.put_wave(database, asked.study, other, before.id, bad, stamp)
    with pytest.raises(BadValueError, match="one study"):
        waves.put_wave(database, asked.study, asked.study, "first", (first,), stamp)

    kept = waves.put_wave(database, asked.study, other, "spring", found.matches[:-1], stamp)
    assert waves.list_waves(database, asked.study) == (kept,)
    told = priorities(database, asked.study, settings=QUICK).priorities
    assert set(told.changes["from_wave"]) == {"a year ago: spring"} == {kept.name}
    assert told.changes["subject"].nunique() == n - 1
    assert told.waves["n_by_id"].tolist() == [n - 1, 0]
    assert set(told.stages_by_wave["day"]) == {"2025-05-04", "2026-05-04"}
    replaced = waves.put_wave(database, asked.study, other, before.id, (first,), stamp)
    assert replaced.matches == (first,)
    assert priorities(database, asked.study, settings=QUICK).priorities.changes["subject"].nunique() == 1
    waves.remove_wave(database, asked.study, kept.name, stamp)
    with pytest.raises(NotFoundError, match="no wave"):
        waves.remove_wave(database, asked.study, before.id, stamp)
    waves.put_wave(database, asked.study, other, before.id, (first,), stamp)
    delete_study(database, other, stamp)
    assert waves.list_waves(database, asked.study) == ()
    assert priorities(database, asked.study, settings=QUICK).priorities.changes.empty
