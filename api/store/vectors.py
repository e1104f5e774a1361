"""Repository of vectors: what was embedded once need not be embedded again, and comes back equal to the byte.

A vector is found by the hash of its text and the hash of its model. Which studies need it is kept beside it, so that it
goes when the last of them no longer does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.store.database import Database, Stamp
from api.store.tables import VectorTable, VectorUseTable

if TYPE_CHECKING:
    from jtbd_nlp.embedding import Embedder

T = TypeVar("T")
Floats = npt.NDArray[np.float32]
# Little-endian on every machine, so that a database can move between them.
STORED: Final = np.dtype("<f4")
_PER_QUERY: Final = 500


def text_sha256(text: str) -> str:
    """The hash of a text by which its vector is found."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read(session: Session, text_hashes: Iterable[str], model_sha256: str) -> dict[str, Floats]:
    """The vectors of those texts that were kept for this model, by text hash, each of shape (dim,)."""
    found = {}
    for some in _chunks(sorted(set(text_hashes))):
        query = select(VectorTable.text_sha256, VectorTable.vector).where(
            VectorTable.model_sha256 == model_sha256, VectorTable.text_sha256.in_(some)
        )
        for key, raw in session.execute(query):
            found[key] = np.frombuffer(raw, STORED).astype(np.float32)
    return found


def keep(session: Session, study_id: str, model_sha256: str, vectors: Mapping[str, Floats], stamp: Stamp) -> None:
    """Keep vectors by text hash for a study. Of a vector that is there already, the first bytes stay."""
    rows = [
        {
            "text_sha256": key,
            "model_sha256": model_sha256,
            "vector": np.ascontiguousarray(vectors[key], STORED).tobytes(),
            "created_at": stamp.at,
        }
        for key in sorted(vectors)
    ]
    _insert_new(session, VectorTable, rows)
    use(session, study_id, model_sha256, vectors)


def use(session: Session, study_id: str, model_sha256: str, text_hashes: Iterable[str]) -> None:
    """Note that a study needs vectors that are kept; what was noted before stays."""
    rows = [
        {"study_id": study_id, "text_sha256": key, "model_sha256": model_sha256} for key in sorted(set(text_hashes))
    ]
    _insert_new(session, VectorUseTable, rows)


def used(session: Session, study_id: str, model_sha256: str) -> frozenset[str]:
    """The text hashes whose vectors a study is noted to need."""
    query = select(VectorUseTable.text_sha256).where(
        VectorUseTable.study_id == study_id, VectorUseTable.model_sha256 == model_sha256
    )
    return frozenset(session.scalars(query))


def forget(session: Session, study_id: str, *, but: Iterable[str] = ()) -> None:
    """Note that a study needs no vectors but those of some text hashes, and drop what no study needs."""
    kept = set(but)
    needed = session.scalars(select(VectorUseTable.text_sha256).where(VectorUseTable.study_id == study_id).distinct())
    for some in _chunks(sorted(set(needed) - kept)):
        session.execute(
            delete(VectorUseTable).where(VectorUseTable.study_id == study_id, VectorUseTable.text_sha256.in_(some))
        )
    drop_unused(session)


def drop_unused(session: Session) -> None:
    """Drop the vectors that no study needs."""
    is_used = exists().where(
        VectorUseTable.text_sha256 == VectorTable.text_sha256, VectorUseTable.model_sha256 == VectorTable.model_sha256
    )
    session.execute(delete(VectorTable).where(~is_used).execution_options(synchronize_session=False))


class CachingEmbedder:
    """An Embedder that asks another one only for texts whose vectors are not kept, and keeps those.

    Args:
        model_sha256: the hash of the other's model; vectors of another model are never taken.
        by: who embeds, as kept beside the vectors.

    What it gives is always what is kept, so that two runs get the same bytes even if two machines embedded the same
    text at the same time and differ in the last bit.
    """

    def __init__(
        self, embedder: Embedder, database: Database, *, study_id: str, model_sha256: str, by: str = "analysis"
    ) -> None:
        self._embedder = embedder
        self._database = database
        self._study_id = study_id
        self._model_sha256 = model_sha256
        self._by = by

    @property
    def name(self) -> str:
        """Name of the model, as the manifest of an analysis says it."""
        return self._embedder.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._embedder.dim

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give the vectors, shape (len(texts), dim), every row of L2 norm 1; no texts give shape (0, dim)."""
        keys = {text: text_sha256(text) for text in texts}
        with self._database.reading() as session:
            found = read(session, keys.values(), self._model_sha256)
            noted = used(session, self._study_id, self._model_sha256)
        missing = sorted({text for text, key in keys.items() if key not in found})
        # Embedding takes long and is done outside of any transaction.
        fresh = dict(zip((keys[text] for text in missing), self._embedder.embed(missing), strict=True))
        # What was found may have been dropped in between, so that it is kept again where its use was not noted.
        unnoted = fresh | {key: vector for key, vector in found.items() if key not in noted}
        if unnoted:
            with self._database.writing() as session:
                keep(session, self._study_id, self._model_sha256, unnoted, Stamp.now(self._by))
                found |= read(session, unnoted, self._model_sha256)
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([found[keys[text]] for text in texts])


def _insert_new(session: Session, table: type[Any], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert the rows whose keys are not there yet; two sessions may do so at once."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = (sqlite.insert(table) if is_sqlite else postgresql.insert(table)).on_conflict_do_nothing()
    for some in _chunks(rows):
        session.execute(statement, list(some))


def _chunks(values: Sequence[T]) -> Iterator[list[T]]:
    remaining = iter(values)
    while some := list(islice(remaining, _PER_QUERY)):
        yield some
