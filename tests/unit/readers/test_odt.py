from __future__ import annotations

import pytest

from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import odt
from tests.container_files import docx_bytes, odt_bytes, zip_bytes

PARAGRAPHS = "<text:p>Mod: How do you plan?</text:p><text:p>Anna: I write a list.</text:p>" * 2


def test_an_opendocument_text_is_recognised_by_its_content() -> None:
    assert odt.recognises(odt_bytes(PARAGRAPHS), name="renamed.bin")
    assert not odt.recognises(docx_bytes("Anna: I shop."), name="a.docx")


def test_labels_make_turns_and_spaces_tabs_and_breaks_are_read() -> None:
    body = (
        '<text:p><text:span text:style-name="T1">Mod:</text:span> How  do<text:s text:c="3"/>you\n plan?</text:p>'
        "<text:p>Anna:<text:tab/>I write<text:line-break/>a list.</text:p>" + PARAGRAPHS
    )
    [draft] = odt.read(odt_bytes(body), name="a.odt")
    assert draft.format == "odt"
    assert [(t.speaker, t.text) for t in draft.turns[:2]] == [("Mod", "How do you plan?"), ("Anna", "I write a list.")]


def test_remarks_footnotes_and_deleted_text_are_no_talk() -> None:
    body = (
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        "<text:p>Mod: How<office:annotation><text:p>check</text:p></office:annotation> do you plan?</text:p>"
        "<text:p>Anna: I write<text:note><text:p>really</text:p></text:note> a list.</text:p>" + PARAGRAPHS
    )
    [draft] = odt.read(odt_bytes(body), name="a.odt")
    assert [t.text for t in draft.turns[:2]] == ["How do you plan?", "I write a list."]


def test_a_table_of_turns_is_read() -> None:
    rows = [("Speaker", "Text"), ("Mod", "How do you plan?"), ("Anna", "I write a list.")]
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in rows
    )
    [draft] = odt.read(odt_bytes(f"<table:table>{cells}</table:table>"), name="a.odt")
    assert [(t.speaker, t.text) for t in draft.turns] == [("Mod", "How do you plan?"), ("Anna", "I write a list.")]


def test_an_xml_bomb_is_refused() -> None:
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(MalformedTranscriptError, match=r"content\.xml: the XML defines entities"):
        odt.read(odt_bytes("<text:p>&b;</text:p>", prolog=bomb), name="a.odt")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (odt_bytes(PARAGRAPHS)[:-60], "damaged or cut off"),
        (odt_bytes("<text:p>Anna"), r"content\.xml: line 1: is no valid XML"),
        (odt_bytes(""), "holds no words"),
        (odt_bytes(PARAGRAPHS, more={"META-INF/manifest.xml": "<m><encryption-data/></m>"}), "is encrypted"),
        (zip_bytes({"mimetype": "application/vnd.oasis.opendocument.text"}), r"content\.xml is missing"),
    ],
    ids=["tail missing", "broken XML", "no words", "encrypted", "no content"],
)
def test_a_broken_file_is_one_clear_error(content: bytes, fault: str) -> None:
    assert odt.recognises(content, name="p1.odt")
    with pytest.raises(MalformedTranscriptError, match=fault):
        odt.read(content, name="p1.odt")
