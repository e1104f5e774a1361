"""Options and fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from tests.network import no_network  # noqa: F401 - a fixture that every test runs under

GOLDEN = Path(__file__).parent / "golden"
WEB = Path(__file__).parent / "web"

# A busy machine is no failure, and a run that passed passes again: no deadline, and the same examples every time.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

GoldenCheck = Callable[[str, Mapping[str, bytes]], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/ with what the code gives now")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests in a browser last: Playwright's event loop stays, and no other can be started beside it."""
    items.sort(key=lambda item: WEB in item.path.parents)


@pytest.fixture
def check_golden(request: pytest.FixtureRequest) -> GoldenCheck:
    """Compare files with `tests/golden/<case>/`, byte for byte; with --update-golden, write them there instead."""

    def check(case: str, files: Mapping[str, bytes]) -> None:
        folder = GOLDEN / case
        if request.config.getoption("--update-golden"):
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                (folder / name).write_bytes(content)
            return
        for name, content in files.items():
            path = folder / name
            assert path.is_file(), f"{path} is missing; pytest --update-golden writes it"
            assert content.decode("utf-8") == path.read_bytes().decode("utf-8"), f"{case}/{name} changed"

    return check
