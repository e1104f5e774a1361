"""Doing what a request asks once, however often it is sent: the answer is kept under the key that the sender chose.

Keys belong to their caller and hold for a day. A request that failed is forgotten, so that it can be sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from api.store import requests
from api.store.database import Database, Stamp
from jtbd_nlp.errors import JtbdError

KEPT_FOR: Final = timedelta(days=1)
# Whoever began it is taken to be dead after this time.
RUNS_AT_MOST: Final = timedelta(minutes=10)


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
        if kept is not None and kept.status is None and kept.created_at < stamp.at - RUNS_AT_MOST:
            requests.drop(session, caller, key)
            kept = requests.begin(session, caller, key, fingerprint=fingerprint, study_id=study_id, stamp=stamp)
    if kept is not None:
        if kept.fingerprint != fingerprint:
            raise KeyReusedError("this Idempotency-Key was used for another request: choose a new one")
        if kept.status is None:
            raise RequestRunningError("the same request is still being worked on: send it again in a moment")
        return Answer(kept.status, kept.answer, is_repeated=True)
    try:
        answer = act()
    except BaseException:
        with database.writing() as session:
            requests.drop(session, caller, key)
        raise
    with database.writing() as session:
        requests.finish(session, caller, key, begun=stamp.at, status=answer.status, answer=answer.body)
    return answer
