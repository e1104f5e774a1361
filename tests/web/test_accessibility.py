"""No screen keeps anybody out: axe finds nothing, wide and narrow, light and dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.api.served import Served
from tests.stored import Kept
from tests.web.browsing import Visit
from tests.web.conftest import NewVisit
from tests.web.test_priorities import asked_and_answered, spoiled

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SECTIONS = (
    *("overview", "board", "queue", "transcripts", "needs", "insight", "rules", "report"),
    *("survey", "answers", "priorities", "settings"),
)
NARROW = 390
WIDE_AND_NARROW = pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (NARROW, "light")])


def findings(visit: Visit) -> list[str]:
    """What axe finds on the page as it is now, one line a violation."""
    if not visit.page.evaluate("'axe' in window"):
        visit.page.evaluate(AXE)
    found: list[dict[str, Any]] = visit.page.evaluate(
        "axe.run({resultTypes: ['violations']}).then((found) => found.violations)"
    )
    return [f"{one['id']}: {json.dumps([node['target'] for node in one['nodes']])}" for one in found]


@WIDE_AND_NARROW
def test_axe_finds_nothing_on_any_screen(kept: Kept, come: NewVisit, width: int, scheme: str) -> None:
    someone = come(width=width, scheme=scheme, bypass_csp=True)
    page = someone.page
    page.goto(someone.url)
    page.get_by_label("Password").wait_for()
    found = {"sign in": findings(someone)}
    someone.sign_in("odo")
    someone.refused.clear()
    found["studies"] = findings(someone)
    for section in SECTIONS:
        someone.open("studies", kept.study, section)
        page.locator(f".{section}-screen").wait_for()
        expect(page.get_by_text("Loading…")).to_have_count(0)
        found[section] = findings(someone)
    someone.open("studies", kept.study, "transcripts", kept.transcripts["ana-commuter"])
    page.locator(".turn mark").first.click()
    found["transcript"] = findings(someone)
    someone.open("studies", kept.study, "board")
    page.locator(".card h3").first.click()
    page.locator(".panel .quote").first.wait_for()
    found["step"] = findings(someone)
    for key in ("m", "s", "n", "?"):
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()
        found[f"dialog of {key}"] = findings(someone)
        page.keyboard.press("Escape")
    assert {place: lines for place, lines in found.items() if lines} == {}
    assert someone.refused == []


@WIDE_AND_NARROW
def test_axe_finds_nothing_where_needs_become_priorities(
    kept: Kept, served: Served, come: NewVisit, width: int, scheme: str
) -> None:
    survey = asked_and_answered(served.database, kept.study)
    someone = come("ana", width=width, scheme=scheme, bypass_csp=True)
    page = someone.page
    found = {}
    someone.open("studies", kept.study, "survey")
    page.get_by_role("button", name="New survey").click()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    found["survey"] = findings(someone)
    someone.open("studies", kept.study, "answers")
    page.get_by_text("40 of 40 respondents count.").wait_for()
    page.get_by_label("Choose a file").set_input_files([spoiled(survey)])
    page.get_by_role("button", name="Not this file").wait_for()
    found["answers"] = findings(someone)
    page.get_by_role("link", name="To the priorities").click()
    page.get_by_role("tab").first.wait_for()
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.get_by_role("tabpanel", name=tab.inner_text(), exact=True).wait_for()
        for opens in page.locator(".opens").all()[:1]:
            opens.click()
            page.locator(".opened :is(.quote, .behind)").first.wait_for()
        expect(page.get_by_text("Loading…")).to_have_count(0)
        if width > NARROW or tab.inner_text() in ("Roadmap", "Solutions"):
            found[tab.inner_text()] = findings(someone)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab.inner_text()
    assert {place: lines for place, lines in found.items() if lines} == {}
