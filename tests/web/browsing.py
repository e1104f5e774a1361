"""A headless Chromium on the real server: what tests of the review page begin with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from api.services.access.people import begin_session
from api.services.access.secrets import hash_password
from api.store import people, schema
from api.store.database import Database, database_url
from tests.api.served import OWNER, PASSWORD, PEOPLE, Served, serve

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ARGUMENTS: Final = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
# A busy machine is no failure.
PATIENCE_MS: Final = 15_000


def chromium() -> str:
    """The program to drive: `JTBD_CHROMIUM`, or one on the path; the test is skipped where there is none."""
    found = os.environ.get("JTBD_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found or not Path(found).exists():
        pytest.skip("no Chromium: install one (Debian: apt install chromium) or name it in JTBD_CHROMIUM")
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that talks to this machine only."""
    program = chromium()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield started
        finally:
            started.close()


def lay_out(file: Path) -> None:
    """Make an empty database."""
    database = Database(database_url(f"sqlite:///{file}"))
    schema.upgrade(database)
    database.close()


@contextmanager
def page_server(file: Path) -> Iterator[Served]:
    """A server on a database that `lay_out` made, whose people all sign in with one password."""
    database = Database(database_url(f"sqlite:///{file}"))
    try:
        with serve(database) as served:
            _give_passwords(database)
            yield served
    finally:
        database.close()


def _give_passwords(database: Database) -> None:
    with database.writing() as session:
        for name in PEOPLE.values():
            person = people.find(session, name)
            assert person is not None
            people.change(session, person.id, password_hash=_password_hash())


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD, name=OWNER)


@dataclass(frozen=True)
class Visit:
    """Somebody at the page.

    `complaints` is what the browser said went wrong, scripts and policy alike; `refused` what the server would not
    answer, as "status address".
    """

    page: Page
    url: str
    context: BrowserContext
    complaints: list[str]
    refused: list[str]

    def open(self, *parts: str) -> None:
        """Go to a place of the page."""
        self.page.goto(f"{self.url}/#/{'/'.join(parts)}")

    def sign_in(self, name: str) -> None:
        """Sign in as one of the people of the tests."""
        self.page.goto(self.url)
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.get_by_role("heading", name="Studies", exact=True).wait_for()

    def be(self, name: str, database: Database) -> None:
        """Be one of the people of the tests from the first page on, without the form."""
        with database.reading() as session:
            person = people.find(session, name)
        assert person is not None
        secret = begin_session(database, person, datetime.now(UTC)).secret
        self.context.add_cookies([{"name": "jtbd_session", "value": secret, "url": self.url}])

    def close(self) -> None:
        """Leave."""
        self.context.close()


def visit(
    started: Browser,
    url: str,
    *,
    width: int = 1440,
    height: int = 900,
    scheme: Literal["light", "dark"] = "light",
    bypass_csp: bool = False,
) -> Visit:
    """A fresh browser profile at the page, where nobody is signed in.

    Args:
        bypass_csp: let the test run scripts of its own in the page.
    """
    context = started.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=bypass_csp, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    refused: list[str] = []
    page.on("console", lambda message: _note(complaints, message))
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.on("response", lambda answer: answer.status < 400 or refused.append(f"{answer.status} {answer.url}"))
    return Visit(page, url, context, complaints, refused)


def _note(complaints: list[str], message: ConsoleMessage) -> None:
    # A refused request is part of what is tested; that it was refused is no fault of the page.
    if message.type == "error" and "Failed to load resource" not in message.text:
        complaints.append(message.text)
