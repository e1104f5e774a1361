"""The page: complete, self-contained, the same each time, and safe whatever people said."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest

from jtbd_nlp.comparison import compare_runs
from jtbd_nlp.export import analysis_document
from jtbd_nlp.gold import GoldStep, GoldStudy
from jtbd_nlp.scorecard import scorecard_html
from tests.browser import Page, expect_links, expect_policy
from tests.builders import a_step, a_transcript, an_action, an_analysis
from tests.scored_study import a_document, a_label, a_study, figures_of

NAMES = ("arrive", "bike", "commute", "drive", "errand", "fly")


def the_page(*names: str, before: float | None = None) -> str:
    """The page of some studies; with `before`, against a run whose figures were all that."""
    studies = [a_study(name) for name in names]
    documents = {name: a_document(name) for name in names}
    figures = {s.name: figures_of(s, documents[s.name]) for s in studies}
    comparison = None
    if before is not None:
        earlier = {name: dict.fromkeys(of_study, before) for name, of_study in figures.items()}
        comparison = compare_runs(figures, earlier, previous="previous.json")
    return scorecard_html(studies, documents, figures, comparison=comparison)


@pytest.fixture(scope="module")
def html() -> str:
    return the_page("arrive")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def text_of(page: Page) -> str:
    return " ".join(page.text.split())


def test_the_page_shows_figures_stages_confidence_steps_and_mistakes(page: Page) -> None:
    text = text_of(page)
    for wanted in (
        "action sentence F1",
        "arrive 0.77 0.62 0.00 0.00 0.75 0.73 0.00 1.00 0.00 0.67",
        # Of two actions that the annotator calls assess, one was put in plan.
        "assess 0.00 0 0.50 1 0.00 0 0.50 1 0.00 0 0.00 0 2",
        "Expected calibration error",
        "arrive: 1 of 1 step found; nobody proposed 1 of all 3; 1 of 2 proposed match none",
        "1 from “plan the route”; 1 from “check the conditions”; 2 from no step",
        "Missed actions",
        "The one there is",
        "Cost: the confidence with which it was kept",
        "cost 1.6 Kept with confidence 0.80, beside 1 other action without a label in its proposed step.",
        "Asked: How do you go?",
        "BEN, ben, turn 1, 1:20, study arrive",
        "Of equal cost, the first by study, interview and place.",
    ):
        assert wanted in text


def test_the_annotators_words_are_marked_and_the_proposed_ones_underlined(html: str, page: Page) -> None:
    assert "leave early" in page.marked
    assert '<mark class="proposed">the trip</mark>' in html
    assert '<u class="proposed">drink a coffee</u>' in html


def test_without_an_earlier_run_nothing_is_said_of_changes(page: Page) -> None:
    assert "Verdict" not in text_of(page).split("Stages")[0]
    assert "interval of the mean difference" not in text_of(page)


def test_an_earlier_run_shows_differences_interval_and_verdict() -> None:
    text = text_of(Page(the_page(*NAMES, before=0.5)))
    assert "Compared with previous.json" in text
    assert "95 % interval of the mean difference" in text
    # The six studies are one study six times: a change is the same in each, and cannot be chance.
    assert {"better", "worse", "changed"} <= set(text.split())
    assert "paired bootstrap over studies" in text


def test_few_studies_get_no_verdict() -> None:
    assert text_of(Page(the_page("arrive", before=0.5))).count("too few studies") == 10


def test_studies_of_one_run_only_are_named() -> None:
    study, document = a_study(), a_document()
    figures = {"arrive": figures_of(study, document)}
    comparison = compare_runs(figures | {"new": figures["arrive"]}, figures | {"old": {}}, previous="p.json")
    text = text_of(Page(scorecard_html([study], {"arrive": document}, figures, comparison=comparison)))
    assert "Only in this run, and not compared: new." in text
    assert "Only in the earlier run, and not compared: old." in text


def test_nothing_is_fetched_and_nothing_runs(html: str, page: Page) -> None:
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in ("src", "style", "srcset")]
    assert all(href.startswith("#") for href in page.values("href"))
    assert "url(" not in html
    assert "@import" not in html
    assert "://" not in html


def test_the_policy_allows_the_style_sheet_inside_and_no_more(html: str, page: Page) -> None:
    expect_policy(html, page)


def test_links_lead_to_something_and_ids_are_distinct(page: Page) -> None:
    expect_links(page)


def test_headings_begin_at_one_and_skip_no_level(page: Page) -> None:
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_a_script_of_a_speaker_is_text(html: str, page: Page) -> None:
    assert "<script" not in html
    assert "<script>alert('x')</script>" in page.text


HOSTILE = ('"><script>alert(1)</script>', "' onmouseover='alert(1)", "{{ 7 * 7 }}", "<!--", "\x00\x1b[2J\u202eevil")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_anywhere_is_text(text: str) -> None:
    talk = a_transcript(("Moderator", text), (text, text), name="p1")
    label = a_label(talk, text, stage="plan", step="s1", phrase=text)
    study = GoldStudy(
        name=text,
        job=text,
        executor=text,
        transcripts=(talk,),
        labels={"p1": (label,)},
        job_map=(GoldStep("s1", "plan", text),),
    )
    action = an_action(talk, text, phrase=text, stage="execute")
    document = analysis_document(an_analysis([talk], [action], [a_step([action])]))
    figures = {text: figures_of(study, document)}
    comparison = compare_runs(figures | {f"{text} 2": {}}, figures, previous=text)
    page = Page(scorecard_html([study], {text: document}, figures, comparison=comparison))
    assert "script" not in page.tags
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert not set(page.text) & {"\x00", "\x1b", "\u202e"}
    if text.isprintable():
        assert text in page.marked


def test_the_order_of_studies_interviews_and_statements_does_not_matter() -> None:
    names = NAMES[:3]
    studies = [replace(a_study(name), transcripts=a_study().transcripts[::-1]) for name in reversed(names)]
    documents = {name: a_document(name) for name in reversed(names)}
    for document in documents.values():
        statements = document["statements"]
        assert isinstance(statements, list)
        document["statements"] = statements[::-1]
    figures = {study.name: figures_of(study, documents[study.name]) for study in studies}
    assert scorecard_html(studies, documents, figures) == the_page(*names)


def test_a_study_in_which_nothing_was_proposed_is_shown() -> None:
    study = a_study()
    document = analysis_document(an_analysis(study.transcripts))
    text = text_of(Page(scorecard_html([study], {"arrive": document}, {"arrive": figures_of(study, document)})))
    assert "Expected calibration error 0.000 over 0" in text
    assert "There is none." in text


def test_a_study_without_an_analysis_is_a_callers_mistake() -> None:
    with pytest.raises(ValueError, match="bike"):
        scorecard_html([a_study(), a_study("bike")], {"arrive": a_document()}, {"arrive": {}})
