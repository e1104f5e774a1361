"""How answers leave: JSON with an ETag, lists in the format that is wanted, and 304 where nothing changed.

An ETag is the hash of the body, or of what the body follows from where that is known without making it. A request that
names it in `If-None-Match` gets 304 and no body.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.datastructures import URL

from api.errors import failures
from api.routes.wiring import Caller, database_of, stamp_of
from api.schemas.formats import Format, Row, accepted, csv_lines, ndjson, only
from api.schemas.paging import DEFAULT_LIMIT, MOST, Page
from api.services.requests import Answer, once
from jtbd_nlp import __version__

KEY_HEADER: Final = "Idempotency-Key"
KEY_MAX: Final = 200
# Answers belong to who asked, and are asked for again each time: the ETag makes that cheap.
CACHING: Final = {"Cache-Control": "private, no-cache", "Vary": "Accept, Authorization, Cookie"}

Responses = dict[int | str, dict[str, Any]]
UNCHANGED: Final[Responses] = {304: {"description": "Nothing changed since the answer with this ETag"}}
CONFLICT: Final[Responses] = failures({409: "It does not fit what is there by now"})
NOT_ACCEPTABLE: Final[Responses] = failures({406: "None of the accepted formats is there"})


def listed(name: str, schema: type[BaseModel], columns: Sequence[str]) -> Responses:
    """What a list that also comes as CSV and NDJSON answers, with the example of its schema in all three forms.

    Args:
        name: what the rows are called in JSON.
    """
    shown: Any = schema.model_config.get("json_schema_extra")
    rows = shown["example"][name]
    texts = {
        Format.CSV: b"".join(csv_lines(rows, columns)).decode("utf-8").lstrip("\ufeff"),
        Format.NDJSON: b"".join(ndjson(rows)).decode("utf-8"),
    }
    content = {form.value: {"schema": {"type": "string"}, "example": text} for form, text in texts.items()}
    return {**UNCHANGED, **NOT_ACCEPTABLE, 200: {"content": content}}


def files(examples: Mapping[str, str | None]) -> Responses:
    """What a route answers that gives files, as it stands in the OpenAPI document.

    Args:
        examples: by media type, how such a file begins; None for one that is no text.
    """
    content = {media: {} if text is None else {"schema": {}, "example": text} for media, text in examples.items()}
    return {**UNCHANGED, 200: {"description": "The file", "content": content}}


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is wanted: the page, the format, and which fields of its rows.

    CSV and NDJSON hold the whole list, streamed, unless a page is asked for.
    """

    page: Page
    is_whole: bool
    format: Format
    fields: str | None


Cursor = Annotated[str | None, Query(alias="page[cursor]", max_length=4000, description="`next` of the page before.")]


def json_page(
    limit: Annotated[int, Query(alias="page[limit]", ge=1, le=MOST, description="Most rows of a page.")] = 100,
    cursor: Cursor = None,
) -> Page:
    """The page of a list that a request asks for."""
    return Page(limit, cursor)


def listing(
    request: Request,
    limit: Annotated[
        int | None,
        Query(
            alias="page[limit]",
            ge=1,
            le=MOST,
            description=f"Most rows of a page: {DEFAULT_LIMIT} in JSON unless told, all of them in CSV and NDJSON.",
        ),
    ] = None,
    cursor: Cursor = None,
    fields: Annotated[
        str | None, Query(max_length=1000, description="Names of fields, with commas between; all of them otherwise.")
    ] = None,
) -> Listing:
    """How a request wants a list."""
    form = accepted(request.headers.get("accept"))
    is_whole = form is not Format.JSON and limit is None
    return Listing(Page(limit or DEFAULT_LIMIT, cursor), is_whole, form, fields)


Paged = Annotated[Page, Depends(json_page)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=KEY_HEADER,
        min_length=1,
        max_length=KEY_MAX,
        description="Any text of your own: the same request under the same key is done once within a day.",
    ),
]
Wanted = Annotated[Listing, Depends(listing)]


def send(
    request: Request, body: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Plain values as JSON with the ETag of their bytes; 304 where the request has those already."""
    content = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")
    return send_bytes(request, content, Format.JSON.value, status=status, headers=headers)


def send_bytes(
    request: Request,
    content: bytes,
    media_type: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Bytes with their ETag; 304 where the request has those already."""
    own = {**CACHING, "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"', **(headers or {})}
    if status == 200 and _has(request, own["ETag"]):
        return Response(status_code=304, headers=own)
    return Response(content, status_code=status, media_type=media_type, headers=own)


def send_list(
    request: Request,
    wanted: Listing,
    name: str,
    rows: Callable[[], tuple[Iterable[Row], str | None]],
    *,
    columns: Sequence[str],
    state: Sequence[object],
    beside: Mapping[str, Any] | None = None,
) -> Response:
    """A list as it is wanted.

    Args:
        name: what its rows are called in JSON, where the cursor of the next page stands beside them as `next`.
        rows: gives the rows and that cursor; it is not called where the request has them already.
        columns: the names that `fields` may ask for, in the order of CSV.
        state: what the rows follow from beside the request itself; the list is taken to be the same while this is.
        beside: what else stands in JSON.
    """
    only((), wanted.fields, columns)
    etag = f'"{_digest(__version__, request.url.path, request.url.query, wanted.format.value, *state)}"'
    headers = {**CACHING, "ETag": etag}
    if _has(request, etag):
        return Response(status_code=304, headers=headers)
    found, cursor = rows()
    if cursor is not None:
        headers["Link"] = f'<{_next_url(request, cursor)}>; rel="next"'
    chosen = only(found, wanted.fields, columns)
    if wanted.format is Format.JSON:
        return send(request, {**(beside or {}), name: list(chosen), "next": cursor}, headers=headers)
    shown = [c for c in (f.strip() for f in wanted.fields.split(",")) if c] if wanted.fields is not None else columns
    pieces = ndjson(chosen) if wanted.format is Format.NDJSON else csv_lines(chosen, shown)
    media_type = wanted.format.value if wanted.format is Format.NDJSON else f"{wanted.format}; charset=utf-8"
    return StreamingResponse(pieces, media_type=media_type, headers=headers)


def do_once(
    request: Request,
    caller: Caller,
    act: Callable[[], Answer],
    *,
    key: str | None,
    asked: object,
    study_id: str | None,
) -> Response:
    """Do what a request asks; with an `Idempotency-Key` once, however often it is sent.

    Args:
        key: that header.
        asked: what it asks, as plain values.
    """
    if key is None:
        answer = act()
    else:
        answer = once(
            database_of(request),
            act,
            caller=caller.id,
            key=key,
            fingerprint=_digest(request.method, request.url.path, request.url.query, asked),
            stamp=stamp_of(request),
            study_id=study_id,
        )
    headers = {"Idempotency-Replayed": "true"} if answer.is_repeated else {}
    return send(request, answer.body, status=answer.status, headers=headers)


def _has(request: Request, etag: str) -> bool:
    """Whether the request names this ETag as one it has the answer to."""
    named = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    return request.method in ("GET", "HEAD") and (etag in named or named == ["*"])


def _next_url(request: Request, cursor: str) -> str:
    url: URL = request.url.include_query_params(**{"page[cursor]": cursor})
    return f"{url.path}?{url.query}"


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode("ascii")).hexdigest()[:32]
