"""People, not mentions: how sure a count of participants is.

Whoever counts people shows the count with the interval from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Final

from jtbd_nlp.domain import Transcript

# Two-sided 95 %.
Z_95: Final = 1.96


def wilson_interval(k: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Give the Wilson score interval of the share k/n, both ends in [0, 1].

    With n = 0 nothing is known and the interval is (0.0, 1.0); that is not an error. `z` is the half-width in
    standard errors: 1.96 for 95 %.

    Raises:
        ValueError: k or n is negative, k > n, or z is not positive.

    Source:
        Wilson 1927, doi:10.1080/01621459.1927.10502953; METHOD §5.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no count of people")
    if z <= 0:
        raise ValueError(f"z must be positive, not {z}")
    if n == 0:
        return (0.0, 1.0)
    # By hand: scipy.stats has it too, but takes a second to import, for which the first view of a map would wait.
    centre = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(k * (n - k) / n + z * z / 4)
    return (0.0 if k == 0 else centre - half, 1.0 if k == n else centre + half)


def participants_of(transcripts: Iterable[Transcript]) -> tuple[tuple[str, str], ...]:
    """List the people who were asked: (transcript id, speaker) pairs, in order of appearance."""
    return tuple((transcript.id, speaker) for transcript in transcripts for speaker in transcript.participants)
