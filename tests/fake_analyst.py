"""An analyst that needs no model: every turn of a participant is a statement, equal first words are one step."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from api.durable.analyst import Mapped, MapTask, PhraseVectors
from api.durable.own_process import LoadAnalyst
from api.durable.tasks import Reviewed
from api.store.database import Database
from jtbd_nlp.config import Settings
from jtbd_nlp.domain import ActionStatement, Analysis, Manifest, Role, Study, Transcript
from jtbd_nlp.errors import AnalysisError
from tests.builders import a_step, an_action, an_analysis

if TYPE_CHECKING:
    from jtbd_nlp.statements.extraction import Extraction

WIDTH = 4
ENCODER_SHA256 = "fa" * 32


@dataclass(frozen=True)
class FakeAnalyst:
    """Takes `read_s` for a transcript and `map_s` for a map; a turn that says "crash" or "raise" makes it do so.

    `fault` is what keeps it from being prepared.
    """

    read_s: float = 0.0
    map_s: float = 0.0
    fault: str = ""

    def prepare(self) -> None:
        if self.fault:
            raise AnalysisError(self.fault)

    def reader_sha256(self, study: Study, settings: Settings) -> str:
        return hashlib.sha256(f"{study.job}|{settings.led_share}".encode()).hexdigest()

    def read(self, transcript: Transcript, *, study: Study, settings: Settings) -> Extraction:
        time.sleep(self.read_s)
        own = [turn for turn in transcript.turns if turn.role is Role.PARTICIPANT]
        if any("raise" in turn.text for turn in own):
            raise AnalysisError("the fake was told to")
        if any("stumble" in turn.text for turn in own):
            raise KeyError(own[0].text)
        # Loads the NLP libraries, which takes longer than most tests here.
        from jtbd_nlp.statements.extraction import Extraction

        texts = list(dict.fromkeys(turn.text for turn in own))
        statements = tuple(an_action(transcript, text, phrase=" ".join(text.split()[:3])) for text in texts)
        rows = [np.random.default_rng(len(s.phrase)).normal(size=WIDTH) for s in statements]
        meanings = np.array(rows, np.float32).reshape(len(rows), WIDTH)
        order = sorted(range(len(statements)), key=lambda i: statements[i].evidence.span.turn)
        return Extraction(tuple(statements[i] for i in order), meanings[order])

    def phrase_vectors(self, read: Extraction, *, settings: Settings) -> PhraseVectors:
        del settings
        rows = zip((s.phrase for s in read.statements), read.meanings, strict=True)
        return PhraseVectors(ENCODER_SHA256, dict(rows))

    def map_run(self, task: MapTask) -> Mapped:
        from jtbd_nlp.statements.extraction import Extraction

        time.sleep(self.map_s)
        joined = Extraction.join(task.parts, width=WIDTH)
        by_phrase: dict[str, list[ActionStatement]] = {}
        for statement in joined.statements:
            assert isinstance(statement, ActionStatement)
            by_phrase.setdefault(statement.phrase, []).append(statement)
        steps = [a_step(by_phrase[phrase], position=i) for i, phrase in enumerate(sorted(by_phrase), 1)]
        made = an_analysis(task.transcripts, joined.statements, steps, study=task.study)
        inputs = tuple((t.id, t.sha256) for t in task.transcripts)
        manifest = Manifest(version="0", settings=task.settings.as_manifest(), models=(), inputs=inputs)
        return Mapped(analysis=replace(made, manifest=manifest))


def mapped_directly(database: Database, read: Sequence[Transcript], study: Study) -> Analysis:
    """The analysis without a store, a queue or a worker."""
    analyst, settings = FakeAnalyst(), Settings()
    in_order = sorted(read, key=lambda t: t.id)
    parts = [analyst.read(t, study=study, settings=settings) for t in in_order]
    task = MapTask(
        transcripts=in_order,
        parts=parts,
        study=study,
        settings=settings,
        study_id="",
        database=database,
        reviewed=None,
    )
    return analyst.map_run(task).analysis


def nothing_reviewed(database: Database, run_id: str) -> None:
    """The job map of a study on which nobody has decided anything."""
    del database, run_id


def load_fake(read_s: float = 0.0, map_s: float = 0.0, fault: str = "") -> tuple[FakeAnalyst, Reviewed]:
    """What a worker is given to load; with other times by `functools.partial`."""
    return FakeAnalyst(read_s, map_s, fault), nothing_reviewed


LOAD: LoadAnalyst = load_fake
