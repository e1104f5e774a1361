"""Every operation of the OpenAPI document keeps to it, whatever is sent; `make fuzz` looks longer."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.store.database import Database, database_url
from tests.api.fuzzing import fuzz
from tests.api.served import serve
from tests.network import LOCAL


def no_foreign_names(look_up: Callable[..., Any]) -> Callable[..., Any]:
    """Look up names as where there is no network: hosts that the document's examples name are unknown."""

    def answer(host: Any, *arguments: Any, **options: Any) -> Any:
        if host is not None and host not in LOCAL:
            raise socket.gaierror(socket.EAI_NONAME, "there is no network")
        return look_up(host, *arguments, **options)

    return answer


@pytest.mark.slow
def test_no_operation_fails_or_answers_other_than_the_document_says(
    tmp_path: Path, sqlite_template: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_foreign_names(socket.getaddrinfo))
    (tmp_path / "studies.sqlite3").write_bytes(sqlite_template)
    database = Database(database_url(str(tmp_path / "studies.sqlite3")))
    with serve(database) as served:
        status, told = fuzz(served, tmp_path, examples=1, phases="examples,fuzzing")
    database.close()
    assert status == 0, told
    assert "No issues found" in told
