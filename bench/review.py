"""Time what a large map costs: 100 steps, 500 needs and 5,000 statements, read once, then decided on many times.

The study is made up, kept in a SQLite file of its own and thrown away. Reported are the median and the slowest of each:
reading the run for the first time, a decision until it is on the disk and its map is there, the map as jtbd-jobmap/1.
Then the board is opened in a Chromium, on a server of its own that was just started: until its first card is painted,
from a fresh browser, by a click on the study, and once more. Run it on a machine that does nothing else:
`python -m bench.review`.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from api.services import reviews
from api.store import people, runs, schema, studies, transcripts
from api.store.database import Database, Stamp, database_url
from jtbd_nlp.domain import (
    ActionStatement,
    Analysis,
    Coverage,
    Evidence,
    JobStep,
    Manifest,
    Need,
    NeedStatement,
    Role,
    Saturation,
    Span,
    StageStatus,
    Study,
    Transcript,
    Turn,
    group_id,
    statement_id,
)
from jtbd_nlp.stages import DEFINITIONS, STAGES
from tests.web.browsing import browser, visit

N_INTERVIEWS, N_STEPS, N_NEEDS, N_STATEMENTS, N_DECISIONS = 50, 100, 500, 5_000, 200
N_VIEWS = 5
OWNER = "olga"
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
STUDY = Study(name="bench", job="get the work done", executor="participant")
PROBABILITIES = (0.5, 0.1, 0.1, 0.1, 0.1, 0.1)


def interview(number: int) -> Transcript:
    """An interview of a hundred answers, each with one deed."""
    name = f"p{number:03}"
    turns = [
        Turn(i, name.upper() if i % 2 else "Moderator", Role.PARTICIPANT if i % 2 else Role.INTERVIEWER, text)
        for i, text in enumerate(
            f"Well, first of all I look up road {i} of {number}." if i % 2 else "And then, what did you do?"
            for i in range(2 * N_STATEMENTS // N_INTERVIEWS)
        )
    ]
    return Transcript(id=name, title=name, source=f"{name}.txt", turns=tuple(turns))


def said(transcript: Transcript, turn: int, *, is_need: bool) -> ActionStatement | NeedStatement:
    """The statement in a turn of an interview."""
    span = Span(turn, 17, len(transcript.turns[turn].text) - 1)
    kind = NeedStatement if is_need else ActionStatement
    fields: dict[str, Any] = {
        "id": statement_id(transcript, span, kind.kind),
        "evidence": Evidence.of(transcript, span),
        "speaker": transcript.turns[turn].speaker,
        "actor": "I",
        "verb": "look up",
        "object": "road",
        "context": None,
        "negated": False,
        "modality": "none",
        "tense": "present",
        "habitual": True,
        "led": False,
        "phrase": "look up the road",
        "stage_probabilities": PROBABILITIES,
        "confidence": 0.9,
    }
    if is_need:
        return NeedStatement(**fields, direction="minimize", metric="time", measured="look up the road")
    return ActionStatement(**fields)


def analysis_of(read: tuple[Transcript, ...]) -> Analysis:
    """A run over the interviews with as many steps and needs as the bench is about."""
    statements = [said(t, turn.index, is_need=turn.index % 4 == 3) for t in read for turn in t.turns if turn.index % 2]
    actions = [s.id for s in statements if s.kind == "action"]
    needs = [s.id for s in statements if s.kind == "need"]
    steps = tuple(step(i, actions[i::N_STEPS]) for i in range(N_STEPS))
    found = tuple(need(i, needs[i::N_NEEDS], steps[i % N_STEPS]) for i in range(N_NEEDS))
    stages = tuple(
        StageStatus(stage=s, n_steps=1, n_participants=2, status="covered", nearest=(), ask=DEFINITIONS[s].ask)
        for s in STAGES
    )
    return Analysis(
        study=STUDY,
        manifest=Manifest(version="bench", settings={}, models=(), inputs=tuple((t.id, t.sha256) for t in read)),
        transcripts=read,
        statements=tuple(statements),
        statement_steps={i: s.id for s in steps for i in s.statements}
        | {i: n.step for n in found for i in n.statements},
        memberships={},
        steps=steps,
        needs=found,
        stages=stages,
        coverage=Coverage(share=0.5, by_transcript={}, largest_unexplained=()),
        saturation=Saturation(steps=(), needs=(), expected_new_needs=0.0, interval=(0.0, 0.0)),
    )


def step(number: int, statements: list[str]) -> JobStep:
    """A suggested step of these statements."""
    return JobStep(
        id=group_id("step", statements),
        phrase=f"look up road {number}",
        stage=STAGES[number % 6],
        stage_probabilities=PROBABILITIES,
        position=number // 6 + 1,
        confidence=0.8,
        n_participants=2,
        participants_interval=(0.1, 0.5),
        statements=tuple(statements),
        needs=(),
    )


def need(number: int, statements: list[str], measured: JobStep) -> Need:
    """A suggested need of these statements."""
    return Need(
        id=group_id("need", statements),
        statement=f"minimize the time it takes to look up road {number}",
        direction="minimize",
        metric="time",
        object=f"look up road {number}",
        context=None,
        step=measured.id,
        stage=measured.stage,
        n_participants=2,
        statements=tuple(statements),
    )


def keep(database: Database, stamp: Stamp) -> None:
    """Keep the study with one run that is done."""
    with database.writing() as session:
        study = studies.add(session, STUDY, stamp)
        for number in range(N_INTERVIEWS):
            made = interview(number)
            upload = transcripts.add_upload(session, study, made.source, made.canonical_bytes(), stamp)
            transcripts.add(session, study, upload, made, stamp, given_name=made.id)
        run = runs.queue(session, study, {}, stamp)
        runs.move(session, run, runs.RunState.RUNNING, stamp)
        runs.keep(session, run, analysis_of(runs.inputs(session, run)), stamp)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that `work` takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def body(number: int, steps: list[str], needs: list[str]) -> dict[str, object]:
    """One of many decisions: approvals and edits of steps and needs, moves, an undo now and then."""
    step_id, need_id = steps[number % len(steps)], needs[number % len(needs)]
    return (
        {"kind": "approve", "entry": need_id},
        {"kind": "edit", "entry": step_id, "text": f"look up road {number} again"},
        {"kind": "move_step", "step": step_id, "stage": STAGES[number % 6]},
        {"kind": "move_need", "need": need_id, "step": step_id},
    )[number % 4]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "bench.sqlite3")
        database = Database(database_url(file))
        schema.upgrade(database)
        stamp = Stamp("bench", datetime.now(UTC))
        keep(database, stamp)
        print(f"first read        {timed(lambda: reviews.job_map(database, STUDY.name)):8.1f} ms")
        job_map = reviews.job_map(database, STUDY.name)
        n = (len(job_map.steps), len(job_map.needs), len(job_map.analysis.statements))
        print(f"map               {n[0]} steps, {n[1]} needs, {n[2]} statements")
        steps, needs = [s.id for s in job_map.steps], [e.id for e in job_map.needs]
        bodies = [body(i, steps, needs) for i in range(N_DECISIONS)]
        show("decision", [timed(lambda b=b: reviews.decide(database, STUDY.name, b, stamp)) for b in bodies])
        undo = [timed(lambda: undo_last(database, stamp)) for _ in range(20)]
        show("undo", undo)
        show("map, nothing new", [timed(lambda: reviews.job_map(database, STUDY.name)) for _ in range(20)])
        show("jtbd-jobmap/1", [timed(lambda: reviews.reviewed(database, STUDY.name).to_plain()) for _ in range(20)])
        with database.writing() as session:
            people.add(session, OWNER, stamp, is_owner=True)
            study = studies.find(session, STUDY.name).id
        with browser() as started:
            times = defaultdict(list)
            for _ in range(N_VIEWS):
                with server(file) as url:
                    for what, ms in views(started, url, study, database):
                        times[what].append(ms)
        for what, found in times.items():
            show(what, found)
        database.close()


@contextmanager
def server(file: str) -> Iterator[str]:
    """`jtbd serve` on a free port, without the process that works on runs, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = "from api.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--database", f"sqlite:///{file}", "--port", str(port)]
    environment = {**os.environ, "JTBD_RUN_WORKER": "false"}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    try:
        while running.poll() is None:
            try:
                # It listens before it can answer.
                httpx.get(f"http://127.0.0.1:{port}/", timeout=60, trust_env=False).raise_for_status()
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait()


def views(started: Browser, url: str, study: str, database: Database) -> Iterator[tuple[str, float]]:
    """Milliseconds until the first card of the board is painted, on a server that has read nothing yet."""
    someone = visit(started, url)
    someone.be(OWNER, database)
    someone.open("studies", study, "board")
    yield "board, all fresh", painted(someone.page)
    someone.page.goto("about:blank")
    someone.open("studies", study, "board")
    yield "board, again", painted(someone.page)
    someone.open("studies")
    someone.page.locator(".study-card").wait_for()
    begun = float(someone.page.evaluate("performance.now()"))
    someone.page.get_by_role("link", name=STUDY.name).click()
    yield "board, by a click", painted(someone.page) - begun
    someone.close()


def painted(page: Page) -> float:
    """When the first card was painted, in milliseconds since the page was asked for."""
    page.locator(".card").first.wait_for()
    return float(page.evaluate(PAINTED))


def undo_last(database: Database, stamp: Stamp) -> None:
    """Take back the last decision."""
    last = reviews.job_map(database, STUDY.name).next_undo(stamp.by)
    reviews.decide(database, STUDY.name, {"kind": "undo", "decision": last}, stamp)


def show(what: str, times: list[float]) -> None:
    """Print one line of figures."""
    print(f"{what:<17} {statistics.median(times):8.1f} ms, slowest {max(times):.1f} ms of {len(times)}")


if __name__ == "__main__":
    main()
