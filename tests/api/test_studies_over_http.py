"""Studies, uploads, interviews, people and runs over HTTP, on a real server and both databases."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from api.store.database import Stamp
from tests.api.served import Served, answered
from tests.stored import keep_rich_study

TALK = (
    "Moderator: How do you plan?\n\nEva: I look 😀 at the map and then I call a friend.\n\n"
    "Moderator: And then?\n\nEva: I drive.\n"
)


def a_file(name: str, text: str = TALK) -> tuple[str, tuple[str, bytes, str]]:
    return ("files", (name, text.encode("utf-8"), "text/plain"))


def test_a_study_is_made_changed_listed_and_erased(served: Served) -> None:
    with served.client("owner") as client:
        made = answered(client.post("/v1/studies", json={"name": "arrive", "job": "get there"}), 201)
        assert made["n_transcripts"] == 0
        place = f"/v1/studies/{made['id']}"
        assert answered(client.patch(place, json={"executor": "driver"}))["job"] == "get there"
        assert answered(client.get(place))["executor"] == "driver"
        assert made["id"] in [s["id"] for s in answered(client.get("/v1/studies"))["studies"]]
        assert answered(client.post("/v1/studies", json={"name": "arrive"}), 409)["error"]["code"] == "name_taken"
        wrong = answered(client.post("/v1/studies", json={"name": "x", "jobs": "typing error"}), 422)
        assert wrong["error"]["details"]["fields"][0]["field"] == "jobs"
        assert client.delete(place).status_code == 204
        assert client.get(place).status_code == 404


def test_studies_come_in_pages_that_new_ones_do_not_disturb(served: Served) -> None:
    made = [served.study(f"study {n}") for n in range(4)]
    with served.client("reader") as client:
        first = answered(client.get("/v1/studies", params={"page[limit]": 3}))
        made.append(served.study("one more"))
        second = answered(client.get("/v1/studies", params={"page[limit]": 3, "page[cursor]": first["next"]}))
        wrong = client.get("/v1/studies", params={"page[cursor]": "abc"})
    assert [s["id"] for s in first["studies"] + second["studies"]] == made
    assert second["next"] is None
    assert answered(wrong, 422)["error"]["code"] == "bad_cursor"


def test_an_unchanged_answer_is_not_sent_again(served: Served) -> None:
    place = f"/v1/studies/{served.study('arrive')}"
    with served.client("analyst") as client:
        etag = client.get(place).headers["etag"]
        same = client.get(place, headers={"If-None-Match": f'"other", W/{etag}'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
        client.patch(place, json={"executor": "courier"})
        changed = client.get(place, headers={"If-None-Match": etag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != etag


def test_files_and_zips_are_added_and_each_is_told_what_became_of_it(served: Served) -> None:
    study = served.study("arrive")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("tom.txt", TALK.replace("Eva", "Tom"))
        archive.writestr("again.txt", TALK)
    files = [a_file("eva.txt"), a_file("eva.txt", TALK.replace("Eva", "Ann")), a_file("../etc/scan.docx", "PK broken")]
    files.append(("files", ("more.zip", packed.getvalue(), "application/zip")))
    with served.client("analyst") as client:
        told = answered(client.post(f"/v1/studies/{study}/uploads", files=files))
        listed = answered(client.get(f"/v1/studies/{study}/transcripts"))["transcripts"]
        heard = answered(client.get(f"/v1/studies/{study}/transcripts", params={"speakers": True}))["transcripts"]
        whole = [answered(client.get(f"/v1/studies/{study}/transcripts/{t['id']}")) for t in heard]
    by_place = {file["place"]: file for file in told["files"]}
    assert (told["n_added"], told["n_already_there"], told["n_failed"]) == (3, 1, 1)
    assert set(by_place) == {"eva.txt", "eva (2).txt", "etc/scan.docx", "more.zip/tom.txt", "more.zip/again.txt"}
    assert by_place["etc/scan.docx"]["error"]["code"]
    assert by_place["more.zip/again.txt"]["already_there"] == ["eva"]
    assert {t["name"] for t in listed} == {"eva", "eva (2)", "tom"}
    assert all(len(t["people"]) == 1 and t["speakers"] is None for t in listed)
    assert [t["speakers"] for t in heard] == [t["speakers"] for t in whole]
    assert {s["role"] for t in heard for s in t["speakers"]} == {"interviewer", "participant"}


def test_a_repeated_upload_under_one_key_gets_the_first_answer(served: Served) -> None:
    study = served.study("arrive")
    place, key = f"/v1/studies/{study}/uploads", {"Idempotency-Key": "upload-1"}
    with served.client("analyst") as client:
        first = client.post(place, files=[a_file("eva.txt")], headers=key)
        again = client.post(place, files=[a_file("eva.txt")], headers=key)
        other = client.post(place, files=[a_file("tom.txt")], headers=key)
        fresh = client.post(place, files=[a_file("eva.txt")])
    assert answered(again) == answered(first)
    assert again.headers["idempotency-replayed"] == "true"
    assert answered(other, 422)["error"]["code"] == "idempotency_key_reused"
    assert answered(fresh)["n_already_there"] == 1


def test_an_upload_without_files_says_what_is_missing(served: Served) -> None:
    place = f"/v1/studies/{served.study('arrive')}/uploads"
    bodies: list[dict[str, Any]] = [{}, {"data": {"name": "no file"}}, {"json": {"files": []}}]
    with served.client("analyst") as client:
        for body in bodies:
            assert answered(client.post(place, **body), 422)["error"]["message"].startswith("files: ")


def test_nothing_is_received_from_who_may_not_upload(served: Served) -> None:
    study = served.study("arrive")
    with served.client("reader") as client:
        assert client.post(f"/v1/studies/{study}/uploads", files=[a_file("eva.txt")]).status_code == 403
    with served.client() as client:
        assert client.post(f"/v1/studies/{study}/uploads", files=[a_file("eva.txt")]).status_code == 401


def test_an_interview_shows_turns_and_what_a_run_found_as_the_asker_counts(served: Served) -> None:
    kept = keep_rich_study(served.database, Stamp.now("olga"))
    served.let_in(kept.study)
    with served.client("reader") as client:
        for name, transcript_id in kept.transcripts.items():
            place = f"/v1/studies/{kept.study}/transcripts/{transcript_id}"
            plain = answered(client.get(place, params={"highlights": "latest"}))
            browser = answered(client.get(place, params={"highlights": kept.run, "offsets": "utf16"}))
            assert plain["name"] == name
            for one, two in zip(plain["highlights"], browser["highlights"], strict=True):
                text = plain["turns"][one["turn"]]["text"]
                units = text.encode("utf-16-le")[2 * two["start"] : 2 * two["end"]]
                assert units.decode("utf-16-le") == text[one["start"] : one["end"]]
        assert answered(client.get(f"/v1/studies/{kept.study}/transcripts/{name}"))["highlights"] is None
        assert client.get(place, params={"highlights": "run_0"}).status_code == 404


def test_a_corrected_role_shows_and_an_erased_interview_is_gone(served: Served) -> None:
    study = served.study("arrive")
    with served.client("owner") as client:
        added = answered(client.post(f"/v1/studies/{study}/uploads", files=[a_file("eva.txt")]))
        place = f"/v1/studies/{study}/transcripts/{added['files'][0]['added'][0]['id']}"
        corrected = answered(client.post(f"{place}/roles", json={"speaker": "Moderator", "role": "participant"}))
        assert {s["name"]: s["role"] for s in corrected["speakers"]}["Moderator"] == "participant"
        assert len(answered(client.get(f"/v1/studies/{study}/participants"))["participants"]) == 2
        assert client.post(f"{place}/roles", json={"speaker": "Nobody", "role": "other"}).status_code == 404
        assert client.delete(place).status_code == 204
        assert client.get(place).status_code == 404
        assert answered(client.get(f"/v1/studies/{study}/participants"))["participants"] == []


def test_people_are_named_and_described_in_the_types_of_the_study(served: Served) -> None:
    study = served.study("arrive")
    with served.client("analyst") as client:
        client.post(f"/v1/studies/{study}/uploads", files=[a_file("eva.txt")])
        person = answered(client.get(f"/v1/studies/{study}/participants"))["participants"][0]
        for body in (
            {"name": "city", "type": "choice", "choices": ["Bremen", "Porto"]},
            {"name": "since", "type": "date"},
            {"name": "owns a car", "type": "flag"},
        ):
            assert answered(client.post(f"/v1/studies/{study}/attributes", json=body), 201)["name"] == body["name"]
        told = {"city": "Porto", "since": "2020-02-03", "owns a car": True}
        place = f"/v1/participants/{person['id']}"
        changed = answered(client.patch(place, json={"name": "Eva", "attributes": told}))
        assert (changed["name"], changed["attributes"]) == ("Eva", told)
        wrong = client.patch(place, json={"attributes": {"city": "Rome", "owns a car": None}})
        assert answered(wrong, 422)["error"]["code"] == "bad_value"
        assert answered(client.patch(place, json={"attributes": {"city": None}}))["attributes"] == {
            "since": "2020-02-03",
            "owns a car": True,
        }
        assert len(answered(client.get(f"/v1/studies/{study}/attributes"))["attributes"]) == 3


def test_a_run_is_queued_once_followed_cancelled_and_tried_again(served: Served) -> None:
    study = served.study("arrive")
    with served.client("analyst") as client:
        empty = client.post(f"/v1/studies/{study}/runs")
        assert answered(empty, 422)["error"]["code"] == "bad_value"
        client.post(f"/v1/studies/{study}/uploads", files=[a_file("eva.txt")])
        run = answered(client.post(f"/v1/studies/{study}/runs", headers={"Idempotency-Key": "r"}), 202)
        assert answered(client.post(f"/v1/studies/{study}/runs"), 202)["id"] == run["id"]
        wrong = client.post(f"/v1/studies/{study}/runs", json={"settings": {"no such setting": 1}})
        assert answered(wrong, 422)["error"]["code"] == "config"
        assert answered(client.post(f"/v1/runs/{run['id']}/cancel"))["state"] == "cancelled"
        assert answered(client.post(f"/v1/runs/{run['id']}/cancel"), 409)["error"]["code"] == "run_state"
        assert answered(client.post(f"/v1/runs/{run['id']}/retry"))["state"] == "queued"
        assert answered(client.get(f"/v1/runs/{run['id']}"))["attempt"] == 2
        assert [r["number"] for r in answered(client.get(f"/v1/studies/{study}/runs"))["runs"]] == [1]


def test_answers_are_utf_8_and_nobody_elses_to_keep(served: Served) -> None:
    study = served.study("Anreise über Köln 😀")
    with served.client("reader") as client:
        response = client.get(f"/v1/studies/{study}")
    assert json.loads(response.content.decode("utf-8"))["name"] == "Anreise über Köln 😀"
    assert response.headers["cache-control"] == "private, no-cache"
