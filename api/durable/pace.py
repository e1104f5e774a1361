"""How long things may take, and how often workers look; tests take shorter times."""

from __future__ import annotations

from dataclasses import dataclass

from api.store.progress import LEASE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Times of a worker, in seconds, and how much it takes up at once.

    Args:
        beat_s: how often a worker says that it lives.
        lease_s: a worker that was not seen for so long is taken for dead, and its tasks are taken over.
        look_s: how often a worker looks for runs that are queued, cancelled or left behind.
        poll_s: how often it looks for the next step.
        read_limit_s, map_limit_s: a step that takes longer is ended, and its run fails.
        n_claimed: transcripts that a worker claims at once; it reads one after the other.
        n_runs: runs that a worker leads at once.
    """

    beat_s: float = 3.0
    lease_s: float = LEASE_S
    look_s: float = 1.0
    poll_s: float = 0.2
    read_limit_s: float = 900.0
    map_limit_s: float = 7200.0
    n_claimed: int = 2
    n_runs: int = 2
