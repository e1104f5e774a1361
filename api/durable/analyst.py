"""Who reads transcripts and maps what was read: the seam between durable runs and the models."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from api.durable.reader_key import CORE, add_files, reader_key
from api.store.database import Database
from api.store.vectors import CachingEmbedder
from jtbd_nlp import __version__
from jtbd_nlp.config import Settings
from jtbd_nlp.domain import Analysis, Study, Transcript
from jtbd_nlp.models import assets_folder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from jtbd_nlp.engine import Engine
    from jtbd_nlp.review import JobMap
    from jtbd_nlp.statements.extraction import Extraction


@dataclass(frozen=True, slots=True, kw_only=True)
class MapTask:
    """What is to be mapped, and under what.

    Args:
        transcripts: sorted by id.
        parts: what was read, one per transcript, in any order.
        database: where vectors are kept for the study, whose id there is `study_id`.
        reviewed: the study's job map, whose decisions the run is to obey; None where nothing was decided.
    """

    transcripts: Sequence[Transcript]
    parts: Sequence[Extraction]
    study: Study
    settings: Settings
    study_id: str
    database: Database
    reviewed: JobMap | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What mapping gave: the analysis, and as plain values the rules it obeyed with what each changed."""

    analysis: Analysis
    obeyed: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class PhraseVectors:
    """The unit vectors (dim,) of some phrases, by text, and the hash of the encoder that made them."""

    model_sha256: str
    by_text: Mapping[str, npt.NDArray[np.float32]]


class Analyst(Protocol):
    """Reads transcripts and maps what was read; the same input gives the same answer."""

    def prepare(self) -> None:
        """Load what takes long to load, so that the first run need not wait for it."""
        ...

    def reader_sha256(self, study: Study, settings: Settings) -> str:
        """The hash of all that `read` depends on beside the transcript."""
        ...

    def read(self, transcript: Transcript, *, study: Study, settings: Settings) -> Extraction:
        """What is said in one transcript."""
        ...

    def phrase_vectors(self, read: Extraction, *, settings: Settings) -> PhraseVectors:
        """The vectors that mapping will ask for of what was read: many workers read, and one maps."""
        ...

    def map_run(self, task: MapTask) -> Mapped:
        """The analysis of all transcripts from what was read of each."""
        ...


class EngineAnalyst:
    """The analyst on the program's own models, which are loaded when they are first needed."""

    def __init__(self, learned: Path | None = None) -> None:
        self._learned = learned
        self._engine: tuple[str, Engine] | None = None

    def prepare(self) -> None:
        """Load the models that are used where a study names no others."""
        self._load(Settings())

    def reader_sha256(self, study: Study, settings: Settings) -> str:
        """Over the code, the libraries, the models and the settings that reading heeds, and the job."""
        engine = self._load(settings)
        # Another encoder compares phrases; the reader keeps its own.
        own = engine.reader.embedder.name
        models = [v for v in engine.versions if v.name == own or v.name != engine.embedder.name]
        return reader_key(models, settings, study.job)

    def read(self, transcript: Transcript, *, study: Study, settings: Settings) -> Extraction:
        """What is said in one transcript."""
        from jtbd_nlp.statements.extraction import extract_statements

        return extract_statements(transcript, self._load(settings).reader, settings=settings, job=study.job)

    def phrase_vectors(self, read: Extraction, *, settings: Settings) -> PhraseVectors:
        """The vectors of the phrases of statements and asides; each is the same whatever it is embedded with."""
        engine = self._load(settings)
        phrases = sorted({said.phrase for said in (*read.statements, *read.asides)})
        return PhraseVectors(_encoder_sha256(engine), dict(zip(phrases, engine.embedder.embed(phrases), strict=True)))

    def map_run(self, task: MapTask) -> Mapped:
        """The analysis of all transcripts from what was read of each."""
        from jtbd_nlp.pipeline import map_statements
        from jtbd_nlp.rerun import map_obeying
        from jtbd_nlp.statements.extraction import Extraction

        engine = self._load(task.settings)
        width = engine.reader.reading.network.meaning.out_features
        sha256 = _encoder_sha256(engine)
        kept = CachingEmbedder(engine.embedder, task.database, study_id=task.study_id, model_sha256=sha256)
        joined, engine = Extraction.join(task.parts, width=width), replace(engine, embedder=kept)
        if task.reviewed is None:
            analysis = map_statements(
                task.transcripts,
                joined,
                study=task.study,
                settings=task.settings,
                engine=engine,
                on_progress=_tell_nobody,
            )
            return Mapped(analysis=analysis)
        analysis, obeyed = map_obeying(
            task.transcripts,
            joined,
            reviewed=task.reviewed,
            study=task.study,
            settings=task.settings,
            engine=engine,
            on_progress=_tell_nobody,
        )
        rules = [{"rule": o.rule.id, "kind": o.rule.kind, "changed": list(o.changed)} for o in obeyed]
        return Mapped(analysis=analysis, obeyed=tuple(rules))

    def _load(self, settings: Settings) -> Engine:
        if self._engine is None or self._engine[0] != settings.encoder:
            import torch

            from jtbd_nlp.engine import load_engine

            # More workers, not more threads: two processes of two threads each on two cores are many times slower.
            torch.set_num_threads(1)
            self._engine = (settings.encoder, load_engine(self._learned, encoder=settings.encoder))
        return self._engine[1]


def _encoder_sha256(engine: Engine) -> str:
    return next(version.sha256 for version in engine.versions if version.name == engine.embedder.name)


def _tell_nobody(hop: str, done: int, total: int) -> None:
    """Progress is told from what is kept."""


@functools.cache
def program_sha256() -> str:
    """The hash of the core's own code and of the list of its models: what two workers must have in common."""
    digest = hashlib.sha256(__version__.encode("ascii"))
    add_files(digest, CORE, CORE.rglob("*.py"))
    digest.update((assets_folder("models") / "manifest.toml").read_bytes())
    return digest.hexdigest()
