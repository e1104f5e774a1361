from __future__ import annotations

import pytest

from jtbd_nlp.domain import Role
from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError
from jtbd_nlp.readers import word
from jtbd_nlp.readers.drafts import Draft
from tests.container_files import docx_bytes, xlsx_bytes, zip_bytes


def read_one(content: bytes) -> Draft:
    [draft] = word.read(content, name="p1.docx")
    return draft


def said(draft: Draft) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in draft.turns]


def test_a_word_file_is_recognised_by_its_content_and_a_workbook_is_not_one() -> None:
    assert word.recognises(docx_bytes("Anna: I shop."), name="renamed.bin")
    assert not word.recognises(xlsx_bytes({"a": [["x"]]}), name="a.xlsx")
    assert not word.recognises(zip_bytes({"a.txt": "Anna: I shop."}), name="a.zip")


def test_labels_at_the_start_of_paragraphs_make_turns() -> None:
    draft = read_one(docx_bytes("Mod: How do you plan?", "Anna: I write a list.", "Mod: And then?", "Anna: I shop."))
    assert draft.format == "docx"
    assert said(draft) == [
        ("Mod", "How do you plan?"),
        ("Anna", "I write a list."),
        ("Mod", "And then?"),
        ("Anna", "I shop."),
    ]


def test_a_bold_name_without_colon_that_recurs_is_a_label() -> None:
    draft = read_one(
        docx_bytes(
            [("Mod", True), (" How do you plan?", False)],
            [("Anna", True), (" I write a list.", False)],
            [("Mod", True), (" And then?", False)],
            [("Anna", True), (" I shop.", False)],
        )
    )
    assert said(draft)[:2] == [("Mod", "How do you plan?"), ("Anna", "I write a list.")]


def test_a_bold_word_within_talk_is_no_label() -> None:
    draft = read_one(docx_bytes([("I ", False), ("really", True), (" write a list.", False)], "Then I shop."))
    assert [turn.text for turn in draft.turns] == ["I really write a list.", "Then I shop."]


def test_bold_questions_are_the_interviewers_and_plain_answers_the_participants() -> None:
    draft = read_one(
        docx_bytes([("How do you plan?", True)], "I write *one* list.", [("What goes wrong?", True)], "I lose it.")
    )
    assert [(turn.role, turn.text) for turn in draft.turns] == [
        (Role.INTERVIEWER, "How do you plan?"),
        (Role.PARTICIPANT, "I write *one* list."),
        (Role.INTERVIEWER, "What goes wrong?"),
        (Role.PARTICIPANT, "I lose it."),
    ]


def test_headings_that_ask_are_the_interviewers() -> None:
    draft = read_one(
        docx_bytes(
            "How do you plan?",
            "I write a list.",
            "What goes wrong?",
            "I lose it.",
            styles={0: "Heading 1", 2: "Heading 1"},
        )
    )
    assert [turn.role for turn in draft.turns] == [Role.INTERVIEWER, Role.PARTICIPANT] * 2


def test_a_name_with_a_time_on_its_own_paragraph_heads_the_paragraphs_below() -> None:
    draft = read_one(
        docx_bytes(
            "Mod  00:03",
            "How do you plan?",
            "Anna Lee  01:09",
            "I write a list.",
            "It takes long.",
            "Mod  02:00",
            "Ok?",
        )
    )
    assert [(t.speaker, t.start) for t in draft.turns] == [("Mod", 3.0), ("Anna Lee", 69.0), ("Mod", 120.0)]
    assert "It takes long." in draft.turns[1].text


def test_teams_keeps_a_whole_turn_in_one_paragraph_and_its_notices_are_left_out() -> None:
    draft = read_one(
        docx_bytes(
            "Planning call-20260102_101500-Meeting Recording",
            "2 January 2026, 10:15am",
            "Ann Moderator started transcription",
            "Ann Moderator   0:04\nHow do you\nplan the week?",
            "Bo Lee   1:02:09\nI write a list.",
            "Ann Moderator stopped transcription",
        )
    )
    assert draft.format == "teams-docx"
    assert [(t.speaker, t.start, t.text) for t in draft.turns] == [
        ("Ann Moderator", 4.0, "How do you plan the week?"),
        ("Bo Lee", 3729.0, "I write a list."),
    ]


def test_older_teams_files_have_an_arrow_between_times() -> None:
    draft = read_one(
        docx_bytes(
            "0:0:0.0 --> 0:0:2.520\nMod, Ann\nHow do you plan?", "0:0:3.1 --> 0:0:9.0\nLee, Bo\nI write\na list."
        )
    )
    assert [(t.speaker, t.start, t.end, t.text) for t in draft.turns] == [
        ("Mod, Ann", 0.0, 2.52, "How do you plan?"),
        ("Lee, Bo", 3.1, 9.0, "I write a list."),
    ]


def test_google_meet_s_notes_and_notices_are_no_talk_and_its_times_stand_above_the_turns() -> None:
    draft = read_one(
        docx_bytes(
            "📝 Notes",
            "Jan 2, 2026",
            "Planning talk",
            "Summary",
            "Bo plans the week with a list: this is what the machine wrote.",
            "📖 Transcript",
            "Jan 2, 2026",
            "Planning talk - Transcript",
            "00:00:11",
            "Ann Moderator: How do you plan?",
            "Bo Lee: I write a list: bread, milk.",
            "00:05:00",
            "Bo Lee: Then I shop.",
            "Transcription ended after 00:05:39",
            "This editable transcript was computer generated and might contain errors.",
        )
    )
    assert draft.format == "google-meet-docx"
    assert [(t.speaker, t.start, t.text) for t in draft.turns] == [
        ("Ann Moderator", 11.0, "How do you plan?"),
        ("Bo Lee", None, "I write a list: bread, milk."),
        ("Bo Lee", 300.0, "Then I shop."),
    ]


def test_a_table_of_turns_wins_over_the_paragraphs_around_it() -> None:
    table = [["Time", "Speaker", "Text"], ["00:03", "Mod", "How do you plan?"], ["00:09", "Anna", "I write a list."]]
    draft = read_one(docx_bytes("Interview 3, made in May", table))
    assert [(t.speaker, t.start, t.text) for t in draft.turns] == [
        ("Mod", 3.0, "How do you plan?"),
        ("Anna", 9.0, "I write a list."),
    ]


def test_amazon_s_table_gives_times_and_its_remarks_are_left_out() -> None:
    summary = [["Speaker", "Turn Time", "Detected Text"], ["Customer", "0:00:06.31", "I lost my card."]]
    table = [
        ["Start", "Dur.", "Speaker", "", "Transcription"],
        ["0:00:00.4", "5.0s", "Agent", "", "Thank you for calling."],
        ["0:00:06.31", "4.1s", "Customer", "", "[ISSUE] I lost my card and need a new one by Friday."],
    ]
    draft = read_one(docx_bytes("Call Transcription", summary, table))
    assert draft.format == "aws-transcribe-docx"
    assert [(t.speaker, t.start, t.end, t.text) for t in draft.turns] == [
        ("Agent", 0.04, 5.04, "Thank you for calling."),
        ("Customer", 6.31, 10.41, "I lost my card and need a new one by Friday."),
    ]


def test_deleted_text_is_left_out_and_inserted_text_is_kept() -> None:
    before = docx_bytes("Anna: PLACE list.", "Mod: Why?", "Anna: So.", "Mod: Ok.")
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    change = (
        "I write a </w:t></w:r>"
        f"<w:del {space}><w:r><w:delText>short</w:delText></w:r></w:del>"
        f'<w:ins {space}><w:r><w:t>long</w:t></w:r></w:ins><w:r><w:t xml:space="preserve">'
    )
    assert read_one(_with_xml_replaced(before, "PLACE", change)).turns[0].text == "I write a long list."


def _with_xml_replaced(content: bytes, old: str, new: str) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    members["word/document.xml"] = members["word/document.xml"].replace(old.encode(), new.encode())
    return zip_bytes(members)


def test_an_xml_bomb_is_refused() -> None:
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><w:document'
    content = _with_xml_replaced(docx_bytes("Anna: I shop."), "<w:document", bomb)
    with pytest.raises(MalformedTranscriptError, match=r"word/document\.xml: the XML defines entities"):
        word.read(content, name="a.docx")


def test_a_member_that_unpacks_to_far_more_than_it_weighs_is_refused() -> None:
    content = zip_bytes({"word/document.xml": b" " * 30_000_000})
    with pytest.raises(TooLargeError, match=r"word/document\.xml: .*a zip bomb"):
        word.read(content, name="a.docx")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (docx_bytes("Anna: I shop.")[:-200], "damaged or cut off"),
        (docx_bytes("Anna: I shop.")[:2000], "damaged or cut off"),
        (docx_bytes(""), "holds no words"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "encrypted, or older than Word 2007"),
        (zip_bytes({"word/document.xml": "<w:document/>"}), "Word file is damaged"),
    ],
    ids=["tail missing", "cut early", "no words", "encrypted", "no parts"],
)
def test_a_broken_word_file_is_one_clear_error(content: bytes, fault: str) -> None:
    assert word.recognises(content, name="p1.docx")
    with pytest.raises(MalformedTranscriptError, match=fault):
        word.read(content, name="p1.docx")
