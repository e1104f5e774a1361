"""Teach the writing model to tell the stage of a step from its quotes, and to name it as an analyst would.

It learns from groups of quotes with the name of their step (`named_groups.py`): narrow matrices beside the upper
layers, nothing else. Deterministic for one seed, one CPU type and one number of threads.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from torch import nn

from jtbd_nlp.learning.named_groups import NamedGroup, PlacedGroup
from jtbd_nlp.statements.encoder import threads
from jtbd_nlp.step_prompts import MOST_LINES, step_answer, step_prompt
from jtbd_nlp.writing_model import WritingModel, save_taught

# Steps that are drawn and sorted by length before they are cut into batches: fewer pads, still mixed.
_BATCHES_TOGETHER: Final = 16
_MOST_TOKENS: Final = 260
# How strongly the matrices act; a constant, since the rate of learning does the same.
_SCALE: Final = 2.0
_ADAPTED: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")

# Called with steps done, steps in all, and the mean loss of late.
OnStep = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingSettings:
    """How the writing model is taught. `rank` is the width of the matrices beside the upper `n_layers` layers.

    A line that belongs to another step, or to none, stands in for one of three or more with chance `stray`; the job is
    left out with chance `no_job`. Groups that the program made of real talk, which is what it will be asked of, come up
    `times_real` times for once of the others.
    """

    rank: int = 16
    n_layers: int = 12
    epochs: float = 1.25
    batch: int = 8
    learning_rate: float = 4e-4
    warmup: int = 20
    weight_decay: float = 0.01
    dropout: float = 0.05
    stray: float = 0.5
    no_job: float = 0.1
    times_real: int = 2
    n_threads: int = 2
    seed: int = 1


def naming_key(groups: Sequence[NamedGroup | PlacedGroup], settings: NamingSettings, *, base_sha256: str) -> str:
    """16 hex digits over everything that what is taught depends on."""
    parts = [json.dumps(asdict(settings), sort_keys=True), base_sha256]
    parts += [json.dumps(asdict(group), sort_keys=True, ensure_ascii=False) for group in groups]
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:16]


def teach_naming(
    model: WritingModel,
    groups: Sequence[NamedGroup],
    path: Path,
    *,
    key: str,
    settings: NamingSettings,
    on_step: OnStep | None = None,
) -> None:
    """Teach `model` (which is changed) to name `groups`, and write what it was taught to `path`, with its `key`.

    Raises:
        ValueError: there are no groups.

    Source:
        Hu et al. 2021, arXiv:2106.09685 (low-rank adaptation).
    """
    from peft import LoraConfig, get_peft_model  # slow to import, and needed here only

    if not groups:
        raise ValueError("no groups to learn names from")
    n_layers = int(model.network.config.num_hidden_layers)
    torch.manual_seed(settings.seed)
    with threads(settings.n_threads):
        for parameter in model.network.parameters():
            parameter.requires_grad_(False)
        config = LoraConfig(
            r=settings.rank,
            lora_alpha=int(_SCALE * settings.rank),
            lora_dropout=settings.dropout,
            target_modules=list(_ADAPTED),
            layers_to_transform=list(range(n_layers - settings.n_layers, n_layers)),
            task_type="CAUSAL_LM",
        )
        with warnings.catch_warnings():  # peft 0.21 asks transformers by a name that is to go
            warnings.simplefilter("ignore", FutureWarning)
            adapted = get_peft_model(model.network, config)
        _fit(adapted, model, groups, settings, on_step or (lambda *_: None))
    save_taught(_pairs(adapted), path, card={"key": key, "scale": _SCALE, "n_groups": len(groups), **asdict(settings)})


def _pairs(adapted: nn.Module) -> dict[str, torch.Tensor]:
    """The two matrices of every adapted layer, by the layer's name in the network."""
    pairs = {}
    for name, value in adapted.named_parameters():
        if value.requires_grad:
            layer, matrix = name.removeprefix("base_model.model.").rsplit(".lora_", 1)
            pairs[f"{layer}.{matrix[0]}"] = value.detach()
    return pairs


def _fit(
    adapted: nn.Module, model: WritingModel, groups: Sequence[NamedGroup], settings: NamingSettings, on_step: OnStep
) -> None:
    taught = [parameter for parameter in adapted.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(taught, lr=settings.learning_rate, weight_decay=settings.weight_decay)
    n_steps = math.ceil(len(groups) * settings.epochs / settings.batch)
    body, words = model.network.model, model.network.get_input_embeddings().weight
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: _share_of_rate(k, n_steps, settings.warmup))
    adapted.train()
    mean_loss = 0.0
    for step, batch in enumerate(_batches(model, groups, settings)):
        ids, mask, targets = _padded(batch, model.end)
        hidden = body(input_ids=ids, attention_mask=mask).last_hidden_state[:, :-1]
        asked = targets[:, 1:] >= 0
        loss = nn.functional.cross_entropy(hidden[asked] @ words.T, targets[:, 1:][asked])
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(taught, 1.0)
        optimizer.step()
        rate.step()
        optimizer.zero_grad()
        mean_loss = loss.item() if step == 0 else 0.95 * mean_loss + 0.05 * loss.item()
        on_step(step + 1, n_steps, mean_loss)


def _share_of_rate(step: int, n_steps: int, warmup: int) -> float:
    """A short rise, then half a cosine down."""
    return min(1.0, (step + 1) / warmup) * (0.5 + 0.5 * math.cos(math.pi * step / n_steps) + 0.02)


def _batches(
    model: WritingModel, groups: Sequence[NamedGroup], settings: NamingSettings
) -> Iterator[list[tuple[list[int], int]]]:
    """Batches of (tokens, how many of them at the end are the answer), drawn anew each time a group comes up."""
    draws = random.Random(settings.seed)  # noqa: S311 - nothing secret
    order: list[int] = []
    while len(order) < len(groups) * settings.epochs:
        order += draws.sample(range(len(groups)), len(groups))
    order = order[: math.ceil(len(groups) * settings.epochs)]
    together = settings.batch * _BATCHES_TOGETHER
    for first in range(0, len(order), together):
        examples = []
        for i in order[first : first + together]:
            prompt, answer = draw_example(groups[i], draws, settings)
            target = [*model.tokens(answer), model.end]
            examples.append(([*model.tokens(prompt)[-_MOST_TOKENS:], *target], len(target)))
        examples.sort(key=lambda example: len(example[0]))
        batches = [examples[k : k + settings.batch] for k in range(0, len(examples), settings.batch)]
        draws.shuffle(batches)
        yield from batches


def draw_example(group: NamedGroup, draws: random.Random, settings: NamingSettings) -> tuple[str, str]:
    """A prompt of some of a group's lines in any order, strays among them at times, and its answer."""
    lines = draws.sample(group.lines, draws.randint(min(2, len(group.lines)), min(MOST_LINES, len(group.lines))))
    for at in (0, 1):
        if group.strays and len(lines) >= 3 + 2 * at and draws.random() < settings.stray / (1 + at):
            lines[at] = draws.choice(group.strays)
    draws.shuffle(lines)
    job = "" if draws.random() < settings.no_job else group.job
    return step_prompt(job, lines), step_answer(group.stage, group.name)


def _padded(batch: Sequence[tuple[list[int], int]], pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Token ids, mask and targets, shape (rows, longest); what is no part of an answer has target -1."""
    shape = (len(batch), max(len(tokens) for tokens, _ in batch))
    ids, mask, targets = torch.full(shape, pad), torch.zeros(shape, dtype=torch.long), torch.full(shape, -1)
    for row, (tokens, n_answer) in enumerate(batch):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        targets[row, len(tokens) - n_answer : len(tokens)] = torch.tensor(tokens[-n_answer:])
    return ids, mask, targets
