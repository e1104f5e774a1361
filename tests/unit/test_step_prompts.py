"""What the writing model is shown: quotes with some words around them, and the form that it learned."""

from __future__ import annotations

from jtbd_nlp.step_prompts import MOST_LINES, said_line, step_answer, step_prompt

TURN = "One two three four five six seven eight nine, so I put it in the folder, and then we left for the day."


def line_of(quote: str, *, turn: str = TURN) -> str:
    start = turn.index(quote)
    return said_line(turn, start, start + len(quote))


def test_a_line_has_eight_words_before_the_quote_and_three_after_it() -> None:
    assert line_of("put it in the folder") == "four five six seven eight nine, so I put it in the folder , and then"


def test_at_the_edges_of_a_turn_there_is_less_around_a_quote() -> None:
    assert line_of("put it", turn="put it") == "put it"


def test_a_long_quote_is_cut() -> None:
    quote = " ".join(f"w{n}" for n in range(40))
    assert line_of(quote, turn=quote).split() == [f"w{n}" for n in range(18)]


def test_line_breaks_within_a_turn_do_not_break_a_line() -> None:
    assert line_of("put\nit", turn="I\nput\nit\naway") == "I put it away"


def test_prompt_and_answer_make_one_text() -> None:
    text = step_prompt("park a car", ["I drove in", "she paid"]) + step_answer("conclude", "pay for the place")
    assert text == "Job: park a car\nSaid:\n- I drove in\n- she paid\nStage: conclude\nStep: pay for the place"


def test_no_more_lines_are_shown_than_were_taught() -> None:
    assert step_prompt("", [str(n) for n in range(9)]).count("\n- ") == MOST_LINES
