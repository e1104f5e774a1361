"""A job map, progress and scores in a terminal; plain text in a pipe. Knows rich, and nothing of how a map is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from jtbd_nlp.comparison import Comparison
from jtbd_nlp.counter_evidence import asked_in_words, gap_in_words
from jtbd_nlp.domain import Analysis, JobStep, StageStatus
from jtbd_nlp.evaluation import HEADLINE_FIGURES, Figures, mean_figures
from jtbd_nlp.export.canonical import ordered_steps
from jtbd_nlp.export.markdown import counted
from jtbd_nlp.loose_quotes import quotes_beside_steps
from jtbd_nlp.models import ModelStatus
from jtbd_nlp.people import participants_of
from jtbd_nlp.quoting import printable, quote_in_context
from jtbd_nlp.stages import stage_position

# Quotes longer than two lines are shortened here; the files have them whole.
N_QUOTE_LINES: Final = 2
N_COVERAGE_ROWS: Final = 12
N_DOTS: Final = 12
N_BAR: Final = 20
INDENT: Final = 5
# Wider lines of talk are hard to read.
MAX_WIDTH: Final = 120

# So that ten figures stand side by side in 80 columns; an F1 is what a name without more stands for.
_SHORT_NAMES: Final = {"sentence": "sent.", "accuracy": "acc.", "precision": "prec.", "grouping": "group", "f1": ""}
_SHORT_VERDICTS: Final = {
    "better": "better",
    "worse": "worse",
    "changed": "other",
    "within noise": "noise",
    "too few studies": "few",
}
_STATUS_STYLES: Final = {"covered": "green", "thin": "yellow", "missing": "red"}


def render_job_map(analysis: Analysis, console: Console) -> None:
    """Print the job map by stage: steps with people and their best quote, needs counted, gaps with what to ask.

    Readable from 80 columns on. What people said is shown as text: neither rich's markup nor a terminal's control
    codes in it have any effect.
    """
    width = min(console.width, MAX_WIDTH)
    is_ascii = console.options.ascii_only
    people = participants_of(analysis.transcripts)
    loose = quotes_beside_steps(analysis)
    console.print(_head(analysis, n_people=len(people), is_ascii=is_ascii), width=width)
    for stage in sorted(analysis.stages, key=lambda s: stage_position(s.stage)):
        console.print()
        told = _stage(stage, analysis, loose, n_people=len(people), width=width, is_ascii=is_ascii)
        console.print(told, width=width)
    console.print()
    console.print(_coverage(analysis, is_ascii=is_ascii), width=width)


class ProgressBars:
    """What `progress_bars` gives: one bar a hop, made when the hop first reports."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def advance(self, hop: str, done: int, total: int) -> None:
        """Show that `done` of `total` parts of `hop` are done; a total of 0 shows a bar that is full."""
        if hop not in self._bars:
            self._bars[hop] = self._progress.add_task(printable(hop), total=max(total, 1))
        n_done, n_total = (done, total) if total else (1, 1)
        self._progress.update(self._bars[hop], completed=n_done, total=n_total)


@contextmanager
def progress_bars(console: Console) -> Iterator[ProgressBars]:
    """Show progress while the block runs. Where the console is no terminal, nothing is printed."""
    columns = (
        SpinnerColumn(finished_text="[green]✓" if not console.options.ascii_only else "*"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=False, disable=not console.is_terminal) as progress:
        yield ProgressBars(progress)


def scores_table(figures: Mapping[str, Figures], *, names: tuple[str, ...] = HEADLINE_FIGURES) -> Table:
    """Lay out the figures of studies, one row a study and one column a figure, with the mean as last row.

    A figure that a study lacks stays blank.
    """
    table = _figures_table("study", names)
    for study, of_study in figures.items():
        table.add_row(Text(printable(study)), *(_figure(of_study, name) for name in names))
    if len(figures) > 1:
        table.add_row()
        mean = mean_figures(figures)
        table.add_row("mean", *(_figure(mean, name) for name in names), style="bold")
    return table


def changes_table(comparison: Comparison, *, names: tuple[str, ...] = HEADLINE_FIGURES) -> Table:
    """Lay out how far figures moved, in the columns of `scores_table`: by study, the mean, its interval and a verdict.

    The interval and the verdict are those of `comparison.Change`. A figure that one run lacks stays blank.
    """
    table = _figures_table("now less before", names)
    for study, of_study in comparison.differences.items():
        table.add_row(Text(printable(study)), *(_difference(of_study.get(name)) for name in names))
    changes = [comparison.changes.get(name) for name in names]
    table.add_row()
    table.add_row("mean", *(_difference(c.difference if c else None) for c in changes), style="bold")
    ends = [c.interval if c and c.interval else (None, None) for c in changes]
    table.add_row("95 % from", *(_difference(low) for low, _ in ends))
    table.add_row("95 % to", *(_difference(high) for _, high in ends))
    table.add_row("verdict", *(_SHORT_VERDICTS[c.verdict] if c else "" for c in changes))
    return table


def render_changes(comparison: Comparison, console: Console) -> None:
    """Print how far figures moved against an earlier run, and what the table's words mean."""
    console.print()
    console.print(Text(f"Against {printable(comparison.previous)}:"), soft_wrap=True)
    console.print(changes_table(comparison))
    if any(change.interval is None for change in comparison.changes.values()):
        console.print("few: fewer than six studies in both runs, too few to tell a difference from noise")
    else:
        console.print("noise: the 95 % interval of the mean (paired bootstrap over studies) holds 0")
    for where, studies in (("this run", comparison.only_now), ("the earlier run", comparison.only_before)):
        if studies:
            console.print(Text(f"only in {where}, not compared: {', '.join(map(printable, studies))}"), soft_wrap=True)


def render_models(statuses: Sequence[ModelStatus], console: Console) -> None:
    """Print each model of the manifest: whether it is verified, its version, licence and purpose, how to mend it."""
    if not statuses:
        console.print("The manifest names no model.")
    for status in statuses:
        entry = status.entry
        state = Text(status.state, style="green" if status.state == "verified" else "red")
        named = f"  {printable(entry.name)} {printable(entry.version)}, {printable(entry.licence)}"
        console.print(Text.assemble(state, (named, "bold")))
        lines = [entry.purpose, f"{entry.package}: {entry.file}", f"sha256 {entry.sha256}"]
        lines += [status.message] if status.message else []
        for line in lines:
            console.print(_indented(Text(printable(line), style="dim" if line != status.message else "red")))


def _figures_table(first: str, names: tuple[str, ...]) -> Table:
    """An empty table with a column for each figure, behind one for what the rows are."""
    table = Table(box=None, padding=(0, 0, 0, 1), pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    for name in names:
        table.add_column("\n".join(_SHORT_NAMES.get(w, w) for w in name.replace("_f1", "").split(".")), justify="right")
    return table


def _difference(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}" if round(value, 2) else "0.00"


def _figure(figures: Figures, name: str) -> str:
    return f"{figures[name]:.2f}" if name in figures else ""


def _head(analysis: Analysis, *, n_people: int, is_ascii: bool) -> RenderableType:
    dot = " - " if is_ascii else " · "
    heard = (
        counted(len(analysis.transcripts), "interview"),
        counted(n_people, "participant"),
        f"{sum(t.n_words for t in analysis.transcripts):,} words",
    )
    found = (
        counted(len(analysis.statements), "statement"),
        counted(len(analysis.steps), "step"),
        counted(analysis.n_needs_said, "need"),
    )
    lines = [Text(printable(analysis.study.job or analysis.study.name), style="bold")]
    about = [part for part in (analysis.study.executor, analysis.study.name) if part]
    lines.append(Text(dot.join(printable(part) for part in about), style="dim"))
    lines += [Text(dot.join(heard)), Text(dot.join(found))]
    return Panel(
        Group(*lines), title="Job map", title_align="left", subtitle="a draft to review", subtitle_align="right"
    )


def _stage(
    stage: StageStatus,
    analysis: Analysis,
    loose: Mapping[str, Sequence[str]],
    *,
    n_people: int,
    width: int,
    is_ascii: bool,
) -> RenderableType:
    steps = [step for step in ordered_steps(analysis) if step.stage == stage.stage]
    parts: list[RenderableType] = [_stage_rule(stage, n_people=n_people, is_ascii=is_ascii)]
    for step in steps:
        n_loose = len(loose.get(step.id, ()))
        parts.append(_step(step, analysis, n_loose=n_loose, n_people=n_people, width=width, is_ascii=is_ascii))
    if stage.status != "covered":
        parts.append(_gap(stage, analysis, width=width, is_ascii=is_ascii))
    return Group(*parts)


def _stage_rule(stage: StageStatus, *, n_people: int, is_ascii: bool) -> RenderableType:
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(no_wrap=True)
    line.add_column(ratio=1, no_wrap=True, overflow="crop")
    line.add_column(justify="right", no_wrap=True)
    counts = Text(f"{counted(stage.n_steps, 'step')}, {stage.n_participants} of {n_people} people")
    if stage.status != "covered":
        counts = Text.assemble((stage.status, _STATUS_STYLES[stage.status]), ", ", counts)
    name = Text(stage.stage.upper(), style=f"bold {_STATUS_STYLES[stage.status]}")
    line.add_row(name, Text(("-" if is_ascii else "─") * MAX_WIDTH, style="dim"), counts)
    return line


def _step(
    step: JobStep, analysis: Analysis, *, n_loose: int, n_people: int, width: int, is_ascii: bool
) -> RenderableType:
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(width=INDENT - 1, justify="right")
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_column(no_wrap=True)
    count = Text(f"{step.n_participants} of {n_people}")
    dots = Text(_dots(step.n_participants, n_people, is_ascii=is_ascii), style="cyan")
    line.add_row(f"{step.position}", Text(printable(step.phrase), style="bold"), count, dots)
    parts: list[RenderableType] = [line]
    if step.statements:
        parts.append(_quote(step.statements[0], analysis, width=width, is_ascii=is_ascii))
    more = counted(len(step.statements), "quote") + (f", {counted(len(step.needs), 'need')}" if step.needs else "")
    more += f"; {n_loose} more that may tell {'another' if step.needs else 'a need'}" if n_loose else ""
    more += f"; {step.n_against} against it" if step.n_against else ""
    parts.append(_indented(Text(more, style="dim")))
    parts += [_indented(Text(f"To check: {printable(finding.message)}", style="yellow")) for finding in step.lint]
    return Group(*parts)


def _gap(stage: StageStatus, analysis: Analysis, *, width: int, is_ascii: bool) -> RenderableType:
    style = _STATUS_STYLES[stage.status]
    said = f"{gap_in_words(stage)} {printable(asked_in_words(stage))}"
    ask = Text.assemble((f"{said} ", style), "Ask next time: ", (printable(stage.ask), "italic"))
    parts: list[RenderableType] = [_indented(ask)]
    if stage.nearest:
        parts.append(_quote(stage.nearest[0], analysis, width=width, is_ascii=is_ascii, lead="nearest: "))
    return Group(*parts)


def _quote(statement_id: str, analysis: Analysis, *, width: int, is_ascii: bool, lead: str = "") -> RenderableType:
    statement = analysis.statement(statement_id)
    transcript = next(t for t in analysis.transcripts if t.id == statement.evidence.transcript)
    quote = quote_in_context(statement, transcript)
    opening, closing, dash = ('"', '"', "--") if is_ascii else ("“", "”", "—")
    words = _shortened(printable(quote.quote), N_QUOTE_LINES * (width - INDENT) - 40, is_ascii=is_ascii)
    place = f" {dash} {printable(quote.speaker)}, {printable(quote.place)}" + (" (led)" if quote.is_led else "")
    return _indented(Text.assemble((lead, "dim"), (f"{opening}{words}{closing}", "italic"), (place, "dim")))


def _coverage(analysis: Analysis, *, is_ascii: bool) -> RenderableType:
    coverage, saturation = analysis.coverage, analysis.saturation
    low, high = saturation.interval
    told = Text(
        f"Steps and needs explain {coverage.share:.0%} of what participants said. One more interview should add about "
        f"{saturation.expected_new_needs:.1f} new needs ({low:.1f} to {high:.1f})."
    )
    table = Table.grid(padding=(0, 1))
    shares = sorted(coverage.by_transcript.items(), key=lambda row: (row[1], row[0]))
    for transcript_id, share in shares[:N_COVERAGE_ROWS]:
        bar = Text(_bar(share, is_ascii=is_ascii), style="cyan")
        table.add_row(Text(printable(transcript_id)), bar, f"{share:.0%}")
    parts: list[RenderableType] = [
        Text("COVERAGE", style="bold"),
        told,
        Padding(table, (0, 0, 0, INDENT), expand=False),
    ]
    if len(shares) > N_COVERAGE_ROWS:
        parts.append(_indented(Text(f"and {len(shares) - N_COVERAGE_ROWS} more, better explained", style="dim")))
    guessed = sorted(t.id for t in analysis.transcripts if t.warnings)
    if guessed:
        named = ", ".join(printable(name) for name in guessed[:6]) + (", ..." if len(guessed) > 6 else "")
        parts.append(Text(f"Something was guessed while reading {named}; the report says what.", style="yellow"))
    return Group(*parts)


def _indented(text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, INDENT), expand=False)


def _shortened(text: str, n_characters: int, *, is_ascii: bool) -> str:
    """Cut a long quote at a space; what is left out shows as an ellipsis in brackets, so as not to look said."""
    if len(text) <= n_characters:
        return text
    cut = text[:n_characters]
    return f"{cut.rpartition(' ')[0] or cut} [{'...' if is_ascii else '…'}]"


def _dots(k: int, n: int, *, is_ascii: bool) -> str:
    """One dot a person, filled for those who said it; beyond N_DOTS people, a bar of N_DOTS."""
    filled, empty = ("*", ".") if is_ascii else ("●", "○")
    n_filled, n_all = (k, n) if n <= N_DOTS else (max(round(N_DOTS * k / n), min(k, 1)), N_DOTS)
    return filled * n_filled + empty * (n_all - n_filled)


def _bar(share: float, *, is_ascii: bool) -> str:
    filled, empty = ("#", ".") if is_ascii else ("█", "░")
    n_filled = round(N_BAR * min(max(share, 0.0), 1.0))
    return filled * n_filled + empty * (N_BAR - n_filled)
