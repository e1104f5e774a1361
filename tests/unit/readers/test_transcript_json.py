from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.domain import TRANSCRIPT_SCHEMA, Kind, Role, Transcript, Turn
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import speech_json, transcript_json


def written(**changes: object) -> bytes:
    turn = {"index": 0, "speaker": "Anna", "role": "participant", "start": 0.0, "end": 4, "text": " I  write.\n"}
    return json.dumps(
        {"schema": TRANSCRIPT_SCHEMA, "id": "p1", "title": "T", "source": "S", "turns": [turn], **changes}
    ).encode()


def test_turns_texts_and_numbers_are_kept_exactly() -> None:
    [draft] = transcript_json.read(written(kind="notes"), name="a.json")
    assert draft.is_canonical
    assert (draft.id, draft.title, draft.source, draft.kind, draft.format) == (
        "p1",
        "T",
        "S",
        Kind.NOTES,
        TRANSCRIPT_SCHEMA,
    )
    [turn] = draft.turns
    assert (turn.speaker, turn.role, turn.start, turn.end, turn.text) == (
        "Anna",
        Role.PARTICIPANT,
        0.0,
        4,
        " I  write.\n",
    )
    assert not turn.is_cue


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
times = st.none() | st.floats(min_value=0, max_value=1e5)


@given(st.lists(st.tuples(texts, texts, st.sampled_from(Role), times), min_size=1, max_size=6))
def test_what_the_program_writes_it_reads_back(rows: list[tuple[str, str, Role, float | None]]) -> None:
    turns = tuple(Turn(i, speaker, role, text, start, start) for i, (speaker, text, role, start) in enumerate(rows))
    transcript = Transcript(id="p1", title="T", source="S", turns=turns)
    content = transcript.canonical_bytes()
    assert transcript_json.recognises(content, name="x")
    assert not speech_json.recognises(content, name="x")
    [draft] = transcript_json.read(content, name="x")
    assert [(t.speaker, t.role, t.text, t.start, t.end) for t in draft.turns] == [
        (t.speaker, t.role, t.text, t.start, t.end) for t in turns
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"schema": "jtbd-transcript/9"}, r"schema: 'jtbd-transcript/9', but jtbd-transcript/1 is what is read"),
        ({"turns": []}, "turns: there are none"),
        ({"turns": None}, "turns: a list is expected here"),
        ({"turns": ["Anna"]}, "turn 0: an object is expected"),
        ({"turns": [{"text": "a"}, {"text": 5}]}, "turn 1: text: a string is expected"),
        ({"turns": [{"text": "a"}, {"index": 7, "text": "b"}]}, "turn 1: its index is 7"),
        ({"turns": [{"text": "a", "role": "host"}]}, "turn 0: role: 'host' is none of interviewer, participant, other"),
        ({"turns": [{"text": "a", "start": "0:04"}]}, "turn 0: start: seconds or null"),
        ({"turns": [{"text": "a", "end": -1}]}, "turn 0: end: seconds or null"),
        ({"turns": [{"text": "a", "start": 5, "end": 4}]}, r"turn 0: ends before it starts \(4 < 5\)"),
        ({"turns": [{"text": "a \ud800"}]}, "turn 0: text: character 2 is half of a surrogate pair"),
        ({"kind": "poem"}, "kind: 'poem' is none of interview, notes"),
        ({"id": 7}, "id: a string is expected"),
    ],
)
def test_a_field_against_the_format_is_named_with_its_turn(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(MalformedTranscriptError, match=fault):
        transcript_json.read(written(**changes), name="a.json")


def test_a_file_that_is_cut_off_names_the_line() -> None:
    with pytest.raises(MalformedTranscriptError, match="line 1: the JSON is cut off"):
        transcript_json.read(written()[:-20], name="a.json")
