"""Job maps, quotes, decisions and events over HTTP, on a real server and both databases."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.services.pulse import Happening, Pulse, RunPulse, happenings
from jtbd_nlp.lint import lint_need
from tests.api.served import Served, answered
from tests.api.store.conftest import in_another_process
from tests.stored import Kept


def job_map(client: httpx.Client, study: str) -> Any:
    return answered(client.get(f"/v1/studies/{study}/job-map"))


def test_a_decision_changes_the_map_and_its_revision(served: Served, kept: Kept) -> None:
    with served.client("reviewer") as client:
        before = job_map(client, kept.study)
        step = before["steps"][0]
        body = {"kind": "approve", "entry": step["id"], "seen": {step["id"]: step["revision"]}}
        told = answered(client.post(f"/v1/studies/{kept.study}/decisions", json=body), 201)
        after = job_map(client, kept.study)
        log = answered(client.get(f"/v1/studies/{kept.study}/decisions"))["decisions"]
    assert told["entries"] == [step["id"]]
    assert told["revision"] == after["revision"] != before["revision"]
    assert after["steps"][0]["state"] == "approved"
    assert [(d["id"], d["number"], d["kind"]) for d in log] == [(told["decision"]["id"], 1, "approve")]
    assert after["next_undo"][told["decision"]["by"]] == told["decision"]["id"]


def test_who_saw_an_entry_as_it_no_longer_is_gets_both_versions(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}/decisions"
    with served.client("reviewer") as client:
        step = job_map(client, kept.study)["steps"][0]
        seen = {step["id"]: step["revision"]}
        first = {"kind": "edit", "entry": step["id"], "text": "look at the road", "seen": seen}
        second = {"kind": "edit", "entry": step["id"], "text": "check the road", "seen": seen}
        decided = answered(client.post(place, json=first), 201)
        error = answered(client.post(place, json=second), 409)["error"]
        assert (error["code"], error["details"]["reason"]) == ("decision_not_allowed", "stale")
        assert error["details"]["current"]["wording"] == "look at the road"
        assert error["details"]["sent"]["text"] == "check the road"
        assert error["details"]["since"] == [decided["decision"]["id"]]
        assert len(answered(client.get(place))["decisions"]) == 1


def test_a_decision_that_is_none_names_the_field(served: Served, kept: Kept) -> None:
    nowhere = {"kind": "add_step", "phrase": "x", "stage": "plan", "evidence": [{"turn": -1}]}
    with served.client("reviewer") as client:
        for body, field in (
            ({"kind": "approv"}, "kind"),
            ({"kind": "approve"}, "entry"),
            ({"kind": "approve", "entry": "x", "text": "y"}, "text"),
            (nowhere, "evidence[0]"),
            ({"entry": "x"}, "kind"),
        ):
            told = answered(client.post(f"/v1/studies/{kept.study}/decisions", json=body), 422)
            assert field in told["error"]["message"]


def test_quotes_stand_where_they_say_as_the_asker_counts(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("reader") as client:
        step = next(s for s in job_map(client, kept.study)["steps"] if s["n_statements"] > 1)
        by_entry = answered(client.get(f"{place}/evidence", params={"entry": step["id"]}))["evidence"]
        ids = ",".join(reversed(step["statements"]))
        by_id = answered(client.get(f"{place}/evidence", params={"ids": ids, "offsets": "utf16"}))["evidence"]
        assert [row["id"] for row in by_entry][: len(step["statements"])] == step["statements"]
        assert [row["id"] for row in by_id] == step["statements"][::-1]
        for row in by_entry:
            interview = answered(client.get(f"{place}/transcripts/{row['transcript_id']}"))
            assert interview["turns"][row["turn"]]["text"][row["start"] : row["end"]] == row["quote"]
        assert client.get(f"{place}/evidence", params={"entry": "step-none"}).status_code == 404


def test_whoever_edits_a_step_is_told_what_else_its_quotes_call_it(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("reader") as client:
        step = max(job_map(client, kept.study)["steps"], key=lambda s: s["n_statements"])
        names = answered(client.get(f"{place}/job-map/steps/{step['id']}/names"))["names"]
        rows = answered(client.get(f"{place}/evidence", params={"entry": step["id"]}))["evidence"]
        assert names
        assert set(names) <= {row["phrase"] for row in rows} - {step["phrase"]}
        assert client.get(f"{place}/job-map/steps/step-none/names").status_code == 404


def test_whoever_edits_a_step_is_told_what_the_program_would_call_it(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("reader") as client:
        step = max(job_map(client, kept.study)["steps"], key=lambda s: s["n_statements"])
        names = answered(client.get(f"{place}/job-map/steps/{step['id']}/written-names"))["names"]
        assert 1 <= len(names) <= 3
        assert step["phrase"] not in names
        assert answered(client.get(f"{place}/job-map/steps/{step['id']}/written-names"))["names"] == names
        assert client.get(f"{place}/job-map/steps/step-none/written-names").status_code == 404


def test_whoever_writes_a_need_is_told_what_the_program_makes_of_the_quote(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("reader") as client:
        quotes = [quote for step in job_map(client, kept.study)["steps"] for quote in step["need_quotes"]]
        needs = answered(client.get(f"{place}/evidence/{quotes[0]}/written-needs"))["needs"]
        assert 1 <= len(needs) <= 3
        assert all(lint_need(need) == () for need in needs)
        assert answered(client.get(f"{place}/evidence/{quotes[0]}/written-needs"))["needs"] == needs
        assert client.get(f"{place}/evidence/quote-none/written-needs").status_code == 404


def test_a_step_is_added_with_words_chosen_in_a_browser(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    name, transcript_id = next(iter(kept.transcripts.items()))
    with served.client("reviewer") as client:
        interview = answered(client.get(f"{place}/transcripts/{transcript_id}"))
        turn = next(t for t in interview["turns"] if t["role"] == "participant" and len(t["text"]) > 8)
        end = len(turn["text"][:8].encode("utf-16-le")) // 2
        chosen = {"transcript": transcript_id, "turn": turn["index"], "start": 0, "end": end}
        body = {"kind": "add_step", "phrase": "wash the van", "stage": "conclude", "evidence": [chosen]}
        told = answered(client.post(f"{place}/decisions", json=body, params={"offsets": "utf16"}), 201)
        row = answered(client.get(f"{place}/evidence", params={"entry": told["entries"][0]}))["evidence"][0]
    assert (row["transcript"], row["quote"]) == (name, turn["text"][:8])


def test_a_repeated_decision_under_one_key_is_made_once(served: Served, kept: Kept) -> None:
    place, key = f"/v1/studies/{kept.study}/decisions", {"Idempotency-Key": "d-1"}
    body = {"kind": "comment", "entry": None, "text": "ask Tom"}
    with served.client("reviewer") as client:
        first, again = (answered(client.post(place, json=body, headers=key), 201) for _ in range(2))
        assert first == again
        assert len(answered(client.get(place))["decisions"]) == 1


def test_a_reader_decides_nothing(served: Served, kept: Kept) -> None:
    with served.client("reader") as client:
        body = {"kind": "comment", "entry": None, "text": "hello"}
        assert client.post(f"/v1/studies/{kept.study}/decisions", json=body).status_code == 403


def test_the_map_is_not_sent_again_until_somebody_decides(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}/job-map"
    with served.client("reviewer") as client:
        etag = client.get(place).headers["etag"]
        assert client.get(place, headers={"If-None-Match": etag}).status_code == 304
        client.post(f"/v1/studies/{kept.study}/decisions", json={"kind": "comment", "entry": None, "text": "x"})
        assert client.get(place, headers={"If-None-Match": etag}).status_code == 200


@contextmanager
def watching(served: Served, study: str, headers: dict[str, str] | None = None) -> Iterator[list[dict[str, Any]]]:
    """Collect the events of a study while the block runs."""
    found: list[dict[str, Any]] = []
    with (
        served.client("reader") as client,
        client.stream("GET", f"/v1/studies/{study}/events", headers=headers or {}) as response,
    ):
        assert response.status_code == 200
        reader = threading.Thread(target=collect, args=(response, found))
        reader.start()
        yield found
        # Hang up: whoever waits for the next line is woken.
        response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        reader.join(10)


def collect(response: httpx.Response, found: list[dict[str, Any]]) -> None:
    event: dict[str, Any] = {}
    with suppress(httpx.HTTPError):
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if name in ("event", "data", "id"):
                event[name] = json.loads(value) if name == "data" else value
            elif not line and event:
                found.append({**event, "at": time.monotonic()})
                event = {}


def wait_for(found: list[dict[str, Any]], event: str, within_s: float) -> dict[str, Any]:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        for one in list(found):
            if one["event"] == event:
                return one
        time.sleep(0.02)
    raise AssertionError(f"no {event} within {within_s} s: {found}")


def test_watchers_hear_what_another_process_does(served: Served, kept: Kept) -> None:
    code = f"""
import sys
from api.services.reviews import decide
from api.services.studies import add_contents
from api.store.database import Stamp
stamp = Stamp.now("ben")
add_contents(database, {kept.study!r}, [("new.txt", b"Ann: I drive.\\n\\nMod: And?\\n\\nAnn: I park the car.")], stamp)
decide(database, {kept.study!r}, {{"kind": "comment", "entry": None, "text": "x"}}, stamp)
print("done", flush=True)
sys.stdin.read()
"""
    with watching(served, kept.study) as found:
        first = wait_for(found, "jobmap.changed", 10)
        found.clear()
        with in_another_process(served.database, code) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "done\n"
            done = time.monotonic()
            changed = wait_for(found, "jobmap.changed", 10)
            added = wait_for(found, "transcript.added", 10)
            worker.kill()
        assert max(changed["at"], added["at"]) - done < 2
    assert changed["data"]["revision"] != first["data"]["revision"]
    with served.client("reader") as client:
        assert changed["data"]["revision"] == job_map(client, kept.study)["revision"]
    with watching(served, kept.study, {"Last-Event-ID": first["id"]}) as missed:
        wait_for(missed, "transcript.added", 10)
        wait_for(missed, "jobmap.changed", 10)


def test_a_run_is_heard_of_until_its_end(served: Served, kept: Kept) -> None:
    with served.client("analyst") as client, watching(served, kept.study) as found:
        run = answered(client.post(f"/v1/studies/{kept.study}/runs"), 202)
        assert wait_for(found, "run.progress", 10)["data"]["state"] == "queued"
        found.clear()
        client.post(f"/v1/runs/{run['id']}/cancel")
        told = wait_for(found, "run.progress", 10)["data"]
    assert (told["run"], told["state"]) == (run["id"], "cancelled")


RUNS = st.dictionaries(
    st.sampled_from(["run_1", "run_2"]),
    st.builds(
        RunPulse,
        st.integers(1, 2),
        st.sampled_from(["queued", "running", "done", "failed"]),
        st.sampled_from([None, "reading"]),
        st.integers(0, 3),
        st.just(3),
    ),
)
PULSES = st.builds(
    Pulse,
    st.integers(0, 3),
    st.sampled_from([None, "transcript_1", "transcript_2"]),
    RUNS,
    st.sampled_from([None, "a"]),
)


@given(PULSES)
def test_a_pulse_that_went_to_a_watcher_comes_back_as_it_was(pulse: Pulse) -> None:
    assert Pulse.unpacked(pulse.packed()) == pulse
    assert list(happenings(pulse, pulse)) == []


@pytest.mark.parametrize("packed", ["", "x", "é", "W10=", "WzEsMl0=", "bnVsbA=="])
def test_what_is_no_pulse_is_taken_for_none(packed: str) -> None:
    assert Pulse.unpacked(packed) is None


def test_a_run_that_ends_while_nobody_watched_is_told_once_as_completed() -> None:
    before = Pulse(1, "transcript_1", {"run_1": RunPulse(1, "running", "reading", 1, 2)})
    now = Pulse(1, "transcript_1", {"run_1": RunPulse(1, "done", None, 2, 2)}, "a")
    told = [one.event for one in happenings(before, now)]
    assert told == ["run.progress", "run.completed", "jobmap.changed"]
    assert list(happenings(None, now)) == [Happening("jobmap.changed", {"revision": None})]


def test_an_erased_interview_is_told_as_such() -> None:
    before, now = Pulse(2, "transcript_2"), Pulse(1, "transcript_1")
    assert [one.event for one in happenings(before, now)] == ["transcript.erased"]


def test_a_stream_of_a_study_that_was_erased_ends(served: Served) -> None:
    study = served.study("short-lived")
    with served.client("owner") as client, client.stream("GET", f"/v1/studies/{study}/events") as response:
        with served.client("owner") as other:
            assert other.delete(f"/v1/studies/{study}").status_code == 204
        assert list(response.iter_lines()) == []
