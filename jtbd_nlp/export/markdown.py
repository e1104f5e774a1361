"""Analysis to Markdown: a job map to paste into a wiki, by stage, with people, best quotes, needs and gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from jtbd_nlp.counter_evidence import asked_in_words, gap_in_words
from jtbd_nlp.domain import Analysis, Aside, JobStep, Need, StageStatus
from jtbd_nlp.export.canonical import ordered_needs, ordered_steps
from jtbd_nlp.loose_quotes import quotes_beside_steps
from jtbd_nlp.people import participants_of
from jtbd_nlp.quoting import Statement, check_quotes, printable, quote_in_context
from jtbd_nlp.stages import DEFINITIONS, stage_position

N_QUOTES: Final = 2
N_NEED_QUOTES: Final = 3
_MARKS: Final = re.compile(r"([\\`*_\[\]<>|#~$])|(&)|(?<=\w)(://)")


def analysis_markdown(analysis: Analysis) -> str:
    """Write the job map in Markdown (CommonMark with tables), every step with its people and best quotes.

    What people said is escaped, so that a star, a bracket or a tag in a quote shows as itself.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    check_quotes(analysis)
    lines = [*_head(analysis)]
    loose = quotes_beside_steps(analysis)
    for stage in sorted(analysis.stages, key=lambda s: stage_position(s.stage)):
        lines += _stage(stage, analysis, loose)
    lines += [*_stepless_needs(analysis), *_coverage(analysis), *_manifest(analysis)]
    return "\n".join(lines).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """Make `text` show as itself in Markdown, on one line."""
    return _MARKS.sub(_escape, " ".join(printable(text).split()))


def _escape(mark: re.Match[str]) -> str:
    if mark[2]:
        return "&amp;"
    # A bare address would become a link.
    return "&#58;//" if mark[3] else "\\" + mark[1]


def _head(analysis: Analysis) -> Iterator[str]:
    n_people, n_interviews = len(participants_of(analysis.transcripts)), len(analysis.transcripts)
    n_words = sum(t.n_words for t in analysis.transcripts)
    yield f"# Job map: {escaped(analysis.study.job or analysis.study.name)}"
    yield ""
    executor = f"Executor: {escaped(analysis.study.executor)} · " if analysis.study.executor else ""
    yield f"{executor}Study: {escaped(analysis.study.name)}"
    yield ""
    yield (
        f"{counted(n_interviews, 'interview')}, {counted(n_people, 'participant')}, {n_words:,} words, "
        f"{counted(len(analysis.statements), 'statement')}, {counted(len(analysis.steps), 'step')}, "
        f"{counted(analysis.n_needs_said, 'need')}. A draft to review: every step is backed by words somebody said."
    )
    yield ""


def _stage(stage: StageStatus, analysis: Analysis, loose: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield f"## {stage.stage.capitalize()}"
    yield ""
    yield f"*{DEFINITIONS[stage.stage].definition}*"
    yield ""
    for step in ordered_steps(analysis):
        if step.stage == stage.stage:
            yield from _step(step, analysis, loose.get(step.id, ()))
    if stage.status != "covered":
        yield from _gap(stage, analysis)


def _step(step: JobStep, analysis: Analysis, need_quotes: Sequence[str]) -> Iterator[str]:
    n_people = len(participants_of(analysis.transcripts))
    low, high = step.participants_interval
    yield f"### {step.position}. {escaped(step.phrase)}"
    yield ""
    yield (
        f"**{step.n_participants} of {n_people}** participants (95 % interval {low:.2f} to {high:.2f}), "
        f"{counted(len(step.statements), 'quote')}"
    )
    yield ""
    for statement_id in step.statements[:N_QUOTES]:
        yield from _quote(statement_id, analysis)
    needs = [need for need in ordered_needs(analysis) if need.step == step.id]
    if needs:
        yield "Needs:"
        yield ""
        yield from (_need(need, n_people, analysis) for need in needs)
        yield ""
    if need_quotes:
        yield told_loose(len(need_quotes), has_needs=bool(needs))
        yield ""
        for statement_id in need_quotes[:N_NEED_QUOTES]:
            yield from _quote(statement_id, analysis)
    if step.counter:
        yield f"Against it, not counted above: {counted(step.n_against, 'participant')} not doing it."
        yield ""
        for aside in step.counter[:N_QUOTES]:
            yield from _aside(aside, analysis)
    for finding in step.lint:
        yield f"To check: {escaped(finding.message)}"
        yield ""


def _need(need: Need, n_people: int, analysis: Analysis) -> str:
    context = f", {escaped(need.context)}" if need.context else ""
    kind = "" if need.kind == "functional" else f"; {need.kind.replace('_', ' ')}"
    if need.origin == "suggested":
        origin = (
            f"; suggested by words of struggle of {need.n_participants} of {n_people} participants, not said as a need"
        )
    else:
        origin = (
            f"; {need.n_participants} of {n_people} participants{', who find it no trouble' if need.is_met else ''}"
        )
    statements = {other.id: other.statement for other in analysis.needs}
    against = "; ".join(f"“{escaped(statements[i])}”" for i in need.contradicts)
    return (
        f"- {escaped(need.statement)}{context} *({need.direction} {escaped(need.metric)}{kind}{origin})*"
        f"{f' — as action and variable: {escaped(need.action_variable)}' if need.action_variable else ''}"
        f"{f' — contradicted by {against}' if against else ''}"
    )


def _quote(statement_id: str, analysis: Analysis) -> Iterator[str]:
    yield from _aside(analysis.statement(statement_id), analysis)


def _aside(said: Statement | Aside, analysis: Analysis) -> Iterator[str]:
    transcript = next(t for t in analysis.transcripts if t.id == said.evidence.transcript)
    quote = quote_in_context(said, transcript)
    led = " (led: the interviewer said it first)" if quote.is_led else ""
    yield f"> “{escaped(quote.quote)}” — {escaped(quote.speaker)}, {escaped(quote.place)}{led}"
    yield ""


def _gap(stage: StageStatus, analysis: Analysis) -> Iterator[str]:
    yield f"**Gap.** {gap_in_words(stage)} {escaped(asked_in_words(stage))} Ask next time: *{escaped(stage.ask)}*"
    yield ""
    if stage.nearest:
        yield "Nearest to it:"
        yield ""
        for statement_id in stage.nearest[:N_QUOTES]:
            yield from _quote(statement_id, analysis)


def _stepless_needs(analysis: Analysis) -> Iterator[str]:
    needs = [need for need in ordered_needs(analysis) if need.step is None]
    if needs:
        n_people = len(participants_of(analysis.transcripts))
        yield "## Needs of no step"
        yield ""
        yield from (_need(need, n_people, analysis) for need in needs)
        yield ""


def _coverage(analysis: Analysis) -> Iterator[str]:
    low, high = analysis.saturation.interval
    yield "## How much this covers"
    yield ""
    yield (
        f"Steps and needs explain {analysis.coverage.share:.0%} of what participants said. One more interview should "
        f"add about {analysis.saturation.expected_new_needs:.1f} new needs ({low:.1f} to {high:.1f})."
    )
    yield ""
    yield "| interview | words | participants | explained | read with care |"
    yield "|---|---:|---|---:|---|"
    for t in sorted(analysis.transcripts, key=lambda t: t.id):
        share = analysis.coverage.by_transcript.get(t.id, 0.0)
        people = ", ".join(escaped(name) for name in t.participants)
        warnings = " ".join(escaped(warning) for warning in t.warnings)
        yield f"| {escaped(t.id)} | {t.n_words:,} | {people} | {share:.0%} | {warnings} |"
    yield ""


def _manifest(analysis: Analysis) -> Iterator[str]:
    models = ", ".join(f"{escaped(m.name)} {escaped(m.version)}" for m in analysis.manifest.models)
    yield f"Made by jtbd-nlp {escaped(analysis.manifest.version)} with {models or 'no model'}."


def counted(n: int, noun: str) -> str:
    """Write a count with its noun: "1 step", "2 steps"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def told_loose(n: int, *, has_needs: bool) -> str:
    """Introduce the loose quotes of a step, the first of which follow."""
    shown = f", the likeliest {N_NEED_QUOTES}" if n > N_NEED_QUOTES else ""
    return f"{counted(n, 'more quote' if has_needs else 'quote')} that may tell a need{shown}:"
