from __future__ import annotations

import json
from typing import Any

import pytest

from jtbd_nlp.errors import MalformedTranscriptError, UndecodableTextError, UnsupportedFormatError
from jtbd_nlp.readers import speech_json
from jtbd_nlp.readers.drafts import Draft

Turns = list[tuple[str | None, float | None, float | None, str]]


def read_one(shape: object) -> Draft:
    content = json.dumps(shape).encode()
    assert speech_json.recognises(content, name="renamed.txt")
    [draft] = speech_json.read(content, name="a.json")
    return draft


def word(text: str, start: float, end: float, **more: object) -> dict[str, Any]:
    return {"text": text, "word": text, "start": start, "end": end, **more}


TWO_SPEAKERS: Turns = [("Speaker 0", 1.0, 2.0, "How so?"), ("Speaker 1", 2.5, 3.5, "I write.")]

# One shape of each tool that names speakers, all saying the same.
NAMED: dict[str, tuple[object, Turns]] = {
    "assemblyai": (
        {
            "text": "How so? I write.",
            "words": [],
            "utterances": [
                {"speaker": "A", "start": 1000, "end": 2000, "text": "How so?"},
                {"speaker": "B", "start": 2500, "end": 3500, "text": "I write."},
            ],
        },
        [("Speaker A", 1.0, 2.0, "How so?"), ("Speaker B", 2.5, 3.5, "I write.")],
    ),
    "deepgram": (
        {
            "results": {
                "channels": [
                    {
                        "alternatives": [
                            {
                                "transcript": "how so i write",
                                "words": [
                                    word("how", 1.0, 1.5, punctuated_word="How", speaker=0),
                                    word("so", 1.5, 2.0, punctuated_word="so?", speaker=0),
                                    word("i", 2.5, 3.0, punctuated_word="I", speaker=1),
                                    word("write", 3.0, 3.5, punctuated_word="write.", speaker=1),
                                ],
                            }
                        ]
                    }
                ],
                "utterances": [{"transcript": "How so? I", "speaker": 0, "start": 1.0, "end": 3.0}],
            }
        },
        TWO_SPEAKERS,
    ),
    "aws-transcribe": (
        {
            "results": {
                "transcripts": [{"transcript": "How so? I write."}],
                "speaker_labels": {
                    "segments": [
                        {
                            "items": [
                                {"start_time": "1.0", "speaker_label": "spk_0"},
                                {"start_time": "1.5", "speaker_label": "spk_0"},
                            ]
                        },
                        {"speaker_label": "", "items": []},
                        {
                            "items": [
                                {"start_time": "2.5", "speaker_label": "spk_1"},
                                {"start_time": "3.0", "speaker_label": "spk_1"},
                            ]
                        },
                    ]
                },
                "items": [
                    {
                        "start_time": "1.0",
                        "end_time": "1.5",
                        "type": "pronunciation",
                        "alternatives": [{"content": "How"}],
                    },
                    {
                        "start_time": "1.5",
                        "end_time": "2.0",
                        "type": "pronunciation",
                        "alternatives": [{"content": "so"}],
                    },
                    {"type": "punctuation", "alternatives": [{"content": "?"}]},
                    {
                        "start_time": "2.5",
                        "end_time": "3.0",
                        "type": "pronunciation",
                        "alternatives": [{"content": "I"}],
                    },
                    {
                        "start_time": "3.0",
                        "end_time": "3.5",
                        "type": "pronunciation",
                        "alternatives": [{"content": "write"}],
                    },
                    {"type": "punctuation", "alternatives": [{"content": "."}]},
                ],
            }
        },
        [("spk_0", 1.0, 2.0, "How so?"), ("spk_1", 2.5, 3.5, "I write.")],
    ),
    "aws-call-analytics": (
        {
            "Transcript": [
                {"ParticipantRole": "AGENT", "Content": "How so?", "BeginOffsetMillis": 1000, "EndOffsetMillis": 2000},
                {
                    "ParticipantRole": "CUSTOMER",
                    "Content": "I write.",
                    "BeginOffsetMillis": 2500,
                    "EndOffsetMillis": 3500,
                },
            ]
        },
        [("AGENT", 1.0, 2.0, "How so?"), ("CUSTOMER", 2.5, 3.5, "I write.")],
    ),
    "ibm-watson": (
        {
            "results": [
                {"alternatives": [{"transcript": "how so ", "timestamps": [["how", 1.0, 1.5], ["so", 1.5, 2.0]]}]},
                {"alternatives": [{"timestamps": [["%HESITATION", 2.2, 2.4], ["I", 2.5, 3.0], ["write", 3.0, 3.5]]}]},
            ],
            "speaker_labels": [
                {"from": 1.0, "to": 1.5, "speaker": 0},
                {"from": 1.5, "to": 2.0, "speaker": 0},
                {"from": 2.5, "to": 3.0, "speaker": 1},
                {"from": 3.0, "to": 3.5, "speaker": 1},
            ],
        },
        [("Speaker 0", 1.0, 2.4, "how so"), ("Speaker 1", 2.5, 3.5, "I write")],
    ),
    "speechmatics": (
        {
            "format": "2.9",
            "results": [
                {
                    "type": "word",
                    "start_time": 1.0,
                    "end_time": 1.5,
                    "alternatives": [{"content": "How", "speaker": "S1"}],
                },
                {
                    "type": "word",
                    "start_time": 1.5,
                    "end_time": 2.0,
                    "alternatives": [{"content": "so", "speaker": "S1"}],
                },
                {
                    "type": "punctuation",
                    "attaches_to": "previous",
                    "start_time": 2.0,
                    "end_time": 2.0,
                    "alternatives": [{"content": "?", "speaker": "S1"}],
                },
                {
                    "type": "word",
                    "start_time": 2.5,
                    "end_time": 3.5,
                    "alternatives": [{"content": "Write", "speaker": "S2"}],
                },
            ],
        },
        [("S1", 1.0, 2.0, "How so?"), ("S2", 2.5, 3.5, "Write")],
    ),
    "speechmatics-1": (
        {
            "format": "1.0",
            "speakers": [
                {"name": "F4", "time": "1.0", "duration": "1.0"},
                {"name": "M1", "time": "2.5", "duration": "1.0"},
            ],
            "words": [
                {"name": "How", "time": "1.00", "duration": "0.50"},
                {"name": "so", "time": "1.50", "duration": "0.50"},
                {"name": "?", "time": "2.00", "duration": "0.00"},
                {"name": "Write", "time": "2.50", "duration": "1.00"},
            ],
        },
        [("F4", 1.0, 2.0, "How so?"), ("M1", 2.5, 3.5, "Write")],
    ),
    "google-speech": (
        {
            "results": [
                {
                    "alternatives": [
                        {"transcript": "How so?", "words": [{"word": "How", "startTime": "1s", "endTime": "1.5s"}]}
                    ]
                },
                {
                    "alternatives": [
                        {
                            "transcript": "",
                            "words": [
                                {"word": "How", "startTime": {"seconds": "1"}, "endTime": "1.500s", "speakerTag": 1},
                                {
                                    "word": "so?",
                                    "startTime": {"seconds": "1", "nanos": 500000000},
                                    "endTime": {"seconds": 2},
                                    "speakerTag": 1,
                                },
                                {"word": "Write.", "startTime": "2.500s", "endTime": "3.500s", "speakerTag": 2},
                            ],
                        }
                    ]
                },
            ]
        },
        [("Speaker 1", 1.0, 2.0, "How so?"), ("Speaker 2", 2.5, 3.5, "Write.")],
    ),
    "rev": (
        {
            "speakers": [{"id": 1, "name": "Anna Lee"}],
            "monologues": [
                {
                    "speaker": 0,
                    "elements": [
                        {"type": "text", "value": "How", "ts": 1.0, "end_ts": 1.5},
                        {"type": "punct", "value": " "},
                        {"type": "text", "value": "so", "ts": 1.5, "end_ts": 2.0},
                        {"type": "punct", "value": "?"},
                    ],
                },
                {"speaker": 1, "elements": [{"type": "text", "value": "Write.", "ts": 2.5, "end_ts": 3.5}]},
            ],
        },
        [("Speaker 0", 1.0, 2.0, "How so?"), ("Anna Lee", 2.5, 3.5, "Write.")],
    ),
    "bbc-kaldi": (
        {
            "retval": {
                "words": [
                    {"word": "how", "punct": "How", "start": 1.0, "end": 1.5},
                    {"word": "so", "punct": "so?", "start": 1.5, "end": 2.6},
                    {"word": "write", "punct": "Write.", "start": 2.61, "end": 3.5},
                ],
                "segmentation": {
                    "segments": [
                        {"start": 2.5, "duration": 1.0, "speaker": {"@id": "S1"}},
                        {"start": 0, "duration": 2.5, "speaker": {"@id": "S0"}},
                    ]
                },
            }
        },
        [("S0", 1.0, 2.6, "How so?"), ("S1", 2.61, 3.5, "Write.")],
    ),
    "digital-paper-edit": (
        {
            "words": [
                {"id": 0, "start": 1.0, "end": 1.5, "text": "How"},
                {"id": 1, "start": 1.5, "end": 2.0, "text": "so?"},
                {"id": 2, "start": 2.5, "end": 3.5, "text": "Write."},
            ],
            "paragraphs": [
                {"id": 0, "start": 1.0, "end": 2.0, "speaker": "Anna"},
                {"id": 1, "start": 2.5, "end": 3.5, "speaker": "U_UKN"},
            ],
        },
        [("Anna", 1.0, 2.0, "How so?"), (None, 2.5, 3.5, "Write.")],
    ),
    "autoedit2": (
        {
            "text": [
                {
                    "speaker": "Anna",
                    "paragraph": [
                        {
                            "line": [
                                {"text": "How", "startTime": 1.0, "endTime": 1.5},
                                {"text": "so?", "startTime": 1.5, "endTime": 2.0},
                            ]
                        }
                    ],
                },
                {"speaker": "Bo", "paragraph": [{"line": [{"text": "Write.", "startTime": 2.5, "endTime": 3.5}]}]},
            ]
        },
        [("Anna", 1.0, 2.0, "How so?"), ("Bo", 2.5, 3.5, "Write.")],
    ),
    "elevenlabs": (
        {
            "text": "How so? Write.",
            "words": [
                word("How", 1.0, 1.5, type="word", speaker_id="speaker_0"),
                word(" ", 1.5, 1.5, type="spacing", speaker_id="speaker_0"),
                word("so?", 1.5, 2.0, type="word", speaker_id="speaker_0"),
                word("Write.", 2.5, 3.5, type="word", speaker_id="speaker_1"),
            ],
        },
        [("speaker_0", 1.0, 2.0, "How so?"), ("speaker_1", 2.5, 3.5, "Write.")],
    ),
    "azure-speech": (
        {
            "recognizedPhrases": [
                {"speaker": 2, "offset": "PT2.5S", "duration": "PT1S", "nBest": [{"display": "Write."}]},
                {
                    "speaker": 1,
                    "offsetInTicks": 10000000,
                    "durationInTicks": 10000000,
                    "nBest": [{"display": "How so?"}],
                },
            ]
        },
        [("Speaker 1", 1.0, 2.0, "How so?"), ("Speaker 2", 2.5, 3.5, "Write.")],
    ),
    "whisper": (
        {
            "segments": [
                {"start": 1.0, "end": 2.0, "text": " How so?", "speaker": "SPEAKER_00"},
                {"start": 2.5, "end": 3.5, "text": " Write.", "speaker": "SPEAKER_01"},
            ]
        },
        [("SPEAKER_00", 1.0, 2.0, "How so?"), ("SPEAKER_01", 2.5, 3.5, "Write.")],
    ),
    "whisper-cpp": (
        {
            "transcription": [
                {"offsets": {"from": 1000, "to": 2000}, "text": " How so?", "speaker": "0"},
                {"offsets": {"from": 2500, "to": 3500}, "text": " Write.", "speaker": "1"},
            ]
        },
        [("Speaker 0", 1.0, 2.0, "How so?"), ("Speaker 1", 2.5, 3.5, "Write.")],
    ),
}


@pytest.mark.parametrize("tool", NAMED)
def test_each_tool_is_told_by_its_keys_and_gives_speakers_and_seconds(tool: str) -> None:
    shape, expected = NAMED[tool]
    draft = read_one(shape)
    assert draft.format == f"{tool}-json"
    assert [(t.speaker, t.start, t.end, t.text) for t in draft.turns] == expected


def test_words_without_speakers_become_cues_at_sentences_and_long_pauses() -> None:
    words = [word("I", 0, 500), word("write.", 500, 900), word("Then", 1000, 1200), word("shop", 9000, 9900)]
    draft = read_one({"text": "...", "words": words, "utterances": None})
    assert [(t.speaker, t.text, t.is_cue) for t in draft.turns] == [
        (None, "I write.", True),
        (None, "Then", True),
        (None, "shop", True),
    ]


def test_two_channels_without_speakers_are_two_speakers_in_the_order_of_time() -> None:
    channels = [[word("How?", 1.0, 2.0), word("Ok.", 5.0, 6.0)], [word("Well.", 3.0, 4.0)]]
    shape = {"results": {"channels": [{"alternatives": [{"transcript": "", "words": words}]} for words in channels]}}
    assert [(t.speaker, t.text) for t in read_one(shape).turns] == [
        ("Channel 0", "How?"),
        ("Channel 1", "Well."),
        ("Channel 0", "Ok."),
    ]


def test_whisperx_speakers_on_words_count_before_those_of_segments() -> None:
    words = [word("How?", 1.0, 2.0, speaker="SPEAKER_00"), word("Well.", 2.0, 3.0, speaker="SPEAKER_01")]
    draft = read_one(
        {"segments": [{"start": 1.0, "end": 3.0, "text": "How? Well.", "speaker": "SPEAKER_00", "words": words}]}
    )
    assert [(t.speaker, t.text) for t in draft.turns] == [("SPEAKER_00", "How?"), ("SPEAKER_01", "Well.")]


@pytest.mark.parametrize(
    "shape",
    [
        [{"speaker": "Anna", "text": "I write.", "start": 2.5, "end": 3.5}],
        {
            "title": "Talk",
            "turns": [{"speaker": {"name": "Anna"}, "content": "I\nwrite.", "startTime": "00:02.5", "endTime": 3.5}],
        },
        {"meeting": {"id": 7, "transcript": [{"name": "Anna", "text": "I write.", "start_ms": 2500, "end_ms": 3500}]}},
        {"transcription": {"utterances": [{"speaker": "Anna", "text": "I write.", "start": 2500, "end": 3500}]}},
    ],
)
def test_a_list_of_speakers_and_texts_is_read_wherever_it_stands(shape: object) -> None:
    assert [(t.speaker, t.start, t.end, t.text) for t in read_one(shape).turns] == [("Anna", 2.5, 3.5, "I write.")]


def test_a_chat_is_read_and_its_dates_are_no_times() -> None:
    draft = read_one({"messages": [{"role": "assistant", "content": "How?", "timestamp": "2026-01-02T10:00:00Z"}]})
    assert [(t.speaker, t.start, t.text) for t in draft.turns] == [("assistant", None, "How?")]


def test_a_bare_text_is_read_as_plain_text_is() -> None:
    draft = read_one({"text": "Mod: How?\nAnna: I write.\nMod: And?\nAnna: I shop."})
    assert [t.speaker for t in draft.turns] == ["Mod", "Anna", "Mod", "Anna"]


def test_half_a_surrogate_pair_is_replaced_so_that_the_text_can_be_written() -> None:
    [draft] = speech_json.read(b'[{"speaker": "A", "text": "I \\ud83d write."}]', name="a.json")
    assert draft.turns[0].text.encode("utf-8")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{"segments": [{"text": "Hi", "start": 0.0', "line 1: the JSON is cut off"),
        (b'{"a": 1,\n "b": oops}', "line 2: no valid JSON"),
        (b'{"segments": [{"text": 5, "start": 0}]}', r"segments\[0\]\.text: a text is expected"),
        (b'{"segments": [{"text": "Hi", "start": "soon"}]}', r"segments\[0\]\.start: str is not a time"),
        (b'{"monologues": [{"elements": 3}]}', r"monologues\[0\]\.elements: a list is expected"),
        (b'{"segments": [{"text": " ", "start": 0}]}', "holds no words"),
        (b"[" * 100_000, "nested too deeply|no valid JSON|cut off"),
        (b'{"a": ' * 100_000, "nested too deeply|no valid JSON|cut off"),
    ],
)
def test_json_that_is_broken_is_one_clear_error(content: bytes, fault: str) -> None:
    with pytest.raises(MalformedTranscriptError, match=fault):
        speech_json.read(content, name="a.json")


def test_json_of_another_kind_is_unsupported_so_that_a_folder_may_hold_it() -> None:
    with pytest.raises(UnsupportedFormatError, match=r"known are jtbd-transcript/1, Deepgram, .*Whisper"):
        speech_json.read(b'{"a": {"b": 1}}', name="settings.json")


def test_json_in_a_wrong_encoding_is_one_clear_error() -> None:
    with pytest.raises(UndecodableTextError, match="byte 12"):
        speech_json.read(b'[{"text": "\xe4\xff"}]'.replace(b"[{", b"[{ "), name="a.json")


def test_a_list_of_another_file_s_paragraphs_is_no_transcript() -> None:
    with pytest.raises(UnsupportedFormatError, match="paragraphs of another file"):
        speech_json.read(b'{"platform": "teams", "paragraphs": ["Anna  0:04", "I write."]}', name="a.json")


def test_json_in_utf_16_is_read() -> None:
    content = '[{"speaker": "Zoë", "text": "I write."}]'.encode("utf-16")
    assert speech_json.recognises(content, name="a.json")
    assert speech_json.read(content, name="a.json")[0].turns[0].speaker == "Zoë"


@pytest.mark.parametrize("content", [b"[00:03] Anna: I write.", b"Anna: {sic}", b"", b"[Music]", b"WEBVTT"])
def test_text_is_not_taken_for_json(content: bytes) -> None:
    assert not speech_json.recognises(content, name="a.txt")
