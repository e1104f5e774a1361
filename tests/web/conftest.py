"""One browser and one server for all tests of the page; each test has a study and browser profiles of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from api.services.studies import delete_study
from api.store.database import Stamp
from tests.api.served import OWNER, Served
from tests.api.test_needs_over_http import LettersEmbedder
from tests.stored import Kept, keep_rich_study
from tests.web.browsing import Visit, browser, lay_out, page_server, visit

NewVisit = Callable[..., Visit]


@pytest.fixture(scope="session")
def started() -> Iterator[Browser]:
    """The browser."""
    with browser() as found:
        yield found


@pytest.fixture(scope="session")
def served(started: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server; studies of other tests are there too. It finds alike what has the same letters."""
    file = tmp_path_factory.mktemp("page") / "page.db"
    lay_out(file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.app.load_encoder", lambda: (LettersEmbedder(), "0" * 64))
        with page_server(file) as found:
            yield found


@pytest.fixture
def kept(served: Served) -> Iterator[Kept]:
    """A rich study of the test's own with one run that is done, and a member for each role."""
    found = keep_rich_study(served.database, Stamp.now(OWNER))
    served.let_in(found.study)
    yield found
    delete_study(served.database, found.study, Stamp.now(OWNER))


@pytest.fixture
def come(started: Browser, served: Served) -> Iterator[NewVisit]:
    """Have somebody come to the page: `come("ana")` is signed in. At the end no browser may have complained."""
    visits: list[Visit] = []

    def new(name: str | None = None, **options: object) -> Visit:
        found = visit(started, served.url, **options)  # type: ignore[arg-type] # its own keyword arguments
        visits.append(found)
        if name:
            found.be(name, served.database)
        return found

    yield new
    complaints = [text for one in visits for text in one.complaints]
    for one in visits:
        one.close()
    assert complaints == []
