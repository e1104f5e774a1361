"""The server sends requests to public addresses alone, whatever a name says the second time it is asked."""

from __future__ import annotations

import datetime
import socket
import ssl
import time
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.services.targets import TargetRefusedError, Targets, TargetUnreachableError, post
from tests.listening import listening

HERE = Targets.of(["127.0.0.0/8"])
PUBLIC = "93.184.215.14"


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: str | list[str]) -> list[str]:
    """Let every name lead to these addresses, one answer after the other; give a list of the names asked for."""
    asked: list[str] = []
    left = list(answers)

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        answer = left.pop(0) if len(left) > 1 else left[0]
        found = [answer] if isinstance(answer, str) else answer
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "0.0.0.1", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "192.0.2.7", "::1", "::", "fe80::1", "fd00::1", "ff02::1"),
        *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "::ffff:127.0.0.1"),
    ],
)
def test_private_addresses_are_refused_however_they_are_written(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolve(monkeypatch, address)
    with pytest.raises(TargetRefusedError, match="private"):
        Targets().check("https://innocent.example/hook")


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, [PUBLIC, "10.0.0.1"])
    with pytest.raises(TargetRefusedError):
        Targets().check("https://innocent.example/hook")


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_sent_to_over_https_alone(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolve(monkeypatch, address)
    Targets().check("https://example.org:8443/hook?x=1")
    with pytest.raises(TargetRefusedError, match="only https"):
        Targets().check("http://example.org/hook")


def test_networks_that_the_keeper_allows_are_sent_to_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = Targets.of(["10.0.0.0/8", "fd00::/8"])
    for address in ("10.9.9.9", "fd00::7", "::ffff:10.0.0.1"):
        resolve(monkeypatch, address)
        inside.check("http://intranet/hook")
    resolve(monkeypatch, "169.254.169.254")
    with pytest.raises(TargetRefusedError):
        inside.check("https://intranet/hook")
    with pytest.raises(TargetRefusedError, match="bits set"):
        Targets.of(["10.0.0.1/8"])


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org", "https://", "//example.org", "example.org", "https://user:pw@example.org/", ""),
        *(
            "https://example.org:port/",
            "https://exa mple.org/",
            "https://example.org/\nx",
            "https://[::1",
            "file:///etc",
        ),
        "https://example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_plain_url_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    resolve(monkeypatch, PUBLIC)
    with pytest.raises(TargetRefusedError):
        Targets().check(url)


def test_a_name_that_leads_elsewhere_when_it_is_connected_to_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as heard:
        port = int(heard.url.rpartition(":")[2].partition("/")[0])
        resolve(monkeypatch, PUBLIC, "127.0.0.1")
        url = f"https://rebinding.example:{port}/hook"
        Targets().check(url)
        with pytest.raises(TargetRefusedError):
            post(url, b"{}", {}, targets=Targets(), deadline_s=5)
    assert heard.requests == []


def test_what_was_checked_is_connected_to_and_the_name_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolve(monkeypatch, PUBLIC, "127.0.0.1")
    connected: list[str] = []

    def connect(_: object, host: str, *__: Any, **___: Any) -> httpcore.NetworkStream:
        connected.append(host)
        raise httpcore.ConnectError("nobody there")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(TargetUnreachableError):
        post("https://rebinding.example/hook", b"{}", {}, targets=Targets(), deadline_s=5)
    assert (asked, connected) == (["rebinding.example"], [PUBLIC])


def test_redirects_are_an_answer_like_any_other() -> None:
    with listening() as elsewhere, listening() as heard:
        heard.answers = [(307, {"Location": elsewhere.url})]
        status, headers = post(heard.url, b"{}", {"a": "b"}, targets=HERE, deadline_s=5)
    assert (status, headers["location"], elsewhere.requests) == (307, elsewhere.url, [])
    assert heard.requests[0][0]["a"] == "b"


def test_an_answer_that_drips_in_ends_at_the_deadline() -> None:
    with listening() as heard:
        heard.pause_s = 0.1
        began = time.monotonic()
        with pytest.raises(TargetUnreachableError, match=r"no answer within 0\.5 s"):
            post(heard.url, b"{}", {}, targets=HERE, deadline_s=0.5)
        assert time.monotonic() - began < 1.5


def test_nobody_listening_and_no_http_are_said_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(TargetUnreachableError, match="no connection"):
            post(f"http://127.0.0.1:{taken.getsockname()[1]}/", b"", {}, targets=HERE, deadline_s=5)


@pytest.mark.parametrize(("name", "is_taken"), [("localhost", True), ("other.example", False)])
def test_the_certificate_must_be_for_the_name_and_not_for_the_address(
    tmp_path: Path, name: str, is_taken: bool
) -> None:
    certificate = self_signed(tmp_path, name)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    trusted = ssl.create_default_context(cafile=str(certificate))
    with listening(tls=server) as heard:
        if is_taken:
            assert post(heard.url, b"{}", {}, targets=HERE, deadline_s=5, trusted=trusted)[0] == 204
        else:
            with pytest.raises(TargetUnreachableError):
                post(heard.url, b"{}", {}, targets=HERE, deadline_s=5, trusted=trusted)


def self_signed(folder: Path, name: str) -> Path:
    """A certificate for a name with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(plain + certificate.public_bytes(serialization.Encoding.PEM))
    return path
