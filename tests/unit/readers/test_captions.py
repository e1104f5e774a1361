"""WebVTT, SRT and .lrc to drafts; faults with their lines."""

from __future__ import annotations

import pytest

from jtbd_nlp.domain import Transcript
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import read_bytes


def _read(text: str, name: str = "p1.vtt") -> Transcript:
    (transcript,) = read_bytes(text.encode(), name=name)
    return transcript


VOICES = """WEBVTT - a call

NOTE
made by hand
00:99 is no time

STYLE
::cue { color: red }

intro
00:01.000 --> 00:04.500 align:start position:0%
<v Ann Lee>How do <i>you</i> start?</v>

00:04.500 --> 00:06.000
<v.loud Bob>I light the &amp; oven</v>

00:06.000 --> 01:00:07.000
<v Bob>and wait.</v>
"""


def test_voices_settings_notes_and_styles_of_webvtt() -> None:
    transcript = _read(VOICES)
    assert [(t.speaker, t.start, t.end, t.text) for t in transcript.turns] == [
        ("Ann Lee", 1.0, 4.5, "How do you start?"),
        ("Bob", 4.5, 3607.0, "I light the & oven and wait."),
    ]
    assert transcript.format == "webvtt"


def test_names_with_a_colon_and_cues_that_go_on_without_one() -> None:
    transcript = _read(
        "1\n00:00:01,000 --> 00:00:02,000\nAnn: How do\n\n2\n00:00:02,000 --> 00:00:03,000\nyou start?\n\n"
        "3\n00:00:03,000 --> 00:00:04,000\nBob: I light\n\n4\n00:00:04,000 --> 00:00:05,000\nthe oven: the big one.\n\n"
        "5\n00:00:05,000 --> 00:00:06,000\nAnn: Oh?\n\n6\n00:00:07,000 --> 00:00:08,000\nBob: Yes.\n",
        "p1.srt",
    )
    assert [(t.speaker, t.text) for t in transcript.turns] == [
        ("Ann", "How do you start?"),
        ("Bob", "I light the oven: the big one."),
        ("Ann", "Oh?"),
        ("Bob", "Yes."),
    ]
    assert transcript.format == "srt"


def test_captions_below_a_heading_of_another_file_are_read() -> None:
    transcript = _read(
        "P6\n\n| Age | 40 |\n| :-- | :-- |\n\n1\n00:01.0 --> 00:02.0\nModerator: Ready?\n\n2\n"
        "00:02.0 --> 00:03.0\nParticipant: Yes.\n",
        "p6.md",
    )
    assert [(t.speaker, t.text) for t in transcript.turns] == [("Moderator", "Ready?"), ("Participant", "Yes.")]


def test_names_on_the_first_line_of_a_cue() -> None:
    text = (
        "0:0:0.0 --> 0:0:3.420\nJane Doe\nHow do you do it?\n0:0:4.0 --> 0:0:6.0\nTom Roe\nI just go.\n"
        "0:0:7.0 --> 0:0:8.0\nJane Doe\nWhy?\n0:0:8.0 --> 0:0:9.0\nTom Roe\nSo.\n"
    )
    assert [t.speaker for t in _read(text, "p1.txt").turns] == ["Jane Doe", "Tom Roe"] * 2


def test_cues_without_names_are_joined_at_sentence_ends_and_questions() -> None:
    transcript = _read(
        "WEBVTT\n\n00:01.0 --> 00:02.0\nSo tell me about\n\n00:02.0 --> 00:03.0\nyour shop. What do you sell?\n\n"
        "00:03.5 --> 00:05.0\nI sell bread,\n\n00:05.0 --> 00:06.0\nmostly.\n\n00:09.0 --> 00:10.0\n"
        "Do you like it?\n\n00:10.0 --> 00:11.0\nI do.\n"
    )
    assert [(t.role.value, t.text) for t in transcript.turns] == [
        ("interviewer", "So tell me about your shop. What do you sell?"),
        ("participant", "I sell bread, mostly."),
        ("interviewer", "Do you like it?"),
        ("participant", "I do."),
    ]
    assert any("6 captions were joined to 4 turns" in w for w in transcript.warnings)


def test_rolling_captions_are_told_once() -> None:
    lines = ["hello everyone", "and welcome to", "the show today", "we talk about", "bread."]
    cues = []
    for i, line in enumerate(lines):
        before = lines[i - 1] if i else " "
        cues.append(f"00:0{i}.000 --> 00:0{i}.990\n{before}\n{line}")
        cues.append(f"00:0{i}.990 --> 00:0{i + 1}.000\n{line}\n ")
    transcript = _read("WEBVTT\n\n" + "\n\n".join(cues) + "\n")
    assert " ".join(t.text for t in transcript.turns) == " ".join(lines)


def test_words_said_twice_are_kept_twice() -> None:
    transcript = _read(
        "WEBVTT\n\n00:01.0 --> 00:02.0\nYes.\n\n00:02.0 --> 00:03.0\nYes.\n\n00:03.0 --> 00:04.0\nI know.\n"
        "\n00:04.0 --> 00:05.0\nI go.\n"
    )
    assert " ".join(t.text for t in transcript.turns) == "Yes. Yes. I know. I go."


def test_music_and_empty_cues_are_dropped() -> None:
    assert (
        len(_read("WEBVTT\n\n00:01.0 --> 00:02.0\n♪♪♪\n\n00:02.0 --> 00:03.0\n\n00:03.0 --> 00:04.0\nI go.\n").turns)
        == 1
    )


def test_lrc_lines_have_starts_and_ends() -> None:
    transcript = _read("[ti:A talk]\n[00:01.50]I go\n[00:02.50]\n\n[00:02.50]to work.\n[00:04.00]\n", "p1.lrc")
    assert [(t.start, t.end, t.text) for t in transcript.turns] == [(1.5, 4.0, "I go to work.")]
    assert transcript.title == "A talk"


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        (
            "WEBVTT\n\n00:02:10.000 --> 00:02:07.000\nHi\n",
            3,
            "a cue ends before it starts (00:02:07.000 < 00:02:10.000)",
        ),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:03,000 --> 00:0x\nHo\n",
            6,
            "the times of a cue cannot be read",
        ),
        ("WEBVTT\n\n", None, "no cue"),
        ("WEBVTT\n\n00:01.0 --> 00:02.0\n", None, "no words"),
    ],
)
def test_faults_name_their_line(text: str, line: int | None, fault: str) -> None:
    with pytest.raises(MalformedTranscriptError) as caught:
        _read(text)
    assert caught.value.line == line
    assert fault in str(caught.value)
    assert line is None or str(caught.value).startswith(f"line {line}: ")
