"""Running the server: its socket, its processes, and beside them the process that works on runs.

Runs are worked on in a process of their own, at a lower priority: reading interviews keeps a core busy for minutes, and
in the server's process it would take turns with every request.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.supervisors import Multiprocess

from api.logs import log, set_up_logs
from api.metrics import SHARED_FOLDER
from api.services.databases import open_database
from api.services.runs import work
from api.settings import PREFIX, ServerSettings, read_settings
from jtbd_nlp.errors import ConfigError

if TYPE_CHECKING:
    from fastapi import FastAPI

GRACE_S: Final = 10
_WORKER_GRACE_S: Final = 20.0
# Of the process that works on runs: seconds until it is started again, more after each time that it ended by itself.
_PAUSES_S: Final = (1.0, 5.0, 30.0, 60.0)
_NICENESS: Final = 10
_WORKER_CODE: Final = "from api.serving import work_until_alone; work_until_alone()"


def application() -> FastAPI:
    """The application of one server process, by the settings of file and environment."""
    # Here, since neither the process that works on runs nor the one that keeps several servers needs it.
    from api.app import create_app

    settings = read_settings()
    set_up_logs(settings.log_form)
    app = create_app(settings, open_database(settings.database))
    # To read a large map makes a hundred thousand values; without this, a third of the time goes into looking again and
    # again through all that was imported whether it can be thrown away.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    return app


def listen(settings: ServerSettings) -> socket.socket:
    """Take the server's place on the network, before anything is said about it.

    Raises:
        ConfigError: it cannot be had: another program has the port, or this machine has no such address.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named as TCP, or asyncio does not turn off Nagle's algorithm, which holds back every second answer for 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        place = f"{settings.host}:{settings.port}"
        raise ConfigError(f"{place}: {error.strerror or error}: choose another with --port or --host") from error
    listening.set_inheritable(True)
    return listening


def serve(settings: ServerSettings, listening: socket.socket, given: Mapping[str, object]) -> None:
    """Serve until stopped (Ctrl+C, SIGTERM): requests that are being answered have ten seconds to end.

    Args:
        listening: see `listen`.
        given: the settings that stand on the command line, for processes that are started from here.
    """
    os.environ.update({f"{PREFIX}{name.upper()}": _spelled(value) for name, value in given.items()})
    config = server_config(settings, "api.serving:application")
    # uvicorn raises the signal that stopped it again at its end; what follows must still be done.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with _worker(settings), listening, contextlib.suppress(KeyboardInterrupt):
        if settings.workers == 1:
            uvicorn.Server(config).run(sockets=[listening])
            return
        with tempfile.TemporaryDirectory(prefix="jtbd-metrics-") as folder:
            os.environ[SHARED_FOLDER] = folder
            Multiprocess(config, [listening]).run()


def server_config(settings: ServerSettings, app: FastAPI | str) -> uvicorn.Config:
    """How uvicorn serves an application, or the one that a function makes which is named as `module:function`."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        timeout_graceful_shutdown=GRACE_S,
    )


def work_until_alone() -> None:
    """Work on runs until told to stop, or until the server that started this process is gone."""
    settings = read_settings()
    set_up_logs(settings.log_form)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait_for_end() -> None:
        sys.stdin.buffer.read()  # ends when the server closes the pipe, or dies
        stop.set()

    threading.Thread(target=wait_for_end, name="jtbd-alone", daemon=True).start()
    work(open_database(settings.database), stop=stop)


@contextmanager
def _worker(settings: ServerSettings) -> Iterator[None]:
    """Keep a process that works on runs alive until the block ends."""
    if not settings.run_worker:
        yield
        return
    stop = threading.Event()
    keeping = threading.Thread(target=_keep_worker, args=(stop,), name="jtbd-worker", daemon=True)
    keeping.start()
    try:
        yield
    finally:
        stop.set()
        keeping.join()


def _keep_worker(stop: threading.Event) -> None:
    n_ends = 0
    while not stop.is_set():
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _WORKER_CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C in a terminal goes to the server, which ends this process in its turn
        )
        while process.poll() is None and not stop.wait(0.5):
            pass
        if process.poll() is None:
            _end(process)
        elif not stop.is_set():
            log().error("the process that works on runs ended", status=process.returncode)
            stop.wait(_PAUSES_S[min(n_ends, len(_PAUSES_S) - 1)])
            n_ends += 1


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_WORKER_GRACE_S)
    except subprocess.TimeoutExpired:
        # What it is at is taken up again by the next worker.
        process.kill()
        process.wait()


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
