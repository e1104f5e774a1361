"""What reading depends on beside the transcript: while it stays the same, no transcript is read a second time.

Most of the core has no say in what is read: a release that changes maps, exports or pages alone leaves this key as it
was. The lists below are held against what is really imported by `tests/api/durable/test_reader_key.py`.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from api.store.codec import to_plain
from jtbd_nlp.config import Settings
from jtbd_nlp.domain import ModelVersion

CORE: Final = Path(__file__).resolve().parents[2] / "jtbd_nlp"
# Files and folders of the core whose code reading runs through.
CODE: Final = (
    "adverts.py",
    "domain.py",
    "embedding.py",
    "engine.py",
    "lint.py",
    "loose_quotes.py",
    "need_prompts.py",
    "sentences.py",
    "stages.py",
    "statements",
    "step_prompts.py",
    "threads.py",
    "writing_model.py",
)
# What those import beside: settings and models count by their values, errors are no readings, and steps come after.
NO_SAY: Final = ("__init__.py", "clustering.py", "config.py", "errors.py", "models.py")
# Libraries that compute; each is one distribution, by any of its names.
LIBRARIES: Final = (
    ("gguf",),
    ("numpy",),
    ("sentence-transformers",),
    ("spacy",),
    ("tokenizers",),
    ("torch",),
    ("transformers",),
    ("xgboost-cpu", "xgboost"),
)
SETTINGS: Final = ("action_threshold", "need_threshold", "led_share")


def reader_key(models: Iterable[ModelVersion], settings: Settings, job: str) -> str:
    """The hash of all that reading depends on beside the transcript, in hexadecimal digits.

    Args:
        models: those that read.
        job: the study's, which tells what is relevant.
    """
    depends = {
        "code": code_sha256(CORE),
        "libraries": [_version(names) for names in LIBRARIES],
        "models": [to_plain(model) for model in models],
        "settings": {name: getattr(settings, name) for name in SETTINGS},
        "job": job,
    }
    return hashlib.sha256(json.dumps(depends, sort_keys=True).encode("ascii")).hexdigest()


@functools.cache
def code_sha256(core: Path) -> str:
    """The hash of the code that reading runs through, in a folder laid out as the core's."""
    places = [core / name for name in CODE]
    digest = hashlib.sha256()
    add_files(
        digest, core, (path for place in places for path in ([place] if place.is_file() else place.rglob("*.py")))
    )
    return digest.hexdigest()


def add_files(digest: hashlib._Hash, folder: Path, paths: Iterable[Path]) -> None:
    """Add files below a folder to a hash, each with its place there, in the order of their paths."""
    for path in sorted(paths):
        digest.update(path.relative_to(folder).as_posix().encode("utf-8") + b"\0" + path.read_bytes())


@functools.cache
def _version(names: tuple[str, ...]) -> str:
    """The version of the first of these distributions that is installed, without what it was built for."""
    for name in names:
        try:
            return importlib.metadata.version(name).partition("+")[0]
        except importlib.metadata.PackageNotFoundError:
            continue
    return ""
