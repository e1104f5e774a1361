"""What the writing model is shown of a step, and what it is to write: one text for teaching and for asking.

Beside hop 6. Knows words and their order; knows no model, no vectors, no grammar.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# Most quotes that are shown: the fifth still changes a name, and each costs a fifth of the reading.
MOST_LINES: Final = 5
_WORDS_BEFORE: Final = 8
_WORDS_OF_QUOTE: Final = 18
_WORDS_AFTER: Final = 3

# Between the stage and the name.
BEFORE_NAME: Final = "\nStep:"


def said_line(text: str, start: int, end: int) -> str:
    """The words `text[start:end]` with a few of those around them, as one line.

    What stands before tells what a pronoun speaks of: "… the sills with a torch, so she wrote it down".
    """
    before = text[:start].split()[-_WORDS_BEFORE:]
    quote = text[start:end].split()[:_WORDS_OF_QUOTE]
    after = text[end:].split()[:_WORDS_AFTER]
    return " ".join([*before, *quote, *after])


def step_prompt(job: str, lines: Sequence[str]) -> str:
    """Everything up to the stage: the job ("" where none is stated) and what was said."""
    return job_prompt(job) + said_prompt(lines)


def job_prompt(job: str) -> str:
    """What is the same of all steps of a map."""
    return f"Job: {job}\nSaid:"


def said_prompt(lines: Sequence[str]) -> str:
    """The rest of a step's prompt."""
    return "".join(f"\n- {line}" for line in lines[:MOST_LINES]) + "\nStage:"


def step_answer(stage: str, name: str) -> str:
    """What is to follow a prompt."""
    return f" {stage}{BEFORE_NAME} {name}"
