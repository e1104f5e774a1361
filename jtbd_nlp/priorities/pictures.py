"""Pictures of priorities: numbers in, a matplotlib figure out; SVG and PNG to the byte the same for the same numbers.

Colours are told apart by colour-blind people and on a grey printer (Okabe and Ito; cividis for heat), and no picture
says anything by colour alone: points have shapes, cells have figures.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from jtbd_nlp.priorities.scores import EVERYBODY, ScoreSettings
from jtbd_nlp.stages import STAGES

INK: Final = "#1d2426"
SOFT: Final = "#566166"
LINE: Final = "#c9c6bc"
# Okabe and Ito 2008, without yellow, which is too light on paper; a colour and a shape for each stage.
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#6b6b6b")
SHAPES: Final = ("o", "s", "^", "D", "v", "P")
HEAT: Final = "cividis"
DPI: Final = 144
N_NAMED: Final = 12
_STYLE: Final[Any] = {
    "svg.hashsalt": "jtbd-nlp",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,
    "axes.unicode_minus": False,
}


def picture_svg(figure: Figure) -> bytes:
    """The figure as SVG, without a date and with the same ids each time."""
    target = io.BytesIO()
    with rc_context(_STYLE):
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()


def picture_png(figure: Figure) -> bytes:
    """The figure as PNG at 144 dots an inch."""
    target = io.BytesIO()
    with rc_context(_STYLE):
        figure.savefig(target, format="png", dpi=DPI, metadata={"Software": None})
    return target.getvalue()


def opportunity_landscape(
    scores: pd.DataFrame, *, segment: str = EVERYBODY, kind: str = "step", settings: ScoreSettings | None = None
) -> Figure:
    """Importance over satisfaction, both 0 to 10, with the regions that an opportunity is read by.

    Points are numbered by opportunity; the names of the first twelve stand beside. Rows without both are left out.
    """
    settings = settings or ScoreSettings()
    rows = scores[(scores["segment"] == segment) & (scores["kind"] == kind)].dropna(subset=["opportunity"])
    rows = rows.sort_values("opportunity", ascending=False, kind="stable").reset_index(drop=True)
    with rc_context(_STYLE):
        figure = Figure(figsize=(9.0, 5.6))
        FigureCanvasAgg(figure)
        figure.subplots_adjust(left=0.08, right=0.6, bottom=0.16, top=0.95)
        axes = figure.add_subplot()
        _regions(axes, settings)
        for stage, shape, colour in zip((*STAGES, None), (*SHAPES, "X"), (*COLOURS, SOFT), strict=True):
            own = rows[rows["stage"].isna()] if stage is None else rows[rows["stage"] == stage]
            if len(own):
                x, y = 10 * own["importance"], 10 * own["satisfaction"]
                axes.scatter(x, y, marker=shape, c=colour, s=42, label=stage or "no stage", zorder=3, linewidths=0)
        for place, row in enumerate(rows[["importance", "satisfaction"]].to_numpy(), 1):
            axes.annotate(
                str(place), (10 * row[0], 10 * row[1]), xytext=(5, 3), textcoords="offset points", fontsize=8, zorder=4
            )
        axes.set(xlim=(0, 10), ylim=(0, 10), xlabel="importance (10 = everybody)", ylabel="satisfaction")
        axes.grid(color=LINE, linewidth=0.5)
        if len(rows):
            axes.legend(loc="upper left", bbox_to_anchor=(0, -0.1), ncols=6, frameon=False, fontsize=8, handletextpad=0)
        names = [f"{i}  {_short(w)}  {o:.1f}" for i, (w, o) in enumerate(_named(rows), 1)]
        figure.text(
            0.63, 0.88, "\n".join(["opportunity, highest first", "", *names]), va="top", fontsize=8, linespacing=1.7
        )
    return figure


def effort_bars(efforts: pd.DataFrame, *, segment: str = EVERYBODY, asked_of: str = "the step") -> Figure:
    """Customer effort of each step as a bar with its interval, in job order; the reading that is asked for."""
    rows = efforts[(efforts["segment"] == segment) & (efforts["asked_of"] == asked_of)].dropna(subset=["ces"])
    return _bars(
        [_short(w) for w in rows["wording"]],
        rows["ces"].to_numpy(),
        rows["ces_low"].to_numpy(),
        rows["ces_high"].to_numpy(),
        [COLOURS[STAGES.index(s)] if s in STAGES else SOFT for s in rows["stage"]],
        label=f"share that finds it difficult, asked of {asked_of}",
    )


def stage_bars(stages: pd.DataFrame) -> Figure:
    """Effort by stage with intervals; stages without figures are left out."""
    rows = stages.dropna(subset=["ces"])
    return _bars(
        list(rows["stage"]),
        rows["ces"].to_numpy(),
        rows["ces_low"].to_numpy(),
        rows["ces_high"].to_numpy(),
        [COLOURS[STAGES.index(s)] for s in rows["stage"]],
        label="share of ratings that say difficult",
    )


def wave_lines(stages_by_wave: pd.DataFrame) -> Figure:
    """Effort by stage from survey to survey, as `maturity.struggle_by_wave` gives it, with intervals."""
    rows = stages_by_wave.dropna(subset=["ces"])
    waves = list(dict.fromkeys(zip(rows["wave"], rows["day"], strict=True)))
    with rc_context(_STYLE):
        figure, axes = _figure(8.0, 4.2)
        for i, (stage, shape, colour) in enumerate(zip(STAGES, SHAPES, COLOURS, strict=True)):
            own = rows[rows["stage"] == stage]
            # A little apart, so that intervals do not hide each other.
            x = [waves.index(w) + 0.04 * (i - 2.5) for w in zip(own["wave"], own["day"], strict=True)]
            spread = np.abs(np.vstack([own["ces"] - own["ces_low"], own["ces_high"] - own["ces"]]))
            if len(own):
                axes.errorbar(
                    x, own["ces"], yerr=spread, marker=shape, color=colour, label=stage, linewidth=1.4, elinewidth=0.8
                )
        axes.set_xticks(range(len(waves)), [f"{_short(wave, 26)}\n{day}" for wave, day in waves], color=INK)
        axes.set(xlim=(-0.4, max(1, len(waves)) - 0.6), ylim=(0, 1), ylabel="share of ratings that say difficult")
        axes.yaxis.set_major_formatter(_as_percent)
        axes.grid(axis="y", color=LINE, linewidth=0.5)
        figure.legend(loc="outside lower center", ncols=6, frameon=False, fontsize=8)
    return figure


def pay_ranges(pay: pd.DataFrame) -> Figure:
    """The most that people would pay, by segment: the middle half as a bar, the median with its interval on it."""
    rows = pay.dropna(subset=["median"]).reset_index(drop=True)
    with rc_context(_STYLE):
        figure, axes = _figure(8.0, 1.1 + 0.44 * max(1, len(rows)))
        places = np.arange(len(rows))
        axes.barh(
            places, rows["upper_quartile"] - rows["lower_quartile"], left=rows["lower_quartile"], height=0.5,
            color=COLOURS[4], alpha=0.5,
        )  # fmt: skip
        spread = np.abs(np.vstack([rows["median"] - rows["median_low"], rows["median_high"] - rows["median"]]))
        axes.errorbar(
            rows["median"], places, xerr=spread, fmt="o", color=COLOURS[0], ecolor=INK, elinewidth=1.2, capsize=3
        )
        names = [f"{_short(s, 30)} (n={n})" for s, n in zip(rows["segment"], rows["n"], strict=True)]
        axes.set_yticks(places, names, color=INK)
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.set_xlabel("the most they would pay (point: median with 95 % interval; bar: the middle half)")
        axes.grid(axis="x", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
    return figure


def segment_heat(struggle: pd.DataFrame, wordings: Mapping[str, str]) -> Figure:
    """Steps by segments: the share that finds each step difficult, as `segments.who_struggles_where` gives it."""
    names = [_short(wordings[str(step)]) for step in struggle.index]
    columns = [str(c) for c in struggle.columns]
    return _heat(struggle.to_numpy(dtype=float), names, columns, "share that finds it difficult")


def solution_heat(matrix: pd.DataFrame) -> Figure:
    """Steps by solutions: the share of each solution's users who are satisfied; blank where too few rated."""
    table = matrix.pivot_table(index="step", columns="solution", values="satisfied", dropna=False, sort=False)
    names = matrix.drop_duplicates("step").set_index("step")["wording"]
    rows = [_short(names[s]) for s in table.index]
    return _heat(table.to_numpy(dtype=float), rows, list(table.columns), "share satisfied")


def mention_heat(people: pd.DataFrame, wordings: Mapping[str, str]) -> Figure:
    """Steps by solutions: how many people in interviews name each where they speak of the step; blank where nobody."""
    rows = [_short(wordings[str(step)]) for step in people.index]
    columns = [str(name) for name in people.columns]
    return _heat(people.to_numpy(dtype=float), rows, columns, "people who name it in interviews", is_count=True)


def change_lines(changes: pd.DataFrame, *, score: str = "ces") -> Figure:
    """What changed from wave to wave for each step: before and after on one line; filled where the change is sure.

    A part for each pair of waves, one under the other.
    """
    rows = changes[(changes["score"] == score) & (changes["kind"] == "step")]
    parts = [own for _, own in rows.groupby(["from_wave", "to_wave"], sort=False)]
    heights = [0.9 + 0.34 * len(own) for own in parts] or [1.4]
    with rc_context(_STYLE):
        figure = Figure(figsize=(8.0, 0.2 + sum(heights)), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(len(heights), sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        for axes, own in zip(panels, parts, strict=False):
            _changes(axes, own)
        panels[-1].set_xlabel(f"{score}: | before, circle after (filled: the change is sure)")
    return figure


def _changes(axes: Axes, rows: pd.DataFrame) -> None:
    for place, row in enumerate(rows.to_dict("records")):
        axes.plot([row["before"], row["after"]], [place, place], color=SOFT, linewidth=1.2, zorder=2)
        axes.scatter(row["before"], place, marker="|", c=SOFT, s=60, zorder=3)
        face = COLOURS[0] if row["is_sure"] else "white"
        axes.scatter(row["after"], place, marker="o", facecolors=face, edgecolors=COLOURS[0], s=34, zorder=3)
    axes.set_title(f"{rows['from_wave'].iloc[0]} → {rows['to_wave'].iloc[0]}", fontsize=9, loc="left")
    axes.set_yticks(range(len(rows)), [_short(w) for w in rows["wording"]], color=INK)
    axes.invert_yaxis()
    axes.grid(axis="x", color=LINE, linewidth=0.5)


def _bars(names: Sequence[str], values: Any, low: Any, high: Any, colours: Sequence[str], *, label: str) -> Figure:
    n = max(1, len(names))
    with rc_context(_STYLE):
        height = 1.1 + 0.34 * n
        figure, axes = _figure(8.0, height)
        places = np.arange(len(names))
        axes.barh(places, values, color=colours, height=0.62, alpha=0.85)
        spread = np.abs(np.vstack([values - low, high - values])) if len(names) else None
        axes.errorbar(values, places, xerr=spread, fmt="none", ecolor=INK, elinewidth=1.2, capsize=3)
        axes.set_yticks(places, names, color=INK)
        axes.invert_yaxis()
        axes.set(xlim=(0, 1), xlabel=f"{label} (bars: 95 % interval)")
        axes.xaxis.set_major_formatter(_as_percent)
        axes.grid(axis="x", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
    return figure


def _heat(values: Any, rows: Sequence[str], columns: Sequence[str], what: str, *, is_count: bool = False) -> Figure:
    """A cell a figure: shares in [0, 1], or counts, whose scale ends at the highest."""
    top = max(1.0, float(np.nanmax(values))) if is_count and values.size else 1.0
    height = 1.5 + 0.36 * max(1, len(rows))
    with rc_context(_STYLE):
        figure, axes = _figure(4.4 + 1.0 * max(1, len(columns)), height)
        scale = colormaps[HEAT]
        axes.set_facecolor("white")
        if values.size:
            axes.imshow(np.ma.masked_invalid(values), cmap=scale, vmin=0, vmax=top, aspect="auto")
        for i, j in np.ndindex(*values.shape):
            if not np.isnan(values[i, j]):
                figures = f"{values[i, j]:.0f}" if is_count else f"{values[i, j]:.0%}"
                dark = values[i, j] < 0.55 * top
                axes.text(j, i, figures, ha="center", va="center", color="white" if dark else INK)
        axes.set_xticks(range(len(columns)), [_short(c, 22) for c in columns], color=INK, rotation=18, ha="left")
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(rows)), rows, color=INK)
        axes.tick_params(length=0)
        axes.set_xlabel(what)
        for side in axes.spines.values():
            side.set_visible(False)
    return figure


def _regions(axes: Axes, settings: ScoreSettings) -> None:
    """Lines of equal opportunity, named along the bottom, where satisfaction is lowest."""
    importance = np.linspace(0, 10, 201)
    cut_offs = ((settings.worth, "worth considering"), (settings.strong, "strong"), (settings.extreme, "extreme"))
    for shade, (cut_off, name) in zip((0.07, 0.12, 0.18), cut_offs, strict=True):
        # imp + (imp - sat) >= cut_off below the diagonal; above it opportunity is importance alone.
        edge = np.where(importance >= cut_off, 10.0, np.minimum(2 * importance - cut_off, importance))
        axes.fill_between(
            importance, 0, np.clip(edge, 0, 10), where=edge > 0, color=COLOURS[0], alpha=shade, linewidth=0
        )
        axes.annotate(name, (cut_off / 2 + 0.1, 0.12), fontsize=7, color=SOFT, rotation=62, va="bottom")
    axes.plot([0, 10], [0, 10], color=SOFT, linewidth=0.8, linestyle=(0, (4, 3)))


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    """One pair of axes with room for whatever names stand beside them."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _as_percent(share: float, _: float) -> str:
    return f"{share:.0%}"


def _named(rows: pd.DataFrame) -> list[tuple[str, float]]:
    first = rows.head(N_NAMED)
    return list(zip(first["wording"], first["opportunity"], strict=True))


def _short(text: str, n: int = 42) -> str:
    """At most n characters, cut at a word."""
    if len(text) <= n:
        return text
    return (text[:n].rpartition(" ")[0] or text[:n]) + " …"
