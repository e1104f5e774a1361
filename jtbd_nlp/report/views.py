"""What the page shows, worked out beforehand: plain values with quotes looked up, sorted and counted.

Knows the Analysis and the English words around figures; knows no HTML.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.counter_evidence import asked_in_words, gap_in_words
from jtbd_nlp.domain import Analysis, Aside, JobStep, Need, StageStatus, Transcript
from jtbd_nlp.export.canonical import analysis_document, ordered_needs, ordered_statements, ordered_steps
from jtbd_nlp.loose_quotes import quotes_beside_steps
from jtbd_nlp.people import participants_of
from jtbd_nlp.quoting import QuoteInContext, quote_in_context
from jtbd_nlp.report.charts import Curves, PeopleDots, saturation_curves
from jtbd_nlp.stages import DEFAULT_STAGE8, DEFINITIONS, stage_position

# More would drown the rest of the page; the JSON file has them all.
N_UNGROUPED: Final = 60
N_SHORT_QUOTE: Final = 170
# A card of a column's width holds as many needs before it hides the next step.
N_NEEDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedView:
    """A need on a card, in both writings, with its quotes."""

    need: Need
    quotes: tuple[QuoteInContext, ...]
    opposites: tuple[str, ...] = ()

    @property
    def is_suggested(self) -> bool:
        """Whether nobody said it as a need."""
        return self.need.origin == "suggested"

    @property
    def kind(self) -> str:
        """The kind in words, "" for a need of the job itself."""
        return "" if self.need.kind == "functional" else self.need.kind.replace("_", " ")

    @property
    def arrow(self) -> str:
        """The direction as a sign."""
        return "↓" if self.need.direction == "minimize" else "↑"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step's card; `need_quotes` are the loose ones beside it."""

    step: JobStep
    people: PeopleDots
    short_quote: str
    quotes: tuple[QuoteInContext, ...]
    needs: tuple[NeedView, ...]
    need_quotes: tuple[QuoteInContext, ...] = ()
    counter: tuple[QuoteInContext, ...] = ()

    @property
    def first_needs(self) -> tuple[NeedView, ...]:
        """The needs that show at once."""
        return self.needs[:N_NEEDS]

    @property
    def more_needs(self) -> tuple[NeedView, ...]:
        """The needs behind a click."""
        return self.needs[N_NEEDS:]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """A stage's column."""

    stage: StageStatus
    definition: str
    stage8: str
    steps: tuple[StepView, ...]
    stepless_needs: tuple[NeedView, ...]
    nearest: tuple[QuoteInContext, ...]
    gap: str
    asked: str

    @property
    def name(self) -> str:
        """The stage as a heading."""
        return self.stage.stage.capitalize()

    @property
    def is_gap(self) -> bool:
        """Whether the stage is thin or missing."""
        return self.stage.status != "covered"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewView:
    """One row of the table of interviews. `share` is the explained part of what participants said, in [0, 1]."""

    transcript: Transcript
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The whole page."""

    analysis: Analysis
    n_people: int
    n_words: int
    n_actions: int
    n_needs_said: int
    stages: tuple[StageView, ...]
    interviews: tuple[InterviewView, ...]
    unexplained: tuple[QuoteInContext, ...]
    ungrouped: tuple[QuoteInContext, ...]
    n_ungrouped: int
    n_led: int
    curves: Curves
    settings: tuple[str, ...]

    @property
    def gaps(self) -> tuple[StageView, ...]:
        """The stages that are thin or missing."""
        return tuple(stage for stage in self.stages if stage.is_gap)

    @property
    def has_warnings(self) -> bool:
        """Whether something was guessed or dropped while reading."""
        return any(row.transcript.warnings for row in self.interviews)


def page_view(analysis: Analysis) -> PageView:
    """Work out the page.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    document = analysis_document(analysis)
    quotes = _Quotes(analysis)
    ungrouped = [s for s in ordered_statements(analysis) if analysis.statement_steps.get(s.id) is None]
    likeliest = sorted(ungrouped, key=lambda s: -s.confidence)[:N_UNGROUPED]
    manifest = document["manifest"]
    settings = manifest["settings"] if isinstance(manifest, dict) else {}
    return PageView(
        analysis=analysis,
        n_people=len(participants_of(analysis.transcripts)),
        n_words=sum(transcript.n_words for transcript in analysis.transcripts),
        n_actions=sum(s.kind == "action" for s in analysis.statements),
        n_needs_said=sum(s.kind == "need" for s in analysis.statements),
        stages=tuple(
            _stage(stage, analysis, quotes) for stage in sorted(analysis.stages, key=lambda s: stage_position(s.stage))
        ),
        interviews=tuple(
            InterviewView(transcript=t, share=analysis.coverage.by_transcript.get(t.id, 0.0))
            for t in sorted(analysis.transcripts, key=lambda t: t.id)
        ),
        unexplained=quotes.of(analysis.coverage.largest_unexplained),
        ungrouped=quotes.of(tuple(s.id for s in likeliest)),
        n_ungrouped=len(ungrouped),
        n_led=sum(s.led for s in analysis.statements),
        curves=saturation_curves(analysis.saturation),
        settings=tuple(json.dumps(settings, ensure_ascii=False, indent=2).split("\n")),
    )


class _Quotes:
    """Quotes of an analysis by statement id."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._transcripts = {transcript.id: transcript for transcript in analysis.transcripts}
        self._loose = quotes_beside_steps(analysis)

    def of(self, statement_ids: tuple[str, ...]) -> tuple[QuoteInContext, ...]:
        statements = [self._analysis.statement(statement_id) for statement_id in statement_ids]
        return tuple(quote_in_context(s, self._transcripts[s.evidence.transcript]) for s in statements)

    def beside(self, step: JobStep) -> tuple[QuoteInContext, ...]:
        return self.of(self._loose.get(step.id, ()))

    def of_asides(self, asides: tuple[Aside, ...]) -> tuple[QuoteInContext, ...]:
        return tuple(quote_in_context(a, self._transcripts[a.evidence.transcript]) for a in asides)


def _stage(stage: StageStatus, analysis: Analysis, quotes: _Quotes) -> StageView:
    steps = [step for step in ordered_steps(analysis) if step.stage == stage.stage]
    needs = [need for need in ordered_needs(analysis) if need.step is None and need.stage == stage.stage]
    return StageView(
        stage=stage,
        definition=DEFINITIONS[stage.stage].definition,
        stage8=DEFAULT_STAGE8[stage.stage],
        steps=tuple(_step(step, analysis, quotes) for step in steps),
        stepless_needs=tuple(_need(need, analysis, quotes) for need in needs),
        nearest=quotes.of(stage.nearest),
        gap=gap_in_words(stage),
        asked=asked_in_words(stage),
    )


def _step(step: JobStep, analysis: Analysis, quotes: _Quotes) -> StepView:
    own = quotes.of(step.statements)
    needs = [need for need in ordered_needs(analysis) if need.step == step.id]
    return StepView(
        step=step,
        people=PeopleDots.of(step.n_participants, len(participants_of(analysis.transcripts))),
        short_quote=shortened(own[0].quote) if own else "",
        quotes=own,
        needs=tuple(_need(need, analysis, quotes) for need in needs),
        need_quotes=quotes.beside(step),
        counter=quotes.of_asides(step.counter),
    )


def _need(need: Need, analysis: Analysis, quotes: _Quotes) -> NeedView:
    statements = {other.id: other.statement for other in analysis.needs}
    return NeedView(
        need=need,
        quotes=quotes.of(need.statements) + quotes.of_asides(need.asides),
        opposites=tuple(statements[i] for i in need.contradicts),
    )


def shortened(quote: str) -> str:
    """The quote, or its beginning with a mark in brackets, which nobody takes for words that were said."""
    if len(quote) <= N_SHORT_QUOTE:
        return quote
    cut = quote[:N_SHORT_QUOTE]
    return f"{cut.rpartition(' ')[0] or cut} […]"
