"""The writing model: texts read in parts, beams, what was taught, and the published model itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from jtbd_nlp.engine import WRITER
from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.models import resolve
from jtbd_nlp.stages import STAGES
from jtbd_nlp.statements.encoder import file_card
from jtbd_nlp.writing_model import (
    WritingModel,
    lay_over,
    load_writing_model,
    save_taught,
)
from tests.unit.tiny_writer import a_tiny_writer

LAYER = "model.layers.1.mlp.up_proj"


@pytest.fixture(scope="module")
def tiny() -> WritingModel:
    return a_tiny_writer()


@pytest.fixture(scope="module")
def published() -> WritingModel:
    return load_writing_model(resolve(WRITER).folder)


def taught(folder: Path, *, scale: object = 2.0, layer: str = LAYER) -> Path:
    path = folder / "taught.safetensors"
    pairs = {f"{layer}.A": torch.ones(1, 32), f"{layer}.B": torch.full((48, 1), 0.5)}
    save_taught(pairs, path, card={"scale": scale, "key": "k"})
    return path


def test_a_text_read_in_two_parts_goes_on_as_one_read_at_once(tiny: WritingModel) -> None:
    whole = tiny.read("Job: park a car")
    first = tiny.read("Job: park")
    for _ in range(2):  # reading on does not use it up
        parts = tiny.read(" a car", after=first)
        np.testing.assert_allclose(parts.logits.numpy(), whole.logits.numpy(), atol=1e-5)


def test_what_is_written_stands_best_first_and_once_each(tiny: WritingModel) -> None:
    written = tiny.write(tiny.read("Step:"), n_beams=4, most_tokens=12)
    assert [one.score for one in written] == sorted((one.score for one in written), reverse=True)
    assert len({one.text for one in written}) == len(written)


def test_the_same_text_is_continued_in_the_same_way(tiny: WritingModel) -> None:
    once, again = (tiny.write(tiny.read("Step:"), n_beams=3, most_tokens=10) for _ in range(2))
    assert once == again


def test_a_score_is_what_the_network_gives_the_whole_text_at_once() -> None:
    model = a_tiny_writer(seed=3)
    likely = [*model.tokens("abcdefghijklmnopqrstuvwxyz"), model.end]
    with torch.no_grad():  # so that letters are written, and few of them
        model.network.get_input_embeddings().weight[likely] *= 8
    written = model.write(model.read("Step:"), n_beams=12, most_tokens=6)
    plain = [one for one in written if one.text.isalnum()]
    assert plain
    for one in plain:
        assert one.score == pytest.approx(score_of(model, model.tokens("Step:"), model.tokens(one.text)), abs=1e-4)


def test_texts_are_written_on_together_as_each_alone() -> None:
    model = a_wordy_writer()
    read = ["St", "A longer start ", "D"]
    starts = ["ep:", "of a step:", "o"]
    together = model.write_on([model.read(text) for text in read], starts, most_tokens=40)
    alone = tuple(
        model.write_on([model.read(text)], [start], most_tokens=40)[0] for text, start in zip(read, starts, strict=True)
    )
    assert together == alone
    texts = [one.text for one in together if one]
    assert texts == [likeliest_of(model, text + start) for text, start in zip(read, starts, strict=True)]
    assert len(set(texts)) == 3


def test_what_comes_to_no_end_is_nothing() -> None:
    model = a_wordy_writer()
    assert model.write_on([model.read("Ste")], ["p:"], most_tokens=1) == (None,)
    assert model.write_on([], [], most_tokens=9) == ()


def a_wordy_writer() -> WritingModel:
    """One that does not say the same thing over and over, and that ends the texts below after 2 to 23 tokens."""
    model = a_tiny_writer(seed=7)
    torch.manual_seed(7)
    head = model.network.lm_head
    head.weight = torch.nn.Parameter(torch.randn_like(head.weight))
    with torch.no_grad():
        for layer in model.network.model.layers:
            layer.mlp.down_proj.weight *= 20
            layer.self_attn.o_proj.weight *= 20
            for part in (layer.self_attn.q_proj, layer.self_attn.v_proj, layer.mlp.up_proj, layer.mlp.gate_proj):
                part.weight *= 10
    return replace(model, end=141)


def likeliest_of(model: WritingModel, start: str) -> str:
    """The likeliest tokens one after another up to the end, the whole text read anew for each."""
    tokens = model.tokens(start)
    first = len(tokens)
    while tokens[-1] != model.end:
        with torch.no_grad():
            tokens.append(int(model.network(input_ids=torch.tensor([tokens])).logits[0, -1].argmax()))
    return str(model.tokenizer.decode(tokens[first:-1])).strip()


def test_chances_are_those_of_the_first_tokens_and_sum_to_one(tiny: WritingModel) -> None:
    passage = tiny.read("Stage:")
    chances = tiny.chances(passage, ["plan", "execute", "assess"])
    shares = torch.softmax(passage.logits, dim=0)[[tiny.tokens(letter)[0] for letter in "pea"]]
    np.testing.assert_allclose(chances, (shares / shares.sum()).numpy(), atol=1e-5)
    assert sum(chances) == pytest.approx(1, abs=1e-5)


def score_of(model: WritingModel, start: list[int], tokens: list[int]) -> float:
    """Mean log-probability of tokens and the end after a start, all at once and without a cache."""
    follow = [*tokens, model.end]
    with torch.no_grad():
        logits = model.network(input_ids=torch.tensor([[*start, *follow]])).logits[0, len(start) - 1 : -1]
    logs = torch.log_softmax(logits, dim=-1)
    return float(sum(logs[i, token] for i, token in enumerate(follow)) / len(follow))


def test_what_was_taught_is_added_to_the_weights(tmp_path: Path) -> None:
    model = a_tiny_writer()
    before = dict(model.network.named_parameters())[f"{LAYER}.weight"].clone()
    lay_over(model.network, taught(tmp_path))
    after = dict(model.network.named_parameters())[f"{LAYER}.weight"]
    torch.testing.assert_close(after, before + 2.0 * 0.5)


def test_what_was_taught_names_how_it_was_made(tmp_path: Path) -> None:
    assert file_card(taught(tmp_path))["key"] == "k"
    assert file_card(tmp_path / "nothing.safetensors") == {}


@pytest.mark.parametrize("fault", ["missing", "text", "other layer", "no scale"])
def test_what_is_no_teaching_of_this_model_is_refused(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "taught.safetensors"
    if fault == "text":
        path.write_text("no weights")
    elif fault == "other layer":
        taught(tmp_path, layer="model.layers.9.mlp.up_proj")
    elif fault == "no scale":
        save_taught({}, path, card={})
    with pytest.raises(ModelUnavailableError, match=r"taught\.safetensors"):
        lay_over(a_tiny_writer().network, path)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="no writing model"):
        load_writing_model(tmp_path)


def test_the_published_model_reads_digits_one_by_one_and_gives_texts_back(published: WritingModel) -> None:
    text = "I saw 12 of them, didn't I? Ça va."
    tokens = published.tokens(text)
    assert published.tokenizer.decode(tokens) == text
    assert published.tokens("12")[-2:] == [published.tokens("1")[-1], published.tokens("2")[-1]]


def test_the_published_model_knows_english(published: WritingModel) -> None:
    likeliest = int(published.read("The capital of France is").logits.argmax())
    assert published.tokenizer.decode([likeliest]) == " Paris"


def test_a_stage_is_one_token_of_the_published_model(published: WritingModel) -> None:
    assert [len(published.tokens(f" {stage}")) for stage in STAGES] == [1] * 6
