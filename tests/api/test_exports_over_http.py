"""The job map as files over HTTP."""

from __future__ import annotations

import pytest

from api.store.database import Stamp
from jtbd_nlp.export.job_map_json import read_job_map
from tests.api.served import Served
from tests.stored import keep_rich_study

FORMS = {"json": "application/json", "csv": "text/csv", "md": "text/markdown", "html": "text/html"}


@pytest.fixture
def backend() -> str:
    """What is tested here does not depend on the kind of database."""
    return "sqlite"


def test_the_map_is_taken_away_in_every_format_with_what_was_approved(served: Served) -> None:
    kept = keep_rich_study(served.database, Stamp.now("olga"))
    served.let_in(kept.study)
    place = f"/v1/studies/{kept.study}"
    with served.client("reviewer") as client:
        first, second, *_ = client.get(f"{place}/job-map").json()["steps"]
        client.post(f"{place}/decisions", json={"kind": "approve", "entry": first["id"]})
        for form, media in (
            ("json", "application/json"),
            ("csv", "text/csv"),
            ("md", "text/markdown"),
            ("html", "text/html"),
        ):
            answer = client.get(f"{place}/exports/job-map.{form}")
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(media)
            assert answer.headers["content-disposition"] == f'attachment; filename="job-map.{form}"'
            assert first["phrase"] in answer.text
            assert second["phrase"] not in answer.text
            etag = {"If-None-Match": answer.headers["etag"]}
            assert client.get(f"{place}/exports/job-map.{form}", headers=etag).status_code == 304
        whole = client.get(f"{place}/exports/job-map.json", params={"approved": False})
        assert client.get(f"{place}/exports/job-map.pdf").status_code == 422
    read = read_job_map(whole.content, place="job-map.json")
    assert {first["id"], second["id"]} <= {step["id"] for step in read["steps"]}
