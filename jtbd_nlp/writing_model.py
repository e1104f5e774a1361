"""A small language model that continues a text: the published weights with what this project taught it laid over them.

Beside hop 6. Knows tokens; knows nothing of steps. It runs on one thread and in fp32, one text at a
time, so that the same text is continued in the same way whatever else is written.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.statements.encoder import file_card
from jtbd_nlp.threads import one_thread

# The one file of a folder that holds weights and vocabulary.
_WEIGHTS: Final = "*.gguf"
# Names of the parts of a layer: in the file, and in the network.
_PARTS: Final = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OUTSIDE: Final = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight"}


@dataclass(frozen=True, slots=True)
class Continuation:
    """A way in which a text goes on, up to its end; `score` is the mean log-probability of its tokens."""

    text: str
    score: float


class Passage:
    """A text that the model has read so far. Reading on leaves it as it is, writing uses it up."""

    def __init__(self, logits: torch.Tensor, cache: DynamicCache) -> None:
        self.logits = logits
        self.cache = cache


@dataclass(frozen=True, slots=True)
class WritingModel:
    """A loaded model; stateless between calls."""

    network: LlamaForCausalLM
    tokenizer: Tokenizer
    end: int

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    @torch.inference_mode()
    def read(self, text: str, *, after: Passage | None = None) -> Passage:
        """Read a text, from its begin or after what was read before."""
        cache = copy.deepcopy(after.cache) if after else DynamicCache()
        with one_thread():
            seen = self.network(
                input_ids=torch.tensor([self.tokens(text)]), past_key_values=cache, use_cache=True, logits_to_keep=1
            )
        return Passage(seen.logits[0, -1], cache)

    @torch.inference_mode()
    def write(self, passage: Passage, *, n_beams: int, most_tokens: int) -> tuple[Continuation, ...]:
        """The likeliest ways to go on up to the end, best first; those with no end in sight are left out.

        Source:
            beam search with scores by length: Wu et al. 2016, arXiv:1609.08144, with alpha 1.
        """
        with one_thread():
            sums, firsts = torch.log_softmax(passage.logits, dim=-1).topk(n_beams)
            written = [[token] for token in firsts.tolist()]
            passage.cache.batch_repeat_interleave(n_beams)
            ended: list[tuple[float, list[int]]] = []
            for _ in range(most_tokens):
                seen = self.network(
                    input_ids=torch.tensor([one[-1:] for one in written]),
                    past_key_values=passage.cache,
                    use_cache=True,
                )
                logs = torch.log_softmax(seen.logits[:, -1], dim=-1) + sums[:, None]
                best, places = logs.flatten().topk(2 * n_beams)
                open_: list[tuple[float, int, list[int]]] = []
                for total, place in zip(best.tolist(), places.tolist(), strict=True):
                    row, token = divmod(place, logs.shape[1])
                    if token == self.end:
                        ended.append((total / (len(written[row]) + 1), written[row]))
                    elif len(open_) < n_beams:
                        open_.append((total, row, [*written[row], token]))
                if len(ended) >= n_beams and max(ended)[0] > open_[0][0] / (len(open_[0][2]) + 1):
                    break
                sums = torch.tensor([total for total, _, _ in open_])
                written = [one for _, _, one in open_]
                passage.cache.reorder_cache(torch.LongTensor([row for _, row, _ in open_]))
        texts: dict[str, float] = {}
        for score, tokens in sorted(ended, key=lambda one: (-one[0], one[1])):
            texts.setdefault(self.tokenizer.decode(tokens).strip(), round(score, 4))
        return tuple(Continuation(text, score) for text, score in texts.items() if text)

    def chances(self, passage: Passage, answers: Sequence[str]) -> tuple[float, ...]:
        """How likely each answer is to follow, sum 1: by its first token, in which answers must differ."""
        logs = passage.logits[[self.tokens(answer)[0] for answer in answers]]
        return tuple(round(float(p), 6) for p in torch.softmax(logs, dim=0))

    @torch.inference_mode()
    def write_on(
        self, passages: Sequence[Passage], starts: Sequence[str], *, most_tokens: int
    ) -> tuple[Continuation | None, ...]:
        """The likeliest next token, and the next, of each passage and its start, up to its end.

        None where no end is in sight. All are written together, since a token costs as much for eight texts as for one.
        It uses the passages up.

        Args:
            starts: for each passage words, never none, that the continuation begins with; not returned, not scored.
        """
        if not passages:
            return ()
        with one_thread():
            cache, mask = _side_by_side(passages)
            tokens, given = self._filled_up(starts)
            places = mask.sum(dim=1, keepdim=True) + given.cumsum(dim=1) - 1
            written: list[torch.Tensor] = []
            scores: list[torch.Tensor] = []
            while True:
                mask = torch.cat([mask, given], dim=1)
                seen = self.network(
                    input_ids=tokens,
                    attention_mask=mask,
                    position_ids=places.clamp(min=0),
                    past_key_values=cache,
                    use_cache=True,
                    logits_to_keep=1,
                )
                score, likeliest = torch.log_softmax(seen.logits[:, -1], dim=1).max(dim=1)
                written.append(likeliest)
                scores.append(score)
                if len(written) == most_tokens or all(self.end in row for row in torch.stack(written, dim=1).tolist()):
                    break
                tokens, given, places = likeliest[:, None], torch.ones_like(given[:, :1]), places[:, -1:] + 1
        rows = zip(torch.stack(written, dim=1).tolist(), torch.stack(scores, dim=1).tolist(), strict=True)
        return tuple(self._ended(row, logs) for row, logs in rows)

    def _filled_up(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Tokens of texts as one batch, filled up at the left, and where there is text: both (rows, longest)."""
        rows = [self.tokens(text) for text in texts]
        longest = max(map(len, rows))
        tokens = [[self.end] * (longest - len(row)) + row for row in rows]
        return torch.tensor(tokens), _filled_mask([len(row) for row in rows])

    def _ended(self, tokens: list[int], logs: list[float]) -> Continuation | None:
        if self.end not in tokens:
            return None
        n = tokens.index(self.end)
        return Continuation(self.tokenizer.decode(tokens[:n]).strip(), round(math.fsum(logs[: n + 1]) / (n + 1), 4))


def _side_by_side(passages: Sequence[Passage]) -> tuple[DynamicCache, torch.Tensor]:
    """What was read of each passage as one batch, filled up at the left, and where there is text: (rows, longest)."""
    lengths = [passage.cache.get_seq_length() for passage in passages]
    longest = max(lengths)

    def filled(states: Sequence[torch.Tensor]) -> torch.Tensor:
        return torch.cat([torch.nn.functional.pad(state, (0, 0, longest - state.shape[2], 0)) for state in states])

    cache = DynamicCache()
    for layer, parts in enumerate(zip(*(passage.cache.layers for passage in passages), strict=True)):
        cache.update(filled([part.keys for part in parts]), filled([part.values for part in parts]), layer)
    return cache, _filled_mask(lengths)


def _filled_mask(lengths: Sequence[int]) -> torch.Tensor:
    """1 where a row of that length has text when all are filled up at the left: (rows, longest)."""
    longest = max(lengths)
    return torch.tensor([[0] * (longest - n) + [1] * n for n in lengths])


def load_writing_model(folder: Path, taught: Path | None = None) -> WritingModel:
    """Load the published model of `folder`, with the taught layers of `taught` laid over it.

    Raises:
        ModelUnavailableError: a file is missing or holds something else.
    """
    return load_writing_models(folder, [taught])[0]


def load_writing_models(folder: Path, taught: Sequence[Path | None]) -> tuple[WritingModel, ...]:
    """Load the published model of `folder` once for each file of `taught`; what none was taught they hold in common.

    Raises:
        ModelUnavailableError: a file is missing or holds something else.
    """
    files = sorted(folder.glob(_WEIGHTS))
    if not files:
        raise ModelUnavailableError(f"{folder}: there is no writing model in this folder")
    reader = _PlainReader(files[0])
    config, tokenizer, end = _config(reader), _tokenizer(reader), int(_field(reader, "tokenizer.ggml.eos_token_id"))
    weights = _weights(reader, config)
    loaded = []
    for path in taught:
        network = _network(config, weights)
        if path is not None:
            lay_over(network, path)
        network.eval()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
        loaded.append(WritingModel(network, tokenizer, end))
    return tuple(loaded)


class _PlainReader(GGUFReader):
    """The library's reader over a plain array: it slices once for each of 98,000 strings, and a map slices slowly."""

    @property
    def data(self) -> Any:
        return self._plain

    @data.setter
    def data(self, mapped: Any) -> None:
        self._plain = np.asarray(mapped)


def lay_over(network: LlamaForCausalLM, path: Path) -> None:
    """Add what was taught to a network's weights: W + scale * B A for each pair of narrow matrices in the file.

    The network gets new weights in their place, so that another that holds the same tensors is not changed.

    Raises:
        ModelUnavailableError: the file is missing or is of no such network.

    Source:
        Hu et al. 2021, arXiv:2106.09685.
    """
    weights, changed = dict(network.named_parameters()), {}
    try:
        with safe_open(path, framework="pt") as file:
            scale = float(str(file_card(path)["scale"]))
            for name in sorted(key.removesuffix(".A") for key in file.keys() if key.endswith(".A")):  # noqa: SIM118
                narrow, wide = (file.get_tensor(f"{name}.{part}").to(torch.float32) for part in "AB")
                with torch.no_grad(), one_thread():
                    changed[f"{name}.weight"] = torch.add(weights[f"{name}.weight"], wide @ narrow, alpha=scale)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as fault:
        raise ModelUnavailableError(f"{path}: nothing that this writing model was taught: {fault}") from fault
    network.load_state_dict(changed, strict=False, assign=True)


def _config(reader: GGUFReader) -> LlamaConfig:
    about = {key: _field(reader, f"llama.{key}") for key in ("embedding_length", "feed_forward_length", "block_count")}
    heads, key_heads = (int(_field(reader, f"llama.attention.head_count{part}")) for part in ("", "_kv"))
    return LlamaConfig(
        vocab_size=int(_field(reader, "llama.vocab_size")),
        hidden_size=int(about["embedding_length"]),
        intermediate_size=int(about["feed_forward_length"]),
        num_hidden_layers=int(about["block_count"]),
        num_attention_heads=heads,
        num_key_value_heads=key_heads,
        rms_norm_eps=float(_field(reader, "llama.attention.layer_norm_rms_epsilon")),
        rope_parameters={"rope_type": "default", "rope_theta": float(_field(reader, "llama.rope.freq_base"))},
        max_position_embeddings=int(_field(reader, "llama.context_length")),
        tie_word_embeddings=True,
    )


def _weights(reader: GGUFReader, config: LlamaConfig) -> dict[str, torch.Tensor]:
    """Every tensor of the file in full precision, by its name in the network."""
    weights, heads = {}, config.num_attention_heads
    for tensor in reader.tensors:
        values = torch.from_numpy(np.array(dequantize(tensor.data, tensor.tensor_type), np.float32))
        if ".attn_q." in tensor.name or ".attn_k." in tensor.name:
            is_query = ".attn_q." in tensor.name
            values = _halves_apart(values, heads if is_query else config.num_key_value_heads or heads)
        weights[_name(tensor.name)] = values
    return weights


def _network(config: LlamaConfig, weights: Mapping[str, torch.Tensor]) -> LlamaForCausalLM:
    """A network that holds these very tensors."""
    with torch.device("meta"):
        network = LlamaForCausalLM(config)
    network.to_empty(device="cpu")
    network.load_state_dict(weights, strict=False, assign=True)
    network.tie_weights()
    network.model.rotary_emb = type(network.model.rotary_emb)(config)  # its tables are in no file
    return network


def _halves_apart(weights: torch.Tensor, n_heads: int) -> torch.Tensor:
    """Rows of queries and keys as the network turns them: the file has the two halves of a head interleaved."""
    pairs = weights.shape[0] // n_heads // 2
    return weights.reshape(n_heads, pairs, 2, -1).swapaxes(1, 2).reshape(weights.shape)


def _name(name: str) -> str:
    """The network's name of a tensor: "blk.3.attn_q.weight" is "model.layers.3.self_attn.q_proj.weight"."""
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    _, layer, part, kind = name.split(".")
    return f"model.layers.{layer}.{_PARTS[part]}.{kind}"


def _tokenizer(reader: GGUFReader) -> Tokenizer:
    pieces: list[str] = _field(reader, "tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in _field(reader, "tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(vocab={piece: i for i, piece in enumerate(pieces)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _field(reader: GGUFReader, key: str) -> Any:
    """A number, a text or a list, as the file has it."""
    field = reader.get_field(key)
    if field is None:
        raise ModelUnavailableError(f"the writing model's file says nothing of {key}")
    return field.contents()


def save_taught(pairs: Mapping[str, torch.Tensor], path: Path, *, card: Mapping[str, object]) -> None:
    """Write the narrow matrices ("<layer>.A", "<layer>.B") in half precision; `card` must tell their `scale`."""
    state = {name: value.to(torch.float16).contiguous() for name, value in sorted(pairs.items())}
    save_file(state, path, metadata={"card": json.dumps(dict(card), sort_keys=True)})
