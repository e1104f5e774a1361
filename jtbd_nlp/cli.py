"""The analysis commands of `jtbd`: demo, analyze, verify, evaluate, train, models.

A thin layer: it reads arguments and files, calls the hops, writes what was asked for, and turns errors into one line
and an exit status (0 done, 1 something asked for failed, 2 wrong use). Heavy imports wait until a command needs them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from jtbd_nlp import __version__
from jtbd_nlp.config import Settings, settings_from
from jtbd_nlp.domain import Kind, Study
from jtbd_nlp.errors import AnalysisError, JtbdError

if TYPE_CHECKING:
    from jtbd_nlp.domain import Analysis
    from jtbd_nlp.evaluation import Figures
    from jtbd_nlp.gold import GoldStudy, Training
    from jtbd_nlp.learning.training import Workshop
    from jtbd_nlp.readers.intake import Intake

app = typer.Typer(
    name="jtbd",
    help="From interview transcripts to a job map, every line of it backed by the words somebody said.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DEFAULT_JOB = ""
DEFAULT_EXECUTOR = "customer"

Paths = Annotated[
    list[Path],
    typer.Argument(help="Transcripts: files, folders (read with everything below them) or zips.", metavar="PATH…"),
]
Learned = Annotated[
    Path | None,
    typer.Option("--learned", help="Use the learned files of this folder (see `jtbd train`).", metavar="DIR"),
]
TrainingFolder = Annotated[
    Path | None,
    typer.Option("--training", help="Folder of labelled batches to tune the reading model on.", metavar="DIR"),
]
Kept = Annotated[
    Path | None,
    typer.Option("--kept", help="Folder that keeps tuned reading models; your user folder otherwise.", metavar="DIR"),
]


def run() -> int:
    """Run the command line and return the exit status; every deliberate error becomes one line on standard error."""
    try:
        app(standalone_mode=True)
    except JtbdError as error:
        Console(stderr=True, soft_wrap=True).print(f"jtbd: {error}", style="bold red", markup=False, highlight=False)
        return 1
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jtbd {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From interview transcripts to a job map, every line of it backed by the words somebody said."""


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the report.", metavar="DIR")] = Path("jtbd-demo"),
) -> None:
    """Run the sample study, start to end: job map and priorities in the terminal, report and priorities as pages."""
    from jtbd_nlp.models import assets_folder

    sample = assets_folder("corpora") / "arrive-on-time"
    described = json.loads((sample / "study.json").read_text(encoding="utf-8"))
    console = Console()
    console.print(f"Reading the sample study in {sample / 'transcripts'}", soft_wrap=True, highlight=False)
    study = Study(name=described["study"], job=described["job"], executor=described["executor"])
    intake = _read([sample / "transcripts"], Settings())
    analysis = _analyze(intake, study, Settings(), None)
    _show(analysis)
    out.mkdir(parents=True, exist_ok=True)
    _write_outputs(analysis, out / "analysis.json", out / "report.html", None, None)
    console.print(
        f"\nOpen {out / 'report.html'} in a browser to see every quote behind it.", soft_wrap=True, highlight=False
    )
    _show_sample_priorities(analysis, out / "priorities.html", console)
    console.print("Your own interviews: jtbd analyze FOLDER --html report.html", highlight=False)


def _show_sample_priorities(analysis: Analysis, page: Path, console: Console) -> None:
    """End the demo with what a survey would add, from made-up answers that are called so everywhere."""
    from jtbd_nlp.priorities.page import priorities_html
    from jtbd_nlp.priorities.sample_survey import sample_priorities
    from jtbd_nlp.priorities.shown import render_priorities

    priorities, interviews = sample_priorities(analysis)
    console.print("\nPriorities", style="bold")
    render_priorities(priorities, console, n_steps=5)
    _write(page, priorities_html(priorities, interviews).encode("utf-8"))
    console.print(f"Open {page} for the roadmap with its quotes.", soft_wrap=True, highlight=False)


@app.command()
def analyze(
    paths: Paths,
    job: Annotated[str, typer.Option(help='The job they get done, e.g. "get to a destination on time".')] = DEFAULT_JOB,
    executor: Annotated[str, typer.Option(help='Who gets it done, e.g. "driver".')] = DEFAULT_EXECUTOR,
    name: Annotated[str | None, typer.Option(help="Name of the study; the first path's name otherwise.")] = None,
    json_file: Annotated[
        str | None,
        typer.Option("--json", help="Write the whole analysis (jtbd-analysis/1); - for standard output.", metavar="F"),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a report: one file, opens anywhere.", metavar="F")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the job map as Markdown.", metavar="F")] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Write steps, needs, statements and stages as CSV.", metavar="DIR")
    ] = None,
    notes: Annotated[
        bool, typer.Option("--notes", help="The files are field notes about people, not their own talk.")
    ] = False,
    encoder: Annotated[
        str, typer.Option(help="Compare phrases with another sentence-transformers model: its folder or cached name.")
    ] = Settings().encoder,
    learned: Learned = None,
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="Replace names, for good; `jtbd verify` cannot follow.")
    ] = False,
) -> None:
    """Read transcripts and propose a job map: steps in six stages, and the needs within each step."""
    settings = Settings(notes=notes, encoder=encoder)
    intake = _read(paths, settings)
    _report_intake(intake)
    if not intake.transcripts:
        raise AnalysisError("nothing to analyse: no transcript could be read")
    if pseudonyms:
        from jtbd_nlp.pseudonyms.recognising import replace_all

        hidden, _ = replace_all(intake.transcripts)
        intake = replace(intake, transcripts=tuple(sorted(hidden, key=lambda t: t.id)))
    study = Study(name=name or paths[0].resolve().stem, job=job, executor=executor)
    analysis = _analyze(intake, study, settings, learned)
    to_stdout = json_file == "-"
    _write_outputs(analysis, None if json_file is None or to_stdout else Path(json_file), html, markdown, csv)
    if to_stdout:
        from jtbd_nlp.export import analysis_json

        sys.stdout.buffer.write(analysis_json(analysis))
    else:
        _show(analysis)
    if intake.failures:
        raise typer.Exit(1)


@app.command()
def verify(
    analysis: Annotated[Path, typer.Argument(help="An analysis that `jtbd analyze --json` wrote.", metavar="ANALYSIS")],
    paths: Paths,
    learned: Learned = None,
) -> None:
    """Run the analysis again from the same transcripts and compare, byte for byte."""
    from jtbd_nlp.export import analysis_json, read_analysis_document

    stored = _bytes_of(analysis)
    document = read_analysis_document(stored, place=str(analysis))
    settings = settings_from(document["manifest"]["settings"])
    described = document["study"]
    study = Study(name=described["name"], job=described["job"], executor=described["executor"])
    fresh = analysis_json(_analyze(_read(paths, settings), study, settings, learned))
    console = Console(highlight=False, soft_wrap=True)
    if fresh == stored:
        console.print(f"{analysis}: verified, {len(stored):,} bytes are the same")
        return
    console.print(f"{analysis}: not the same: {_first_difference(document, json.loads(fresh))}", markup=False)
    raise typer.Exit(1)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(help="Folder of labelled studies, one folder each.", metavar="GOLD")],
    training: TrainingFolder = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures of every study as JSON.", metavar="F")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Write a page: figures, stages, confidence, steps and the costliest mistakes.", metavar="F"),
    ] = None,
    compare: Annotated[
        Path | None, typer.Option(help="Compare with the figures an earlier run wrote with --json.", metavar="PREVIOUS")
    ] = None,
    analyses: Annotated[
        Path | None, typer.Option(help="Write the analysis of every study, as <study>.json.", metavar="DIR")
    ] = None,
    saved: Annotated[
        Path | None,
        typer.Option(help="Score what --analyses wrote there earlier; the engine does not run.", metavar="DIR"),
    ] = None,
    kept: Kept = None,
) -> None:
    """Score the engine on labelled studies, each with heads trained on the other studies only."""
    from jtbd_nlp.comparison import compare_runs, read_scores, shared_studies
    from jtbd_nlp.evaluation import scores_json
    from jtbd_nlp.gold import load_studies
    from jtbd_nlp.scorecard import scorecard_html
    from jtbd_nlp.terminal import render_changes, scores_table

    if saved and (training or analyses or kept):
        raise typer.BadParameter("goes without --training, --analyses and --kept", param_hint="--saved")
    before = read_scores(_bytes_of(compare), place=str(compare)) if compare else None
    studies = load_studies(gold)
    if compare and before:
        shared_studies((study.name for study in studies), before, previous=str(compare))
    if saved:
        documents = {study.name: _saved_analysis(saved, study) for study in studies}
        figures = _score_documents(studies, documents)
    else:
        figures, documents = _run_studies(studies, training, kept, analyses)
    comparison = compare_runs(figures, before, previous=compare.name) if compare and before else None
    console = Console()
    console.print(scores_table(figures))
    if comparison:
        render_changes(comparison, console)
    if json_file:
        _write(json_file, scores_json(figures).encode("utf-8"))
    if html:
        _write(html, scorecard_html(studies, documents, figures, comparison=comparison).encode("utf-8"))


@app.command()
def train(
    gold: Annotated[Path, typer.Argument(help="Folder of labelled studies, one folder each.", metavar="GOLD")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the learned files.", metavar="DIR")],
    training: TrainingFolder = None,
    interviews: Annotated[
        list[Path] | None,
        typer.Option(help="Interviews whose groups were named (corpora/steps), to teach names on.", metavar="PATH"),
    ] = None,
    kept: Kept = None,
) -> None:
    """Train the learned files: the heads on GOLD, and with --training the reading models too (some three hours)."""
    from jtbd_nlp.gold import load_studies
    from jtbd_nlp.learning.training import train_engine
    from jtbd_nlp.terminal import progress_bars

    studies = load_studies(gold)
    with progress_bars(Console(stderr=True)) as bars:
        train_engine(
            studies,
            _training(training, studies),
            _workshop(kept),
            out,
            interviews=_read(interviews, Settings()).transcripts if interviews else (),
            on_progress=bars.advance,
        )
    Console().print(f"{out}: learned files written; use them with --learned {out}", highlight=False, soft_wrap=True)


def _run_studies(
    studies: Sequence[GoldStudy], training: Path | None, kept: Path | None, analyses: Path | None
) -> tuple[dict[str, Figures], dict[str, dict[str, object]]]:
    """Run the engine on every study; figures and analyses by study, each analysis written as soon as it is there."""
    from jtbd_nlp.export import analysis_document, analysis_json
    from jtbd_nlp.learning.training import evaluate_studies
    from jtbd_nlp.terminal import progress_bars

    documents: dict[str, dict[str, object]] = {}

    def keep(analysis: Analysis) -> None:
        documents[analysis.study.name] = analysis_document(analysis)
        if analyses:
            _write(analyses / f"{analysis.study.name}.json", analysis_json(analysis))

    with progress_bars(Console(stderr=True)) as bars:
        figures = evaluate_studies(
            studies,
            _training(training, studies),
            _workshop(kept),
            settings=Settings(),
            on_progress=bars.advance,
            keep_analysis=keep,
        )
    return figures, documents


def _saved_analysis(folder: Path, study: GoldStudy) -> dict[str, object]:
    """The analysis of a study that `--analyses` wrote, refused where it is of other interviews."""
    from jtbd_nlp.export import read_analysis_document
    from jtbd_nlp.scorecard import check_inputs

    path = folder / f"{study.name}.json"
    document = read_analysis_document(_bytes_of(path), place=str(path))
    check_inputs(study, document)
    return document


def _score_documents(studies: Sequence[GoldStudy], documents: Mapping[str, Mapping[str, object]]) -> dict[str, Figures]:
    from jtbd_nlp.evaluation import predictions_of_document, score_study

    return {s.name: score_study(s.labelled, s.labels, predictions_of_document(documents[s.name])) for s in studies}


def _training(folder: Path | None, gold: Sequence[GoldStudy]) -> Training | None:
    """The labelled interviews of a folder and the studies written for training, less those that are in `gold`."""
    from jtbd_nlp.gold import load_studies, load_training
    from jtbd_nlp.models import assets_folder

    if folder is None:
        return None
    scored = {study.name for study in gold}
    written = [study for study in load_studies(assets_folder("corpora") / "written") if study.name not in scored]
    return load_training(folder, written=written)


def _workshop(kept: Path | None) -> Workshop:
    from jtbd_nlp.engine import ENCODER
    from jtbd_nlp.learning.training import Workshop
    from jtbd_nlp.learning.tuning import TuningSettings
    from jtbd_nlp.models import assets_folder, resolve

    own = kept or Path(typer.get_app_dir("jtbd")) / "tuned"
    return Workshop(resolve(ENCODER).folder, (own, assets_folder("models") / "tuned"), TuningSettings())


@app.command()
def models() -> None:
    """Show the models this program runs on, their licences, and whether their checksums hold."""
    from jtbd_nlp.models import check_all
    from jtbd_nlp.terminal import render_models

    statuses = check_all()
    render_models(statuses, Console())
    if any(status.state != "verified" for status in statuses):
        raise typer.Exit(1)


def _read(paths: Sequence[Path], settings: Settings) -> Intake:
    from jtbd_nlp.readers.intake import read_paths

    return read_paths(paths, kind=Kind.NOTES if settings.notes else None)


def _report_intake(intake: Intake) -> None:
    """Say on standard error what could not be read, what was skipped, and what was guessed."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for failure in intake.failures:
        console.print(f"{failure.place}: {failure.error}", style="red", markup=False)
    for skipped in intake.skipped:
        console.print(f"{skipped.place}: skipped, {skipped.reason}", style="dim", markup=False)
    for transcript in intake.transcripts:
        for warning in transcript.warnings:
            console.print(f"{transcript.id}: {warning}", style="dim", markup=False)


def _analyze(intake: Intake, study: Study, settings: Settings, learned: Path | None) -> Analysis:
    from jtbd_nlp.engine import load_engine
    from jtbd_nlp.pipeline import analyze as run_hops
    from jtbd_nlp.terminal import progress_bars

    with progress_bars(Console(stderr=True)) as bars:
        bars.advance("load models", 0, 1)
        engine = load_engine(learned, encoder=settings.encoder)
        bars.advance("load models", 1, 1)
        return run_hops(intake.transcripts, study=study, settings=settings, engine=engine, on_progress=bars.advance)


def _show(analysis: Analysis) -> None:
    from jtbd_nlp.terminal import render_job_map

    render_job_map(analysis, Console())


def _write_outputs(
    analysis: Analysis, json_file: Path | None, html: Path | None, markdown: Path | None, csv: Path | None
) -> None:
    from jtbd_nlp.export import analysis_csv, analysis_json, analysis_markdown
    from jtbd_nlp.report import analysis_html

    if json_file:
        _write(json_file, analysis_json(analysis))
    if html:
        _write(html, analysis_html(analysis).encode("utf-8"))
    if markdown:
        _write(markdown, analysis_markdown(analysis).encode("utf-8"))
    if csv:
        for name, content in analysis_csv(analysis).items():
            _write(csv / name, content)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as fault:
        raise AnalysisError(f"{path}: cannot be written: {fault.strerror or fault}") from fault


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise AnalysisError(f"{path}: cannot be read: {fault.strerror or fault}") from fault


def _first_difference(stored: object, fresh: object, place: str = "") -> str:
    """Name the first place, in the order of the stored document, at which two JSON values differ."""
    if isinstance(stored, dict) and isinstance(fresh, dict):
        for key in [*stored, *(k for k in fresh if k not in stored)]:
            if stored.get(key) != fresh.get(key):
                return _first_difference(stored.get(key), fresh.get(key), f"{place}.{key}" if place else str(key))
    if isinstance(stored, list) and isinstance(fresh, list):
        for i, (a, b) in enumerate(zip(stored, fresh, strict=False)):
            if a != b:
                return _first_difference(a, b, f"{place}[{i}]")
        return f"{place}: {len(stored)} stored, {len(fresh)} now"
    if stored == fresh:
        return "the same values, written differently"
    return f"{place}: stored {_short(stored)}, now {_short(fresh)}"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
