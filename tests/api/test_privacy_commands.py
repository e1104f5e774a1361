"""`jtbd study add --pseudonyms`, `jtbd forget` and the audit log, as people type them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.services import pseudonyms
from jtbd_nlp.domain import Transcript
from jtbd_nlp.pseudonyms import Name
from tests.api.test_study_commands import TALK, jtbd


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    class Finder:
        def names(self, transcript: Transcript) -> tuple[Name, ...]:
            return (Name("person", "Eva"),)

    path = tmp_path / "data" / "studies.sqlite3"
    monkeypatch.setenv("JTBD_DATABASE", str(path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(pseudonyms, "shared_recogniser", Finder)
    return path


def test_names_are_replaced_and_the_key_that_is_shown_once_tells_who_is_who(tmp_path: Path, database: Path) -> None:
    (tmp_path / "eva.txt").write_text(TALK)
    (tmp_path / "more.txt").write_text(TALK.replace("map", "list"))
    jtbd("study", "create", "arrive")
    said = jtbd("study", "add", "arrive", tmp_path / "eva.txt", "--pseudonyms")
    key = re.findall(r"jtbdstudy_\S+", said)[0]
    assert "1 interviews added" in said
    assert "--key" in jtbd("study", "add", "arrive", tmp_path / "more.txt", status=1)
    assert "1 interviews added" in jtbd("study", "add", "arrive", tmp_path / "more.txt", "--key", key)
    assert "Eva" not in jtbd("study", "show", "arrive")
    assert "Eva" not in jtbd("study", "pseudonyms", "arrive")
    assert re.search(r"P1 +person +Eva", jtbd("study", "pseudonyms", "arrive", "--key", key))
    assert b"Eva" not in database.read_bytes()
    assert "--key" in jtbd("study", "pseudonyms", "arrive", "--add", "friend", status=1)
    assert "friend" in jtbd("study", "pseudonyms", "arrive", "--key", key, "--add", "friend", "--kind", "other")
    assert b"a friend" not in database.read_bytes()
    assert "Name 1" not in jtbd("study", "pseudonyms", "arrive", "--key", key, "--remove", "Name 1")


def test_a_person_is_forgotten_and_the_log_says_so(tmp_path: Path, database: Path) -> None:
    (tmp_path / "eva.txt").write_text(TALK)
    jtbd("study", "create", "arrive", "--by", "ana")
    jtbd("study", "add", "arrive", tmp_path / "eva.txt")
    assert "erased: 1 interview" in jtbd("forget", "arrive", "Eva", "--yes", "--by", "tom")
    assert b"look at the map" not in database.read_bytes()
    assert re.search(r"tom +erased +participant forgotten", jtbd("db", "audit"))
    assert "1 entries of the audit log" in jtbd("db", "check")
    assert "nothing of erased rows is left" in jtbd("db", "compact")
    assert "no participant 'Eva'" in jtbd("forget", "arrive", "Eva", "--yes", status=1)
