"""What a small language model makes of a step's quotes: its stage, a name, and more names for whoever edits it.

Part of hop 5. Knows prompts; knows no vectors and no storage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from jtbd_nlp.domain import JobStep, Statement, Transcript
from jtbd_nlp.lint import lint_step, phrase_quality
from jtbd_nlp.mapping import Told
from jtbd_nlp.naming import other_names
from jtbd_nlp.stages import STAGES, likeliest_stage, mixed_stages
from jtbd_nlp.statements.led import content_stems
from jtbd_nlp.step_prompts import BEFORE_NAME, MOST_LINES, job_prompt, said_line, said_prompt, step_prompt
from jtbd_nlp.threads import side_by_side

if TYPE_CHECKING:
    from jtbd_nlp.writing_model import Continuation, WritingModel

_N_BEAMS: Final = 6
# A name of eight words has seldom more pieces.
_MOST_TOKENS: Final = 14
MOST_NAMES: Final = 3
# The model's share of a step's stage, beside what the statements' own probabilities say together.
STAGE_SHARE: Final = 0.4
# Steps whose names are written together.
_AT_ONCE: Final = 8
# What a name needs to stand unseen: mean log-probability of its tokens, share of its content words that were said.
_LEAST_SCORE: Final = -0.9
_LEAST_SAID: Final = 0.6


def tell_steps(
    model: WritingModel,
    steps: Sequence[JobStep],
    statements: Mapping[str, Statement],
    transcripts: Sequence[Transcript],
    *,
    job: str,
) -> tuple[Told, ...]:
    """Tell the stage of every step, mixed of its own and the model's, and its name where the model's can stand.

    Args:
        statements: by id, those of the steps among them.
        job: the job statement, "" where none is stated.
    """
    opened = model.read(job_prompt(job))

    def told(heap: Sequence[JobStep]) -> list[Told]:
        passages, stages, shown = [], [], []
        for step in heap:
            shown.append(said_of([statements[i] for i in step.statements], transcripts))
            passages.append(model.read(said_prompt(shown[-1]), after=opened))
            chances = model.chances(passages[-1], [f" {stage}" for stage in STAGES])
            stages.append(mixed_stages(step.stage_probabilities, chances, STAGE_SHARE))
        starts = [f" {likeliest_stage(mixed)}{BEFORE_NAME}" for mixed in stages]
        names = model.write_on(passages, starts, most_tokens=_MOST_TOKENS)
        return [
            Told(chances, name.text if name and can_stand(name, lines) else None)
            for chances, name, lines in zip(stages, names, shown, strict=True)
        ]

    heaps = [steps[first : first + _AT_ONCE] for first in range(0, len(steps), _AT_ONCE)]
    return tuple(one for heap in side_by_side(told, heaps) for one in heap)


def can_stand(name: Continuation, lines: Sequence[str]) -> bool:
    """Whether what was written may name a step that nobody has looked at yet.

    The linter finds nothing in it, the model is sure of it, and it is not about something else: most of its content
    words stand in the lines that the model was shown. A network of this size repeats itself at times; such a name says
    little.
    """
    words = content_stems(name.text)
    said = {word for line in lines for word in content_stems(line)}
    return (
        name.score >= _LEAST_SCORE
        and not lint_step(name.text, job=None)
        and 0 < len(words) == len(set(words))
        and sum(word in said for word in words) >= _LEAST_SAID * len(words)
    )


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
