"""A questionnaire as one page to print or to look over: no script, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.priorities.question_wording import SCALES, STEMS, what_to_do
from jtbd_nlp.priorities.questionnaire import ASPECT_ORDER, Question, Questionnaire
from jtbd_nlp.report.rendering import file_of, render_page

_PACKAGE: Final = "jtbd_nlp.priorities"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingTable:
    """A table of the page: one question over five columns of answers; `rows` are (rating, what is asked about)."""

    stem: str
    answers: tuple[str, ...]
    rows: tuple[tuple[Question, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBlock:
    """A part of the page that one respondent in so many gets."""

    number: int
    tables: tuple[RatingTable, ...]


def printed_page(questionnaire: Questionnaire) -> str:
    """Write the questionnaire as one HTML page, blocks on sheets of their own and the assignment stated."""
    return render_page(
        _PACKAGE,
        "questionnaire.html",
        css=file_of(_PACKAGE, "questionnaire.css"),
        questionnaire=questionnaire,
        before=(*questionnaire.of_part("screening"), *questionnaire.of_part("solution")),
        after=(*questionnaire.of_part("pay"), *questionnaire.of_part("profile")),
        blocks=tuple(rating_blocks(questionnaire)),
    )


def rating_blocks(questionnaire: Questionnaire) -> Iterator[PrintedBlock]:
    """The tables of each block, by aspect."""
    for block in questionnaire.plan.blocks:
        tables = []
        for aspect in ASPECT_ORDER:
            ratings = questionnaire.ratings_of(block.number, aspect)
            rows = tuple((q, what_to_do(questionnaire.basis.subject(str(q.subject)))) for q in ratings)
            if rows:
                tables.append(RatingTable(stem=STEMS[aspect], answers=SCALES[aspect], rows=rows))
        yield PrintedBlock(number=block.number, tables=tuple(tables))
