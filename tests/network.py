"""The guard that every test runs under: no network but this machine's own, whatever environment variables say."""

from __future__ import annotations

import socket
from typing import Any

import pytest

LOCAL = {"127.0.0.1", "::1", "localhost", "testserver"}


def _is_local(address: object) -> bool:
    return not isinstance(address, tuple) or address[0] in LOCAL  # a Unix socket's address is a path


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever asks for another machine: nothing that is read here may leave, and no model is fetched."""
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(what: object) -> None:
        raise AssertionError(f"a test reached for the network: {what}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        return connect(self, address) if _is_local(address) else refuse(address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int | None:
        return connect_ex(self, address) if _is_local(address) else refuse(address)

    def guarded_lookup(host: Any, *arguments: Any, **options: Any) -> Any:
        return lookup(host, *arguments, **options) if host is None or host in LOCAL else refuse(host)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_lookup)
