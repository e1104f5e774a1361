"""`jtbd serve`: the review page and the HTTP API, on this machine or for a team."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import Where, say

if TYPE_CHECKING:
    from api.settings import ServerSettings
    from api.store.database import Database

_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - only compared with


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 unless told.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 8384 unless told.", min=0, max=65535)] = None,
    database: Where = None,
    workers: Annotated[int | None, typer.Option(help="Server processes; 1 unless told.", min=1, max=64)] = None,
    tls_certificate: Annotated[
        Path | None, typer.Option(help="Certificate (PEM, with its chain) to speak HTTPS with.", metavar="FILE")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key.", metavar="FILE")] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Speak plain HTTP on a network, as behind a proxy that does TLS.")
    ] = False,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Do not work on runs here: `jtbd worker` does elsewhere.")
    ] = False,
) -> None:
    """Open the review page and the HTTP API; a link that makes you the owner is printed at the first start.

    Options may also stand in a file (jtbd.toml in your configuration folder, or the one that JTBD_CONFIG names) or in
    the environment (JTBD_PORT, ...).
    """
    from api.services.databases import open_database
    from api.serving import listen
    from api.serving import serve as run
    from api.settings import read_settings

    options: dict[str, object | None] = {
        "host": host,
        "port": port,
        "database": database,
        "workers": workers,
        "tls_certificate": tls_certificate,
        "tls_key": tls_key,
        "insecure": True if insecure else None,
        "run_worker": False if no_worker else None,
    }
    given = {name: value for name, value in options.items() if value is not None}
    settings = read_settings(**given)
    kept = open_database(settings.database, make=True)
    with listen(settings) as listening:
        _say_where(settings, kept, address(settings, listening.getsockname()[1]))
        kept.close()
        run(settings, listening, given)
    say("stopped")


def address(settings: ServerSettings, port: int) -> str:
    """What people type to reach the server, without a slash at the end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    name = settings.host
    if name in _ANYWHERE:
        name = settings.hosts[0] if settings.hosts else socket.gethostname()
    name = f"[{name}]" if ":" in name else name
    return f"{'https' if settings.has_tls else 'http'}://{name}:{port}"


def _say_where(settings: ServerSettings, database: Database, url: str) -> None:
    from api.services.access.people import LINK_HOURS, first_link
    from api.store.database import Stamp

    say(f"studies: {database}")
    secret = first_link(database, Stamp.now("jtbd serve"))
    if secret is None:
        say(f"open {url}")
    else:
        say(f"open {url}/#/setup?link={secret}")
        say(f"     this link makes you the owner; it works once, and for {LINK_HOURS} hours")
    if settings.is_loopback:
        say("only this machine can reach it; Ctrl+C stops")
    elif settings.has_tls:
        say("others on the network can reach it, over TLS; Ctrl+C stops")
    else:
        say("others on the network can reach it WITHOUT TLS, and listen in unless a proxy does it; Ctrl+C stops")
