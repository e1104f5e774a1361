"""Priorities as one HTML page: roadmap first, every figure with its interval, quotes one click away, no script.

Pictures are inside the page as SVG images, described in words and followed by their figures.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.figure import Figure

from jtbd_nlp.domain import Evidence
from jtbd_nlp.priorities import pictures
from jtbd_nlp.priorities.interviews import Interviews
from jtbd_nlp.priorities.overview import Priorities, rows_of
from jtbd_nlp.priorities.solutions import mention_matrix
from jtbd_nlp.priorities.subjects import Subject
from jtbd_nlp.quoting import clock_time, context_bounds
from jtbd_nlp.report.rendering import file_of, render_page

_PACKAGE: Final = "jtbd_nlp.priorities"
N_QUOTES: Final = 5
TELLING: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteView:
    """A quote between a few words; `before + quote + after` is a stretch of the turn."""

    speaker: str
    place: str
    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture as the page holds it: `source` is a data address, `alt` says what it shows."""

    source: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A row of the roadmap with its needs' scores, its quotes, and what its feature ids mean."""

    figures: Mapping[str, Any]
    needs: tuple[Mapping[str, Any], ...]
    quotes: tuple[QuoteView, ...]
    features: tuple[str, ...]


def priorities_html(priorities: Priorities, interviews: Interviews) -> str:
    """Write the page; the same priorities and interviews give the same page."""
    css = file_of("jtbd_nlp.report", "report.css") + file_of(_PACKAGE, "priorities.css")
    return render_page(
        _PACKAGE,
        "priorities.html",
        css=css,
        p=priorities,
        steps=tuple(_step_rows(priorities, interviews)),
        pictures=_pictures(priorities),
        solution_names={solution.id: solution.name for solution in priorities.solutions},
        signal=rows_of(priorities.signal),
        mentions=_mention_rows(priorities, interviews),
        ratings=_rated_cells(priorities),
        candidates=rows_of(priorities.candidates),
        reach=rows_of(priorities.reach),
        validation=rows_of(priorities.validation),
        stages=rows_of(priorities.stages),
        stages_before=_stages_before(priorities),
        pay=[row for row in rows_of(priorities.pay) if row["median"] is not None],
        profiles=_telling(priorities),
        waves=rows_of(priorities.waves),
        changes=[row for row in rows_of(priorities.changes) if row["is_sure"] and row["kind"] == "step"],
        messages=[(m.lead, quote_view(m.evidence, m.speaker, interviews)) for m in priorities.messages],
    )


def quote_view(evidence: Evidence, speaker: str, interviews: Interviews) -> QuoteView:
    """A quote with up to twelve words on each side, and where it stands."""
    transcript = next(t for t in interviews.transcripts if t.id == evidence.transcript)
    turn = transcript.turns[evidence.span.turn]
    first, last = context_bounds(turn.text, evidence.span.start, evidence.span.end, n_words=12)
    time = "" if turn.start is None else f", {clock_time(turn.start)}"
    return QuoteView(
        speaker=speaker,
        place=f"{transcript.id}, turn {turn.index}{time}",
        before=("… " if first else "") + turn.text[first : evidence.span.start],
        quote=evidence.quote,
        after=turn.text[evidence.span.end : last] + (" …" if last < len(turn.text) else ""),
    )


def all_pictures(priorities: Priorities) -> dict[str, Figure]:
    """Every picture for which there are figures, by the name of its file."""
    made: dict[str, Figure] = {}
    if priorities.n_counted:
        made["opportunity-landscape"] = pictures.opportunity_landscape(priorities.scores)
        made["opportunity-of-needs"] = pictures.opportunity_landscape(priorities.scores, kind="need")
        made["effort"] = pictures.effort_bars(priorities.efforts)
        made["effort-of-needs"] = pictures.effort_bars(priorities.efforts, asked_of="its needs")
        made["effort-by-stage"] = pictures.stage_bars(priorities.stages)
    if priorities.members:
        names = {step.id: step.wording for step in priorities.basis.steps}
        made["steps-by-segment"] = pictures.segment_heat(priorities.struggle, names)
    if len(priorities.matrix):
        made["steps-by-solution"] = pictures.solution_heat(priorities.matrix)
    people = mention_matrix(priorities.mentions, priorities.solutions, priorities.basis)
    if people.size:
        made["steps-by-mention"] = pictures.mention_heat(people, {s.id: s.wording for s in priorities.basis.steps})
    if len(priorities.stages_by_wave.dropna(subset=["ces"])):
        made["stages-by-wave"] = pictures.wave_lines(priorities.stages_by_wave)
    if len(priorities.pay.dropna(subset=["median"])):
        made["pay"] = pictures.pay_ranges(priorities.pay)
    if len(priorities.changes):
        made["change"] = pictures.change_lines(priorities.changes)
    return made


_ALT: Final[Mapping[str, str]] = {
    "opportunity-landscape": "Importance and satisfaction of each step; the table of the roadmap has the figures",
    "effort": "Share that finds each step difficult, with 95 % intervals; the table of the roadmap has the figures",
    "effort-by-stage": "Share of difficult ratings by stage, with 95 % intervals; the list beside has the figures",
    "steps-by-segment": "Share that finds each step difficult, by segment; every cell has its figure",
    "steps-by-solution": "Share of each solution's users who are satisfied with each step; every cell has its figure",
    "steps-by-mention": "People in interviews who name each solution at each step; every cell has its count",
    "stages-by-wave": "Share of difficult ratings by stage, survey by survey; the list beside has the figures",
    "pay": "The most that people would pay, by segment; the list beside has the figures",
    "change": "Share that finds each step difficult, before and after; the list below names the changes that are sure",
}


def _pictures(priorities: Priorities) -> dict[str, PictureView]:
    shown = {name: figure for name, figure in all_pictures(priorities).items() if name in _ALT}
    return {
        name: PictureView(
            source="data:image/svg+xml;base64," + base64.b64encode(pictures.picture_svg(figure)).decode("ascii"),
            alt=_ALT[name],
        )
        for name, figure in shown.items()
    }


def _step_rows(priorities: Priorities, interviews: Interviews) -> Iterator[StepRow]:
    names = {feature.id: feature.name for feature in priorities.features}
    scores = rows_of(priorities.scores[priorities.scores["segment"] == "everybody"])
    for row in rows_of(priorities.roadmap):
        voices = interviews.struggles(row["step"])[:N_QUOTES]
        needs = [s for s in scores if s["kind"] == "need" and s["step"] == row["step"]]
        yield StepRow(
            figures=row,
            needs=tuple(sorted(needs, key=lambda need: -(need["opportunity"] or 0))),
            quotes=tuple(quote_view(v.evidence, v.speaker, interviews) for v in voices),
            features=tuple(names[f] for f in (row["features"] or "").split("; ") if f in names),
        )


def _mention_rows(priorities: Priorities, interviews: Interviews) -> list[dict[str, Any]]:
    """Rows of the table of mentions, each with the first of its quotes."""
    quotes: dict[tuple[str | None, str], list[QuoteView]] = {}
    for mention in priorities.mentions:
        quotes.setdefault((mention.step, mention.solution), []).append(
            quote_view(mention.evidence, mention.speaker, interviews)
        )
    return [
        {**row, "quotes": quotes[row["step"], row["solution"]][:N_QUOTES]} for row in rows_of(priorities.mention_counts)
    ]


def _rated_cells(priorities: Priorities) -> list[tuple[Subject, tuple[Mapping[str, Any], ...]]]:
    """Steps with what is known of each solution there; steps at which too few rated any are left out."""
    known = rows_of(priorities.matrix.dropna(subset=["satisfied"]))
    by_step = [(step, tuple(cell for cell in known if cell["step"] == step.id)) for step in priorities.basis.steps]
    return [(step, cells) for step, cells in by_step if cells]


def _stages_before(priorities: Priorities) -> dict[str, list[dict[str, Any]]]:
    """By stage, what earlier surveys found there, the last of all left out."""
    waves = rows_of(priorities.stages_by_wave)
    last = waves[-1]["wave"] if waves else None
    before: dict[str, list[dict[str, Any]]] = {}
    for row in waves:
        if row["wave"] != last and row["ces"] is not None:
            before.setdefault(row["stage"], []).append(row)
    return before


def _telling(priorities: Priorities) -> list[dict[str, Any]]:
    """What sets a segment apart: answers that are not spread evenly and whose interval leaves out everybody's share."""
    return [
        row
        for row in rows_of(priorities.profiles)
        if row["p_value"] is not None
        and row["p_value"] <= TELLING
        and not row["share_low"] <= row["share_of_everybody"] <= row["share_high"]
    ]
