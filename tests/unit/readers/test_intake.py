"""Folders, zips and files in any order."""

from __future__ import annotations

import io
import os
import random
import zipfile
from pathlib import Path

import pytest

from jtbd_nlp.domain import Kind
from jtbd_nlp.errors import (
    MalformedTranscriptError,
    TooLargeError,
    TranscriptError,
    UndecodableTextError,
    UnsupportedFormatError,
)
from jtbd_nlp.readers import intake
from jtbd_nlp.readers.intake import read_paths

TALK = "Ann: How do you cook {0}?\nBob: I boil {0}.\nAnn: And then?\nBob: I eat {0}.\n"


def _write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_a_folder_is_read_recursively_and_sorted_by_id(tmp_path: Path) -> None:
    _write(
        tmp_path, p2_txt=TALK.format("rice"), wave1__p1_md=TALK.format("peas"), wave1__deep__p3_txt=TALK.format("corn")
    )
    assert [t.id for t in read_paths([tmp_path]).transcripts] == ["p1", "p2", "p3"]


def test_files_about_the_folder_and_of_other_kinds_are_skipped_and_listed(tmp_path: Path) -> None:
    _write(
        tmp_path,
        p1_txt=TALK.format("rice"),
        README_md="words",
        index_tsv="words",
        LICENSE="words",
        card_txt="words",
        notes_py="words",
        a__study_json='{"job": "cook"}',
        a__jobmap_a_tsv="step\tphrase",
    )
    (tmp_path / ".hidden.txt").write_text("words")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "p9.txt").write_text("words")
    found = read_paths([tmp_path])
    assert [t.id for t in found.transcripts] == ["p1"]
    assert found.failures == ()
    skipped = [Path(s.place).relative_to(tmp_path).as_posix() for s in found.skipped]
    assert skipped == [
        ".git/p9.txt",
        ".hidden.txt",
        "LICENSE",
        "README.md",
        "a/jobmap.a.tsv",
        "a/study.json",
        "card.txt",
        "index.tsv",
        "notes.py",
    ]
    assert all(s.reason for s in found.skipped)


def test_a_file_that_is_named_is_tried_whatever_its_name(tmp_path: Path) -> None:
    _write(tmp_path, README_txt=TALK.format("rice"), talk_log=TALK.format("peas"))
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    found = read_paths([tmp_path / "README.txt", tmp_path / "talk.log", tmp_path / "photo.png"])
    assert [t.id for t in found.transcripts] == ["README", "talk"]
    assert [type(f.error) for f in found.failures] == [UnsupportedFormatError]
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("empty.txt", b"", MalformedTranscriptError),
        ("blank.md", b" \n\n", MalformedTranscriptError),
        ("binary.txt", bytes(range(256)) * 8, UnsupportedFormatError),
        ("cut.txt", "Ann: déjà vu très près".encode()[:-2], UndecodableTextError),
        ("cut.vtt", b"WEBVTT\n", MalformedTranscriptError),
        ("backwards.srt", b"1\n00:00:03,000 --> 00:00:01,000\nHi\n", MalformedTranscriptError),
        ("endless.txt", b"word " * 400_000, TooLargeError),
        ("endless.vtt", b"WEBVTT\n\n00:01.0 --> 00:02.0\n" + b"word " * 400_000, TooLargeError),
        ("cut.json", b'{"schema": "jtbd-transcript/1", "turns": [{"ind', TranscriptError),
        ("cut.docx", b"PK\x03\x04" + bytes(40), TranscriptError),
        ("cut.zip", b"PK\x03\x04" + bytes(40), TranscriptError),
        ("cut.pdf", b"%PDF-1.7\n", TranscriptError),
    ],
)
def test_one_bad_file_is_one_failure_and_the_others_go_on(
    tmp_path: Path, name: str, content: bytes, error: type[TranscriptError]
) -> None:
    _write(tmp_path, p1_txt=TALK.format("rice"), p2_txt=TALK.format("peas"))
    (tmp_path / name).write_bytes(content)
    found = read_paths([tmp_path])
    assert [t.id for t in found.transcripts] == ["p1", "p2"]
    (failure,) = found.failures
    assert failure.place == (tmp_path / name).as_posix()
    assert isinstance(failure.error, error)
    assert str(failure.error)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(2**30)
    (failure,) = read_paths([huge]).failures
    assert isinstance(failure.error, TooLargeError)
    assert "1,073,741,824 bytes" in str(failure.error)


def test_a_missing_path_is_a_failure_that_names_it(tmp_path: Path) -> None:
    _write(tmp_path, p1_txt=TALK.format("rice"))
    found = read_paths([tmp_path / "p1.txt", tmp_path / "nowhere"])
    assert [t.id for t in found.transcripts] == ["p1"]
    assert [f.place for f in found.failures] == [(tmp_path / "nowhere").as_posix()]
    assert "no such file" in str(found.failures[0].error)


def test_an_empty_folder_is_a_failure(tmp_path: Path) -> None:
    assert "no transcripts" in str(read_paths([tmp_path]).failures[0].error)


def test_a_path_that_is_neither_file_nor_folder_is_a_failure(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (failure,) = read_paths([tmp_path / "pipe.txt"]).failures
    assert "no file and no folder" in str(failure.error)


def test_equal_stems_get_endings_by_content_and_not_by_place(tmp_path: Path) -> None:
    _write(tmp_path, a__p1_txt=TALK.format("rice"), b__p1_txt=TALK.format("peas"), c__p1_md=TALK.format("corn"))
    _write(tmp_path, **{"p1-2_txt": TALK.format("figs")})
    first = read_paths([tmp_path])
    assert [t.id for t in first.transcripts] == ["p1", "p1-2", "p1-3", "p1-4"]
    assert "figs" in first.transcripts[1].turns[1].text
    (tmp_path / "a").rename(tmp_path / "z")
    assert read_paths([tmp_path]).transcripts == first.transcripts


def test_the_order_of_paths_does_not_matter_nor_does_naming_one_twice(tmp_path: Path) -> None:
    for i in range(6):
        _write(tmp_path, **{f"d{i % 3}__p{i // 2}_txt": TALK.format(f"dish {i}")})
    paths = [*sorted(tmp_path.rglob("*.txt")), tmp_path / "d0", tmp_path / "d1"]
    expected = read_paths(paths)
    for seed in range(5):
        shuffled = random.Random(seed).sample(paths, len(paths))  # noqa: S311 - a shuffle that can be repeated
        assert read_paths([*shuffled, shuffled[0]]) == expected
    assert len(expected.transcripts) == 6


def test_the_same_interview_twice_is_said_so(tmp_path: Path) -> None:
    _write(tmp_path, p1_txt=TALK.format("rice"), copy_txt=TALK.format("rice"))
    found = read_paths([tmp_path])
    assert [any("the same as in copy" in w for w in t.warnings) for t in found.transcripts] == [False, True]


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_zip_is_read_member_by_member(tmp_path: Path) -> None:
    members = {
        "wave1/p1.txt": TALK.format("rice").encode(),
        "p2.txt": b"",
        "README.md": b"words",
        "__MACOSX/._p1.txt": b"words",
        "photo.png": b"\x89PNG",
        "inner.zip": _zip({"p9.txt": b"words"}),
    }
    (tmp_path / "study.zip").write_bytes(_zip(members))
    found = read_paths([tmp_path])
    place = (tmp_path / "study.zip").as_posix()
    assert [t.id for t in found.transcripts] == ["p1", "p9"]
    assert [f.place for f in found.failures] == [f"{place}/p2.txt"]
    assert [s.place.removeprefix(place) for s in found.skipped] == ["/README.md", "/photo.png"]


def test_a_zip_and_its_folder_give_equal_transcripts(tmp_path: Path) -> None:
    _write(tmp_path, a__p1_txt=TALK.format("rice"), a__p2_txt=TALK.format("peas"))
    (tmp_path / "a.zip").write_bytes(_zip({p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()}))
    assert read_paths([tmp_path / "a.zip"]).transcripts == read_paths([tmp_path / "a"]).transcripts


def test_a_zip_bomb_is_one_failure(tmp_path: Path) -> None:
    (tmp_path / "bomb.zip").write_bytes(_zip({"p1.txt": bytes(20 * 2**20)}))
    (failure,) = read_paths([tmp_path]).failures
    assert isinstance(failure.error, TooLargeError)


def test_kind_and_progress_are_passed_on(tmp_path: Path) -> None:
    _write(tmp_path, p1_txt=TALK.format("rice"), p2_txt=TALK.format("peas"))
    places: list[str] = []
    found = read_paths([tmp_path], kind=Kind.NOTES, on_progress=places.append)
    assert {t.kind for t in found.transcripts} == {Kind.NOTES}
    assert places == [(tmp_path / "p1.txt").as_posix(), (tmp_path / "p2.txt").as_posix()]


def test_the_limit_is_below_what_fits_in_memory() -> None:
    assert intake.MAX_FILE_BYTES <= 2**30
