"""How often one caller may call. `limits` does the counting: a sliding window, in the memory of this process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import ceil
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.services.access.errors import TooManyAttemptsError
from api.settings import ServerSettings

STATE: Final = "rate"


class TooManyRequestsError(TooManyAttemptsError):
    """A caller calls more often than the server allows."""

    code = "too_many_requests"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left: the limit of a minute, how much of it remains, and in how many seconds all is free.

    `is_exceeded` says that the request which was counted is one too many.
    """

    limit: int
    remaining: int
    reset_s: int
    is_exceeded: bool = False

    def check(self) -> None:
        """Refuse a request that is one too many.

        Raises:
            TooManyRequestsError: it is.
        """
        if self.is_exceeded:
            raise TooManyRequestsError(
                f"more than {self.limit} requests in a minute: try again in {self.reset_s} s",
                retry_after_s=self.reset_s,
            )

    def headers(self) -> dict[str, str]:
        """The allowance as HTTP says it."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset_s),
        }


class Limiter:
    """Counts requests of callers and of strangers; where several processes serve, each has its share of the limit."""

    def __init__(self, settings: ServerSettings) -> None:
        self._counts = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._known = _per_minute(settings.requests_per_minute, settings.workers)
        self._stranger = _per_minute(settings.stranger_requests_per_minute, settings.workers)

    def count(self, who: str, *, is_stranger: bool) -> Allowance | None:
        """Count one request; None where there is no limit."""
        limit = self._stranger if is_stranger else self._known
        if limit is None:
            return None
        is_within = self._counts.hit(limit, who)
        stats = self._counts.get_window_stats(limit, who)
        reset_s = max(1, ceil(stats.reset_time - time.time()))
        return Allowance(limit.amount, max(0, stats.remaining), reset_s, is_exceeded=not is_within)


def _per_minute(amount: int, n_processes: int) -> RateLimitItemPerMinute | None:
    return RateLimitItemPerMinute(max(1, amount // n_processes)) if amount else None
