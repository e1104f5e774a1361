"""What a terminal and a pipe show."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from jtbd_nlp.comparison import compare_runs
from jtbd_nlp.domain import Analysis, Study
from jtbd_nlp.evaluation import HEADLINE_FIGURES
from jtbd_nlp.models import ModelEntry, ModelStatus
from jtbd_nlp.terminal import progress_bars, render_changes, render_job_map, render_models, scores_table
from tests.builders import a_step, a_transcript, an_action, an_analysis
from tests.rich_study import rich_analysis


def shown(analysis: Analysis, *, width: int = 80, encoding: str = "utf-8", terminal: bool = False) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace")
    render_job_map(analysis, Console(file=file, width=width, force_terminal=terminal, color_system=None))
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [80, 140])
def test_no_line_is_wider_than_the_console(width: int) -> None:
    assert max(cell_len(line) for line in shown(rich_analysis(), width=width).splitlines()) <= width


def test_a_pipe_gets_plain_text() -> None:
    assert "\x1b" not in shown(rich_analysis())


def test_stages_steps_people_and_best_quotes_are_shown_in_order() -> None:
    text = shown(rich_analysis(), width=140)
    wanted = [
        "5 interviews · 6 participants · 331 words",
        "UNDERSTAND",
        "1 determine the departure time",
        "4 of 6 ●●●●○○",
        "“figure out what time I need to leave” — ANA-COMMUTER, ana-commuter, turn 1, 0:23",
        "5 quotes, 2 needs",
        "3 quotes; 1 more that may tell a need",
        "CONCLUDE",
        "No step of this stage was found. Never asked in so many words. Ask next time: How do you know you are done",
        "nearest: “then I'm there” — FINN",
        "COVERAGE",
        "62%",
        "ana-commuter   ████████████████░░░░ 80%",
    ]
    places = [text.find(part) for part in wanted]
    assert -1 not in places
    assert places == sorted(places)


def test_a_long_quote_is_cut_visibly() -> None:
    assert "and every […]” — ANA" in " ".join(shown(rich_analysis()).split())


def test_more_people_than_dots_are_shown_in_proportion() -> None:
    transcripts = [a_transcript("How?", "I plan the route.", name=f"p{i:02}") for i in range(30)]
    actions = [an_action(t, "plan the route") for t in transcripts[:15]]
    assert "15 of 30 ●●●●●●○○○○○○" in shown(an_analysis(transcripts, actions, [a_step(actions, n_asked=30)]))


def test_many_interviews_show_the_least_explained() -> None:
    transcripts = [a_transcript("How?", "I plan the route.", name=f"p{i:02}") for i in range(30)]
    text = shown(an_analysis(transcripts))
    assert "and 18 more, better explained" in text
    assert ("p29" in text, "p00" in text) == (True, False)


def test_markup_and_control_codes_of_a_speaker_have_no_effect() -> None:
    hostile = "[red]plan[/red] \x1b[31mthe \x1b]0;owned\x07 route"
    transcript = a_transcript(("Moderator", "How?"), ("[bold]Eve\x1b[2J", hostile))
    action = an_action(transcript, hostile, phrase="[blink]plan the route")
    text = shown(an_analysis([transcript], [action], [a_step([action], n_asked=1)]), terminal=True)
    assert "[red]plan[/red]" in text
    assert "[bold]Eve" in text
    assert "[blink]plan the route" in text
    assert not {"\x1b[31m", "\x1b]0;", "\x1b[2J", "\x07"} & {
        text[i : i + n] for i in range(len(text)) for n in (1, 4, 5)
    }


def test_an_ascii_terminal_gets_ascii_only_marks() -> None:
    analysis = replace(rich_analysis(), steps=rich_analysis().steps[3:4])
    text = shown(analysis, encoding="ascii")
    assert "3 of 6 ***..." in text
    assert '"drive the round" -- Ben' in text
    assert "\\u2500" not in text


def test_an_empty_analysis_is_shown() -> None:
    assert shown(an_analysis()).count("No step of this stage was found.") == 6


def test_progress_says_nothing_in_a_pipe() -> None:
    file = io.StringIO()
    with progress_bars(Console(file=file)) as bars:
        bars.advance("read", 1, 3)
    assert file.getvalue().strip() == ""


def test_progress_shows_each_hop_once_on_a_terminal() -> None:
    file = io.StringIO()
    with progress_bars(Console(file=file, force_terminal=True, color_system=None, width=100)) as bars:
        bars.advance("read transcripts", 1, 3)
        bars.advance("read transcripts", 3, 3)
        bars.advance("embed", 0, 0)
    last = file.getvalue().rsplit("read transcripts", 1)[1]
    assert "3/3" in last
    assert "embed" in last
    assert "1/1" in last


@pytest.mark.parametrize("n_studies", [1, 8])
def test_ten_figures_stand_side_by_side_in_80_columns(n_studies: int) -> None:
    figures = {f"some-study-{i}": dict.fromkeys(HEADLINE_FIGURES, i / 8) for i in range(n_studies)}
    console = Console(file=io.StringIO(), width=80)
    console.print(scores_table(figures))
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert lines[2].split() == ["some-study-0", *["0.00"] * 10]
    assert (lines[-1].split() == ["mean", *["0.44"] * 10]) == (n_studies > 1)


@pytest.mark.parametrize("n_studies", [2, 8])
def test_changes_stand_in_the_columns_of_the_figures_in_80_columns(n_studies: int) -> None:
    before = {f"some-study-{i}": dict.fromkeys(HEADLINE_FIGURES, 0.5) for i in range(n_studies)}
    now = {study: dict.fromkeys(HEADLINE_FIGURES, 0.25) for study in before}
    console = Console(file=io.StringIO(), width=80)
    render_changes(compare_runs(now, before | {"gone": {}}, previous="[red]old.json"), console)
    assert isinstance(console.file, io.StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert lines[1] == "Against [red]old.json:"
    assert lines[4].split() == ["some-study-0", *["-0.25"] * 10]
    verdicts = ["few"] * 10 if n_studies < 6 else [*["worse"] * 9, "other"]
    assert next(line for line in lines if line.startswith("verdict")).split()[1:] == verdicts
    assert any(line.startswith("few:" if n_studies < 6 else "noise:") for line in lines)
    assert lines[-1] == "only in the earlier run, not compared: gone"


def test_a_figure_that_is_not_there_stays_blank() -> None:
    console = Console(file=io.StringIO(), width=80)
    console.print(scores_table({"a": {"map.steps": 1.5}}, names=("map.recall", "map.steps")))
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines()[-1].split() == ["a", "1.50"]


def test_models_show_their_state_and_how_to_mend_them() -> None:
    entry = ModelEntry(
        name="encoder",
        kind="package",
        package="some-package",
        version="0.1.0",
        file="model.safetensors",
        sha256="53aa" * 16,
        folder="some_package",
        folder_sha256=None,
        licence="Apache-2.0",
        purpose="reads sentences",
        card="CARD.md",
    )
    statuses = [ModelStatus(entry=entry, state="verified"), ModelStatus(entry=entry, state="missing", message="pip it")]
    console = Console(file=io.StringIO(), width=80)
    render_models(statuses, console)
    assert isinstance(console.file, io.StringIO)
    lines = [line.strip() for line in console.file.getvalue().splitlines()]
    assert lines[0] == "verified  encoder 0.1.0, Apache-2.0"
    assert lines[1:4] == ["reads sentences", "some-package: model.safetensors", "sha256 " + "53aa" * 16]
    assert (lines[4], lines[-1]) == ("missing  encoder 0.1.0, Apache-2.0", "pip it")


def test_a_study_without_a_job_goes_by_its_name() -> None:
    assert shown(an_analysis(study=Study(name="interviews", job="", executor=""))).count("interviews") == 3
