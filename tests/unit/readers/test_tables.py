from __future__ import annotations

import datetime

import pytest

from jtbd_nlp.domain import Role
from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError, UnsupportedFormatError
from jtbd_nlp.readers import tables
from jtbd_nlp.readers.drafts import Draft
from tests.container_files import docx_bytes, xlsx_bytes, zip_bytes


def read(text: str, name: str = "talk.csv") -> list[Draft]:
    return tables.read(text.encode(), name=name)


def turns(draft: Draft) -> list[tuple[str | None, float | None, float | None, str]]:
    return [(t.speaker, t.start, t.end, t.text) for t in draft.turns]


@pytest.mark.parametrize(
    "text",
    [
        "speaker,text,start,end\nMod,How do you plan?,3,5\nAnna,I write.,5.5,9\n",
        "Text;Speaker Name;Start Time;End Time\nHow do you plan?;Mod;00:03;00:05\nI write.;Anna;00:05.5;00:00:09\n",
        "who\tutterance\tbegin\tstop\nMod\tHow do you plan?\t3.0\t5\nAnna\tI write.\t5.5\t9\n",
        "speakerLabel|Transcription|timeIn|timeOut\nMod|How do you plan?|3|5\nAnna|I write.|5,5|9\n",
        "SPEAKER,CONTENT,START (ms),END (ms)\nMod,How do you plan?,3000,5000\nAnna,I write.,5500,9000\n",
        "speaker,text,start,duration\nMod,How do you plan?,3,2\nAnna,I write.,5.5,3.5s\n",
        'speaker,text,start,end\nMod,"How do\nyou plan?",3,5\n\nAnna,"I write.",5.5,9\n',
        "speaker,start,end,text\nMod,3,5,How do you plan?\nAnna,5.5,9,I write.\n",
    ],
)
def test_one_row_a_turn_is_read_under_many_names_and_delimiters(text: str) -> None:
    [draft] = read(text)
    assert turns(draft) == [("Mod", 3.0, 5.0, "How do you plan?"), ("Anna", 5.5, 9.0, "I write.")]
    assert draft.id is None


@pytest.mark.parametrize(
    "text",
    [
        "Mod,How do you plan the week?\nAnna,I write a long list.\nMod,And what then?\nAnna,I go to the shop.\n",
        (
            "Sprecher,Gesagt\nMod,How do you plan the week?\nAnna,I write a long list.\n"
            "Mod,And what then?\nAnna,I go to the shop.\n"
        ),
    ],
    ids=["no header", "header of another language"],
)
def test_columns_without_known_names_are_told_by_what_they_hold(text: str) -> None:
    [draft] = read(text)
    assert [(t.speaker, t.text) for t in draft.turns] == [
        ("Mod", "How do you plan the week?"),
        ("Anna", "I write a long list."),
        ("Mod", "And what then?"),
        ("Anna", "I go to the shop."),
    ]


def test_a_column_of_interviews_cuts_the_table_into_one_draft_each() -> None:
    drafts = read("interview_id,speaker,text\np1,Mod,How?\np1,Anna,I write.\np2,Mod,How?\np2,Bo,I cook.\np1,Mod,Ok?\n")
    assert [(d.id, [t.text for t in d.turns]) for d in drafts] == [
        ("p1", ["How?", "I write.", "Ok?"]),
        ("p2", ["How?", "I cook."]),
    ]


def test_a_column_that_numbers_the_turns_does_not_cut_the_table() -> None:
    [draft] = read("id,speaker,text\n1,Mod,How?\n2,Anna,I write.\n3,Mod,Ok?\n")
    assert len(draft.turns) == 3


def test_one_row_an_interview_is_read_as_plain_text_with_the_row_s_id() -> None:
    talk = "Assistant: How do you plan?\n\nI mean the week.\n\nUser: I write, quickly.\n\nAI: And?\n\nUser: I shop."
    drafts = read(f'transcript_id,text\nw_1,"{talk}"\nw_2,"AI: How?\n\nUser: Well.\n\nAI: So?\n\nUser: Hm."\n')
    assert [d.id for d in drafts] == ["w_1", "w_2"]
    assert drafts[0].format == "csv-interviews"
    assert [t.text for t in drafts[1].turns] == ["How?", "Well.", "So?", "Hm."]


def test_a_dialogue_on_one_line_of_a_cell_is_cut_at_its_labels() -> None:
    [draft] = read('id,text\na,"AI: How do you plan? User: I write. AI: And then: what? User: I shop."\n')
    assert [(t.speaker, t.text) for t in draft.turns] == [
        ("AI", "How do you plan?"),
        ("User", "I write."),
        ("AI", "And then: what?"),
        ("User", "I shop."),
    ]


def test_a_question_and_its_answer_in_one_row_are_two_turns() -> None:
    [first, second] = read("participant,question,answer\nP1,How?,I write.\nP1,And?,I shop.\nP2,How?,Never.\n")
    assert [(t.speaker, t.role, t.text) for t in first.turns] == [
        (None, Role.INTERVIEWER, "How?"),
        ("P1", Role.PARTICIPANT, "I write."),
        (None, Role.INTERVIEWER, "And?"),
        ("P1", Role.PARTICIPANT, "I shop."),
    ]
    assert second.id == "P2"


def test_a_survey_with_its_questions_as_columns_is_one_interview_a_row() -> None:
    drafts = read("Respondent,How do you plan?,What goes wrong then?\nP1,I write.,I lose it.\nP2,,Nothing.\n")
    assert [(d.id, [t.text for t in d.turns]) for d in drafts] == [
        ("P1", ["How do you plan?", "I write.", "What goes wrong then?", "I lose it."]),
        ("P2", ["What goes wrong then?", "Nothing."]),
    ]


def test_whisper_s_milliseconds_become_seconds_and_its_rows_are_cues() -> None:
    [draft] = read('start\tend\ttext\n0\t4000\tHello, "and welcome\n4000\t5200\tto the show.\n', name="a.tsv")
    assert draft.format == "whisper-tsv"
    assert turns(draft) == [(None, 0.0, 4.0, 'Hello, "and welcome'), (None, 4.0, 5.2, "to the show.")]
    assert all(t.is_cue for t in draft.turns)


def test_unquoted_commas_stay_in_the_last_column() -> None:
    [draft] = read("speaker,text\nMod,How, then, do you plan?\nAnna,I write, mostly.\nMod,And?\n")
    assert [t.text for t in draft.turns] == ["How, then, do you plan?", "I write, mostly.", "And?"]


def test_a_role_column_beside_the_speakers_is_believed() -> None:
    [draft] = read("speaker,role,text\nJo,Interviewer,How?\nAnna,participant,I write.\nEve,guest star,Hm.\n")
    assert [t.role for t in draft.turns] == [Role.INTERVIEWER, Role.PARTICIPANT, None]


def test_a_cell_of_a_megabyte_is_read() -> None:
    [draft] = read(f'id,text\na,"AI: {"word " * 250_000}\nUser: Well.\nAI: So?\nUser: Ok."\n')
    assert len(draft.turns[0].text) > 1_000_000
    assert draft.turns[1].text == "Well."


def test_a_cell_beyond_the_limit_is_refused() -> None:
    with pytest.raises(TooLargeError, match=r"line 2: a cell has more than"):
        read(f"speaker,text\nMod,{'a' * (tables.MAX_CELL_CHARS + 1)}\n")


def test_a_line_of_a_million_delimiters_is_refused() -> None:
    with pytest.raises(TooLargeError, match="line 1: has 1,000,001 columns"):
        read("a" + "," * 1_000_000)


def test_lines_of_talk_in_a_file_called_csv_are_read_as_plain_text() -> None:
    [draft] = read("Mod: How?\nAnna: I write.\nMod: And?\nAnna: I shop.\n")
    assert [t.speaker for t in draft.turns] == ["Mod", "Anna", "Mod", "Anna"]


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"speaker,text\nMod,How?\n", "a.txt", True),
        (b"start\tend\ttext\n0\t4\tHi\n", "a.bin", True),
        (b"a;b\n1;2\n", "a.csv", True),
        (b"\x89PNG\r\n\x1a\n", "a.csv", False),
        (b"Text, text and more text.\nMod: How?\n", "a.txt", False),
        (b"Mod: How?\nAnna: I write.\n", "a.txt", False),
        (docx_bytes("Mod: How?"), "a.xlsx", False),
        (xlsx_bytes({"a": [["speaker", "text"]]}), "a.bin", True),
    ],
)
def test_tables_are_recognised_by_name_or_by_the_names_of_their_columns(
    content: bytes, name: str, expected: bool
) -> None:
    assert tables.recognises(content, name=name) is expected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n3,4\n", "no column of the table holds talk"),
        ("speaker,text\n", "column 2 of the table should hold talk but is empty"),
        ('speaker,text\nMod,How?\nAnna,"I write\nMod,And?\n', "line 3: a quoted cell is never closed"),
    ],
)
def test_a_table_without_talk_is_one_clear_error(text: str, fault: str) -> None:
    with pytest.raises(MalformedTranscriptError, match=fault):
        read(text)


def test_a_picture_called_csv_is_refused() -> None:
    with pytest.raises(UnsupportedFormatError, match="PNG"):
        tables.read(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), name="a.csv")


def test_each_sheet_of_a_workbook_is_a_table_and_one_without_talk_is_named() -> None:
    head = ["Speaker", "Time", "Text"]
    drafts = tables.read(
        xlsx_bytes(
            {
                "P1": [
                    head,
                    ["Mod", datetime.time(0, 0, 3), "How?"],
                    ["Anna", datetime.timedelta(seconds=9), "I write."],
                ],
                "P2": [head, [None, None, None], ["Bo", 7, 12]],
                "codes": [["x", 1]],
            }
        ),
        name="a.xlsx",
    )
    assert [(d.id, turns(d)) for d in drafts] == [
        ("P1", [("Mod", 3.0, None, "How?"), ("Anna", 9.0, None, "I write.")]),
        ("P2", [("Bo", 7.0, None, "12")]),
    ]
    assert drafts[0].warnings == ["sheet 'codes' holds no talk and was left out"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (xlsx_bytes({"a": [["speaker", "text"], ["Mod", "How?"]]})[:-100], "damaged or cut off"),
        (xlsx_bytes({"a": []}), "no sheet with anything in it"),
        (zip_bytes({"xl/workbook.xml": "<workbook/>"}), "workbook is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "encrypted, or older than Excel 2007"),
    ],
    ids=["tail missing", "empty", "no parts", "encrypted"],
)
def test_a_broken_workbook_is_one_clear_error(content: bytes, fault: str) -> None:
    with pytest.raises(MalformedTranscriptError, match=fault):
        tables.read(content, name="a.xlsx")


def test_an_xml_bomb_in_a_workbook_is_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst>&b;</sst>'
    content = zip_bytes({"xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": bomb.encode("utf-16")})
    with pytest.raises(MalformedTranscriptError, match=r"xl/sharedStrings\.xml: the XML defines entities"):
        tables.read(content, name="a.xlsx")
