"""`jtbd serve` as people start it, and the settings that it takes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from api.cli import app
from api.commands.serving import address
from api.services.access.people import first_link
from api.serving import listen
from api.settings import ServerSettings, read_settings
from api.store import schema
from api.store.database import Database, Stamp, database_url
from jtbd_nlp.errors import ConfigError
from tests.api.served import running

START_S = 120


@dataclass
class Started:
    """A running `jtbd serve`: its process, what it said, and where it is."""

    process: subprocess.Popen[str]
    said: list[str]
    url: str

    @property
    def link(self) -> str | None:
        found = re.search(r"#/setup\?link=(\S+)", "\n".join(self.said))
        return found[1] if found else None

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(START_S)


@contextmanager
def started(folder: Path, *options: str) -> Iterator[Started]:
    """`jtbd serve` with a database in a folder, once it answers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JTBD_")}
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0", *options]
    command += ["--database", str(folder / "studies.sqlite3")]
    environment |= {"XDG_CONFIG_HOME": str(folder / "config")}
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    try:
        said: list[str] = []
        while not said or "stops" not in said[-1]:
            line = process.stdout.readline()
            assert line, (folder / "log").read_text()
            said.append(line.strip())
        found = Started(process, said, re.findall(r"http://[^/#\s]+", said[1])[0])
        deadline = time.monotonic() + START_S
        while not _answers(found.url):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield found
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.slow
def test_one_command_and_one_link_make_an_owner_and_the_next_start_may_have_several_processes(tmp_path: Path) -> None:
    with started(tmp_path, "--no-worker") as first:
        assert any("only this machine" in line for line in first.said)
        with httpx.Client(base_url=first.url, trust_env=False) as client:
            begun = client.post("/v1/setup", json={"link": first.link, "name": "Olga", "password": "four odd words"})
            assert (begun.status_code, begun.json()["is_owner"]) == (201, True)
            assert "text/html" in client.get("/").headers["content-type"]
            kept = {cookie.name: cookie.value or "" for cookie in client.cookies.jar}
        assert first.stop() == 0
    # Started again, by several processes that share one port and count together, it knows who was signed in.
    with started(tmp_path, "--no-worker", "--workers", "2") as again:
        assert again.link is None
        assert httpx.get(f"{again.url}/v1/session", cookies=kept, trust_env=False).json()["name"] == "Olga"
        for _ in range(20):  # each on a connection of its own
            assert httpx.get(f"{again.url}/ready", trust_env=False).status_code == 200
        figures = httpx.get(f"{again.url}/metrics", cookies=kept, trust_env=False).text
        counted = re.search(r'jtbd_requests_total{method="GET",route="/ready",status="200"} (\S+)', figures)
        assert counted is not None
        assert float(counted[1]) == 20
        assert again.stop(signal.SIGINT) == 0
    assert "Olga" not in (tmp_path / "log").read_text()


def test_under_tls_the_cookie_is_for_this_host_over_tls_alone(tmp_path: Path, sqlite_database: Database) -> None:
    link = first_link(sqlite_database, Stamp.now("jtbd serve"))
    with running(read_settings(**_certificate(tmp_path)), sqlite_database) as url:
        assert url.startswith("https://")
        with httpx.Client(base_url=url, trust_env=False, verify=False) as client:  # noqa: S501 - our own
            begun = client.post("/v1/setup", json={"link": link, "name": "Olga", "password": "four odd words"})
            cookie = begun.headers["set-cookie"]
            assert cookie.startswith("__Host-jtbd=")
            assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
            assert "max-age" in begun.headers["strict-transport-security"]
            assert client.get("/v1/session").json()["name"] == "Olga"


def _certificate(folder: Path) -> dict[str, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    (folder / "chain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {"tls_certificate": folder / "chain.pem", "tls_key": folder / "key.pem"}


@pytest.mark.parametrize(("proxies", "is_believed"), [("", False), ("127.0.0.1", True)])
def test_a_proxy_is_believed_about_who_calls_only_if_it_is_named(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, proxies: str, is_believed: bool
) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    monkeypatch.setenv("JTBD_PROXIES", proxies)
    with running(read_settings(), sqlite_database) as url:
        answer = httpx.get(f"{url}/health", headers=forwarded, trust_env=False)
    assert ("strict-transport-security" in answer.headers) == is_believed


@pytest.mark.slow
def test_the_process_that_works_on_runs_lives_as_long_as_the_server(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        worker = _child(server.process.pid)
        server.process.kill()  # no time to tell the worker
        deadline = time.monotonic() + START_S
        while Path(f"/proc/{worker}").exists():
            assert time.monotonic() < deadline, "the worker outlives the server"
            time.sleep(0.1)


def _child(pid: int) -> int:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        children = Path(f"/proc/{pid}/task/{pid}/children")
        if not children.exists():
            pytest.skip("this system does not tell children")
        for thread in Path(f"/proc/{pid}/task").iterdir():
            if found := (thread / "children").read_text().split():
                return int(found[0])
        time.sleep(0.05)
    raise AssertionError("no process works on runs")


def test_an_old_database_is_not_served_but_the_command_that_mends_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "studies.sqlite3"
    old = Database(database_url(str(path)))
    schema.upgrade(old, schema.known_versions()[0])
    old.close()
    before = path.read_bytes()
    done = CliRunner().invoke(app, ["serve", "--port", "0", "--database", str(path)])
    assert done.exit_code == 1
    assert "jtbd db upgrade" in str(done.exception)
    assert path.read_bytes() == before


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = ServerSettings(port=other.getsockname()[1])
        with pytest.raises(ConfigError, match="--port"):
            listen(settings)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "studies.example"])
def test_other_addresses_need_tls_or_a_flag(host: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"^on {re.escape(host)} others .* --tls-certificate"):
        read_settings(host=host)
    assert read_settings(host=host, insecure=True).host == host
    assert read_settings(host=host, tls_certificate=tmp_path / "c", tls_key=tmp_path / "k").has_tls


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_needs_nothing(host: str) -> None:
    assert read_settings(host=host).is_loopback


def test_the_command_line_goes_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.toml"
    file.write_text('port = 1\nworkers = 2\nhosts = ["a.example"]\n[oidc]\nissuer = "https://sso.example"\n')
    monkeypatch.setenv("JTBD_CONFIG", str(file))
    monkeypatch.setenv("JTBD_WORKERS", "3")
    monkeypatch.setenv("JTBD_OIDC__CLIENT_ID", "jtbd")
    monkeypatch.setenv("JTBD_OIDC__CLIENT_SECRET", "hidden")
    settings = read_settings(port=4)
    assert (settings.port, settings.workers, settings.hosts) == (4, 3, ("a.example",))
    assert settings.oidc is not None
    assert (settings.oidc.issuer, settings.oidc.client_id) == ("https://sso.example", "jtbd")
    assert "hidden" not in repr(settings)
    monkeypatch.setenv("JTBD_HOSTS", "b.example, c.example")
    assert read_settings().hosts == ("b.example", "c.example")


@pytest.mark.parametrize(
    ("content", "named"),
    [("prot = 1\n", "prot"), ("port = 70000\n", "port"), ("port = \n", "toml"), ('tls_key = "k"\n', "tls_certificate")],
)
def test_a_setting_that_cannot_be_is_named(
    content: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(content)
    monkeypatch.setenv("JTBD_CONFIG", str(file))
    with pytest.raises(ConfigError, match=named):
        read_settings()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "http://127.0.0.1:8384"),
        ({"host": "::1"}, "http://[::1]:8384"),
        ({"host": "0.0.0.0", "insecure": True, "hosts": ("studies.internal",)}, "http://studies.internal:8384"),
        ({"public_url": "https://studies.example/"}, "https://studies.example"),
    ],
)
def test_the_address_is_one_that_people_can_type(settings: dict[str, object], expected: str) -> None:
    assert address(ServerSettings.model_validate(settings), 8384) == expected
