"""JobMap to Markdown: the map a team agreed on, to paste into a wiki, with people, best quotes and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jtbd_nlp.export.job_map_rows import MapRows, NeedRow, StageRow, StepRow, map_rows
from jtbd_nlp.export.markdown import N_NEED_QUOTES, counted, escaped, told_loose
from jtbd_nlp.quoting import QuoteInContext
from jtbd_nlp.review import JobMap

N_QUOTES: Final = 2


def job_map_markdown(job_map: JobMap, *, approved_only: bool = True) -> str:
    """Write a map in Markdown (CommonMark): by default what was approved or edited and has support; see `map_rows`.

    Words of people and of the team are escaped, so that a star or a tag in them shows as itself.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    rows = map_rows(job_map, approved_only=approved_only)
    lines = [*_head(rows)]
    for stage in rows.stages:
        lines += _stage(stage, rows)
    if rows.stepless:
        lines += ["## Needs of no step", "", *(_need(need, rows) for need in rows.stepless), ""]
    about_all = [c for c in rows.plain["comments"] if c["entry"] is None]
    if about_all:
        lines += ["## Comments", "", *(f"- {escaped(c['text'])} — {escaped(c['by'])}" for c in about_all), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(rows: MapRows) -> Iterator[str]:
    study = rows.plain["study"]
    n_steps = sum(len(stage.steps) for stage in rows.stages)
    n_needs = len(rows.stepless) + sum(len(step.needs) for stage in rows.stages for step in stage.steps)
    yield f"# Job map: {escaped(study['job'] or study['name'])}"
    yield ""
    executor = f"Executor: {escaped(study['executor'])} · " if study["executor"] else ""
    yield f"{executor}Study: {escaped(study['name'])}"
    yield ""
    what = "approved " if rows.plain["approved_only"] else ""
    yield (
        f"{counted(n_steps, what + 'step')} and {counted(n_needs, what + 'need')}, from "
        f"{counted(rows.n_interviews, 'interview')} with {counted(rows.n_people, 'participant')}. "
        "Counts are people, not mentions; every quote is what somebody said, character for character."
    )
    yield ""


def _stage(stage: StageRow, rows: MapRows) -> Iterator[str]:
    yield f"## {stage.name}"
    yield ""
    yield f"*{stage.definition}*"
    yield ""
    for step in stage.steps:
        yield from _step(step, rows)
    if not stage.steps:
        yield f"No step here yet. Ask next time: *{escaped(stage.plain['ask'])}*"
        yield ""


def _step(step: StepRow, rows: MapRows) -> Iterator[str]:
    plain = step.plain
    low, high = plain["interval"]
    yield f"### {step.number}. {escaped(plain['phrase'])}{_state(plain)}"
    yield ""
    yield (
        f"**{plain['n_participants']} of {rows.n_people}** participants (95 % interval {low:.2f} to {high:.2f}), "
        f"{counted(len(step.quotes), 'quote')}"
    )
    yield ""
    for quote in step.quotes[:N_QUOTES]:
        yield from _quote(quote)
    if step.needs:
        yield "Needs:"
        yield ""
        yield from (_need(need, rows) for need in step.needs)
        yield ""
    if step.need_quotes:
        yield told_loose(len(step.need_quotes), has_needs=bool(step.needs))
        yield ""
        for quote in step.need_quotes[:N_NEED_QUOTES]:
            yield from _quote(quote)
    if step.against:
        yield f"Against it, not counted above: {counted(plain['n_against'], 'participant')} not doing it."
        yield ""
        for quote in step.against[:N_QUOTES]:
            yield from _quote(quote)
    if step.comments:
        yield from (f"- Comment: {escaped(c['text'])} — {escaped(c['by'])}" for c in step.comments)
        yield ""


def _need(need: NeedRow, rows: MapRows) -> str:
    plain = need.plain
    context = f", {escaped(plain['context'])}" if plain["context"] else ""
    kind = "" if plain["kind"] == "functional" else f"{escaped(plain['kind'].replace('_', ' '))}; "
    against = "; ".join(f"“{escaped(other)}”" for other in need.opposites)
    return (
        f"- {escaped(plain['statement'])}{context} *({kind}{plain['n_participants']} of {rows.n_people} participants)*"
        f"{_state(plain)}{f' — contradicted by {against}' if against else ''}"
    )


def _state(plain: dict[str, object]) -> str:
    """What a reader must know of an entry that is not simply approved."""
    notes = ["suggested, nobody decided yet"] if plain["state"] == "suggested" else []
    notes += ["no words back it any more"] if plain["lost_support"] else []
    return f" *({'; '.join(notes)})*" if notes else ""


def _quote(quote: QuoteInContext) -> Iterator[str]:
    led = " (led: the interviewer said it first)" if quote.is_led else ""
    yield f"> “{escaped(quote.quote)}” — {escaped(quote.speaker)}, {escaped(quote.place)}{led}"
    yield ""
