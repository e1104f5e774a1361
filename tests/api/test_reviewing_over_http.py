"""Differences, rules, agreement, blind reviews and the map from above over HTTP."""

from __future__ import annotations

from api.store import runs
from api.store.database import Stamp
from api.store.runs import RunState
from tests.api.served import Served, answered
from tests.stored import Kept, rich_for_store


def test_the_first_run_differs_from_nothing_and_the_same_again_changes_nothing(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}/difference"
    with served.client("reviewer") as client:
        first = answered(client.get(place))
        assert (first["is_first"], first["is_empty"], first["run"]["number"]) == (True, True, 1)
        step = answered(client.get(f"/v1/studies/{kept.study}/job-map"))["steps"][0]["id"]
        body = {"kind": "approve", "entry": step}
        answered(client.post(f"/v1/studies/{kept.study}/decisions", json=body), 201)
        stamp, analysis = Stamp.now("olga"), rich_for_store()
        with served.database.writing() as session:
            run = runs.queue(session, kept.study, analysis.manifest.settings, stamp)
            runs.move(session, run, RunState.RUNNING, stamp)
            runs.keep(session, run, analysis, stamp)
        second = answered(client.get(place))
    assert (second["is_first"], second["is_empty"], second["run"]["number"]) == (False, True, 2)


def test_a_rule_is_learned_shown_removed_and_comes_back_by_undo(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("reviewer") as client:
        steps = answered(client.get(f"{place}/job-map"))["steps"]
        body = {"kind": "merge", "into": steps[0]["id"], "entries": [steps[1]["id"]]}
        answered(client.post(f"{place}/decisions", json=body), 201)
        rules = answered(client.get(f"{place}/rules"))["rules"]
        assert [(r["kind"], r["is_removed"], r["entry"]) for r in rules] == [("must link", False, steps[0]["id"])]
        answered(client.delete(f"{place}/rules/{rules[0]['id']}"))
        assert answered(client.get(f"{place}/rules"))["rules"][0]["is_removed"]
        answered(client.post(f"{place}/decisions", json={"kind": "undo"}), 201)
        assert not answered(client.get(f"{place}/rules"))["rules"][0]["is_removed"]
        assert client.delete(f"{place}/rules/rule-joined-none").status_code == 409


def test_blind_analysts_see_their_own_decisions_until_all_is_revealed(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("analyst") as ana, served.client("reviewer") as rev:
        steps = answered(ana.get(f"{place}/job-map"))["steps"]
        assert answered(ana.post(f"{place}/blind", json={"act": "begin"}))["is_open"]
        assert ana.post(f"{place}/blind", json={"act": "begin"}).status_code == 409
        assert rev.post(f"{place}/blind", json={"act": "reveal"}).status_code == 403
        for client in (ana, rev):
            answered(client.post(f"{place}/decisions", json={"kind": "approve", "entry": steps[0]["id"]}), 201)
        answered(ana.post(f"{place}/decisions", json={"kind": "reject", "entry": steps[1]["id"]}), 201)
        answered(rev.post(f"{place}/decisions", json={"kind": "approve", "entry": steps[1]["id"]}), 201)
        states = [s["state"] for s in answered(rev.get(f"{place}/job-map"))["steps"]][:2]
        assert states == ["approved", "approved"]
        assert answered(rev.get(f"{place}/agreement"), 409)["error"]["code"] == "review"
        told = answered(ana.post(f"{place}/blind", json={"act": "reveal"}))
        assert [one["entry"] for one in told["agreed"]] == [steps[0]["id"]]
        assert [one["entry"] for one in told["disputed"]] == [steps[1]["id"]]
        found = answered(rev.get(f"{place}/agreement"))
        assert len(found["analysts"]) == 2
        assert found["steps"]["between_analysts"]["all"]["n_steps"] == 2
        assert answered(rev.get(f"{place}/blind")) == told


def test_insight_counts_the_people_behind_each_stage(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("reader") as client:
        found = answered(client.get(f"{place}/insight"))
        job_map = answered(client.get(f"{place}/job-map"))
        people = {p["id"] for p in answered(client.get(f"{place}/participants"))["participants"]}
    assert found["revision"] == job_map["revision"]
    assert {p["participant"] for p in found["people"]} == people
    assert [(s["stage"], s["status"], s["n_participants"]) for s in found["stages"]] == [
        (s["stage"], s["status"], s["n_participants"]) for s in job_map["stages"]
    ]
    for stage in found["stages"]:
        assert sum(p["stages"][stage["stage"]] > 0 for p in found["people"]) == stage["n_participants"]
    assert found["gaps"] == [s["stage"] for s in job_map["stages"] if s["status"] != "covered"]
    assert len(found["saturation"]["steps"]) == len(kept.transcripts)
