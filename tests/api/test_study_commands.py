"""`jtbd study` and `jtbd db`, as people type them, on a SQLite database of their own."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from api.cli import app
from api.durable.working import work
from api.services.databases import open_database
from api.store import workers
from jtbd_nlp.cli import run
from tests.fake_analyst import load_fake
from tests.running import QUICK, SameProcess

TALK = (
    "Moderator: How do you plan?\n\nEva: I look at the map and then I call a friend.\n\n"
    "Moderator: And then?\n\nEva: I drive.\n"
)


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data" / "studies.sqlite3"
    monkeypatch.setenv("JTBD_DATABASE", str(path))
    monkeypatch.setenv("COLUMNS", "200")
    return path


def jtbd(*arguments: str | Path, status: int = 0) -> str:
    """Run a command; give what it says on both streams, or the error that becomes its one line."""
    answer = CliRunner().invoke(app, [str(a) for a in arguments])
    if answer.exception and not isinstance(answer.exception, SystemExit):
        assert status == 1, answer.exception
        return str(answer.exception)
    assert answer.exit_code == status, answer.output
    return answer.output


def test_the_first_study_makes_the_database_for_its_owner_alone(database: Path) -> None:
    assert "study_" in jtbd("study", "create", "arrive", "--job", "get there", "--by", "ana")
    assert [path.stat().st_mode & 0o077 for path in (database, database.parent)] == [0, 0]
    assert "arrive" in (listed := jtbd("study", "list"))
    assert "by ana" in listed
    assert "already" in jtbd("study", "create", "arrive", status=1)


def test_other_commands_do_not_make_a_database_but_name_what_does(database: Path) -> None:
    assert "jtbd study create" in jtbd("study", "list", status=1)
    assert not database.exists()


def test_interviews_are_added_once_and_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "eva.txt").write_text(TALK)
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 cut off")
    jtbd("study", "create", "arrive")
    first = jtbd("study", "add", "arrive", folder, status=1)
    assert "1 interviews added, 1 not readable" in first
    assert "broken.docx" in first
    with zipfile.ZipFile(tmp_path / "talks.zip", "w") as archive:
        archive.writestr("again.txt", TALK)
        archive.writestr("tom.txt", TALK.replace("Eva", "Tom"))
    second = jtbd("study", "add", "arrive", tmp_path / "talks.zip")
    assert "again.txt: not added again, the study has it as eva" in second
    assert "1 interviews added, 1 there already" in second
    shown = jtbd("study", "show", "arrive")
    assert [name in shown for name in ("eva", "tom", "broken")] == [True, True, False]


def test_one_name_in_two_files_is_two_interviews(tmp_path: Path) -> None:
    for place, who in (("a", "Eva"), ("b", "Tom")):
        (tmp_path / place).mkdir()
        (tmp_path / place / "talk.txt").write_text(TALK.replace("Eva", who))
    jtbd("study", "create", "arrive")
    jtbd("study", "add", "arrive", tmp_path / "a")
    jtbd("study", "add", "arrive", tmp_path / "b")
    jtbd("study", "export-transcripts", "arrive", tmp_path / "out")
    ids = [json.loads(path.read_text())["id"] for path in sorted((tmp_path / "out").iterdir())]
    assert sorted(ids) == ["talk", "talk-2"]


def test_a_table_that_grew_adds_only_its_new_rows(tmp_path: Path) -> None:
    rows = ["id,text", *(f'r{i},"AI: How? User: I plan trip {i}. AI: And then? User: I go."' for i in range(3))]
    table = tmp_path / "talks.csv"
    jtbd("study", "create", "arrive")
    table.write_text("\n".join(rows[:3]) + "\n")
    assert "2 interviews added" in jtbd("study", "add", "arrive", table)
    table.write_text("\n".join(rows) + "\n")
    assert "1 interviews added, 2 there already" in jtbd("study", "add", "arrive", table)


def test_nothing_is_read_for_a_study_that_is_not_there(tmp_path: Path) -> None:
    jtbd("study", "create", "arrive")
    assert "'leave'" in jtbd("study", "add", "leave", tmp_path, status=1)


def test_exported_transcripts_can_be_added_to_another_study_unchanged(tmp_path: Path) -> None:
    (tmp_path / "eva.txt").write_text(TALK)
    for name in ("one", "two"):
        jtbd("study", "create", name)
    jtbd("study", "add", "one", tmp_path / "eva.txt")
    jtbd("study", "export-transcripts", "one", tmp_path / "first")
    jtbd("study", "add", "two", tmp_path / "first")
    jtbd("study", "export-transcripts", "two", tmp_path / "second")
    assert (tmp_path / "first/eva.json").read_bytes() == (tmp_path / "second/eva.json").read_bytes()


def test_a_database_is_upgraded_backed_up_restored_and_checked(tmp_path: Path, database: Path) -> None:
    assert "upgraded from nothing" in jtbd("db", "upgrade")
    assert "is up to date" in jtbd("db", "upgrade")
    jtbd("study", "create", "arrive")
    jtbd("db", "backup", tmp_path / "copy")
    jtbd("study", "create", "leave")
    assert "--overwrite" in jtbd("db", "restore", tmp_path / "copy", status=1)
    jtbd("db", "restore", tmp_path / "copy", "--overwrite")
    assert "leave" not in jtbd("study", "list")
    assert "no faults" in jtbd("db", "check")
    assert database.is_file()


def test_status_says_who_works_and_what_to_do_where_nobody_does(tmp_path: Path, database: Path) -> None:
    (tmp_path / "eva.txt").write_text(TALK)
    jtbd("study", "create", "arrive")
    jtbd("study", "add", "arrive", tmp_path / "eva.txt")
    assert "none is needed" in jtbd("study", "status", "arrive")
    assert "run 1: queued" in jtbd("study", "run", "arrive", "--no-wait")
    assert "`jtbd worker` or `jtbd serve` starts one" in jtbd("study", "status", "arrive")
    kept = open_database(str(database))
    with kept.writing() as session:
        workers.beat(session, "worker_1", version="1", place="here:1")
    kept.close()
    assert "workers: 1" in jtbd("study", "status", "arrive")


def test_whoever_waits_for_a_worker_that_dies_goes_on_alone(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "eva.txt").write_text(TALK)
    jtbd("study", "create", "arrive")
    jtbd("study", "add", "arrive", tmp_path / "eva.txt")
    kept = open_database(str(database))
    with kept.writing() as session:
        workers.beat(session, "worker_1", version="1", place="here:1")

    def die(_: float) -> None:
        with kept.writing() as session:
            workers.leave(session, "worker_1")

    monkeypatch.setattr("api.commands.runs.time", SimpleNamespace(sleep=die))
    monkeypatch.setattr("api.services.runs.work", partial(work, load=load_fake, pace=QUICK, start=SameProcess))
    said = jtbd("study", "run", "arrive")
    kept.close()
    assert "run 1: done, 1 interviews" in said


def commands_of(command: click.Command) -> dict[str, click.Command]:
    return getattr(command, "commands", {})


def commands(group: click.Command, *names: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in commands_of(group).items():
        yield " ".join((*names, name)), command
        yield from commands(command, *names, name)


def test_every_command_on_studies_finds_the_database_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JTBD_DATABASE")
    (tmp_path / "jtbd.toml").write_text(f'database = "{tmp_path}/team.sqlite3"\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("JTBD_CONFIG", str(tmp_path / "jtbd.toml"))
    jtbd("db", "upgrade")
    assert (tmp_path / "team.sqlite3").is_file()
    known = dict(commands(get_command(app)))
    wanted = {name: [p for p in c.params if p.name == "database"] for name, c in known.items()}
    for name, (option,) in {name: found for name, found in wanted.items() if found}.items():
        context = click.Context(known[name], resilient_parsing=False)
        assert option.process_value(context, None) == f"{tmp_path}/team.sqlite3", name
        assert option.process_value(context, "other") == "other", name
    asked = tuple(name for name, found in wanted.items() if found)
    kinds = ("study ", "db ", "people ", "survey ", "worker", "serve")
    unasked = [n for n in known if n.startswith(kinds) and not n.startswith(asked) and not commands_of(known[n])]
    assert unasked == []
    monkeypatch.setenv("JTBD_DATABASE", f"{tmp_path}/mine.sqlite3")
    assert "mine.sqlite3" in jtbd("study", "list", status=1)


@pytest.mark.parametrize("content", ["database = 3", "database ="])
def test_settings_that_cannot_be_read_are_one_line(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JTBD_DATABASE")
    monkeypatch.setenv("JTBD_CONFIG", str(tmp_path / "jtbd.toml"))
    assert "there is no such file (JTBD_CONFIG)" in jtbd("study", "list", status=1)
    (tmp_path / "jtbd.toml").write_text(content)
    assert jtbd("study", "list", status=1).startswith(f"{tmp_path}/jtbd.toml: ")


def test_a_fault_is_one_line_and_a_status_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["jtbd", "study", "list", "--database", "mysql://host/name"])
    assert run() == 1
    assert capsys.readouterr().err.strip() == "jtbd: studies are kept in SQLite or PostgreSQL, not in 'mysql'"
