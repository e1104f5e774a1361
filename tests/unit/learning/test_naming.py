"""Teaching names: what is shown of a group, strays among it, and that teaching learns and repeats."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from jtbd_nlp.engine import NAMING_FILE, WRITER
from jtbd_nlp.errors import GoldError
from jtbd_nlp.gold import GoldStatement, GoldStep, GoldStudy, load_studies
from jtbd_nlp.learning.naming import (
    GROUPS_FILE,
    NamedGroup,
    NamingSettings,
    draw_example,
    groups_of_studies,
    load_groups,
    naming_key,
    teach_naming,
)
from jtbd_nlp.models import assets_folder, resolve
from jtbd_nlp.statements.encoder import file_card
from jtbd_nlp.step_prompts import step_answer, step_prompt
from jtbd_nlp.writing_model import WritingModel, lay_over
from tests.builders import a_transcript
from tests.unit.tiny_writer import a_tiny_writer

LINES = ("looked at the sills", "she held a magnet to the doors", "we lifted the carpet", "had it on a ramp")
CHECK = NamedGroup("buy a car", "assess", "check the car", LINES, ("went out for lunch",))
PAY = NamedGroup("buy a car", "conclude", "pay the seller", ("counted it out", "sent it by the bank"))
QUICK = NamingSettings(rank=4, n_layers=1, epochs=30, batch=2, learning_rate=1e-1, warmup=1, no_job=0, n_threads=1)

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
    with pytest.raises(ValueError, match="no groups"):
        teach_naming(a_tiny_writer(), [], tmp_path / "taught.safetensors", key="k", settings=QUICK)


def test_the_key_changes_with_groups_settings_and_model() -> None:
    keys = {
        naming_key([CHECK], QUICK, base_sha256="a"),
        naming_key([PAY], QUICK, base_sha256="a"),
        naming_key([CHECK], NamingSettings(), base_sha256="a"),
        naming_key([CHECK], QUICK, base_sha256="b"),
    }
    assert len(keys) == 4


def test_what_ships_was_taught_on_the_studies_and_groups_that_are_here() -> None:
    corpora, engine = assets_folder("corpora"), assets_folder("models") / "engine"
    groups = (*groups_of_studies(load_studies(corpora / "written")), *load_groups(corpora / GROUPS_FILE))
    card = file_card(engine / NAMING_FILE)
    assert card["n_groups"] == len(groups)
    assert card["key"] == naming_key(groups, NamingSettings(), base_sha256=resolve(WRITER).sha256)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("no json", "line 2"),
        (
            '{"job": "buy a car", "stage": "buy", "name": "pay", "said": ["counted it"]}',
            "line 2: stage: must be one of",
        ),
        ('{"job": "buy a car", "stage": "plan", "said": []}', "line 2: 'name'"),
        ('{"job": "buy a car", "stage": "plan", "name": "pay", "said": "counted it"}', "line 2: .*said a list"),
    ],
)
def test_a_line_that_is_no_group_is_named(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "groups.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(GoldError, match=rf"groups\.jsonl, {fault}"):
        load_groups(path)
