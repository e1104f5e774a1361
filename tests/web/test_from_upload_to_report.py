"""A study from its first file to the report, as a new analyst goes through it; and interviews that mean harm."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import FilePayload, expect

from api.store import people, runs, studies
from api.store.database import Database, Stamp
from api.store.runs import RunState
from api.web import FOLDER
from jtbd_nlp.domain import Analysis
from tests.api.served import OWNER, PASSWORD, Served
from tests.stored import Kept, rich_for_store
from tests.web.conftest import NewVisit
from tests.web.test_board import LEAVE, card, settled

# Whether a module came over the network, and not from what the browser keeps.
WAS_FETCHED = """(name) => performance.getEntriesByType("resource").some(
    (entry) => entry.name.endsWith(`/js/${name}`) && entry.transferSize > 0)"""


def as_files(analysis: Analysis) -> list[FilePayload]:
    """The interviews of an analysis as files to choose."""
    return [
        {"name": f"{t.id}.json", "mimeType": "application/json", "buffer": t.canonical_bytes()}
        for t in analysis.transcripts
    ]


def finish_run(database: Database, study: str, analysis: Analysis) -> None:
    """Do what a worker does, without the engine: the open run of a study is done, and this is what it found."""
    stamp = Stamp.now(OWNER)
    with database.writing() as session:
        study_id = studies.find(session, study).id
        run = runs.of_study(session, study_id)[-1]
        runs.move(session, run.id, RunState.RUNNING, stamp)
        found = replace(analysis, study=studies.get(session, study_id).study)
        runs.keep(session, run.id, found, stamp)


def test_a_first_study_goes_from_files_to_a_report(served: Served, come: NewVisit) -> None:
    analysis = rich_for_store()
    with served.database.writing() as session:
        people.add(session, "nia", Stamp.now(OWNER), may_create=True)
    nia = come("nia")
    page = nia.page
    nia.open("studies")
    page.get_by_label("Name of the study").fill("Commute")
    page.get_by_label("The job").fill(analysis.study.job)
    page.get_by_label("Who gets it done").fill(analysis.study.executor)
    page.get_by_role("button", name="Create the study").click()

    scan: FilePayload = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 broken"}
    page.get_by_label("Choose files").set_input_files([*as_files(analysis), scan])
    uploads = page.get_by_role("list", name="Files on their way")
    expect(uploads.get_by_text("1 interview added")).to_have_count(len(analysis.transcripts))
    expect(uploads.get_by_role("listitem").filter(has_text="scan.pdf").locator(".fault")).not_to_be_empty()
    expect(page.get_by_label("Role of Moderator").first).to_have_value("interviewer")

    page.get_by_role("button", name="Start a run").click()
    expect(page.locator(".running")).to_be_visible()
    finish_run(served.database, "Commute", analysis)
    expect(page.get_by_text("The run is done")).to_be_visible()

    page.get_by_role("link", name="Board", exact=True).click()
    card(page, LEAVE).focus()
    page.keyboard.press("a")
    settled(page)
    page.get_by_role("link", name="Needs").click()
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_role("region", name="Selected ones").get_by_role("button", name="Approve").click()
    settled(page)

    page.get_by_role("link", name="Report").click()
    report = page.get_by_role("article")
    expect(report.get_by_role("heading", name=LEAVE)).to_be_visible()
    expect(report.get_by_text("figure out what time I need to leave", exact=True)).to_be_visible()
    expect(report.get_by_text("minimize the likelihood of missing a connection")).to_be_visible()
    expect(report.get_by_role("heading", name="load the vehicle")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert [step["phrase"] for step in saved["steps"]] == [LEAVE]


def test_a_study_is_reviewed_from_sign_in_to_report_by_keys_alone(kept: Kept, come: NewVisit) -> None:
    ana = come()
    page, keys = ana.page, ana.page.keyboard
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path.partition("/js/")[2]))
    page.goto(ana.url)
    expect(page.get_by_label("Name")).to_be_focused()
    assert {path.relative_to(FOLDER / "js").as_posix() for path in FOLDER.glob("js/**/*.js")} <= set(asked)
    asked.clear()
    page.reload()
    expect(page.get_by_label("Name")).to_be_focused()
    assert [name for name in asked if name and page.evaluate(WAS_FETCHED, name)] == []
    keys.type("ana")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    study = page.locator(f"a[href*='{kept.study}']")
    study.wait_for()
    for _ in range(100):
        keys.press("Tab")
        if study.evaluate("(link) => link === document.activeElement"):
            break
    keys.press("Enter")
    expect(card(page, LEAVE)).to_be_visible()
    keys.press("j")
    keys.press("k")
    keys.press("a")
    keys.press("Enter")
    expect(page.get_by_role("complementary", name="Open step")).to_be_visible()
    keys.press("Escape")
    expect(card(page, LEAVE)).to_be_focused()
    settled(page)
    link = page.get_by_role("link", name="Report")
    for _ in range(30):
        keys.press("Shift+Tab")
        if link.evaluate("(link) => link === document.activeElement"):
            break
    keys.press("Enter")
    expect(page.get_by_role("article").get_by_role("heading", name=LEAVE)).to_be_visible()
    expect(page.locator(".quote").first).to_be_visible()
    page.get_by_label("With quotes").press("Space")
    expect(page.locator(".quote")).to_have_count(0)
    expect(page.get_by_label("With quotes")).to_be_focused()


def test_hostile_words_stay_words_on_every_screen(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    for section in ("board", "needs", "queue", "insight", "report", "overview"):
        ana.open("studies", kept.study, section)
        ana.page.locator(f".{section}-screen :is(h1, h2)").first.wait_for()
        assert ana.page.locator("main script, main img, main b").count() == 0, section


def test_a_hostile_interview_is_shown_as_it_was_said(served: Served, come: NewVisit) -> None:
    study = served.study("hostile")
    long = "a" * 990_000  # a line may have a million characters
    text = f"Moderator: <b>How?</b>\n\nEve<img src=x onerror=alert(1)>: <script>alert(1)</script> \u202eevil {long}\n"
    ana = come("ana")
    page = ana.page
    ana.open("studies", study, "overview")
    talk: FilePayload = {
        "name": "<script>alert(2)<\u2215script>.txt",
        "mimeType": "text/plain",
        "buffer": text.encode(),
    }
    page.get_by_label("Choose files").set_input_files([talk])
    expect(page.get_by_text("1 interview added")).to_be_visible()
    page.get_by_role("table").first.get_by_role("link").first.click()
    turn = page.locator(".turn-text").last
    expect(turn).to_contain_text("<script>alert(1)</script> \ufffdevil")
    assert page.locator("main script, main img, main b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
