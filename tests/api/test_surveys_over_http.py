"""Surveys and priorities over HTTP, and the form behind a link, in a browser without a script."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from api.services.surveys import FILES, make_survey, show_survey
from api.store.database import Stamp
from tests.api.served import Served, answered
from tests.api.services.test_surveys import answers_file, approve_some
from tests.stored import keep_rich_study
from tests.web.browsing import browser


@pytest.fixture
def study(served: Served) -> str:
    stamp = Stamp.now("olga")
    kept = keep_rich_study(served.database, stamp)
    served.let_in(kept.study)
    approve_some(served.database, kept.study, stamp)
    return kept.study


def make(client: httpx.Client, study: str, **body: Any) -> Any:
    return answered(client.post(f"/v1/studies/{study}/surveys", json={"max_subjects": None, **body}), 201)


def test_from_the_map_to_the_roadmap(served: Served, study: str) -> None:
    place = f"/v1/studies/{study}"
    with served.client("analyst") as client:
        solutions = {"solutions": [{"id": "map", "name": "map", "kind": "product", "aliases": []}]}
        listed = answered(client.put(f"{place}/solutions", json=solutions))
        assert listed == {"revision": listed["revision"], **solutions} == answered(client.get(f"{place}/solutions"))
        assert answered(client.put(f"{place}/solutions", json=listed)) == listed
        old = {"revision": "of-another", "solutions": []}
        refused = answered(client.put(f"{place}/solutions", json=old), 409)["error"]
        assert (refused["code"], refused["details"]["revision"]) == ("list_changed", listed["revision"])
        assert (refused["details"]["current"], refused["details"]["sent"]) == (solutions["solutions"], [])
        suggested = answered(client.get(f"{place}/solutions/suggested"))
        assert suggested["solutions"] not in ([], solutions["solutions"])
        edited = {**suggested, **solutions}
        assert answered(client.put(f"{place}/solutions", json=edited)) == listed
        made = make(client, study, name="spring")
        survey = show_survey(served.database, study, made["id"])
        for form in FILES:
            assert client.get(f"{place}/surveys/spring/files/{form}").status_code == 200, form
        files = {"files": ("answers.csv", answers_file(survey), "text/csv")}
        shown = answered(client.post(f"{place}/surveys/spring/answers/preview", files=files))
        assert (shown["n_rows"], shown["bad_cells"]) == (40, [])
        assert answered(client.post(f"{place}/surveys/spring/answers", files=files))["n_added"] == 40
        found = answered(client.get(f"{place}/priorities"))
        assert (found["schema"], found["n_counted"]) == ("jtbd-priorities/1", 40)
        behind = found["quotes"][found["roadmap"][0]["step"]]
        ids = [*behind["struggle"], *behind["other"]]
        quotes = answered(client.get(f"{place}/evidence", params={"ids": ",".join(ids)}))["evidence"]
        assert [quote["id"] for quote in quotes] == ids != []
        feature = {"id": "f", "name": "Watch", "note": "", "subjects": [found["roadmap"][0]["step"]]}
        answered(client.put(f"{place}/features", json={"features": [feature]}))
        assert answered(client.get(f"{place}/priorities"))["roadmap"][0]["features"] == "f"
        table = client.get(f"{place}/priorities/tables/roadmap.csv")
        assert table.headers["content-type"].startswith("text/csv")
        assert client.get(f"{place}/priorities/tables/none.csv").status_code == 404
        for form, begin in (("svg", b"<?xml"), ("png", b"\x89PNG")):
            assert client.get(f"{place}/priorities/pictures/effort.{form}").content.startswith(begin)
        page = client.get(f"{place}/priorities/page")
        assert "style-src 'sha256-" in page.headers["content-security-policy"]
        assert client.delete(f"{place}/surveys/spring").status_code == 204
        assert answered(client.get(f"{place}/surveys")) == {"surveys": []}


def test_a_survey_of_another_study_is_compared_by_who_may_read_both(served: Served, study: str) -> None:
    stamp = Stamp.now("olga")
    other = keep_rich_study(served.database, stamp, name="a year ago").study
    approve_some(served.database, other, stamp)
    made = make_survey(served.database, other, stamp, name="spring", day=date(2025, 5, 4))
    place = f"/v1/studies/{study}/waves"
    with served.client("analyst") as client:
        assert client.get(f"{place}/suggested", params={"study": "a year ago"}).status_code == 404
        asked = {"study": other, "survey": made.id, "matches": []}
        assert client.put(place, json=asked).status_code == 404
        served.let_in(other)
        found = answered(client.get(f"{place}/suggested", params={"study": "a year ago"}))
        assert [match["by"] for match in found["matches"]] == ["id"] * len(found["ours"])
        assert client.put(place, json=asked).status_code == 422
        asked["matches"] = found["matches"]
        kept = answered(client.put(place, json=asked))
        assert (kept["study_name"], kept["survey_name"], kept["day"]) == ("a year ago", "spring", "2025-05-04")
        assert answered(client.get(place)) == {"waves": [kept]}
        with served.client("reader") as reader:
            assert reader.put(place, json=asked).status_code == 403
        assert client.delete(f"{place}/{made.id}").status_code == 204
        assert answered(client.get(place)) == {"waves": []}


def test_a_bad_file_is_refused_cell_by_cell_readers_take_nothing_in_and_strangers_see_nothing(
    served: Served, study: str
) -> None:
    with served.client("analyst") as client:
        made = make(client, study, name="spring")
        rating = next(q["id"] for q in made["questionnaire"]["questions"] if q["part"] == "rating")
        files = {"files": ("a.csv", f"respondent,{rating}\na,9\nb,x\n".encode(), "text/csv")}
        error = answered(client.post(f"/v1/studies/{study}/surveys/spring/answers", files=files), 422)["error"]
    assert error["code"] == "malformed_answers"
    assert [(cell["line"], cell["column"]) for cell in error["details"]["cells"]] == [(2, rating), (3, rating)]
    with served.client("reader") as client:
        assert client.get(f"/v1/studies/{study}/surveys/spring").status_code == 200
        assert client.post(f"/v1/studies/{study}/surveys", json={}).status_code == 403
        assert client.post(f"/v1/studies/{study}/surveys/spring/links", json={"n": 1}).status_code == 403
    with served.client("stranger") as client:
        assert client.get(f"/v1/studies/{study}/priorities").status_code == 404


def links(served: Served, study: str, **asked: Any) -> list[str]:
    with served.client("analyst") as client:
        make(client, study, name="spring", **asked)
        made = answered(client.post(f"/v1/studies/{study}/surveys/spring/links", json={"n": 1}), 201)
    return [link.removeprefix(served.url) for link in made["links"]]


def test_the_form_needs_nobody_to_sign_in_sets_nothing_in_the_browser_and_gives_back_what_is_wrong(
    served: Served, study: str
) -> None:
    (link,) = links(served, study, asks_pay=True)
    with served.client() as client:
        page = client.get(link)
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
        assert "<script" not in page.text
        wrong = client.post(link, data={"pay": "<b>much", "act": "send"})
        assert wrong.status_code == 422
        assert "&lt;b&gt;much" in wrong.text
        assert "<b>much" not in wrong.text
        kept = client.post(link, data={"screen": "yes", "act": "save"})
        assert "Your answers are kept" in kept.text
        assert 'value="yes" checked' in client.get(link).text
        assert "Thank you" in client.post(link, data={"screen": "yes", "act": "send"}).text
        assert "Thank you" in client.get(link).text
        assert client.get(link + "x").status_code == 404


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_person_answers_in_a_browser_that_runs_no_script(served: Served, study: str) -> None:
    (link,) = links(served, study)
    with browser() as started:
        context = started.new_context(java_script_enabled=False)
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.goto(served.url + link)
        assert page.locator("table.rating").count() >= 1
        assert page.locator("h1").evaluate("e => getComputedStyle(e).fontSize") == "32px"  # the sheet is applied
        for radio in page.locator("table.rating tr td:nth-child(5) input").all():
            radio.check()
        page.get_by_label("Yes").first.check()
        page.get_by_role("button", name="Send").click()
        assert page.get_by_role("heading", name="Thank you").is_visible()
        context.close()
    assert faults == []
    survey = show_survey(served.database, study)
    assert (survey.n_respondents, survey.n_sent) == (1, 1)
