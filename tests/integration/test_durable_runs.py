"""Runs of a kept study with the real models: the bytes of `jtbd analyze`, and decisions that the next run obeys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from api.durable.analyst import EngineAnalyst, Mapped, MapTask
from api.durable.tasks import Reviewed
from api.services import reviews
from api.services.runs import load_analyst, run_status, start_run
from api.services.studies import add_paths, create_study
from api.store import runs, schema
from api.store.database import Database, Stamp, database_url
from jtbd_nlp.config import Settings
from jtbd_nlp.domain import Analysis, Study
from jtbd_nlp.embedding import Embedder, Floats
from jtbd_nlp.export import analysis_json
from jtbd_nlp.models import assets_folder
from jtbd_nlp.pipeline import analyze
from jtbd_nlp.readers.intake import read_paths
from tests.running import work_off

pytestmark = pytest.mark.model

STUDY = Study(name="arrive", job="get to a destination on time", executor="traveller")
FOLDER = assets_folder("corpora") / "arrive-on-time" / "transcripts"
FIRST, LAST = ["p02-parent.txt"], "p06-tourist.md"


@cache
def real() -> tuple[EngineAnalyst, Reviewed]:
    """The analyst that workers have, loaded once."""
    analyst, reviewed = load_analyst()
    assert isinstance(analyst, EngineAnalyst)
    return analyst, reviewed


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    made = Database(database_url(str(tmp_path_factory.mktemp("kept") / "studies.sqlite3")))
    schema.upgrade(made)
    create_study(made, STUDY, Stamp.now("ana"))
    return made


def add_and_run(database: Database, *names: str) -> str:
    add_paths(database, STUDY.name, [FOLDER / name for name in names], Stamp.now("ana"))
    run = start_run(database, STUDY.name, Stamp.now("ana"))
    progress = work_off(database, run.id, load=real)
    assert progress.state == "done", progress.reason
    return run.id


def outcome(database: Database, run_id: str) -> Analysis:
    with database.reading() as session:
        return runs.analysis(session, run_id)


def directly(*names: str) -> bytes:
    read = read_paths([Path(FOLDER / name) for name in names], kind=None).transcripts
    engine = real()[0]._load(Settings())
    return analysis_json(analyze(read, study=STUDY, settings=Settings(), engine=engine))


@contextmanager
def texts_embedded_in_mapping(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts that mapping embeds meanwhile, as it embeds them."""
    embedded: list[str] = []
    mapping = EngineAnalyst.map_run
    embedder = type(real()[0]._load(Settings()).embedder)
    embed = embedder.embed

    def noted(self: Embedder, texts: Sequence[str]) -> Floats:
        embedded.extend(texts)
        return embed(self, texts)

    def mapped(self: EngineAnalyst, task: MapTask) -> Mapped:
        with monkeypatch.context() as patched:
            patched.setattr(embedder, "embed", noted)
            return mapping(self, task)

    with monkeypatch.context() as patched:
        patched.setattr(EngineAnalyst, "map_run", mapped)
        yield embedded


def test_runs_give_what_analyze_gives_and_obey_what_was_decided(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with texts_embedded_in_mapping(monkeypatch) as embedded:
        first = add_and_run(database, *FIRST)
    # Names that are written are new; of what was said everything was embedded when it was read.
    assert set(embedded) <= {step.phrase for step in outcome(database, first).steps}
    second = add_and_run(database, LAST)
    assert run_status(database, second).n_reused == len(FIRST)
    assert analysis_json(outcome(database, second)) == directly(*FIRST, LAST)
    assert outcome(database, first).statements != outcome(database, second).statements
    a, b = reviews.job_map(database, STUDY.name).steps[:2]
    reviews.decide(database, STUDY.name, {"kind": "merge", "into": a.id, "entries": [b.id]}, Stamp.now("ana"))
    third = add_and_run(database)
    together = [step for step in outcome(database, third).steps if {*a.statements, *b.statements} <= {*step.statements}]
    assert len(together) == 1
    with database.reading() as session:
        (rule,) = runs.get(session, third).obeyed
    assert rule["kind"] == "must link"
    assert set(rule["changed"]) <= {*a.statements, *b.statements}
    assert rule["changed"]
