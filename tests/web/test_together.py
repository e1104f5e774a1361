"""Several people at one map: changes come by themselves, conflicts show both versions, blind reviews stay blind."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from api.store import runs
from api.store.database import Stamp
from tests.api.served import OWNER, Served
from tests.stored import Kept
from tests.web.conftest import NewVisit
from tests.web.test_board import LEAVE, TRAVEL, card, settled

SOON_S = 2


def test_what_one_changes_the_other_sees_within_two_seconds(kept: Kept, come: NewVisit) -> None:
    ana, rev = come("ana"), come("rev")
    for one in (ana, rev):
        one.open("studies", kept.study, "board")
        expect(card(one.page, LEAVE)).to_be_visible()
    card(ana.page, LEAVE).focus()
    ana.page.keyboard.press("a")
    settled(ana.page)
    decided = time.monotonic()
    expect(card(rev.page, LEAVE)).to_have_attribute("data-state", "approved")
    assert time.monotonic() - decided < SOON_S
    expect(rev.page.get_by_text("Somebody else changed 1 step or need just now.")).to_be_visible()


def test_a_run_that_somebody_starts_is_told_of_and_moves_no_card(kept: Kept, come: NewVisit, served: Served) -> None:
    ana = come("ana")
    ana.open("studies", kept.study, "board")
    expect(card(ana.page, LEAVE)).to_be_visible()
    before = card(ana.page, LEAVE).bounding_box()
    with served.database.writing() as session:
        runs.queue(session, kept.study, {}, Stamp.now(OWNER))
    expect(ana.page.get_by_text("A run waits")).to_be_visible()
    assert card(ana.page, LEAVE).bounding_box() == before


def test_a_conflict_shows_both_versions_and_loses_neither(kept: Kept, come: NewVisit) -> None:
    ana, rev = come("ana"), come("rev")
    for one in (ana, rev):
        one.open("studies", kept.study, "board")
        expect(card(one.page, LEAVE)).to_be_visible()
    # What Rev's page is told comes late, as on a slow line.
    rev.page.route("**/job-map", lambda route: route.abort())
    card(ana.page, LEAVE).focus()
    ana.page.keyboard.press("e")
    ana.page.keyboard.type("decide when to leave")
    ana.page.keyboard.press("Enter")
    settled(ana.page)
    card(rev.page, LEAVE).focus()
    rev.page.keyboard.press("e")
    rev.page.keyboard.type("plan the departure")
    rev.page.keyboard.press("Enter")
    rev.page.unroute("**/job-map")

    dialog = rev.page.get_by_role("dialog", name="Somebody else was faster")
    expect(dialog).to_contain_text("plan the departure")
    expect(dialog).to_contain_text("decide when to leave")
    dialog.get_by_role("button", name="Do mine after all").click()
    expect(card(rev.page, "plan the departure")).to_be_visible()
    expect(card(ana.page, "plan the departure")).to_be_visible()


def test_a_blind_review_shows_nobody_the_others_until_it_is_revealed_and_settled(kept: Kept, come: NewVisit) -> None:
    ana, rev = come("ana"), come("rev")
    ana.open("studies", kept.study, "queue")
    ana.page.get_by_role("button", name="Review blind").click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Review blind").click()
    expect(ana.page.get_by_text("Blind: you see your own decisions only")).to_be_visible()

    ana.open("studies", kept.study, "board")
    card(ana.page, LEAVE).focus()
    ana.page.keyboard.press("a")
    settled(ana.page)
    rev.open("studies", kept.study, "board")
    expect(card(rev.page, LEAVE)).to_have_attribute("data-state", "suggested")
    card(rev.page, LEAVE).focus()
    rev.page.keyboard.press("r")
    expect(card(rev.page, LEAVE)).to_have_count(0)
    card(rev.page, TRAVEL).focus()
    rev.page.keyboard.press("a")
    settled(rev.page)
    rev.open("studies", kept.study, "queue")
    expect(rev.page.get_by_text("Blind: you see your own decisions only")).to_be_visible()
    expect(rev.page.get_by_role("button", name="Reveal")).to_have_count(0)
    ana.page.reload()
    expect(card(ana.page, TRAVEL)).to_have_attribute("data-state", "suggested")

    ana.open("studies", kept.study, "queue")
    ana.page.get_by_role("button", name="Reveal").click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Reveal").click()
    for one in (ana, rev):
        one.page.get_by_role("button", name="Settle what differs (2)").click()
        expect(one.page.get_by_role("heading", name=LEAVE)).to_be_visible()
        for says in ("ana", "approved", "rev", "rejected"):
            expect(one.page.locator(".versions")).to_contain_text(says)
    ana.open("studies", kept.study, "insight")
    expect(ana.page.get_by_text("1 step on which they differ")).to_be_visible()
    ana.page.get_by_role("link", name="Settle what differs").click()
    for phrase in (LEAVE, TRAVEL):
        expect(ana.page.get_by_role("heading", name=phrase)).to_be_visible()
        ana.page.get_by_role("button", name="Do as rev did").click()
    for one in (ana, rev):
        expect(one.page.get_by_text("There is nothing left to decide here.")).to_be_visible()
        one.open("studies", kept.study, "board")
        expect(card(one.page, TRAVEL)).to_have_attribute("data-state", "approved")
        expect(card(one.page, LEAVE)).to_have_count(0)
        assert one.refused == []
