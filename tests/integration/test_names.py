"""How many names are found, by the real pipeline, and that nothing is fetched for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jtbd_nlp.pseudonyms import Book, replaced
from jtbd_nlp.pseudonyms.recognising import Recogniser, speakers_name
from tests.builders import a_transcript
from tests.named_talk import SAMPLE, named_talks

pytestmark = pytest.mark.model
_NO_NAME = re.compile(r"\b(?:Dr|Mrs?|Ms|and|the|Nurse)\b\.?|[\W_]")


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def left_over(recogniser: Recogniser, path: Path) -> tuple[dict[str, int], list[tuple[str, str]], int]:
    """Names by kind, those of which anything is left to read, and how much else was replaced."""
    n: dict[str, int] = {}
    left, n_others = [], 0
    for talk in named_talks(path):
        table = Book().with_names(recogniser.names(talk.transcript)).table()
        for turn in talk.transcript.turns:
            hidden = {i for start, end, _ in replaced(turn.text, table).places for i in range(start, end)}
            marked = [(s, e, kind) for index, s, e, kind in talk.names if index == turn.index]
            for start, end, kind in marked:
                n[kind] = n.get(kind, 0) + 1
                seen = "".join(" " if i in hidden else turn.text[i] for i in range(start, end))
                if _NO_NAME.sub("", seen):
                    left.append((kind, turn.text[start:end]))
            places = replaced(turn.text, table).places
            n_others += len([place for place in places if not any(s <= place[0] < e for s, e, _ in marked)])
    return n, left, n_others


def test_names_of_the_sample_are_found(recogniser: Recogniser) -> None:
    n, left, n_others = left_over(recogniser, SAMPLE)
    assert sum(n.values()) > 90
    assert left == []
    assert n_others <= 2


def test_most_names_are_found_in_talk_that_was_written_later(recogniser: Recogniser) -> None:
    n, left, _ = left_over(recogniser, SAMPLE.with_name("unseen.txt"))
    assert len(left) / sum(n.values()) < 0.15


def test_tools_days_and_abbreviations_are_no_names(recogniser: Recogniser) -> None:
    talk = a_transcript(
        "What do you use?",
        "On Monday I open Excel and Google Maps, then HR sends me a PDF by Slack. In May we switch to Jira.",
    )
    assert recogniser.names(talk) == ()


@pytest.mark.parametrize(
    ("label", "name"),
    [
        *(("Eva Novak", "Eva Novak"), ("Interviewer Jane", "Jane"), ("EVA", "EVA"), ("Dr. Reed", "Dr. Reed")),
        *(("Moderator", None), ("Speaker 2", None), ("P7", None), ("AI", None), ("User", None), ("Q", None)),
    ],
)
def test_labels_that_are_roles_name_nobody(label: str, name: str | None) -> None:
    assert speakers_name(label) == name
