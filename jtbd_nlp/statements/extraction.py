"""Hop 2: one Transcript to its ActionStatements and NeedStatements, each with the words somebody said.

Clauses come from the parse, judgement from the reading model, phrases from the parse again. Knows nothing of other
transcripts: extracting two interviews together or apart gives the same statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypedDict

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from jtbd_nlp.adverts import find_adverts
from jtbd_nlp.config import Settings
from jtbd_nlp.domain import (
    ActionStatement,
    Aside,
    Evidence,
    Modality,
    NeedPhrase,
    NeedStatement,
    Role,
    Span,
    Tense,
    Transcript,
    Turn,
    statement_id,
)
from jtbd_nlp.embedding import Embedder, job_vector
from jtbd_nlp.statements.asides import find_struggles, find_undone, is_well_written
from jtbd_nlp.statements.clauses import find_clauses
from jtbd_nlp.statements.encoder import Floats, ReadingModel, TurnReading
from jtbd_nlp.statements.judgement import (
    KINDS,
    Candidate,
    Judge,
    StatementKind,
    choose,
    describe_candidates,
    describe_senses,
    list_candidates,
    threshold_for,
)
from jtbd_nlp.statements.led import is_led, said_before
from jtbd_nlp.statements.need_choice import LEAST_SURE, NeedChooser, WordedClause
from jtbd_nlp.statements.need_rewording import Promise, is_promising, line_of, reword
from jtbd_nlp.statements.need_views import View
from jtbd_nlp.statements.needs import need_phrase, phrase_of, phrase_reworded
from jtbd_nlp.statements.parsing import parse_turns
from jtbd_nlp.statements.staging import StageHead
from jtbd_nlp.statements.step_writing import Spoken, write_steps

if TYPE_CHECKING:
    from jtbd_nlp.writing_model import WritingModel


@dataclass(frozen=True, slots=True)
class Reader:
    """The models that hop 2 needs.

    `embedder` is the encoder that the reading model was tuned from: it places the job statement among the learned
    meanings. `needs` chooses how a need is written, and `need_writer`, which takes seconds to load and is asked for by
    the first talk that promises a need, writes it anew; without one, needs are what single words say.
    """

    parser: Language
    reading: ReadingModel
    embedder: Embedder
    judge: Judge
    stage_head: StageHead
    needs: NeedChooser
    need_writer: Callable[[], WritingModel] | None = None


@dataclass(frozen=True, slots=True)
class TurnCandidates:
    """The n candidates of one turn with what is known of them.

    Args:
        rows: (n, features) as the judge sees them.
        means: (n, width) mean hidden states.
        stages, meanings: (n, 6) raw stage probabilities and (n, width) unit meanings.
    """

    turn: Turn
    doc: Doc
    candidates: Sequence[Candidate]
    rows: Floats
    means: Floats
    stages: Floats
    meanings: Floats


@dataclass(frozen=True, slots=True)
class Extraction:
    """Statements of one or more transcripts, sorted by (transcript, turn, start, end, kind), and what each means.

    `meanings` is (n, width), row i for `statements[i]`, of L2 norm 1: near the encoder's vector of the phrase that an
    analyst would file the statement under. `asides` are sorted alike, `aside_meanings` their rows.
    """

    statements: tuple[ActionStatement | NeedStatement, ...]
    meanings: Floats
    asides: tuple[Aside, ...] = ()
    aside_meanings: Floats = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))

    @classmethod
    def join(cls, parts: Sequence[Extraction], *, width: int) -> Extraction:
        """All parts as one, in the order of their statements' evidence."""
        statements = [s for part in parts for s in part.statements]
        rows = [part.meanings for part in parts if len(part.statements)]
        meanings = np.concatenate(rows) if rows else np.zeros((0, width), dtype=np.float32)
        order = sorted(
            range(len(statements)), key=lambda i: (statements[i].evidence.transcript, *_place(statements[i]))
        )
        asides = [a for part in parts for a in part.asides]
        rows = [part.aside_meanings for part in parts if len(part.asides)]
        aside_meanings = np.concatenate(rows) if rows else np.zeros((0, width), dtype=np.float32)
        ranked = sorted(range(len(asides)), key=lambda i: (asides[i].evidence.transcript, *_place(asides[i])))
        return cls(
            tuple(statements[i] for i in order),
            meanings[order],
            tuple(asides[i] for i in ranked),
            aside_meanings[ranked],
        )


class _Fields(TypedDict):
    evidence: Evidence
    speaker: str
    actor: str | None
    verb: str | None
    object: str | None
    context: str | None
    negated: bool
    modality: Modality
    tense: Tense
    habitual: bool
    led: bool
    stage_probabilities: tuple[float, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Found:
    """A likely candidate: its probability, raw stage probabilities and meaning."""

    turn: Turn
    doc: Doc
    candidate: Candidate
    probability: float
    stages: Floats
    meaning: Floats


_Said = tuple[Literal["not done", "struggle"], str]


def extract_statements(transcript: Transcript, reader: Reader, *, settings: Settings, job: str) -> Extraction:
    """Find every action and need statement in one transcript. Only participants' words are evidence.

    `job` is the job statement, "" where the study states none. No participants, or talk without statements, give an
    empty Extraction.
    """
    turns: list[tuple[TurnCandidates, Floats]] = []
    likely: list[Found] = []
    aim = job_vector(job, reader.embedder)
    for part in read_candidates(transcript, reader.parser, reader.reading, job=aim):
        probabilities = reader.judge.probabilities(part.candidates, part.rows)
        turns.append((part, probabilities))
        likely += [_found(part, i, float(probabilities[i])) for i in choose(part.candidates, probabilities)]
    thresholds = _thresholds(likely, settings)
    found = [f for f in likely if f.probability >= thresholds[f.candidate.kind]]
    width = reader.reading.network.meaning.out_features
    before = said_before(transcript)
    steps = zip(found, _steps_written(found, [part for part, _ in turns], reader), strict=True)
    kept = [(f, phrase) for f, phrase in steps if phrase or f.candidate.kind == "need"]
    spans = [f for f, _ in kept]
    beside = [one for part, probabilities in turns for one in _asides_of(part, probabilities, spans)]
    # Once for all of the talk: texts of few clauses would be embedded in batches that are mostly empty.
    everything = [*spans, *(f for _, f in beside)]
    needs, stages = _written(everything, reader), _stages(everything, reader)
    needs[: len(kept)] = _reworded(transcript, spans, needs[: len(kept)], reader, job)
    statements = [
        _statement(transcript, f, need or phrase, row, before[f.turn.index], settings)
        for (f, phrase), need, row in zip(kept, needs[: len(kept)], stages[: len(kept)], strict=True)
    ]
    asides = [
        _aside(transcript, kind, f, row, before[f.turn.index], settings, need)
        for (kind, f), need, row in zip(beside, needs[len(kept) :], stages[len(kept) :], strict=True)
    ]
    pairs = sorted(((s, f.meaning) for s, f in zip(statements, spans, strict=True)), key=lambda p: _place(p[0]))
    told = sorted(
        ((a, f.meaning) for a, (_, f) in zip(asides, beside, strict=True) if a is not None),
        key=lambda p: _place(p[0]),
    )
    return Extraction(
        tuple(s for s, _ in pairs),
        _stacked([r for _, r in pairs], width),
        tuple(a for a, _ in told),
        _stacked([r for _, r in told], width),
    )


def _found(part: TurnCandidates, i: int, probability: float) -> Found:
    return Found(part.turn, part.doc, part.candidates[i], probability, part.stages[i], part.meanings[i])


def _steps_written(found: Sequence[Found], turns: Sequence[TurnCandidates], reader: Reader) -> list[str]:
    """The step that each of kind action does; "" for needs and for what cannot be written."""
    own = [f for f in found if f.candidate.kind == "action"]
    if not own:
        return [""] * len(found)
    before = _turns_before(turns)
    spoken = [Spoken(f.doc, f.candidate.clause, before[f.turn.index]) for f in own]
    phrases = iter(write_steps(spoken, np.stack([f.meaning for f in own]), reader.embedder))
    return [next(phrases) if f.candidate.kind == "action" else "" for f in found]


def _turns_before(turns: Sequence[TurnCandidates]) -> Mapping[int, Doc | None]:
    """By turn the speaker's own turn before it: nobody's statement holds words that another must be able to erase."""
    last: dict[str, Doc] = {}
    before: dict[int, Doc | None] = {}
    for part in turns:
        before[part.turn.index] = last.get(part.turn.speaker)
        last[part.turn.speaker] = part.doc
    return before


def worded_clause(doc: Doc, candidate: Candidate) -> WordedClause:
    """Every way in which a candidate can be written as a need."""
    return WordedClause.of(View.of(doc, candidate.clause))


def _written(found: Sequence[Found], reader: Reader) -> list[NeedPhrase | None]:
    """The need that each of kind need says, as the chooser writes it, or as its cue words do where it knows no writing.

    None for actions.
    """
    own = [f for f in found if f.candidate.kind == "need"]
    if not own:
        return [None] * len(found)
    clauses = [worded_clause(f.doc, f.candidate) for f in own]
    chosen = reader.needs.choose(clauses, np.stack([f.meaning for f in own]), reader.embedder)
    phrases = iter(
        need_phrase(f.doc, f.candidate.clause) if one is None else phrase_of(View.of(f.doc, f.candidate.clause), *one)
        for f, one in zip(own, chosen, strict=True)
    )
    return [next(phrases) if f.candidate.kind == "need" else None for f in found]


def _reworded(
    transcript: Transcript, found: Sequence[Found], needs: Sequence[NeedPhrase | None], reader: Reader, job: str
) -> list[NeedPhrase | None]:
    """The needs in the writing model's words, of those that promise one, where these can stand."""
    reworded = list(needs)
    asked = [i for i, need in enumerate(needs) if need and is_promising(found[i].probability, need.wording)]
    if reader.need_writer is None or not asked:
        return reworded
    promises = [Promise(line_of(transcript, _span_of(found[i])), found[i].probability, found[i].meaning) for i in asked]
    for i, one in zip(asked, reword(reader.need_writer(), promises, reader.embedder, job=job), strict=True):
        if one is not None:
            reworded[i] = phrase_reworded(View.of(found[i].doc, found[i].candidate.clause), *one)
    return reworded


def _span_of(found: Found) -> Span:
    return Span(found.turn.index, found.candidate.start, found.candidate.end)


def _stacked(rows: Sequence[Floats], width: int) -> Floats:
    return np.stack(rows) if rows else np.zeros((0, width), dtype=np.float32)


def _stages(found: Sequence[Found], reader: Reader) -> list[tuple[float, ...]]:
    """The six stage probabilities of each."""
    if not found:
        return []
    rows = reader.stage_head.probabilities(np.stack([f.stages for f in found]))
    return [tuple(float(p) for p in row) for row in rows]


def _asides_of(part: TurnCandidates, probabilities: Floats, kept: Sequence[Found]) -> Iterator[tuple[_Said, Found]]:
    """What a turn says is not done, and the clauses of struggle that were not kept as needs."""
    spans: dict[str, list[tuple[int, int]]] = {"action": [], "need": []}
    for f in kept:
        if f.turn.index == part.turn.index:
            spans[f.candidate.kind].append((f.candidate.start, f.candidate.end))
    row_of = {(c.start, c.end): i for i, c in enumerate(part.candidates) if c.kind == "action"}
    for clause, phrase in find_undone(part.doc, part.candidates, spans["action"]):
        yield ("not done", phrase), _found(part, row_of[clause.start, clause.end], 1.0)
    likely = [float(p) for p in probabilities]
    for i in find_struggles(part.doc, part.candidates, likely, spans["need"]):
        yield ("struggle", ""), _found(part, i, likely[i])


def _aside(
    transcript: Transcript,
    said: _Said,
    found: Found,
    stages: tuple[float, ...],
    before: tuple[frozenset[str], frozenset[str]],
    settings: Settings,
    need: NeedPhrase | None,
) -> Aside | None:
    """The aside of a clause; None where the need it suggests cannot be written well."""
    kind, phrase = said
    if need is not None and (need.wording < LEAST_SURE or not is_well_written(need.statement, need.measured)):
        return None
    span = _span_of(found)
    evidence = Evidence.of(transcript, span)
    return Aside(
        id=statement_id(transcript, span, kind),
        said=kind,
        evidence=evidence,
        speaker=found.turn.speaker,
        led=is_led(evidence.quote, *before, share=settings.led_share),
        phrase=phrase if need is None else need.statement,
        stage_probabilities=stages,
        confidence=found.probability,
        need=need,
    )


def _thresholds(likely: Sequence[Found], settings: Settings) -> Mapping[StatementKind, float]:
    """The thresholds of the settings, and this talk's own where they name none."""
    set_by_user: Mapping[StatementKind, float | None] = {
        "action": settings.action_threshold,
        "need": settings.need_threshold,
    }
    own = {
        kind: threshold_for(np.array([f.probability for f in likely if f.candidate.kind == kind], dtype=np.float32))
        for kind in KINDS
    }
    return {kind: own[kind] if (wanted := set_by_user[kind]) is None else wanted for kind in KINDS}


def read_candidates(
    transcript: Transcript, parser: Language, reading_model: ReadingModel, *, job: Floats | None
) -> list[TurnCandidates]:
    """Parse and read every participant's turn; the candidates of those that have some outside adverts, turn by turn."""
    turns = [t for t in transcript.turns if t.role is Role.PARTICIPANT]
    # Two thirds of the time of a run are these two, and neither needs the other.
    with ThreadPoolExecutor(max_workers=1) as beside:
        reading_job = beside.submit(reading_model.read, transcript)
        docs = parse_turns(parser, [t.text for t in turns])
        readings = reading_job.result()
    adverts = {sentence for advert in find_adverts(transcript.turns) for sentence in advert}
    by_turn: list[tuple[Turn, Doc, list[Candidate]]] = []
    for turn, doc in zip(turns, docs, strict=True):
        candidates = list_candidates(find_clauses(doc, kind=transcript.kind)) if turn.index in readings else []
        sold = [(start, end) for index, start, end in adverts if index == turn.index]
        candidates = [c for c in candidates if not any(start < c.end and c.start < end for start, end in sold)]
        if candidates:
            by_turn.append((turn, doc, candidates))
    if not by_turn:
        return []
    found = [c for _, _, candidates in by_turn for c in candidates]
    rows = np.concatenate([describe_candidates(cs, readings[turn.index]) for turn, _, cs in by_turn])
    means = np.concatenate([_span_means(readings[turn.index], cs) for turn, _, cs in by_turn])
    stages, meanings = reading_model.judge_spans(means)
    rows = np.hstack([rows, describe_senses(found, rows, meanings, stages, job)])
    ends = np.cumsum([len(candidates) for _, _, candidates in by_turn])
    return [
        TurnCandidates(turn, doc, cs, *(x[end - len(cs) : end] for x in (rows, means, stages, meanings)))
        for (turn, doc, cs), end in zip(by_turn, ends.tolist(), strict=True)
    ]


def _span_means(reading: TurnReading, candidates: Sequence[Candidate]) -> Floats:
    """Mean hidden states (n, width) of the pieces of n candidates of one turn; zeros where one touches none."""
    sums = np.vstack([np.zeros((1, reading.hidden.shape[1])), np.cumsum(reading.hidden, axis=0, dtype=np.float64)])
    first = np.searchsorted(reading.offsets[:, 1], [c.start for c in candidates], side="right")
    last = np.maximum(first, np.searchsorted(reading.offsets[:, 0], [c.end for c in candidates], side="left"))
    means = (sums[last] - sums[first]) / np.maximum(last - first, 1)[:, None]
    return np.asarray(means, dtype=np.float32)


def _place(said: ActionStatement | NeedStatement | Aside) -> tuple[int, int, int, str]:
    span = said.evidence.span
    return (span.turn, span.start, span.end, said.said if isinstance(said, Aside) else said.kind)


def _statement(
    transcript: Transcript,
    found: Found,
    said: str | NeedPhrase,
    stages: tuple[float, ...],
    before: tuple[frozenset[str], frozenset[str]],
    settings: Settings,
) -> ActionStatement | NeedStatement:
    """The statement of a kept candidate: `said` is the step that it does, or the need as it is written."""
    candidate = found.candidate
    span = _span_of(found)
    fields = _fields(found, settings, Evidence.of(transcript, span), stages, before)
    identity = statement_id(transcript, span, candidate.kind)
    if isinstance(said, str):
        return ActionStatement(id=identity, phrase=said, **fields)
    return NeedStatement(
        id=identity,
        phrase=said.statement,
        direction=said.direction,
        metric=said.metric,
        measured=said.measured,
        need_kind=said.kind,
        action_variable=said.action_variable,
        circumstance=said.context,
        is_met=said.is_met,
        wording=said.wording,
        **fields,
    )


def _fields(
    found: Found,
    settings: Settings,
    evidence: Evidence,
    stages: tuple[float, ...],
    before: tuple[frozenset[str], frozenset[str]],
) -> _Fields:
    """What both kinds of statement say of their clause."""
    clause = found.candidate.clause
    return {
        "evidence": evidence,
        "speaker": found.turn.speaker,
        "actor": clause.actor,
        "verb": clause.verb,
        "object": clause.object,
        "context": clause.context,
        "negated": clause.negated,
        "modality": clause.modality,
        "tense": clause.tense,
        "habitual": clause.habitual,
        "led": is_led(evidence.quote, *before, share=settings.led_share),
        "stage_probabilities": stages,
        "confidence": found.probability,
    }
