"""`jtbd waves`: surveys of other studies of the same job beside a study's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import By, Where, Which, say, stamp
from jtbd_nlp.cli import app
from jtbd_nlp.errors import SurveyError


@app.command("waves")
def waves(
    study: Which,
    file: Annotated[
        Path | None, typer.Argument(help="JSON as --suggest prints it, looked over.", metavar="FILE")
    ] = None,
    suggest: Annotated[
        str | None,
        typer.Option("--suggest", help="Print what of that study's survey seems the same.", metavar="STUDY"),
    ] = None,
    survey: Annotated[
        str | None, typer.Option("--survey", help="Its survey, by name or id; the latest otherwise.", metavar="NAME")
    ] = None,
    remove: Annotated[
        str | None, typer.Option("--remove", help="No longer compare with this wave, by name or survey id.")
    ] = None,
    database: Where = None,
    by: By = None,
) -> None:
    """Compare with surveys of other studies: print those that are, propose one, take one from a file, or let one go.

    A proposal's "matches" hold what is the same by id or wording. What only seems so by meaning stands under
    "to_confirm" and counts for nothing: look at it, and move what is the same to "matches" before you hand it back.
    """
    from pydantic import ValidationError

    from api.schemas.waves import NewWave, matches_of, proposal_row
    from api.services import waves as service
    from api.services.databases import open_database
    from api.services.likeness import Likeness, load_encoder

    kept = open_database(database)
    if suggest is not None:
        found = proposal_row(service.suggest_wave(kept, study, suggest, survey, likeness=Likeness(load_encoder)))
        shown = {name: found[name] for name in ("study", "survey")}
        shown["matches"] = [match for match in found["matches"] if match["by"] != "meaning"]
        shown["to_confirm"] = [match for match in found["matches"] if match["by"] == "meaning"]
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    if file is not None:
        try:
            asked = NewWave.model_validate_json(file.read_bytes())
        except OSError as fault:
            raise SurveyError(f"{file}: cannot be read: {fault.strerror or fault}") from fault
        except ValidationError as fault:
            first = fault.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the file"
            raise SurveyError(f"{file}: {place}: {first['msg']}; --suggest prints what is expected") from fault
        service.put_wave(kept, study, asked.study, asked.survey, matches_of(asked), stamp(by))
    if remove is not None:
        service.remove_wave(kept, study, remove, stamp(by))
    for wave in service.list_waves(kept, study):
        ways = [match.by for match in wave.matches]
        counts = ", ".join(f"{ways.count(way)} by {way}" for way in dict.fromkeys(ways))
        say(f"{wave.name}, {wave.survey.day}: {wave.survey.n_respondents} respondents; the same: {counts}")
