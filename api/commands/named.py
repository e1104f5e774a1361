"""Ids as people type them: whole, or as much of their beginning as tells them from all others."""

from __future__ import annotations

from collections.abc import Iterable

from api.store.errors import NotFoundError

# Of the digits after the word, so many are shown at least.
SHORTEST = 4


def find(typed: str, ids: Iterable[str], nouns: str) -> str:
    """The one id that begins as typed, with its word ("step-3f2a") or without ("3f2a"); `nouns` is what errors say.

    Raises:
        NotFoundError: none does, or more than one.
    """
    known = list(dict.fromkeys(ids))
    if typed in known:
        return typed
    found = [i for i in known if i.startswith(typed) or _digits(i).startswith(typed)]
    if len(found) != 1:
        raise NotFoundError(
            f"{len(found) or 'no'} {nouns} begin with {typed!r}: `jtbd study map` and `quotes` show ids"
        )
    return found[0]


def shorten(ids: Iterable[str]) -> dict[str, str]:
    """Each id as short as still tells it from the others, by the whole id."""
    known = list(dict.fromkeys(ids))
    length = SHORTEST
    while len({_digits(i)[:length] for i in known}) < len(known) and length < max(len(_digits(i)) for i in known):
        length += 1
    return {i: i.removesuffix(_digits(i)) + _digits(i)[:length] for i in known}


def _digits(known_id: str) -> str:
    return known_id.rpartition("-")[2].rpartition("_")[2]
