"""Doing what a request asks once, however often it is sent: the answer is kept under the key that the sender chose.

Keys belong to their caller and hold for a day. A request that failed is forgotten, so that it can be sent again. One
whose process died is done anew within seconds: what is worked on says so every second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from api.store import requests
from api.store.database import Database, Stamp
from api.store.errors import StoreError
from jtbd_nlp.errors import JtbdError

KEPT_FOR: Final = timedelta(days=1)
# How often a request says that it is worked on, and how long after the last time it is taken to be dead.
BEAT_S: Final = 1.0
LEASE: Final = timedelta(seconds=4)
# When to send a request again that is still being worked on: if its process is dead, that is known by then.
RETRY_AFTER_S: Final = 5


class KeyReusedError(JtbdError):
    """The idempotency key was used before, for another request."""

    code = "idempotency_key_reused"


class RequestRunningError(JtbdError):
    """The same request is still being worked on; ask again in a moment."""

    code = "request_running"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and plain values; `is_repeated` where both were kept from before."""

    status: int
    body: Any
    is_repeated: bool = False


def once(
    database: Database,
    act: Callable[[], Answer],
    *,
    caller: str,
    key: str,
    fingerprint: str,
    stamp: Stamp,
    study_id: str | None = None,
) -> Answer:
    """Do `act`, or give what it answered when it was done before under this key.

    Args:
        caller: id of who asks; the keys of two callers never meet.
        fingerprint: a hash of what is asked, by which a key that is used for something else is noticed.
        study_id: the study it is about; what was answered is forgotten when something of it is erased.

    Raises:
        KeyReusedError: the key was used for another request.
        RequestRunningError: the same request has not ended yet.
    """
    with database.writing() as session:
        requests.drop_before(session, stamp.at - KEPT_FOR)
        kept = requests.begin(session, caller, key, fingerprint=fingerprint, study_id=study_id, stamp=stamp)
    if kept is not None and kept.status is None and kept.unseen > LEASE:
        # Where one writer kept the database busy, who is at it could not say so either: now it can.
        time.sleep(2 * BEAT_S)
        with database.writing() as session:
            kept = requests.begin(
                session, caller, key, fingerprint=fingerprint, study_id=study_id, stamp=stamp, instead_of=kept
            )
    if kept is not None:
        if kept.fingerprint != fingerprint:
            raise KeyReusedError("this Idempotency-Key was used for another request: choose a new one")
        if kept.status is None:
            raise RequestRunningError("the same request is still being worked on: send it again in a moment")
        return Answer(kept.status, kept.answer, is_repeated=True)
    try:
        with _holding(database, caller, key, stamp):
            answer = act()
    except BaseException:
        with database.writing() as session:
            requests.drop(session, caller, key, begun=stamp.at)
        raise
    with database.writing() as session:
        requests.finish(session, caller, key, begun=stamp.at, status=answer.status, answer=answer.body)
    return answer


@contextmanager
def _holding(database: Database, caller: str, key: str, stamp: Stamp) -> Iterator[None]:
    """Keep saying that the request is worked on until the block ends; with this process that ends as well."""
    ended = threading.Event()

    def hold() -> None:
        while not ended.wait(BEAT_S):
            with suppress(StoreError), database.writing() as session:  # busy or away: said the next time
                requests.hold(session, caller, key, begun=stamp.at)

    holding = threading.Thread(target=hold, name="jtbd-request", daemon=True)
    holding.start()
    try:
        yield
    finally:
        ended.set()
        holding.join()
