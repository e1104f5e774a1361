"""The page: complete, self-contained, accessible, and safe whatever people said."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jtbd_nlp.domain import Evidence, Study
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.loose_quotes import quotes_beside_steps
from jtbd_nlp.report import analysis_html
from tests.browser import Page, expect_links, expect_policy
from tests.builders import a_need, a_step, a_suggested_need, a_transcript, an_action, an_analysis
from tests.rich_study import rich_analysis

CSS = files("jtbd_nlp.report").joinpath("report.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def html() -> str:
    return analysis_html(rich_analysis())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_page_says_what_it_is(page: Page) -> None:
    text = " ".join(page.text.split())
    for wanted in (
        "Job map: get to a destination on time",
        "Executor: driver · Study: arrive",
        "determine the departure time 4 of 6",
        "95 % interval 0.30 to 0.90",
        "To check: Two actions are joined by 'and'; split the step.",
        "minimize the time it takes to find out whether the ferry runs",
        "Asked: And the evening before?",
        "ana-commuter, turn 3, 1:03",
        "No step of this stage was found",
        "How do you know you are done, and what do you do then?",
        "No speaker labels: turns come from blank lines",
        "0.8 new needs (0.1 to 2.3)",
        "3 statements in no step",
        '"action_threshold": 0.45',
        "53aa51172d142c89",
    ):
        assert wanted in text


def test_every_quote_of_a_step_need_or_gap_is_marked_whole(page: Page) -> None:
    analysis = rich_analysis()
    named = [i for step in analysis.steps for i in step.statements]
    named += [i for need in analysis.needs for i in need.statements]
    named += [i for stage in analysis.stages for i in stage.nearest]
    named += [i for loose in quotes_beside_steps(analysis).values() for i in loose]
    assert "1 quote that may tell a need of plan the route and its alternatives" in page.text
    missing = [i for i in named if analysis.statement(i).evidence.quote not in page.marked]
    assert missing == []


def test_nothing_is_fetched_and_nothing_runs(page: Page) -> None:
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in ("src", "style", "srcset")]
    assert all(href.startswith("#") for href in page.values("href"))
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_the_policy_allows_the_style_sheet_inside_and_no_more(html: str, page: Page) -> None:
    expect_policy(html, page)


def test_links_lead_to_something_and_ids_are_distinct(page: Page) -> None:
    expect_links(page)


def test_headings_begin_at_one_and_skip_no_level(page: Page) -> None:
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_language_is_named_and_what_was_said_finds_its_own_direction(page: Page) -> None:
    assert page.values("lang") == ["en"]
    assert set(page.values("dir")) == {"auto"}


def test_no_tag_or_script_of_a_speaker_becomes_part_of_the_page(html: str) -> None:
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in html


HOSTILE = (
    '"><script>alert(1)</script>',
    "</style><script>alert(1)</script>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }} {% raw %}",
    "javascript:alert(1)",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "\x00\x1b[2J\u202eevil",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_anywhere_is_text(text: str) -> None:
    transcript = replace(a_transcript(("Moderator", text), (text, text), name="p1", warnings=[text]), title=text)
    action, need = an_action(transcript, text, phrase=text), a_need(transcript, text, metric=text, measured=text)
    step = a_step([action])
    analysis = an_analysis([transcript], [action, need], [step], [a_suggested_need([need], step=step.id)])
    analysis = replace(analysis, study=replace(analysis.study, job=text, name=text, executor=text))
    plain = Page(analysis_html(an_analysis()))
    page = Page(analysis_html(analysis))
    assert "script" not in page.tags
    assert {name for _, name, _ in page.attributes if name.startswith("on")} == set()
    assert page.tags[:12] == plain.tags[:12]
    assert not set(page.text) & {"\x00", "\x1b", "\u202e"}
    if text.isprintable():
        assert text in page.marked


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_any_words_leave_the_page_whole(text: str) -> None:
    transcript = a_transcript(("Moderator", "How?"), ("Ann", text))
    action = an_action(transcript, text)
    Page(analysis_html(an_analysis([transcript], [action], [a_step([action])])))


def test_same_analysis_same_page() -> None:
    assert analysis_html(rich_analysis()) == analysis_html(rich_analysis())


def test_an_empty_analysis_is_a_page_of_questions() -> None:
    page = Page(analysis_html(an_analysis()))
    assert page.text.count("No step of this stage was found") == 6
    assert "What another interview would add" not in page.text


def test_interviews_without_warnings_need_no_column_for_them() -> None:
    assert "Read with care" not in Page(analysis_html(an_analysis([a_transcript()]))).text


def test_a_need_of_no_step_stands_in_its_stage() -> None:
    transcript = a_transcript("How?", "It takes ages.")
    need = a_need(transcript, "It takes ages", stage="assess")
    page = Page(analysis_html(an_analysis([transcript], [need], [], [a_suggested_need([need])])))
    assert page.text.index("Assess") < page.text.index("Needs of no step") < page.text.index("How this was made")


def test_the_likeliest_of_many_ungrouped_statements_are_shown() -> None:
    transcript = a_transcript("How?", " ".join(f"I do number{i:03}." for i in range(80)))
    actions = [an_action(transcript, f"do number{i:03}", confidence=i / 100) for i in range(80)]
    page = Page(analysis_html(an_analysis([transcript], actions)))
    assert "80 statements in no step, the likeliest 60" in page.text
    assert "do number079" in page.marked
    assert "do number000" not in page.marked[5:]


def test_needs_beyond_a_few_stand_behind_a_click() -> None:
    transcript = a_transcript("How?", "I plan it. " + " ".join(f"Number{i} takes ages." for i in range(5)))
    needs = [a_need(transcript, f"Number{i} takes ages", measured=f"number{i}") for i in range(5)]
    action = an_action(transcript, "plan it")
    step = a_step([action])
    suggested = [a_suggested_need([need], step=step.id) for need in needs]
    page = Page(analysis_html(an_analysis([transcript], [action, *needs], [step], suggested)))
    assert "2 more needs of plan the route" in page.text
    assert {f"Number{i} takes ages" for i in range(5)} <= set(page.marked)


def test_two_quotes_of_one_turn_show_their_question_once() -> None:
    transcript = a_transcript("How do you do it?", "I plan it and I pack it.")
    actions = [an_action(transcript, "plan it"), an_action(transcript, "pack it")]
    page = Page(analysis_html(an_analysis([transcript], actions, [a_step(actions)])))
    assert page.text.count("How do you do it?") == 1


def test_a_study_without_a_job_goes_by_its_name() -> None:
    page = Page(analysis_html(an_analysis(study=Study(name="interviews", job="", executor=""))))
    assert "Job map: interviews" in page.text
    assert "Executor" not in page.text


def test_a_forged_quote_is_refused() -> None:
    analysis = rich_analysis()
    first = analysis.statements[0]
    forged = replace(first, evidence=Evidence(first.evidence.transcript, first.evidence.span, "forged"))
    with pytest.raises(AnalysisError, match="not what stands there"):
        analysis_html(replace(analysis, statements=(forged, *analysis.statements[1:])))


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of #rgb or #rrggbb."""
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


THEMES = [
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
]
PAIRS = [
    *((ink, paper) for ink in ("ink", "soft", "accent", "warn", "second") for paper in ("paper", "sheet")),
    *((ink, paper) for ink in ("ink", "soft", "accent") for paper in ("warn-soft", "bad-soft")),
    ("accent", "accent-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("bad", "sheet"),
    ("mark-ink", "mark"),
]


def test_there_are_a_light_a_dark_and_a_print_theme() -> None:
    assert len(THEMES) == 3


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark", "print"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_text_has_the_contrast_of_wcag_aa(theme: dict[str, str], ink: str, paper: str) -> None:
    high, low = sorted((luminance(theme[ink]), luminance(theme[paper])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5
