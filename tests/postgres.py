"""A PostgreSQL of the tests' own: a cluster in a temporary folder, reached through a socket there, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A server refuses to run as root; any of these will do, in this order.
USERS = ("postgres", "nobody")
START_S = 60
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM_BYTES = 2 << 30


class PostgresMissingError(Exception):
    """There is no PostgreSQL to start here; the message says why."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`: that of pg_config, of the path, or where packages put it."""
    candidates = []
    if pg_config := shutil.which("pg_config"):
        asked = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        candidates.append(Path(asked.stdout.strip()))
    if initdb := shutil.which("initdb"):
        candidates.append(Path(initdb).parent)
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise PostgresMissingError("PostgreSQL is not installed: neither pg_config nor initdb leads to a server")


def owner() -> pwd.struct_passwd | None:
    """The user to run the server as: ourselves (None), or somebody else if we are root."""
    if os.geteuid() != 0:
        return None
    for name in USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissingError("PostgreSQL does not run as root, and there is no other user to run it as")


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server; give the URL of its database `postgres`.

    Raises:
        PostgresMissingError: none is installed, or there is no user to run it as.
    """
    folder = programs()
    user = owner()
    # Not pytest's own folders: the server's user could not enter them, and a socket's path must be short.
    home = Path(tempfile.mkdtemp(prefix="jtbd-pg-", dir=_memory()))
    try:
        if user:
            os.chown(home, user.pw_uid, user.pw_gid)
        running = _start(folder, home, user)
        try:
            _wait(folder, home, running)
            yield f"postgresql://jtbd@/postgres?host={home}"
        finally:
            # At once: nobody wants what it would still write, and whoever is still connected does not hold it up.
            running.send_signal(signal.SIGQUIT)
            running.wait(START_S)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _memory() -> Path | None:
    """A folder in memory, where there is room in it: a busy disk would hold up every test."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES
    return MEMORY if has_room else None


def _start(folder: Path, home: Path, user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    who: dict[str, int] = {"user": user.pw_uid, "group": user.pw_gid} if user else {}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"LC_ALL": "C.UTF-8", "HOME": str(home)}
    common = {"cwd": home, "env": environment, "extra_groups": [] if user else None}
    made = subprocess.run(
        [folder / "initdb", "-D", home / "data", "-U", "jtbd", "--auth=trust", "-E", "UTF8", "--no-sync"],
        capture_output=True,
        text=True,
        check=False,
        **common,
        **who,
    )
    if made.returncode:
        raise PostgresMissingError(f"initdb failed: {made.stderr.strip()}")
    options = {"listen_addresses": "", "unix_socket_directories": home, "fsync": "off", "max_connections": 60}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [folder / "postgres", "-D", home / "data", *settings], stdout=log, stderr=log, **common, **who
        )


def _wait(folder: Path, home: Path, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and running.poll() is None:
        ready = subprocess.run([folder / "pg_isready", "-q", "-h", home], check=False)
        if ready.returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start: {(home / 'log').read_text(errors='replace')[-2000:]}")
