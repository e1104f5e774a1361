"""JobMap to one CSV file: a row for each step, and under it a row for each of its needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from jtbd_nlp.export.job_map_rows import NeedRow, StepRow, map_rows, stage_numbers
from jtbd_nlp.export.tables import csv_bytes
from jtbd_nlp.quoting import QuoteInContext
from jtbd_nlp.review import JobMap

# fmt: off
COLUMNS: Final = (
    "kind", "stage_number", "stage", "stage8", "step_number", "step", "need", "state", "lost_support",
    "n_participants", "of_participants", "interval_low", "interval_high", "n_statements", "origin",
    "direction", "metric", "object", "context", "need_kind", "action_variable",
    "best_quote", "speaker", "transcript", "turn", "n_comments", "lint", "id", "step_id",
    "n_need_quotes",
)
# fmt: on


def job_map_csv(job_map: JobMap, *, approved_only: bool = True) -> bytes:
    """Write a map as a table; what is in it and what is not, as in `map_rows`, how it is written, as in `analysis_csv`.

    `kind` is step or need; `step` is the phrase, on the rows of its needs too. Needs of no step come last.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    rows = map_rows(job_map, approved_only=approved_only)
    written: list[dict[str, object]] = []
    for stage in rows.stages:
        for step in stage.steps:
            written.append(_step(step) | {"of_participants": rows.n_people})
            written += [_need(need, step) | {"of_participants": rows.n_people} for need in step.needs]
    written += [_need(need, None) | {"of_participants": rows.n_people} for need in rows.stepless]
    return csv_bytes(written, COLUMNS)


def _step(step: StepRow) -> dict[str, object]:
    return {
        "kind": "step",
        **_of_step(step),
        **_common(step.plain),
        **_quoted(step.quotes),
        "n_need_quotes": len(step.need_quotes),
    }


def _need(need: NeedRow, step: StepRow | None) -> dict[str, object]:
    plain = need.plain
    of_step = _of_step(step) if step else {"stage": plain["stage"], "stage8": plain["stage8"]}
    if plain["stage"]:
        of_step["stage_number"] = stage_numbers()[plain["stage"]]
    return {
        "kind": "need",
        **of_step,
        "need": plain["statement"],
        **{name: plain[name] for name in ("direction", "metric", "object", "context", "action_variable")},
        "need_kind": plain["kind"],
        **_common(plain),
        **_quoted(need.quotes),
    }


def _of_step(step: StepRow) -> dict[str, object]:
    plain = step.plain
    return {
        "stage_number": stage_numbers()[plain["stage"]],
        "stage": plain["stage"],
        "stage8": plain["stage8"],
        "step_number": step.number,
        "step": plain["phrase"],
        "step_id": plain["id"],
    }


def _common(plain: dict[str, Any]) -> dict[str, object]:
    low, high = plain["interval"]
    names = ("state", "lost_support", "n_participants", "n_statements", "origin", "n_comments", "id")
    lint = "; ".join(finding["message"] for finding in plain["lint"])
    return {name: plain[name] for name in names} | {"interval_low": low, "interval_high": high, "lint": lint}


def _quoted(quotes: tuple[QuoteInContext, ...]) -> dict[str, object]:
    return next(_first(quotes), {})


def _first(quotes: tuple[QuoteInContext, ...]) -> Iterator[dict[str, object]]:
    for quote in quotes:
        yield {
            "best_quote": quote.quote,
            "speaker": quote.speaker,
            "transcript": quote.transcript,
            "turn": quote.turn,
        }
