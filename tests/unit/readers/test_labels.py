"""Who and when at the start of a line, and which of it are speakers."""

from __future__ import annotations

import pytest

from jtbd_nlp.readers.labels import choose_labels, is_name_like, label_class, read_mark


@pytest.mark.parametrize(
    ("line", "label", "start", "rest"),
    [
        ("Ann: Hello", "Ann", None, "Hello"),
        ("ANN O'NEILL: Hello", "ANN O'NEILL", None, "Hello"),
        ("Ann :Hello", "Ann", None, "Hello"),
        ("Ann：你好", "Ann", None, "你好"),
        (">> ANN: Hello", "ANN", None, "Hello"),
        ("3. Ann: Hello", "Ann", None, "Hello"),
        ("MEL, TYPING: Thanks", "MEL", None, "Thanks"),
        ("Jane Doe (Interviewer): Hello", "Jane Doe (Interviewer)", None, "Hello"),
        ("interviewer: hello", "interviewer", None, "hello"),
        ("Q: Why?", "Q", None, "Why?"),
        ("Q12. Why?", "Q", None, "Why?"),
        ("Ann  12:34", "Ann", 754.0, ""),
        ("Ann 1:02:03", "Ann", 3723.0, ""),
        ("Ann, 12:34", "Ann", 754.0, ""),
        ("Speaker 1 (00:02):", "Speaker 1", 2.0, ""),
        ("Ann (00:02): Hello", "Ann", 2.0, "Hello"),
        ("Ann: [00:02] Hello", "Ann", 2.0, "Hello"),
        ("[00:01:02] Ann: Hello", "Ann", 62.0, "Hello"),
        ("00:01:02 Ann: Hello", "Ann", 62.0, "Hello"),
        ("12/03/2024, 14:05 - Ann: Hello", "Ann", None, "Hello"),
        ("[12.03.24, 14:05:33] Ann: Hello", "Ann", None, "Hello"),
        ("[id1] hello", "id1", None, "hello"),
        ("<ann> hello", "ann", None, "hello"),
        ("Interviewer - Hello", "Interviewer", None, "Hello"),
        ("Ann", "Ann", None, ""),
    ],
)
def test_a_mark_says_who_and_when(line: str, label: str, start: float | None, rest: str) -> None:
    mark = read_mark(line)
    assert mark is not None
    assert (mark.label, mark.start, mark.rest) == (label, start, rest)


@pytest.mark.parametrize(
    ("line", "label", "start", "rest"),
    [
        ("**Ann:** Hello", "Ann", None, "Hello"),
        ("**Ann**: Hello", "Ann", None, "Hello"),
        ("__Ann:__ Hello", "Ann", None, "Hello"),
        ("*Ann Löh (0:01:15)*: Hello", "Ann Löh", 75.0, "Hello"),
        ("**Ann** (0:15): Hello", "Ann", 15.0, "Hello"),
        ("**[00:15] Ann:** Hello", "Ann", 15.0, "Hello"),
        ("**Ann:** [00:15] Hello", "Ann", 15.0, "Hello"),
        ("### Ann", "Ann", None, ""),
    ],
)
def test_markdown_marks_may_be_emphasised(line: str, label: str, start: float | None, rest: str) -> None:
    mark = read_mark(line, is_markdown=True)
    assert mark is not None
    assert (mark.label, mark.start, mark.rest) == (label, start, rest)


@pytest.mark.parametrize(
    "line",
    [
        "Here is the thing: we are late.",
        "For example: rice",
        "I got up at 6:30",
        "http://example.org/a",
        "Note: salt",
        "he said: no",
    ],
)
def test_a_colon_in_a_sentence_names_nobody(line: str) -> None:
    mark = read_mark(line)
    assert mark is None or mark.label is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Ann: Why?", "Bob: So.", "Ann: And?", "Bob: Then."], {"Ann", "Bob"}),
        (["Moderator: Why?", "so it is", "Guest: Because.", "and so on"], {"Moderator", "Guest"}),
        (["AI: And?", "User: It is:", "Satisfied: yes", "AI: So?", "User: Hm.", "Satisfied: no"], {"AI", "User"}),
        (["MEL: A?", "DON: B.", "MEL: C?", "DON: D.", "words", "MIRA: Bye!"], {"MEL", "DON", "MIRA"}),
        (["Ann: A?", "Bob: B.", "Ann: C?", "Bob: D.", "words", "more", "Recipe: rice"], {"Ann", "Bob"}),
        (["Time: now", "words", "more words", "and more"], set()),
        (["Ann  0:01", "Hello there", "", "Bob  0:09", "Hi"], {"Ann", "Bob"}),
        (["[id1] yes", "[id2] no", "[id1] well", "[id2] hm"], {"id1", "id2"}),
        (["[laughter] yes", "no", "Well then"], set()),
    ],
)
def test_labels_recur_or_are_role_words(lines: list[str], expected: set[str]) -> None:
    assert choose_labels([read_mark(line) for line in lines], n_blocks=len(lines)) == expected


def test_a_chat_pasted_into_one_turn_adds_no_speakers() -> None:
    lines = [
        "AI: How?",
        "User: Like this:",
        *["Me: Say so.", "Chosen AI: So."] * 4,
        "AI: I see.",
        "User: Yes.",
        "AI: And?",
    ]
    lines += [
        "User: No.",
        "AI: Why?",
        "User: Well.",
        "AI: Oh?",
        "User: Yes.",
        "AI: So?",
        "User: No.",
        "AI: Hm?",
        "User: Ok.",
    ]
    lines += ["AI: What?", "User: That.", "AI: When?", "User: Now.", "AI: Where?", "User: Here."]
    assert choose_labels([read_mark(line) for line in lines], n_blocks=len(lines)) == {"AI", "User"}


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Moderator 2", "interviewer"),
        ("UX Researcher", "interviewer"),
        ("User Researcher", "interviewer"),
        ("Interviewee_1", "participant"),
        ("P7", "participant"),
        ("SPEAKER_01", "speaker"),
        ("Narrator", "other"),
        ("Music Teacher", None),
        ("Ann Host-Miller", None),
    ],
)
def test_role_words_in_labels(label: str, expected: str | None) -> None:
    assert label_class(label) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Ann O'Neill", True),
        ("Ludwig van Beethoven", True),
        ("P7", True),
        ("Here is the thing", False),
        ("My goals", False),
        ("Hello!", False),
    ],
)
def test_names_look_like_names(text: str, expected: bool) -> None:
    assert is_name_like(text) is expected
