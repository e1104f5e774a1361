"""The sample study keeps its promises: six formats, one reading of them, and labels that quote what stands there."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from jtbd_nlp.domain import Role, Transcript
from jtbd_nlp.readers import read_bytes
from jtbd_nlp.stages import STAGES

STUDY = Path(__file__).resolve().parents[2] / "corpora" / "arrive-on-time"
FILES = sorted(path.name for path in (STUDY / "transcripts").iterdir())
IDS = [Path(name).stem for name in FILES]
LABEL_FIELDS = {"turn", "start", "end", "text", "kind", "phrase", "stage", "step"}
STEPS_AND_STAGES = {
    row["step"]: row["stage"]
    for row in csv.DictReader((STUDY / "jobmap.a.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t")
}


@cache
def transcript(file_name: str) -> Transcript:
    (parsed,) = read_bytes((STUDY / "transcripts" / file_name).read_bytes(), name=file_name)
    return parsed


def labels(transcript_id: str) -> list[dict[str, object]]:
    lines = (STUDY / "labels" / f"{transcript_id}.a.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def step_labels() -> dict[str, list[str]]:
    """Step -> the transcript id of each of its labels."""
    where = defaultdict(list)
    for transcript_id in IDS:
        for label in labels(transcript_id):
            if label["step"] is not None:
                where[str(label["step"])].append(transcript_id)
    return where


def test_six_interviews_come_in_six_formats() -> None:
    assert [Path(name).suffix for name in FILES] == [".vtt", ".txt", ".docx", ".srt", ".csv", ".md"]
    assert len({transcript(name).format for name in FILES}) == 6


@pytest.mark.parametrize("file_name", FILES)
def test_every_label_quotes_its_turn(file_name: str) -> None:
    turns = transcript(file_name).turns
    for label in labels(Path(file_name).stem):
        assert set(label) == LABEL_FIELDS
        turn = turns[int(str(label["turn"]))]
        assert turn.text[int(str(label["start"])) : int(str(label["end"]))] == label["text"]


@pytest.mark.parametrize("file_name", FILES)
def test_only_participants_are_labelled(file_name: str) -> None:
    turns = transcript(file_name).turns
    assert {turns[int(str(label["turn"]))].role for label in labels(Path(file_name).stem)} == {Role.PARTICIPANT}


@pytest.mark.parametrize("file_name", FILES)
def test_one_asks_and_one_answers(file_name: str) -> None:
    roles = dict.fromkeys((turn.speaker, turn.role) for turn in transcript(file_name).turns)
    assert sorted(role for _, role in roles) == [Role.INTERVIEWER, Role.PARTICIPANT]


@pytest.mark.parametrize("transcript_id", IDS)
def test_no_span_is_labelled_twice_as_the_same_kind(transcript_id: str) -> None:
    spans = Counter((label["turn"], label["start"], label["end"], label["kind"]) for label in labels(transcript_id))
    assert max(spans.values()) == 1


@pytest.mark.parametrize("transcript_id", IDS)
def test_a_label_has_the_stage_of_its_step(transcript_id: str) -> None:
    for label in labels(transcript_id):
        assert label["stage"] in STAGES
        if label["step"] is not None:
            assert label["stage"] == STEPS_AND_STAGES[str(label["step"])]


@pytest.mark.parametrize("transcript_id", IDS)
def test_phrases_are_written_as_the_guide_says(transcript_id: str) -> None:
    for label in labels(transcript_id):
        phrase = str(label["phrase"])
        if label["kind"] == "need":
            assert phrase.startswith(("minimize the ", "increase the "))
        else:
            assert label["kind"] == "action"
            assert 1 < len(phrase.split()) <= 8


def test_all_six_stages_have_two_steps_with_three_people_each() -> None:
    people = {step: len(set(ids)) for step, ids in step_labels().items()}
    well_told = Counter(stage for step, stage in STEPS_AND_STAGES.items() if people.get(step, 0) >= 3)
    assert [stage for stage in STAGES if well_told[stage] < 2] == []


def test_every_step_has_three_labels_from_two_people() -> None:
    where = step_labels()
    assert set(where) == set(STEPS_AND_STAGES)
    assert {step for step, ids in where.items() if len(ids) < 3 or len(set(ids)) < 2} == set()


def test_every_step_has_a_need() -> None:
    measured = {label["step"] for transcript_id in IDS for label in labels(transcript_id) if label["kind"] == "need"}
    assert set(STEPS_AND_STAGES) <= measured


def test_the_map_has_12_to_16_steps_in_the_order_of_the_stages() -> None:
    assert 12 <= len(STEPS_AND_STAGES) <= 16
    positions = [STAGES.index(stage) for stage in STEPS_AND_STAGES.values()]
    assert positions == sorted(positions)


@pytest.mark.parametrize("file_name", FILES)
def test_an_interview_has_600_to_1200_words(file_name: str) -> None:
    assert 600 <= transcript(file_name).n_words <= 1200


@pytest.mark.parametrize("file_name", FILES)
def test_the_readers_give_the_turns_the_labels_refer_to(file_name: str) -> None:
    path = Path(__file__).parents[1] / "golden" / "arrive-on-time" / f"{Path(file_name).stem}.json"
    (kept,) = read_bytes(path.read_bytes(), name=path.name)
    assert kept.turns == transcript(file_name).turns


def test_study_names_job_executor_and_word_counts() -> None:
    study = json.loads((STUDY / "study.json").read_text(encoding="utf-8"))
    assert (study["job"], study["executor"]) == ("get to a destination on time", "traveller")
    counts = {row["id"]: (row["words"], row["participant_words"]) for row in study["transcripts"]}
    assert counts == {Path(name).stem: _word_counts(transcript(name)) for name in FILES}


def test_card_names_licence_source_consent_annotation_and_limits() -> None:
    card = (STUDY / "CARD.md").read_text(encoding="utf-8")
    headings = {line.removeprefix("## ") for line in card.splitlines() if line.startswith("## ")}
    assert {"Source and consent", "Licence", "Annotation", "Limits"} <= headings
    assert "MIT" in card
    assert "invented" in card


def _word_counts(parsed: Transcript) -> tuple[int, int]:
    said = sum(len(turn.text.split()) for turn in parsed.turns if turn.role is Role.PARTICIPANT)
    return parsed.n_words, said
