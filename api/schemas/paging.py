"""Pages of long lists. A cursor names the last row of a page by what rows are sorted by, so that rows which are added
or taken away meanwhile neither repeat others nor hide them.

Cursors are opaque: base64 of a list that says what is listed and where to go on. One of another list is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from jtbd_nlp.errors import JtbdError

T = TypeVar("T")
Key = tuple[str | int | float, ...]

DEFAULT_LIMIT: Final = 100
MOST: Final = 1000


class BadCursorError(JtbdError):
    """The cursor of a page is not one that this list gave."""

    code = "bad_cursor"


@dataclass(frozen=True, slots=True)
class Page:
    """How many rows are wanted, and the cursor after which they begin, None for the first page."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None

    def after(self, listed: str, kinds: Sequence[type]) -> Key | None:
        """The sort key to go on from, None for the first page.

        Args:
            listed: what is listed and how it is filtered, the same as when the cursor was made.
            kinds: the types that the parts of a key have.

        Raises:
            BadCursorError: the cursor was not made for this.
        """
        return None if self.cursor is None else _read(self.cursor, listed, kinds)


def cursor_of(listed: str, key: Key) -> str:
    """The cursor of a page that ends with the row of this key."""
    packed = json.dumps([listed, *key], separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def page_of(rows: Iterable[T], page: Page, listed: str, key: Callable[[T], Key]) -> tuple[list[T], str | None]:
    """The page of rows that are all at hand, and the cursor of the next one, None on the last page.

    Rows may come in any order; `key` must tell any two of them apart.
    """
    ordered = sorted(rows, key=key)
    if ordered:
        kinds = [type(part) for part in key(ordered[0])]
        after = page.after(listed, kinds)
        ordered = ordered if after is None else [row for row in ordered if key(row) > after]
    return first_of(ordered, page, listed, key)


def first_of(rows: Sequence[T], page: Page, listed: str, key: Callable[[T], Key]) -> tuple[list[T], str | None]:
    """The rows of a page out of those that begin with it, in order; and the cursor of the next page.

    Args:
        rows: at least one more than the page holds, where there is one more.
    """
    chosen = list(rows[: page.limit])
    return chosen, cursor_of(listed, key(chosen[-1])) if len(rows) > len(chosen) else None


def _read(cursor: str, listed: str, kinds: Sequence[type]) -> Key:
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found: Any = json.loads(packed.decode("utf-8", "surrogatepass"))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursorError("page[cursor]: is no cursor of this list") from error
    if not isinstance(found, list) or len(found) != len(kinds) + 1 or found[0] != listed:
        raise BadCursorError("page[cursor]: is no cursor of this list with these filters")
    if any(type(part) is not kind for part, kind in zip(found[1:], kinds, strict=True)):
        raise BadCursorError("page[cursor]: is no cursor of this list")
    return tuple(found[1:])
