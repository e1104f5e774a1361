"""Teaching needs: what is drawn of labelled studies, and that what ships was taught on those that are here."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from jtbd_nlp.engine import NEED_WRITING_FILE, WRITER
from jtbd_nlp.gold import load_studies, load_training
from jtbd_nlp.learning.named_groups import PLACES_FILE, load_places
from jtbd_nlp.learning.need_writing import (
    LabelledNeedLine,
    NeedWritingSettings,
    draw_need,
    need_lines,
    teach_need_writing,
)
from jtbd_nlp.learning.teaching import teaching_key
from jtbd_nlp.models import assets_folder, resolve
from jtbd_nlp.statements.encoder import file_card
from tests.unit.tiny_writer import a_tiny_writer

TRAINING = Path(__file__).resolve().parents[4] / "shared" / "training"
LINE = LabelledNeedLine("t", "get a permit", "[ it took all day ]", "minimize the time it takes to find the form")
QUICK = NeedWritingSettings(rank=4, n_layers=1, epochs=4, batch=2, learning_rate=1e-1, warmup=1, n_threads=1)


def test_the_job_is_left_out_at_times() -> None:
    draws = random.Random(1)  # noqa: S311 - nothing secret
    drawn = [draw_need(LINE, draws, NeedWritingSettings()) for _ in range(60)]
    assert {answer for _, answer in drawn} == {" minimize the time it takes to find the form"}
    prompts = [prompt for prompt, _ in drawn]
    assert 0 < sum(prompt.startswith("Job: \n") for prompt in prompts) < 20
    assert prompts[0].endswith("Said: [ it took all day ]\nNeed:")


def test_as_many_needs_are_drawn_as_wanted_in_one_order_and_each_once() -> None:
    studies = load_studies(assets_folder("corpora") / "written")[:3]
    every = need_lines(studies, {}, NeedWritingSettings())
    few = need_lines(studies, {}, replace(NeedWritingSettings(), most=5))
    assert few == every[:5]
    assert len(set(every)) == len(every) > 50
    assert all("[ " in line.line and line.job for line in every)


def test_a_study_without_a_job_takes_the_one_that_its_interviews_are_known_by() -> None:
    study = load_studies(assets_folder("corpora") / "written")[0]
    jobless = replace(study, job="")
    transcripts = dict.fromkeys(study.labels, "get a permit")
    assert {line.job for line in need_lines([jobless], transcripts, QUICK)} == {"get a permit"}
    assert {line.job for line in need_lines([jobless], {}, QUICK)} == {""}


def test_teaching_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.safetensors", "two.safetensors")]
    for path in paths:
        teach_need_writing(a_tiny_writer(), [LINE, replace(LINE, job="")], path, key="k", settings=QUICK)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert file_card(paths[0])["n_needs"] == 2


def test_what_ships_was_taught_on_the_needs_that_are_here() -> None:
    if not TRAINING.is_dir():
        pytest.skip("shared/training is not beside this checkout")
    corpora = assets_folder("corpora")
    training = load_training(TRAINING, written=load_studies(corpora / "written"))
    placed = load_places(corpora / PLACES_FILE)
    jobs = {place.transcript: group.job for group in reversed(placed) for place in group.said}
    settings = NeedWritingSettings()
    lines = need_lines(training.everything(), jobs, settings)
    card = file_card(assets_folder("models") / "engine" / NEED_WRITING_FILE)
    assert card["n_needs"] == len(lines)
    assert card["key"] == teaching_key(lines, settings, base_sha256=resolve(WRITER).sha256)
