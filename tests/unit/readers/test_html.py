from __future__ import annotations

import pytest

from jtbd_nlp.domain import Role
from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError
from jtbd_nlp.readers import html
from jtbd_nlp.readers.drafts import Draft

EXPECTED = [("Mod", "How do you plan?"), ("Anna", "I write a list."), ("Mod", "And then?"), ("Anna", "I shop & cook.")]


def read_one(page: str) -> Draft:
    [draft] = html.read(page.encode(), name="a.html")
    return draft


@pytest.mark.parametrize(
    "body",
    [
        (
            "<p><b>Mod:</b> How do you plan?</p><p><strong>Anna</strong>: I write<br>a list.</p>"
            "<p><b>Mod:</b> And then?</p><p><b>Anna:</b> I shop &amp; cook.</p>"
        ),
        (
            "<p><b>Mod</b> How do you plan?</p><p><b>Anna</b> I write a list.</p>"
            "<p><b>Mod</b> And then?</p><p><b>Anna</b> I shop &amp; cook.</p>"
        ),
        (
            "<dl><dt>Mod</dt><dd>How do you plan?</dd><dt>Anna:</dt><dd>I write a list.</dd>"
            "<dt>Mod</dt><dd>And then?</dd><dt>Anna</dt><dd>I shop &amp; cook.</dd></dl>"
        ),
        (
            "<table><tr><th>Speaker</th><th>Text</th></tr><tr><td>Mod</td><td>How do you plan?</td></tr>"
            "<tr><td>Anna</td><td>I write<br>a list.</td></tr><tr><td>Mod</td><td>And then?</td></tr>"
            "<tr><td>Anna</td><td>I shop &amp; cook.</td></tr></table>"
        ),
        (
            "<div>Mod: How do you plan?</div><div>Anna: I <i>write</i> a <a href='x'>list</a>.</div>"
            "<div>Mod: And then?</div><div>Anna: I shop &amp; cook.</div>"
        ),
    ],
    ids=["bold labels", "bold names", "definition list", "table", "plain labels"],
)
def test_labels_of_any_markup_make_turns(body: str) -> None:
    draft = read_one(f"<!DOCTYPE html><html><head><title> Talk\n7 </title></head><body>{body}</body></html>")
    assert [(t.speaker, t.text) for t in draft.turns] == EXPECTED
    assert draft.title == "Talk 7"


def test_scripts_styles_menus_comments_and_hidden_parts_are_no_talk() -> None:
    draft = read_one(
        "<html><head><style>p {}</style><script>let a = 'Eve: no';</script></head><body><nav>Home</nav>"
        "<!-- Eve: no --><p>Mod: How do you plan?</p><p style='display: none'>Eve: no</p>"
        "<p>Anna: I write.</p><p>Mod: And?</p><p>Anna: I shop.</p><footer>Imprint</footer></body></html>"
    )
    assert [t.text for t in draft.turns] == ["How do you plan?", "I write.", "And?", "I shop."]


def test_a_time_set_off_by_style_alone_is_told_from_the_name_before_it() -> None:
    row = "<div><span>{}</span><span>{}</span><p>{}</p></div>"
    rows = [("Mod", "00:03", "How do you plan?"), ("Anna", "00:09", "I write."), ("Mod", "00:12", "And then?")]
    draft = read_one("<html><body>" + "".join(row.format(*cells) for cells in rows) + "</body></html>")
    assert [(t.speaker, t.start) for t in draft.turns] == [("Mod", 3.0), ("Anna", 9.0), ("Mod", 12.0)]


def test_questions_in_headings_are_the_interviewers() -> None:
    draft = read_one(
        "<html><body><h2>How do you plan?</h2><p>I write.</p><h2>What goes wrong?</h2><p>I lose it.</p></body></html>"
    )
    assert [t.role for t in draft.turns] == [Role.INTERVIEWER, Role.PARTICIPANT] * 2


def test_the_charset_that_the_page_declares_is_used() -> None:
    page = "<html><head><meta charset='iso-8859-2'></head><body><p>Mod: Jak?</p><p>Jiří: Píšu.</p></body></html>"
    [draft] = html.read(page.encode("iso-8859-2"), name="a.html")
    assert "Píšu." in " ".join(t.text for t in draft.turns)


def test_pages_are_recognised_by_their_start_and_other_text_is_not() -> None:
    assert html.recognises(b"<!doctype HTML><p>Anna: I shop.</p>", name="a.txt")
    assert html.recognises(b"<p>Anna: I shop.</p>", name="a.html")
    assert not html.recognises(b"Anna: I write <b>html</b> by hand.", name="a.txt")
    assert not html.recognises(b"\x89PNG\r\n", name="a.html")


def test_a_page_that_defines_entities_of_its_own_is_refused() -> None:
    with pytest.raises(MalformedTranscriptError, match="defines entities of its own"):
        read_one('<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><html><body><p>&b;</p></body></html>')


def test_a_page_of_broken_tags_is_read_in_no_time() -> None:
    draft = read_one("<html><body><p>Anna: I shop.</p>" + "<p <p " * 20_000)
    assert draft.turns[0].text.endswith("I shop.")


def test_a_paragraph_beyond_the_limit_is_refused() -> None:
    with pytest.raises(TooLargeError, match="paragraph 1 has 1,200,000 characters"):
        read_one(f"<html><body><p>{'word and ' * 133_333}so.</p></body></html>")


def test_an_xhtml_page_is_read_without_a_warning() -> None:
    draft = read_one(
        '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://x.org/"><body><p>I shop.</p></body></html>'
    )
    assert [t.text for t in draft.turns] == ["I shop."]


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("<html><body><script>1</script></body></html>", "holds no words"),
        ("<html><body>" + "<div>" * 5000 + "Anna", "nested deeper than"),
        (" ", "is empty"),
    ],
    ids=["no words", "deeply nested", "empty"],
)
def test_a_page_without_talk_is_one_clear_error(page: str, fault: str) -> None:
    with pytest.raises(MalformedTranscriptError, match=fault):
        html.read(page.encode(), name="a.html")
