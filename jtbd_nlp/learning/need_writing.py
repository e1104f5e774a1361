"""Teach the writing model to write the need that a quote tells, as annotators did.

It learns from labelled needs with what was said around them; none of the gold studies, which are to judge it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jtbd_nlp.gold import GoldStudy
from jtbd_nlp.learning.teaching import OnStep, TeachingSettings, teach
from jtbd_nlp.need_prompts import need_answer, need_line, need_prompt
from jtbd_nlp.writing_model import WritingModel


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWritingSettings(TeachingSettings):
    """How the writing model is taught needs.

    It sees `most` of them, drawn by chance (seed `choice`), and not the job with chance `no_job`. Eight thousand take
    half an hour on two cores.
    """

    most: int = 8000
    choice: int = 7
    no_job: float = 0.1


@dataclass(frozen=True, slots=True)
class LabelledNeedLine:
    """What the model is shown of a labelled need, and the statement that the annotator wrote of it."""

    transcript: str
    job: str
    line: str
    statement: str


def need_lines(
    studies: Sequence[GoldStudy], jobs: Mapping[str, str], settings: NeedWritingSettings
) -> tuple[LabelledNeedLine, ...]:
    """The needs to learn from, in the order in which they are shuffled.

    Args:
        jobs: job statements by transcript, for those of studies without one.
    """
    lines = list(dict.fromkeys(line for study in studies for line in _lines_of(study, jobs)))
    random.Random(settings.choice).shuffle(lines)  # noqa: S311 - nothing secret
    return tuple(lines[: settings.most])


def _lines_of(study: GoldStudy, jobs: Mapping[str, str]) -> Iterator[LabelledNeedLine]:
    for transcript_id, labels in study.labels.items():
        turns = study.transcript(transcript_id).turns
        for label in labels:
            if label.kind == "need":
                before = turns[label.turn - 1].text if label.turn else ""
                line = need_line(turns[label.turn].text, label.start, label.end, before=before)
                job = study.job or jobs.get(transcript_id, "")
                yield LabelledNeedLine(transcript_id, job, line, label.phrase)


def teach_need_writing(
    model: WritingModel,
    lines: Sequence[LabelledNeedLine],
    path: Path,
    *,
    key: str,
    settings: NeedWritingSettings,
    on_step: OnStep | None = None,
) -> None:
    """Teach `model` (which is changed) to write the needs of `lines`, and write what it learned to `path`.

    Raises:
        ValueError: there are no lines.
    """
    teach(
        model,
        lines,
        lambda line, draws: draw_need(line, draws, settings),
        path,
        card={"key": key, "n_needs": len(lines)},
        settings=settings,
        on_step=on_step,
    )


def draw_need(line: LabelledNeedLine, draws: random.Random, settings: NeedWritingSettings) -> tuple[str, str]:
    """A prompt, without the job at times, and its answer."""
    job = "" if draws.random() < settings.no_job else line.job
    return need_prompt(job, line.line), need_answer(line.statement)
