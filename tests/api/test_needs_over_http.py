"""What tools fetch over HTTP: steps and needs, suggestions and statements, on a real server and both databases."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import pytest

from api.services.likeness import Likeness
from api.store.database import Database, Stamp
from tests.api.served import Served, answered
from tests.stored import Kept, keep_rich_study


def decide(client: httpx.Client, study: str, **body: Any) -> Any:
    return answered(client.post(f"/v1/studies/{study}/decisions", json=body), 201)


def approve_all(client: httpx.Client, study: str) -> Any:
    job_map = answered(client.get(f"/v1/studies/{study}/job-map"))
    for entry in [*job_map["steps"], *job_map["needs"]]:
        decide(client, study, kind="approve", entry=entry["id"])
    return job_map


def test_tools_get_what_was_approved_and_nothing_else(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}/job-steps"
    with served.client("reviewer") as client:
        assert answered(client.get(place))["steps"] == []
        job_map = answered(client.get(f"/v1/studies/{kept.study}/job-map"))
        first, second, *_ = job_map["steps"]
        decide(client, kept.study, kind="approve", entry=second["id"])
        decide(client, kept.study, kind="edit", entry=first["id"], text="look at the road")
        found = answered(client.get(place))["steps"]
        everything = answered(client.get(place, params={"status": "all"}))["steps"]
        suggested = answered(client.get(place, params={"status": "suggested"}))["steps"]
    assert [step["id"] for step in found] == [first["id"], second["id"]]
    assert found[0]["phrase"] == "look at the road"
    assert [step["id"] for step in everything] == [step["id"] for step in job_map["steps"]]
    assert len(suggested) == len(everything) - 2


def test_a_best_quote_stands_where_it_says(served: Served, kept: Kept) -> None:
    with served.client("reader") as client:
        rows = answered(client.get(f"/v1/studies/{kept.study}/needs", params={"status": "all"}))["needs"]
        quoted = [row for row in rows if row["best_quote"]]
        assert quoted
        for row in quoted:
            interview = answered(client.get(f"/v1/studies/{kept.study}/transcripts/{row['transcript']}"))
            turn = interview["turns"][row["turn"]]
            assert (turn["text"][row["start"] : row["end"]], turn["speaker"]) == (row["best_quote"], row["speaker"])


def test_filters_pick_by_stage_step_words_and_people(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("analyst") as client:
        job_map = approve_all(client, kept.study)

        def fetch(what: str, **params: Any) -> list[dict[str, Any]]:
            rows = answered(client.get(f"{place}/{what}", params=params))
            found: list[dict[str, Any]] = rows["steps" if what == "job-steps" else "needs"]
            return found

        steps = fetch("job-steps")
        assert len(steps) > 1
        stage = steps[0]["stage"]
        assert fetch("job-steps", stage=stage) == [s for s in steps if s["stage"] == stage]
        assert fetch("job-steps", min_people=2) == [s for s in steps if s["n_participants"] >= 2]
        assert fetch("job-steps", min_people=99) == []
        measured = next(n["step"] for n in job_map["needs"] if n["step"])
        assert {n["step"] for n in fetch("needs", step=measured)} == {measured}
        word = steps[0]["best_quote"].split()[-1].upper()
        assert steps[0]["id"] in [s["id"] for s in fetch("job-steps", q=word)]
        assert fetch("job-steps", q="no such words anywhere") == []
        wrong = answered(client.get(f"{place}/job-steps", params={"stage": "lunch"}), 422)
        assert wrong["error"]["code"] == "bad_filter"
        (fault,) = wrong["error"]["details"]["fields"]
        assert (fault["in"], fault["field"]) == ("query", "stage")
        typo = answered(client.get(f"{place}/needs", params={"min_peopel": 3}), 422)
        assert typo["error"]["message"].startswith("min_peopel: there is no such filter, but stage, ")


def test_people_are_picked_by_what_is_told_of_them(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("analyst") as client:
        approve_all(client, kept.study)
        answered(client.post(f"{place}/attributes", json={"name": "home", "type": "text"}), 201)
        answered(client.post(f"{place}/attributes", json={"name": "years", "type": "number"}), 201)
        steps = answered(client.get(f"{place}/job-steps"))["steps"]
        speaker = (steps[0]["transcript"], steps[0]["speaker"])
        for person in answered(client.get(f"{place}/participants"))["participants"]:
            names = {
                answered(client.get(f"{place}/transcripts/{s['transcript']}"))["name"] for s in person["speaks_in"]
            }
            home = "Porto" if (names, person["speaks_in"][0]["speaker"]) == ({speaker[0]}, speaker[1]) else "Bremen"
            told = {"attributes": {"home": home, "years": 3}}
            answered(client.patch(f"/v1/participants/{person['id']}", json=told))
            wrong = client.patch(f"/v1/participants/{person['id']}", json={"attributes": {"years": "many"}})
            assert answered(wrong, 422)["error"]["details"]["fields"][0]["field"] == "attributes.years"
        of_one = answered(client.get(f"{place}/job-steps", params={"attr[home]": "Porto", "attr[years]": "3.0"}))[
            "steps"
        ]
        of_all = answered(client.get(f"{place}/job-steps?attr[home]=Porto&attr[home]=Bremen"))["steps"]
        assert steps[0]["id"] in [s["id"] for s in of_one]
        assert {s["n_matching"] for s in of_one} == {1}
        assert [s["n_matching"] for s in of_all] == [s["n_participants"] for s in of_all]
        assert (
            answered(client.get(f"{place}/needs", params={"attr[years]": "many"}), 422)["error"]["code"] == "bad_filter"
        )
        assert (
            "home, years"
            in answered(client.get(f"{place}/needs", params={"attr[pet]": "cat"}), 422)["error"]["message"]
        )


def test_pages_hold_everything_once_in_the_order_of_the_job(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}/needs"
    with served.client("reader") as client:
        whole = answered(client.get(place, params={"status": "all"}))
        found: list[str] = []
        response = client.get(place, params={"status": "all", "page[limit]": 1})
        while True:
            page = answered(response)
            found += [need["id"] for need in page["needs"]]
            if page["next"] is None:
                break
            response = client.get(response.links["next"]["url"])
    assert found == [need["id"] for need in whole["needs"]]
    assert "next" not in response.links


def test_fields_and_formats_are_as_the_tool_wants_them(served: Served, kept: Kept) -> None:
    place, every = f"/v1/studies/{kept.study}/needs", {"status": "all"}
    with served.client("reader") as client:
        rows = answered(client.get(place, params=every))["needs"]
        slim = answered(client.get(place, params={**every, "fields": "statement,id"}))["needs"]
        table = client.get(place, params=every, headers={"Accept": "text/csv"})
        lines = client.get(place, params=every, headers={"Accept": "application/x-ndjson"})
        some = client.get(place, params={**every, "fields": "id", "page[limit]": 1}, headers={"Accept": "text/csv"})
        wrong = client.get(place, params={"fields": "id,colour"})
        pdf = client.get(place, headers={"Accept": "application/pdf"})
    assert slim == [{"statement": row["statement"], "id": row["id"]} for row in rows]
    read = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert [row["id"] for row in read] == [row["id"] for row in rows]
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert [json.loads(line) for line in lines.text.splitlines()] == rows
    assert some.content.decode("utf-8-sig").split() == ["id", rows[0]["id"]]
    unknown = answered(wrong, 422)["error"]
    assert (unknown["code"], unknown["details"]["fields"][0]["field"]) == ("unknown_field", "fields")
    assert answered(pdf, 406)["error"]["code"] == "not_acceptable"


@pytest.mark.parametrize("what", ["needs", "statements"])
def test_unchanged_lists_are_not_sent_again(served: Served, kept: Kept, what: str) -> None:
    place = f"/v1/studies/{kept.study}/{what}"
    with served.client("reviewer") as client:
        for accept in ("application/json", "text/csv", "application/x-ndjson"):
            etag = client.get(place, headers={"Accept": accept}).headers["etag"]
            again = client.get(place, headers={"Accept": accept, "If-None-Match": etag})
            assert (again.status_code, again.content) == (304, b"")
            assert client.get(place, params={"page[limit]": 1}, headers={"If-None-Match": etag}).status_code == 200
        if what == "needs":
            decide(client, kept.study, kind="comment", entry=None, text="x")
            assert client.get(place, headers={"Accept": accept, "If-None-Match": etag}).status_code == 200


def test_a_tool_that_comes_back_gets_what_changed_since(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}"
    with served.client("reviewer") as client:
        job_map = approve_all(client, kept.study)
        since = datetime.now(UTC).isoformat()
        every = {"status": "all", "updated_since": since}
        assert answered(client.get(f"{place}/needs", params=every))["needs"] == []
        need = next(n for n in job_map["needs"] if n["step"])
        told = decide(client, kept.study, kind="move_need", need=need["id"], step=None)
        assert [n["id"] for n in answered(client.get(f"{place}/needs", params=every))["needs"]] == [need["id"]]
        assert [s["id"] for s in answered(client.get(f"{place}/job-steps", params=every))["steps"]] == [need["step"]]
        after = datetime.now(UTC).isoformat()
        decide(client, kept.study, kind="undo")
        back = answered(client.get(f"{place}/needs", params={"updated_since": after}))["needs"]
        assert [(n["id"], n["step"]) for n in back] == [(need["id"], need["step"])]
        assert told["entries"] == [need["id"]]
        assert client.get(f"{place}/needs", params={"updated_since": "2026-05-04T10:12:00"}).status_code == 422


def test_suggestions_and_statements_of_a_run_come_whole_and_in_pages(served: Served, kept: Kept) -> None:
    with served.client("reader") as client:
        for what, kind in (("suggestions", "step"), ("statements", "action")):
            place = f"/v1/studies/{kept.study}/{what}"
            whole = answered(client.get(place))
            assert whole["run"] == kept.run
            lines = client.get(place, headers={"Accept": "application/x-ndjson"}).text.splitlines()
            assert [json.loads(line) for line in lines] == whole[what]
            found: list[Any] = []
            cursor: dict[str, str] = {}
            while True:
                page = answered(client.get(place, params={"page[limit]": 2, **cursor}))
                found += page[what]
                if page["next"] is None:
                    break
                cursor = {"page[cursor]": page["next"]}
            assert found == whole[what]
            assert {row["kind"] for row in answered(client.get(place, params={"kind": kind}))[what]} == {kind}
            other = client.get(place, params={"kind": kind, **cursor})
            assert answered(other, 422)["error"]["code"] == "bad_cursor"


def test_a_study_without_a_run_has_no_map_to_fetch(served: Served) -> None:
    study = served.study("empty")
    with served.client("reader") as client:
        for what in ("needs", "job-steps", "suggestions", "statements", "job-map", "insight", "difference"):
            told = answered(client.get(f"/v1/studies/{study}/{what}"), 404)
            assert told["error"]["code"] == "not_found"


class LettersEmbedder:
    """An embedder by which texts are alike that share letters; it counts what it was asked."""

    name, dim = "letters", 26

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked += texts
        rows = np.array([[text.lower().count(chr(97 + i)) for i in range(26)] for text in texts], np.float32)
        rows = rows.reshape(len(texts), 26)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def test_the_vectors_of_a_studys_texts_are_kept_and_that_of_a_query_is_not(database: Database, stamp: Stamp) -> None:
    kept = keep_rich_study(database, stamp)
    embedder = LettersEmbedder()
    likeness = Likeness(lambda: (embedder, "0" * 64))
    first = likeness.compare(database, kept.study, "check the road", ["check the road", "zzz", "road check"])
    assert first[0] == pytest.approx(1.0)
    assert first[0] > first[2] > first[1]
    embedder.asked.clear()
    assert likeness.compare(database, kept.study, "check the road", ["check the road", "zzz", "road check"]) == first
    assert embedder.asked == ["check the road"]
    assert likeness.compare(database, kept.study, "anything", []) == []


@pytest.mark.model
def test_what_means_most_nearly_the_same_comes_first(served: Served, kept: Kept) -> None:
    place = f"/v1/studies/{kept.study}/job-steps"
    with served.client("reader") as client:
        steps = answered(client.get(place, params={"status": "all"}))["steps"]
        for step in steps[:2]:
            asked = {"status": "all", "like": step["phrase"], "page[limit]": 2}
            found = answered(client.get(place, params=asked))
            assert found["steps"][0]["phrase"] == step["phrase"]
            assert found["steps"][0]["similarity"] == pytest.approx(1, abs=1e-4)
            rest = answered(client.get(place, params={**asked, "page[cursor]": found["next"]}))["steps"]
            cosines = [row["similarity"] for row in [*found["steps"], *rest]]
            assert cosines == sorted(cosines, reverse=True)
