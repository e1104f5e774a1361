"""What surrounds every request: its id, the name the server was called by, headers that browsers obey, log and figures.

Pure ASGI, so that streams pass through as they are.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid6 import uuid7

from api.errors import error_response
from api.limiter import STATE, Allowance
from api.logs import log, places
from api.metrics import Metrics
from api.settings import ServerSettings

REQUEST_ID: Final = "X-Request-ID"
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Only what the server itself hands out is loaded, run or called, and no other page may show ours in a frame.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
)
_MB: Final = 1_000_000
_HUNG_UP: Final = 499  # no status of HTTP's, but what logs of servers call it: nobody is there to be answered
_NO_STORE: Final = "no-store"


class Guards:
    """Wraps an application; see the module. `path_of` gives the path of each endpoint."""

    def __init__(self, app: ASGIApp, settings: ServerSettings, metrics: Metrics, path_of: Mapping[object, str]) -> None:
        self._app = app
        self._limits = (settings.max_body_mb * _MB, settings.max_upload_mb * _MB)
        self._names = settings.names
        self._metrics = metrics
        self._path_of = path_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_known = is_known_host(Headers(scope=scope).get("host", ""), self._names)
        exchange = _Exchange(self._app, scope, send, self._metrics, self._path_of)
        is_form = Headers(scope=scope).get("content-type", "").startswith("multipart/")
        await exchange.run(receive, is_known=is_known, max_bytes=self._limits[is_form])


class _Exchange:
    """One request and its answer."""

    def __init__(self, app: ASGIApp, scope: Scope, send: Send, metrics: Metrics, path_of: Mapping[object, str]) -> None:
        self._app, self._scope, self._send, self._metrics, self._path_of = app, scope, send, metrics, path_of
        given = Headers(scope=scope).get(REQUEST_ID, "")
        self._id = given if _ID.fullmatch(given) else uuid7().hex
        self._status = 0
        self._is_cut_off = False  # whether the caller hung up in the middle of what it sent
        self._state: dict[str, Any] = scope.setdefault("state", {})
        self._state["request_id"] = self._id

    async def run(self, receive: Receive, *, is_known: bool, max_bytes: int) -> None:
        begin = time.perf_counter()
        self._metrics.begin()
        structlog.contextvars.bind_contextvars(request_id=self._id)
        try:
            length = Headers(scope=self._scope).get("content-length", "")
            if not is_known:
                await self._refuse(receive, 421, "unknown_host", _UNKNOWN_HOST)
            elif length.isdecimal() and int(length) > max_bytes:
                await self._refuse(receive, 413, "too_large", _too_large(max_bytes))
            else:
                await self._app(self._scope, self._received(receive, max_bytes), self._respond)
        except ClientDisconnect:  # noted where it was seen; there is nobody to answer
            pass
        except Exception as error:  # whatever fails, the caller gets our body and the log a line
            log().error("failure", error=type(error).__name__, places=places(sys.exc_info()[2]))
            if not self._status:
                await self._refuse(receive, 500, "internal", f"the server failed; its log says more of {self._id}")
        finally:
            self._finish(time.perf_counter() - begin)
            structlog.contextvars.unbind_contextvars("request_id")

    def _received(self, receive: Receive, max_bytes: int) -> Receive:
        """What is received, up to a body that turns out to be too large: one that did not say so beforehand."""
        n_bytes, is_whole = 0, False

        async def receive_within() -> Message:
            nonlocal n_bytes, is_whole
            message = await receive()
            if message["type"] == "http.disconnect":
                self._is_cut_off |= not is_whole
            else:
                is_whole = not message.get("more_body", False)
                n_bytes += len(message.get("body", b""))
            if n_bytes > max_bytes:
                raise HTTPException(413, _too_large(max_bytes))
            return message

        return receive_within

    async def _refuse(self, receive: Receive, status: int, code: str, message: str) -> None:
        await error_response(status, code, message)(self._scope, receive, self._respond)

    async def _respond(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers():
                if name not in headers:
                    headers[name] = value
        await self._send(message)

    def _headers(self) -> Iterable[tuple[str, str]]:
        yield REQUEST_ID, self._id
        yield from _HEADERS.items()
        if self._scope["scheme"] == "https":
            yield "Strict-Transport-Security", "max-age=31536000"
        if self._scope["path"].startswith("/v1"):
            yield "Cache-Control", _NO_STORE
        allowance = self._state.get(STATE)
        if isinstance(allowance, Allowance):
            yield from allowance.headers().items()

    def _finish(self, seconds: float) -> None:
        method = self._scope["method"] if self._scope["method"] in _METHODS else "OTHER"
        status = _HUNG_UP if self._is_cut_off else self._status
        # The route's path with its parameters' names: their values may name people.
        route = self._path_of.get(self._scope.get("endpoint"), "(none)")
        self._metrics.end(method, route, status, seconds)
        caller = self._state.get("caller")
        log().info(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(1000 * seconds, 1),
            caller=getattr(caller, "id", None),
        )


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UNKNOWN_HOST: Final = (
    "the server is not known under that name: call it by its address, or add the name to `hosts` (JTBD_HOSTS)"
)


def _too_large(max_bytes: int) -> str:
    return f"the body has more than {max_bytes // _MB} MB: send less at a time"


def is_known_host(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header is an address, this machine's own name for itself, or one of `names`.

    A page of another site can let its own name lead to our address (DNS rebinding), but not call us by an address.
    """
    bare = host.rpartition(":")[0] if re.search(r":\d*$", host) else host
    bare = bare.lower().rstrip(".")
    try:
        ip_address(bare.removeprefix("[").removesuffix("]"))
    except ValueError:
        return bare in names or bare == "localhost" or bare.endswith(".localhost") or "*" in names
    return True
