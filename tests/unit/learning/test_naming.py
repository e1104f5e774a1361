"""Teaching names: strays among what is shown of a group, and that teaching learns and repeats."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from jtbd_nlp.engine import NAMING_FILE, WRITER
from jtbd_nlp.gold import load_studies
from jtbd_nlp.learning.named_groups import (
    GROUPS_FILE,
    PLACES_FILE,
    NamedGroup,
    groups_of_studies,
    load_groups,
    load_places,
)
from jtbd_nlp.learning.naming import NamingSettings, draw_example, teach_naming
from jtbd_nlp.learning.teaching import teaching_key
from jtbd_nlp.models import assets_folder, resolve
from jtbd_nlp.statements.encoder import file_card
from jtbd_nlp.step_prompts import step_answer, step_prompt
from jtbd_nlp.writing_model import WritingModel, lay_over
from tests.unit.tiny_writer import a_tiny_writer

LINES = ("looked at the sills", "she held a magnet to the doors", "we lifted the carpet", "had it on a ramp")
CHECK = NamedGroup("buy a car", "assess", "check the car", LINES, ("went out for lunch",))
PAY = NamedGroup("buy a car", "conclude", "pay the seller", ("counted it out", "sent it by the bank"))
QUICK = NamingSettings(rank=4, n_layers=1, epochs=30, batch=2, learning_rate=1e-1, warmup=1, no_job=0, n_threads=1)


def test_an_example_shows_some_lines_and_at_times_a_stray() -> None:
    draws = random.Random(1)  # noqa: S311 - nothing secret
    examples = [draw_example(CHECK, draws, NamingSettings()) for _ in range(60)]
    assert {answer for _, answer in examples} == {step_answer("assess", "check the car")}
    n_lines = {prompt.count("\n- ") for prompt, _ in examples}
    assert n_lines == {2, 3, 4}
    strays = [prompt for prompt, _ in examples if "went out for lunch" in prompt]
    assert 5 < len(strays) < 40
    assert all(prompt.count("\n- ") >= 3 for prompt in strays)
    assert 0 < sum(prompt.startswith("Job: \n") for prompt, _ in examples) < 20


def test_what_is_taught_is_learned(tmp_path: Path) -> None:
    model = a_tiny_writer()
    teach_naming(model, [CHECK, PAY], tmp_path / "taught.safetensors", key="k", settings=QUICK)
    assert file_card(tmp_path / "taught.safetensors")["key"] == "k"
    model = a_tiny_writer()
    before = likelihood_of_answer(model)
    lay_over(model.network, tmp_path / "taught.safetensors")
    after = likelihood_of_answer(model)
    assert after > before + 0.1


def likelihood_of_answer(model: WritingModel) -> float:
    """Mean log-probability of the tokens of the answer to CHECK."""
    prompt = model.tokens(step_prompt(CHECK.job, CHECK.lines))
    answer = [*model.tokens(step_answer(CHECK.stage, CHECK.name)), model.end]
    with torch.no_grad():
        logits = model.network(input_ids=torch.tensor([[*prompt, *answer]])).logits[0, len(prompt) - 1 : -1]
    logs = torch.log_softmax(logits, dim=-1)
    return float(sum(logs[i, token] for i, token in enumerate(answer)) / len(answer))


def test_teaching_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.safetensors", "two.safetensors")]
    for path in paths:
        teach_naming(a_tiny_writer(), [CHECK, PAY], path, key="k", settings=QUICK)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        teach_naming(a_tiny_writer(), [], tmp_path / "taught.safetensors", key="k", settings=QUICK)


def test_the_key_changes_with_groups_settings_and_model() -> None:
    keys = {
        teaching_key([CHECK], QUICK, base_sha256="a"),
        teaching_key([PAY], QUICK, base_sha256="a"),
        teaching_key([CHECK], NamingSettings(), base_sha256="a"),
        teaching_key([CHECK], QUICK, base_sha256="b"),
    }
    assert len(keys) == 4


def test_what_ships_was_taught_on_the_studies_and_groups_that_are_here() -> None:
    corpora, engine = assets_folder("corpora"), assets_folder("models") / "engine"
    told = (*groups_of_studies(load_studies(corpora / "written")), *load_groups(corpora / GROUPS_FILE))
    placed = load_places(corpora / PLACES_FILE)
    card, settings = file_card(engine / NAMING_FILE), NamingSettings()
    assert card["n_groups"] == len(told) + settings.times_real * len(placed)
    assert card["key"] == teaching_key((*told, *placed), settings, base_sha256=resolve(WRITER).sha256)
