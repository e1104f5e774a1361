"""Bytes to text: encodings, and what is no text."""

from __future__ import annotations

import pytest

from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError, UndecodableTextError, UnsupportedFormatError
from jtbd_nlp.readers.encoding import MAX_LINE_CHARS, check_line_lengths, decode, looks_like_text

WORDS = "Ann: Où est le café – là-bas?\nBob: Über die Brücke, “señor”.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_common_encodings_give_the_same_text(encoding: str) -> None:
    assert decode(WORDS.encode(encoding)) == WORDS


def test_other_encodings_are_recognised() -> None:
    russian = "Аня: Как вы добираетесь до работы утром?\nБорис: Я сажусь на автобус и еду сорок минут.\n" * 5
    assert decode(russian.encode("cp1251")) == russian


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_line_ends_become_one(line_end: str) -> None:
    assert decode(f"a{line_end}b".encode()) == "a\nb"


def test_text_is_not_normalised() -> None:
    decomposed = "Cafe\u0301"
    assert decode(decomposed.encode()) == decomposed


@pytest.mark.parametrize("content", [b"", b"  \n\t\r\n ", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x00\x00"])
def test_an_empty_file_is_malformed(content: bytes) -> None:
    with pytest.raises(MalformedTranscriptError, match="empty"):
        decode(content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "JPEG"),
        (b"\x7fELF" + bytes(50), "program"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(50), "MP4"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x01\x02words\x03 and \x04more\x05" * 20, "binary"),
    ],
)
def test_binary_files_are_no_text(content: bytes, kind: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=kind):
        decode(content)


def test_broken_utf8_names_line_and_byte() -> None:
    with pytest.raises(UndecodableTextError, match=r"line 2: .*0xff"):
        decode("Où\nété ".encode() + b"\xff" + "là où\n".encode())


def test_utf8_cut_off_inside_a_character_says_so() -> None:
    with pytest.raises(UndecodableTextError, match="cut off inside a character"):
        decode("déjà vu, très près".encode()[:-2])


def test_a_line_no_interview_has_is_too_large() -> None:
    check_line_lengths("a\n" * MAX_LINE_CHARS)
    with pytest.raises(TooLargeError, match="line 2 has"):
        check_line_lengths("a\n" + "b" * (MAX_LINE_CHARS + 1))


def test_looking_tells_text_from_binary() -> None:
    assert looks_like_text("Ann: Hi".encode("utf-16"))
    assert looks_like_text(b"Ann: Hi")
    assert not looks_like_text(b"%PDF-1.7")
    assert not looks_like_text(bytes(100))
