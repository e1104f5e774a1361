"""Teach the writing model to tell the stage of a step from its quotes, and to name it as an analyst would.

It learns from groups of quotes with the name of their step (`named_groups.py`).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jtbd_nlp.learning.named_groups import NamedGroup
from jtbd_nlp.learning.teaching import OnStep, TeachingSettings, teach
from jtbd_nlp.step_prompts import MOST_LINES, step_answer, step_prompt
from jtbd_nlp.writing_model import WritingModel


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingSettings(TeachingSettings):
    """How the writing model is taught names.

    A line that belongs to another step, or to none, stands in for one of three or more with chance `stray`; the job is
    left out with chance `no_job`. Groups that the program made of real talk, which is what it will be asked of, come up
    `times_real` times for once of the others.
    """

    epochs: float = 1.25
    stray: float = 0.5
    no_job: float = 0.1
    times_real: int = 2


def teach_naming(
    model: WritingModel,
    groups: Sequence[NamedGroup],
    path: Path,
    *,
    key: str,
    settings: NamingSettings,
    on_step: OnStep | None = None,
) -> None:
    """Teach `model` (which is changed) to name `groups`, and write what it was taught to `path`, with its `key`.

    Raises:
        ValueError: there are no groups.
    """
    teach(
        model,
        groups,
        lambda group, draws: draw_example(group, draws, settings),
        path,
        card={"key": key, "n_groups": len(groups)},
        settings=settings,
        on_step=on_step,
    )


def draw_example(group: NamedGroup, draws: random.Random, settings: NamingSettings) -> tuple[str, str]:
    """A prompt of some of a group's lines in any order, strays among them at times, and its answer."""
    lines = draws.sample(group.lines, draws.randint(min(2, len(group.lines)), min(MOST_LINES, len(group.lines))))
    for at in (0, 1):
        if group.strays and len(lines) >= 3 + 2 * at and draws.random() < settings.stray / (1 + at):
            lines[at] = draws.choice(group.strays)
    draws.shuffle(lines)
    job = "" if draws.random() < settings.no_job else group.job
    return step_prompt(job, lines), step_answer(group.stage, group.name)
