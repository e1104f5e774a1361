"""The job map for a wiki."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from jtbd_nlp.domain import Study
from jtbd_nlp.export.markdown import analysis_markdown, escaped
from tests.builders import an_analysis
from tests.rich_study import rich_analysis


def shown(markdown: str) -> str:
    """The text a reader sees of one paragraph, and "" of anything else."""
    parts = MarkdownIt("commonmark").enable("table").parseInline(markdown)[0].children or []
    return "".join(part.content for part in parts) if all(p.type == "text" for p in parts) else ""


@pytest.mark.parametrize(
    "text",
    ["a *star* and _line_", "[a](b) ![c](d)", "<b>bold</b>", "a | b", "`code` \\* ~~x~~", "&amp; &lt;", "# no heading"],
)
def test_marks_in_a_quote_show_as_themselves(text: str) -> None:
    assert shown(escaped(text)) == text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60))
def test_any_text_stays_one_line_and_text_only(text: str) -> None:
    assert "\n" not in escaped(text)
    assert "<" not in escaped(text).replace("\\<", "")


def test_stages_steps_needs_and_gaps_are_there_in_order() -> None:
    written = analysis_markdown(rich_analysis())
    wanted = [
        "# Job map: get to a destination on time",
        "## Understand",
        "### 1. determine the departure time",
        "**4 of 6** participants",
        "> “figure out what time I need to leave” — ANA-COMMUTER, ana-commuter, turn 1, 0:23",
        "- minimize the time it takes to find out whether the ferry runs",
        "1 quote that may tell a need:",
        "> “it has saved me more than once” — ANA-COMMUTER, ana-commuter, turn 3, 1:03",
        "## Conclude",
        "Ask next time: *How do you know you are done",
        "> “then I'm there” — FINN",
        "| ben-courier | 83 |",
    ]
    places = [written.find(part) for part in wanted]
    assert -1 not in places
    assert places == sorted(places)


def test_no_tag_of_a_speaker_survives() -> None:
    html = MarkdownIt("commonmark").enable("table").render(analysis_markdown(rich_analysis()))
    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_an_empty_analysis_asks_for_every_stage() -> None:
    assert analysis_markdown(an_analysis()).count("**Gap.** No step of this stage was found.") == 6


def test_a_study_without_a_job_goes_by_its_name() -> None:
    written = analysis_markdown(an_analysis(study=Study(name="interviews", job="", executor="")))
    assert written.startswith("# Job map: interviews\n\nStudy: interviews\n")
