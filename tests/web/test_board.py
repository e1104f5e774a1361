"""The board in a browser on the real server: deciding by pointer and by keys."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.api.served import PASSWORD
from tests.stored import Kept
from tests.web.conftest import NewVisit

LEAVE = "determine the departure time"
ROUTE = "plan the route and its alternatives"
TRAVEL = "travel to the destination"
LOAD = "load the vehicle"
PROGRESS = "check progress against the time"


def card(page: Page, phrase: str) -> Locator:
    """The card of the step that reads so."""
    return page.locator(".card").filter(has=page.get_by_role("heading", name=phrase, exact=True))


def lane(page: Page, stage: str) -> Locator:
    """A stage's column."""
    return page.get_by_role("region", name=re.compile(stage))


def settled(page: Page) -> None:
    """Wait until every act was answered and nothing is pending."""
    expect(page.locator(".card.pending")).to_have_count(0)
    page.wait_for_function("() => Object.keys(localStorage).every((key) => !key.startsWith('jtbd.outbox'))")


def test_steps_are_approved_edited_moved_merged_and_split_by_pointer(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    page = ana.page
    ana.open("studies", kept.study, "board")

    expect(card(page, LEAVE).locator(".dots .said").first).to_be_visible()
    card(page, LEAVE).get_by_role("heading").click()
    side = page.get_by_role("complementary", name="Open step")
    expect(side.get_by_text("figure out what time I need to leave", exact=True)).to_be_visible()
    side.get_by_role("heading", name="Similar steps").scroll_into_view_if_needed()
    expect(side.locator(".similar li")).to_have_count(5)
    side.get_by_role("button", name="Approve").first.click()
    expect(card(page, LEAVE)).to_have_attribute("data-state", "approved")

    side.get_by_role("button", name="Edit").first.click()
    offered = side.get_by_role("group", name="Or, from its quotes:").get_by_role("button").first
    expect(offered).to_be_visible()
    name = offered.inner_text()
    offered.click()
    expect(side.get_by_role("heading", name=name)).to_be_visible()
    settled(page)
    side.get_by_role("button", name="Edit").first.click()
    written = side.get_by_role("group", name="Or, written by the program:").get_by_role("button").first
    expect(written).to_be_visible(timeout=60_000)  # the model is loaded first
    page.get_by_label("Phrase").fill("work out when to leave")
    page.keyboard.press("Enter")
    expect(card(page, "work out when to leave")).to_have_attribute("data-state", "edited")
    settled(page)

    side.get_by_role("button", name="Split").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What the new step says").fill("look up the travel time")
    dialog.get_by_label("Take the quote: look up how long the drive takes at that hour").check()
    dialog.get_by_role("button", name="Split").click()
    expect(card(page, "look up the travel time")).to_be_visible()
    settled(page)

    expect(card(page, ROUTE)).to_contain_text("0 needs1 quote may tell one")
    card(page, ROUTE).get_by_role("heading").click()
    side.get_by_text("1 quote that may tell a need").click()
    side.get_by_role("button", name="Set aside it has saved me more than once").click()
    expect(side.get_by_text("may tell a need")).to_have_count(0)
    settled(page)
    page.keyboard.press("u")
    expect(card(page, ROUTE)).to_contain_text("0 needs1 quote may tell one")
    settled(page)
    side.get_by_role("button", name="Write a need from it… it has saved me more than once").click()
    expect(dialog.get_by_label("Take the quote: it has saved me more than once")).to_be_checked()
    expect(dialog.get_by_label("Need", exact=True)).to_have_value("minimize the number of times")
    dialog.get_by_text("Begin otherwise").click()
    dialog.get_by_role("button", name="increase the quality of").click()
    expect(dialog.get_by_label("Need", exact=True)).to_have_value("increase the quality of times")
    offered = dialog.get_by_role("group", name="Or, written by the program:").get_by_role("button").first
    expect(offered).to_be_visible(timeout=60_000)  # the model may be loaded first
    wording = offered.inner_text()
    offered.click()
    expect(dialog.get_by_label("Need", exact=True)).to_have_value(wording)
    dialog.get_by_label("Need", exact=True).fill("minimize the likelihood of losing the way")
    dialog.get_by_role("button", name="Add need").click()
    expect(side.get_by_text("minimize the likelihood of losing the way")).to_be_visible()
    expect(side.get_by_text("may tell a need")).to_have_count(0)
    settled(page)
    side.get_by_role("button", name="Close").click()

    card(page, LOAD).drag_to(lane(page, "Revise").get_by_role("heading", name=re.compile("Revise")))
    expect(lane(page, "Revise").get_by_role("heading", name=LOAD)).to_be_visible()
    settled(page)
    card(page, PROGRESS).drag_to(card(page, ROUTE))
    expect(card(page, PROGRESS)).to_have_count(0)
    settled(page)

    page.reload()
    expect(card(page, "work out when to leave")).to_be_visible()
    expect(lane(page, "Revise").get_by_role("heading", name=LOAD)).to_be_visible()
    expect(card(page, PROGRESS)).to_have_count(0)


def test_steps_are_approved_edited_moved_merged_split_and_taken_back_by_keys_alone(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    page = ana.page
    ana.open("studies", kept.study, "board")
    expect(page.locator(".card")).to_have_count(7)
    keys = page.keyboard

    keys.press("j")
    keys.press("k")
    expect(card(page, LEAVE)).to_be_focused()
    keys.press("a")
    expect(card(page, LEAVE)).to_have_attribute("data-state", "approved")
    settled(page)

    keys.press("e")
    keys.type("work out when to leave")
    keys.press("Enter")
    expect(card(page, "work out when to leave")).to_be_focused()
    settled(page)

    keys.press("s")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.type("look up the travel time")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox")).to_have_count(5 + 2)
    while not dialog.get_by_label("Take the quote: look up how long").evaluate(
        "(box) => box === document.activeElement"
    ):
        keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    expect(card(page, "look up the travel time")).to_be_visible()
    settled(page)

    keys.press("u")
    expect(card(page, "look up the travel time")).to_have_count(0)
    settled(page)

    keys.press("j")
    expect(card(page, ROUTE)).to_be_focused()
    keys.press("5")
    expect(lane(page, "Revise").get_by_role("heading", name=ROUTE)).to_be_visible()
    settled(page)

    with page.expect_response("**/job-steps?*"):
        keys.press("m")
    alike = page.get_by_role("option").locator("span")
    expect(alike.first).to_have_text(TRAVEL)
    keys.type("destination travel")
    keys.press("Enter")
    expect(card(page, ROUTE)).to_have_count(0)
    settled(page)

    keys.press("u")
    expect(card(page, ROUTE)).to_be_visible()
    settled(page)
    page.reload()
    expect(card(page, ROUTE)).to_be_visible()
    expect(card(page, "work out when to leave")).to_have_attribute("data-state", "edited")


def test_selected_and_visible_steps_are_approved_together(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    page = ana.page
    ana.open("studies", kept.study, "board")
    for phrase in (LEAVE, LOAD, TRAVEL):
        card(page, phrase).get_by_role("checkbox").check()
    page.get_by_role("searchbox").fill("t")
    page.get_by_role("searchbox").fill("departure")
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_role("region", name="Selected ones").get_by_role("button", name="Approve").click()
    page.get_by_role("searchbox").fill("")
    expect(card(page, LEAVE)).to_have_attribute("data-state", "approved")
    expect(card(page, LOAD)).to_have_attribute("data-state", "suggested")
    settled(page)


def test_what_was_done_to_many_is_taken_back_at_once(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    page = ana.page
    ana.open("studies", kept.study, "board")
    for phrase in (LEAVE, LOAD, TRAVEL):
        card(page, phrase).get_by_role("checkbox").check()
    page.get_by_role("region", name="Selected ones").get_by_role("button", name="Approve").click()
    settled(page)
    page.get_by_role("button", name="Undo all").click()
    for phrase in (LEAVE, LOAD, TRAVEL):
        expect(card(page, phrase)).to_have_attribute("data-state", "suggested")
    settled(page)
    page.reload()
    for phrase in (LEAVE, LOAD, TRAVEL):
        expect(card(page, phrase)).to_have_attribute("data-state", "suggested")


def test_acts_wait_for_a_lost_connection_and_survive_reloading(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    page = ana.page
    ana.open("studies", kept.study, "board")
    expect(page.locator(".card")).to_have_count(7)
    page.route("**/decisions?*", lambda route: route.abort())
    card(page, LEAVE).focus()
    page.keyboard.press("a")
    page.keyboard.press("2")
    expect(page.get_by_text("No connection. 2 acts kept in this browser")).to_be_visible()
    expect(lane(page, "Plan").get_by_role("heading", name=LEAVE)).to_be_visible()
    page.reload()
    expect(lane(page, "Plan").get_by_role("heading", name=LEAVE)).to_be_visible()
    page.unroute("**/decisions?*")
    settled(page)
    expect(page.get_by_text("No connection")).to_be_hidden()
    page.reload()
    expect(lane(page, "Plan").get_by_role("heading", name=LEAVE)).to_be_visible()
    expect(card(page, LEAVE)).to_have_attribute("data-state", "approved")


def test_an_act_after_the_session_ended_is_sent_once_one_is_signed_in_again(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    page = ana.page
    ana.open("studies", kept.study, "board")
    expect(page.locator(".card")).to_have_count(7)
    ana.context.clear_cookies()
    card(page, LEAVE).focus()
    page.keyboard.press("a")
    page.get_by_label("Password").wait_for()
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(card(page, LEAVE)).to_have_attribute("data-state", "approved")
    settled(page)
    page.reload()
    expect(card(page, LEAVE)).to_have_attribute("data-state", "approved")
