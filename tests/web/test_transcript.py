"""An interview in a browser: words that are selected become evidence, and quotes are a step away from each other."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from api.services.reviews import decision_log
from tests.api.served import Served
from tests.stored import Kept
from tests.web.conftest import NewVisit
from tests.web.test_board import LEAVE, card, settled


def test_words_chosen_by_keys_become_a_step_with_that_very_quote(kept: Kept, come: NewVisit, served: Served) -> None:
    ana = come("ana")
    page, keys = ana.page, ana.page.keyboard
    ana.open("studies", kept.study, "transcripts", kept.transcripts["ana-commuter"])
    page.get_by_role("button", name=re.compile("Choose words of turn 3")).press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    for _ in range(len("Oh, I ")):
        keys.press("ArrowRight")
    for _ in range(len("sit down the evening before")):
        keys.press("Shift+ArrowRight")
    keys.press("Tab")
    dialog.get_by_role("button", name="New step").press("Enter")
    expect(page.get_by_label("Phrase")).to_be_focused()
    keys.type("prepare the evening before")
    keys.press("Enter")
    expect(page.get_by_text("Added the step")).to_be_visible()
    settled(page)
    ana.open("studies", kept.study, "board")
    card(page, "prepare the evening before").get_by_role("heading").click()
    expect(page.locator(".panel .quote mark").first).to_have_text("sit down the evening before")


def test_selecting_words_with_the_pointer_offers_to_make_evidence_of_them(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    page = ana.page
    ana.open("studies", kept.study, "transcripts", kept.transcripts["ana-commuter"])
    page.locator("#turn-5 .turn-text").wait_for()
    page.evaluate(
        """() => {
            const text = document.querySelector("#turn-5 .turn-text").lastChild;
            getSelection().setBaseAndExtent(text, 0, text, text.length);
        }"""
    )
    page.get_by_role("toolbar", name="Selected words").get_by_role("button", name="New need").click()
    page.get_by_label("Need", exact=True).fill("increase the certainty of arriving in time")
    page.get_by_label("Measures").select_option(label=LEAVE)
    page.get_by_role("button", name="Add need").click()
    settled(page)
    ana.open("studies", kept.study, "board")
    card(page, LEAVE).get_by_role("heading").click()
    needs = page.get_by_role("complementary").locator(".need")
    expect(needs.filter(has_text="increase the certainty of arriving in time")).to_be_visible()


def test_words_given_to_a_step_are_one_decision_to_take_back(kept: Kept, come: NewVisit, served: Served) -> None:
    ana = come("ana")
    page, keys = ana.page, ana.page.keyboard
    ana.open("studies", kept.study, "transcripts", kept.transcripts["ana-commuter"])
    page.locator("#turn-3 .turn-text").wait_for()
    page.evaluate(
        """() => {
            const text = document.querySelector("#turn-3 .turn-text").firstChild;
            getSelection().setBaseAndExtent(text, 0, text, 2);
        }"""
    )
    page.get_by_role("toolbar", name="Selected words").get_by_role("button", name="Add to a step").click()
    page.get_by_role("combobox", name="Step").fill(LEAVE)
    keys.press("Enter")
    expect(page.get_by_text("The quote now backs")).to_be_visible()
    settled(page)
    ana.open("studies", kept.study, "board")
    expect(page.locator(".card")).to_have_count(7)
    card(page, LEAVE).get_by_role("heading").click()
    quotes = page.get_by_role("complementary").get_by_role("heading", name=re.compile("What people said"))
    expect(quotes).to_have_text("What people said (6)")
    assert [one.kind for one in decision_log(served.database, kept.study)] == ["add_evidence"]
    keys.press("u")
    expect(quotes).to_have_text("What people said (5)")
    settled(page)
    page.reload()
    expect(page.locator(".card")).to_have_count(7)
    expect(quotes).to_have_text("What people said (5)")


def test_quotes_of_a_step_are_walked_through_across_interviews(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    page = ana.page
    ana.open("studies", kept.study, "board")
    card(page, LEAVE).get_by_role("heading").click()
    page.locator(".panel .quote a").first.click()
    expect(page.get_by_text("quote 1 of 5")).to_be_visible()
    page.keyboard.press("]")
    expect(page.get_by_text("quote 2 of 5")).to_be_visible()
    expect(page.locator("mark.looked-at")).to_have_count(1)
