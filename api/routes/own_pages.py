"""Pages that carry their own style sheet: the server's policy for browsers, with that one sheet let through by hash."""

from __future__ import annotations

import re
from typing import Final

from fastapi import Response

_SHEET: Final = re.compile(r"style-src '(sha256-[A-Za-z0-9+/=]+)'")


def page_response(page: str, *, status: int = 200, may_send: bool = False) -> Response:
    """A page that loads nothing: its style sheet and pictures are inside it; `may_send` lets its form come to us."""
    return Response(
        page, status_code=status, media_type="text/html; charset=utf-8", headers=page_headers(page, may_send)
    )


def page_headers(page: str, may_send: bool = False) -> dict[str, str]:
    """Headers of such a page; it is not kept by anybody on the way."""
    sheet = _SHEET.search(page)
    allowed = f"'{sheet[1]}'" if sheet else "'none'"
    target = "'self'" if may_send else "'none'"
    policy = (
        f"default-src 'none'; img-src data:; style-src {allowed}; form-action {target}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
