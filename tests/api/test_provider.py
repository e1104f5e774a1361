"""Sign-in by another provider, against a small one on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.settings import ServerSettings
from api.store.database import Database
from tests.api.provider import CLIENT, OTHER_KEY, SECRET, FakeProvider, provider
from tests.api.served import running, serve


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with provider() as running:
        yield running


@pytest.fixture
def backend() -> str:
    """What is tested here does not depend on the kind of database."""
    return "sqlite"


def serving(database: Database, fake: FakeProvider, **oidc: object) -> Any:
    settings = {"issuer": fake.url, "client_id": CLIENT, "client_secret": SECRET, "name": "Example Ltd"}
    return serve(database, oidc=settings | oidc)


def sign_in(client: httpx.Client, fake: FakeProvider, **query: str) -> httpx.Response:
    begun = client.get("/v1/oidc/start")
    assert begun.status_code == 303, begun.text
    return client.get("/v1/oidc/callback", params=fake.let_in(begun.headers["location"]) | query)


def test_the_page_is_told_which_ways_in_there_are(database: Database, fake: FakeProvider) -> None:
    with serving(database, fake) as served, served.client() as client:
        expected = {"has_owner": True, "provider": {"name": "Example Ltd", "url": "/v1/oidc/start"}}
        assert client.get("/v1/sign-in").json() == expected


def test_without_a_provider_there_is_only_the_password(database: Database) -> None:
    with serve(database) as served, served.client() as client:
        assert client.get("/v1/sign-in").json()["provider"] is None
        assert client.get("/v1/oidc/start").status_code == 404


def test_who_may_join_comes_in_and_sees_no_study_yet(database: Database, fake: FakeProvider) -> None:
    fake.claims = {"name": "Nia"}
    with serving(database, fake, may_join=True) as served, served.client() as client:
        served.study("arrive")
        answer = sign_in(client, fake)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        seen = client.get("/v1/session").json()
        assert (seen["name"], seen["roles"], seen["is_owner"], seen["may_create"]) == ("Nia", {}, False, False)
        first = seen["id"]
        fake.claims = {"name": "Nia Married"}  # the same person, by `sub`
        with served.client() as elsewhere:
            assert sign_in(elsewhere, fake).status_code == 303
            assert elsewhere.get("/v1/session").json()["id"] == first


def test_an_invited_address_is_let_in_and_others_are_not(database: Database, fake: FakeProvider) -> None:
    with serving(database, fake) as served, served.client("session") as owner, served.client() as client:
        owner.post("/v1/people", json={"name": "nia@example.com"})
        fake.claims = {"email": "nia@example.com", "email_verified": False}
        assert sign_in(client, fake).status_code == 403
        fake.claims = {"email": "sam@example.com", "email_verified": True}
        assert sign_in(client, fake).status_code == 403
        fake.claims = {"email": "nia@example.com", "email_verified": True}
        assert sign_in(client, fake).status_code == 303
        assert client.get("/v1/session").json()["name"] == "nia@example.com"


def test_an_address_that_somebody_has_with_a_password_is_not_taken_over(database: Database, fake: FakeProvider) -> None:
    fake.claims = {"email": "olga", "email_verified": True, "name": "olga"}
    with serving(database, fake, may_join=True) as served, served.client() as client:
        assert sign_in(client, fake).status_code == 409
        assert client.get("/v1/session").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"aud": "another"}},
        {"claims": {"iss": "https://another.example"}},
        {"claims": {"exp": int(time.time()) - 600}},
        {"claims": {"sub": ""}},
        {"key": OTHER_KEY},
        {"algorithm": "none"},
    ],
    ids=str,
)
def test_an_answer_that_is_not_valid_lets_nobody_in(
    database: Database, fake: FakeProvider, wrong: dict[str, Any]
) -> None:
    with serving(database, fake, may_join=True) as served, served.client() as client:
        for name, value in wrong.items():
            setattr(fake, name, value)
        answer = sign_in(client, fake)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_failed")
        assert client.get("/v1/session").status_code == 401


def test_the_answer_to_another_sign_in_lets_nobody_in(database: Database, fake: FakeProvider) -> None:
    with serving(database, fake, may_join=True) as served, served.client() as mine, served.client() as theirs:
        assert sign_in(mine, fake, state="another").status_code == 401
        answer = fake.let_in(theirs.get("/v1/oidc/start").headers["location"])
        assert mine.get("/v1/oidc/callback", params=answer).status_code == 401  # began another
        with served.client() as fresh:
            assert fresh.get("/v1/oidc/callback", params=answer).status_code == 401  # began none
        assert theirs.get("/v1/oidc/callback", params=answer).status_code == 303


def test_who_declines_at_the_provider_is_not_signed_in(database: Database, fake: FakeProvider) -> None:
    with serving(database, fake) as served, served.client() as client:
        state = fake.let_in(client.get("/v1/oidc/start").headers["location"])["state"]
        answer = client.get("/v1/oidc/callback", params={"error": "access_denied", "state": state})
        assert answer.status_code == 401


def test_a_provider_that_is_away_or_another_is_said(database: Database, fake: FakeProvider) -> None:
    fake.issuer = "https://another.example"
    with serving(database, fake) as served, served.client() as client:
        answer = client.get("/v1/oidc/start")
        assert (answer.status_code, answer.json()["error"]["code"]) == (502, "provider_unavailable")
    away = FakeProvider(url="http://127.0.0.1:9")
    with serve_again(database, away) as url, httpx.Client(base_url=url, trust_env=False) as client:
        assert client.get("/v1/oidc/start").status_code == 502


def serve_again(database: Database, fake: FakeProvider) -> Any:
    """Serve a database that has people already."""
    oidc = {"issuer": fake.url, "client_id": CLIENT, "client_secret": SECRET}
    return running(ServerSettings.model_validate({"oidc": oidc}), database)


def test_the_cookie_of_a_sign_in_that_began_is_out_of_reach_of_scripts_and_holds_no_secret(
    database: Database, fake: FakeProvider
) -> None:
    with serving(database, fake) as served, served.client() as client:
        cookie = client.get("/v1/oidc/start").headers["set-cookie"]
        assert "httponly" in cookie.lower()
        assert SECRET not in cookie
