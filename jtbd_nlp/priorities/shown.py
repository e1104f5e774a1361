"""Priorities in a terminal: the first steps of the roadmap, the segments, and what to mind."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jtbd_nlp.priorities.overview import Priorities, rows_of

N_STEPS: Final = 8


def render_priorities(priorities: Priorities, console: Console, *, n_steps: int = N_STEPS) -> None:
    """Print the roadmap's first steps with intervals, the segments, the maturity claim and the warnings."""
    p = priorities
    if p.is_synthetic:
        said = f"SYNTHETIC survey: {p.n_respondents} made-up respondents; nobody was asked"
        console.print(said, style="bold yellow", highlight=False, soft_wrap=True)
    if p.n_counted:
        table = Table("", "step", "stage", "priority", "important", "difficult", "opportunity", box=None)
        for row in rows_of(p.roadmap.head(n_steps)):
            interval = f"({_two(row['priority_low'])} to {_two(row['priority_high'])})"
            chance = "–" if row["opportunity"] is None else f"{row['opportunity']:.1f} {row['reading']}"
            figures = (f"{_two(row['priority'])} {interval}", _percent(row["importance"]), _percent(row["ces"]), chance)
            table.add_row(str(row["rank"]), escape(row["wording"]), row["stage"] or "", *figures)
        console.print(table)
        _say(console, f"{p.n_counted} of {p.n_respondents} respondents counted, {p.n_interviewed} people interviewed")
        if p.segmentation is not None:
            _say(console, f"{p.segmentation.verdict}: {p.segmentation.reason}")
        for name, who in p.members.items():
            hardest = p.struggle[name].sort_values(ascending=False, kind="stable").head(2)
            names = [f"{p.basis.subject(str(step)).wording} ({_percent(share)})" for step, share in hardest.items()]
            _say(console, f"  {name}, {len(who)} people: hardest are {', '.join(names)}")
        if p.maturity is not None:
            _say(console, p.maturity.claim)
    else:
        _interviews_alone(p, console, n_steps)
    for warning in p.warnings:
        console.print(warning, style="yellow", highlight=False, soft_wrap=True, markup=False)


def _interviews_alone(p: Priorities, console: Console, n_steps: int) -> None:
    table = Table("step", "stage", "people telling of trouble", "of", box=None)
    hardest = p.signal.sort_values("n_struggling", ascending=False, kind="stable").head(n_steps)
    for row in rows_of(hardest):
        table.add_row(escape(row["wording"]), row["stage"] or "", str(row["n_struggling"]), str(row["n_participants"]))
    console.print(table)


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True, markup=False)


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
