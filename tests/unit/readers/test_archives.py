from __future__ import annotations

import io
import struct
import zipfile

import pytest

from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError
from jtbd_nlp.readers import archives
from tests.container_files import docx_bytes, odt_bytes, xlsx_bytes, zip_bytes

TALK = b"Mod: How?\nAnna: I write.\n"


def unpacked(content: bytes) -> list[tuple[str, bytes]]:
    return list(archives.unpack(content, name="a.zip"))


def _flagged_as_encrypted(content: bytes, path: str) -> bytes:
    """Set the encryption bit of one member, in its own head and in the directory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        at = archive.getinfo(path).header_offset
    changed = bytearray(content)
    for position in (at + 6, content.index(path.encode(), content.index(b"PK\x01\x02")) - 46 + 8):
        [flags] = struct.unpack_from("<H", changed, position)
        struct.pack_into("<H", changed, position, flags | 1)
    return bytes(changed)


def test_files_come_in_the_order_of_their_paths_without_what_systems_put_beside_them() -> None:
    content = zip_bytes({"b/2.txt": TALK, "b/": "", "__MACOSX/b/._2.txt": "x", ".DS_Store": "x", "a.txt": TALK})
    assert unpacked(content) == [("a.txt", TALK), ("b/2.txt", TALK)]


def test_a_zip_inside_is_unpacked_once_and_one_inside_that_is_handed_out_as_it_is() -> None:
    innermost = zip_bytes({"deep.txt": TALK})
    content = zip_bytes({"inner.zip": zip_bytes({"p1.txt": TALK, "innermost.zip": innermost})})
    assert unpacked(content) == [("inner.zip/innermost.zip", innermost), ("inner.zip/p1.txt", TALK)]


@pytest.mark.parametrize(
    "content",
    [
        docx_bytes("Anna: I shop."),
        xlsx_bytes({"a": [["x"]]}),
        odt_bytes("<text:p>Anna</text:p>"),
        zip_bytes({"project.qde": "<Project/>"}),
        TALK,
    ],
    ids=["docx", "xlsx", "odt", "qdpx", "text"],
)
def test_files_that_are_packed_as_zips_are_no_archives(content: bytes) -> None:
    assert not archives.recognises(content, name="renamed.zip")
    assert archives.recognises(zip_bytes({"p1.docx": content}), name="renamed.bin")


def test_a_package_inside_an_archive_is_handed_out_whole() -> None:
    inside = docx_bytes("Anna: I shop.")
    assert unpacked(zip_bytes({"p1.docx": inside})) == [("p1.docx", inside)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("../../etc/talk.txt", "etc/talk.txt"),
        ("/root/talk.txt", "root/talk.txt"),
        ("C:\\a\\..\\talk.txt", "a/talk.txt"),
    ],
)
def test_paths_never_lead_out_of_the_archive(path: str, expected: str) -> None:
    assert unpacked(zip_bytes({path: TALK})) == [(expected, TALK)]


def test_a_zip_bomb_is_refused_before_it_is_unpacked_and_its_member_named() -> None:
    with pytest.raises(TooLargeError, match=r"bomb\.txt: unpacks to 40,000,000 bytes .*a zip bomb"):
        unpacked(zip_bytes({"a.txt": TALK, "bomb.txt": b"\x00" * 40_000_000}))


def test_a_bomb_in_a_zip_inside_is_refused_too() -> None:
    inner = zip_bytes({"bomb.txt": b"\x00" * 40_000_000})
    with pytest.raises(TooLargeError, match=r"inner\.zip/bomb\.txt"):
        unpacked(zip_bytes({"inner.zip": inner}))


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    with pytest.raises(TooLargeError, match="3 files in one archive; at most 2"):
        unpacked(zip_bytes({f"{i}.txt": TALK for i in range(3)}))


def test_too_many_bytes_altogether_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 2 * len(TALK))
    with pytest.raises(TooLargeError, match=r"2\.txt: the archive unpacks to more than"):
        unpacked(zip_bytes({f"{i}.txt": TALK for i in range(3)}))


def test_an_encrypted_member_is_named_after_the_others_were_handed_out() -> None:
    content = _flagged_as_encrypted(zip_bytes({"a.txt": TALK, "b.txt": TALK, "c.txt": TALK}), "b.txt")
    members = archives.unpack(content, name="a.zip")
    assert [next(members)[0], next(members)[0]] == ["a.txt", "c.txt"]
    with pytest.raises(MalformedTranscriptError, match=r"^b\.txt: is encrypted$"):
        next(members)


def test_a_damaged_member_is_named() -> None:
    content = bytearray(zip_bytes({"a.txt": TALK * 50}))
    content[45] ^= 0xFF
    with pytest.raises(MalformedTranscriptError, match=r"a\.txt: is damaged or cut off"):
        unpacked(bytes(content))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (zip_bytes({"a.txt": TALK})[:-10], "damaged or cut off"),
        (zip_bytes({}), "holds no file"),
        (zip_bytes({".hidden": TALK}), "holds no file"),
    ],
    ids=["cut off", "empty", "only dot files"],
)
def test_an_archive_without_files_is_one_clear_error(content: bytes, fault: str) -> None:
    assert archives.recognises(content, name="a.zip")
    with pytest.raises(MalformedTranscriptError, match=fault):
        unpacked(content)
