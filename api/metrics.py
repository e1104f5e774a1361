"""What the server counts of itself, in the form that Prometheus reads."""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """Requests by route, method and status, how long they took, and how many are in progress."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "jtbd_requests", "Requests answered", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "jtbd_request_seconds",
            "Time to the end of the answer",
            ("method", "route"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._open = Gauge(
            "jtbd_requests_in_progress",
            "Requests being answered",
            registry=self._registry,
            multiprocess_mode="livesum",
        )

    def begin(self) -> None:
        """A request came in."""
        self._open.inc()

    def end(self, method: str, route: str, status: int, seconds: float) -> None:
        """It was answered. `route` is the route's path with its parameters' names, not their values."""
        self._open.dec()
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All figures; of all server processes together where there are several."""
        if not os.environ.get(SHARED_FOLDER):
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # prometheus_client has none here
        return generate_latest(together)
