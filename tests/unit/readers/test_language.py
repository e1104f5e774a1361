"""What is no English talk is read all the same, with a warning that says so."""

from __future__ import annotations

import pytest

from jtbd_nlp.readers import read_bytes
from jtbd_nlp.readers.language import LEAST_WORDS, language_warnings

GERMAN = (
    "Zuerst schaue ich auf die Karte und überlege, wann ich losfahren muss. Dann packe ich meine Tasche, nehme die "
    "Jacke mit und prüfe noch einmal, ob der Zug pünktlich ist. Wenn er zu spät kommt, rufe ich bei der Arbeit an, "
    "damit sich niemand Sorgen macht. Am Abend schreibe ich auf, wie lange alles gedauert hat und was besser ginge."
)
ENGLISH = (
    "First I look at the map and think about when I have to leave. Then I pack my bag, take the jacket and check once "
    "more whether the train is on time. If it is late I call the office so that nobody worries about me. In the "
    "evening I note down how long all of it took, and what could go better next time."
)
SCRIPT = (
    'set -eu\nif [ -z "$TARGET" ]; then TARGET=$HOME/.cache; fi\nrm -rf $TARGET/build.tmp\ncp -a main.bin out/\n' * 9
)


@pytest.mark.parametrize("text", [GERMAN, SCRIPT, "旅行の前に地図を見ます。 " * 60])
def test_what_is_no_english_talk_is_said_to_be_none(text: str) -> None:
    (read,) = read_bytes(text.encode(), name="p01.txt")
    assert [warning for warning in read.warnings if "is it an interview, and in English?" in warning]


def test_english_talk_is_taken_for_what_it_is() -> None:
    assert language_warnings([ENGLISH]) == []


def test_the_typeset_apostrophe_makes_no_other_word() -> None:
    assert language_warnings(["I don’t know what it’s like"] * LEAST_WORDS) == []


def test_of_few_words_nothing_is_said() -> None:
    assert language_warnings([" ".join(GERMAN.split()[: LEAST_WORDS - 1])]) == []
