"""Answers in: whatever tool wrote the file, all of it is taken or none, and every bad cell is named."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from jtbd_nlp.errors import MalformedAnswersError
from jtbd_nlp.priorities.question_tables import answer_sheet
from jtbd_nlp.priorities.reading import BadCell, preview_answers, read_answers
from jtbd_nlp.priorities.simulation import simulate
from tests.surveyed_study import a_questionnaire, planted

ASKED = a_questionnaire()
FIRST, SECOND = ASKED.ratings[0], ASKED.ratings[1]


def a_file(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def zipped(*names: str) -> bytes:
    """A zip of files that each hold one answer."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, a_file(FIRST.id, "4"))
    return made.getvalue()


def bad_cells(content: bytes) -> tuple[BadCell, ...]:
    return preview_answers(content, ASKED).bad_cells


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_of_any_separator_and_encoding_is_read(separator: str, encoding: str) -> None:
    content = f"respondent,{FIRST.id},ptown\nr1,4,Graz\nr2,,Linz\n".replace(",", separator).encode(encoding)
    frame = read_answers(content, ASKED).answers.frame
    assert list(frame.index) == ["r1", "r2"]
    assert frame[FIRST.id].tolist()[0] == 4.0
    assert np.isnan(frame[FIRST.id].tolist()[1])
    assert frame["ptown"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        (f"importance1[{FIRST.id}]", "5"),  # LimeSurvey, question codes and answer codes
        (f"importance1_{FIRST.id}", "A5"),
        (f"importance1[{FIRST.id}]", "very important"),  # LimeSurvey, full answers
        (FIRST.text, "Very important"),  # full question texts
        (FIRST.id.upper().lower(), "5.0"),
        (FIRST.id, "5 - very important"),
        (FIRST.id, "5,00"),  # countries with decimal commas
        (f"G01Q02_{FIRST.id}", "5"),  # SPSS
    ],
)
def test_headings_and_answers_of_survey_tools_are_understood(heading: str, cell: str) -> None:
    frame = read_answers(a_file(f'"{heading}"', f'"{cell}"'), ASKED).answers.frame
    assert frame[FIRST.id].tolist() == [5.0]


def test_the_two_further_heading_lines_of_qualtrics_are_no_respondents() -> None:
    content = a_file(
        f"ResponseId,Duration (in seconds),Q1,{SECOND.id}",
        f'Response ID,Duration,"{FIRST.text}","{SECOND.text}"',
        '"{""ImportId"":""_recordId""}","{""ImportId"":""duration""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"',
        "R_1,321,4,2",
    )
    answers = read_answers(content, ASKED).answers
    assert answers.frame[["seconds", FIRST.id, SECOND.id]].to_numpy().tolist() == [[321.0, 4.0, 2.0]]


def test_a_mapping_names_columns_that_nobody_could_guess_and_leaves_others_out() -> None:
    content = a_file("who,q7," + SECOND.id, "r1,4,9")
    mapping = {"who": "respondent", "q7": FIRST.id, SECOND.id: ""}
    frame = read_answers(content, ASKED, mapping=mapping).answers.frame
    assert (frame.index[0], frame[FIRST.id].iloc[0]) == ("r1", 4.0)
    assert np.isnan(frame[SECOND.id].iloc[0])


def test_bad_cells_are_named_by_line_column_and_reason_and_nothing_is_taken() -> None:
    content = a_file(f"respondent,{FIRST.id},page", "r1,4,31", '"r\n2",7,old', "r1,3,40")
    with pytest.raises(
        MalformedAnswersError, match=f"line 3, column '{FIRST.id}': '7' is no rating.*nothing was taken"
    ):
        read_answers(content, ASKED)
    assert [(c.line, c.column) for c in bad_cells(content)] == [(3, FIRST.id), (3, "page"), (5, "respondent")]


def test_rows_with_bad_cells_stay_out_whole_when_told_so() -> None:
    content = a_file(f"respondent,{FIRST.id},{SECOND.id}", "r1,4,2", "r2,4,9")
    read = read_answers(content, ASKED, leave_out_bad=True)
    assert list(read.answers.frame.index) == ["r1"]
    assert [cell.line for cell in read.left_out] == [3]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"),
        (a_file("a,a", "1,2"), "two columns are called 'a'"),
        (a_file(FIRST.id, "1,2"), "line 2: it has 2 cells under the 1 headings of line 1"),
        (a_file("a,b", "1,2"), "no column is a rating"),
        (b"PK\x03\x04nonsense", "the zip is damaged or cut off"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image.*export the answers as CSV or XLSX"),
        (b"$FL2@(#) SPSS DATA FILE" + bytes(99), "binary.*export the answers as CSV or XLSX"),
        (a_file(FIRST.id), "nobody's answers below"),
        (zipped("a.csv", "b.csv"), "the zip holds 2 CSV or XLSX files"),
        (zipped("notes.pdf"), "the zip holds no CSV or XLSX files"),
        (
            a_file(f"respondent,{FIRST.id}", "a\0b,4", *(f"r{k},4" for k in range(99))),
            r"line 2, column 'respondent': 'a.x00b' holds a character",
        ),
    ],
)
def test_what_is_no_table_of_answers_is_refused_with_its_fault(content: bytes, fault: str) -> None:
    with pytest.raises(MalformedAnswersError, match=fault):
        read_answers(content, ASKED)


@pytest.mark.parametrize("mapping", [{"nowhere": FIRST.id}, {FIRST.id: "nothing"}, {FIRST.id: "page", "b": "page"}])
def test_a_mapping_to_what_is_not_there_is_refused(mapping: dict[str, str]) -> None:
    with pytest.raises(MalformedAnswersError, match="mapping"):
        read_answers(a_file(f"{FIRST.id},b", "4,5"), ASKED, mapping=mapping)


def test_a_preview_shows_what_each_column_is_read_as_and_takes_nothing() -> None:
    preview = preview_answers(a_file(f"respondent,{FIRST.id},colour", "r1,4,red"), ASKED)
    assert [(c.column, c.read_as) for c in preview.columns] == [
        ("respondent", "respondent"),
        (FIRST.id, FIRST.id),
        ("colour", None),
    ]
    assert preview.mapping == {"respondent": "respondent", FIRST.id: FIRST.id}
    assert SECOND.id in preview.missing


def test_what_our_own_sheets_hold_comes_back_unchanged_from_csv_and_from_a_workbook() -> None:
    made, _ = simulate(ASKED, planted(ASKED), n=40, seed=7)
    sheet = made.frame.reset_index()[list(answer_sheet(ASKED).columns)]
    book = io.BytesIO()
    sheet.to_excel(book, sheet_name="answers", index=False)
    for content in (sheet.to_csv(index=False).encode(), book.getvalue()):
        pd.testing.assert_frame_equal(read_answers(content, ASKED).answers.frame, made.frame)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1,50", 1.5),
        ("€ 7", 7.0),
        ("12,50 EUR", 12.5),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1.234.567", 1234567.0),
        ("1234.567", 1234.567),
        ("0.125", 0.125),
        ("1.234", None),  # a thousand and more in Graz, little more than one in Leeds
        ("1,234", None),
        ("-5", None),
        ("viel", None),
    ],
)
def test_numbers_are_read_as_people_write_them_unless_they_may_be_two(cell: str, expected: float | None) -> None:
    content = a_file(f"{FIRST.id};pay", f'1;"{cell}"')
    if expected is None:
        assert [(bad.line, bad.column) for bad in bad_cells(content)] == [(2, "pay")]
    else:
        assert read_answers(content, ASKED).answers.frame["pay"].tolist() == [expected]


def test_a_separator_told_by_excel_and_a_zip_of_one_table_as_qualtrics_hands_out_are_read() -> None:
    told = b"sep=;\r\n" + a_file(f"respondent;{FIRST.id}", "r1;4", "r2;9")
    assert [(cell.line, cell.column) for cell in bad_cells(told)] == [(4, FIRST.id)]
    assert read_answers(zipped("My survey.csv", "readme.pdf"), ASKED).answers.n == 1
