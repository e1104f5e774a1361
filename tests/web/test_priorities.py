"""From approved needs to priorities in the page: a survey is made and handed out, and its answers are taken in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from api.services.surveys import show_survey
from api.store.database import Stamp
from api.store.surveys import StoredSurvey
from tests.api.served import OWNER, Served
from tests.api.services.test_surveys import answers_file, approve_some
from tests.stored import Kept
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


def figure(page: Page, says: str) -> str:
    """What stands over a word in the figures of a survey."""
    return (
        page.locator(".survey-one .loss div").filter(has=page.get_by_text(says, exact=True)).locator("dd").inner_text()
    )


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
    page.get_by_label("Name of the survey").fill("spring")
    page.get_by_label("Most steps and needs a person rates").fill("")
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
