"""The readers on real interviews: every file of the corpus, its turns, its speakers and what each of them is.

Numbers of turns were first taken from the reader and then checked against counts of label lines (grep), of question
headings, and, for captions, of runs of one label; those of the notes against the files, read by eye. Roles were set
from reading the files. The weights in `roles.py` were learned from transcripts that include excerpts of these files, so
the table guards against regressions; it does not measure how roles fare on interviews never seen.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from jtbd_nlp.domain import Kind, Role, Transcript
from jtbd_nlp.readers import read_bytes
from jtbd_nlp.readers.intake import read_paths

SHARED: Final = Path(__file__).resolve().parents[2].parent / "shared"
CORPUS: Final = SHARED / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not beside the project")

ASKS, TAKES_PART, ASIDE = Role.INTERVIEWER, Role.PARTICIPANT, Role.OTHER
CHAT: Final = {"AI": ASKS, "User": TAKES_PART}
WRITTEN: Final = {"Interviewer": ASKS, "Participant": TAKES_PART}
VA: Final = {"Moderator": ASKS, "Participant": TAKES_PART}

# file: number of turns, role of every speaker
LABELLED: Final[Mapping[str, tuple[int, Mapping[str, Role]]]] = {
    "fossrit-donald-1.md": (114, {"MEL": ASKS, "DONALD": TAKES_PART, "MIRABAI": ASIDE}),
    "fossrit-ernest-1.md": (100, {"MEL": ASKS, "ERNEST": TAKES_PART, "MIRABAI": ASIDE}),
    "fossrit-nick-1.md": (40, {"MEL": ASKS, "NICK": TAKES_PART}),
    "fossrit-jackie-1.md": (75, {"MEL": ASKS, "JACKIE": TAKES_PART}),
    "fossrit-naomi-1.md": (84, {"MEL": ASKS, "NAOMI": TAKES_PART}),
    "fossrit-terri-1.md": (99, {"MEL": ASKS, "TERRI": TAKES_PART}),
    "hitsave-lantana.md": (60, {"Jonas Rosland": ASKS, "Danny Silvers": TAKES_PART, "Transcription note": ASIDE}),
    "hitsave-getagripchip.md": (
        193,
        {
            "Jonas Rosland": ASKS,
            "Rich McGrath": ASKS,
            "Jon Lawitts": TAKES_PART,
            "Vicky Wei": TAKES_PART,
            "Transcription note": ASIDE,
        },
    ),
    "hitsave-bettyearl.md": (54, {"Jonas Rosland": ASKS, "Matthew Brelsford": TAKES_PART}),
    "hitsave-astravia.md": (123, {"Jonas Rosland": ASKS, "Jaiden Alemni": TAKES_PART}),
    "hitsave-qcubed.md": (53, {"Jonas Rosland": ASKS, "Carolyn Lu": TAKES_PART}),
    "haskell-sperber-40.md": (
        82,
        {"Andres Löh": ASKS, "Matthias Pall Gissurarson": ASKS, "Mike Sperber": TAKES_PART, "Narrator": ASIDE},
    ),
    "haskell-kerckhove-50.md": (
        154,
        {"Matthías Páll Gissurarson": ASKS, "Niki Vazou": ASKS, "Tom Sydney Kerckhove": TAKES_PART, "Narrator": ASIDE},
    ),
    "haskell-ellis-60.md": (
        92,
        {"Matthías Páll Gissurarson": ASKS, "Niki Vazou": ASKS, "Tom Ellis": TAKES_PART, "Narrator": ASIDE},
    ),
    "mattress-walker.md": (94, {"INTERVIEWER": ASKS, "WALKER": TAKES_PART}),
    "va-debt-p02.md": (58, VA),
    "va-debt-p06.md": (87, VA),
    "va-debt-p09.md": (74, VA),
    "uses-kevin-meredith.md": (8, WRITTEN),
    "uses-noah-kalina.md": (8, WRITTEN),
    "uses-merkley.md": (8, WRITTEN),
    "uses-jack-toibin.md": (8, WRITTEN),
    "aiint-teacher-00850.md": (25, CHAT),
    "aiint-teacher-00306.md": (25, CHAT),
    "aiint-teacher-00931.md": (31, CHAT),
    "aiint-teacher-00532.md": (29, CHAT),
    "aiint-teacher-00435.md": (25, CHAT),
    "aiint-accountant-00926.md": (25, CHAT),
    "aiint-accountant-00928.md": (27, CHAT),
    "aiint-accountant-00263.md": (21, CHAT),
    "aiint-accountant-01070.md": (25, CHAT),
    "aiint-nurse-00254.md": (31, CHAT),
    "aiint-nurse-00308.md": (23, CHAT),
    "aiint-nurse-00442.md": (23, CHAT),
    "aiint-realestate-00785.md": (27, CHAT),
    "aiint-realestate-00996.md": (29, CHAT),
    "aiint-realestate-00481.md": (21, CHAT),
}
# file: number of sections or questions that stand apart from what the participant says
NOTES: Final = {"foster-amy.md": 15, "foster-stephanie.md": 14, "foster-roquel.md": 5, "foster-rachel.md": 7}
UNLABELLED: Final = (
    "hitsave-goodboy.vtt",
    "talkpy-astronomy-081.vtt",
    "talkpy-climate-134.vtt",
    "talkpy-brain-164.txt",
)


@cache
def _read(name: str, folder: Path = CORPUS) -> Transcript:
    (transcript,) = read_bytes((folder / name).read_bytes(), name=name)
    return transcript


def _index() -> dict[str, dict[str, str]]:
    with (CORPUS / "INDEX.tsv").open(encoding="utf-8") as file:
        return {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def test_every_file_of_the_corpus_is_in_a_table() -> None:
    assert sorted([*LABELLED, *NOTES, *UNLABELLED]) == sorted(_index())


@pytest.mark.parametrize("name", LABELLED)
def test_every_speaker_of_a_labelled_file_has_the_role(name: str) -> None:
    n_turns, roles = LABELLED[name]
    transcript = _read(name)
    assert {(t.speaker, t.role) for t in transcript.turns} == set(roles.items())
    assert len(transcript.turns) == n_turns
    assert transcript.kind is Kind.INTERVIEW


@pytest.mark.parametrize("name", LABELLED)
def test_as_many_people_talk_as_the_index_says(name: str) -> None:
    people = {t.speaker for t in _read(name).turns if t.role is not Role.OTHER}
    n_written = 1 if name.startswith("uses-") else 0  # the index counts the person who answers in writing only
    assert len(people) - n_written == int(_index()[name]["speakers"])


@pytest.mark.parametrize("name", [n for n in LABELLED if not n.startswith(("uses-", "va-debt-"))])
def test_the_words_of_a_turn_stand_in_the_file_as_they_are(name: str) -> None:
    source = _letters((CORPUS / name).read_text(encoding="utf-8"))
    at = 0
    for turn in _read(name).turns:
        found = source.find(_letters(turn.text), at)
        assert found >= at, f"turn {turn.index}"
        at = found + len(_letters(turn.text))


@pytest.mark.parametrize("name", [n for n in [*LABELLED, *NOTES] if not n.startswith("uses-")])
def test_hardly_a_word_is_lost(name: str) -> None:
    n_said = int(_index()[name]["words"])
    share = 0.80 if name.startswith("va-debt-") else 0.85 if name in NOTES else 0.92
    assert _read(name).n_words >= share * n_said


@pytest.mark.parametrize("name", NOTES)
def test_field_notes_are_notes_of_one_person(name: str) -> None:
    transcript = _read(name)
    assert transcript.kind is Kind.NOTES
    assert transcript.participants == ("Participant",)
    assert sum(t.role is not Role.PARTICIPANT for t in transcript.turns) == NOTES[name]


@pytest.mark.parametrize("name", UNLABELLED)
def test_unlabelled_captions_become_turns_and_say_what_was_guessed(name: str) -> None:
    transcript = _read(name)
    assert 100 < len(transcript.turns) < 300
    assert len(transcript.participants) == 1
    assert any("guessed" in w for w in transcript.warnings)
    assert any("joined" in w for w in transcript.warnings)
    starts = [t.start for t in transcript.turns if t.start is not None]
    assert len(starts) == len(transcript.turns)
    assert starts == sorted(starts)
    ends_sentence = sum(t.text.rstrip("\"'”’)").endswith((".", "?", "!", "…")) for t in transcript.turns)
    assert ends_sentence >= 0.97 * len(transcript.turns)


@pytest.mark.parametrize("ending", ["srt", "lrc", "vtt", "tsv", "txt", "json"])
def test_one_recogniser_gives_the_same_words_in_every_format(ending: str) -> None:
    expected = _read("hitsave-goodboy.vtt")
    transcript = _read(f"whisper-goodboy.{ending}", SHARED / "formats")
    words = _letters(" ".join(t.text for t in transcript.turns))
    assert words == _letters(" ".join(t.text for t in expected.turns))


@pytest.mark.parametrize(
    ("name", "n_turns", "roles"),
    [
        ("otter-export.txt", 92, {"Sara Mannheimer": ASKS, "BSR03": TAKES_PART}),
        ("qualcoder-focusgroup.txt", 7, {"id1": TAKES_PART, "id2": TAKES_PART, "id3": TAKES_PART}),
    ],
)
def test_exports_of_tools_are_read(name: str, n_turns: int, roles: Mapping[str, Role]) -> None:
    transcript = _read(name, SHARED / "formats")
    assert {(t.speaker, t.role) for t in transcript.turns} == set(roles.items())
    assert len(transcript.turns) == n_turns


def test_times_of_otter_and_of_bracketed_names_are_seconds() -> None:
    assert [t.start for t in _read("hitsave-lantana.md").turns[:2]] == [0.0, 61.0]
    assert [t.start for t in _read("haskell-sperber-40.md").turns[:3]] == [15.0, 21.0, 22.0]
    assert _read("va-debt-p06.md").turns[0].end == 7.799


@pytest.mark.slow
def test_a_thousand_interviews_of_three_tables_are_read() -> None:
    found = read_paths([CORPUS / "ai-interviews"])
    assert found.failures == ()
    assert len(found.transcripts) == 1250
    odd = [t.id for t in found.transcripts if {(u.speaker, u.role) for u in t.turns} != set(CHAT.items())]
    assert len(odd) <= 1  # one person pastes a chat into an answer, whose "Me:" reads like a speaker


def test_gold_turns_are_found_with_their_roles() -> None:
    """Gold transcripts are excerpts of corpus files: equal words, equal roles."""
    n_turns = n_equal = 0
    excerpts = [
        *(SHARED / "gold").glob("*/transcripts/*.json"),
        *(SHARED / "training").glob("*/transcripts/uses-*.json"),
    ]
    for path in sorted(excerpts):
        (gold,) = read_bytes(path.read_bytes(), name=path.name)
        (source,) = CORPUS.glob(f"{gold.id}.*")
        said = {_letters(t.text): t for t in reversed(_read(source.name).turns)}
        for turn in gold.turns:
            ours = said.get(_letters(turn.text))
            n_turns += 1
            n_equal += ours is not None
            if ours is not None and len(turn.text.split()) > 8:
                assert ours.role is turn.role, f"{gold.id}: turn {turn.index}"
    assert n_equal >= 0.97 * n_turns
