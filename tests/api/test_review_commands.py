"""The review commands of `jtbd study`, as people type them, on runs that are made by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.commands.named import find, shorten
from api.services import reviews
from api.services.databases import open_database
from api.store.database import Database, Stamp
from api.store.errors import NotFoundError
from jtbd_nlp.export.job_map_json import read_job_map
from tests.api.store.conftest import later
from tests.kept_review import NAME, KeptReview, keep_review
from tests.reviewed_study import DEEDS, an_interview

P1, P2, P3 = an_interview("p1"), an_interview("p2"), an_interview("p3")


@pytest.fixture
def kept(tmp_path: Path, sqlite_template: bytes, monkeypatch: pytest.MonkeyPatch, stamp: Stamp) -> KeptReview:
    path = tmp_path / "studies.sqlite3"
    path.write_bytes(sqlite_template)
    monkeypatch.setenv("JTBD_DATABASE", str(path))
    monkeypatch.setenv("COLUMNS", "240")
    return keep_review(open_database(str(path)), stamp, [P1, P2])


def jtbd(*arguments: str | Path, status: int = 0, typed: str | None = None) -> str:
    """Run `jtbd study …`; give what it says, or the error that becomes its one line."""
    answer = CliRunner().invoke(app, ["study", *(str(a) for a in arguments)], input=typed)
    if answer.exception and not isinstance(answer.exception, SystemExit):
        assert status == 1, answer.exception
        return str(answer.exception)
    assert answer.exit_code == status, answer.output
    return answer.output


def steps_of(database: Database) -> list[str]:
    return [s.id for s in reviews.job_map(database, NAME).steps]


def test_ids_may_be_shortened_as_long_as_they_name_one() -> None:
    ids = ["step-3f2a99", "step-3f2b00", "need-3f2a77"]
    assert shorten(ids) == {"step-3f2a99": "step-3f2a9", "step-3f2b00": "step-3f2b0", "need-3f2a77": "need-3f2a7"}
    assert find("step-3f2a", ids, "entries") == "step-3f2a99"
    assert find("3f2b", ids, "entries") == "step-3f2b00"
    for typed in ("3f2a", "step-4"):
        with pytest.raises(NotFoundError):
            find(typed, ids, "entries")


def test_the_map_is_shown_with_what_was_decided(kept: KeptReview) -> None:
    first, second, third = steps_of(kept.database)
    assert "approved in understand" in jtbd("decide", NAME, "approve", first, third[5:12])
    assert "edited" in jtbd("decide", NAME, "edit", first, "look it up", "--by", "ben")
    assert "rejected" in jtbd("decide", NAME, "reject", second, "--reason", "no step")
    shown = jtbd("map", NAME, "--needs")
    assert "✎" in shown
    assert "look it up" in shown
    assert "do deed 1" not in shown
    assert "minimize the time it takes to the list is too long" in shown
    assert "run 1, 2 participants, 2 approved, 2 to decide, 1 rejected" in shown
    plain = read_job_map(jtbd("map", NAME, "--json").encode(), place="map")
    assert plain["next_undo"]["ben"] == reviews.job_map(kept.database, NAME).next_undo("ben")


def test_every_kind_of_decision_can_be_typed(kept: KeptReview) -> None:
    database = kept.database
    first, second, third = steps_of(database)
    need, other = (n.id for n in reviews.job_map(database, NAME).needs)
    quote = reviews.job_map(database, NAME).entry(first).members[0]
    said = ("--interview", "p1", "--said")
    jtbd("decide", NAME, "split", first, "find the road", quote, "--need", need)
    jtbd("decide", NAME, "move", first, "assess")
    jtbd("decide", NAME, "move", other, "none")
    jtbd("decide", NAME, "move", quote, third)
    jtbd("decide", NAME, "merge", second, third)
    jtbd("decide", NAME, "add-step", "plan", "warm the van", *said, DEEDS[2])
    jtbd("decide", NAME, "add-step", "plan", "let it run", *said, "1:0-4")
    jtbd("decide", NAME, "add-need", second, "minimize the time it takes to warm up", *said, DEEDS[2])
    new = next(s for s in reviews.job_map(database, NAME).steps if s.wording == "let it run")
    jtbd("decide", NAME, "reorder", new.id)
    jtbd("decide", NAME, "add-evidence", new.id, *said, DEEDS[2])
    assert "1 comment" not in jtbd("map", NAME)
    jtbd("decide", NAME, "comment", "well done", "--on", second)
    assert "1 comment" in jtbd("map", NAME)
    kinds = [d.kind for d in reviews.decision_log(database, NAME)]
    assert kinds == [
        *("split", "move_step", "move_need", "move_statement", "merge"),
        *("add_step", "add_step", "add_need", "reorder", "add_evidence", "comment"),
    ]
    logged = jtbd("log", NAME)
    assert all(kind in logged for kind in kinds)
    assert "nothing on the map" in jtbd("undo", NAME)
    jtbd("undo", NAME)
    assert "let it run" in jtbd("redo", NAME)
    assert [s.wording for s in reviews.job_map(database, NAME).steps if s.stage == "plan"] == [
        "let it run",
        "warm the van",
    ]


def test_what_does_not_fit_is_refused_in_one_line(kept: KeptReview) -> None:
    first, second, _ = steps_of(kept.database)
    jtbd("decide", NAME, "merge", first, second)
    assert "no entries begin" in jtbd("decide", NAME, "approve", second, status=1)
    assert "stage: must be one of understand" in jtbd("decide", NAME, "move", first, "lunch", status=1)
    assert "letter for letter" in jtbd(
        "decide", NAME, "add-step", "plan", "x", "--interview", "p1", "--said", "never said", status=1
    )
    assert "no interview" in jtbd("decide", NAME, "add-step", "plan", "x", "--interview", "p9", "--said", "x", status=1)
    assert "nothing to redo" in jtbd("redo", NAME, status=1)


def test_quotes_are_shown_with_who_said_them_and_where(kept: KeptReview) -> None:
    shown = jtbd("quotes", NAME, steps_of(kept.database)[0])
    assert f"“{DEEDS[0]}”" in shown
    assert "p1, turn 1" in shown


def test_a_new_run_is_told_as_a_difference(kept: KeptReview) -> None:
    first, *_ = steps_of(kept.database)
    assert "the first run" in jtbd("diff", NAME)
    jtbd("decide", NAME, "edit", first, "look it up")
    kept.add(P3)
    kept.run()
    shown = jtbd("diff", NAME)
    assert "new evidence for what was decided on: 1" in shown
    assert "look it up  +2" in shown
    kept.run()
    assert "nothing to review" in jtbd("diff", NAME)
    assert "look it up  +2" in jtbd("diff", NAME, "--run", "2")


def test_rules_are_shown_and_removed(kept: KeptReview) -> None:
    first, second, _ = steps_of(kept.database)
    jtbd("decide", NAME, "merge", first, second)
    shown = jtbd("rules", NAME)
    assert "must link" in shown
    assert "not run yet" in shown
    rule = reviews.rules(kept.database, NAME)[0].rule.id
    assert "removed" in jtbd("rules", NAME, "--remove", rule)
    jtbd("undo", NAME)
    assert "removed" not in jtbd("rules", NAME)


def test_the_approved_map_is_written_in_the_form_of_the_file(kept: KeptReview, tmp_path: Path) -> None:
    first, *_ = steps_of(kept.database)
    jtbd("decide", NAME, "edit", first, "look it up")
    for suffix in ("json", "csv", "md", "html"):
        assert f"map.{suffix}" in jtbd("export", NAME, tmp_path / f"map.{suffix}")
        written = (tmp_path / f"map.{suffix}").read_text("utf-8-sig")
        assert "look it up" in written
        assert "do deed 1" not in written
    plain = json.loads((tmp_path / "map.json").read_bytes())
    assert (plain["approved_only"], plain["run"]["number"]) == (True, 1)
    jtbd("export", NAME, tmp_path / "all.csv", "--all")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text("utf-8-sig"))))
    assert {row["state"] for row in rows} == {"edited", "suggested"}
    assert ".html" in jtbd("export", NAME, tmp_path / "map.docx", status=1)
    assert "cannot be written" in jtbd("export", NAME, tmp_path / "none" / "map.md", status=1)


def test_a_blind_review_is_begun_shown_revealed_and_measured(kept: KeptReview) -> None:
    first, second, third = steps_of(kept.database)
    jtbd("blind", NAME, "begin")
    for by in ("ana", "ben"):
        jtbd("decide", NAME, "reject", third, "--by", by)
    jtbd("decide", NAME, "approve", first, "--by", "ana")
    jtbd("decide", NAME, "edit", second, "ana's words", "--by", "ana")
    jtbd("decide", NAME, "approve", first, second, "--by", "ben")
    assert "ana's words" not in jtbd("map", NAME, "--by", "ben")
    assert "these are ben's decisions" in jtbd("map", NAME, "--by", "ben")
    assert "open" in jtbd("blind", NAME)
    assert "still open" in jtbd("agreement", NAME, status=1)
    shown = jtbd("blind", NAME, "reveal")
    assert "agreed and adopted: 2" in shown
    assert "ana: edited: ana's words (understand)" in shown
    measured = jtbd("agreement", NAME)
    assert "analysts: ana, ben" in measured
    assert "no step" in measured
    assert "– (n 0): nothing was decided on twice" in measured
    assert "– otherwise: all decided alike, which cannot be told from chance" in measured
    assert "1.00 (n 3)" in measured
    assert "no interval: fewer than 6 were decided on twice" in measured
    assert "with more" not in measured
    assert "can begin" in jtbd("blind", NAME, "stop", status=1)


def test_a_speakers_role_is_shown_and_corrected(kept: KeptReview) -> None:
    assert "participant" in jtbd("roles", NAME, "p1")
    shown = jtbd("roles", NAME, "p1", "P1", "other")
    assert "P1 is other from now on" in shown
    assert "corrected" in shown
    assert "no role" in jtbd("roles", NAME, "p1", "P1", "boss", status=1)


def test_erasing_says_first_what_goes_and_asks_twice(kept: KeptReview, stamp: Stamp) -> None:
    first, *_ = steps_of(kept.database)
    reviews.decide(kept.database, NAME, {"kind": "edit", "entry": first, "text": "look it up"}, later(stamp))
    assert "Aborted" in jtbd("erase", NAME, "--participant", "p1", status=1, typed="n\n")
    assert "nothing was erased" in jtbd("erase", NAME, "--participant", "p1", status=1, typed="y\np2\n")
    shown = jtbd("erase", NAME, "--participant", "p1", typed="y\np1\n")
    assert "p1 speaks in 1 interview." in shown
    assert "1 you decided on would keep some of their support" in shown
    assert "erased: 1 interview" in shown
    last = jtbd("erase", NAME, "--interview", "p2", "--yes")
    assert "would stay without any support" in last
    assert "look it up (lost its support)" in jtbd("map", NAME)
    assert "no participant 'p1'" in jtbd("erase", NAME, "--participant", "p1", "--yes", status=1)
    assert "no interview 'p1'" in jtbd("erase", NAME, "--interview", "p1", "--yes", status=1)
    assert "name a person" in jtbd("erase", NAME, status=1)
