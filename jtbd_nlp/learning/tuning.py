"""Tune the reading model on labelled interviews.

Every window is one example; losses are summed over pieces (inside / begin / end of an action or need), sentences
(holds one), and labelled spans (stage; meaning, by contrast with the other phrases of the batch). Deterministic for
one seed, one CPU type and one number of threads.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from jtbd_nlp.domain import Transcript
from jtbd_nlp.gold import GoldStatement
from jtbd_nlp.stages import STAGES
from jtbd_nlp.statements.encoder import PIECE_CLASSES, Floats, ReadingNetwork, load_plain_network, pad, sentence_pool
from jtbd_nlp.statements.windows import MAX_SENTENCE, Window, cut_windows, load_tokenizer

_KINDS = ("action", "need")
_TEMPERATURE = 0.07

Halves = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Example:
    """A window and what is true of it. Spans are (first piece, end piece, kind index, stage index, phrase row)."""

    window: Window
    pieces: Floats
    sentences: Floats
    spans: tuple[tuple[int, int, int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningSettings:
    """How the reading model is tuned.

    `frozen_layers` lower layers stay as published. Every `bare_every`-th window is seen a second time without stops and
    sentence bounds, as raw speech recognition gives them (0: none is).
    """

    frozen_layers: int = 0
    epochs: int = 4
    batch: int = 16
    learning_rate: float = 1.2e-4
    head_learning_rate: float = 1e-3
    warmup_share: float = 0.1
    weight_decay: float = 0.01
    seed: int = 20
    bare_every: int = 6


def make_examples(
    transcript: Transcript, spans: Sequence[GoldStatement], encoder_folder: Path, phrase_rows: dict[str, int]
) -> list[Example]:
    """Windows of one transcript with their targets. A span cut by a window's edge counts in both parts."""
    by_turn: dict[int, list[GoldStatement]] = {}
    for span in spans:
        by_turn.setdefault(span.turn, []).append(span)
    windows = cut_windows(transcript, load_tokenizer(encoder_folder))
    return [_example(w, by_turn.get(w.turn, []), phrase_rows) for w in windows]


def _example(window: Window, labels: Sequence[GoldStatement], phrase_rows: dict[str, int]) -> Example:
    spans = []
    for label in labels:
        inside = [i for i, (a, b) in enumerate(window.offsets) if a < label.end and b > label.start]
        if inside:
            kind, stage = _KINDS.index(label.kind), STAGES.index(label.stage)
            spans.append((inside[0], inside[-1] + 1, kind, stage, phrase_rows.get(label.phrase, -1)))
    return _with_targets(window, spans)


def _with_targets(window: Window, spans: Sequence[tuple[int, int, int, int, int]]) -> Example:
    """The window with what its spans make true of each piece and sentence."""
    pieces = np.zeros((len(window.offsets), len(PIECE_CLASSES)), dtype=np.float32)
    sentences = np.zeros((len(window.sentences), 2), dtype=np.float32)
    for first, last, kind, _, _ in spans:
        pieces[first:last, kind] = 1
        pieces[first, 2 + kind] = 1
        pieces[last - 1, 4 + kind] = 1
        overlaps = [min(b, last) - max(a, first) for a, b in window.sentences]
        sentences[int(np.argmax(overlaps)), kind] = 1
    return Example(window, pieces, sentences, tuple(spans))


def without_stops(example: Example, stops: Set[int]) -> Example | None:
    """The example as raw speech recognition would give it: no pieces of `stops`, no sentence bounds.

    None where no piece, or no stop, is left.
    """
    window = example.window
    body = window.ids[window.body : -1]
    kept = [i for i, piece in enumerate(body) if piece not in stops]
    if not kept or len(kept) == len(body):
        return None
    place = {old: new for new, old in enumerate(kept)}
    n, context = len(kept), [i for i in window.ids[1 : window.body - 1] if i not in stops]
    bare = Window(
        window.turn,
        (window.ids[0], *context, window.ids[window.body - 1], *(body[i] for i in kept), window.ids[-1]),
        len(context) + 2,
        tuple(window.offsets[i] for i in kept),
        tuple((a, min(a + MAX_SENTENCE, n)) for a in range(0, n, MAX_SENTENCE)),
    )
    spans = []
    for first, last, kind, stage, row in example.spans:
        inside = [place[i] for i in range(first, last) if i in place]
        if inside:
            spans.append((inside[0], inside[-1] + 1, kind, stage, row))
    return _with_targets(bare, spans)


def tune(
    examples: Sequence[Example],
    phrase_vectors: Floats,
    encoder_folder: Path,
    *,
    settings: TuningSettings,
    on_progress: Callable[[int, int, float], None] | None = None,
) -> ReadingNetwork:
    """Train on `examples`; `phrase_vectors` (n phrases, width) are the plain encoder's unit vectors of the phrases.

    `on_progress` is called with (step, steps, running loss).

    Raises:
        ValueError: there are no examples.
    """
    if not examples:
        raise ValueError("nothing to tune on")
    torch.manual_seed(settings.seed)
    shuffler = random.Random(settings.seed)  # noqa: S311 - shuffles examples, guards nothing
    network = load_plain_network(encoder_folder, frozen_layers=settings.frozen_layers)
    lower = _lower_states(network, examples, settings.batch)
    network.train()
    phrases = torch.from_numpy(phrase_vectors)
    optimizer, scheduler, n_steps = _optimizer(network, len(examples), settings)
    running, step = 0.0, 0
    for _ in range(settings.epochs):
        for batch in _batches(examples, settings.batch, shuffler):
            loss = _loss(network, [examples[i] for i in batch], [lower[i] for i in batch], phrases)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            step += 1
            running = 0.95 * running + 0.05 * float(loss.detach()) if step > 1 else float(loss.detach())
            if on_progress:
                on_progress(step, n_steps, running)
    network.eval()
    return network


@torch.inference_mode()
def _lower_states(network: ReadingNetwork, examples: Sequence[Example], size: int) -> list[Halves]:
    """Hidden states below the tuned layers, (length, width) an example: they never change, so once is enough."""
    network.eval()
    states: dict[int, Halves] = {}
    order = sorted(range(len(examples)), key=lambda i: (len(examples[i].window.ids), i))
    for k in range(0, len(order), size):
        part = order[k : k + size]
        hidden = network.lower(*pad([examples[i].window for i in part])).to(torch.float16).numpy()
        for row, i in enumerate(part):
            states[i] = hidden[row, : len(examples[i].window.ids)].copy()
    return [states[i] for i in range(len(examples))]


def _optimizer(
    network: ReadingNetwork, n_examples: int, settings: TuningSettings
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler, int]:
    tuned = [p for layer in network.bert.encoder.layer[settings.frozen_layers :] for p in layer.parameters()]
    heads = [p for name, p in network.named_parameters() if not name.startswith("bert.")]
    for p in network.bert.parameters():
        p.requires_grad_(False)
    for p in tuned:
        p.requires_grad_(True)
    optimizer = torch.optim.AdamW(
        [{"params": tuned, "lr": settings.learning_rate}, {"params": heads, "lr": settings.head_learning_rate}],
        weight_decay=settings.weight_decay,
    )
    n_steps = settings.epochs * ((n_examples + settings.batch - 1) // settings.batch)
    warmup = max(1, int(settings.warmup_share * n_steps))
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: min((k + 1) / warmup, max(0.0, (n_steps - k) / max(1, n_steps - warmup)))
    )
    return optimizer, scheduler, n_steps


def _batches(examples: Sequence[Example], size: int, shuffler: random.Random) -> list[list[int]]:
    """Shuffled batches of windows of like length: shuffle, sort within runs of 32 batches, cut, shuffle the batches."""
    order = list(range(len(examples)))
    shuffler.shuffle(order)
    run = 32 * size
    batches = []
    for k in range(0, len(order), run):
        part = sorted(order[k : k + run], key=lambda i: len(examples[i].window.ids))
        batches += [part[j : j + size] for j in range(0, len(part), size)]
    shuffler.shuffle(batches)
    return batches


def _loss(
    network: ReadingNetwork, batch: Sequence[Example], lower: Sequence[Halves], phrases: torch.Tensor
) -> torch.Tensor:
    _, mask, _ = pad([e.window for e in batch])
    states = nn.utils.rnn.pad_sequence([torch.from_numpy(x).float() for x in lower], batch_first=True)
    hidden = nn.functional.dropout(network.upper(states, mask), 0.1, network.training)
    bodies = [hidden[row, e.window.body : len(e.window.ids) - 1] for row, e in enumerate(batch)]
    bce = nn.functional.binary_cross_entropy_with_logits
    loss = 2 * bce(network.piece(torch.cat(bodies)), torch.from_numpy(np.concatenate([e.pieces for e in batch])))
    pooled = torch.cat([sentence_pool(body, e.window.sentences) for body, e in zip(bodies, batch, strict=True)])
    loss = loss + bce(network.sentence(pooled), torch.from_numpy(np.concatenate([e.sentences for e in batch])))
    means, stages, rows = [], [], []
    for body, e in zip(bodies, batch, strict=True):
        for first, last, _, stage, row in e.spans:
            means.append(body[first:last].mean(0))
            stages.append(stage)
            rows.append(row)
    if len(means) < 2:
        return loss
    spans = torch.stack(means)
    loss = loss + 0.3 * nn.functional.cross_entropy(network.stage(spans), torch.tensor(stages))
    return loss + 0.3 * _meaning_loss(network.meaning(spans), torch.tensor(rows), phrases)


def _meaning_loss(meanings: torch.Tensor, rows: torch.Tensor, phrases: torch.Tensor) -> torch.Tensor:
    """Contrast of each span's meaning with the phrases of the batch; spans without a phrase do not count."""
    known = rows >= 0
    if int(known.sum()) < 2:
        return meanings.sum() * 0.0
    distinct, target = torch.unique(rows[known], return_inverse=True)
    similarity = nn.functional.normalize(meanings[known], dim=1) @ phrases[distinct].T
    return nn.functional.cross_entropy(similarity / _TEMPERATURE, target)
