"""`jtbd study map`, `quotes`, `diff`, `rules`, `export`, `agreement` and `blind`: the job map on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import By, Where, Which, say, stamp, study_app
from jtbd_nlp.errors import ConfigError

Number = Annotated[int | None, typer.Option("--run", help="Number of a run; the last otherwise.", metavar="N")]
All = Annotated[bool, typer.Option("--all", help="Also what nobody approved yet, and what lost its support.")]


@study_app.command("map")
def show_map(
    study: Which,
    needs: Annotated[bool, typer.Option("--needs", help="Show needs too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write jtbd-jobmap/1.")] = False,
    number: Number = None,
    database: Where = None,
    by: By = None,
) -> None:
    """The job map with all decisions: ? suggested, ✓ approved, ✎ edited; rejected ones are left out."""
    from api.commands.map_tables import map_summary, map_table, wide_console
    from api.services import reviews
    from api.services.databases import open_database

    kept = open_database(database)
    found = reviews.reviewed(kept, study, run=_run_id(study, number, database), viewer=stamp(by).by)
    plain = found.to_plain()
    if as_json:
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    wide_console().print(map_table(plain, needs=needs))
    say(map_summary(plain))
    if found.sheet:
        say(f"a blind review is open: these are {found.sheet}'s decisions")


@study_app.command("quotes")
def show_quotes(
    study: Which,
    entry: Annotated[str, typer.Argument(help="Id of a step or need, or its beginning.", metavar="ID")],
    database: Where = None,
    by: By = None,
) -> None:
    """The quotes behind a step or need, with who said them and where."""
    from api.commands.map_tables import quotes_table, wide_console
    from api.commands.named import find
    from api.services import reviews
    from api.services.databases import open_database

    kept, viewer = open_database(database), stamp(by).by
    job_map = reviews.job_map(kept, study, viewer=viewer)
    entry_id = find(entry, (e.id for e in job_map.entries), "entries")
    wide_console().print(quotes_table(reviews.evidence(kept, study, entry=entry_id, viewer=viewer)))


@study_app.command("diff")
def show_difference(study: Which, number: Number = None, database: Where = None, by: By = None) -> None:
    """What a run changed beside the map before it: what there is to review."""
    from api.commands.map_tables import difference_lines
    from api.services import reviews
    from api.services.databases import open_database

    kept = open_database(database)
    found = reviews.difference(kept, study, run=_run_id(study, number, database), viewer=stamp(by).by)
    if found.previous is None:
        say("the first run: there is nothing to compare it with")
        return
    for line in difference_lines(found):
        say(line)


@study_app.command("rules")
def show_rules(
    study: Which,
    remove: Annotated[str | None, typer.Option("--remove", help="A rule to obey no more.", metavar="RULE")] = None,
    database: Where = None,
    by: By = None,
) -> None:
    """What decisions taught the next run, and what each rule changed in this one; `jtbd study undo` puts one back."""
    from api.commands.map_tables import rules_table, wide_console
    from api.commands.named import find
    from api.services import reviews
    from api.services.databases import open_database

    kept = open_database(database)
    if remove is not None:
        rule = find(remove, (known.rule.id for known in reviews.rules(kept, study)), "rules")
        reviews.remove_rule(kept, study, rule, stamp(by))
    wide_console().print(rules_table(reviews.rules(kept, study), reviews.reviewed(kept, study)))


@study_app.command("export")
def export(
    study: Which,
    file: Annotated[Path, typer.Argument(help="File to write: .json, .csv, .md or .html.", metavar="FILE")],
    everything: All = False,
    number: Number = None,
    database: Where = None,
) -> None:
    """Write the approved map: as jtbd-jobmap/1, a table, Markdown, or one page with every quote in place."""
    from api.services.databases import open_database
    from api.services.exporting import MapFormat, export_job_map

    forms = {f".{form}": form for form in MapFormat}
    form = forms.get(file.suffix.lower())
    if form is None:
        raise ConfigError(f"{file.name}: a map is written as {', '.join(forms)}")
    kept = open_database(database)
    run = _run_id(study, number, database)
    content = export_job_map(kept, study, form, approved_only=not everything, run=run)
    try:
        file.write_bytes(content)
    except OSError as fault:
        raise ConfigError(f"{file}: cannot be written: {fault.strerror}") from fault
    say(f"{file}: {len(content):,} bytes")


@study_app.command("agreement")
def show_agreement(study: Which, number: Number = None, database: Where = None) -> None:
    """How far analysts agree with each other and with the machine: Krippendorff's alpha by stage, 95 % interval."""
    from api.commands.map_tables import agreement_notes, agreement_table, wide_console
    from api.services import reviews
    from api.services.databases import open_database

    found = reviews.agreement(open_database(database), study, run=_run_id(study, number, database))
    say(f"analysts: {', '.join(found.analysts) or 'nobody decided anything'}")
    wide_console().print(agreement_table(found))
    for note in agreement_notes(found):
        say(note)


@study_app.command("blind")
def blind(
    study: Which,
    act: Annotated[str, typer.Argument(help="begin, reveal or show.", metavar="begin|reveal|show")] = "show",
    database: Where = None,
    by: By = None,
) -> None:
    """Several analysts decide without seeing each other, then reveal what they agree on and settle the rest."""
    from api.commands.map_tables import blind_lines
    from api.services import reviews
    from api.services.databases import open_database

    kept = open_database(database)
    if act == "begin":
        reviews.begin_blind(kept, study, stamp(by))
        say("begun: each analyst sees their own decisions only, until `jtbd study blind STUDY reveal`")
        return
    if act not in ("reveal", "show"):
        raise ConfigError(f"{act!r}: a blind review can begin, be revealed or shown")
    outcome = reviews.reveal(kept, study, stamp(by)) if act == "reveal" else reviews.blind_outcome(kept, study)
    for line in blind_lines(outcome, reviews.reviewed(kept, study)):
        say(line)


def _run_id(study: str, number: int | None, database: str | None) -> str | None:
    """The id of the run with a number; None for the one that is reviewed."""
    if number is None:
        return None
    from api.services.databases import open_database
    from api.services.runs import numbered_run

    return numbered_run(open_database(database), study, number).id
