"""Whatever the bytes: transcripts or a TranscriptError, and never a text that cannot be quoted."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jtbd_nlp.domain import Evidence, Span, Transcript
from jtbd_nlp.errors import TranscriptError
from jtbd_nlp.readers import read_bytes

NAMES = ["p1.txt", "p1.md", "p1.vtt", "p1.srt", "p1.lrc", "p1", "p1.csv", "p1.json", "p1.html"]
PIECES = [
    *(
        "Ann: ",
        "**Ann:** ",
        "*Ann (0:01)*: ",
        "Ann  0:01\n",
        "[00:01] ",
        "00:01 ",
        "[id1] ",
        "Q: ",
        "A: ",
        "Interviewer",
    ),
    *("- ", "# ", "### Why?\n", "WEBVTT\n\n", "1\n", "00:01.000 --> 00:02.000\n", "00:00:01,000 --> 00:00:02,000\n"),
    *(
        "-->",
        "<v Ann>",
        "</v>",
        "---\n",
        "title: x\n",
        "\n",
        "\n\n",
        "words ",
        "Why? ",
        "I go. ",
        "é",
        "\u2028",
        "\x0b",
    ),
    *("😀", "|", "{", "[", "]", '"', ",", ":", "\t", "\\", "*", "_", "`", "Transcribed by x\n"),
]

quick = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _read(content: bytes, name: str) -> tuple[Transcript, ...]:
    try:
        return read_bytes(content, name=name)
    except TranscriptError:
        return ()


def _check(transcripts: tuple[Transcript, ...]) -> None:
    assert len({t.id for t in transcripts}) == len(transcripts)
    for transcript in transcripts:
        assert transcript.turns
        for index, turn in enumerate(transcript.turns):
            assert turn.index == index
            assert turn.text
            assert turn.speaker
            assert Evidence.of(transcript, Span(index, 0, len(turn.text))).quote == turn.text
        assert json.loads(transcript.canonical_bytes()) == transcript.document()


@quick
@given(st.binary(max_size=300), st.sampled_from(NAMES))
def test_any_bytes_give_transcripts_or_a_transcript_error(content: bytes, name: str) -> None:
    _check(_read(content, name))


@quick
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.sampled_from(NAMES))
def test_any_mix_of_marks_gives_transcripts_or_a_transcript_error(text: str, name: str) -> None:
    _check(_read(text.encode(), name))


@quick
@given(st.text(max_size=200), st.sampled_from(NAMES), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_any_text_gives_transcripts_or_a_transcript_error(text: str, name: str, encoding: str) -> None:
    _check(_read(text.encode(encoding, "ignore"), name))


@quick
@given(
    st.lists(
        st.tuples(st.sampled_from(["Ann", "Bob", "P3"]), st.text("abc éß?.,'-", min_size=3).filter(str.strip)),
        min_size=4,
        max_size=12,
    )
)
def test_labelled_words_are_all_kept(said: list[tuple[str, str]]) -> None:
    said = [*said, ("Ann", "so it is"), ("Bob", "yes"), ("Ann", "good"), ("Bob", "fine")]
    transcripts = _read("\n".join(f"{who}: {text}" for who, text in said).encode(), "p1.txt")
    kept = [word for t in transcripts for turn in t.turns for word in turn.text.split()]
    assert [w for w in kept if any(map(str.isalnum, w))] == [
        w for _, text in said for w in text.split() if any(map(str.isalnum, w))
    ]
