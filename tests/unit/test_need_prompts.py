"""What the writing model is shown of a need statement."""

from __future__ import annotations

from jtbd_nlp.need_prompts import need_answer, need_line, need_prompt

TEXT = "Well, the form is somewhere on that site, and it took me all day to find it. Then I gave up on them."
START = TEXT.index("it took")
END = TEXT.index(". Then")


def test_the_quote_stands_in_brackets_with_what_is_around_it() -> None:
    line = need_line(TEXT, START, END, before="What then?")
    said = "Well, the form is somewhere on that site, and [ it took me all day to find it ] . Then I gave up"
    assert line == f"What then? / {said}"


def test_where_little_was_said_before_the_end_of_the_turn_before_is_shown() -> None:
    question = "And now, if you think back to that day, tell me, what was the worst of it?"
    line = need_line(TEXT, START, END, before=question)
    assert line.startswith("back to that day, tell me, what was the worst of it? / Well, the form")
    late = "word " * 30 + TEXT
    assert "/" not in need_line(late, START + 150, END + 150, before=question)


def test_long_quotes_are_cut() -> None:
    words = " ".join(f"w{n}" for n in range(60))
    line = need_line(words, 0, len(words), before="")
    assert line == "[ " + " ".join(f"w{n}" for n in range(26)) + " ]"


def test_a_prompt_and_its_answer_make_one_text() -> None:
    text = need_prompt("get a permit", "[ it took me all day ]") + need_answer("minimize the time it takes")
    assert text == "Job: get a permit\nSaid: [ it took me all day ]\nNeed: minimize the time it takes"
