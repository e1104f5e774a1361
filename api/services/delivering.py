"""How events reach webhooks: signed as Standard Webhooks has it, tried again for three days, every try in the log.

At least once: who dies between sending and noting it sends again, under the same `webhook-id`. Any number of processes
may deliver from one database; each takes what nobody else has taken.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

from standardwebhooks import Webhook as Signer

from api.services.targets import TargetRefusedError, Targets, TargetUnreachableError, post
from api.store import outbox
from api.store.database import Database
from api.store.errors import StoreError
from api.store.outbox import Attempt, Due, Event
from jtbd_nlp import __version__

# https://www.standardwebhooks.com: at once, and then after so many seconds; 75 hours in all.
WAITS_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
DEADLINE_S: Final = 15.0
PAUSE_S: Final = 1.0
_AT_ONCE: Final = 8
_LEASE: Final = timedelta(minutes=5)
_GONE: Final = 410
_PRUNE_EVERY_S: Final = 3_600.0

Send = Callable[[Due, datetime], tuple[int, Mapping[str, str]]]


class Deliverer:
    """A thread that delivers what is due, until `close`."""

    def __init__(self, database: Database, targets: Targets, *, pause_s: float = PAUSE_S) -> None:
        self._database = database
        self._send = sender(targets)
        self._pause_s = pause_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread, once what it has in hand is sent."""
        self._closing.set()
        self._thread.join()

    def _work(self) -> None:
        pruned_at = 0.0
        while not self._closing.wait(self._pause_s):
            try:
                while deliver_due(self._database, self._send) and not self._closing.is_set():
                    pass
                if time.monotonic() - pruned_at > _PRUNE_EVERY_S:
                    pruned_at = time.monotonic()
                    with self._database.writing() as session:
                        outbox.prune(session, datetime.now(UTC))
            except StoreError:
                self._closing.wait(self._pause_s)  # busy or away: what is due stays due


def deliver_due(database: Database, send: Send, *, now: datetime | None = None) -> int:
    """Send what is due, a handful at once; give how many were tried.

    Raises:
        DatabaseUnavailableError: it fails in between; what was not noted is sent again after a while.
    """
    now = now or datetime.now(UTC)
    with database.reading() as session:
        if not outbox.is_due(session, now):
            return 0
    with database.writing() as session:
        taken = outbox.claim_due(session, now, lease=_LEASE, limit=_AT_ONCE)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook") as pool:
        outcomes = list(pool.map(lambda due: _try(due, send, now), taken))
    with database.writing() as session:
        for due, (attempt, retry_at) in zip(taken, outcomes, strict=True):
            if attempt.status == _GONE:
                outbox.switch_off(session, due.delivery)
            outbox.note_attempt(session, due.delivery, attempt, retry_at=retry_at)
    return len(taken)


def sender(targets: Targets, *, deadline_s: float = DEADLINE_S) -> Send:
    """What sends over HTTP to checked targets."""

    def send(due: Due, now: datetime) -> tuple[int, Mapping[str, str]]:
        content, headers = signed(due.event, due.secret, now)
        return post(due.url, content, headers, targets=targets, deadline_s=deadline_s)

    return send


def signed(event: Event, secret: str, now: datetime) -> tuple[bytes, Mapping[str, str]]:
    """The body of an event and its headers: {"type", "timestamp", "data": {"study", ids and counts}}."""
    said = {
        "type": event.kind,
        "timestamp": event.created_at.isoformat(),
        "data": {"study": event.study, **event.about},
    }
    body = json.dumps(said, separators=(",", ":"))
    return body.encode("ascii"), {
        "content-type": "application/json",
        "user-agent": f"jtbd-nlp/{__version__}",
        "webhook-id": event.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(secret).sign(event.id, now.astimezone(UTC), body),
    }


def retry_after(n_attempts: int, asked_s: float | None = None) -> timedelta | None:
    """How long to wait after so many tries in vain; None to give up.

    A little is added at random, so that a target that was down is not asked by all at once.

    Args:
        asked_s: what the target itself asked for (`Retry-After`), which counts if it is longer.
    """
    if n_attempts > len(WAITS_S):
        return None
    wait = max(float(WAITS_S[n_attempts - 1]), min(asked_s or 0.0, float(WAITS_S[-1])))
    return timedelta(seconds=wait * random.uniform(1.0, 1.1))  # noqa: S311 - no secret


def _try(due: Due, send: Send, now: datetime) -> tuple[Attempt, datetime | None]:
    began = time.monotonic()
    status: int | None = None
    fault: str | None = None
    asked_s: float | None = None
    try:
        status, headers = send(due, now)
    except (TargetRefusedError, TargetUnreachableError) as error:
        fault = str(error)
    else:
        fault = None if 200 <= status < 300 else f"status {status}"
        asked_s = _seconds(headers.get("retry-after"))
    number = due.n_attempts + 1
    attempt = Attempt(number=number, at=now, status=status, fault=fault, took_s=round(time.monotonic() - began, 3))
    wait = None if fault is None or status == _GONE else retry_after(number, asked_s)
    return attempt, None if wait is None else now + wait


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isdecimal() and len(header) < 9 else None
