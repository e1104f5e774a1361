"""The audit log as the application uses it: what every authorised request leaves in it, and how it is read.

Reading must not wait until a long writer is done, so reads are gathered and kept a moment later, equal ones as one with
their number. Everything else is in the log before it happens: no export, change or erasure without its trace.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from api.store import audit
from api.store.audit import Act, Entry, KeptEntry, entry
from api.store.database import Database, Stamp
from api.store.errors import StoreError

__all__ = ["Act", "AuditTrail", "Entry", "KeptEntry", "entry", "list_entries", "note"]

PAUSE_S: Final = 5.0
# Reads that wait to be kept; a thousand different ones in a moment are no longer a person's.
MAX_WAITING: Final = 10_000


class AuditTrail:
    """The log of a running server: a thread keeps what was read, from the first read until `close`.

    Args:
        pause_s: reads are kept this long after the first that waits; a power cut loses them.
    """

    def __init__(self, database: Database, *, pause_s: float = PAUSE_S) -> None:
        self._database = database
        self._pause_s = pause_s
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[str, Act, str, str | None, tuple[tuple[str, str], ...]]] = Counter()
        self._first: dict[object, datetime] = {}
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def allowed(
        self, stamp: Stamp, act: Act, what: str, *, study: str | None = None, subjects: Mapping[str, str] | None = None
    ) -> None:
        """Say that somebody may do something now; unless it is a read, it is in the log when this returns.

        Raises:
            DatabaseUnavailableError: it cannot be kept, and so must not be done.
        """
        made = entry(stamp, act, what, study=study, subjects=subjects)
        if act not in ("read", "refused"):
            note(self._database, made)
            return
        key = (made.by, made.act, made.what, made.study, tuple(sorted(made.subjects.items())))
        with self._lock:
            if key not in self._waiting and len(self._waiting) >= MAX_WAITING:
                return
            self._waiting[key] += 1
            self._first.setdefault(key, made.at)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="audit", daemon=True)
                self._thread.start()
        self._wake.set()

    def keep(self) -> None:
        """Keep what waits, now.

        Raises:
            DatabaseUnavailableError: it cannot be kept; it waits on.
        """
        with self._lock:
            waiting, self._waiting = self._waiting, Counter()
            first, self._first = self._first, {}
        if not waiting:
            return
        entries = [
            Entry(by=by, at=first[key], act=act, what=what, study=study, subjects=dict(subjects), counts={"n": n})
            for key, n in waiting.items()
            for by, act, what, study, subjects in [key]
        ]
        try:
            with self._database.writing() as session:
                audit.append(session, sorted(entries, key=lambda one: (one.at, one.by, one.what)))
        except StoreError:
            with self._lock:
                self._waiting += waiting
                self._first = {**self._first, **first}
            raise

    def close(self) -> None:
        """Keep what waits, and end the thread.

        Raises:
            DatabaseUnavailableError: it cannot be kept.
        """
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self.keep()

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._closing.wait(self._pause_s)
            self._wake.clear()
            try:
                self.keep()
            except StoreError:
                self._wake.set()  # busy or away: the next round tries again


def note(database: Database, *entries: Entry) -> None:
    """Keep entries in a transaction of their own.

    Raises:
        DatabaseUnavailableError: they cannot be kept.
    """
    with database.writing() as session:
        audit.append(session, entries)


def list_entries(
    database: Database, *, study: str | None = None, act: str | None = None, before: int | None = None, limit: int = 100
) -> tuple[KeptEntry, ...]:
    """Entries, last first; see `store.audit.listed`."""
    with database.reading() as session:
        return audit.listed(session, study=study, act=act, before=before, limit=limit)
