"""Groups to learn names from: those of labelled studies, those with their words, those given by place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from jtbd_nlp.errors import GoldError
from jtbd_nlp.gold import GoldStatement, GoldStep, GoldStudy, load_studies
from jtbd_nlp.learning.named_groups import groups_of_studies, load_groups, load_places, look_up
from jtbd_nlp.models import assets_folder
from tests.builders import a_transcript

TALK = a_transcript(
    "How?", "I looked at the sills and I rang him.", "And?", "We went out for lunch with his mum and the dogs."
)


def a_label(text: str, step: str | None, *, kind: str = "action") -> GoldStatement:
    start = TALK.turns[1].text.index(text)
    return GoldStatement(1, start, start + len(text), text, kind, text, "assess", step)


def a_study(*labels: GoldStatement) -> GoldStudy:
    steps = (GoldStep("s1", "assess", "check the car"), GoldStep("s2", "understand", "ask the seller"))
    return GoldStudy(
        name="cars",
        job="buy a car",
        executor="buyer",
        transcripts=(TALK,),
        labels={TALK.id: labels},
        job_map=steps,
    )


def test_a_step_of_two_quotes_is_a_group_and_one_of_one_is_none() -> None:
    labels = (a_label("looked at the sills", "s1"), a_label("looked", "s1"), a_label("rang him", "s2"))
    [group] = groups_of_studies([a_study(*labels)])
    assert (group.job, group.stage, group.name) == ("buy a car", "assess", "check the car")
    assert group.lines == ("I looked at the sills and I rang", "I looked at the sills")


def test_strays_are_quotes_of_other_steps_and_talk_of_something_else() -> None:
    labels = (a_label("looked at the sills", "s1"), a_label("looked", "s1"), a_label("rang him", "s2"))
    [group] = groups_of_studies([a_study(*labels)])
    assert group.strays == (
        "I looked at the sills and I rang him .",
        "We went out for lunch with his mum and the dogs.",
    )


def test_needs_are_no_evidence_of_a_step() -> None:
    labels = (a_label("looked at the sills", "s1", kind="need"), a_label("looked", "s1", kind="need"))
    assert groups_of_studies([a_study(*labels)]) == ()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("no json", "line 2"),
        (
            '{"job": "buy a car", "stage": "buy", "name": "pay", "said": ["counted it"]}',
            "line 2: stage: must be one of",
        ),
        ('{"job": "buy a car", "stage": "plan", "said": []}', "line 2: 'name'"),
        (
            '{"job": "buy a car", "stage": "plan", "name": "pay", "said": "counted it"}',
            "line 2: said and beside must be lists",
        ),
    ],
)
def test_a_line_that_is_no_group_is_named(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "groups.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(GoldError, match=rf"groups\.jsonl, {fault}"):
        load_groups(path)


def places_of(folder: Path, *said: list[object], beside: tuple[list[object], ...] = ()) -> Path:
    """A file of one group by place, with the digest of TALK beside it."""
    (folder / "interviews.tsv").write_text(f"transcript\tsha256\tfrom\n{TALK.id}\t{TALK.sha256[:16]}\there\n")
    group = {"job": "buy a car", "stage": "assess", "name": "check the car", "said": list(said), "beside": list(beside)}
    path = folder / "places.jsonl"
    path.write_text(json.dumps(group) + "\n")
    return path


def test_a_group_by_place_has_the_words_that_stand_there(tmp_path: Path) -> None:
    path = places_of(tmp_path, [TALK.id, 1, 2, 21], beside=([TALK.id, 1, 28, 36],))
    [group] = look_up(load_places(path), {TALK.id: TALK})
    assert (group.job, group.stage, group.name) == ("buy a car", "assess", "check the car")
    assert (group.lines, group.strays) == (
        ("I looked at the sills and I rang",),
        ("I looked at the sills and I rang him .",),
    )


def test_an_interview_that_is_not_there_or_is_another_is_named(tmp_path: Path) -> None:
    groups = load_places(places_of(tmp_path, [TALK.id, 1, 2, 21]))
    with pytest.raises(GoldError, match=f"'{TALK.id}' is not there"):
        look_up(groups, {})
    other = replace(TALK, turns=(replace(TALK.turns[0], text="Who?"), *TALK.turns[1:]))
    with pytest.raises(GoldError, match=f"'{TALK.id}' is another"):
        look_up(groups, {TALK.id: other})


@pytest.mark.parametrize("place", [["other", 1, 2, 21], [TALK.id, 1, 2], "somewhere", [TALK.id, "one", 2, 21]])
def test_a_place_that_is_none_is_named(tmp_path: Path, place: list[object]) -> None:
    with pytest.raises(GoldError, match=r"places\.jsonl, line 1: no place in an interview"):
        load_places(places_of(tmp_path, place))


def test_the_groups_of_written_studies_have_their_words_here() -> None:
    corpora = assets_folder("corpora")
    placed = load_places(corpora / "steps" / "written-places.jsonl")
    studies = load_studies(corpora / "written")
    found = look_up(placed, {t.id: t for study in studies for t in study.transcripts})
    assert {group.job for group in found} <= {study.job for study in studies}
    assert all(len(group.lines) >= 2 and all(map(str.strip, group.lines)) for group in found)
