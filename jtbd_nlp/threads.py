"""How many threads a network runs on, and parts of a work done at the same time, each on a thread of its own.

Sums that a network takes on two threads differ in the seventh digit from those of one; a run must not. So every network
runs on one, and what is faster on several is done in parts, which come out the same however many stand beside them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Final, TypeVar

import torch

Part = TypeVar("Part")
Done = TypeVar("Done")

# Parts at the same time; more would wait for memory.
N_THREADS: Final = min(4, os.cpu_count() or 1)


def side_by_side(work: Callable[[Part], Done], parts: Sequence[Part]) -> list[Done]:
    """What `work`, which runs a network, makes of each part, in the order of `parts`; the first error is raised."""

    def alone(part: Part) -> Done:
        with one_thread():
            return work(part)

    if len(parts) < 2:
        return [alone(part) for part in parts]
    with ThreadPoolExecutor(N_THREADS) as pool:
        return list(pool.map(alone, parts))


def one_thread() -> AbstractContextManager[None]:
    """Run torch on one thread inside."""
    return threads(1)


@contextmanager
def threads(n_threads: int) -> Iterator[None]:
    """Run torch on so many threads inside; other threads of Python keep their own number."""
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
