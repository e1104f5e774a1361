"""Webhooks, the audit log, pseudonyms and forgetting, as clients meet them."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook as Signer

from api.services import pseudonyms
from api.services.audit import list_entries
from api.store import participants
from api.store.database import Database, Stamp
from jtbd_nlp.domain import Transcript
from jtbd_nlp.pseudonyms import Name
from tests.api.served import Served, serve
from tests.api.store.test_erasure import everything_in
from tests.listening import listening
from tests.stored import keep_rich_study

TALK = "Moderator: How do you begin, Zygmunt?\n\nZygmunt: I phone the harbour.\n\nModerator: And?\n\nZygmunt: I walk.\n"


def waited(client: httpx.Client, path: str, *, until: str) -> Any:
    """What a path answers once its text holds something."""
    for _ in range(200):
        answer = client.get(path)
        if until in answer.text:
            return answer.json()
        time.sleep(0.05)
    raise AssertionError(f"{path}: {answer.text}")


def test_a_webhook_is_made_tested_and_seen_to_arrive(database: Database) -> None:
    with listening() as heard, serve(database, webhook_networks=["127.0.0.1"]) as served:
        study = served.study("arrive")
        with served.client("owner") as client:
            made = client.post(f"/v1/studies/{study}/webhooks", json={"url": heard.url, "events": ["need.approved"]})
            assert made.status_code == 201
            hook, secret = made.json()["id"], made.json()["secret"]
            assert secret not in client.get(f"/v1/studies/{study}/webhooks").text
            assert client.post(f"/v1/studies/{study}/webhooks/{hook}/test").status_code == 202
            log = waited(client, f"/v1/studies/{study}/webhooks/{hook}/deliveries", until='"delivered"')
            ((headers, body),) = heard.requests
            assert Signer(secret).verify(body, headers)["type"] == "test"
            delivery = log["deliveries"][0]["id"]
            assert client.post(f"/v1/studies/{study}/webhooks/{hook}/deliveries/{delivery}/again").status_code == 202
            first = client.get(f"/v1/studies/{study}/webhooks/{hook}/deliveries?page[limit]=1").json()
            rest = client.get(
                f"/v1/studies/{study}/webhooks/{hook}/deliveries", params={"page[cursor]": first["next"]}
            ).json()
            assert [d["id"] for d in rest["deliveries"]] == [delivery]
            fresh = client.patch(f"/v1/studies/{study}/webhooks/{hook}", json={"new_secret": True}).json()["secret"]
            assert fresh.startswith("whsec_")
            assert fresh != secret
            assert client.delete(f"/v1/studies/{study}/webhooks/{hook}").status_code == 204
            assert client.get(f"/v1/studies/{study}/webhooks/{hook}").status_code == 404


def test_a_private_target_is_refused_and_said_so(served: Served) -> None:
    study = served.study("arrive")
    with served.client("owner") as client:
        answer = client.post(
            f"/v1/studies/{study}/webhooks", json={"url": "https://127.0.0.1/x", "events": ["run.completed"]}
        )
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "target_refused")
    assert "webhook_networks" in answer.json()["error"]["message"]


def test_the_audit_log_tells_who_exported_and_who_was_refused(served: Served) -> None:
    kept = keep_rich_study(served.database, Stamp.now("olga"))
    served.let_in(kept.study)
    with served.client("reader") as client:
        client.get(f"/v1/studies/{kept.study}/exports/job-map.csv")
        assert client.get(f"/v1/studies/{kept.study}/audit").status_code == 403
    with served.client("owner") as client:
        log = waited(client, f"/v1/studies/{kept.study}/audit", until="refused")
        acts = {(entry["act"], entry["by"]) for entry in log["entries"]}
        assert any(act == "exported" and by.startswith("rea") for act, by in acts)
        only = client.get(f"/v1/studies/{kept.study}/audit?act=exported&page[limit]=1").json()
        assert [entry["act"] for entry in only["entries"]] == ["exported"]
        numbers = [entry["number"] for entry in log["entries"]]
        assert numbers == sorted(numbers, reverse=True)


def test_a_person_is_forgotten_by_one_call_after_a_look_at_what_it_costs(served: Served) -> None:
    kept = keep_rich_study(served.database, Stamp.now("olga"))
    served.let_in(kept.study)
    with served.database.reading() as session:
        person = next(p for p in participants.of_study(session, kept.study) if p.name == "ana-commuter")
    path = f"/v1/studies/{kept.study}/participants/{person.id}"
    with served.client("analyst") as client:
        assert client.delete(path).status_code == 403
    with served.client("owner") as client:
        told = client.get(f"{path}/loss").json()
        assert told["n_statements"] > 0
        done = client.delete(path).json()
        assert (done["loss"], done["n_transcripts"], done["is_compacted"]) == (told, 1, True)
        assert client.delete(path).status_code == 404
    assert b"ana-commuter" not in everything_in(served.database)
    erased = [kept.entry for kept in list_entries(served.database, act="erased")]
    assert {entry.what for entry in erased} == {
        "participant forgotten",
        "DELETE /v1/studies/{study_id}/participants/{participant_id}",
    }


def test_names_are_replaced_from_the_first_upload_on(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        def names(self, transcript: Transcript) -> tuple[Name, ...]:
            return (Name("person", "Zygmunt"),)

    monkeypatch.setattr(pseudonyms, "shared_recogniser", Finder)
    study = served.study("arrive")
    with served.client("owner") as client:
        assert client.get(f"/v1/studies/{study}/pseudonyms").json() == {"are_used": False, "pseudonyms": []}
        key = client.post(f"/v1/studies/{study}/pseudonyms").json()["key"]
        assert client.post(f"/v1/studies/{study}/pseudonyms").status_code == 422
        files = {"files": ("Zygmunt.txt", TALK)}
        in_clear = client.post(f"/v1/studies/{study}/uploads", files=files)
        assert (in_clear.status_code, in_clear.json()["error"]["code"]) == (409, "study_key_needed")
        wrong = client.post(f"/v1/studies/{study}/uploads", files=files, headers={"X-Study-Key": key[:-2] + "xx"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "wrong_key")
        keys = {"X-Study-Key": key, "Idempotency-Key": "once"}
        added = client.post(f"/v1/studies/{study}/uploads", files=files, headers=keys)
        assert added.status_code == 200, added.text
        shown = client.get(f"/v1/studies/{study}/pseudonyms").json()["pseudonyms"]
        assert {row["pseudonym"]: row["names"] for row in shown} == {"P1": None, "interview-1": None}
        opened = client.get(f"/v1/studies/{study}/pseudonyms", headers={"X-Study-Key": key}).json()["pseudonyms"]
        assert {row["pseudonym"]: row["names"] for row in opened} == {"P1": ["Zygmunt"], "interview-1": ["Zygmunt"]}
        names = f"/v1/studies/{study}/pseudonyms/names"
        given = {"X-Study-Key": key}
        assert client.post(names, json={"name": "harbour"}).status_code == 422
        made = client.post(names, json={"name": "harbour", "kind": "place"}, headers=given)
        assert (made.status_code, made.json()["pseudonym"]) == (201, "Place 1")
        assert client.delete(f"/v1/studies/{study}/pseudonyms/Place%201", headers=given).status_code == 204
        assert client.delete(f"/v1/studies/{study}/pseudonyms/Place%201", headers=given).status_code == 404
    left = everything_in(served.database)
    assert (b"Zygmunt" in left, key.encode() in left) == (False, False)
