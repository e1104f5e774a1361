"""jtbd-jobmap/1: what tools and the review page read; nobody's words but the team's are in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from jtbd_nlp.domain import Analysis, Evidence
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.export.job_map_json import MapPlace, job_map_json, read_job_map, to_plain
from jtbd_nlp.export.map_evidence import evidence_ids, map_evidence
from jtbd_nlp.review import AddComment, AddNeed, AddStep, Approve, Edit, Merge, Reject, ReviewDecision, Undo, fold
from jtbd_nlp.stages import STAGES
from tests.reviewed_study import a_place, a_run, an_interview, made
from tests.rich_study import rich_analysis

P1, P2 = an_interview("p1"), an_interview("p2")
RUN = a_run(P1, P2)
FIRST, SECOND, THIRD = (s.id for s in RUN.steps)
NEED, OTHER_NEED = (n.id for n in RUN.needs)


def plain(*log: ReviewDecision, analysis: Analysis = RUN, approved_only: bool = False) -> dict[str, Any]:
    return to_plain(fold(analysis, log), approved_only=approved_only)


def entry_of(map_plain: dict[str, Any], entry: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in (*map_plain["steps"], *map_plain["needs"]) if e["id"] == entry)
    return found


def test_the_bytes_read_back_to_the_same_map() -> None:
    for analysis in (RUN, rich_analysis()):
        job_map = fold(analysis, [])
        place = MapPlace(study="study_1", run="run_1", number=3, revision="abc")
        content = job_map_json(job_map, place=place)
        assert read_job_map(content, place="map.json") == to_plain(job_map, place=place)
        assert content == job_map_json(job_map, place=place)


def test_the_map_says_which_study_run_and_revision_it_is_of() -> None:
    written = to_plain(fold(RUN, []), place=MapPlace(study="s", run="r", number=2, revision="9c"))
    assert written["schema"] == "jtbd-jobmap/1"
    assert written["study"] == {"id": "s", "name": "arrive", "job": RUN.study.job, "executor": "driver"}
    assert (written["run"], written["revision"]) == ({"id": "r", "number": 2}, "9c")


def test_an_edited_entry_has_the_suggestion_beside_it_and_is_linted_anew() -> None:
    step = entry_of(plain(made(Edit, 1, entry=FIRST, text="click it")), FIRST)
    assert (step["phrase"], step["suggested_phrase"], step["state"]) == ("click it", "do deed 0", "edited")
    assert {finding["rule"] for finding in step["lint"]} >= {"step-pronoun"}


@pytest.mark.parametrize(
    ("text", "direction", "metric", "measured"),
    [
        ("minimize the time it takes to park", "minimize", "time", "park"),
        ("Increase the likelihood of a free road", "increase", "likelihood", "a free road"),
        ("parking should be easy", None, None, None),
    ],
)
def test_the_parts_of_an_edited_need_are_those_its_words_say(
    text: str, direction: str | None, metric: str | None, measured: str | None
) -> None:
    need = entry_of(plain(made(Edit, 1, entry=NEED, text=text)), NEED)
    assert (need["direction"], need["metric"], need["object"]) == (direction, metric, measured)
    assert need["action_variable"] is None
    untouched = entry_of(plain(), NEED)
    assert (untouched["direction"], untouched["object"]) == (RUN.needs[0].direction, RUN.needs[0].object)


def test_what_is_added_by_hand_has_no_suggestion() -> None:
    where = (a_place(P1),)
    written = plain(
        made(AddStep, 1, phrase="warm the van", stage="plan", evidence=where),
        made(AddNeed, 2, statement="minimize the time it takes to warm up", step=None, evidence=where),
    )
    step = next(s for s in written["steps"] if s["origin"] == "by hand")
    need = next(n for n in written["needs"] if n["origin"] == "by hand")
    assert (step["suggested_phrase"], step["confidence"], step["stage_probabilities"]) == (None, None, None)
    assert (need["suggested_statement"], need["metric"], need["step"]) == (None, "time", None)
    assert (step["n_participants"], step["state"]) == (1, "approved")


def test_a_merged_entry_is_named_by_the_one_that_took_it_over_with_its_comments() -> None:
    written = plain(
        made(AddComment, 1, entry=FIRST, text="the same?"),
        made(Merge, 2, into=SECOND, entries=(FIRST,)),
        made(AddComment, 3, entry=None, text="well done"),
    )
    kept = entry_of(written, SECOND)
    assert (kept["merged"], kept["n_comments"]) == ([FIRST], 1)
    assert [(c["entry"], c["text"], c["by"]) for c in written["comments"]] == [
        (SECOND, "the same?", "ana"),
        (None, "well done", "ana"),
    ]


def test_each_person_has_a_decision_to_undo_and_to_redo() -> None:
    written = plain(
        made(Approve, 1, entry=FIRST), made(Approve, 2, by="ben", entry=SECOND), made(Undo, 3, decision="d-1")
    )
    assert (written["next_undo"], written["next_redo"]) == ({"ben": "d-2"}, {"ana": "d-1"})


def test_only_approved_entries_with_support_are_in_an_approved_map() -> None:
    log = (made(Approve, 1, entry=FIRST), made(Reject, 2, entry=SECOND), made(Approve, 3, entry=NEED))
    written = plain(*log, approved_only=True)
    assert [s["id"] for s in written["steps"]] == [FIRST]
    assert [n["id"] for n in written["needs"]] == [NEED]
    assert (entry_of(written, FIRST)["needs"], written["ungrouped"]) == ([NEED], [])
    erased = replace(RUN, statements=(), transcripts=())
    assert plain(*log, analysis=erased, approved_only=True)["steps"] == []
    lost = entry_of(plain(*log, analysis=erased), FIRST)
    assert (lost["lost_support"], lost["state"], lost["n_statements"]) == (True, "approved", 0)


def test_loose_quotes_stand_beside_their_step_unless_only_approved_entries_are_asked_for() -> None:
    loose = replace(RUN, needs=())
    written = entry_of(plain(made(Approve, 1, entry=FIRST), analysis=loose), FIRST)
    assert sorted(written["need_quotes"]) == sorted(i for need in RUN.needs for i in need.statements)
    approved = plain(made(Approve, 1, entry=FIRST), analysis=loose, approved_only=True)
    assert entry_of(approved, FIRST)["need_quotes"] == []


def test_stages_count_steps_and_people_of_the_map_as_it_is() -> None:
    written = plain(made(Reject, 1, entry=THIRD))
    stages = {s["stage"]: s for s in written["stages"]}
    assert list(stages) == list(STAGES)
    assert (stages["understand"]["n_steps"], stages["understand"]["n_participants"]) == (2, 2)
    assert (stages["plan"]["n_steps"], stages["plan"]["status"]) == (0, "missing")


def test_needs_stand_in_the_order_of_their_steps() -> None:
    written = to_plain(fold(rich_analysis(), []))
    rank = {step["id"]: i for i, step in enumerate(written["steps"])}
    places = [rank.get(need["step"], len(rank)) for need in written["needs"]]
    assert places == sorted(places)


def test_nothing_that_was_said_is_in_the_map() -> None:
    analysis = replace(RUN, steps=tuple(replace(s, phrase="other words") for s in RUN.steps))
    content = job_map_json(fold(analysis, [])).decode("utf-8")
    assert all(s.evidence.quote not in content for s in RUN.statements if s.kind == "action")


def test_a_forged_quote_stops_the_export() -> None:
    statement = RUN.statements[0]
    forged = replace(statement, evidence=Evidence(statement.evidence.transcript, statement.evidence.span, "never said"))
    job_map = fold(replace(RUN, statements=(forged, *RUN.statements[1:])), [])
    with pytest.raises(AnalysisError, match=statement.id):
        to_plain(job_map)
    with pytest.raises(AnalysisError, match=statement.id):
        map_evidence(job_map, [statement.id])


def test_quotes_come_with_their_place_and_the_words_around_them() -> None:
    rich = rich_analysis()
    job_map = fold(rich, [])
    turns = {t.id: t.turns for t in rich.transcripts}
    phrases = {s.id: s.phrase for s in rich.statements}
    for entry in job_map.entries:
        rows = map_evidence(job_map, evidence_ids(job_map, entry.id))
        assert [row["id"] for row in rows] == list(dict.fromkeys(evidence_ids(job_map, entry.id)))
        for row in rows:
            text = turns[row["transcript"]][row["turn"]].text
            assert text[row["start"] : row["end"]] == row["quote"]
            assert row["kind"] in {"struggle", "not done"} or row["phrase"] == phrases[row["id"]]
            assert row["context_before"] + row["quote"] + row["context_after"] in text
    kinds = {r["kind"] for e in job_map.entries for r in map_evidence(job_map, evidence_ids(job_map, e.id))}
    assert kinds == {"action", "need", "struggle", "not done"}


def test_people_have_their_ids_where_they_are_known() -> None:
    job_map = fold(RUN, [])
    rows = map_evidence(job_map, RUN.steps[0].statements, participants={("p1", "P1"): "participant_1"})
    assert {(row["transcript"], row["participant"]) for row in rows} == {("p1", "participant_1"), ("p2", None)}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"schema": "jtbd-analysis/1"}, "schema"),
        ({"steps": {}}, "steps: must be a list"),
        ({"revision": None}, "revision: must be text"),
        ({"needs": [{"id": "need-1"}]}, r"needs\[0\].state"),
    ],
)
def test_what_is_no_job_map_is_refused_by_its_place(change: dict[str, Any], fault: str) -> None:
    content = json.dumps({**plain(), **change}).encode()
    with pytest.raises(AnalysisError, match=f"map.json: {fault}"):
        read_job_map(content, place="map.json")


def test_a_need_of_a_step_that_is_not_there_is_refused() -> None:
    written = plain()
    written["needs"][0]["step"] = "step-none"
    with pytest.raises(AnalysisError, match="a step that is not there"):
        read_job_map(json.dumps(written).encode(), place="map.json")
    with pytest.raises(AnalysisError, match="no JSON"):
        read_job_map(b"{", place="map.json")
