"""The approved map as Markdown, table and page: in order, with people and quotes, and nothing in it runs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from jtbd_nlp.domain import Evidence
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.export.job_map_markdown import job_map_markdown
from jtbd_nlp.export.job_map_table import COLUMNS, job_map_csv
from jtbd_nlp.report.job_map_page import job_map_html
from jtbd_nlp.review import (
    AddComment,
    AddStep,
    Approve,
    Edit,
    JobMap,
    MoveNeed,
    Reject,
    ReviewDecision,
    fold,
)
from tests.browser import Page
from tests.reviewed_study import a_place, a_run, an_interview, made
from tests.rich_study import rich_analysis

P1, P2 = an_interview("p1"), an_interview("p2")
RUN = a_run(P1, P2)
FIRST, SECOND, THIRD = (s.id for s in RUN.steps)
NEED, OTHER_NEED = (n.id for n in RUN.needs)
HOSTILE = '<script>alert("x")</script> *stars* [link](http://x) =1+1'


def reviewed(*log: ReviewDecision) -> JobMap:
    return fold(RUN, log)


APPROVED = reviewed(
    made(Edit, 1, entry=FIRST, text="look it up"),
    made(Approve, 2, entry=NEED),
    made(Reject, 3, entry=SECOND),
    made(AddStep, 4, phrase="warm the van", stage="plan", evidence=(a_place(P1),)),
    made(AddComment, 5, entry=FIRST, text="well put"),
    made(AddComment, 6, entry=None, text="done for now"),
)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def files_of(job_map: JobMap, *, approved_only: bool = True) -> list[str]:
    return [
        job_map_markdown(job_map, approved_only=approved_only),
        job_map_csv(job_map, approved_only=approved_only).decode("utf-8-sig"),
        job_map_html(job_map, approved_only=approved_only),
    ]


def test_only_what_was_approved_is_in_any_of_them_unless_all_is_asked_for() -> None:
    for written in files_of(APPROVED):
        assert "look it up" in written
        assert "warm the van" in written
        assert "do deed 2" not in written
    for written in files_of(APPROVED, approved_only=False):
        assert "do deed 2" in written
        assert "do deed 1" not in written, "it was rejected"


def test_what_lost_its_support_is_told_only_where_all_is_asked_for() -> None:
    erased = fold(replace(RUN, statements=(), transcripts=()), APPROVED.in_effect)
    assert all("look it up" not in written for written in files_of(erased))
    markdown, table, page = files_of(erased, approved_only=False)
    assert "no words back it any more" in markdown
    assert "lost its support" in page
    assert {row["lost_support"] for row in rows_of(table.encode())} == {"true"}


def test_the_table_has_a_row_for_each_step_and_under_it_its_needs() -> None:
    rows = rows_of(job_map_csv(APPROVED))
    assert tuple(rows[0]) == COLUMNS
    assert [(r["kind"], r["step_number"], r["step"], r["state"]) for r in rows] == [
        ("step", "1", "look it up", "edited"),
        ("need", "1", "look it up", "approved"),
        ("step", "1", "warm the van", "approved"),
    ]
    assert (rows[0]["n_participants"], rows[0]["of_participants"], rows[0]["transcript"]) == ("2", "2", "p1")
    assert rows[0]["best_quote"] == RUN.statement(RUN.steps[0].statements[0]).evidence.quote
    assert rows[2]["best_quote"] == "Well"


def test_needs_of_no_step_come_last() -> None:
    job_map = reviewed(made(Approve, 1, entry=NEED), made(MoveNeed, 2, need=NEED, step=None))
    (row,) = rows_of(job_map_csv(job_map))
    assert (row["kind"], row["step"], row["step_number"]) == ("need", "", "")
    assert "## Needs of no step" in job_map_markdown(job_map)
    assert "Needs of no step" in job_map_html(job_map)


def test_markdown_tells_people_quotes_comments_and_stages_without_steps() -> None:
    written = job_map_markdown(APPROVED)
    assert "### 1. look it up" in written
    assert "**2 of 2** participants" in written
    assert "— P1, p1, turn" in written
    assert "- Comment: well put — ana" in written
    assert "- done for now — ana" in written
    assert written.count("No step here yet. Ask next time:") == 4


def test_nothing_that_somebody_wrote_runs_or_marks_up() -> None:
    job_map = reviewed(made(Edit, 1, entry=FIRST, text=HOSTILE), made(AddComment, 2, entry=FIRST, text=HOSTILE))
    markdown, _, page = files_of(job_map)
    assert "\\<script\\>" in markdown
    assert "\\*stars\\*" in markdown
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert rows_of(job_map_csv(reviewed(made(Edit, 1, entry=FIRST, text="=1+1"))))[0]["step"] == "'=1+1"


@pytest.mark.parametrize("approved_only", [True, False])
def test_an_empty_map_is_written_too(*, approved_only: bool) -> None:
    empty = fold(replace(RUN, statements=(), steps=(), needs=()), [])
    markdown, table, page = files_of(empty, approved_only=approved_only)
    assert "0 approved steps" in markdown or not approved_only
    assert rows_of(table.encode()) == []
    assert "No step here yet" in page


def test_a_forged_quote_stops_every_file() -> None:
    statement = RUN.statements[0]
    forged = replace(statement, evidence=Evidence(statement.evidence.transcript, statement.evidence.span, "never said"))
    job_map = fold(replace(RUN, statements=(forged, *RUN.statements[1:])), [])
    for write in (job_map_markdown, job_map_csv, job_map_html):
        with pytest.raises(AnalysisError, match=statement.id):
            write(job_map, approved_only=False)


def test_the_page_is_self_contained_and_shows_every_quote_in_its_place() -> None:
    rich = rich_analysis()
    job_map = fold(rich, [])
    written = job_map_html(job_map, approved_only=False)
    assert written == job_map_html(job_map, approved_only=False)
    page = Page(written)
    assert "script" not in page.tags
    assert page.values("src") == []
    assert all(href.startswith("#") for href in page.values("href"))
    assert {e.id for e in job_map.steps} <= set(page.values("id"))
    said = {evidence.quote for evidence in job_map.evidence.values()}
    assert said <= set(page.marked)


def test_loose_quotes_are_told_where_all_is_asked_for_and_not_among_what_was_approved() -> None:
    quote = "it has saved me more than once"
    rich = rich_analysis()
    job_map = fold(rich, [made(Approve, n, entry=step.id) for n, step in enumerate(rich.steps, 1)])
    markdown, table, page = files_of(job_map, approved_only=False)
    assert f"1 quote that may tell a need:\n\n> “{quote}” — ANA-COMMUTER" in markdown
    assert "1 quote that may tell a need" in page
    assert quote in Page(page).marked
    assert [r["step"] for r in rows_of(table.encode()) if r["n_need_quotes"] == "1"] == [rich.steps[1].phrase]
    assert all("may tell a need" not in written for written in files_of(job_map))
