"""Names for a step that a small language model writes from its quotes: offers to whoever edits the step's name.

Beside hop 6. Knows prompts; knows no vectors and no storage. What it writes stands nowhere until somebody takes it.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

from jtbd_nlp.domain import Statement, Transcript
from jtbd_nlp.engine import LEARNED, NAMING_FILE, WRITER
from jtbd_nlp.lint import phrase_quality
from jtbd_nlp.models import resolve
from jtbd_nlp.naming import other_names
from jtbd_nlp.step_prompts import BEFORE_NAME, MOST_LINES, said_line, step_prompt
from jtbd_nlp.writing_model import WritingModel, load_writing_model

_N_BEAMS: Final = 6
# A name of eight words has seldom more pieces.
_MOST_TOKENS: Final = 14
MOST_NAMES: Final = 3


def said_of(statements: Sequence[Statement], transcripts: Sequence[Transcript]) -> list[str]:
    """The first statements as the model is shown them, what the interviewer put in somebody's mouth last."""
    by_id = {t.id: t for t in transcripts}
    own = sorted(statements, key=lambda s: s.led)[:MOST_LINES]
    places = [(by_id[s.evidence.transcript].turns[s.evidence.span.turn].text, s.evidence.span) for s in own]
    return [said_line(text, span.start, span.end) for text, span in places]


def write_names(
    model: WritingModel, *, job: str, stage: str, lines: Sequence[str], name: str, most: int = MOST_NAMES
) -> list[str]:
    """What a step could be called, likeliest first: well-made names, none like its present name or like another.

    Args:
        job: the job statement, "" where none is stated.
        stage: the step's.
        lines: what was said, the best first; none give no names.
        name: what it is called now.
    """
    if not lines:
        return []
    passage = model.read(f" {stage}{BEFORE_NAME}", after=model.read(step_prompt(job, lines)))
    written = model.write(passage, n_beams=_N_BEAMS, most_tokens=_MOST_TOKENS)
    likeliest = [one.text for one in written]
    offered = set(other_names(name, likeliest, phrase_quality, most=len(likeliest)))
    return [text for text in likeliest if text in offered][:most]


@functools.cache
def load_namer() -> WritingModel:
    """The writing model and what it was taught: takes seconds, and 540 MB, once in a process.

    Raises:
        ModelUnavailableError: its package is not installed; the message names the command that mends it.
        ModelMismatchError: its bytes are not those of the manifest.
    """
    return load_writing_model(resolve(WRITER).folder, resolve(LEARNED).folder / NAMING_FILE)
