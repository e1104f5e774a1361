"""Every route there is, called by everybody there can be: let through exactly where the policy says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import select

from api.app import create_app
from api.routes.wiring import Act, rule_of
from api.settings import ServerSettings
from api.store import schema
from api.store.database import Database, Stamp, database_url
from api.store.tables import ParticipantTable, UploadTable
from tests.api.served import Served, serve
from tests.stored import keep_rich_study

READER: Final = {"read", "export"}
MAY: Final = {
    "reader": READER,
    "reviewer": READER | {"review"},
    "analyst": READER | {"review", "analyse"},
    "owner": READER | {"review", "analyse", "manage", "own"},
    "stranger": set[str](),
}
# Where no study is concerned: everybody who is signed in may look, `analyst` and `owner` may make studies here.
MAY_OUTSIDE: Final = {who: READER | ({"analyse"} if who in ("analyst", "owner") else set()) for who in MAY}


@dataclass(frozen=True)
class Place:
    """One route: a method, a path with names of parameters, and what its rule asks for; None is for everybody."""

    method: str
    path: str
    act: Act | None

    def at(self, ids: dict[str, str]) -> str:
        path = self.path
        for name, value in ids.items():
            path = path.replace(f"{{{name}}}", value)
        return "/".join("x" if part.startswith("{") else part for part in path.split("/"))

    @property
    def is_in_study(self) -> bool:
        return any(f"{{{name}}}" in self.path for name in ("study_id", "run_id", "transcript_id", "participant_id"))


def places() -> list[Place]:
    app = create_app(ServerSettings(), Database(database_url("unused.sqlite3")))
    found = [
        Place(method, context.path or "", rule_of(context).act)
        for context in iter_route_contexts(app.routes)
        if hasattr(context.original_route, "dependant")
        for method in sorted(context.methods or ())
    ]
    # What erases comes last, the study itself at the very end.
    return sorted(found, key=lambda place: (place.method == "DELETE", -place.path.count("/"), place.path))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    database = Database(database_url(str(tmp_path_factory.mktemp("all") / "studies.sqlite3")))
    schema.upgrade(database)
    with serve(database) as running:
        yield running
    database.close()


@pytest.fixture(scope="module")
def ids(served: Served) -> dict[str, str]:
    kept = keep_rich_study(served.database, Stamp.now("ana"))
    served.let_in(kept.study)
    with served.database.reading() as session:
        of_study = [
            session.scalars(select(table.id).where(table.study_id == kept.study)).first()
            for table in (ParticipantTable, UploadTable)
        ]
    return {
        "study_id": kept.study,
        "run_id": kept.run,
        "transcript_id": next(iter(kept.transcripts.values())),
        "participant_id": str(of_study[0]),
        "upload_id": str(of_study[1]),
    }


def ask(client: httpx.Client, place: Place, ids: dict[str, str]) -> tuple[int, str | None]:
    """Status and error code; of an answer that goes on for ever only the head is waited for."""
    body: dict[str, Any] = {"json": {}} if place.method in ("POST", "PUT", "PATCH") else {}
    with client.stream(place.method, place.at(ids), **body) as answer:
        if answer.status_code < 400 or place.method == "HEAD":
            return answer.status_code, None
        answer.read()
        return answer.status_code, answer.json()["error"]["code"]


def test_there_are_routes_to_walk() -> None:
    walked = {(place.method, place.path) for place in places()}
    assert {("GET", "/v1/session"), ("DELETE", "/v1/studies/{study_id}"), ("GET", "/health")} <= walked
    assert len(walked) > 30


def test_nobody_gets_in_without_signing_in(served: Served, ids: dict[str, str]) -> None:
    with served.client() as client:
        for place in places():
            if place.act is not None:
                assert ask(client, place, ids)[0] == 401, place


def test_a_made_up_key_opens_nothing(served: Served, ids: dict[str, str]) -> None:
    with served.client() as client:
        client.headers["Authorization"] = "Bearer jtbd_" + "x" * 43
        for place in places():
            if place.act is not None:
                assert ask(client, place, ids)[0] == 401, place


@pytest.mark.parametrize("who", ["stranger", "reader", "reviewer", "analyst", "owner"])
def test_what_a_role_may_not_is_refused(served: Served, ids: dict[str, str], who: str) -> None:
    with served.client(who) as client:
        for place in places():
            if place.act is None or place.act in (MAY if place.is_in_study else MAY_OUTSIDE)[who]:
                continue
            # Who may not even read a study is not told that there is one.
            expected = (404, "not_found") if who == "stranger" and place.is_in_study else (403, "not_allowed")
            assert ask(client, place, ids) == expected, place


def test_a_session_changes_nothing_without_its_csrf_token(served: Served, ids: dict[str, str]) -> None:
    with served.client("session") as client:
        del client.headers["X-CSRF-Token"]
        for place in places():
            if place.act is not None and place.method not in ("GET", "HEAD"):
                assert ask(client, place, ids) == (403, "forged_request"), place


@pytest.mark.parametrize("who", ["reader", "reviewer", "analyst", "owner", "session"])
def test_what_a_role_may_is_let_through(served: Served, ids: dict[str, str], who: str) -> None:
    with served.client(who) as client:
        for place in places():
            if place.act is None or place.method == "DELETE":
                continue
            if who == "session" or place.act in (MAY if place.is_in_study else MAY_OUTSIDE)[who]:
                status, code = ask(client, place, ids)
                assert status < 500, place
                assert code not in ("not_signed_in", "forged_request"), place
                assert status != 403 or place.path == "/v1/session/password" or place.path.endswith("/keys"), place


def test_things_of_another_study_are_not_there(served: Served, ids: dict[str, str]) -> None:
    other = served.study("another")
    with served.client("session") as client:
        for place in places():
            named = [name for name in ids if f"{{{name}}}" in place.path]
            if place.act is not None and "study_id" in named and len(named) > 1:
                assert ask(client, place, ids | {"study_id": other}) == (404, "not_found"), place


def test_the_document_says_of_every_operation_who_may_call_it(served: Served) -> None:
    with served.client() as client:
        described = client.get("/v1/openapi.json").json()
    assert set(described["components"]["securitySchemes"]) == {"key", "session"}
    acts = {(place.method, place.path): place.act for place in places()}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            act = acts[method.upper(), path]
            assert operation.get("x-act") == act, (method, path)
            assert bool(operation["security"]) == (act is not None), (method, path)
