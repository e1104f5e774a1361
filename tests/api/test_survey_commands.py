"""The survey commands, from the approved map to the roadmap, as they are typed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.services.surveys import FILES, make_survey, show_survey
from api.store import schema
from api.store.database import Database, Stamp, database_url
from jtbd_nlp.errors import JtbdError, SurveyError
from tests.api.services.test_surveys import answers_file, approve_some
from tests.stored import keep_rich_study


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A SQLite file with a study of which some is approved; commands run in an empty folder."""
    url = f"sqlite:///{tmp_path / 'studies.db'}"
    database = Database(database_url(url))
    schema.upgrade(database)
    stamp = Stamp.now("ana")
    approve_some(database, keep_rich_study(database, stamp).study, stamp)
    database.close()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("JTBD_DATABASE", url)
    return url


def typed(*words: str) -> Result:
    result = CliRunner().invoke(app, list(words))
    if result.exception is not None and isinstance(result.exception, JtbdError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_from_the_map_to_the_roadmap_by_commands(place: str) -> None:
    suggested = json.loads(typed("solutions", "arrive", "--suggest").output)
    suggested["solutions"].append({"name": "the map", "aliases": ["map"]})
    Path("solutions.json").write_text(json.dumps(suggested))
    assert json.loads(typed("solutions", "arrive", "solutions.json").output)["solutions"][-1]["id"] == "the-map"
    with pytest.raises(JtbdError, match="changed since it was read"):
        typed("solutions", "arrive", "solutions.json")
    made = typed(
        "survey", "arrive", "--name", "spring", "--most", "0", "--pay", "--speed-and-accuracy", "--synthetic"
    ).output
    assert "Every respondent rates everything." in made
    assert sorted(path.name for path in Path("spring").iterdir()) == sorted(FILES)
    survey = show_survey(Database(database_url(place)), "arrive")
    content = answers_file(survey).decode().replace("map,", "the-map,").encode()
    Path("answers.csv").write_bytes(content)
    assert "40 rows, 0 bad cells" in typed("answers", "arrive", "answers.csv", "--preview").output
    assert "40 respondents added" in typed("answers", "arrive", "answers.csv").output
    assert "40 were there already" in typed("answers", "arrive", "answers.csv").output
    (link,) = typed("invite", "arrive", "1", "--url", "https://survey.example").output.split()
    assert link.startswith("https://survey.example/answer/")
    listed = typed("surveys", "arrive").output
    assert "(synthetic)" in listed
    step = survey.questionnaire.basis.steps[0].id
    Path("features.json").write_text(json.dumps([{"name": "Watch", "subjects": [step]}]))
    assert json.loads(typed("features", "arrive", "features.json").output)["features"][0]["id"] == "watch"
    outputs = ("--html", "p.html", "--json", "p.json", "--csv", "tables", "--pictures", "pictures")
    shown = typed("priorities", "arrive", *outputs).output
    assert "40 of 40 respondents counted" in shown
    assert "SYNTHETIC survey" in shown
    assert json.loads(Path("p.json").read_text())["is_synthetic"] is True
    assert json.loads(Path("p.json").read_text())["roadmap"]
    assert Path("p.html").stat().st_size > 10_000
    assert Path("tables/roadmap.csv").is_file()
    assert Path("pictures/effort.svg").is_file()


def test_a_survey_of_another_study_is_compared_once_its_proposal_was_looked_over(place: str) -> None:
    database = Database(database_url(place))
    stamp = Stamp.now("ana")
    approve_some(database, keep_rich_study(database, stamp, name="a year ago").study, stamp)
    make_survey(database, "a year ago", stamp, name="spring", day=date(2025, 5, 4))
    database.close()
    proposed = json.loads(typed("waves", "arrive", "--suggest", "a year ago").output)
    assert {match["by"] for match in proposed["matches"]} == {"id"}
    assert proposed["to_confirm"] == []
    proposed["to_confirm"] = [{**proposed["matches"][2], "by": "meaning", "likeness": 0.8}]
    proposed["matches"] = [{**match, "by": "analyst"} for match in proposed["matches"][:2]]
    Path("wave.json").write_text(json.dumps(proposed))
    told = "a year ago: spring, 2025-05-04: 0 respondents; the same: 2 by analyst"
    assert typed("waves", "arrive", "wave.json").output.strip() == told
    assert typed("waves", "arrive").output.strip() == told
    assert typed("waves", "arrive", "--remove", "a year ago: spring").output == ""
    Path("wave.json").write_text('{"study": 1}')
    with pytest.raises(SurveyError, match=r"wave\.json: study: .*string"):
        typed("waves", "arrive", "wave.json")


def test_answers_are_made_up_for_a_survey_that_is_called_synthetic_and_for_no_other(place: str) -> None:
    typed("survey", "arrive", "--name", "people")
    typed("survey", "arrive", "--name", "try", "--synthetic")
    assert "30 made-up respondents added" in typed("answers", "arrive", "--survey", "try", "--made-up", "30").output
    assert "30 were there already" in typed("answers", "arrive", "--survey", "try", "--made-up", "30").output
    for words in (("--survey", "people", "--made-up", "5"), ("--survey", "try", "--made-up", "0"), ()):
        assert isinstance(CliRunner().invoke(app, ["answers", "arrive", *words]).exception, JtbdError)


def test_bad_cells_are_listed_and_the_file_is_refused(place: str) -> None:
    typed("survey", "arrive")
    rating = show_survey(Database(database_url(place)), "arrive").questionnaire.ratings[0].id
    Path("a.csv").write_text(f"who,{rating}\na,4\nb,9\n")
    result = CliRunner().invoke(app, ["answers", "arrive", "a.csv", "--column", "who=respondent"])
    assert isinstance(result.exception, JtbdError)
    assert f"line 3, column '{rating}': '9' is no rating" in result.output
    assert "left out: line 3" in typed("answers", "arrive", "a.csv", "--leave-out-bad").output


def test_wrong_use_is_told_in_one_sentence(place: str) -> None:
    typed("survey", "arrive")
    Path("list.json").write_text('[{"name": "x", "kind": "toy"}]')
    Path("no-json.txt").write_text("{")
    for words in (
        ("answers", "arrive", "nowhere.csv"),
        ("answers", "arrive", "list.json", "--column", "nonsense"),
        ("solutions", "arrive", "list.json"),
        ("features", "arrive", "no-json.txt"),
        ("priorities", "arrive", "--leave-out", "strange"),
        ("surveys", "nowhere"),
    ):
        fault = CliRunner().invoke(app, list(words)).exception
        assert isinstance(fault, JtbdError), words
        assert "\n" not in str(fault)


def test_before_a_survey_priorities_are_those_of_the_interviews(place: str) -> None:
    assert "Nobody was surveyed yet" in typed("priorities", "arrive").output
