"""What stands around the map in a browser: names that are replaced, people, keys, rules, rights."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import FilePayload, expect

from api.services import pseudonyms
from tests.api.served import Served
from tests.api.services.test_pseudonyms import Finder
from tests.stored import Kept
from tests.web.conftest import NewVisit
from tests.web.test_accessibility import findings
from tests.web.test_board import LEAVE, LOAD, PROGRESS, TRAVEL, card, settled

# What only reviewers, analysts and owners are offered.
DECIDING = re.compile(
    "^(Approve|Reject|Edit|Merge|Split|Move|Add|Comment|Give|Write|Undo|Choose words|Set aside|Review blind|Remove|New"
    "|Delete|Forget)"
)
TALK = "Moderator: How do you begin, Zygmunt?\n\nZygmunt: I phone the harbour.\n\nModerator: And?\n\nZygmunt: I walk.\n"


def test_names_are_replaced_from_the_first_interview_on_and_looked_over_with_the_key(
    served: Served, come: NewVisit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pseudonyms, "shared_recogniser", Finder)
    study = served.study("sealed")
    odo = come("odo", bypass_csp=True)
    page, dialog = odo.page, odo.page.get_by_role("dialog")
    odo.open("studies", study, "overview")
    page.get_by_role("button", name="Replace names").click()
    dialog.get_by_role("button", name="Replace names").click()
    key = dialog.get_by_label("Copy it now").input_value()
    dialog.get_by_role("button", name="Close").click()
    talk: FilePayload = {"name": "talk.txt", "mimeType": "text/plain", "buffer": TALK.encode()}
    page.get_by_label("Choose files").set_input_files([talk])
    expect(page.get_by_text("1 interview added")).to_be_visible()
    names = page.get_by_role("region", name="Pseudonyms")
    expect(names.get_by_role("row").filter(has_text="Zygmunt")).to_contain_text("P1")

    page.reload()
    expect(names.get_by_text("sealed by the key").first).to_be_visible()
    expect(names).not_to_contain_text("Zygmunt")
    page.get_by_role("button", name="Show the names").click()
    dialog.get_by_label("Key of the study").fill("jtbdstudy_" + "A" * 43)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    dialog.get_by_label("Key of the study").fill(key)
    page.keyboard.press("Enter")
    expect(names.get_by_role("row").filter(has_text="Zygmunt")).to_contain_text("P1")

    page.get_by_role("button", name="Add a missed name").click()
    dialog.get_by_label("Name, as it is said").fill("harbour")
    dialog.get_by_label("Kind").select_option("place")
    page.keyboard.press("Enter")
    row = names.get_by_role("row").filter(has_text="harbour")
    expect(row).to_contain_text("Place 1")
    assert findings(odo) == []
    row.get_by_role("button", name="No name").click()
    dialog.get_by_role("button", name="No name").click()
    expect(row).to_have_count(0)


def test_another_provider_is_offered_where_the_server_has_one(come: NewVisit) -> None:
    someone = come()
    ways = {"has_owner": True, "provider": {"name": "Harbour", "url": "/v1/oidc/start"}}
    someone.page.route("**/v1/sign-in", lambda route: route.fulfill(body=json.dumps(ways), content_type="text/json"))
    someone.page.goto(someone.url)
    button = someone.page.get_by_role("link", name="Sign in with Harbour")
    expect(button).to_have_attribute("href", "/v1/oidc/start")


def test_keys_are_shown_once_and_what_is_refused_stays_to_be_mended(kept: Kept, come: NewVisit) -> None:
    odo = come("odo")
    page, dialog = odo.page, odo.page.get_by_role("dialog")
    odo.open("studies", kept.study, "settings")
    page.get_by_role("button", name="New key").click()
    dialog.get_by_label("What it is for").fill("our wiki")
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Copy it now")).to_have_value(re.compile("^jtbd_"))
    dialog.get_by_role("button", name="Close").click()
    row = page.get_by_role("row").filter(has_text="our wiki")
    row.get_by_role("button", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(row).to_contain_text("removed")

    page.get_by_role("button", name="New webhook").click()
    dialog.get_by_label("Address").fill("http://localhost/hook")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("https")
    expect(dialog.get_by_label("Address")).to_have_value("http://localhost/hook")
    page.keyboard.press("Escape")

    page.get_by_label("Role of rev").select_option("analyst")
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Add a member").click()
    dialog.get_by_label("Name", exact=True).fill("sam")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Role of sam")).to_have_value("reviewer")
    expect(page.get_by_label("Role of rev")).to_have_value("analyst")


def test_people_are_described_from_a_spreadsheet_and_forgotten_after_two_questions(kept: Kept, come: NewVisit) -> None:
    odo = come("odo")
    page, dialog = odo.page, odo.page.get_by_role("dialog")
    odo.open("studies", kept.study, "board")
    card(page, LEAVE).focus()
    page.keyboard.press("a")
    settled(page)
    odo.open("studies", kept.study, "overview")
    people = page.get_by_role("region", name="Participants")
    first = people.get_by_role("rowheader").first
    name = first.locator("bdi").first.inner_text()
    page.get_by_role("button", name="Paste from a spreadsheet").click()
    dialog.get_by_label("Rows").fill(f"participant\tcity\tage\n{name}\tBrno\t41\nnobody\tOslo\t39")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 participant described. Left out: nobody (no participant of this study)")).to_be_visible()
    expect(people.get_by_label(f"city, {name}")).to_have_value("Brno")
    expect(people.get_by_label(f"age, {name}")).to_have_value("41")

    people.get_by_role("button", name=f"Forget {name}").click()
    expect(dialog).to_contain_text("statements of this person")
    dialog.get_by_role("button", name="Go on").click()
    dialog.get_by_role("textbox").fill("somebody else")
    dialog.get_by_role("button", name="Forget").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("textbox").fill(name)
    dialog.get_by_role("button", name="Forget").click()
    expect(people.get_by_role("button", name=f"Forget {name}")).to_have_count(0)


def test_what_was_learned_is_shown_and_can_be_removed(kept: Kept, come: NewVisit) -> None:
    odo = come("odo")
    page = odo.page
    odo.open("studies", kept.study, "board")
    card(page, LOAD).focus()
    page.keyboard.press("r")
    card(page, PROGRESS).focus()
    page.keyboard.press("m")
    page.get_by_role("dialog").get_by_role("combobox").fill(TRAVEL)
    page.keyboard.press("Enter")
    settled(page)
    odo.open("studies", kept.study, "rules")
    rules = page.locator(".rule-list > li")
    expect(rules).to_have_count(2)
    rule = rules.filter(has_text="Not to be suggested again")
    rule.get_by_role("button", name="Remove the rule").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove the rule").click()
    expect(rule).to_contain_text("removed")
    expect(page.get_by_role("region", name="Decisions")).to_contain_text(LOAD)


def test_a_reader_sees_the_interviews_and_is_offered_nothing_to_change(kept: Kept, come: NewVisit) -> None:
    rea = come("rea")
    page = rea.page
    # A server that gives one interview a page.
    page.route("**/transcripts?*", lambda route: route.continue_(url=route.request.url.replace("=1000", "=1")))
    rea.open("studies", kept.study, "overview")
    expect(page.get_by_role("region", name="Participants").get_by_role("row")).not_to_have_count(0)
    interviews = page.get_by_role("region", name="Interviews")
    expect(interviews).to_contain_text("interviewer")
    expect(interviews.get_by_role("rowheader")).to_have_count(len(kept.transcripts))
    for found in (
        page.get_by_role("main").get_by_role("button"),
        page.get_by_role("combobox", name=re.compile("Role")),
    ):
        expect(found).to_have_count(0)

    rea.open("studies", kept.study, "board")
    card(page, LEAVE).get_by_role("heading").click()
    side = page.get_by_role("complementary", name="Open step")
    expect(side.locator(".quote").first).to_be_visible()
    side.get_by_role("heading", name="Similar steps").scroll_into_view_if_needed()
    expect(side.locator(".similar li")).not_to_have_count(0)
    expect(side.get_by_role("button", name=DECIDING)).to_have_count(0)
    for key in ("a", "e", "m", "s", "1", "n", "c", "x", "u", "Alt+ArrowDown"):
        page.keyboard.press(key)
        expect(page.get_by_role("status").filter(has_text="You may read this study.")).to_be_visible()
        page.get_by_role("status").last.evaluate("(place) => place.replaceChildren()")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card(page, LEAVE)).to_have_attribute("data-state", "suggested")
    expect(page.locator(".card[draggable=true], .card [type=checkbox]")).to_have_count(0)
    for section in ("queue", "needs", "transcripts", "insight", "rules", "report", "settings"):
        rea.open("studies", kept.study, section, *[kept.transcripts["ana-commuter"]] * (section == "transcripts"))
        page.locator(f".{section}-screen :is(h1, h2)").first.wait_for()
        expect(page.get_by_text("Loading…")).to_have_count(0)
        if section == "transcripts":
            page.locator(".turn mark").first.click()
            page.locator(".found-one").first.wait_for()
        if section == "insight":
            page.get_by_role("group", name="People by stage").get_by_role("button").first.press("Enter")
            expect(page.locator(".drawer .quote").first).to_be_visible()
        expect(page.get_by_role("main").get_by_role("button", name=DECIDING)).to_have_count(0)
    assert rea.refused == []
