"""What tests of the store share besides the databases of `tests/api/conftest.py`."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from api.store.database import Database, Stamp
from tests.api.conftest import NewDatabase

__all__ = ["NewDatabase", "in_another_process", "later"]


def later(stamp: Stamp, minutes: int = 1, by: str | None = None) -> Stamp:
    """Some time after, by the same person or another."""
    return Stamp(by or stamp.by, stamp.at + timedelta(minutes=minutes))


def in_another_process(database: Database, code: str) -> subprocess.Popen[str]:
    """Run code in another process in which `database` is the same database."""
    url = database.url.render_as_string(hide_password=False)
    begin = f"from api.store.database import Database, database_url\ndatabase = Database(database_url({url!r}))\n"
    command = [sys.executable, "-c", begin + code]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
