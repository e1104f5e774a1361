"""Times as transcripts write them, to seconds. Knows no format: for the readers that meet times in cells or JSON."""

from __future__ import annotations

import math
import re
from typing import Final

_CLOCK: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,6})?)")
_PLAIN: Final = re.compile(r"-?\d{1,12}(?:[.,]\d{1,9})?")


def seconds(value: object) -> float | None:
    """Read a number of seconds, "12.9s", "0:04", "00:01:02,500"; None where `value` is no such time."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _finite(value)
    if not isinstance(value, str):
        return None
    written = value.strip().strip("[]()").strip()
    if clock := _CLOCK.fullmatch(written):
        hours, minutes, rest = clock.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest.replace(",", "."))
    number = written.removesuffix("s").rstrip()
    return float(number.replace(",", ".")) if _PLAIN.fullmatch(number) else None


def _finite(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
