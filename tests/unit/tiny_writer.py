"""A writing model of two narrow layers and one token a byte: made in a moment, and good for nothing."""

from __future__ import annotations

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM

from jtbd_nlp.writing_model import WritingModel


def a_tiny_writer(*, seed: int = 1) -> WritingModel:
    """The same model for the same seed. Its end is a token that no text holds."""
    torch.manual_seed(seed)
    pieces = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={piece: i for i, piece in enumerate(pieces)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    config = LlamaConfig(
        vocab_size=len(pieces) + 1,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
    )
    network = LlamaForCausalLM(config)
    network.eval()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
    return WritingModel(network, tokenizer, len(pieces))
