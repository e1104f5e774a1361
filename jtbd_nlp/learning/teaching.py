"""Teach the writing model: narrow matrices beside its upper layers learn what is to follow a prompt, nothing else.

Deterministic for one seed, one CPU type and one number of threads.
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
from typing import Any, Final, Generic, TypeVar

import torch
from torch import nn

from jtbd_nlp.threads import threads
from jtbd_nlp.writing_model import WritingModel, save_taught

# Examples that are drawn and sorted by length before they are cut into batches: fewer pads, still mixed.
_BATCHES_TOGETHER: Final = 16
_MOST_TOKENS: Final = 260
# How strongly the matrices act; a constant, since the rate of learning does the same.
_SCALE: Final = 2.0
_ADAPTED: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")

Item = TypeVar("Item")
# Called with steps done, steps in all, and the mean loss of late.
OnStep = Callable[[int, int, float], None]
# A prompt and what is to follow it, drawn anew each time an item comes up.
Draw = Callable[[Item, random.Random], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachingSettings:
    """How the writing model is taught. `rank` is the width of the matrices beside the upper `n_layers` layers."""

    rank: int = 16
    n_layers: int = 12
    epochs: float = 1.0
    batch: int = 8
    learning_rate: float = 4e-4
    warmup: int = 20
    weight_decay: float = 0.01
    dropout: float = 0.05
    n_threads: int = 2
    seed: int = 1


def teaching_key(items: Sequence[Any], settings: TeachingSettings, *, base_sha256: str) -> str:
    """16 hex digits over everything that what is taught depends on; items are dataclasses."""
    parts = [json.dumps(asdict(settings), sort_keys=True), base_sha256]
    parts += [json.dumps(asdict(item), sort_keys=True, ensure_ascii=False) for item in items]
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:16]


def teach(
    model: WritingModel,
    items: Sequence[Item],
    draw: Draw[Item],
    path: Path,
    *,
    card: dict[str, object],
    settings: TeachingSettings,
    on_step: OnStep | None = None,
) -> None:
    """Teach `model` (which is changed) what is drawn of `items`, and write what it learned to `path`, with its `card`.

    Raises:
        ValueError: there are no items.

    Source:
        Hu et al. 2021, arXiv:2106.09685 (low-rank adaptation).
    """
    from peft import LoraConfig, get_peft_model  # slow to import, and needed here only

    if not items:
        raise ValueError("nothing to learn from")
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
        _fit(adapted, model, _Course(items, draw), settings, on_step or (lambda *_: None))
    save_taught(_pairs(adapted), path, card={**card, "scale": _SCALE, **asdict(settings)})


@dataclass(frozen=True, slots=True)
class _Course(Generic[Item]):
    items: Sequence[Item]
    draw: Draw[Item]


def _pairs(adapted: nn.Module) -> dict[str, torch.Tensor]:
    """The two matrices of every adapted layer, by the layer's name in the network."""
    pairs = {}
    for name, value in adapted.named_parameters():
        if value.requires_grad:
            layer, matrix = name.removeprefix("base_model.model.").rsplit(".lora_", 1)
            pairs[f"{layer}.{matrix[0]}"] = value.detach()
    return pairs


def _fit(
    adapted: nn.Module, model: WritingModel, course: _Course[Any], settings: TeachingSettings, on_step: OnStep
) -> None:
    taught = [parameter for parameter in adapted.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(taught, lr=settings.learning_rate, weight_decay=settings.weight_decay)
    n_steps = math.ceil(len(course.items) * settings.epochs / settings.batch)
    body, words = model.network.model, model.network.get_input_embeddings().weight
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: _share_of_rate(k, n_steps, settings.warmup))
    adapted.train()
    mean_loss = 0.0
    for step, batch in enumerate(_batches(model, course, settings)):
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
    model: WritingModel, course: _Course[Any], settings: TeachingSettings
) -> Iterator[list[tuple[list[int], int]]]:
    """Batches of (tokens, how many of them at the end are the answer), drawn anew each time an item comes up."""
    draws = random.Random(settings.seed)  # noqa: S311 - nothing secret
    order: list[int] = []
    while len(order) < len(course.items) * settings.epochs:
        order += draws.sample(range(len(course.items)), len(course.items))
    order = order[: math.ceil(len(course.items) * settings.epochs)]
    together = settings.batch * _BATCHES_TOGETHER
    for first in range(0, len(order), together):
        examples = []
        for i in order[first : first + together]:
            prompt, answer = course.draw(course.items[i], draws)
            target = [*model.tokens(answer), model.end]
            examples.append(([*model.tokens(prompt)[-_MOST_TOKENS:], *target], len(target)))
        examples.sort(key=lambda example: len(example[0]))
        batches = [examples[k : k + settings.batch] for k in range(0, len(examples), settings.batch)]
        draws.shuffle(batches)
        yield from batches


def _padded(batch: Sequence[tuple[list[int], int]], pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Token ids, mask and targets, shape (rows, longest); what is no part of an answer has target -1."""
    shape = (len(batch), max(len(tokens) for tokens, _ in batch))
    ids, mask, targets = torch.full(shape, pad), torch.zeros(shape, dtype=torch.long), torch.full(shape, -1)
    for row, (tokens, n_answer) in enumerate(batch):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        targets[row, len(tokens) - n_answer : len(tokens)] = torch.tensor(tokens[-n_answer:])
    return ids, mask, targets
