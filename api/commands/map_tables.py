"""A job map, its difference and its agreement in a terminal; plain text in a pipe. What people said has no effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.commands.named import shorten
from api.commands.options import console
from api.services.reviews import BlindOutcome, KnownRule, Reviewed, RunDifference
from jtbd_nlp.export.markdown import counted
from jtbd_nlp.quoting import printable
from jtbd_nlp.review import Agreement, AgreementScore, EntryState, MapNeed, MapStep
from jtbd_nlp.review.agreement import MIN_STEPS

_MARKS: Final = {"suggested": "?", "approved": "✓", "edited": "✎", "rejected": "✗"}
_STYLES: Final = {"suggested": "dim", "approved": "green", "edited": "green", "rejected": "red"}
_STATUS: Final = {"covered": "", "thin": "thin", "missing": "no step"}


def wide_console() -> Console:
    """Standard output; where it is no terminal, tables break no lines."""
    shown = console()
    return shown if shown.is_terminal else Console(highlight=False, soft_wrap=True, width=240)


def map_table(plain: Mapping[str, Any], *, needs: bool) -> Table:
    """The map by stage: a line for each step and, if wanted, each need; what is rejected is left out."""
    entries = [*plain["steps"], *plain["needs"]]
    short = shorten(e["id"] for e in entries)
    table = Table("", "id", "step", "people", "quotes", "needs", box=None, pad_edge=False)
    of_step: dict[str | None, list[dict[str, Any]]] = {}
    for need in plain["needs"]:
        if need["state"] != "rejected":
            of_step.setdefault(need["step"], []).append(need)
    for stage in plain["stages"]:
        title = f"{stage['stage'].upper()} {_STATUS[stage['status']]}".rstrip()
        table.add_row("", "", Text(title, style="bold"))
        for step in plain["steps"]:
            if step["stage"] == stage["stage"] and step["state"] != "rejected":
                own = of_step.get(step["id"], [])
                table.add_row(*_row(step, step["phrase"], short, str(len(own) or "")))
                for need in own if needs else ():
                    table.add_row(*_row(need, f"  {need['statement']}", short, ""))
    if needs and of_step.get(None):
        table.add_row("", "", Text("NEEDS OF NO STEP", style="bold"))
        for need in of_step[None]:
            table.add_row(*_row(need, f"  {need['statement']}", short, ""))
    return table


def _row(entry: Mapping[str, Any], words: str, short: Mapping[str, str], n_needs: str) -> tuple[Text | str, ...]:
    style = _STYLES[entry["state"]]
    lost = " (lost its support)" if entry["lost_support"] else ""
    noted = f" ({counted(entry['n_comments'], 'comment')})" if entry["n_comments"] else ""
    return (
        Text(_MARKS[entry["state"]], style=style),
        short[entry["id"]],
        Text(printable(words) + lost + noted, style="red" if lost else ""),
        str(entry["n_participants"]),
        str(entry["n_statements"]),
        n_needs,
    )


def map_summary(plain: Mapping[str, Any]) -> str:
    """One line: which run, how much of it is decided."""
    states = [e["state"] for e in (*plain["steps"], *plain["needs"])]
    n_lost = sum(e["lost_support"] and e["state"] in ("approved", "edited") for e in (*plain["steps"], *plain["needs"]))
    parts = [
        f"run {plain['run']['number']}",
        counted(plain["n_participants"], "participant"),
        f"{sum(s in ('approved', 'edited') for s in states)} approved",
        f"{states.count('suggested')} to decide",
        f"{states.count('rejected')} rejected",
    ]
    parts += [f"{n_lost} lost their support"] if n_lost else []
    parts += [f"{len(plain['conflicts'])} decisions passed over"] if plain["conflicts"] else []
    return ", ".join(parts)


def quotes_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Quotes with their ids, who said them and where."""
    found = list(rows)
    short = shorten(row["id"] for row in found)
    table = Table("id", "kind", "quote", "who", "where", box=None, pad_edge=False)
    for row in found:
        led = " (led)" if row["led"] else ""
        where = f"{row['transcript']}, turn {row['turn']}"
        cells = (row["kind"] + led, f"“{row['quote']}”", row["speaker"], where)
        table.add_row(short[row["id"]], *(Text(printable(cell)) for cell in cells))
    return table


def difference_lines(found: RunDifference) -> list[str]:
    """What a run changed, a line for each entry, under what happened to it."""
    difference, job_map = found.difference, found.reviewed.job_map
    before = found.previous
    known = {e.id: e for e in (*(before.entries if before else ()), *job_map.entries)}
    short = shorten([*known, *(e.id for e in difference.vanished)])

    def line(entry: str, more: str = "") -> str:
        return f"  {short.get(entry, entry)}  {printable(known[entry].wording) if entry in known else ''}{more}"

    groups = [
        ("new evidence for what was decided on", [line(c.entry, f"  +{len(c.statements)}") for c in difference.grown]),
        ("evidence that is gone", [line(c.entry, f"  -{len(c.statements)}") for c in difference.shrunk]),
        ("lost their support", [line(i) for i in difference.lost_support]),
        ("have support again", [line(i) for i in difference.regained]),
        ("new suggestions", [line(i) for i in difference.new]),
        (
            "suggestions that are not made again",
            [f"  {short[e.id]}  {printable(e.wording)}" for e in difference.vanished],
        ),
        (
            "contradictions",
            [line(c.entry, f"  against it: {_against(found, c.by)}") for c in difference.contradictions],
        ),
        ("rejected, and suggested with more evidence", [line(c.entry) for c in difference.rejected_again]),
    ]
    lines = []
    for title, members in groups:
        if members:
            lines += [f"{title}: {len(members)}", *members]
    return lines or ["nothing to review: the run says what the last one said"]


def _against(found: RunDifference, by: str) -> str:
    job_map = found.reviewed.job_map
    asides = {a.id: a.evidence.quote for step in job_map.steps for a in step.counter}
    entry = job_map.state.entry(job_map.state.survivor(by))
    return f"“{printable(asides[by])}”" if by in asides else printable(entry.wording) if entry else by


def rules_table(rules: Iterable[KnownRule], reviewed: Reviewed) -> Table:
    """What the next run obeys, and what each rule changed in this one."""
    table = Table("rule", "kind", "about", "taught by", "statements", "changed", "", box=None, pad_edge=False)
    learned = list(rules)
    short = shorten(known.rule.id for known in learned)
    for known in learned:
        rule = known.rule
        entry = None if known.entry is None else reviewed.job_map.state.entry(known.entry)
        n = len({s for pair in rule.pairs for s in pair}) + len(rule.statements)
        changed = "not run yet" if known.changed is None else str(len(known.changed))
        about = "" if entry is None else printable(entry.wording)
        taught = f"{known.by}, {known.at:%Y-%m-%d}"
        state = "removed" if rule.is_removed else ""
        table.add_row(short[rule.id], rule.kind, Text(about), Text(printable(taught)), str(n), changed, state)
    return table


def agreement_table(found: Agreement) -> Table:
    """Krippendorff's alpha by stage: between analysts, and between them and the machine, of steps and of needs."""
    table = Table("", "steps: analysts", "steps: with machine", "needs: analysts", "needs: with machine", box=None)
    for value in found.needs.between_analysts:
        cells = [
            scores.get(value)
            for scores in (
                *(found.between_analysts, found.with_machine),
                *(found.needs.between_analysts, found.needs.with_machine),
            )
        ]
        table.add_row(value, *(_score(score) for score in cells))
    return table


def agreement_notes(found: Agreement) -> list[str]:
    """Why some scores have no interval, and others no alpha; nothing where all have both."""
    scores = [
        s for kind in (found, found.needs) for s in (*kind.between_analysts.values(), *kind.with_machine.values())
    ]
    bare = [s for s in scores if s.alpha is not None and s.interval is None]
    notes = {
        "– (n 0): nothing was decided on twice": any(s.n_steps == 0 for s in scores),
        "– otherwise: all decided alike, which cannot be told from chance": any(
            s.alpha is None and s.n_steps for s in scores
        ),
        f"no interval: fewer than {MIN_STEPS} were decided on twice": any(s.n_steps < MIN_STEPS for s in bare),
        "no interval with more: nearly all decided alike": any(s.n_steps >= MIN_STEPS for s in bare),
    }
    return [note for note, holds in notes.items() if holds]


def _score(score: AgreementScore | None) -> str:
    if score is None:
        return ""
    if score.alpha is None:
        return f"– (n {score.n_steps})"
    interval = f" {score.interval[0]:.2f} to {score.interval[1]:.2f}" if score.interval else ""
    return f"{score.alpha:.2f}{interval} (n {score.n_steps})"


def blind_lines(outcome: BlindOutcome, reviewed: Reviewed) -> list[str]:
    """Who took part in a blind review, what they agree on, and what is left to settle."""
    lines = [f"analysts: {', '.join(map(printable, outcome.analysts)) or 'nobody yet'}"]
    if outcome.is_open:
        return [*lines, "open: each sees their own decisions only, until it is revealed"]
    short = shorten(e.id for e in reviewed.job_map.entries)
    lines += [f"agreed and adopted: {len(outcome.agreed)}", f"to settle: {len(outcome.disputed)}"]
    for one in outcome.disputed:
        entry = reviewed.job_map.state.entry(reviewed.job_map.state.survivor(one.entry))
        lines.append(f"  {short.get(one.entry, one.entry)}  {printable(entry.wording) if entry else ''}")
        for by, verdict in one.verdicts.items():
            merged = f", merged into {short.get(verdict.into, verdict.into)}" if verdict.into else ""
            merged += f", with other quotes: {len(verdict.members)}" if verdict.is_regrouped else ""
            words = f"{verdict.review.value}: {verdict.wording} ({verdict.place or 'no step'}{merged})"
            lines.append(f"      {printable(by)}: {printable(words)}")
    if any(verdict.is_regrouped for one in outcome.disputed for verdict in one.verdicts.values()):
        lines.append(
            "splits that differ, moved quotes and added entries are not adopted by themselves: use `jtbd study decide`"
        )
    return lines


def entry_line(entry: MapStep | MapNeed | None, entry_id: str) -> str:
    """What became of an entry, in one line."""
    if entry is None:
        return f"{entry_id}: no longer on the map"
    place = f" in {entry.stage}" if isinstance(entry, MapStep) else ""
    lost = ", lost its support" if entry.review is not EntryState.REJECTED and not entry.members else ""
    return f"{entry.id}  {entry.review.value}{place}{lost}: {printable(entry.wording)}"
