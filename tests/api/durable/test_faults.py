"""Whoever adds interviews, takes them in or works on runs may be killed; `make faults` does so fifty times."""

from __future__ import annotations

from pathlib import Path

from api.store.database import Database
from tests.faults import storm


def test_nothing_is_lost_when_workers_servers_and_clerks_are_killed(database: Database, tmp_path: Path) -> None:
    url = database.url.render_as_string(hide_password=False)
    database.close()
    done = storm(url, tmp_path / "noted", n_kills=3, n_interviews=8, seed=3)
    assert done.faults == ()
    assert (len(done.killed), done.killed[0], done.n_runs) == (3, "server", 2)
