"""What surrounds every request: ids, names the server may be called by, headers, limits, figures, logs."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.guards import is_known_host
from api.logs import set_up_logs
from api.routes.wiring import public
from api.settings import ServerSettings
from api.store.database import Database
from tests.api.served import Served, running, serve


@pytest.fixture
def served_here(sqlite_database: Database) -> Iterator[Served]:
    with serve(sqlite_database) as running_server:
        yield running_server


def test_every_answer_has_its_id_and_the_headers_that_browsers_obey(served_here: Served) -> None:
    with served_here.client() as client:
        for answer in (client.get("/health"), client.get("/v1/nothing"), client.get("/v1/session")):
            assert len(answer.headers["x-request-id"]) == 32
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert client.get("/v1/session").headers["cache-control"] == "no-store"
        assert client.get("/health", headers={"X-Request-ID": "call-7"}).headers["x-request-id"] == "call-7"
        assert client.get("/health", headers={"X-Request-ID": "a b"}).headers["x-request-id"] != "a b"


def test_a_name_that_leads_here_from_elsewhere_is_refused(served_here: Served) -> None:
    with served_here.client() as client:
        answer = client.get("/health", headers={"Host": "rebound.example"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (421, "unknown_host")
        assert client.get("/health", headers={"Host": "localhost:8384"}).status_code == 200


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:80", "[::1]:80", "localhost", "jtbd.localhost:9", "studies.example"]
)
def test_addresses_and_own_names_are_known(host: str) -> None:
    assert is_known_host(host, frozenset({"studies.example"}))


@given(st.from_regex(r"[a-z0-9.-]{0,20}\.(com|example|1x)(:[0-9]{1,5})?", fullmatch=True))
def test_other_names_are_not_known(host: str) -> None:
    assert not is_known_host(host, frozenset({"127.0.0.1", "studies.internal"}))


def _failing(settings: ServerSettings, database: Database) -> FastAPI:
    app = create_app(settings, database)

    def fail() -> None:
        raise ValueError("and then Eva said she would quit")

    app.add_api_route("/fail", fail, dependencies=[public()])
    return app


def test_a_fault_of_the_program_is_told_without_what_it_says(
    sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("json")
    try:
        with running(ServerSettings(), sqlite_database, _failing) as url:
            answer = httpx.get(f"{url}/fail", trust_env=False)
    finally:
        logging.getLogger().handlers = []
    body = answer.json()["error"]
    assert (answer.status_code, body["code"]) == (500, "internal")
    assert answer.headers["x-request-id"] in body["message"]
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    failure, request = (line for line in lines if line["event"] in ("failure", "request"))
    assert failure["error"] == "ValueError"
    assert failure["places"][-1].endswith(" fail")
    assert failure["request_id"] == request["request_id"] == answer.headers["x-request-id"]
    assert request["status"] == 500
    assert "Eva" not in json.dumps(lines) + answer.text


def test_logs_name_routes_and_callers_but_not_what_stands_in_the_path(
    sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("json")
    try:
        # A request is logged after its answer went out: all of them are when the server has ended.
        with serve(sqlite_database) as served, served.client("reader") as client:
            client.delete("/v1/session?name=anna-schmidt")
            client.get("/v1/anna-schmidt")
    finally:
        logging.getLogger().handlers = []
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["route"] for line in requests] == ["/v1/session", "(none)"]
    assert requests[0]["caller"].startswith("key_")
    assert "schmidt" not in json.dumps(lines)


@pytest.mark.parametrize(
    ("method", "path", "media_type"),
    [
        ("POST", "/v1/studies/{}/uploads", "multipart/form-data; boundary=b"),
        ("POST", "/v1/studies", "application/json"),
    ],
)
def test_who_hangs_up_in_the_middle_of_a_body_is_no_fault_of_the_server(
    sqlite_database: Database, capsys: pytest.CaptureFixture[str], method: str, path: str, media_type: str
) -> None:
    begun = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nEva: I dr'
    set_up_logs("json")
    try:
        with serve(sqlite_database) as served:
            place = httpx.URL(served.url)
            head = f"{method} {path.format(served.study('arrive'))} HTTP/1.1\r\nHost: {place.host}\r\n"
            head += f"Authorization: Bearer {served.keys['analyst']}\r\nContent-Type: {media_type}\r\n"
            with socket.create_connection((place.host, place.port or 0)) as caller:
                caller.sendall(f"{head}Content-Length: 5000\r\n\r\n".encode() + begun)
            with served.client("reader") as client:
                deadline = time.monotonic() + 60
                while 'status="499"' not in (figures := client.get("/metrics").text):
                    assert time.monotonic() < deadline, figures
                    time.sleep(0.02)
    finally:
        logging.getLogger().handlers = []
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (cut_off,) = (line for line in lines if line.get("route") == path.format("{study_id}"))
    assert (cut_off["status"], cut_off["level"]) == (499, "info")
    assert not [line for line in lines if line["event"] == "failure"]


def test_who_calls_too_often_waits(sqlite_database: Database) -> None:
    with serve(sqlite_database, requests_per_minute=3, stranger_requests_per_minute=2) as served:
        with served.client("reader") as client:
            answers = [client.get("/v1/session") for _ in range(4)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429]
        assert [a.headers["x-ratelimit-remaining"] for a in answers[:3]] == ["2", "1", "0"]
        assert answers[3].json()["error"]["code"] == "too_many_requests"
        assert 1 <= int(answers[3].headers["retry-after"]) <= 120
        assert (answers[3].headers["x-ratelimit-limit"], answers[3].headers["x-ratelimit-remaining"]) == ("3", "0")
        with served.client("analyst") as client:
            assert client.get("/v1/session").status_code == 200
        with served.client() as client:
            assert [client.get("/v1/session").status_code for _ in range(3)] == [401, 401, 429]


def test_a_body_that_is_too_large_is_not_taken(sqlite_database: Database) -> None:
    with serve(sqlite_database, max_upload_mb=1, max_body_mb=1) as served, served.client() as client:
        answer = client.post("/v1/session", content=b" " * 1_100_000, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
        streamed = client.post("/v1/session", content=(b" " * 100_000 for _ in range(12)))
        assert (streamed.status_code, streamed.json()["error"]["code"]) == (413, "too_large")


def test_the_server_tells_whether_it_is_alive_and_ready_and_what_it_counts(served_here: Served) -> None:
    with served_here.client() as client:
        assert client.get("/health").json() == {"status": "ok"}
        assert client.get("/ready").json() == {"status": "ok"}
        assert client.get("/metrics").status_code == 401
    with served_here.client("reader") as client:
        figures = client.get("/metrics").text
    assert 'jtbd_requests_total{method="GET",route="/ready",status="200"} 1.0' in figures


def test_a_server_whose_database_is_gone_is_alive_and_not_ready_and_its_log_says_why(
    served_here: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("quiet")
    served_here.database.close()
    served_here.database.path.unlink()
    with served_here.client() as client:
        assert client.get("/health").status_code == 200
        assert client.get("/ready").status_code == 503
    logging.getLogger().handlers = []
    (line,) = capsys.readouterr().err.splitlines()
    assert "database_unavailable" in line
