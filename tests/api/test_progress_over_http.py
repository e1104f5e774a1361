"""How far a review has come, over HTTP."""

from __future__ import annotations

from api.store.database import Stamp
from tests.api.served import OWNER, Served
from tests.stored import keep_rich_study


def test_progress_counts_what_people_decided_on(served: Served) -> None:
    study = keep_rich_study(served.database, Stamp.now(OWNER)).study
    served.let_in(study)
    with served.client("reviewer") as client:
        place = f"/v1/studies/{study}"
        job_map = client.get(f"{place}/job-map").json()
        n_entries = len(job_map["steps"]) + len(job_map["needs"])
        assert client.get(f"{place}/progress").json() == {"n_entries": n_entries, "n_reviewed": 0}
        for kind, step in zip(("approve", "reject"), job_map["steps"], strict=False):
            assert client.post(f"{place}/decisions", json={"kind": kind, "entry": step["id"]}).status_code == 201
        assert client.get(f"{place}/progress").json() == {"n_entries": n_entries, "n_reviewed": 2}
