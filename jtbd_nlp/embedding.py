"""Sentence vectors: texts in, unit vectors out, the same bytes for the same text.

Hop 3. Knows one encoder; knows nothing of statements, steps or studies.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.threads import side_by_side

Floats = npt.NDArray[np.float32]

# A text is padded to the first of these lengths that holds its word pieces; longer texts are cut at the model's own
# limit. Few widths mean few kernel shapes; steps of about a quarter keep the padding below that.
WIDTHS: Final = (8, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128, 192, 256, 384, 512)
# Word pieces a batch, padding included: the number of rows follows from the width alone. The last batch of a width is
# half empty as a rule, and the texts of one interview are few: fuller batches cost less than larger ones save.
PIECES_PER_BATCH: Final = 384
MOST_ROWS: Final = 64
FEWEST_ROWS: Final = 4


class Embedder(Protocol):
    """Turns texts into unit vectors. A row depends on its text alone, never on its companions or their order."""

    @property
    def name(self) -> str:
        """Name of the model, as the manifest of an analysis says it."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give the vectors, shape (len(texts), dim), every row of L2 norm 1; no texts give shape (0, dim)."""
        ...


def job_vector(job: str, embedder: Embedder) -> Floats | None:
    """The unit vector (dim,) of a job statement, None where the study states no job."""
    return embedder.embed([job])[0] if job else None


class SentenceTransformerEmbedder:
    """Embedder on a sentence-transformers folder, on the CPU in fp32.

    Matrix kernels choose their order of summation by shape, so the vector of a text may change in the last bit with
    the size of its batch. Here every batch has one of a few fixed shapes, which the text's own length decides, and is
    filled up where texts run out: cached and fresh runs are equal to the byte on one type of CPU.

    Args:
        folder: a sentence-transformers model folder.
        name: what the manifest calls the model; by default the folder's name.

    Raises:
        ModelUnavailableError: the folder holds no model that can be loaded.
    """

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError) as fault:
            raise ModelUnavailableError(f"{folder} holds no sentence-transformers model: {fault}") from fault
        self._model.eval()
        self._name = name or folder.name
        self._longest = int(self._model.max_seq_length or WIDTHS[-1])
        dim = self._model.get_embedding_dimension()
        if dim is None:
            raise ModelUnavailableError(f"{folder}: the model does not say how long its vectors are")
        self._dim = int(dim)

    @property
    def name(self) -> str:
        """Name of the model, as the manifest of an analysis says it."""
        return self._name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._dim

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give the vectors, shape (len(texts), dim), every row of L2 norm 1; no texts give shape (0, dim).

        Each distinct text is read once. Equal texts get equal bytes, whatever stands beside them and in which order.
        """
        distinct = sorted(set(texts), key=lambda text: (len(text), text))
        if not distinct:
            return np.zeros((0, self._dim), np.float32)
        pieces: list[list[int]] = self._model.tokenizer(
            distinct, truncation=True, max_length=self._longest, padding=False
        )["input_ids"]
        vectors = np.empty((len(distinct), self._dim), np.float32)
        batches = list(_batches([len(p) for p in pieces]))
        encoded = side_by_side(lambda batch: self._encode([pieces[i] for i in batch[1]], batch[0]), batches)
        for (_, rows), own in zip(batches, encoded, strict=True):
            vectors[rows] = own
        row_of = {text: i for i, text in enumerate(distinct)}
        return vectors[[row_of[text] for text in texts]]

    def _encode(self, pieces: Sequence[Sequence[int]], width: int) -> Floats:
        shape = (rows_of(width), width)
        ids, mask = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
        for row in range(shape[0]):
            own = pieces[min(row, len(pieces) - 1)]
            ids[row, : len(own)] = torch.tensor(own)
            mask[row, : len(own)] = 1
        with torch.inference_mode():
            features = {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}
            raw = self._model(features)["sentence_embedding"][: len(pieces)].numpy()
        norms = np.linalg.norm(raw, axis=1, keepdims=True)
        return np.asarray(raw / np.maximum(norms, 1e-12), np.float32)


class RememberingEmbedder:
    """An Embedder that keeps the vectors of the last texts: needs are embedded when they are written, and when grouped.

    Args:
        embedder: what embeds the others.
        most: how many vectors are kept; 30,000 of 384 numbers take 46 MB.
    """

    def __init__(self, embedder: Embedder, *, most: int = 30_000) -> None:
        self._embedder = embedder
        self._most = most
        self._kept: OrderedDict[str, Floats] = OrderedDict()

    @property
    def name(self) -> str:
        """Name of the model, as the manifest of an analysis says it."""
        return self._embedder.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._embedder.dim

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give the vectors, shape (len(texts), dim), the same as the other embedder's."""
        if not texts:
            return self._embedder.embed(texts)
        found = {text: self._kept[text] for text in texts if text in self._kept}
        missing = sorted({text for text in texts if text not in found})
        found |= {text: row.copy() for text, row in zip(missing, self._embedder.embed(missing), strict=True)}
        for text in texts:
            self._kept[text] = found[text]
            self._kept.move_to_end(text)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return np.stack([found[text] for text in texts])


def rows_of(width: int) -> int:
    """Rows of a batch of this width, always the same."""
    return max(FEWEST_ROWS, min(MOST_ROWS, PIECES_PER_BATCH // width))


def _batches(lengths: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Cut texts of these lengths in word pieces into batches: (width, which texts), at most `rows_of(width)` each."""
    by_width: dict[int, list[int]] = {}
    for i, length in enumerate(lengths):
        width = next((w for w in WIDTHS if w >= length), length)
        by_width.setdefault(width, []).append(i)
    for width in sorted(by_width):
        members, n_rows = by_width[width], rows_of(width)
        for first in range(0, len(members), n_rows):
            yield width, members[first : first + n_rows]
