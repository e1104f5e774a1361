"""A web server on this machine that notes what is sent to it and answers as told."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Heard:
    """What came in: headers with names in lower case, and bodies; `answers` are given in turn, then 204."""

    url: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    pause_s: float = 0.0


@contextmanager
def listening(*, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Heard]:
    """Listen on a free port until the block ends."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            heard.requests.append(({k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length)))
            status, headers = heard.answers.pop(0) if heard.answers else (204, {})
            for piece in (f"HTTP/1.1 {status} said\r\n", *(f"{k}: {v}\r\n" for k, v in headers.items()), "\r\n"):
                for char in piece if heard.pause_s else [piece]:
                    time.sleep(heard.pause_s)
                    self.wfile.write(char.encode())

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            pass

    server = Server((host, 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    heard.url = f"{'https' if tls else 'http'}://localhost:{server.server_address[1]}/hear"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
