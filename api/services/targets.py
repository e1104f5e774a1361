"""Where the server itself may send requests to: public addresses, and private ones that its keeper allowed.

A name is looked up once for each connection, and the very addresses that were checked are connected to: a name that
leads elsewhere the next time it is asked (DNS rebinding) leads nowhere. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore

from api.store.errors import StoreError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_URL: Final = 2_000
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class TargetRefusedError(StoreError):
    """Requests are not sent to this URL; the message says why."""

    code = "target_refused"


class TargetUnreachableError(StoreError):
    """There was no answer; the message says why, without what was sent."""

    code = "target_unreachable"


@dataclass(frozen=True, slots=True)
class Targets:
    """What may be sent to: https to public addresses, and http or https to those in `allowed`."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def of(cls, networks: Iterable[str]) -> Targets:
        """From networks as they are written, "10.0.0.0/8" or "127.0.0.1".

        Raises:
            TargetRefusedError: one is no network.
        """
        try:
            return cls(tuple(ipaddress.ip_network(network.strip()) for network in networks))
        except ValueError as error:
            raise TargetRefusedError(f"a network that webhooks may reach: {error}") from error

    def check(self, url: str) -> None:
        """Make sure that a URL may be sent to, as far as its name leads there now.

        Raises:
            TargetRefusedError: it may not.
        """
        parts = _parts_of(url)
        self.addresses(str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80), parts.scheme)

    def addresses(self, host: str, port: int, scheme: str) -> tuple[str, ...]:
        """The addresses of a name, all of which may be sent to.

        Raises:
            TargetRefusedError: one may not, or there is none.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise TargetRefusedError(f"{host}: there is no host of that name") from error
        addresses = tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
        for address in addresses:
            self._check_address(host, ipaddress.ip_address(address.partition("%")[0]), scheme)
        return addresses

    def _check_address(self, host: str, address: Address, scheme: str) -> None:
        meant = _meant(address)
        if any(meant.version == network.version and meant in network for network in self.allowed):
            return
        if scheme != "https":
            raise TargetRefusedError(
                f"{host}: only https is sent to, except to networks that the server's keeper allows"
            )
        if not meant.is_global or meant.is_multicast or meant.is_reserved or meant.is_unspecified:
            raise TargetRefusedError(
                f"{host}: its address is private: the server's keeper can allow its network (webhook_networks)"
            )


def post(
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    targets: Targets,
    deadline_s: float,
    trusted: ssl.SSLContext | None = None,
) -> tuple[int, Mapping[str, str]]:
    """Send `content` and give the status and the headers of the answer, names in lower case; its body is not read.

    Args:
        deadline_s: the whole exchange takes no longer, however slowly the other side goes about it.
        trusted: whose certificates are taken; those the system trusts by default.

    Raises:
        TargetRefusedError: the URL may not be sent to.
        TargetUnreachableError: no answer in time, or none that is HTTP.
    """
    parts = _parts_of(url)
    backend = _CheckedBackend(targets, parts.scheme, time.monotonic() + deadline_s)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), deadline_s)
    try:
        with (
            httpcore.ConnectionPool(
                network_backend=backend, ssl_context=trusted, max_keepalive_connections=0, retries=0
            ) as pool,
            pool.stream(
                "POST", url, content=content, headers=list(headers.items()), extensions={"timeout": timeouts}
            ) as answer,
        ):
            return answer.status, {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise TargetUnreachableError(f"no answer within {deadline_s:g} s") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
        raise TargetUnreachableError(f"no connection ({type(error).__name__})") from error


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to addresses that were checked, and to no other, until a deadline."""

    def __init__(self, targets: Targets, scheme: str, deadline: float) -> None:
        self._targets = targets
        self._scheme = scheme
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        del timeout
        addresses = self._targets.addresses(host, port, self._scheme)
        for n, address in enumerate(addresses, 1):
            try:
                stream = self._plain.connect_tcp(address, port, _left(self._deadline), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if n == len(addresses):
                    raise
            else:
                return _TimedStream(stream, self._deadline)
        raise httpcore.ConnectError("no address")


class _TimedStream(httpcore.NetworkStream):
    """A connection of which every wait ends at one deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return left


def _parts_of(url: str) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise TargetRefusedError("this is no URL") from error
    if len(url) > MAX_URL or parts.scheme not in ("http", "https") or not parts.hostname or not _is_plain(url):
        raise TargetRefusedError("the URL must look like https://host/path")
    if parts.username is not None or parts.password is not None:
        raise TargetRefusedError("the URL holds a user name or a password, which would be shown in logs")
    return parts


def _is_plain(url: str) -> bool:
    return url.isascii() and url.isprintable() and " " not in url


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner: Sequence[Address | None] = (
        address.ipv4_mapped,
        address.sixtofour,
        address.teredo[1] if address.teredo else None,
        ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None,
    )
    return next((found for found in inner if found is not None), address)
