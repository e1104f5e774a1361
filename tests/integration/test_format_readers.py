"""Every export of the collection of formats, against what was seen in it by eye.

The numbers are of drafts, before cues are joined. The collection lies beside the project and is no part of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from jtbd_nlp.errors import TranscriptError, UnsupportedFormatError
from jtbd_nlp.readers import odt, reader_of, speech_json, tables, word
from jtbd_nlp.readers.drafts import Draft
from tests.container_files import docx_bytes

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
FORMATS = SHARED / "formats"
CSVS = SHARED / "corpus" / "ai-interviews"
pytestmark = pytest.mark.skipif(not FORMATS.is_dir(), reason=f"{FORMATS} is not there")


@dataclass(frozen=True)
class Export:
    """One file: its reader, format, speakers in order, turns, the first words, and the last time in seconds."""

    reader: object
    format: str
    speakers: tuple[str | None, ...]
    n_turns: int
    first_words: str
    last_time: float | None


E = Export
EXPORTS = {
    "assemblyai_transcription.json": E(
        speech_json, "assemblyai-json", ("Speaker A",), 1, "Yeah. As much as it's", 25.14
    ),
    "assemblyai_utterances.json": E(speech_json, "assemblyai-json", ("Speaker A",), 1, "Yeah. As much as it's", 25.14),
    "autoedit2.json": E(speech_json, "autoedit2-json", (None,), 139, "There is a day.", 704.33),
    "aws-transcribe-call.docx": E(
        word, "aws-transcribe-docx", ("Agent", "Customer"), 37, "Thank you for calling", 182.84
    ),
    "aws-transcribe-call.json": E(
        speech_json, "aws-call-analytics-json", ("AGENT", "CUSTOMER"), 37, "Thank you for calling", 182.89
    ),
    "aws-transcribe-media.json": E(
        speech_json, "aws-transcribe-json", ("spk_0", "spk_1"), 8, "Today the devastation of Cyclone", 301.363
    ),
    "bbc-kaldi-speakers.json": E(
        speech_json, "bbc-kaldi-json", ("S12", "S10"), 10, "There is a day. About ten", 704.34
    ),
    "dg_speakers.json": E(
        speech_json,
        "deepgram-json",
        ("Speaker 0", "Speaker 1", "Speaker 2"),
        10,
        "And, Jessica, Christina, we",
        163.105,
    ),
    "dg_transcription.json": E(speech_json, "deepgram-json", (None,), 2, "Yeah.", 25.439999),
    "dg_utterances.json": E(speech_json, "deepgram-json", (None,), 6, "Yeah. As as much as,", 25.439999),
    "dg_whisper_transcription.json": E(speech_json, "deepgram-json", (None,), 1, "yeah as much as it's", 25.56),
    "digital-paper-edit.json": E(
        speech_json, "digital-paper-edit-json", ("F_S12", "F_S10"), 22, "There is a day. About ten", 701.37
    ),
    "google-stt-diarization.json": E(
        speech_json, "google-speech-json", ("Speaker 2", "Speaker 1"), 3, "There was a day about 10", 706.0
    ),
    "ibm-watson.json": E(speech_json, "ibm-watson-json", ("Speaker 1",), 1, "there is a day about ten", 705.94),
    "qualcoder-id1.docx": E(word, "docx", (None,), 3, "I really like learning new things.", None),
    "qualcoder-id2.odt": E(odt, "odt", (None,), 3, "I have not studied much before,", None),
    "speechmatics.json": E(
        speech_json, "speechmatics-1-json", ("F4", "F3", "F2"), 11, "There was a day about 10", 705.95
    ),
    "turnchunk-rev.json": E(speech_json, "rev-json", ("Speaker 0", "Speaker 1"), 2, "The contract.", 2.9),
    "whisper-goodboy.json": E(speech_json, "whisper-json", (None,), 753, "Hello everyone and welcome to", 3125.56),
    "whisper-goodboy.tsv": E(tables, "whisper-tsv", (None,), 753, "Hello everyone and welcome to", 3125.56),
    "whisper-keitai.json": E(speech_json, "whisper-json", (None,), 762, "hello everyone and welcome to", 5436.64),
}


def read_one(name: str) -> Draft:
    content = (FORMATS / name).read_bytes()
    [draft] = reader_of(content, name=name).read(content, name=name)
    return draft


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_read_as_it_was_seen_by_eye(name: str) -> None:
    expected = EXPORTS[name]
    assert reader_of((FORMATS / name).read_bytes(), name=name) is expected.reader
    draft = read_one(name)
    assert draft.format == expected.format
    assert tuple(dict.fromkeys(turn.speaker for turn in draft.turns)) == expected.speakers
    assert len(draft.turns) == expected.n_turns
    assert draft.turns[0].text.startswith(expected.first_words)
    assert (draft.turns[-1].end or draft.turns[-1].start) == expected.last_time


@pytest.mark.parametrize("name", EXPORTS)
def test_times_never_run_backwards_by_more_than_people_talk_over_each_other(name: str) -> None:
    starts = [turn.start for turn in read_one(name).turns if turn.start is not None]
    assert all(later > earlier - 10 for earlier, later in pairwise(starts))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("aws-transcribe-media.json", lambda j: j["results"]["transcripts"][0]["transcript"]),
        ("bbc-kaldi-speakers.json", lambda j: " ".join(w["punct"] for w in j["retval"]["words"])),
        (
            "google-stt-diarization.json",
            lambda j: " ".join(w["word"] for w in j["results"][-1]["alternatives"][0]["words"]),
        ),
        ("ibm-watson.json", lambda j: " ".join(r["alternatives"][0]["transcript"] for r in j["results"][0]["results"])),
        ("digital-paper-edit.json", lambda j: " ".join(w["text"] for w in j["words"])),
        ("dg_speakers.json", lambda j: " ".join(u["transcript"] for u in j["results"]["utterances"])),
        ("whisper-goodboy.json", lambda j: " ".join(s["text"] for s in j["segments"])),
    ],
)
def test_no_word_of_a_recording_is_lost_or_doubled(name: str, words: object) -> None:
    expected = words(json.loads((FORMATS / name).read_text()))  # type: ignore[operator]
    read = " ".join(turn.text for turn in read_one(name).turns)
    assert read.replace("%HESITATION", "").split() == expected.replace("%HESITATION", "").split()


def test_amazon_s_word_file_says_what_its_json_says() -> None:
    of_word, of_json = read_one("aws-transcribe-call.docx").turns, read_one("aws-transcribe-call.json").turns
    assert [(t.speaker or "").upper() for t in of_word] == [t.speaker for t in of_json]
    assert [t.text for t in of_word] == [t.text for t in of_json]
    assert all(abs((a.start or 0) - (b.start or 0)) < 0.011 for a, b in zip(of_word, of_json, strict=True))


@pytest.mark.parametrize("name", ["gmeet-docx-specimen.json", "teams-docx-specimen.json"])
def test_the_paragraphs_of_a_meeting_s_word_file_give_its_one_turn(name: str) -> None:
    specimen = json.loads((FORMATS / name).read_text())
    expected = specimen["expected"]
    [draft] = word.read(docx_bytes(*specimen["paragraphs"]), name="a.docx")
    assert len(draft.turns) == expected["segment_count"]
    assert (draft.turns[0].speaker, draft.turns[0].start) == (expected["speaker_label"], expected["start_time"])
    assert draft.turns[0].text.startswith(expected.get("text_starts_with", "Okay. Talking"))


@pytest.mark.parametrize("name", ["gmeet-docx-specimen.json", "teams-docx-specimen.json"])
def test_the_specimens_themselves_are_no_transcripts(name: str) -> None:
    content = (FORMATS / name).read_bytes()
    with pytest.raises(UnsupportedFormatError):
        reader_of(content, name=name).read(content, name=name)


@pytest.mark.parametrize("name", ["atlasti-blank.qdpx", "atlasti-target.qdpx"])
def test_projects_of_analysis_programs_are_not_read_yet(name: str) -> None:
    content = (FORMATS / name).read_bytes()
    with pytest.raises(TranscriptError):
        reader_of(content, name=name).read(content, name=name)


@pytest.mark.skipif(not CSVS.is_dir(), reason=f"{CSVS} is not there")
@pytest.mark.parametrize(
    ("name", "n_interviews", "first_id", "last_id"),
    [
        ("creatives.csv", 125, "creativity_0000", "creativity_0124"),
        ("scientists.csv", 125, "science_0000", "science_0124"),
        ("workforce.csv", 1000, "work_0000", "work_0999"),
    ],
)
def test_tables_of_interviews_are_one_draft_a_row(name: str, n_interviews: int, first_id: str, last_id: str) -> None:
    content = (CSVS / name).read_bytes()
    drafts = reader_of(content, name=name).read(content, name=name)
    assert len(drafts) == n_interviews
    assert (drafts[0].id, drafts[-1].id) == (first_id, last_id)
    assert all({"AI", "User"} <= {turn.speaker for turn in draft.turns} for draft in drafts)
    assert min(len(draft.turns) for draft in drafts) >= 10
