"""Who is let in, over HTTP against a real server, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fastapi import APIRouter, FastAPI

from api.routes.wiring import Act, check_rules, may, public
from api.services.access import people
from api.store.database import Stamp
from tests.api.served import OWNER, PASSWORD, Served


def test_a_password_opens_a_session_which_ends_when_signing_out(served: Served) -> None:
    with served.client() as client:
        assert client.get("/v1/session").status_code == 401
        begun = client.post("/v1/session", json={"name": OWNER, "password": PASSWORD})
        assert begun.status_code == 201
        cookie = begun.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert PASSWORD not in begun.text
        seen = client.get("/v1/session").json()
        assert (seen["name"], seen["kind"], seen["is_owner"]) == (OWNER, "person", True)
        assert client.delete("/v1/session").status_code == 403
        assert client.delete("/v1/session", headers={"X-CSRF-Token": seen["csrf"]}).status_code == 204
        assert client.get("/v1/session").status_code == 401


def test_a_key_calls_without_a_csrf_token_and_tells_what_it_may(served: Served) -> None:
    study_id = served.study("arrive")
    with served.client("reviewer") as client:
        seen = client.get("/v1/session").json()
    assert seen["kind"] == "key"
    assert seen["roles"] == {study_id: ["read", "export", "review"]}


def test_the_first_link_makes_the_owner_once(served: Served) -> None:
    assert people.first_link(served.database, Stamp("serve", datetime.now(UTC))) is None


def test_errors_have_one_body(served: Served) -> None:
    with served.client() as client:
        failures = {
            404: client.get("/v1/nothing"),
            405: client.put("/v1/session"),
            401: client.get("/v1/session"),
            422: client.post("/v1/session", json={"name": 7}),
        }
    for status, failure in failures.items():
        assert failure.status_code == status
        assert set(failure.json()["error"]) == {"code", "message", "details"}
    fields = [(f["in"], f["field"]) for f in failures[422].json()["error"]["details"]["fields"]]
    assert fields == [("body", "name"), ("body", "password")]


@pytest.mark.parametrize("rules", [[], [may(Act.READ), public()]])
def test_a_route_without_exactly_one_rule_stops_the_start(rules: list[object]) -> None:
    router = APIRouter()
    router.add_api_route("/open", lambda: None, dependencies=rules)  # type: ignore[arg-type]  # what may() gives
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router, prefix="/v1")
    with pytest.raises(TypeError, match="/v1/open"):
        check_rules(app.routes)
