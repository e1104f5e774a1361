"""A job map as its readers want it told: stages with their steps, steps with their needs and quotes, in order.

What Markdown, the page and the table show alike; each only words it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jtbd_nlp.export.job_map_json import to_plain
from jtbd_nlp.quoting import QuoteInContext, evidence_in_context
from jtbd_nlp.review import JobMap
from jtbd_nlp.stages import DEFINITIONS, STAGES

# Rejected entries are told to tools and not to readers.
_REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """A need, as in jtbd-jobmap/1, with its quotes, best first, and the statements of the needs it contradicts."""

    plain: dict[str, Any]
    quotes: tuple[QuoteInContext, ...]
    opposites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step, as in jtbd-jobmap/1, with its needs and its quotes; `number` counts in its stage.

    `need_quotes` are the loose ones beside it, `against` those against it.
    """

    plain: dict[str, Any]
    number: int
    needs: tuple[NeedRow, ...]
    quotes: tuple[QuoteInContext, ...]
    need_quotes: tuple[QuoteInContext, ...]
    against: tuple[QuoteInContext, ...]
    comments: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """A stage, as in jtbd-jobmap/1, with its steps."""

    plain: dict[str, Any]
    definition: str
    steps: tuple[StepRow, ...]

    @property
    def name(self) -> str:
        """The stage as a heading."""
        return str(self.plain["stage"]).capitalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRows:
    """The whole map. `stepless` are the needs of no step."""

    plain: dict[str, Any]
    stages: tuple[StageRow, ...]
    stepless: tuple[NeedRow, ...]
    n_interviews: int
    n_people: int
    n_words: int
    n_quotes: int


def map_rows(job_map: JobMap, *, approved_only: bool) -> MapRows:
    """Tell a map in rows.

    Args:
        approved_only: leave out what nobody approved or edited, and what no words back any more. Otherwise all but
            what was rejected is told.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    plain = to_plain(job_map, approved_only=approved_only)
    quotes = _Quotes(job_map)
    needs = [n for n in plain["needs"] if n["state"] != _REJECTED]
    wordings = {n["id"]: n["statement"] for n in needs}
    rows = {
        n["id"]: NeedRow(
            plain=n,
            quotes=quotes.of(n["statements"]),
            opposites=tuple(wordings[i] for i in n["contradicts"] if i in wordings),
        )
        for n in needs
    }
    steps = [s for s in plain["steps"] if s["state"] != _REJECTED]
    stages = tuple(
        StageRow(
            plain=stage,
            definition=DEFINITIONS[stage["stage"]].definition,
            steps=tuple(
                _step_row(number, step, rows, quotes, plain["comments"])
                for number, step in enumerate((s for s in steps if s["stage"] == stage["stage"]), 1)
            ),
        )
        for stage in plain["stages"]
    )
    shown = {n for stage in stages for step in stage.steps for n in step.plain["needs"]}
    transcripts = job_map.analysis.transcripts
    return MapRows(
        plain=plain,
        stages=stages,
        stepless=tuple(row for i, row in rows.items() if i not in shown),
        n_interviews=len(transcripts),
        n_people=plain["n_participants"],
        n_words=sum(t.n_words for t in transcripts),
        n_quotes=len({i for entry in (*steps, *needs) for i in entry["statements"]}),
    )


def _step_row(
    number: int, step: dict[str, Any], rows: dict[str, NeedRow], quotes: _Quotes, comments: list[dict[str, Any]]
) -> StepRow:
    return StepRow(
        plain=step,
        number=number,
        needs=tuple(rows[i] for i in step["needs"] if i in rows),
        quotes=quotes.of(step["statements"]),
        need_quotes=quotes.of(step["need_quotes"]),
        against=quotes.of(step["counter"]),
        comments=tuple(c for c in comments if c["entry"] == step["id"]),
    )


class _Quotes:
    """Quotes of a map by id."""

    def __init__(self, job_map: JobMap) -> None:
        self._transcripts = {t.id: t for t in job_map.analysis.transcripts}
        self._said = {i: (voice.evidence, voice.led) for i, voice in job_map.voices.items()}
        self._said |= {a.id: (a.evidence, a.led) for step in job_map.steps for a in step.counter}

    def of(self, ids: list[str]) -> tuple[QuoteInContext, ...]:
        said = [self._said[i] for i in ids if i in self._said]
        return tuple(evidence_in_context(e, self._transcripts[e.transcript], is_led=led) for e, led in said)


def stage_numbers() -> dict[str, int]:
    """The number of each stage, from 1."""
    return {stage: number for number, stage in enumerate(STAGES, 1)}
