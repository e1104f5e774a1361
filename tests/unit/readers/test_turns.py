"""Drafts to transcripts: what is joined, what stays exactly as it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.domain import Evidence, Kind, Role, Span
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import read_bytes
from jtbd_nlp.readers.drafts import Draft, DraftTurn
from jtbd_nlp.readers.turns import joined_turns, transcript_of


def _cue(text: str, start: float | None = None, end: float | None = None, speaker: str | None = None) -> DraftTurn:
    return DraftTurn(text, speaker, start, end, is_cue=True)


def test_cues_of_one_speaker_become_one_turn() -> None:
    turns, warnings = joined_turns([_cue("I take", 1, 2, "B"), _cue("the bus.", 2, 3, "B"), _cue("Why?", 3, 4, "A")])
    assert [(t.speaker, t.start, t.end, t.text) for t in turns] == [("B", 1, 3, "I take the bus."), ("A", 3, 4, "Why?")]
    assert warnings == []


def test_whole_turns_of_one_speaker_stay_apart() -> None:
    turns, _ = joined_turns([DraftTurn("One.", "B"), DraftTurn("Two.", "B")])
    assert [t.text for t in turns] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        ([_cue("I take", 0, 1), _cue("the bus.", 1, 2), _cue("It is fast.", 2, 3)], ["I take the bus. It is fast."]),
        ([_cue("I go.", 0, 1), _cue("It is late.", 2.5, 3)], ["I go.", "It is late."]),
        ([_cue("I take", 0, 1), _cue("the bus.", 2.5, 3)], ["I take the bus."]),
        ([_cue("I take", 0, 1), _cue("the bus.", 9, 10)], ["I take", "the bus."]),
        ([_cue("I go. Do you?", 0, 1), _cue("I do.", 1, 2)], ["I go. Do you?", "I do."]),
        ([_cue("word " * 79 + "end."), _cue("more.")], ["word " * 79 + "end.", "more."]),
    ],
)
def test_cues_without_speakers_end_with_sentences_pauses_and_length(cues: list[DraftTurn], expected: list[str]) -> None:
    turns, _ = joined_turns(cues)
    assert [t.text for t in turns] == expected


def test_speech_without_full_stops_is_cut_by_length() -> None:
    turns, _ = joined_turns([_cue("and then we go on and on", i, i + 1) for i in range(40)])
    assert 2 <= len(turns) <= 6
    assert sum(len(t.text.split()) for t in turns) == 280


def test_a_canonical_transcript_keeps_turns_and_texts_exactly() -> None:
    turns = [
        {
            "index": 0,
            "speaker": "B",
            "role": "participant",
            "start": 0.123456,
            "end": None,
            "text": "I  take\nthe bus. ",
        },
        {"index": 1, "speaker": "B", "role": "participant", "start": None, "end": None, "text": ""},
        {"index": 2, "speaker": "A", "role": "other", "start": None, "end": None, "text": "Why?"},
    ]
    canonical = {
        "schema": "jtbd-transcript/1",
        "id": "p7",
        "title": "T",
        "source": "S",
        "kind": "notes",
        "turns": turns,
    }
    (transcript,) = read_bytes(json.dumps(canonical).encode(), name="other-name.json", kind=Kind.INTERVIEW)
    assert transcript.document() == canonical
    assert transcript.warnings == ()


def test_what_is_written_reads_back_equal() -> None:
    (first,) = read_bytes("Ann: Où?\nBob: Là-bas.\nAnn: Ah?\nBob: Oui.\n".encode(), name="p1.txt")
    (again,) = read_bytes(first.canonical_bytes(), name="p1.json")
    assert again.sha256 == first.sha256


def test_id_and_source_come_from_the_file_name() -> None:
    (transcript,) = read_bytes(b"Ann: Why?\nBob: So.\nAnn: Oh?\nBob: Yes.", name="folder/p07.final.txt")
    assert (transcript.id, transcript.title, transcript.source) == ("p07.final", "p07.final", "p07.final.txt")


def test_a_draft_without_turns_is_malformed() -> None:
    with pytest.raises(MalformedTranscriptError, match="no turns"):
        transcript_of(Draft([], "x"), stem="p1", source="p1.txt")


@given(
    st.lists(
        st.builds(
            DraftTurn,
            st.text(min_size=1),
            st.sampled_from(["Ann", "Bob"]),
            is_cue=st.booleans(),
        ),
        min_size=1,
    )
)
def test_joining_loses_no_character_but_adds_spaces(turns: list[DraftTurn]) -> None:
    spoken = [t.text for t in turns if t.text.strip()]
    joined, _ = joined_turns(turns)
    assert "".join("".join(t.text for t in joined).split()) == "".join("".join(spoken).split())


@given(st.lists(st.text(min_size=1).filter(lambda s: s.strip() != ""), min_size=1, max_size=5))
def test_turns_are_numbered_and_can_be_quoted(texts: list[str]) -> None:
    transcript = transcript_of(Draft([DraftTurn(t, "Ann") for t in texts], "x"), stem="p1", source="p1.txt")
    assert [t.index for t in transcript.turns] == list(range(len(texts)))
    for turn in transcript.turns:
        assert Evidence.of(transcript, Span(turn.index, 0, len(turn.text))).quote == turn.text
        assert isinstance(turn.role, Role)
