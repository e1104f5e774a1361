"""Which texts mean what somebody asks for, by the encoder that ships; vectors of a study's texts are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from api.store.database import Database
from api.store.vectors import CachingEmbedder

if TYPE_CHECKING:
    from jtbd_nlp.embedding import Embedder

N_DIGITS: Final = 6


class Likeness:
    """Compares texts with a query. The encoder is loaded when first asked for: it takes seconds, and memory.

    Args:
        load: gives the encoder and the hash of its model.
    """

    def __init__(self, load: Callable[[], tuple[Embedder, str]]) -> None:
        self._load = load
        self._loaded: tuple[Embedder, str] | None = None
        self._lock = threading.Lock()

    def compare(self, database: Database, study_id: str, query: str, texts: Sequence[str]) -> list[float]:
        """The cosine of each text to the query, in [-1, 1]; the query itself is not kept.

        Raises:
            ModelUnavailableError, ModelMismatchError: the encoder cannot be used.
        """
        if not texts:
            return []
        # One at a time: models are not made for several threads, and more than one would only be slower.
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            embedder, model_sha256 = self._loaded
            kept = CachingEmbedder(embedder, database, study_id=study_id, model_sha256=model_sha256, by="search")
            rows = kept.embed(texts) @ embedder.embed([query])[0]
        return [round(float(cosine), N_DIGITS) + 0.0 for cosine in rows]


def load_encoder() -> tuple[Embedder, str]:
    """The encoder that ships, and the hash of its model.

    Raises:
        ModelUnavailableError, ModelMismatchError: it is not there, or is another.
    """
    # Torch and the parser take seconds to import: only who searches by meaning waits for them.
    from jtbd_nlp.embedding import SentenceTransformerEmbedder
    from jtbd_nlp.engine import ENCODER
    from jtbd_nlp.models import resolve

    model = resolve(ENCODER)
    return SentenceTransformerEmbedder(model.folder, name=model.name), model.sha256
