"""Labelled studies: what loads, and what is refused, by file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jtbd_nlp.errors import GoldError
from jtbd_nlp.evaluation import score_study
from jtbd_nlp.gold import GoldStep, load_studies, load_study, load_training
from tests.builders import a_transcript

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
LABEL = {
    "turn": 1,
    "start": 2,
    "end": 16,
    "text": "plan the route",
    "kind": "action",
    "phrase": "plan the route",
    "stage": "plan",
    "step": "s1",
}
MAP = "step\tstage\tphrase\ns1\tplan\tplan the route\n"


def write(
    folder: Path, *labels: object, job_map: str = MAP, name: str = "p1", study: object = None, annotator: str = "a"
) -> Path:
    """A study of one interview on disk."""
    (folder / "labels").mkdir(parents=True, exist_ok=True)
    (folder / "transcripts").mkdir(exist_ok=True)
    transcript = a_transcript("How?", "I plan the route.", name=name)
    (folder / "transcripts" / f"{name}.json").write_bytes(transcript.canonical_bytes())
    lines = [label if isinstance(label, str) else json.dumps(label) for label in labels]
    (folder / "labels" / f"{name}.{annotator}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / f"jobmap.{annotator}.tsv").write_text(job_map, encoding="utf-8")
    about = {"study": "arrive", "job": "arrive on time", "executor": "driver"} if study is None else study
    (folder / "study.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def test_a_study_has_its_job_transcripts_labels_and_map(tmp_path: Path) -> None:
    study = load_study(write(tmp_path / "arrive", LABEL))
    assert (study.name, study.job, study.executor) == ("arrive", "arrive on time", "driver")
    assert [t.id for t in study.transcripts] == ["p1"]
    assert study.job_map == (GoldStep("s1", "plan", "plan the route"),)
    label = study.labels["p1"][0]
    assert study.transcript("p1").turns[label.turn].text[label.start : label.end] == label.text == "plan the route"


def test_an_interview_without_findings_was_labelled_all_the_same(tmp_path: Path) -> None:
    study = load_study(write(tmp_path))
    assert study.labels == {"p1": ()}
    assert study.labelled == study.transcripts


def test_interviews_nobody_labelled_are_kept_as_transcripts(tmp_path: Path) -> None:
    write(tmp_path, LABEL)
    (tmp_path / "transcripts" / "p2.txt").write_text("Moderator: How?\nAnn: I drive.\n", encoding="utf-8")
    study = load_study(tmp_path)
    assert [t.id for t in study.transcripts] == ["p1", "p2"]
    assert [t.id for t in study.labelled] == ["p1"]


def test_another_annotator_has_their_own_labels_and_map(tmp_path: Path) -> None:
    write(tmp_path, LABEL)
    write(tmp_path, LABEL | {"step": "b7"}, job_map="step\tstage\tphrase\nb7\tassess\tcheck it\n", annotator="b")
    assert load_study(tmp_path, annotator="b").job_map == (GoldStep("b7", "assess", "check it"),)
    assert load_study(tmp_path).labels["p1"][0].step == "s1"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"text": "plan the route."}, "text: is not what stands in turn 1, 2 to 16"),
        ({"start": 3}, "text: is not what stands"),
        ({"end": 99}, "start, end: turn 1 has no characters 2 to 99"),
        ({"start": 16}, "start, end: turn 1 has no characters 16 to 16"),
        ({"turn": 5}, "turn: the transcript has no turn 5"),
        ({"turn": "1"}, "turn: must be a whole number"),
        ({"start": True}, "start: must be a whole number"),
        ({"kind": "deed"}, "kind: must be one of action, need"),
        ({"stage": "finish"}, "stage: must be one of understand"),
        ({"stage": None}, "stage: must be one of understand"),
        ({"step": "s9"}, "step: the job map has no step 's9'"),
        ({"phrase": None}, "phrase: must be text"),
    ],
)
def test_a_bad_label_is_named_by_file_and_line(tmp_path: Path, change: dict[str, object], fault: str) -> None:
    folder = write(tmp_path / "arrive", LABEL, LABEL | change)
    with pytest.raises(GoldError, match=f"^arrive/labels/p1.a.jsonl, line 2: {fault}"):
        load_study(folder)


@pytest.mark.parametrize("line", ['{"turn": 1', "[]", "3"])
def test_a_line_that_is_no_label_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(GoldError, match=r"p1\.a\.jsonl, line 1: "):
        load_study(write(tmp_path, line))


def test_a_message_does_not_repeat_what_was_said(tmp_path: Path) -> None:
    with pytest.raises(GoldError) as caught:
        load_study(write(tmp_path, LABEL | {"text": "my secret"}))
    assert "secret" not in str(caught.value)


def test_labels_of_no_transcript_are_refused(tmp_path: Path) -> None:
    write(tmp_path, LABEL)
    (tmp_path / "labels" / "p9.a.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(GoldError, match=r"p9\.a\.jsonl: the study has no transcript 'p9'"):
        load_study(tmp_path)


@pytest.mark.parametrize(
    ("job_map", "fault"),
    [
        ("step\tstage\tphrase\ns1\tfinish\tx\n", "line 2: stage: must be one of"),
        ("step\tstage\tphrase\ns1\tplan\tx\ns1\tplan\ty\n", "line 3: step 's1' is there twice"),
        ("step\tstage\tphrase\ns1\tplan\n", "line 2: must hold step, stage, phrase"),
        ("s1,plan,x\ns1,plan,x\n", "line 2: must hold step, stage, phrase"),
    ],
)
def test_a_bad_job_map_is_named_by_line(tmp_path: Path, job_map: str, fault: str) -> None:
    with pytest.raises(GoldError, match=rf"jobmap\.a\.tsv, {fault}"):
        load_study(write(tmp_path, LABEL, job_map=job_map))


@pytest.mark.parametrize("study", [[], {"study": "arrive"}, {"study": "a", "job": "", "executor": "driver"}])
def test_a_study_must_say_its_job(tmp_path: Path, study: object) -> None:
    with pytest.raises(GoldError, match=r"study\.json: "):
        load_study(write(tmp_path, LABEL, study=study))


def test_a_transcript_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, LABEL)
    (tmp_path / "transcripts" / "broken.json").write_text("", encoding="utf-8")
    with pytest.raises(GoldError, match=r"transcripts/broken\.json: "):
        load_study(tmp_path)


def test_an_annotator_who_labelled_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="no labels of annotator 'b'"):
        load_study(write(tmp_path, LABEL), annotator="b")


def test_studies_come_by_name_and_other_folders_are_left_alone(tmp_path: Path) -> None:
    for name in ("walk", "arrive"):
        write(tmp_path / name, LABEL, study={"study": name, "job": "arrive", "executor": "driver"})
    (tmp_path / "notes").mkdir()
    (tmp_path / "GUIDE.md").write_text("guide", encoding="utf-8")
    assert [study.name for study in load_studies(tmp_path)] == ["arrive", "walk"]


@pytest.mark.parametrize("name", ["empty", "absent"])
def test_a_folder_without_studies_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(GoldError, match="holds no labelled study"):
        load_studies(tmp_path / name)


def test_training_leaves_out_what_a_study_must_not_have_seen(tmp_path: Path) -> None:
    for batch, name in (("batch-1", "p1"), ("batch-2", "p2")):
        folder = write(tmp_path / batch, LABEL | {"step": None}, job_map="step\tstage\tphrase\n", name=name)
        (folder / "study.json").unlink()
    (tmp_path / "exclusions.json").write_text('{"arrive": ["p2"]}', encoding="utf-8")
    training = load_training(tmp_path)
    assert [(batch.name, batch.job) for batch in training.batches] == [("batch-1", ""), ("batch-2", "")]
    assert [batch.name for batch in training.fair_for("arrive")] == ["batch-1"]
    assert training.fair_for("other") == training.everything() == training.batches
    assert [batch.name for batch in training.rest()] == ["batch-2"]


def test_every_other_study_written_for_training_is_in_the_least_and_the_others_in_the_rest(tmp_path: Path) -> None:
    write(tmp_path / "training" / "batch-1", LABEL)
    first, second = (load_study(write(tmp_path / name, LABEL, name=name)) for name in ("w1", "w2"))
    training = load_training(tmp_path / "training", written=[first, second])
    assert training.everything() == (*training.batches, first, second)
    assert training.least() == (*training.batches, first)
    assert training.rest() == (second,)


def test_leaving_out_a_transcript_leaves_out_its_labels(tmp_path: Path) -> None:
    study = load_study(write(tmp_path, LABEL)).without(["p1"])
    assert (study.transcripts, dict(study.labels)) == ((), {})


@pytest.mark.parametrize("content", ["[]", '{"a": "p1"}', '{"a": [1]}', "{"])
def test_bad_exclusions_are_refused(tmp_path: Path, content: str) -> None:
    write(tmp_path / "batch-1", LABEL)
    (tmp_path / "exclusions.json").write_text(content, encoding="utf-8")
    with pytest.raises(GoldError, match=r"exclusions\.json"):
        load_training(tmp_path)


def test_labels_score_one_against_themselves(tmp_path: Path) -> None:
    study = load_study(write(tmp_path, LABEL))
    figures = score_study(study.transcripts, study.labels, study.labels)
    assert (figures["action.span_f1"], figures["stage.accuracy"], figures["map.steps"]) == (1.0, 1.0, 1.0)


@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="the gold studies lie beside the project and are not here")
def test_every_gold_study_and_its_second_annotator_load() -> None:
    studies = load_studies(SHARED / "gold")
    assert (len(studies), sum(len(labels) for study in studies for labels in study.labels.values())) == (8, 1591)
    assert len(load_study(SHARED / "gold" / "make-games", annotator="b").labelled) == 1


@pytest.mark.skipif(not (SHARED / "training").is_dir(), reason="the training batches lie beside the project, not here")
def test_every_training_batch_loads() -> None:
    training = load_training(SHARED / "training")
    assert sum(len(batch.labelled) for batch in training.batches) == 383
    assert sum(len(batch.transcripts) for batch in training.fair_for("make-games")) == 301
