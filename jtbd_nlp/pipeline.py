"""The hops in order, nothing else: transcripts in, an Analysis out.

A run is a pure function of transcripts, study, settings and models. It reads no clock, no network, no environment and
no file; the order in which transcripts are given does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from jtbd_nlp import __version__
from jtbd_nlp.clustering import group_statements
from jtbd_nlp.config import Settings
from jtbd_nlp.counter_evidence import attach_counter_evidence, tell_asked
from jtbd_nlp.coverage import measure_coverage, measure_saturation, transcripts_behind
from jtbd_nlp.domain import (
    ActionStatement,
    Analysis,
    Grouping,
    JobStep,
    Manifest,
    Need,
    NeedStatement,
    Study,
    Transcript,
)
from jtbd_nlp.engine import Engine
from jtbd_nlp.links import Pair
from jtbd_nlp.lint import lint_need, lint_step, phrase_quality
from jtbd_nlp.mapping import (
    attach_needs,
    describe_stages,
    memberships_of,
    propose_steps,
    retell_steps,
    steps_of_statements,
)
from jtbd_nlp.need_mapping import place_loose, propose_needs, suggest_needs
from jtbd_nlp.people import participants_of
from jtbd_nlp.statements.encoder import Floats
from jtbd_nlp.statements.extraction import Extraction, extract_statements
from jtbd_nlp.step_naming import tell_steps

# Called with the name of the hop, how much of it is done, and how much there is.
OnProgress = Callable[[str, int, int], None]

# Share of the phrase beside the learned meaning, when statements are grouped: equal shares gave more and lesser steps.
PHRASE_WEIGHT: Final = 0.5

S = TypeVar("S", ActionStatement, NeedStatement)


def analyze(
    transcripts: Sequence[Transcript],
    *,
    study: Study,
    settings: Settings,
    engine: Engine,
    on_progress: OnProgress | None = None,
) -> Analysis:
    """Propose a job map for one study.

    No transcripts, or talk in which nothing is found, give an Analysis without steps and with six missing stages.

    Raises:
        ValueError: two transcripts have one id.
    """
    transcripts = sorted(transcripts, key=lambda t: t.id)
    if len({t.id for t in transcripts}) < len(transcripts):
        raise ValueError("two transcripts have one id")
    report = on_progress or (lambda *_: None)
    return map_statements(
        transcripts,
        _extract(transcripts, study, settings, engine, report),
        study=study,
        settings=settings,
        engine=engine,
        on_progress=report,
    )


def map_statements(
    transcripts: Sequence[Transcript],
    extraction: Extraction,
    *,
    study: Study,
    settings: Settings,
    engine: Engine,
    on_progress: OnProgress,
    must_link: Sequence[Pair] = (),
    cannot_link: Sequence[Pair] = (),
) -> Analysis:
    """Hops 3 to 5: group the statements of all transcripts (sorted by id) and propose steps and needs.

    Args:
        must_link, cannot_link: pairs of statement ids that people want in one step or need, or never in one.
    """
    statements = extraction.statements
    on_progress("group statements", 0, 1)
    actions, action_rows = _of_kind(statements, ActionStatement)
    needs, need_rows = _of_kind(statements, NeedStatement)
    vectors = statement_vectors(extraction, engine)
    grouping = group_statements(
        actions, vectors[action_rows].joint, settings=settings.grouping, must_link=must_link, cannot_link=cannot_link
    )
    on_progress("group statements", 1, 1)
    on_progress("propose steps and needs", 0, 1)
    steps, actions = _propose_steps(transcripts, study, actions, vectors[action_rows], grouping, engine)
    heard = {s.id: s for s in actions}
    statements = tuple(heard.get(s.id, s) for s in statements)
    steps, found_needs = _propose_needs(
        steps, actions, vectors[action_rows], needs, vectors[need_rows], must_link, cannot_link
    )
    steps, suggested = _propose_beside(extraction, engine, actions, vectors[action_rows], steps, found_needs)
    loose = place_loose(
        needs,
        vectors[need_rows].joint,
        found_needs,
        steps=steps,
        actions=actions,
        action_vectors=vectors[action_rows].joint,
    )
    step_of = {**steps_of_statements(statements, steps, found_needs), **loose}
    explained = [i for i, step in step_of.items() if step is not None]
    by_id = {s.id: s for s in statements}
    saturation = measure_saturation(
        [t.id for t in transcripts],
        transcripts_behind([s.statements for s in steps], by_id),
        transcripts_behind([n.statements for n in found_needs], by_id),
    )
    analysis = Analysis(
        study=study,
        manifest=Manifest(
            version=__version__,
            settings=settings.as_manifest(),
            models=engine.versions,
            inputs=tuple((t.id, t.sha256) for t in transcripts),
        ),
        transcripts=tuple(transcripts),
        statements=statements,
        statement_steps=step_of,
        memberships=memberships_of(statements, grouping),
        steps=steps,
        needs=(*found_needs, *suggested),
        stages=tell_asked(describe_stages(actions, steps), transcripts, statements),
        coverage=measure_coverage(transcripts, statements, explained),
        saturation=saturation,
    )
    on_progress("propose steps and needs", 1, 1)
    return analysis


@dataclass(frozen=True, slots=True)
class Vectors:
    """What statements say, row i for statement i, unit rows (no statements, no rows).

    Args:
        phrases: (n, dim), the encoder's vectors of the phrases.
        senses: (n, dim), the learned meaning of the words, in the space of the phrases (where the encoder is another
            than the reading model's, the phrases themselves): names are chosen by it.
        joint: (n, width + dim), learned meaning beside phrase: what is grouped.
    """

    phrases: Floats
    senses: Floats
    joint: Floats

    def __getitem__(self, rows: list[int]) -> Vectors:
        return Vectors(self.phrases[rows], self.senses[rows], self.joint[rows])


def statement_vectors(extraction: Extraction, engine: Engine) -> Vectors:
    """Hop 3: the vectors of all statements."""
    return _vectors_of([s.phrase for s in extraction.statements], extraction.meanings, engine)


def _vectors_of(texts: Sequence[str], meanings: Floats, engine: Engine) -> Vectors:
    phrases = engine.embedder.embed(list(texts))
    senses = meanings if engine.has_one_space else phrases
    return Vectors(phrases, senses, _unit(np.hstack([meanings, PHRASE_WEIGHT * phrases])))


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def _extract(
    transcripts: Sequence[Transcript], study: Study, settings: Settings, engine: Engine, report: OnProgress
) -> Extraction:
    parts = []
    report("read interviews", 0, len(transcripts))
    for n, transcript in enumerate(transcripts, 1):
        parts.append(extract_statements(transcript, engine.reader, settings=settings, job=study.job))
        report("read interviews", n, len(transcripts))
    return Extraction.join(parts, width=engine.reader.reading.network.meaning.out_features)


def _of_kind(statements: Sequence[ActionStatement | NeedStatement], kind: type[S]) -> tuple[list[S], list[int]]:
    """The statements of one kind and their rows."""
    rows = [i for i, s in enumerate(statements) if isinstance(s, kind)]
    return [s for s in statements if isinstance(s, kind)], rows


def _propose_steps(
    transcripts: Sequence[Transcript],
    study: Study,
    actions: Sequence[ActionStatement],
    vectors: Vectors,
    grouping: Grouping,
    engine: Engine,
) -> tuple[tuple[JobStep, ...], list[ActionStatement]]:
    """Steps with what the linter says of each, and the actions, with what their step tells of their stage."""
    steps = propose_steps(
        actions,
        vectors.phrases,
        grouping,
        quality=phrase_quality,
        n_asked=len(participants_of(transcripts)),
        senses=vectors.senses,
    )
    heard = list(actions)
    if engine.writer and steps:
        row_of = {s.id: row for row, s in enumerate(actions)}
        told = tell_steps(engine.writer(), steps, {s.id: s for s in actions}, transcripts, job=study.job)
        names = sorted({one.name for one in told if one.name is not None})
        named = dict(zip(names, engine.embedder.embed(names), strict=True))
        said = (vectors.phrases + vectors.senses) / 2
        steps, heard = retell_steps(steps, actions, told, fit=lambda name, s: float(said[row_of[s.id]] @ named[name]))
    return tuple(replace(step, lint=lint_step(step.phrase, job=study.job or None)) for step in steps), heard


def _propose_needs(
    steps: Sequence[JobStep],
    actions: Sequence[ActionStatement],
    action_vectors: Vectors,
    needs: Sequence[NeedStatement],
    need_vectors: Vectors,
    must_link: Sequence[Pair],
    cannot_link: Sequence[Pair],
) -> tuple[tuple[JobStep, ...], tuple[Need, ...]]:
    """Steps with their needs, and all needs, each with what the linter says of it."""
    found = propose_needs(
        needs,
        need_vectors.joint,
        steps=steps,
        actions=actions,
        action_vectors=action_vectors.joint,
        quality=need_quality,
        phrase_vectors=need_vectors.phrases,
        senses=need_vectors.senses,
        must_link=must_link,
        cannot_link=cannot_link,
    )
    found = tuple(replace(need, lint=(*need.lint, *lint_need(need.statement))) for need in found)
    return attach_needs(steps, found), found


def _propose_beside(
    extraction: Extraction,
    engine: Engine,
    actions: Sequence[ActionStatement],
    action_vectors: Vectors,
    steps: tuple[JobStep, ...],
    said: Sequence[Need],
) -> tuple[tuple[JobStep, ...], tuple[Need, ...]]:
    """What asides tell of the steps: what speaks against them, and needs that only words of struggle suggest."""
    asides = extraction.asides
    if not asides:
        return steps, ()
    vectors = _vectors_of([a.phrase for a in asides], extraction.aside_meanings, engine)
    steps = attach_counter_evidence(steps, asides, vectors.joint, actions=actions, action_vectors=action_vectors.joint)
    suggested = suggest_needs(
        asides, vectors.joint, said=said, steps=steps, actions=actions, action_vectors=action_vectors.joint
    )
    suggested = tuple(replace(need, lint=lint_need(need.statement)) for need in suggested)
    return attach_needs(steps, [*said, *suggested]), suggested


def need_quality(statement: str) -> float:
    """How well-formed a need is, in (0, 1]: each rule it breaks halves it."""
    return float(0.5 ** len(lint_need(statement)))
