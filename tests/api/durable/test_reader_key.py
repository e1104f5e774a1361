"""What was read need not be read again, whatever else of the program changes; what reading runs through counts."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.durable.reader_key import CODE, CORE, LIBRARIES, NO_SAY, SETTINGS, code_sha256, reader_key
from jtbd_nlp.clustering import GroupingSettings
from jtbd_nlp.config import Settings
from jtbd_nlp.domain import ModelVersion

# Where reading begins: what loads its models, and what is called on a transcript.
ROOTS = ("engine.py", "embedding.py", "statements/extraction.py")
# They move and check bytes, and compute nothing of their own.
CARRIERS = {"huggingface_hub", "safetensors"}
MODELS = (ModelVersion(name="parser", version="1", sha256="0" * 64),)


def imported(path: Path) -> Iterator[str]:
    """Names of all that a module imports, in functions too; not what only the type checker sees."""
    waiting: list[ast.AST] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting += ast.iter_child_nodes(node)


def file_of(name: str) -> Path | None:
    """The file of a module of the core, or of the module that a name is in; None for anything else."""
    parts = name.split(".")
    if parts[0] != CORE.name:
        return None
    for n in range(len(parts), 0, -1):
        place = CORE.parent.joinpath(*parts[:n])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                return path
    return None


def run_through() -> set[Path]:
    """All modules of the core that are loaded for reading, but those that only modules without a say load."""
    waiting, seen = [CORE / root for root in ROOTS], set[Path]()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.relative_to(CORE).as_posix() not in NO_SAY:
            waiting += [found for name in imported(path) if (found := file_of(name))]
    return seen


def test_the_lists_hold_what_reading_imports_and_nothing_else() -> None:
    listed = {
        path for name in CODE for path in ([CORE / name] if name.endswith(".py") else (CORE / name).rglob("*.py"))
    }
    used = run_through()
    unlisted = {p.relative_to(CORE).as_posix() for p in used - listed} - set(NO_SAY)
    assert unlisted == set(), "reading imports it: name it in CODE of api/durable/reader_key.py, or in NO_SAY"
    assert {p.relative_to(CORE).parts[0] for p in used} >= set(CODE)
    libraries = {name.split(".")[0] for p in used & listed for name in imported(p) if not file_of(name)}
    known = {re.sub("-cpu$", "", name).replace("-", "_") for names in LIBRARIES for name in names}
    assert libraries - set(sys.stdlib_module_names) - CARRIERS == known
    heeded = {name for p in used & listed for name in re.findall(r"\bsettings\.(\w+)", p.read_text())}
    assert heeded == set(SETTINGS)


@pytest.mark.parametrize(
    ("changed", "reads_anew"),
    [
        ("report/page.py", False),
        ("clustering.py", False),
        ("__init__.py", False),
        ("statements/clauses.py", True),
        ("domain.py", True),
        ("statements/new_rule.py", True),
    ],
)
def test_only_a_change_in_what_reading_runs_through_reads_anew(tmp_path: Path, changed: str, reads_anew: bool) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        shutil.copytree(CORE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    with (after / changed).open("a") as written:
        written.write("\n# changed\n")
    assert (code_sha256(before) != code_sha256(after)) is reads_anew


def test_settings_and_models_count_where_reading_heeds_them() -> None:
    usual = reader_key(MODELS, Settings(), "arrive")
    assert len(usual) == 64
    wide = GroupingSettings(same=0.7)
    for same in (Settings(grouping=wide), Settings(encoder="another"), Settings(notes=True)):
        assert reader_key(MODELS, same, "arrive") == usual
    others = [
        reader_key(MODELS, Settings(led_share=0.5), "arrive"),
        reader_key(MODELS, Settings(need_threshold=0.5), "arrive"),
        reader_key(MODELS, Settings(), "leave"),
        reader_key([replace(MODELS[0], sha256="1" * 64)], Settings(), "arrive"),
    ]
    assert len({usual, *others}) == 5
