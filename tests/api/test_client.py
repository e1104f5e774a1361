"""The client against a real server, and against one that is busy or broken."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.store.database import Database
from jtbd_nlp import client as module
from jtbd_nlp.client import ApiError, Client, ConflictError
from tests.api.served import Served, serve
from tests.listening import listening
from tests.stored import Kept

TALK = "Moderator: How do you plan?\n\nEva: I look at the map and then I call a friend.\n\nEva: I drive.\n"


@pytest.fixture
def backend() -> str:
    """What is tested here does not depend on the kind of database."""
    return "sqlite"


def a_client(served: Served, who: str) -> Client:
    return Client(served.url, key=served.keys[who])


def test_an_analyst_feeds_a_study_and_follows_its_run(served: Served, tmp_path: Path) -> None:
    (tmp_path / "eva.txt").write_text(TALK)
    with a_client(served, "analyst") as api:
        study = api.create_study("arrive", job="get there")
        assert api.find_study("arrive") == study
        files = [tmp_path / "eva.txt", *((f"{n}.txt", TALK.replace("Eva", f"Ann{n}").encode()) for n in range(30))]
        told = api.upload(study["id"], files)
        assert (len(told), sum(len(file["added"]) for file in told)) == (31, 31)
        listed = list(api.transcripts(study["id"]))
        assert len(listed) == 31
        assert api.transcript(study["id"], listed[0]["id"])["turns"][0]["speaker"] == "Moderator"
        run = api.start_run(study["id"])
        seen: list[str] = []
        timer = threading.Timer(0.2, lambda: cancel(served, run["id"]))
        timer.start()
        ended = api.wait_for_run(run["id"], every_s=0.05, on_progress=lambda found: seen.append(found["state"]))
        timer.join()
        assert (ended["state"], seen[0]) == ("cancelled", "queued")
        with pytest.raises(LookupError):
            api.find_study("no such study")


def cancel(served: Served, run: str) -> None:
    with served.client("analyst") as other:
        other.post(f"/v1/runs/{run}/cancel")


def test_a_tool_reads_page_after_page_and_what_is_behind_it(served: Served, kept: Kept) -> None:
    with a_client(served, "reviewer") as api:
        job_map = api.job_map(kept.study)
        for entry in [*job_map["steps"], *job_map["needs"]]:
            told = api.decide(kept.study, "approve", entry=entry["id"], seen={entry["id"]: entry["revision"]})
            assert told["entries"]
        pages = iter_pages(api, kept.study)
        assert [step["id"] for step in api.job_steps(kept.study)] == [step["id"] for step in job_map["steps"]]
        assert sorted(pages) == sorted(need["id"] for need in job_map["needs"])
        step = next(api.job_steps(kept.study, stage=job_map["steps"][0]["stage"], min_people=1))
        assert api.evidence(kept.study, entry=step["id"])[0]["id"] == step["statements"][0]
        assert len(api.evidence(kept.study, ids=step["statements"][:1])) == 1
        assert step["phrase"] not in api.other_names(kept.study, step["id"])
        assert step["phrase"] not in api.written_names(kept.study, step["id"])
        assert all(" the " in need for need in api.written_needs(kept.study, step["statements"][0]))
        assert list(api.needs(kept.study, updated_since=datetime.now(UTC))) == []
        assert step["phrase"].encode() in api.export(kept.study, "md")
        assert b"jtbd-jobmap/1" in api.export(kept.study)


def iter_pages(api: Client, study: str) -> list[str]:
    """Ids of needs, read one a page."""
    return [need["id"] for need in itertools.islice(api.needs(study, **{"page[limit]": 1}), 100)]


def test_who_saw_an_older_version_gets_both(served: Served, kept: Kept) -> None:
    with a_client(served, "reviewer") as api:
        step = api.job_map(kept.study)["steps"][0]
        seen = {step["id"]: step["revision"]}
        api.decide(kept.study, "edit", entry=step["id"], text="look at the road", seen=seen)
        with pytest.raises(ConflictError) as caught:
            api.decide(kept.study, "edit", entry=step["id"], text="check the road", seen=seen)
    assert (caught.value.status, caught.value.code) == (409, "decision_not_allowed")
    assert caught.value.details["current"]["wording"] == "look at the road"  # type: ignore[index]


def test_a_watcher_hears_of_a_decision(served: Served, kept: Kept) -> None:
    with a_client(served, "reviewer") as api, a_client(served, "reader") as watcher:
        events = watcher.events(kept.study)
        first = next(events)
        api.decide(kept.study, "comment", entry=None, text="ask Tom")
        second = next(events)
        events.close()
    assert (first.name, second.name) == ("jobmap.changed", "jobmap.changed")
    assert first.about["revision"] != second.about["revision"]


def test_a_tool_has_itself_told_of_approvals_and_sees_what_was_sent(database: Database) -> None:
    with listening() as heard, serve(database, webhook_networks=["127.0.0.1"]) as served:
        study = served.study("arrive")
        with a_client(served, "owner") as api:
            made = api.add_webhook(study, heard.url, events=["need.approved"])
            assert made["secret"].startswith("whsec_")
            (listed,) = api.webhooks(study)
            assert "secret" not in listed
            sent = api.test_webhook(study, made["id"])
            again = api.send_again(study, made["id"], sent["id"])
            assert again["event"] == sent["event"]
            for _ in range(200):
                states = [delivery["state"] for delivery in api.deliveries(study, made["id"])]
                if states == ["delivered", "delivered"]:
                    break
                time.sleep(0.05)
            assert states == ["delivered", "delivered"]
            assert {headers["webhook-id"] for headers, _ in heard.requests} == {sent["event"]}
            changed = api.change_webhook(study, made["id"], is_active=False, new_secret=True)
            assert (changed["is_active"], changed["events"]) == (False, ["need.approved"])
            assert changed["secret"] != made["secret"]
            api.remove_webhook(study, made["id"])
            assert api.webhooks(study) == []
            done = {entry["what"] for entry in api.audit_log(study, act="changed")}
            assert list(api.audit_log(study, act="erased")) == []
    assert "webhook added" in done


def test_what_is_refused_says_so_in_the_words_of_the_server(served: Served, kept: Kept) -> None:
    with a_client(served, "stranger") as api:
        with pytest.raises(ApiError, match="there is no study") as caught:
            api.job_map(kept.study)
        with pytest.raises(ApiError, match="there is no study"):
            next(api.events(kept.study))
    assert (caught.value.status, caught.value.code) == (404, "not_found")


def answering(*answers: httpx.Response | Exception) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """A transport that gives these answers in turn, and the requests that it got."""
    asked: list[httpx.Request] = []
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        given = left.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    return httpx.MockTransport(answer), asked


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[float]:
    """How long the client would have paused; tests without a server do not wait."""
    found: list[float] = []
    if "served" not in request.fixturenames:
        monkeypatch.setattr(module.time, "sleep", found.append)
    return found


RUNNING = {"error": {"code": "request_running", "message": "in a moment", "details": {}}}
BUSY = {"error": {"code": "too_many_requests", "message": "slow down", "details": {}}}


def test_an_answer_that_did_not_change_is_taken_from_memory() -> None:
    transport, asked = answering(httpx.Response(200, json={"steps": []}, headers={"ETag": '"1"'}), httpx.Response(304))
    api = Client("http://server", key="k", transport=transport)
    assert api.job_map("study_1") == api.job_map("study_1")
    assert asked[1].headers["if-none-match"] == '"1"'


def test_a_busy_server_is_asked_again_after_the_time_it_names(pauses: list[float]) -> None:
    transport, asked = answering(
        httpx.Response(429, json=BUSY, headers={"Retry-After": "7"}),
        httpx.ConnectError("refused"),
        httpx.Response(409, json=RUNNING, headers={"Retry-After": "5"}),
        httpx.Response(201, json={"id": "study_1"}),
    )
    assert Client("http://server", key="k", transport=transport).create_study("x")["id"] == "study_1"
    assert pauses == [7.0, 2.0, 5.0]
    assert len({request.headers["idempotency-key"] for request in asked}) == 1


def test_what_has_no_idempotency_key_is_not_sent_again_where_the_connection_broke(pauses: list[float]) -> None:
    transport, asked = answering(httpx.Response(429, json=BUSY), httpx.ReadError("broken"))
    with pytest.raises(ApiError) as caught:
        Client("http://server", key="k", transport=transport).add_webhook("study_1", "https://example.org/")
    assert (caught.value.code, len(asked), pauses) == ("unreachable", 2, [1.0])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda: httpx.Response(503, json=BUSY), "too_many_requests"),
        (lambda: httpx.ReadTimeout("late"), "unreachable"),
        (lambda: httpx.Response(502, text="<html>bad gateway</html>"), "http"),
    ],
)
def test_a_server_that_stays_away_is_an_error(answer: Callable[[], Any], code: str) -> None:
    transport, _ = answering(*(answer() for _ in range(9)))
    with pytest.raises(ApiError) as caught:
        Client("http://server", key="k", transport=transport).job_map("study_1")
    assert caught.value.code == code
