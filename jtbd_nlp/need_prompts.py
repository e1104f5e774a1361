"""What the writing model is shown of a need statement, and what it is to write: one text for teaching and for asking.

Beside hop 2. Knows words and their order; knows no model, no vectors, no grammar.
"""

from __future__ import annotations

from typing import Final

from jtbd_nlp.step_prompts import job_prompt

_WORDS_BEFORE: Final = 18
_WORDS_OF_QUOTE: Final = 26
_WORDS_AFTER: Final = 5
# Where less was said before the quote, the end of the turn before is shown as well.
_FEW_WORDS: Final = 10
_WORDS_OF_TURN_BEFORE: Final = 12

# Between what was said and the need.
BEFORE_NEED: Final = "\nNeed:"


def need_line(text: str, start: int, end: int, *, before: str) -> str:
    """The words `text[start:end]` in brackets with some of those around them, as one line.

    What stands before tells what is spoken of: "… the form, and [ it took me all day ] . Then". `before` is the turn
    before, "" for none; its end is shown where the quote stands at the begin of its own.
    """
    words = text[:start].split()[-_WORDS_BEFORE:]
    if len(words) < _FEW_WORDS and before:
        words = [*before.split()[-_WORDS_OF_TURN_BEFORE:], "/", *words]
    quote = text[start:end].split()[:_WORDS_OF_QUOTE]
    return " ".join([*words, "[", *quote, "]", *text[end:].split()[:_WORDS_AFTER]])


def need_prompt(job: str, line: str) -> str:
    """Everything up to the need: the job ("" where none is stated) and what was said."""
    return f"{job_prompt(job)} {line}{BEFORE_NEED}"


def need_answer(statement: str) -> str:
    """What is to follow a prompt."""
    return f" {statement}"
