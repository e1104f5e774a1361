"""A questionnaire as tables: one row a question, and the empty table that answers fit into; CSV and XLSX."""

from __future__ import annotations

import io
from typing import Final

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped, unused-ignore]  # ships no types

from jtbd_nlp.export.tables import FORMULA_STARTS
from jtbd_nlp.priorities.answers import PERSON_COLUMNS
from jtbd_nlp.priorities.questionnaire import Question, Questionnaire

QUESTION_COLUMNS: Final = (
    *("id", "part", "block", "aspect", "kind", "stage", "step", "subject", "text", "choices", "required", "lint"),
)
# What an answer sheet holds beside one column a question.
SHEET_COLUMNS: Final = ("respondent", *PERSON_COLUMNS)


def question_table(questionnaire: Questionnaire) -> pd.DataFrame:
    """One row a question, in the order in which they are put; columns are QUESTION_COLUMNS.

    `choices` reads "1 = very easy; 2 = easy"; `block` is empty for what everybody is asked, and `step` is the phrase.
    """
    block_of = {s: block.number for block in questionnaire.plan.blocks for s in block.subjects}
    rows = [_row(q, questionnaire, block_of) for q in questionnaire.questions]
    return pd.DataFrame(rows, columns=list(QUESTION_COLUMNS), dtype=object)


def answer_sheet(questionnaire: Questionnaire) -> pd.DataFrame:
    """A table without rows whose columns answers may come in: SHEET_COLUMNS, then the ids of the questions."""
    return pd.DataFrame(columns=[*SHEET_COLUMNS, *(q.id for q in questionnaire.questions)], dtype=object)


def questionnaire_csv(questionnaire: Questionnaire) -> dict[str, bytes]:
    """questions.csv and answers.csv (its header alone); UTF-8 with a byte order mark, as Excel wants it."""
    return {
        "questions.csv": csv_bytes(question_table(questionnaire)),
        "answers.csv": csv_bytes(answer_sheet(questionnaire)),
    }


def questionnaire_xlsx(questionnaire: Questionnaire) -> bytes:
    """The same two tables as sheets of one workbook; ratings take 1 to 5 and nothing else."""
    target = io.BytesIO()
    # Text stays text: nothing is taken for a formula or an address.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": _NO_TIME})
        asked, sheet = question_table(questionnaire), answer_sheet(questionnaire)
        for name, table in (("questions", asked), ("answers", sheet)):
            shown = book.add_worksheet(name)
            shown.write_row(0, 0, list(table.columns), book.add_format({"bold": True}))
            for place, row in enumerate(table.itertuples(index=False), start=1):
                shown.write_row(place, 0, [None if pd.isna(cell) else cell for cell in row])
            shown.freeze_panes(1, 1)
            shown.autofit()
        for place, column in enumerate(sheet.columns):
            if _is_rating(questionnaire, column):
                shown.data_validation(1, place, 1_048_575, place, _ONE_TO_FIVE)
    return target.getvalue()


# The moment of writing must not be in the file: the same questionnaire gives the same bytes.
_NO_TIME: Final = pd.Timestamp("2000-01-01").to_pydatetime()
_ONE_TO_FIVE: Final = {
    "validate": "integer",
    "criteria": "between",
    "minimum": 1,
    "maximum": 5,
    "ignore_blank": True,
    "error_message": "A rating is a whole number from 1 to 5, or empty.",
}


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV; text that a spreadsheet would run as a formula gets an apostrophe in front."""
    guarded = table.map(guarded_cell)
    return guarded.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def guarded_cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula with an apostrophe in front; anything else as it is."""
    if isinstance(value, str) and value.lstrip(" \u00a0\u3000").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _is_rating(questionnaire: Questionnaire, column: str) -> bool:
    return column not in SHEET_COLUMNS and questionnaire.question(column).part == "rating"


def _row(q: Question, questionnaire: Questionnaire, block_of: dict[str, int]) -> dict[str, object]:
    subject = questionnaire.basis.subject(q.subject) if q.subject else None
    step = questionnaire.basis.subject(subject.step) if subject and subject.step else None
    return {
        "id": q.id,
        "part": q.part,
        "block": block_of.get(q.subject) if q.subject else None,
        "aspect": q.aspect,
        "kind": subject.kind if subject else None,
        "stage": subject.stage if subject else None,
        "step": step.wording if step else None,
        "subject": q.subject,
        "text": q.text,
        "choices": "; ".join(f"{c.code} = {c.text}{' (ends)' if c.ends else ''}" for c in q.choices) or None,
        "required": q.is_required,
        "lint": "; ".join(finding.message for finding in q.lint) or None,
    }
