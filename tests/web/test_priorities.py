"""From approved needs to priorities in the page: a survey is made and handed out, and its answers are taken in."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from api.services.reviews import reviewed
from api.services.surveys import make_survey, show_survey, take_answers
from api.services.team_lists import FEATURES, SOLUTIONS, kept_list, put_list
from api.store.database import Database, Stamp
from api.store.surveys import StoredSurvey
from jtbd_nlp.priorities.questionnaire import QuestionnaireSettings
from jtbd_nlp.priorities.solutions import Solution
from jtbd_nlp.priorities.strategy import Feature
from tests.api.served import OWNER, Served
from tests.api.services.test_surveys import answers_file, approve_some
from tests.stored import Kept, keep_rich_study
from tests.web.conftest import NewVisit

UNNAMED = "Q1"


def spoiled(survey: StoredSurvey) -> FilePayload:
    """40 answers: a rating under another heading, a rating of nine in line 3, and the last the same as the first."""
    rows = list(csv.reader(io.StringIO(answers_file(survey).decode())))
    ratings = [place for place, name in enumerate(rows[0]) if name.startswith("imp")]
    rows[0][ratings[0]] = UNNAMED
    rows[2][ratings[1]] = "9"
    rows[-1] = [rows[-1][0], *rows[1][1:]]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return {"name": "answers.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def asked_and_answered(database: Database, study: str) -> StoredSurvey:
    """A survey of what is approved, with 40 answers, a solution and a feature."""
    stamp = Stamp.now(OWNER)
    approve_some(database, study, stamp)
    put_list(database, study, SOLUTIONS, (Solution(id="map", name="map", kind="product"),), stamp)
    survey = make_survey(database, study, stamp, settings=QuestionnaireSettings(max_subjects=None), is_synthetic=True)
    take_answers(database, study, survey.id, answers_file(survey), stamp)
    step = survey.questionnaire.basis.steps[0]
    put_list(database, study, FEATURES, (Feature(id="watch", name="Watch face", subjects=(step.id,)),), stamp)
    return survey


def a_year_ago(served: Served) -> None:
    """Another study of the same job, whose survey was answered before."""
    stamp = Stamp.now(OWNER)
    study = keep_rich_study(served.database, stamp, name="a year ago").study
    served.let_in(study)
    approve_some(served.database, study, stamp)
    survey = make_survey(served.database, study, stamp, name="spring", day=date(2025, 5, 4))
    take_answers(served.database, study, survey.id, answers_file(survey), stamp)


def figure(page: Page, says: str) -> str:
    """What stands over a word in the figures of a survey."""
    return page.locator(".tally div").filter(has=page.get_by_text(says, exact=True)).locator("dd").inner_text()


def test_a_map_becomes_a_survey_and_its_answers_priorities(served: Served, kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    page = ana.page
    ana.open("studies", kept.study, "survey")
    expect(page.get_by_role("heading", name="Nothing is approved yet")).to_be_visible()
    approve_some(served.database, kept.study, Stamp.now(OWNER))
    page.reload()
    expect(page.get_by_text("4 steps and 2 needs are approved")).to_be_visible()

    page.get_by_role("button", name="Add a row").click()
    page.get_by_label("Name: new row").fill("map")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Name: map")).to_have_value("map")
    others = (Solution(id="clock", name="clock", kind="product"),)
    put_list(served.database, kept.study, SOLUTIONS, others, Stamp.now("rob"))
    page.get_by_label("Also said: map").fill("the map")
    page.get_by_role("button", name="Save", exact=True).click()
    both = page.get_by_role("dialog", name="Somebody else was faster")
    expect(both).to_contain_text("rob")
    expect(both.locator(".version").nth(0)).to_contain_text("the map")
    expect(both.locator(".version").nth(1)).to_contain_text("clock")
    both.get_by_role("button", name="Keep both").click()
    expect(page.get_by_label("Name: clock")).to_have_value("clock")
    assert [s.aliases for s in kept_list(served.database, kept.study, SOLUTIONS).listed] == [("the map",), ()]
    page.get_by_label("Name of the survey").fill("spring")
    page.get_by_label("Most steps and needs a person rates").fill("")
    page.get_by_label("Ask the most they would pay").check()
    page.get_by_role("button", name="Make a survey").click()
    expect(page.get_by_role("heading", name="spring")).to_be_focused()
    survey = show_survey(served.database, kept.study)
    questions = page.get_by_role("region", name="Block 1: 6 steps and needs")
    assert set(questions.locator("code").all_inner_texts()) == {q.id for q in survey.questionnaire.ratings}
    with page.expect_download() as download:
        page.get_by_role("link", name="Printable page").click()
    assert survey.questionnaire.title in Path(download.value.path()).read_text(encoding="utf-8")

    page.get_by_label("How many").fill("3")
    page.get_by_role("button", name="Make links").click()
    links = page.get_by_label("they are shown this once").input_value().split("\n")
    assert len(set(links)) == 3
    page.get_by_role("button", name="I have them").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    with served.client() as client:
        client.post(links[0].removeprefix(served.url), data={"screen": "yes", "act": "save"})
    page.reload()
    page.get_by_role("heading", name="spring").wait_for()
    assert [figure(page, says) for says in ("invited by link", "answered in part", "complete by link")] == [
        "3",
        "1",
        "0",
    ]

    page.get_by_role("link", name="Answers", exact=True).click()
    page.get_by_label("Choose a file").set_input_files([spoiled(survey)])
    bad = page.get_by_role("region", name="Cells that cannot be read").get_by_role("row")
    expect(bad.nth(1)).to_contain_text("3")
    expect(bad.nth(1)).to_contain_text("'9' is no rating")
    page.get_by_role("button", name=f"Change what {UNNAMED} is read as").click()
    page.get_by_role("combobox", name="Read as").fill(survey.questionnaire.ratings[0].id)
    page.keyboard.press("Enter")
    expect(page.get_by_text("columns left aside")).to_have_count(0)
    expect(page.get_by_role("button", name="Take 40 answers in")).to_be_disabled()
    page.get_by_role("checkbox", name="Leave this row out").check()
    page.get_by_role("button", name="Take 39 answers in").click()
    expect(page.get_by_text("39 of 39 respondents count.")).to_be_visible()
    page.get_by_role("checkbox", name="Leave out: duplicates").check()
    expect(page.get_by_text("38 of 39 respondents count.")).to_be_visible()
    expect(page.get_by_text("38 respondents: below the 180")).to_be_visible()

    page.get_by_role("link", name="To the priorities").click()
    expect(page.get_by_role("checkbox", name="duplicates (1)")).to_be_checked()
    roadmap = page.get_by_role("region", name="Roadmap")
    steps = survey.questionnaire.basis.steps
    expect(roadmap.locator("tbody tr")).to_have_count(len(steps))
    ranks = roadmap.locator(".rank")
    assert ranks.all_inner_texts() == ["1", "2", "3", "4"]
    first = roadmap.locator("tbody th button").first.inner_text()
    roadmap.get_by_role("button", name="Difficult").click()
    expect(roadmap.get_by_role("columnheader", name="Difficult")).to_have_attribute("aria-sort", "descending")
    difficult = [int(text.split()[0]) for text in roadmap.locator("tbody td:nth-child(4)").all_inner_texts()]
    assert difficult == sorted(difficult, reverse=True)
    step = next(step for step in steps if step.wording == first)
    roadmap.get_by_role("button", name=first).click()
    quotes = reviewed(served.database, kept.study).job_map.entry(step.id).statements
    expect(roadmap.locator(".quote")).not_to_have_count(0)
    assert roadmap.locator(".quote").count() >= len(quotes)
    landscape = page.get_by_role("region", name="Opportunity landscape").get_by_role("img")
    landscape.scroll_into_view_if_needed()
    expect(landscape).to_have_js_property("complete", True)
    assert landscape.evaluate("(image) => image.naturalWidth") > 0
    for form in ("SVG", "PNG", "CSV"):
        with page.expect_download() as saved:
            page.get_by_role("link", name=f"{form}: Opportunity landscape").click()
        assert Path(saved.value.path()).stat().st_size > 0

    page.get_by_role("tab", name="Features").click()
    page.get_by_role("button", name="Add a row").click()
    page.get_by_label("Feature: new row").fill("Watch face")
    page.get_by_role("button", name="Link… new row").click()
    page.get_by_role("dialog").get_by_label(first).check()
    page.get_by_role("button", name="Link these").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("region", name="Features").locator(".with-interval")).to_have_count(1)
    page.get_by_role("tab", name="Roadmap").click()
    expect(roadmap.get_by_role("row").filter(has_text=first).first).to_contain_text("Watch face")
    page.get_by_role("tab", name="Segments").click()
    expect(page.get_by_role("tabpanel").get_by_role("heading", level=3).first).to_have_text("No stable segments")
    page.get_by_role("combobox", name="Segments", exact=True).select_option("solution")
    heat = page.get_by_role("region", name="Steps by segment")
    cell = heat.get_by_role("button").first
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    given = page.get_by_role("region", name="Answers given").get_by_role("row", name="Difficulty")
    n = int(re.findall(r"of (\d+) find it difficult", cell.get_attribute("aria-label") or "")[0])
    assert sum(map(int, given.get_by_role("cell").all_inner_texts())) == n > 0
    page.get_by_role("tab", name="Worth").click()
    page.get_by_role("button", name="everybody").click()
    sums = page.get_by_role("region", name="Answers given").locator("tbody tr td").all_inner_texts()
    assert sum(map(int, sums)) == 38

    a_year_ago(served)
    page.get_by_role("tab", name="Stages and change").click()
    expect(page.get_by_text("There is no earlier survey")).to_be_visible()
    page.get_by_role("button", name="Compare with another study…").click()
    page.get_by_role("combobox", name="The other study").fill("a year ago")
    page.keyboard.press("Enter")
    look = page.get_by_role("dialog", name="What is the same")
    rows = look.locator("tbody tr")
    expect(rows).to_have_count(6)
    expect(rows.get_by_text("the same id")).to_have_count(6)
    rows.nth(0).get_by_role("checkbox").uncheck()
    look.get_by_role("button", name="Compare these").click()
    expect(page.get_by_text("The same: 5 (the same id)")).to_be_visible()
    expect(page.get_by_role("region", name="Effort by stage, survey by survey").last).to_contain_text("a year ago")
    page.get_by_role("button", name="Remove: a year ago: spring").click()
    expect(page.get_by_text("There is no earlier survey")).to_be_visible()


def test_a_reader_finds_priorities_by_keys_alone_and_is_offered_nothing_to_change(
    kept: Kept, served: Served, come: NewVisit
) -> None:
    approve_some(served.database, kept.study, Stamp.now(OWNER))
    rea = come("rea")
    page, keys = rea.page, rea.page.keyboard
    rea.open("studies", kept.study, "report")
    tab_to(page, page.get_by_role("link", name="Priorities"))
    keys.press("Enter")
    expect(page.get_by_text("Nobody was surveyed yet.").first).to_be_visible()
    tab_to(page, page.get_by_role("tab", name="Interviews"))
    heard = page.get_by_role("region", name="Interviews")
    tab_to(page, heard.get_by_role("button", name="Of trouble"))
    keys.press("Enter")
    expect(heard.get_by_role("columnheader", name="Of trouble")).to_have_attribute("aria-sort", "descending")
    step = heard.locator("tbody th button").first
    tab_to(page, step)
    keys.press("Enter")
    expect(step).to_have_attribute("aria-expanded", "true")
    expect(step).to_be_focused()
    expect(heard.locator(".quote").first).to_be_visible()
    tab_to(page, page.get_by_role("tab", name="Interviews"), "Shift+Tab")
    for name in ("Solutions", "Features"):
        keys.press("ArrowRight")
        expect(page.get_by_role("tab", name=name)).to_be_focused()
        expect(page.get_by_text("Nothing listed yet." if name == "Solutions" else "No features yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    put_list(
        served.database, kept.study, SOLUTIONS, (Solution(id="map", name="map", kind="product"),), Stamp.now(OWNER)
    )
    page.reload()
    tab_to(page, page.get_by_role("tab", name="Features"))
    keys.press("ArrowLeft")
    heat = page.get_by_role("region", name="Steps by solutions named in interviews").get_by_role("button")
    tab_to(page, heat.first)
    if heat.count() > 1:
        keys.press("ArrowDown")
        expect(heat.nth(1)).to_be_focused()
    keys.press("Enter")
    expect(page.locator(".drawer .quote").first).to_contain_text("map")
    for section in ("survey", "answers"):
        rea.open("studies", kept.study, section)
        expect(page.get_by_text("There is no survey yet").first).to_be_visible()
        expect(page.locator("main").get_by_role("button")).to_have_count(0)


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Go on by the keyboard until the target has the focus."""
    target.wait_for()
    for _ in range(60):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{target} is out of reach of {key}")
