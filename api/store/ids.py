"""Ids of what is kept: what it is, when it was made, and 74 random bits, as in `study_0192e4b07c7a7c8f9d0e...`.

The second part is a UUID of version 7 (RFC 9562) in hexadecimal digits. Ids sort by the time of their making, which
keeps database pages that belong together together, and cannot be guessed. `uuid6` is the library because it draws all
74 bits anew for every id; faster ones count up within a millisecond. Python has `uuid.uuid7` from 3.14 on.
"""

from __future__ import annotations

from typing import Literal

from uuid6 import uuid7

Prefix = Literal[
    "study",
    "attribute",
    "participant",
    "upload",
    "transcript",
    "correction",
    "run",
    "decision",
    "rule",
    "erasure",
    "worker",
    "event",
    "webhook",
    "delivery",
    "pseudonym",
    "person",
    "key",
    "attempt",
    "survey",
    "invitation",
]


def new_id(prefix: Prefix) -> str:
    """Make a new id: `prefix`, an underscore, 32 hexadecimal digits; within a process later ones sort after earlier."""
    return f"{prefix}_{uuid7().hex}"
