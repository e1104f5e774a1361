"""The reading model: one pass over a transcript that tells, for every word piece, what is being said.

Part of hop 2. The encoder is all-MiniLM-L6-v2 with its upper layers tuned on labelled interviews, and five small heads:
is this piece inside, at the begin or at the end of an action or need; does this sentence hold one; which stage is it
in; and which *meaning*: a unit vector near the plain encoder's vector of the phrase an analyst would file it under.
Knows torch and the windows; knows no grammar, no statements, no studies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import BertConfig, BertModel

from jtbd_nlp.domain import Transcript
from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.stages import STAGES
from jtbd_nlp.statements.windows import Window, cut_windows, load_tokenizer
from jtbd_nlp.threads import one_thread, side_by_side

PIECE_CLASSES: Final = ("action", "need", "action_begin", "need_begin", "action_end", "need_end")
SENTENCE_CLASSES: Final = ("action", "need")
BATCH: Final = 16

Floats = npt.NDArray[np.float32]


class ReadingNetwork(nn.Module):
    """MiniLM with heads. `frozen_layers` lower layers (and the embeddings) stay as published."""

    def __init__(self, config: BertConfig, *, frozen_layers: int) -> None:
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.frozen_layers = frozen_layers
        width = config.hidden_size
        self.piece = nn.Linear(width, len(PIECE_CLASSES))
        self.sentence = nn.Linear(2 * width, len(SENTENCE_CLASSES))
        self.stage = nn.Linear(width, len(STAGES))
        self.meaning = nn.Linear(width, width)

    def lower(self, ids: torch.Tensor, mask: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
        """Hidden states (batch, length, width) below the first tuned layer."""
        hidden: torch.Tensor = self.bert.embeddings(input_ids=ids, token_type_ids=segments)
        for layer in self.bert.encoder.layer[: self.frozen_layers]:
            hidden = layer(hidden, attention_mask(mask, hidden.dtype))
        return hidden

    def upper(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Hidden states (batch, length, width) of the last layer."""
        for layer in self.bert.encoder.layer[self.frozen_layers :]:
            hidden = layer(hidden, attention_mask(mask, hidden.dtype))
        return hidden

    def tuned_state(self) -> dict[str, torch.Tensor]:
        """Everything that training changed: upper layers and heads."""
        kept = tuple(f"bert.encoder.layer.{i}." for i in range(self.frozen_layers, len(self.bert.encoder.layer)))
        return {
            name: value.detach().clone().contiguous()
            for name, value in self.state_dict().items()
            if name.startswith(kept) or not name.startswith("bert.")
        }


def attention_mask(mask: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Additive mask (batch, 1, 1, length): 0 where `mask` is 1, the dtype's lowest value elsewhere."""
    additive: torch.Tensor = (1.0 - mask[:, None, None, :].to(dtype)) * torch.finfo(dtype).min
    return additive


def load_plain_network(encoder_folder: Path, *, frozen_layers: int) -> ReadingNetwork:
    """The network with the published weights and fresh heads (drawn from torch's current random state).

    Raises:
        ModelUnavailableError: the folder holds no BERT weights.
    """
    try:
        config = BertConfig.from_pretrained(encoder_folder)
        weights = load_file(encoder_folder / "model.safetensors")
    except (OSError, ValueError, SafetensorError) as fault:
        raise ModelUnavailableError(f"{encoder_folder}: no encoder weights: {fault}") from fault
    config._attn_implementation = "sdpa"
    network = ReadingNetwork(config, frozen_layers=frozen_layers)
    wanted = network.bert.state_dict()
    network.bert.load_state_dict({k: v for k, v in weights.items() if k in wanted}, strict=False)
    return network


def pad(windows: Sequence[Window]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Piece ids, mask and segments of a batch, each (batch, longest window)."""
    length = max(len(w.ids) for w in windows)
    ids = torch.zeros((len(windows), length), dtype=torch.long)
    mask = torch.zeros((len(windows), length), dtype=torch.long)
    segments = torch.zeros((len(windows), length), dtype=torch.long)
    for row, window in enumerate(windows):
        n = len(window.ids)
        ids[row, :n] = torch.tensor(window.ids)
        mask[row, :n] = 1
        segments[row, window.body : n] = 1
    return ids, mask, segments


def sentence_pool(body: torch.Tensor, sentences: Sequence[tuple[int, int]]) -> torch.Tensor:
    """Mean and maximum over the pieces of each sentence, (n sentences, 2 * width)."""
    return torch.stack([torch.cat([body[a:b].mean(0), body[a:b].max(0).values]) for a, b in sentences])


@dataclass(frozen=True, slots=True)
class TurnReading:
    """What the model makes of one turn of n pieces and m sentences.

    Args:
        offsets: (n, 2), character range of every piece in the turn's text, in order.
        pieces: (n, 6), probabilities of PIECE_CLASSES.
        sentence_of: (n,), which sentence each piece is in.
        sentences: (m, 2), probabilities of SENTENCE_CLASSES.
        hidden: (n, width), the last layer.
    """

    offsets: npt.NDArray[np.int64]
    pieces: Floats
    sentence_of: npt.NDArray[np.int64]
    sentences: Floats
    hidden: Floats

    def piece_range(self, start: int, end: int) -> tuple[int, int]:
        """First and last (excluded) piece that `start` to `end` touches; an empty range where it touches none."""
        first = int(np.searchsorted(self.offsets[:, 1], start, side="right"))
        last = int(np.searchsorted(self.offsets[:, 0], end, side="left"))
        return first, max(first, last)


_Part = tuple[Window, Floats, Floats, Floats]


def _join(parts: Sequence[_Part]) -> TurnReading:
    """One turn's windows, in order, as one reading."""
    sentence_of, n_sentences = [], 0
    for window, _, _, _ in parts:
        for k, (a, b) in enumerate(window.sentences):
            sentence_of += [n_sentences + k] * (b - a)
        n_sentences += len(window.sentences)
    return TurnReading(
        np.array([o for window, _, _, _ in parts for o in window.offsets], dtype=np.int64),
        np.concatenate([pieces for _, pieces, _, _ in parts]),
        np.array(sentence_of, dtype=np.int64),
        np.concatenate([sentences for _, _, sentences, _ in parts]),
        np.concatenate([hidden for _, _, _, hidden in parts]),
    )


@dataclass(frozen=True, slots=True)
class ReadingModel:
    """A loaded reading model; stateless between calls."""

    network: ReadingNetwork
    encoder_folder: Path
    card: Mapping[str, object]

    def read(self, transcript: Transcript) -> dict[int, TurnReading]:
        """Read the participants' turns of one transcript, by turn index; wordless turns are left out.

        A function of this transcript alone: batches never mix interviews, so that an interview reads the same
        whatever others it is analysed with.
        """
        windows = cut_windows(transcript, load_tokenizer(self.encoder_folder))
        order = sorted(range(len(windows)), key=lambda i: (len(windows[i].ids), i))
        batches = [order[k : k + BATCH] for k in range(0, len(order), BATCH)]
        read = side_by_side(lambda batch: self._read_batch([windows[i] for i in batch]), batches)
        parts = dict(zip(order, (part for batch in read for part in batch), strict=True))
        by_turn: dict[int, list[_Part]] = {}
        for i, window in enumerate(windows):
            by_turn.setdefault(window.turn, []).append(parts[i])
        return {turn: _join(found) for turn, found in by_turn.items()}

    @torch.inference_mode()
    def _read_batch(self, windows: Sequence[Window]) -> list[_Part]:
        net = self.network
        ids, mask, segments = pad(windows)
        hidden = net.upper(net.lower(ids, mask, segments), mask)
        pieces = torch.sigmoid(net.piece(hidden))
        parts: list[_Part] = []
        for row, window in enumerate(windows):
            body = slice(window.body, len(window.ids) - 1)
            sentences = torch.sigmoid(net.sentence(sentence_pool(hidden[row, body], window.sentences)))
            parts.append((window, pieces[row, body].numpy(), sentences.numpy(), hidden[row, body].numpy()))
        return parts

    @torch.inference_mode()
    def judge_spans(self, span_means: Floats) -> tuple[Floats, Floats]:
        """Stage probabilities (n, 6) and unit meanings (n, width) for the mean hidden states (n, width) of n spans."""
        means = torch.from_numpy(np.ascontiguousarray(span_means))
        with one_thread():
            stages = torch.softmax(self.network.stage(means), dim=1)
            meanings = nn.functional.normalize(self.network.meaning(means), dim=1)
        return stages.numpy(), meanings.numpy()


def save_reading_model(network: ReadingNetwork, path: Path, *, card: Mapping[str, object]) -> None:
    """Write upper layers and heads as half-precision safetensors, with `card` as metadata."""
    state = {name: value.to(torch.float16) for name, value in network.tuned_state().items()}
    notes = {"card": json.dumps({**card, "frozen_layers": network.frozen_layers}, sort_keys=True)}
    save_file(dict(sorted(state.items())), path, metadata=notes)


def load_reading_model(encoder_folder: Path, path: Path) -> ReadingModel:
    """The published encoder with the tuned layers and heads of `path` laid over it, in evaluation mode.

    Raises:
        ModelUnavailableError: the file is missing or is no reading model.
    """
    try:
        state = load_file(path)
    except (OSError, ValueError, SafetensorError) as fault:
        raise ModelUnavailableError(f"{path}: no reading model: {fault}") from fault
    tuned = [int(name.split(".")[3]) for name in state if name.startswith("bert.encoder.layer.")]
    network = load_plain_network(encoder_folder, frozen_layers=min(tuned, default=0))
    network.load_state_dict({name: value.to(torch.float32) for name, value in state.items()}, strict=False)
    network.eval()
    return ReadingModel(network, encoder_folder, file_card(path))


def file_card(path: Path) -> dict[str, object]:
    """What was written into the metadata of learned weights when they were saved; empty where nothing or no file is."""
    if not path.is_file():
        return {}
    with safe_open(path, framework="numpy") as file:
        notes = file.metadata() or {}
    card: dict[str, object] = json.loads(notes.get("card", "{}"))
    return card
