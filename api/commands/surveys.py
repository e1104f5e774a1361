"""`jtbd survey`, `surveys`, `answers`, `invite`, `solutions`, `features`, `priorities`: from the map to a roadmap."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.markup import escape
from rich.table import Table

from api.commands.options import By, Where, Which, console, say, stamp
from jtbd_nlp.cli import app
from jtbd_nlp.errors import SurveyError

if TYPE_CHECKING:
    from api.services.priorities import WorkedOut
    from api.store.surveys import StoredSurvey
    from jtbd_nlp.priorities.reading import Preview
    from jtbd_nlp.priorities.solutions import Solution, SolutionKind
    from jtbd_nlp.priorities.strategy import Feature

SurveyName = Annotated[
    str | None, typer.Option("--survey", help="Name or id of the survey; the latest otherwise.", metavar="NAME")
]
_WIDEST = 160
ListFile = Annotated[
    Path | None,
    typer.Argument(
        help="JSON file with the whole list, as this command prints it; refused where the list changed since.",
        metavar="FILE",
    ),
]


@app.command("survey")
def make(
    study: Which,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the files; the survey's name otherwise.", metavar="DIR")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the survey is called; its day otherwise.")] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When it is asked; today otherwise.")
    ] = None,
    most: Annotated[int, typer.Option(help="Most steps and needs that one respondent rates; 0 for all.")] = 30,
    blocks_each: Annotated[int, typer.Option(help="Blocks a respondent rates, where there are several.")] = 1,
    pay: Annotated[bool, typer.Option("--pay", help="Ask the most they would pay.")] = False,
    currency: Annotated[str, typer.Option(help="In which currency.")] = "",
    screening: Annotated[
        str | None, typer.Option(help='The question who may answer; "" for none. Made from the job otherwise.')
    ] = None,
    speed: Annotated[
        bool, typer.Option("--speed-and-accuracy", help="Also ask how fast and accurate steps are with what they use.")
    ] = False,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Its answers will be made up: all that follows is called so.")
    ] = False,
    database: Where = None,
    by: By = None,
) -> None:
    """Make a survey from the approved map and write it for print, spreadsheets, LimeSurvey and Qualtrics."""
    from api.services.databases import open_database
    from api.services.surveys import make_survey, survey_files
    from jtbd_nlp.priorities.qualtrics import qualtrics_notes
    from jtbd_nlp.priorities.questionnaire import BASIC_ASPECTS, QuestionnaireSettings

    settings = QuestionnaireSettings(
        step_aspects=(*BASIC_ASPECTS, "speed", "accuracy") if speed else BASIC_ASPECTS,
        max_subjects=most or None,
        blocks_each=blocks_each,
        asks_pay=pay,
        currency=currency,
        screening=screening,
    )
    kept = open_database(database)
    on = day.date() if day else None
    made = make_survey(kept, study, stamp(by), name=name, day=on, settings=settings, is_synthetic=synthetic)
    folder = out or Path(_file_name(made.name))
    for form, content in survey_files(kept, made, stamp(by)).items():
        _write(folder / form, content)
    questionnaire = made.questionnaire
    for subject, finding in questionnaire.findings:
        say(f"{subject.wording}: {finding.message}")
    counts = f"{len(questionnaire.basis.steps)} steps, {len(questionnaire.basis.needs)} needs"
    say(f"{made.name}: {len(questionnaire.questions)} questions about {counts}, in {folder}")
    say(questionnaire.plan.assignment)
    for note in qualtrics_notes(questionnaire):
        say(f"Qualtrics: {note}")


@app.command("surveys")
def list_surveys(study: Which, database: Where = None) -> None:
    """The surveys of a study, oldest day first."""
    from api.services.databases import open_database
    from api.services.surveys import list_surveys as listed

    table = Table("survey", "day", "questions", "respondents", "links", "begun", "sent", "id", box=None)
    for one in listed(open_database(database), study):
        counts = (len(one.questionnaire.questions), one.n_respondents, one.n_invited, one.n_begun, one.n_sent)
        table.add_row(escape(_shown_name(one)), one.day.isoformat(), *map(str, counts), one.id)
    wide = console()
    wide.width = max(wide.width, _WIDEST)  # a name or id cut in two is none to type
    wide.print(table)


@app.command("answers")
def take(
    study: Which,
    file: Annotated[Path | None, typer.Argument(help="CSV or XLSX file of answers.", metavar="FILE")] = None,
    survey: SurveyName = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help='"HEADING=QUESTION": read a column so; without QUESTION leave it out.'),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show how the file would be read; take nothing.")] = False,
    leave_out_bad: Annotated[
        bool, typer.Option("--leave-out-bad", help="Leave rows with a bad cell out, instead of refusing the file.")
    ] = False,
    made_up: Annotated[
        int | None,
        typer.Option(
            "--made-up", help="No file: answers of N people who do not exist, for a --synthetic survey.", metavar="N"
        ),
    ] = None,
    database: Where = None,
    by: By = None,
) -> None:
    """Take answers in, the whole file or nothing; every bad cell is named by line, column and reason."""
    from api.services import surveys
    from api.services.databases import open_database
    from jtbd_nlp.errors import MalformedAnswersError

    if (file is None) == (made_up is None):
        raise SurveyError("a file of answers is expected, or --made-up N for a synthetic survey")
    kept = open_database(database)
    if file is None:
        taken = surveys.make_answers_up(kept, study, survey, made_up or 0, stamp(by))
        say(f"{taken.n_added} made-up respondents added" + _there(taken.n_there))
        return
    content, mapping = _read(file), _mapping(column or [])
    if preview:
        _show_preview(surveys.preview(kept, study, survey, content, mapping=mapping))
        return
    try:
        taken = surveys.take_answers(
            kept, study, survey, content, stamp(by), mapping=mapping, leave_out_bad=leave_out_bad
        )
    except MalformedAnswersError as fault:
        for cell in cast(list[dict[str, Any]], fault.details.get("cells", []))[:50]:
            say(f"line {cell['line']}, column {cell['column']!r}: {cell['reason']}")
        raise
    for bad in taken.left_out:
        say(f"left out: {bad}")
    say(f"{taken.n_added} respondents added" + _there(taken.n_there))


@app.command("invite")
def invite(
    study: Which,
    n: Annotated[int, typer.Argument(help="How many links.", metavar="N")],
    url: Annotated[str, typer.Option(help="Where the server is reached.", metavar="URL")] = "http://localhost:8000",
    survey: SurveyName = None,
    database: Where = None,
    by: By = None,
) -> None:
    """Print links to the survey's own form, one answer each; they are shown once."""
    from api.services.databases import open_database
    from api.services.surveys import invite as make_links

    for secret in make_links(open_database(database), study, survey, n, stamp(by)):
        say(f"{url.rstrip('/')}/answer/{secret}")


@app.command("solutions")
def solutions(
    study: Which,
    file: ListFile = None,
    suggest: Annotated[bool, typer.Option("--suggest", help="Print what interviews name instead.")] = False,
    database: Where = None,
    by: By = None,
) -> None:
    """Print the products, brands and workarounds of a study as JSON, or replace the list from a file."""
    from api.services.databases import open_database
    from api.services.team_lists import SOLUTIONS, kept_list, put_list, suggested_solutions

    kept = open_database(database)
    if file is not None:
        rows, seen = _list_of(file, "solutions")
        found = put_list(kept, study, SOLUTIONS, [_solution(row) for row in rows], stamp(by), revision=seen)
    else:
        found = suggested_solutions(kept, study) if suggest else kept_list(kept, study, SOLUTIONS)
    _print(found.shown())


@app.command("features")
def features(study: Which, file: ListFile = None, database: Where = None, by: By = None) -> None:
    """Print what the team might build as JSON, or replace the list from a file."""
    from api.services.databases import open_database
    from api.services.team_lists import FEATURES, kept_list, put_list

    kept = open_database(database)
    if file is not None:
        rows, seen = _list_of(file, "features")
        found = put_list(kept, study, FEATURES, [_feature(row) for row in rows], stamp(by), revision=seen)
    else:
        found = kept_list(kept, study, FEATURES)
    _print(found.shown())


@app.command("priorities")
def show(
    study: Which,
    survey: SurveyName = None,
    html: Annotated[Path | None, typer.Option(help="Write the page.", metavar="F")] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", help="Write everything (jtbd-priorities/1); - for standard output.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write every table.", metavar="DIR")] = None,
    pictures: Annotated[Path | None, typer.Option(help="Write every picture as SVG and PNG.", metavar="DIR")] = None,
    segment_by: Annotated[
        str | None, typer.Option("--by-answer", help="Segments by the answer to this question.", metavar="QUESTION")
    ] = None,
    without: Annotated[
        str, typer.Option("--leave-out", help="Do not count: duplicate, straight_lining, speeder; commas between.")
    ] = "",
    database: Where = None,
    by: By = None,
) -> None:
    """Where people struggle and what follows: roadmap, segments, solutions, what to validate."""
    from api.services.databases import open_database
    from api.services.priorities import leave_out, note_export, priorities
    from jtbd_nlp.priorities.overview import PrioritySettings, priorities_json
    from jtbd_nlp.priorities.shown import render_priorities

    settings = PrioritySettings(leave_out=leave_out(without), segment_by=segment_by)
    kept, who = open_database(database), stamp(by)
    found = priorities(kept, study, survey=survey, settings=settings, stamp=who)
    files = _outputs(found, html, csv, pictures)
    if json_file is not None:
        files[Path(json_file)] = priorities_json(found.priorities)
    if files:
        note_export(kept, found, study, who, n_files=len(files))
    for path, content in files.items():
        if str(path) != "-":
            _write(path, content)
    if json_file == "-":
        sys.stdout.buffer.write(files[Path("-")])
        return
    render_priorities(found.priorities, console())


def _outputs(found: WorkedOut, html: Path | None, csv: Path | None, pictures: Path | None) -> dict[Path, bytes]:
    """What was asked for, by where it goes."""
    files: dict[Path, bytes] = {}
    if html is not None:
        from jtbd_nlp.priorities.page import priorities_html

        files[html] = priorities_html(found.priorities, found.interviews).encode("utf-8")
    if csv is not None:
        from jtbd_nlp.priorities.overview import priorities_csv

        files |= {csv / name: content for name, content in priorities_csv(found.priorities).items()}
    if pictures is not None:
        from jtbd_nlp.priorities.page import all_pictures
        from jtbd_nlp.priorities.pictures import picture_png, picture_svg

        for name, figure in all_pictures(found.priorities).items():
            files[pictures / f"{name}.svg"] = picture_svg(figure)
            files[pictures / f"{name}.png"] = picture_png(figure)
    return files


def _there(n: int) -> str:
    return f", {n} were there already" if n else ""


def _show_preview(shown: Preview) -> None:
    table = Table("column", "read as", "for example", box=None)
    for one in shown.columns:
        table.add_row(escape(one.column), one.read_as or "(left out)", escape(" · ".join(one.examples)))
    console().print(table)
    for cell in shown.bad_cells[:50]:
        say(str(cell))
    say(f"{shown.n_rows} rows, {len(shown.bad_cells)} bad cells, {len(shown.missing)} questions without a column")


def _mapping(columns: Sequence[str]) -> dict[str, str]:
    mapping = {}
    for given in columns:
        heading, sign, question = given.rpartition("=")
        if not sign:
            raise SurveyError(f"--column {given!r}: HEADING=QUESTION is expected")
        mapping[heading] = question
    return mapping


def _list_of(file: Path, name: str) -> tuple[list[Mapping[str, Any]], str | None]:
    """The rows of a list as these commands print it, and the revision it was made from; a bare list has none."""
    try:
        read = json.loads(_read(file).decode("utf-8"))
    except ValueError as fault:
        raise SurveyError(f"{file}: this is no JSON: {fault}") from fault
    rows, revision = (read.get(name), read.get("revision")) if isinstance(read, dict) else (read, None)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SurveyError(f"{file}: a list of objects is expected, alone or under {name!r}")
    return rows, None if revision is None else str(revision)


def _solution(row: Mapping[str, Any]) -> Solution:
    from jtbd_nlp.priorities.solutions import Solution, solution_id

    name, kind = str(row.get("name", "")), str(row.get("kind", "product"))
    if kind not in ("product", "brand", "workaround"):
        raise SurveyError(f"solution {name!r}: the kind is product, brand or workaround, not {kind!r}")
    aliases = tuple(str(alias) for alias in row.get("aliases", []))
    return Solution(
        id=str(row.get("id") or solution_id(name)), name=name, kind=cast("SolutionKind", kind), aliases=aliases
    )


def _feature(row: Mapping[str, Any]) -> Feature:
    from jtbd_nlp.priorities.solutions import solution_id
    from jtbd_nlp.priorities.strategy import Feature

    name = str(row.get("name", ""))
    subjects = tuple(str(subject) for subject in row.get("subjects", []))
    return Feature(
        id=str(row.get("id") or solution_id(name)), name=name, subjects=subjects, note=str(row.get("note", ""))
    )


def _print(shown: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))


def _shown_name(survey: StoredSurvey) -> str:
    return f"{survey.name} (synthetic)" if survey.is_synthetic else survey.name


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip("-.") or "survey"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise SurveyError(f"{path}: cannot be read: {fault.strerror or fault}") from fault


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as fault:
        raise SurveyError(f"{path}: cannot be written: {fault.strerror or fault}") from fault
