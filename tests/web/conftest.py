"""One browser and one server for all tests of the page; each test has a study and browser profiles of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from api.store.database import Stamp
from tests.api.served import OWNER, Served
from tests.stored import Kept, keep_rich_study
from tests.web.browsing import Visit, browser, lay_out, page_server, visit

NewVisit = Callable[..., Visit]


@pytest.fixture(scope="session")
def started() -> Iterator[Browser]:
    """The browser."""
    with browser() as found:
        yield found


@pytest.fixture(scope="session")
def laid_out_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, laid out once."""
    file = tmp_path_factory.mktemp("page") / "empty.db"
    lay_out(file)
    return file


@pytest.fixture
def served(started: Browser, laid_out_file: Path, tmp_path: Path) -> Iterator[Served]:
    """The server, on a database of its own."""
    file = tmp_path / "page.db"
    shutil.copy(laid_out_file, file)
    with page_server(file) as found:
        yield found


@pytest.fixture
def kept(served: Served) -> Kept:
    """The rich study with one run that is done, and a member for each role."""
    found = keep_rich_study(served.database, Stamp.now(OWNER))
    served.let_in(found.study)
    return found


@pytest.fixture
def come(started: Browser, served: Served) -> Iterator[NewVisit]:
    """Have somebody come to the page: `come("ana")` signs in. At the end no browser may have complained."""
    visits: list[Visit] = []

    def new(name: str | None = None, **options: object) -> Visit:
        found = visit(started, served.url, **options)  # type: ignore[arg-type] # its own keyword arguments
        visits.append(found)
        if name:
            found.sign_in(name)
        return found

    yield new
    complaints = [text for one in visits for text in one.complaints]
    for one in visits:
        one.close()
    assert complaints == []
