"""When keys were last used: remembered in this process, and written once a minute and at the end.

A caller must not wait for that: a run that is being stored may hold the database's one writer for a while.
"""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import Final

from api.logs import log
from api.services.access.callers import note_uses
from api.store.database import Database
from jtbd_nlp.errors import JtbdError

EVERY_S: Final = 60.0


class KeyUses:
    """Uses of keys that are not written yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._used_at: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def note(self, key_id: str) -> None:
        """A key was used now."""
        with self._lock:
            self._used_at[key_id] = datetime.now(UTC)

    def write(self) -> None:
        """Write what is not written yet; what cannot be written now waits for the next time."""
        with self._lock:
            used_at, self._used_at = self._used_at, {}
        try:
            note_uses(self._database, used_at)
        except JtbdError as error:
            log().warning("uses of keys are not written", error=error.code)
            with self._lock:
                self._used_at = used_at | self._used_at

    async def keep_writing(self) -> None:
        """Write once a minute, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await asyncio.to_thread(self.write)
