"""Who is let in, over HTTP against a real server, on both databases."""

from __future__ import annotations

import shutil
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from typer.testing import CliRunner

from api.cli import app
from api.routes.wiring import Act, check_rules, may, public
from api.services import audit
from api.services.access import keys, people, secrets
from api.services.access.callers import caller_of_key, caller_of_person, caller_of_session
from api.services.access.errors import LinkSpentError, NotSignedInError, SignInFailedError
from api.services.access.secrets import hashed
from api.services.databases import open_database
from api.store import keys as stored_keys
from api.store import maintenance
from api.store.database import Database, Stamp
from tests.api.served import OWNER, PASSWORD, Served, serve

# As the program has them; tests hash quicker.
OURS, NOBODYS = secrets._HASHER, secrets._NOBODYS


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
    made = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    made.include_router(router, prefix="/v1")
    with pytest.raises(TypeError, match="/v1/open"):
        check_rules(made.routes)


def test_an_invited_person_chooses_a_password_once_and_is_let_in_and_out_of_a_study(served: Served) -> None:
    study_id = served.study("arrive")
    with served.client("session") as owner, served.client() as client:
        invited = owner.post("/v1/people", json={"name": "Ida", "may_create": True})
        assert invited.status_code == 201
        assert invited.json()["link"].startswith(f"{served.url}/#/setup?link=")
        secret = invited.json()["link"].split("link=")[1].split("&")[0]
        assert client.post("/v1/setup", json={"link": secret, "password": "short"}).status_code == 422
        begun = client.post("/v1/setup", json={"link": secret, "password": "  four odd words "})
        assert (begun.status_code, begun.json()["name"], begun.json()["roles"]) == (201, "Ida", {})
        assert client.post("/v1/setup", json={"link": secret, "password": "four odd words"}).status_code == 410
        assert client.get(f"/v1/studies/{study_id}").status_code == 404
        assert owner.put(f"/v1/studies/{study_id}/members/Ida", json={"role": "reader"}).status_code == 200
        assert client.get(f"/v1/studies/{study_id}").status_code == 200
        person_id = begun.json()["id"]
        assert owner.delete(f"/v1/studies/{study_id}/members/{person_id}").status_code == 204
        assert client.get(f"/v1/studies/{study_id}").status_code == 404
        owner.patch(f"/v1/people/{person_id}", json={"is_closed": True})
        assert client.get("/v1/session").status_code == 401
        credentials = {"name": "Ida", "password": "  four odd words "}
        assert client.post("/v1/session", json=credentials).status_code == 401
        owner.patch(f"/v1/people/{person_id}", json={"is_closed": False})
        assert client.post("/v1/session", json=credentials).status_code == 201


def test_the_last_owner_stays(served: Served) -> None:
    study_id = served.study("arrive")
    odo = served.callers["owner"].person_id
    with served.client("session") as owner:
        me = owner.get("/v1/session").json()["id"]
        assert owner.patch(f"/v1/people/{me}", json={"is_owner": False}).status_code == 403
        assert owner.patch(f"/v1/people/{me}", json={"is_closed": True}).status_code == 403
        assert owner.delete(f"/v1/studies/{study_id}/members/{odo}").status_code == 403
        assert owner.put(f"/v1/studies/{study_id}/members/{odo}", json={"role": "reader"}).status_code == 403
        assert owner.get("/v1/session").status_code == 200


def test_a_key_is_shown_once_and_never_may_more_than_its_person(served: Served) -> None:
    study_id, other_id = served.study("arrive"), served.study("leave")
    with served.client("session") as owner:
        made = owner.post("/v1/keys", json={"name": "roadmap", "scopes": ["read"], "study_id": study_id}).json()
        listed = owner.get("/v1/keys").json()["keys"]
        assert [key["name"] for key in listed] == ["roadmap"]
        assert made["secret"] not in owner.get("/v1/keys").text
        assert [key["id"] for key in owner.get(f"/v1/studies/{study_id}/keys").json()["keys"]] == [made["id"]]
    with served.client() as tool:
        tool.headers["Authorization"] = f"Bearer {made['secret']}"
        assert tool.get(f"/v1/studies/{study_id}").status_code == 200
        assert tool.get(f"/v1/studies/{other_id}").status_code == 404
        assert tool.post("/v1/keys", json={"name": "more"}).status_code == 403
        assert tool.patch(f"/v1/studies/{study_id}", json={"job": "x"}).status_code == 403
        with served.client("session") as owner:
            assert owner.delete(f"/v1/keys/{made['id']}").status_code == 204
        assert tool.get(f"/v1/studies/{study_id}").status_code == 401


def test_a_key_of_all_scopes_cannot_make_itself_an_owner(served: Served) -> None:
    scopes = ["read", "export", "review", "analyse", "manage", "own"]
    with served.client("session") as owner, served.client() as tool:
        made = owner.post("/v1/keys", json={"name": "all", "scopes": scopes}).json()
        me = owner.get("/v1/session").json()["id"]
        tool.headers["Authorization"] = f"Bearer {made['secret']}"
        assert tool.get("/v1/people").status_code == 200
        assert tool.post("/v1/people", json={"name": "Eve", "is_owner": True}).status_code == 403
        assert tool.post(f"/v1/people/{me}/link").status_code == 403
        assert tool.post("/v1/session/password", json={"old": PASSWORD, "new": "four odd words"}).status_code == 403


def test_an_expired_key_is_refused(served: Served) -> None:
    made_at = datetime.now(UTC) - timedelta(days=2)
    expired_at = made_at + timedelta(days=1)
    caller = served.callers["analyst"]
    stamp = Stamp("ana", made_at)
    _, secret = keys.make_key(served.database, caller, "old", [Act.READ], stamp, expires_at=expired_at)
    with served.client() as tool:
        tool.headers["Authorization"] = f"Bearer {secret}"
        assert tool.get("/v1/session").status_code == 401


def test_secrets_are_kept_only_as_hashes(served: Served) -> None:
    with served.client() as client:
        cookie = client.post("/v1/session", json={"name": OWNER, "password": PASSWORD}).cookies["jtbd_session"]
    with served.database.reading() as session:
        tables = [session.execute(text(f"SELECT * FROM {table}")) for table in ("people", "sessions", "keys")]  # noqa: S608
        rows = [row for table in tables for row in table]
    kept = repr(rows)
    assert "$argon2id$" in kept
    assert hashed(cookie) in kept
    for secret in (PASSWORD, cookie, *served.keys.values()):
        assert secret not in kept


def test_passwords_are_hashed_as_rfc_9106_has_it() -> None:
    kept = extract_parameters(OURS.hash(PASSWORD))
    assert kept == RFC_9106_LOW_MEMORY
    assert extract_parameters(NOBODYS) == kept  # a wrong name takes as long as a wrong password


def test_when_a_key_was_used_is_written_when_the_server_ends(database: Database) -> None:
    with serve(database) as served:
        key_id = keys.own_keys(database, served.callers["reader"])[0].id
        with served.client("reader") as client:
            client.get("/v1/session")
        assert _used_at(database, key_id) is None
    assert _used_at(database, key_id) is not None


def _used_at(database: Database, key_id: str) -> datetime | None:
    with database.reading() as session:
        return stored_keys.get(session, key_id).used_at


def test_guessing_passwords_is_stopped_and_the_right_one_must_wait_too(served: Served) -> None:
    with served.client() as client:
        for _ in range(5):
            assert client.post("/v1/session", json={"name": OWNER, "password": "guess"}).status_code == 401
        stopped = client.post("/v1/session", json={"name": OWNER, "password": PASSWORD})
        assert stopped.status_code == 429
        assert 0 < int(stopped.headers["retry-after"]) <= 15 * 60
    later = datetime.now(UTC) + timedelta(minutes=16)
    assert people.sign_in(served.database, OWNER, PASSWORD, later, address="127.0.0.1").person.name == OWNER


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_pages_of_other_sites_cannot_sign_in_or_act(served: Served, headers: dict[str, str]) -> None:
    credentials = {"name": OWNER, "password": PASSWORD}
    with served.client() as client:
        assert client.post("/v1/session", json=credentials, headers=headers).status_code == 403
    with served.client("session") as owner:
        assert owner.post("/v1/studies", json={"name": "forged"}, headers=headers).status_code == 403
        assert owner.post("/v1/studies", json={"name": "own"}, headers={"Origin": served.url}).status_code == 201


def test_a_new_password_signs_out_all_other_browsers(served: Served) -> None:
    credentials = {"name": OWNER, "password": PASSWORD}
    with served.client() as here, served.client() as there:
        csrf = here.post("/v1/session", json=credentials).json()["csrf"]
        there.post("/v1/session", json=credentials)
        changed = here.post(
            "/v1/session/password", json={"old": PASSWORD, "new": "four odd words"}, headers={"X-CSRF-Token": csrf}
        )
        assert changed.status_code == 204
        assert here.get("/v1/session").status_code == 200
        assert there.get("/v1/session").status_code == 401
        assert there.post("/v1/session", json=credentials).status_code == 401


def test_two_who_open_the_first_link_do_not_both_become_owner(database: Database) -> None:
    now = datetime.now(UTC)
    secret = people.first_link(database, Stamp("jtbd", now))
    assert secret is not None
    made: list[str] = []

    def open_it(name: str) -> None:
        with suppress(LinkSpentError):
            made.append(people.set_up(database, secret, "four odd words", now, name=name).person.name)

    threads = [threading.Thread(target=open_it, args=(name,)) for name in ("Ana", "Ben", "Cy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert [person.name for person in people.list_people(database)] == made
    assert people.first_link(database, Stamp("jtbd", now)) is None


def test_a_first_link_expires_and_a_newer_one_replaces_it(database: Database) -> None:
    now = datetime.now(UTC)
    first = people.first_link(database, Stamp("jtbd", now))
    second = people.first_link(database, Stamp("jtbd", now))
    assert first is not None
    assert second is not None
    for secret, at in ((first, now), (second, now + timedelta(hours=73))):
        with pytest.raises(LinkSpentError):
            people.set_up(database, secret, "four odd words", at, name="Ana")
    assert people.set_up(database, second, "four odd words", now, name="Ana").person.is_owner


def test_who_read_changed_and_erased_what_is_in_the_audit_log_and_so_is_what_was_refused(database: Database) -> None:
    with serve(database) as served:
        study_id = served.study("arrive")
        with served.client("reader") as reader:
            for _ in range(3):
                reader.get(f"/v1/studies/{study_id}")
            reader.patch(f"/v1/studies/{study_id}", json={"job": "told in confidence"})
        with served.client("owner") as owner:
            owner.patch(f"/v1/studies/{study_id}", json={"job": "told in confidence"})
            owner.delete(f"/v1/studies/{study_id}")
    entries = [kept.entry for kept in audit.list_entries(database)]
    seen = {(entry.by, entry.act, entry.what) for entry in entries if entry.study == study_id}
    route = "/v1/studies/{study_id}"
    assert {
        ("rea (test)", "read", f"GET {route}"),
        ("rea (test)", "refused", f"PATCH {route}"),
        ("odo (test)", "changed", f"PATCH {route}"),
        ("odo (test)", "erased", f"DELETE {route}"),
    } <= seen
    assert "confidence" not in repr(entries)


def test_a_restored_backup_lets_nobody_in_who_was_kept_out_since(database: Database, tmp_path: Path) -> None:
    if not database.is_sqlite and not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        pytest.skip("pg_dump and pg_restore are not on the path")
    now = datetime.now(UTC)
    stamp = Stamp("jtbd", now)
    secret = people.first_link(database, stamp)
    assert secret is not None
    begun = people.set_up(database, secret, "leaked password", now, name="Ana")
    invited, link = people.invite(database, "Ben", stamp)
    key, key_secret = keys.make_key(database, caller_of_person(begun.person), "roadmap", [Act.READ], stamp)
    maintenance.backup(database, tmp_path / "backup")
    keys.revoke_own_key(database, caller_of_person(begun.person), key.id, stamp)
    people.change_person(database, invited.id, stamp, is_closed=True)
    _, again = people.new_link(database, begun.person.id, stamp)
    people.set_up(database, again, "another password", now)
    maintenance.restore(database, tmp_path / "backup", stamp, overwrite=True)
    with pytest.raises(NotSignedInError):
        caller_of_key(database, key_secret, now)
    with pytest.raises(NotSignedInError):
        caller_of_session(database, begun.secret, now)
    with pytest.raises(LinkSpentError):
        people.set_up(database, link, "four odd words", now)
    with pytest.raises(SignInFailedError):
        people.sign_in(database, "Ana", "leaked password", now, address="127.0.0.1")
    assert people.sign_in(database, "Ana", "another password", now, address="127.0.0.1").person.id == begun.person.id
    assert [person.name for person in people.list_people(database) if person.closed_at] == ["Ben"]


def test_who_keeps_the_database_can_give_a_link_to_somebody_who_forgot_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JTBD_DATABASE", str(tmp_path / "studies.sqlite3"))
    monkeypatch.setenv("JTBD_CONFIG", str(Path(__file__).parents[2] / "api" / "deploy" / "jtbd.toml"))
    kept = open_database(str(tmp_path / "studies.sqlite3"), make=True)
    now = datetime.now(UTC)
    first = people.first_link(kept, Stamp("jtbd", now))
    assert first is not None
    people.set_up(kept, first, "forgotten words", now, name="Ana Maria")
    said = CliRunner().invoke(app, ["people", "link", "Ana Maria"]).output
    secret = said.split("link=")[1].split("&")[0]
    assert people.set_up(kept, secret, "remembered words", now).person.name == "Ana Maria"
    assert "everything" in CliRunner().invoke(app, ["people", "list"]).output
    refused = CliRunner().invoke(app, ["people", "link", "Bea"])
    assert "jtbd people list" in str(refused.exception)
