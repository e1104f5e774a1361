"""Files for LimeSurvey and Qualtrics, read again by the rules of their own readers; and what these tools export."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring

from jtbd_nlp.errors import MalformedAnswersError
from jtbd_nlp.priorities.limesurvey import limesurvey_lss, limesurvey_tsv
from jtbd_nlp.priorities.qualtrics import qualtrics_text
from jtbd_nlp.priorities.question_wording import STEMS, what_to_do
from jtbd_nlp.priorities.questionnaire import (
    Question,
    Questionnaire,
    QuestionnaireSettings,
    make_questionnaire,
    numeric_codes,
    short_codes,
)
from jtbd_nlp.priorities.reading import preview_answers, read_answers
from jtbd_nlp.priorities.simulation import simulate
from tests.surveyed_study import a_basis, a_questionnaire, planted

ASKED = a_questionnaire(n_needs=1, max_subjects=2)
WHOLE = a_questionnaire(n_needs=1)


@dataclass
class Imported:
    """A question as LimeSurvey has it after an import."""

    code: str
    type: str
    text: str
    mandatory: str
    hidden: bool = False
    rows: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)


Groups = list[tuple[str, str, list[Imported]]]


def imported_tsv(content: bytes) -> Groups:
    """By the rules of LimeSurvey's reader: the class of a row tells what it is, and it belongs to what came before."""
    # A byte order mark is taken off the first heading, lines may end in any way, and cells are quoted as in CSV.
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter="\t", quotechar='"', strict=True)
    head = [name.strip() for name in next(lines)]
    assert head[0] == "class"
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    survey = {row["name"]: row["text"] for row in rows if row["class"] == "S"}
    titles = {row["language"]: row["text"] for row in rows if row["class"] == "SL" and row["name"] == "surveyls_title"}
    assert titles[survey["language"]]  # without a title in the survey's own language nothing is made
    known = {"class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other"}
    known |= {
        "default",
        "same_default",
        "hidden",
        "hide_tip",
    }  # the last two are attributes; other columns would be too
    assert set(head) <= known
    groups: Groups = []
    for row in rows:
        if row["class"] == "G":
            groups.append((row["name"], row["relevance"], []))
        elif row["class"] == "Q":
            made = Imported(row["name"], row["type/scale"], row["text"], row["mandatory"], row["hidden"] == "1")
            groups[-1][2].append(made)
        elif row["class"] == "SQ":
            groups[-1][2][-1].rows.append((row["name"], row["text"]))
        elif row["class"] == "A":
            assert row["type/scale"] == "0"
            groups[-1][2][-1].answers.append((row["name"], row["text"]))
        else:
            assert row["class"] in ("S", "SL")
        assert row["class"] == "S" or row["language"] == survey["language"]
    return groups


def imported_lss(content: bytes) -> Groups:
    """By the rules of LimeSurvey's reader: languages are declared, ids join the tables, what joins nowhere is lost."""
    tree = fromstring(content.decode())
    assert tree.findtext("LimeSurveyDocType") == "Survey"
    assert int(tree.findtext("DBVersion")) >= 145
    languages = [language.text for language in tree.iterfind("languages/language")]
    (survey,) = rows_of(tree, "surveys")
    assert survey["language"] in languages
    (words,) = rows_of(tree, "surveys_languagesettings")
    assert words["surveyls_language"] in languages
    assert words["surveyls_title"]
    for table in ("groups", "questions", "subquestions", "answers"):
        assert all(row["language"] in languages for row in rows_of(tree, table))
        fields = [name.text for name in tree.iterfind(f"{table}/fields/fieldname")]
        assert all(list(row) == fields for row in rows_of(tree, table))
    hidden = {row["qid"] for row in rows_of(tree, "question_attributes") if row["attribute"] == "hidden"}
    in_order = sorted(rows_of(tree, "groups"), key=lambda row: int(row["group_order"]))
    groups: Groups = [(row["group_name"], row["grelevance"], []) for row in in_order]
    place = {row["gid"]: i for i, row in enumerate(in_order)}
    by_id: dict[str, Imported] = {}
    for row in sorted(rows_of(tree, "questions"), key=lambda row: int(row["question_order"])):
        assert row["parent_qid"] == "0"
        made = Imported(row["title"], row["type"], row["question"], row["mandatory"], row["qid"] in hidden)
        by_id[row["qid"]] = made
        groups[place[row["gid"]]][2].append(made)
    for row in sorted(rows_of(tree, "subquestions"), key=lambda row: int(row["question_order"])):
        by_id[row["parent_qid"]].rows.append((row["title"], row["question"]))
    for row in sorted(rows_of(tree, "answers"), key=lambda row: int(row["sortorder"])):
        by_id[row["qid"]].answers.append((row["code"], row["answer"]))
    return groups


def rows_of(tree: Element, table: str) -> list[dict[str, str]]:
    return [{cell.tag: cell.text or "" for cell in row} for row in tree.iterfind(f"{table}/rows/row")]


@pytest.mark.parametrize("asked", [ASKED, WHOLE], ids=["blocks", "whole"])
def test_limesurvey_reads_the_same_survey_from_both_files_with_every_question(asked: Questionnaire) -> None:
    groups = imported_tsv(limesurvey_tsv(asked))
    assert groups == imported_lss(limesurvey_lss(asked))
    questions = [question for _, _, own in groups for question in own]
    arrays = [question for question in questions if question.rows]
    assert [code for array in arrays for code, _ in array.rows] == [q.id for q in asked.ratings]
    for array in arrays:
        assert array.type == "F"
        for code, words in array.rows:
            rating = asked.question(code)
            assert rating.aspect is not None
            assert array.text == STEMS[rating.aspect]
            assert words == what_to_do(asked.basis.subject(str(rating.subject)))
            assert array.answers == [(c.code, c.text) for c in rating.choices]
    for q in (q for q in asked.questions if q.part != "rating"):
        (made,) = [question for question in questions if question.code == q.id]
        assert (made.text, made.mandatory) == (q.text, "Y" if q.is_required else "N")
        assert made.answers == list(zip(short_codes(q.choices), [c.text for c in q.choices], strict=True))
        assert made.type == {"choice": "L", "number": "N", "text": "T", "date": "D"}[q.form]


@pytest.mark.parametrize("asked", [ASKED, WHOLE], ids=["blocks", "whole"])
def test_limesurvey_takes_every_code_and_conditions_speak_only_of_what_came_before(asked: Questionnaire) -> None:
    seen: dict[str, list[str]] = {}
    for _, relevance, questions in imported_tsv(limesurvey_tsv(asked)):
        for name, code in re.findall(r'(\w+)\.NAOK\s*(?:==|!=)\s*"?(\w+)"?', relevance):
            assert name in seen
            assert code in (seen[name] or [str(b.number) for b in asked.plan.blocks])
        for question in questions:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", question.code)
            assert question.code not in seen
            codes = [code for code, _ in question.answers]
            assert all(re.fullmatch(r"[A-Za-z0-9]{1,5}", code) for code in codes)
            assert len(codes) == len(set(codes))
            assert all(re.fullmatch(r"[A-Za-z0-9]{1,20}", code) for code, _ in question.rows)
            assert question.hidden == (question.type == "*")
            seen[question.code] = codes


def test_a_wording_with_control_signs_quotes_and_tabs_is_no_harm_to_either_file() -> None:
    odd = 'say "so"\tand \x01 {TOKEN} \ufffe'
    basis = a_basis(n_steps=1, n_needs=0)
    asked = make_questionnaire(replace(basis, subjects=(replace(basis.subjects[0], wording=odd),)))
    for groups in (imported_tsv(limesurvey_tsv(asked)), imported_lss(limesurvey_lss(asked))):
        assert {words for _, _, own in groups for q in own for _, words in q.rows} == {'say "so" and (TOKEN)'}


def test_solutions_whose_short_codes_would_be_alike_are_numbered() -> None:
    settings = QuestionnaireSettings(solutions=(("A2", "Second"), ("long-name", "First")))
    choices = make_questionnaire(a_basis(), settings).question("solution").choices
    assert short_codes(choices) == ("A1", "A2", "A3", "A4")
    assert numeric_codes(choices) == ("1", "2", "3", "4")


@dataclass
class Block:
    """A block as Qualtrics has it after an import: pages of (kind, id, text, choices by value)."""

    name: str
    pages: list[list[tuple[str, str, str, dict[str, str]]]]


def imported_qualtrics(content: bytes) -> list[Block]:
    """By the rules of the advanced format: an order fills its line, and what follows a question is its own."""
    lines = [line for line in content.decode().splitlines() if line]
    assert lines[0] == "[[AdvancedFormat]]"
    begins = [i for i, line in enumerate(lines) if re.match(r"\[\[(Block|PageBreak|Question)\b", line)]
    assert begins[0] == 1
    blocks: list[Block] = []
    for first, last in itertools.pairwise([*begins, len(lines)]):
        order, _, value = lines[first].removeprefix("[[").removesuffix("]]").partition(":")
        if order == "Block":
            blocks.append(Block(value, [[]]))
        elif order == "PageBreak":
            assert blocks[-1].pages[-1]
            blocks[-1].pages.append([])
        else:
            code = re.fullmatch(r"\[\[ID:(\w+)\]\]", lines[first + 1])
            assert code is not None
            choices = choices_of(lines[first + 3 : last])
            assert bool(choices) == value.startswith("MC:")
            blocks[-1].pages[-1].append((value, code[1], lines[first + 2], choices))
    return blocks


def choices_of(lines: Sequence[str]) -> dict[str, str]:
    """Texts by value; values must be numbers."""
    assert not lines or lines[0] == "[[AdvancedChoices]]"
    values = [re.fullmatch(r"\[\[Choice:(\d+)\]\]", line) for line in lines[1::2]]
    return {value[1]: text for value, text in zip(values, lines[2::2], strict=True) if value is not None}


@pytest.mark.parametrize("asked", [ASKED, WHOLE], ids=["blocks", "whole"])
def test_qualtrics_reads_every_question_in_its_block_a_page_for_each_aspect(asked: Questionnaire) -> None:
    rest = imported_qualtrics(qualtrics_text(asked))
    kinds = {"MC:SingleAnswer:Vertical", "MC:SingleAnswer:Horizontal", "TE:SingleLine"}
    read = [question for block in rest for page in block.pages for question in page]
    assert sorted(code for _, code, _, _ in read) == sorted(q.id for q in asked.questions)
    for kind, code, text, choices in read:
        q = asked.question(code)
        assert kind in kinds
        assert text == q.text
        assert choices == dict(zip(numeric_codes(q.choices), [c.text for c in q.choices], strict=True))
    parts = [block for block in rest if block.name.startswith("Part ")]
    assert len(parts) == len(asked.plan.blocks)
    assert all(len({asked.question(q[1]).aspect for q in page}) == 1 for block in parts for page in block.pages)


# What the tools export. Nothing is mapped by hand.


def made_up(asked: Questionnaire, n: int = 12) -> pd.DataFrame:
    answers, _ = simulate(asked, planted(asked), n=n, seed=3)
    frame = answers.frame.copy()
    frame["pay"] = np.arange(n, dtype=float)
    frame["page"] = 20.0 + np.arange(n)
    return frame


def cell(question: Question, value: Any, codes: Sequence[str] | None) -> str:
    """An answer as a tool writes it: the code that it was given there, or the text of the choice."""
    if value is None or value != value:
        return ""
    if not question.choices:
        return f"{value:.10f}" if isinstance(value, float) else str(value)  # LimeSurvey's decimals
    place = [c.code for c in question.choices].index(str(int(value)) if isinstance(value, float) else value)
    return question.choices[place].text if codes is None else codes[place]


def limesurvey_export(asked: Questionnaire, frame: pd.DataFrame, *, headings: str, answers: str) -> bytes:
    """Semicolons, every cell in quotes, a byte order mark and an empty line at the end, as LimeSurvey writes it."""
    head = {
        "id": "Response ID",
        "submitdate": "Date submitted",
        "lastpage": "Last page",
        "startlanguage": "Start language",
        "seed": "Seed",
        "startdate": "Date started",
        "datestamp": "Date last action",
    }
    columns = [(code, text, "") for code, text in head.items()]
    for _, _, questions in imported_lss(limesurvey_lss(asked)):
        for q in questions:
            rows = [(f"{q.code}[{code}]", f"{q.text} [{text}]", code) for code, text in q.rows]
            columns += rows or [(q.code, q.text, q.code)]
    times = [("interviewtime", "Total time", ""), ("groupTime1", "Group time: Before you begin", "")]
    columns += [*times, ("screenTime", "Question time: screen", "")]
    named = {
        "code": [code for code, _, _ in columns],
        "full": [text for _, text, _ in columns],
        "codetext": [f"{code}. {text}" for code, text, _ in columns],
    }[headings]
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(named)
    for k, (_, person) in enumerate(frame.iterrows(), 1):
        about = {"id": str(k), "submitdate": "2026-05-04 10:00:00", "lastpage": "6", "startlanguage": "en"}
        about |= {"block": person["block"], "interviewtime": f"{person['seconds']:.2f}", "groupTime1": "3.2"}
        cells = []
        for code, _, asked_id in columns:
            if asked_id in asked_ids(asked):
                q = asked.question(asked_id)
                codes = short_codes(q.choices) if answers == "code" else None
                cells.append(cell(q, person[asked_id], codes))
            else:
                cells.append(about.get(code, ""))
        writer.writerow(cells)
    return b"\xef\xbb\xbf" + (target.getvalue() + "\r\n").encode()


def asked_ids(asked: Questionnaire) -> set[str]:
    return {q.id for q in asked.questions}


@pytest.mark.parametrize("answers", ["code", "full"])
@pytest.mark.parametrize("headings", ["code", "full", "codetext"])
@pytest.mark.parametrize("asked", [ASKED, WHOLE], ids=["blocks", "whole"])
def test_what_limesurvey_exports_is_read_without_a_mapping(asked: Questionnaire, headings: str, answers: str) -> None:
    frame = made_up(asked)
    content = limesurvey_export(asked, frame, headings=headings, answers=answers)
    assert preview_answers(content, asked).missing == ()
    read = read_answers(content, asked).answers.frame
    assert list(read.index) == [str(k) for k in range(1, len(frame) + 1)]
    assert read["seconds"].tolist() == frame["seconds"].tolist()
    assert set(read["submitted"]) == {"2026-05-04 10:00:00"}
    same = [q.id for q in asked.questions] + (["block"] if len(asked.plan.blocks) > 1 else [])
    pd.testing.assert_frame_equal(read[same].reset_index(drop=True), frame[same].reset_index(drop=True))


def qualtrics_export(asked: Questionnaire, frame: pd.DataFrame, *, answers: str, status: str = "IP Address") -> bytes:
    """Three lines of headings: export tags, wordings, ids in JSON; then one line a response, as Qualtrics writes it."""
    about = {
        "StartDate": ("Start Date", '{"ImportId":"startDate","timeZone":"Europe/Vienna"}'),
        "EndDate": ("End Date", '{"ImportId":"endDate","timeZone":"Europe/Vienna"}'),
        "Status": ("Response Type", '{"ImportId":"status"}'),
        "IPAddress": ("IP Address", '{"ImportId":"ipAddress"}'),
        "Progress": ("Progress", '{"ImportId":"progress"}'),
        "Duration (in seconds)": ("Duration (in seconds)", '{"ImportId":"duration"}'),
        "Finished": ("Finished", '{"ImportId":"finished"}'),
        "RecordedDate": ("Recorded Date", '{"ImportId":"recordedDate","timeZone":"Europe/Vienna"}'),
        "ResponseId": ("Response ID", '{"ImportId":"_recordId"}'),
        "DistributionChannel": ("Distribution Channel", '{"ImportId":"distributionChannel"}'),
        "UserLanguage": ("User Language", '{"ImportId":"userLanguage"}'),
    }
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([*about, *(q.id for q in asked.questions)])
    writer.writerow([*(text for text, _ in about.values()), *(q.text for q in asked.questions)])
    ids = [f'{{"ImportId":"QID{k}"}}' for k in range(len(asked.questions))]
    writer.writerow([*(given for _, given in about.values()), *ids])
    for k, (_, person) in enumerate(frame.iterrows()):
        when = "2026-05-04 10:00:00"
        known = [when, when, status if k == 0 else "IP Address", "", "100", f"{person['seconds']:.0f}", "True", when]
        codes = {q.id: numeric_codes(q.choices) if answers == "code" else None for q in asked.questions}
        given = [cell(q, person[q.id], codes[q.id]) for q in asked.questions]
        writer.writerow([*known, f"R_{k:015d}", "anonymous", "EN", *given])
    return target.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("answers", ["code", "full"])
@pytest.mark.parametrize("asked", [ASKED, WHOLE], ids=["blocks", "whole"])
def test_what_qualtrics_exports_is_read_without_a_mapping(asked: Questionnaire, answers: str) -> None:
    frame = made_up(asked)
    read = read_answers(qualtrics_export(asked, frame, answers=answers), asked).answers.frame
    assert list(read.index) == [f"R_{k:015d}" for k in range(len(frame))]
    assert read["seconds"].tolist() == frame["seconds"].tolist()
    same = [q.id for q in asked.questions]
    pd.testing.assert_frame_equal(read[same].reset_index(drop=True), frame[same].reset_index(drop=True))


@pytest.mark.parametrize(("status", "reason"), [("Survey Preview", "a trial"), ("1", "a trial"), ("Spam", "spam")])
def test_trials_of_the_survey_and_spam_are_no_answers(status: str, reason: str) -> None:
    content = qualtrics_export(WHOLE, made_up(WHOLE, 3), answers="full", status=status)
    with pytest.raises(MalformedAnswersError, match=f"line 4, column 'Status': .*{reason}"):
        read_answers(content, WHOLE)
    assert len(read_answers(content, WHOLE, leave_out_bad=True).answers.frame) == 2


def test_a_plain_word_in_a_wording_is_no_id() -> None:
    basis = a_basis(n_steps=1, n_needs=0)
    pays = replace(basis, subjects=(replace(basis.subjects[0], wording="pay the driver"),))
    asked = make_questionnaire(pays, QuestionnaireSettings(asks_pay=True))
    rating, pay = asked.ratings[0], asked.question("pay")
    content = f'"{rating.text}","{pay.text}"\n4,20\n'.encode()
    assert read_answers(content, asked).answers.frame[[rating.id, "pay"]].to_numpy().tolist() == [[4.0, 20.0]]
