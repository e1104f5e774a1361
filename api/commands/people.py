"""`jtbd study roles` and `jtbd study erase`: who plays which part in an interview, and letting somebody go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from api.commands.options import By, Where, Which, console, say, stamp, study_app
from jtbd_nlp.domain import Role
from jtbd_nlp.errors import ConfigError
from jtbd_nlp.export.markdown import counted
from jtbd_nlp.quoting import printable

if TYPE_CHECKING:
    from api.services.studies import StudyView
    from api.store.database import Database
    from jtbd_nlp.review.forgetting import Loss


@study_app.command("roles")
def roles(
    study: Which,
    interview: Annotated[str | None, typer.Argument(help="Name of the interview.", metavar="INTERVIEW")] = None,
    speaker: Annotated[str | None, typer.Argument(help="Who speaks.", metavar="SPEAKER")] = None,
    role: Annotated[str | None, typer.Argument(help="interviewer, participant or other.", metavar="ROLE")] = None,
    database: Where = None,
    by: By = None,
) -> None:
    """Who speaks in each interview and in what part; with a speaker and a role, correct it for the next run."""
    from api.services.databases import open_database
    from api.services.studies import correct_role, show_study

    kept = open_database(database)
    if interview is not None and speaker is not None and role is not None:
        if role not in list(Role):
            raise ConfigError(f"{role!r} is no role: {', '.join(Role)}")
        correct_role(kept, study, interview, speaker, Role(role), stamp(by))
        say(f"{interview}: {speaker} is {role} from now on; `jtbd study run` reads it so")
    table = Table("interview", "speaker", "role", "turns", "words", "", box=None, pad_edge=False)
    for stored in show_study(kept, study).transcripts:
        talk = stored.transcript
        if interview not in (None, talk.id):
            continue
        for name in dict.fromkeys(turn.speaker for turn in talk.turns):
            own = [turn for turn in talk.turns if turn.speaker == name]
            words = sum(len(turn.text.split()) for turn in own)
            note = "corrected" if name in stored.corrected else ""
            cells = (talk.id, name, own[0].role.value, str(len(own)), f"{words:,}", note)
            table.add_row(*(Text(printable(cell)) for cell in cells))
    console().print(table)


@study_app.command("erase")
def erase(
    study: Which,
    participant: Annotated[
        str | None, typer.Option("--participant", help="Name or id of the person.", metavar="NAME")
    ] = None,
    interview: Annotated[str | None, typer.Option("--interview", help="Name of the interview.", metavar="NAME")] = None,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask; for programs.")] = False,
    database: Where = None,
    by: By = None,
) -> None:
    """Erase a person, or an interview, for good; says first what goes with it, and asks twice."""
    from api.services.databases import open_database
    from api.services.forgetting import find_person, forget_participant
    from api.services.studies import erase_transcript, show_study

    if (participant is None) == (interview is None):
        raise ConfigError("name a person with --participant or an interview with --interview")
    kept = open_database(database)
    view = show_study(kept, study)
    name = str(participant or interview)
    found = find_person(kept, study, name).id if participant is not None else _interview(view, name)
    _tell_loss(kept, study, view, found, is_person=participant is not None)
    if not is_sure:
        typer.confirm(f"Erase {printable(name)} for good?", abort=True)
        if typer.prompt("Type the name once more to go on") != name:
            raise ConfigError("the names differ: nothing was erased")
    if participant is not None:
        forgotten = forget_participant(kept, found, stamp(by))
        erased = forgotten.erased
        if not forgotten.is_compacted:
            say("the database is in use: run `jtbd db compact` later to clear its files")
    else:
        erased = erase_transcript(kept, found, stamp(by))
    say(
        f"erased: {counted(erased.n_transcripts, 'interview')}, {counted(erased.n_statements, 'statement')}; "
        f"masked in {counted(erased.n_redacted_transcripts, 'other interview')}"
    )
    say("what was approved stays, marked where nothing backs it any more; `jtbd study run` counts anew")
    say("a backup from before still holds it; when it is restored, what was erased is erased again")


def _interview(view: StudyView, name: str) -> str:
    from api.store.errors import NotFoundError

    found = [t.id for t in view.transcripts if name in (t.transcript.id, t.id)]
    if not found:
        raise NotFoundError(f"the study has no interview {name!r}: `jtbd study show` lists them")
    return found[0]


def _tell_loss(kept: Database, study: str, view: StudyView, found: str, *, is_person: bool) -> None:
    from api.services import reviews
    from api.store.errors import NotFoundError

    if is_person:
        person = next(p for p in view.participants if p.id == found)
        say(f"{printable(person.name)} speaks in {counted(len(person.speaks_in), 'interview')}.")
    try:
        loss = reviews.loss(kept, study, **{"participant" if is_person else "transcript": found})
        wordings = {e.id: e.wording for e in reviews.job_map(kept, study).entries}
    except NotFoundError:
        say("No run is done yet: nothing rests on it.")
        return
    _say_loss(loss, wordings)


def _say_loss(loss: Loss, wordings: dict[str, str]) -> None:
    say(f"{counted(loss.n_statements, 'quote')} would go.")
    if loss.lost_support:
        say(f"{counted(len(loss.lost_support), 'entry')} you decided on would stay without any support:")
        for entry in loss.lost_support:
            say(f"  {entry}  {printable(wordings[entry])}")
    if loss.weakened:
        say(f"{len(loss.weakened)} you decided on would keep some of their support.")
    if loss.gone:
        say(f"{len(loss.gone)} that nobody decided on would go.")
