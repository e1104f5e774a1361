"""The board in a browser on the real server: deciding by keys and by pointer."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.stored import Kept
from tests.web.conftest import NewVisit


def test_an_approval_by_key_is_still_there_after_reloading(kept: Kept, come: NewVisit) -> None:
    ana = come("ana")
    ana.open("studies", kept.study, "board")
    first = ana.page.locator(".card").first
    first.focus()
    ana.page.keyboard.press("a")
    expect(first).to_have_attribute("data-state", "approved")
    expect(ana.page.get_by_role("status").filter(has_text="Approved")).to_be_visible()
    expect(first).not_to_have_class(re.compile("pending"))
    ana.page.reload()
    expect(ana.page.locator(".card").first).to_have_attribute("data-state", "approved")
