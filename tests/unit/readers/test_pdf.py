from __future__ import annotations

import pytest

from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import pdf
from jtbd_nlp.readers.drafts import Draft
from tests.container_files import pdf_bytes, pdf_page

HEAD = "Study of planning - not for sharing"
WIDE = "Mod: How do you plan the week, and what do you do about it when it does not work out as"


def read_one(*pages: list[tuple[float, float, str]]) -> Draft:
    content = pdf_bytes(*pages)
    assert pdf.recognises(content, name="renamed.bin")
    [draft] = pdf.read(content, name="a.pdf")
    return draft


def test_wrapped_lines_are_joined_and_labels_begin_turns() -> None:
    draft = read_one(pdf_page(WIDE, "you had hoped?", "Anna: I write a list.", "Mod: And then?", "Anna: I shop."))
    assert [(t.speaker, t.text) for t in draft.turns] == [
        ("Mod", "How do you plan the week, and what do you do about it when it does not work out as you had hoped?"),
        ("Anna", "I write a list."),
        ("Mod", "And then?"),
        ("Anna", "I shop."),
    ]


def test_running_heads_and_page_numbers_are_left_out_and_talk_goes_on_over_the_page() -> None:
    filler = ["Mod: And then?", "Anna: I shop.", "Mod: And then?"]
    draft = read_one(
        pdf_page(HEAD, "", *filler, "Anna: I look at the fridge and", "", "1"),
        pdf_page(HEAD, "", "then we go to the shop.", *filler, "Anna: I cook.", "", "Page 2 of 2"),
    )
    texts = [t.text for t in draft.turns]
    assert "I look at the fridge and then we go to the shop." in texts
    assert not any("Study" in text or "Page" in text or text in ("1", "2") for text in texts)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Anna: I write every-", "thing down.", "I write everything down."),
        ("Anna: I like a well-", "known shop, a well-known one.", "I like a well-known shop, a well-known one."),
        ("Anna: It is 9-", "5 work.", "It is 9- 5 work."),
        ("Anna: I go to Kings-", "Cross.", "I go to Kings- Cross."),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_goes_where_it_only_cuts_a_word(first: str, second: str, expected: str) -> None:
    draft = read_one(pdf_page("Mod: How do you plan?", first, second, "Mod: And then?", "Anna: I shop."))
    assert draft.turns[1].text == expected


def test_a_name_and_a_time_far_apart_on_one_line_head_the_lines_below() -> None:
    page = [
        (72.0, 800.0, "Mod Smith"), (200.0, 800.0, "0:03"), (72.0, 786.0, "How do you plan?"),
        (72.0, 758.0, "Anna Lee"), (200.0, 758.0, "0:09"), (72.0, 744.0, "I write a list."),
        (72.0, 716.0, "Mod Smith"), (200.0, 716.0, "0:12"), (72.0, 702.0, "And then?"),
    ]  # fmt: skip
    draft = read_one(page)
    assert [(t.speaker, t.start, t.text) for t in draft.turns] == [
        ("Mod Smith", 3.0, "How do you plan?"),
        ("Anna Lee", 9.0, "I write a list."),
        ("Mod Smith", 12.0, "And then?"),
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (pdf_bytes(pdf_page(WIDE), is_encrypted=True), "is encrypted"),
        (pdf_bytes([], []), "no text on its 2 pages: they are scanned images"),
        (pdf_bytes(pdf_page("1"), pdf_page("2")), "no text but page numbers"),
        (pdf_bytes(pdf_page(WIDE))[:400], "damaged or cut off"),
        (b"%PDF-1.7\n", "damaged or cut off"),
    ],
    ids=["encrypted", "scanned", "only page numbers", "cut off", "only the head"],
)
def test_a_pdf_without_readable_talk_is_one_clear_error(content: bytes, fault: str) -> None:
    with pytest.raises(MalformedTranscriptError, match=fault):
        pdf.read(content, name="a.pdf")
