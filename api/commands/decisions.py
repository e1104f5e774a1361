"""`jtbd study decide STUDY …`, `undo`, `redo` and `log`: decisions on the job map, from the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from api.commands.options import By, Where, Which, say, stamp, study_app
from jtbd_nlp.quoting import printable

if TYPE_CHECKING:
    from api.services.reviews import Decided, Reviewed
    from api.store.database import Database
    from jtbd_nlp.domain import Transcript

decide_app = typer.Typer(help="Decide on the job map; ids as `jtbd study map` shows them.", no_args_is_help=True)
study_app.add_typer(decide_app, name="decide")

_PLACE: Final = re.compile(r"(?P<turn>\d+):(?P<start>\d+)-(?P<end>\d+)")

Entry = Annotated[str, typer.Argument(help="Id of a step or need, or its beginning.", metavar="ID")]
Entries = Annotated[list[str], typer.Argument(help="Ids of steps and needs.", metavar="ID...")]
Words = Annotated[str, typer.Argument(help="The words.", metavar="TEXT")]
Interview = Annotated[str, typer.Option("--interview", help="The interview with the evidence.", metavar="NAME")]
Said = Annotated[
    str,
    typer.Option("--said", help="Words that somebody says there, as they stand; or TURN:START-END.", metavar="WORDS"),
]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the subcommands of `decide` work on."""

    database: Database
    study: str
    by: str | None

    def look(self) -> Reviewed:
        from api.services import reviews

        return reviews.reviewed(self.database, self.study, viewer=stamp(self.by).by)

    def entry(self, typed: str) -> str:
        from api.commands.named import find

        return find(typed, (e.id for e in self.look().job_map.entries), "entries")

    def decide(self, **body: object) -> None:
        from api.services import reviews

        _tell(reviews.decide(self.database, self.study, body, stamp(self.by)))


@decide_app.callback()
def _on(context: typer.Context, study: Which, database: Where = None, by: By = None) -> None:
    """Decide on the job map of a study: `jtbd study decide STUDY approve ID`."""
    from api.services.databases import open_database

    context.obj = _Desk(open_database(database), study, by)


@decide_app.command("approve")
def approve(context: typer.Context, entries: Entries, by: By = None) -> None:
    """Take steps and needs as they are."""
    desk = _desk(context, by)
    for entry in entries:
        desk.decide(kind="approve", entry=desk.entry(entry))


@decide_app.command("reject")
def reject(
    context: typer.Context,
    entries: Entries,
    reason: Annotated[str | None, typer.Option("--reason", help="Why.", metavar="TEXT")] = None,
    by: By = None,
) -> None:
    """Take steps and needs off the map; the next run does not suggest them again."""
    desk = _desk(context, by)
    for entry in entries:
        desk.decide(kind="reject", entry=desk.entry(entry), reason=reason)


@decide_app.command("edit")
def edit(context: typer.Context, entry: Entry, text: Words, by: By = None) -> None:
    """Give a step or need other words; that approves it too."""
    desk = _desk(context, by)
    desk.decide(kind="edit", entry=desk.entry(entry), text=text)


@decide_app.command("merge")
def merge(context: typer.Context, into: Entry, entries: Entries, by: By = None) -> None:
    """Make steps one step, or needs one need: the first one named takes over what the others hold."""
    desk = _desk(context, by)
    desk.decide(kind="merge", into=desk.entry(into), entries=[desk.entry(e) for e in entries])


@decide_app.command("split")
def split(
    context: typer.Context,
    step: Entry,
    phrase: Words,
    quotes: Annotated[
        list[str], typer.Argument(help="Ids of quotes, as `jtbd study quotes` shows.", metavar="QUOTE...")
    ],
    needs: Annotated[
        list[str] | None, typer.Option("--need", help="Id of a need that goes along; may be repeated.", metavar="ID")
    ] = None,
    by: By = None,
) -> None:
    """Take some quotes out of a step: they become a step of their own, with these words."""
    from api.commands.named import find

    desk = _desk(context, by)
    step_id = desk.entry(step)
    members = desk.look().job_map.entry(step_id).members
    statements = [find(quote, members, "quotes") for quote in quotes]
    along = [desk.entry(need) for need in needs or ()]
    desk.decide(kind="split", step=step_id, statements=statements, phrase=phrase, needs=along)


@decide_app.command("move")
def move(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="Id of a step, need or quote.", metavar="ID")],
    to: Annotated[str, typer.Argument(help="A stage for a step; a step or none for a need; any for a quote.")],
    by: By = None,
) -> None:
    """Move a step to another stage, a need to another step (or none), a quote to another step or need (or none)."""
    from api.commands.named import find
    from jtbd_nlp.review import MapStep

    desk = _desk(context, by)
    job_map = desk.look().job_map
    entry = find(what, [*(e.id for e in job_map.entries), *job_map.voices], "steps, needs or quotes")
    if entry in job_map.voices:
        desk.decide(kind="move_statement", statement=entry, entry=None if to == "none" else desk.entry(to))
    elif isinstance(job_map.entry(entry), MapStep):
        desk.decide(kind="move_step", step=entry, stage=to)
    else:
        desk.decide(kind="move_need", need=entry, step=None if to == "none" else desk.entry(to))


@decide_app.command("reorder")
def reorder(
    context: typer.Context,
    step: Entry,
    after: Annotated[
        str | None, typer.Option("--after", help="The step before it; first otherwise.", metavar="ID")
    ] = None,
    by: By = None,
) -> None:
    """Put a step right after another of its stage, or first."""
    desk = _desk(context, by)
    desk.decide(kind="reorder", step=desk.entry(step), after=None if after is None else desk.entry(after))


@decide_app.command("add-step")
def add_step(
    context: typer.Context,
    stage: Annotated[str, typer.Argument(help="Stage it is part of.", metavar="STAGE")],
    phrase: Words,
    interview: Interview,
    said: Said,
    by: By = None,
) -> None:
    """Add a step by hand, with the words that back it."""
    desk = _desk(context, by)
    evidence = [_evidence(desk.look(), interview, said)]
    desk.decide(kind="add_step", stage=stage, phrase=phrase, evidence=evidence)


@decide_app.command("add-need")
def add_need(
    context: typer.Context,
    step: Annotated[str, typer.Argument(help="Id of the step it measures, or none.", metavar="STEP")],
    statement: Words,
    interview: Interview,
    said: Said,
    by: By = None,
) -> None:
    """Add a need by hand, with the words that back it."""
    desk = _desk(context, by)
    evidence = [_evidence(desk.look(), interview, said)]
    measured = None if step == "none" else desk.entry(step)
    desk.decide(kind="add_need", step=measured, statement=statement, evidence=evidence)


@decide_app.command("add-evidence")
def add_evidence(context: typer.Context, entry: Entry, interview: Interview, said: Said, by: By = None) -> None:
    """Back a step or need by more words of an interview."""
    desk = _desk(context, by)
    evidence = [_evidence(desk.look(), interview, said)]
    desk.decide(kind="add_evidence", entry=desk.entry(entry), evidence=evidence)


@decide_app.command("comment")
def comment(
    context: typer.Context,
    text: Words,
    about: Annotated[
        str | None, typer.Option("--on", help="The step or need; the map otherwise.", metavar="ID")
    ] = None,
    by: By = None,
) -> None:
    """Say something about a step or need, or about the whole map."""
    desk = _desk(context, by)
    desk.decide(kind="comment", entry=None if about is None else desk.entry(about), text=text)


Decision = Annotated[str | None, typer.Argument(help="Id of the decision; your last otherwise.", metavar="DECISION")]


@study_app.command("undo")
def undo(study: Which, decision: Decision = None, database: Where = None, by: By = None) -> None:
    """Take back a decision, by default your last one."""
    from api.services import reviews
    from api.services.databases import open_database

    _tell(reviews.undo(open_database(database), study, stamp(by), decision=decision))


@study_app.command("redo")
def redo(study: Which, decision: Decision = None, database: Where = None, by: By = None) -> None:
    """Put back a decision that was taken back, by default your last one."""
    from api.services import reviews
    from api.services.databases import open_database

    _tell(reviews.redo(open_database(database), study, stamp(by), decision=decision))


@study_app.command("log")
def log(study: Which, database: Where = None) -> None:
    """The decisions on the last run, first to last."""
    from api.commands.map_tables import wide_console
    from api.services import reviews
    from api.services.databases import open_database

    table = Table("", "when", "who", "what", "about", "id", box=None, pad_edge=False)
    for kept in reviews.decision_log(open_database(database), study):
        about = next((str(kept.body[k]) for k in ("entry", "into", "step", "need", "decision") if kept.body.get(k)), "")
        cells = (str(kept.number), f"{kept.at:%Y-%m-%d %H:%M}", kept.by, kept.kind, about, kept.id)
        table.add_row(*(Text(printable(cell)) for cell in cells))
    wide_console().print(table)


def _desk(context: typer.Context, by: str | None) -> _Desk:
    desk: _Desk = context.obj
    return desk if by is None else replace(desk, by=by)


def _tell(decided: Decided) -> None:
    from api.commands.map_tables import entry_line

    for entry in decided.changed:
        say(entry_line(decided.job_map.state.entry(entry), entry))
    if not decided.changed:
        say("kept; it changes nothing on the map")


def _evidence(reviewed: Reviewed, interview: str, said: str) -> dict[str, Any]:
    """The place in an interview that somebody chose, by its words or its numbers."""
    from api.store.errors import NotFoundError

    transcript = next((t for t in reviewed.job_map.analysis.transcripts if t.id == interview), None)
    if transcript is None:
        raise NotFoundError(f"run {reviewed.run_number} read no interview {interview!r}")
    place = _PLACE.fullmatch(said)
    turn, start, end = (int(n) for n in place.groups()) if place else _find_words(transcript, said)
    return {"transcript": interview, "sha256": transcript.sha256, "turn": turn, "start": start, "end": end}


def _find_words(transcript: Transcript, words: str) -> tuple[int, int, int]:
    from api.store.errors import NotFoundError
    from jtbd_nlp.domain import Role

    for turn in transcript.turns:
        start = turn.text.find(words)
        if start >= 0 and turn.role is Role.PARTICIPANT:
            return turn.index, start, start + len(words)
    raise NotFoundError(f"no participant says that in {transcript.id}, letter for letter")
