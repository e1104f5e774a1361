"""Put models/ and corpora/ into the wheel, as jtbd_nlp/assets/; everything else about the build is in pyproject.toml.

The two folders stand at the top of the repository because people read and review them; an installed `jtbd` needs them
beside its code. `jtbd_nlp.models.assets_folder` finds them in both places.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import Command, setup
from setuptools.command.build import build

ASSETS = ("models", "corpora")
# Reading models for fair scores in `jtbd evaluate`, which a checkout has and an installed program does not need.
TUNED = ("models", "tuned")
TARGET = Path("jtbd_nlp", "assets")


class BuildAssets(Command):
    """A sub-command of `build`: see `setuptools.command.build.SubCommand` for what its methods are asked for."""

    editable_mode = False
    build_lib: str | None = None

    def initialize_options(self) -> None:
        self.build_lib = None

    def finalize_options(self) -> None:
        self.set_undefined_options("build_py", ("build_lib", "build_lib"))

    def get_source_files(self) -> list[str]:
        """Name every file of the two folders but hidden ones, so that a source distribution holds them too."""
        return [
            path.as_posix()
            for folder in ASSETS
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
            and not any(part.startswith((".", "__pycache__")) for part in path.parts)
            and path.parts[:2] != TUNED
        ]

    def get_output_mapping(self) -> dict[str, str]:
        """Map each file in the build folder to its source; an editable install reads the repository instead."""
        if self.editable_mode:
            return {}
        return {str(Path(self.build_lib or "", TARGET, source)): source for source in self.get_source_files()}

    def get_outputs(self) -> list[str]:
        return list(self.get_output_mapping())

    def run(self) -> None:
        for target, source in self.get_output_mapping().items():
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


class Build(build):
    """The usual build, and the assets."""

    sub_commands = [*build.sub_commands, ("build_assets", None)]  # noqa: RUF012 - setuptools reads a plain list


setup(cmdclass={"build": Build, "build_assets": BuildAssets})
