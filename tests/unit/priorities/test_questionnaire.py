"""The questionnaire: stable ids, balanced blocks, wordings, and every export of it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace

import openpyxl
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.errors import MalformedQuestionnaireError, SurveyError
from jtbd_nlp.priorities.blocks import plan_blocks
from jtbd_nlp.priorities.limesurvey import limesurvey_lss, limesurvey_tsv
from jtbd_nlp.priorities.printed_page import printed_page
from jtbd_nlp.priorities.qualtrics import qualtrics_notes, qualtrics_text
from jtbd_nlp.priorities.question_tables import questionnaire_csv, questionnaire_xlsx
from jtbd_nlp.priorities.question_wording import lint_question, question_text
from jtbd_nlp.priorities.questionnaire import (
    Choice,
    ProfileQuestion,
    QuestionnaireSettings,
    make_questionnaire,
    rating_id,
    short_codes,
)
from jtbd_nlp.priorities.questionnaire_json import from_plain, to_plain
from jtbd_nlp.priorities.subjects import Subject
from tests.surveyed_study import a_basis, a_questionnaire


def test_every_step_and_need_is_asked_for_importance_difficulty_and_satisfaction() -> None:
    questionnaire = a_questionnaire(n_steps=2, n_needs=1)
    assert Counter(q.subject for q in questionnaire.ratings) == dict.fromkeys(("s0", "s0n0", "s1", "s1n0"), 3)


def test_the_id_of_a_rating_survives_edits_and_other_blocks() -> None:
    basis = a_basis()
    edited = replace(basis, subjects=tuple(replace(s, wording="other words") for s in basis.subjects))
    ids = {q.id for q in make_questionnaire(basis).ratings}
    assert ids == {q.id for q in make_questionnaire(edited, QuestionnaireSettings(max_subjects=3)).ratings}
    assert all(re.fullmatch(r"[a-z][a-z0-9]{12}", rating) for rating in ids)


@pytest.mark.parametrize(
    ("subject", "asked"),
    [
        (
            Subject(id="a", kind="step", wording="Check the road"),
            "How difficult is it for you today to check the road?",
        ),
        (
            Subject(id="a", kind="need", wording="minimize it", action_variable="determine the departure time"),
            "How difficult is it for you today to determine the departure time?",
        ),
        (
            Subject(id="a", kind="need", wording="minimize the time it takes to park."),
            "How difficult is it for you today to minimize the time it takes to park?",
        ),
        (Subject(id="a", kind="step", wording="PDF the list"), "How difficult is it for you today to PDF the list?"),
    ],
)
def test_a_question_asks_about_the_step_or_the_needs_own_action(subject: Subject, asked: str) -> None:
    assert question_text(subject, "difficulty") == asked


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("check the road quickly", "step-adverb"),
        ("check the map and ask the neighbour as well as the driver", "question-double"),
        ("arrive without a delay", "question-negated"),
    ],
)
def test_a_wording_that_raters_stumble_over_is_named(wording: str, rule: str) -> None:
    findings = lint_question(Subject(id="a", kind="step", wording=wording), job="arrive")
    assert rule in {finding.rule for finding in findings}
    assert not lint_question(Subject(id="a", kind="step", wording="check the road"), job="arrive on time")


def test_nothing_approved_gives_no_questionnaire_but_says_what_to_do() -> None:
    with pytest.raises(SurveyError, match="approve steps or needs"):
        make_questionnaire(a_basis(n_steps=0))


def test_two_attributes_that_would_get_one_id_are_refused() -> None:
    twins = (ProfileQuestion(name="Age", type="number"), ProfileQuestion(name="age!", type="number"))
    with pytest.raises(SurveyError, match="same id"):
        make_questionnaire(a_basis(), QuestionnaireSettings(profile=twins))


@given(
    st.integers(1, 9),
    st.integers(0, 7),
    st.one_of(st.none(), st.integers(1, 20)),
    st.integers(1, 3),
    st.integers(1, 60),
)
def test_blocks_hold_every_subject_once_and_nobody_rates_more_than_was_allowed(
    n_steps: int, n_needs: int, most: int | None, n_each: int, n_people: int
) -> None:
    basis = a_basis(n_steps=n_steps, n_needs=n_needs)
    if most is not None and most < n_each:
        return
    plan = plan_blocks(basis, max_subjects=most, n_each=n_each)
    dealt = [s for block in plan.blocks for s in block.subjects]
    assert sorted(dealt) == sorted(s.id for s in basis.subjects)
    size = {block.number: len(block.subjects) for block in plan.blocks}
    rated = Counter(b for k in range(n_people) for b in plan.blocks_of(k))
    assert max(rated.values()) - min(rated.get(b, 0) for b in size) <= plan.n_each
    if most is not None:
        assert all(sum(size[b] for b in plan.blocks_of(k)) <= most for k in range(n_people))


def test_the_assignment_to_blocks_is_stated() -> None:
    assert "(k mod 3) + 1" in a_questionnaire(max_subjects=3).plan.assignment
    assert a_questionnaire().plan.assignment == "Every respondent rates everything."


def test_a_questionnaire_reads_back_as_it_was_written() -> None:
    questionnaire = a_questionnaire(max_subjects=3)
    assert from_plain(to_plain(questionnaire)) == questionnaire


@pytest.mark.parametrize("broken", [{}, {"schema": "jtbd-survey/1"}, {"schema": "jtbd-survey/2"}])
def test_what_is_no_questionnaire_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(MalformedQuestionnaireError):
        from_plain(broken)


def test_the_tables_name_every_question_and_the_sheet_has_a_column_for_each() -> None:
    questionnaire = a_questionnaire()
    files = questionnaire_csv(questionnaire)
    rows = list(csv.DictReader(io.StringIO(files["questions.csv"].decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [q.id for q in questionnaire.questions]
    header = files["answers.csv"].decode("utf-8-sig").strip().split(",")
    assert header == ["respondent", "block", "submitted", "seconds", *(row["id"] for row in rows)]
    book = openpyxl.load_workbook(io.BytesIO(questionnaire_xlsx(questionnaire)))
    assert [cell.value for cell in book["answers"][1]] == header


def test_a_wording_that_a_spreadsheet_would_run_becomes_text() -> None:
    basis = a_basis(n_steps=1, n_needs=0)
    evil = replace(basis, subjects=(replace(basis.subjects[0], wording="x"),), study="s", job="j")
    profile = (ProfileQuestion(name="=1+1", type="text"),)
    files = questionnaire_csv(make_questionnaire(evil, QuestionnaireSettings(profile=profile)))
    assert "'=1+1?" in files["questions.csv"].decode("utf-8-sig")


def test_the_workbook_is_the_same_to_the_byte_each_time() -> None:
    assert questionnaire_xlsx(a_questionnaire()) == questionnaire_xlsx(a_questionnaire())


def test_limesurvey_gets_every_rating_as_a_line_of_an_array_under_its_id() -> None:
    questionnaire = a_questionnaire(max_subjects=3)
    rows = list(csv.DictReader(io.StringIO(limesurvey_tsv(questionnaire).decode("utf-8-sig")), delimiter="\t"))
    assert [r["name"] for r in rows if r["class"] == "SQ"] == [q.id for q in questionnaire.ratings]
    parts = {r["name"]: r["relevance"] for r in rows if r["class"] == "G" and r["name"].startswith("Part")}
    assert parts["Part 2"] == '(screen.NAOK != "no") and (block.NAOK == 2)'
    (draw,) = [r for r in rows if r["name"] == "block"]
    assert (draw["text"], draw["hidden"]) == ("{if(is_empty(block.NAOK), rand(1,3), block.NAOK)}", "1")
    assert all(len(r["name"]) <= 5 for r in rows if r["class"] == "A")
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", r["name"]) for r in rows if r["class"] in ("Q", "SQ"))


def test_the_limesurvey_archive_refers_only_to_what_is_in_it() -> None:
    tree = fromstring(limesurvey_lss(a_questionnaire(max_subjects=3)).decode())
    groups = {row.findtext("gid") for row in tree.iterfind("groups/rows/row")}
    questions = {row.findtext("qid"): row.findtext("gid") for row in tree.iterfind("questions/rows/row")}
    parents = {row.findtext("parent_qid") for row in tree.iterfind("subquestions/rows/row")}
    answers = {row.findtext("qid") for row in tree.iterfind("answers/rows/row")}
    assert set(questions.values()) == groups
    assert parents | answers <= set(questions)
    ids = [row.findtext("qid") for part in ("questions", "subquestions") for row in tree.iterfind(f"{part}/rows/row")]
    assert len(ids) == len(set(ids))


def test_braces_are_no_orders_to_limesurvey_and_brackets_none_to_qualtrics() -> None:
    basis = a_basis(n_steps=1, n_needs=0)
    tricky = replace(basis, subjects=(replace(basis.subjects[0], wording="check {TOKEN} [[PageBreak]] <b>"),))
    questionnaire = make_questionnaire(tricky)
    assert "{TOKEN}" not in limesurvey_tsv(questionnaire).decode()
    assert "<b>" not in limesurvey_lss(questionnaire).decode()
    orders = qualtrics_text(questionnaire).decode().splitlines()
    assert orders.count("[[PageBreak]]") == 2  # between the three aspects


def test_qualtrics_gets_every_question_under_its_id_and_the_rest_is_said() -> None:
    questionnaire = a_questionnaire(max_subjects=3)
    ids = re.findall(r"^\[\[ID:(\w+)\]\]\r?$", qualtrics_text(questionnaire).decode(), flags=re.MULTILINE)
    assert sorted(ids) == sorted(q.id for q in questionnaire.questions)
    assert any("randomizer" in note for note in qualtrics_notes(questionnaire))
    assert len(qualtrics_notes(a_questionnaire())) == 1


def test_the_printed_page_has_every_rating_once_and_no_script() -> None:
    questionnaire = a_questionnaire(max_subjects=3)
    page = printed_page(questionnaire)
    assert all(page.count(f">{q.id}<") == 1 for q in questionnaire.questions)
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_long_codes_become_short_ones_and_short_ones_stay() -> None:
    assert short_codes((Choice(code="yes", text="y"), Choice(code="a-map", text="x"))) == ("yes", "A2")


def test_aspects_have_ids_of_their_own() -> None:
    assert len({rating_id("s0", aspect) for aspect in ("importance", "difficulty", "speed", "accuracy")}) == 4
