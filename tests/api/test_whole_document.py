"""Every operation of the OpenAPI document keeps to it, whatever is sent; `make fuzz` looks longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.store.database import Database, database_url
from tests.api.fuzzing import fuzz
from tests.api.served import serve


@pytest.mark.slow
def test_no_operation_fails_or_answers_other_than_the_document_says(tmp_path: Path, sqlite_template: bytes) -> None:
    (tmp_path / "studies.sqlite3").write_bytes(sqlite_template)
    database = Database(database_url(str(tmp_path / "studies.sqlite3")))
    with serve(database) as served:
        status, told = fuzz(served, tmp_path, examples=2, phases="examples,fuzzing")
    database.close()
    assert status == 0, told
    assert "No issues found" in told
