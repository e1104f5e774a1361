"""A database of its own for who measures or probes outside of pytest: laid out, empty, gone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from api.store import schema
from api.store.database import Database, database_url
from tests.postgres import cluster

KINDS = ("sqlite", "postgresql")


@contextmanager
def an_empty(kind: str) -> Iterator[str]:
    """URL of a database of one of `KINDS`; nobody is connected to it.

    Raises:
        PostgresMissingError: there is no PostgreSQL to start.
    """
    with ExitStack() as stack:
        if kind == "postgresql":
            url = stack.enter_context(cluster())
        else:
            url = str(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jtbd-"))) / "studies.sqlite3")
        database = Database(database_url(url))
        schema.upgrade(database)
        database.close()
        yield url
