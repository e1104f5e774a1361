"""The files to deploy by: they cannot be run here, but every setting, command and path in them must be ours."""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from api.cli import app
from api.settings import OidcSettings, ServerSettings, read_settings

DEPLOY = Path(__file__).parents[2] / "api" / "deploy"
ROOT = DEPLOY.parents[1]
NAMES = {f"JTBD_{name.upper()}" for name in ServerSettings.model_fields} | {"JTBD_CONFIG"}


def test_the_example_names_every_setting_and_says_what_holds_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (DEPLOY / "jtbd.toml").read_text()
    monkeypatch.setenv("JTBD_CONFIG", str(DEPLOY / "jtbd.toml"))
    as_it_is = read_settings()
    assert as_it_is == ServerSettings.model_construct(**{n: f.default for n, f in ServerSettings.model_fields.items()})
    everything = tomllib.loads(re.sub(r"(?m)^# (?=\[?\w+\]?( =|$))", "", text))
    assert set(everything) == set(ServerSettings.model_fields)
    assert set(everything["oidc"]) == set(OidcSettings.model_fields)


def test_the_example_can_be_taken_with_everything_in_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "jtbd.toml"
    file.write_text(re.sub(r"(?m)^# (?=\[?\w+\]?( =|$))", "", (DEPLOY / "jtbd.toml").read_text()))
    monkeypatch.setenv("JTBD_CONFIG", str(file))
    settings = read_settings()
    assert settings.oidc is not None
    assert settings.has_tls


def test_the_image_is_made_of_what_is_there_and_sets_what_there_is() -> None:
    lines = (DEPLOY / "Dockerfile").read_text()
    assert set(re.findall(r"\bJTBD_\w+", lines)) <= NAMES
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text()
    for taken in re.findall(r"(?m)^!(\S+)$", ignored):
        assert (ROOT / taken).exists(), taken


def test_the_services_run_commands_that_there_are_with_settings_that_there_are() -> None:
    composed: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    commands = typer.main.get_command(app)
    for name, service in composed["services"].items():
        if name == "database":
            continue
        assert set(service["environment"]) <= NAMES
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        found: Any = commands
        options = [word for word in service["command"] if word.startswith("--")]
        for word in service["command"]:
            found = found if word in options else found.commands[word]
        assert set(options) <= {opt for parameter in found.params for opt in parameter.opts}
        assert set(service["depends_on"]) <= set(composed["services"])


def test_the_service_is_a_unit_that_sets_what_there_is() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    text = (DEPLOY / "jtbd.service").read_text()
    unit.read_string(text)
    assert unit["Service"]["ExecStart"].endswith("/jtbd serve")
    assert unit["Service"]["ExecStartPre"].endswith("/jtbd db upgrade")
    # The environment would go over the settings file, in which people name their database.
    assert "JTBD_DATABASE=%" not in text
    assert set(re.findall(r"\bJTBD_\w+", text)) <= NAMES
