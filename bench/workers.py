"""Run one study with one worker and with two on a PostgreSQL of its own, and compare: `python -m bench.workers`.

The workers are those of `jtbd worker`, each with one torch thread. The clock runs from the first interview read to the
last, with all models loaded: what workers share out is reading. Whole runs are shown beside it. On a machine with fewer
free cores than workers, or with other work to do, the ratio says more about the machine; single rounds differ by some
percent, so the median of several counts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import text

from api.services.runs import count_workers, run_status, start_run
from api.services.studies import add_files, create_study
from api.store import schema
from api.store.database import Database, Stamp, database_url
from jtbd_nlp.domain import Study
from jtbd_nlp.readers.intake import read_files
from tests.postgres import cluster

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "ai-interviews" / "scientists.csv"
GOAL = 1.7
STUDY = Study(name="bench", job="get the work done", executor="participant")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds from the first reading kept to the last, and of the whole run."""

    reading_s: float
    run_s: float


@contextmanager
def workers(url: str, n: int) -> Iterator[None]:
    """n processes that work, all of them known to the database."""
    command = [sys.executable, "-c", "from api.cli import main; main()", "worker", "--database", url]
    environment = dict(os.environ, OMP_NUM_THREADS="1", HF_HUB_OFFLINE="1")
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(n)]  # noqa: S603
    try:
        database = Database(database_url(url))
        while count_workers(database) < n:
            time.sleep(0.2)
        database.close()
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


def timed(server: str, n_workers: int, paths: list[Path], n_interviews: int) -> Timing:
    """Add the interviews to a fresh database and run them with so many workers."""
    name = f"bench_{n_workers}"
    maker = Database(database_url(server))
    with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    maker.close()
    url = server.replace("/postgres?", f"/{name}?")
    database, stamp = Database(database_url(url)), Stamp.now("bench")
    schema.upgrade(database)
    study = create_study(database, STUDY, stamp)
    files = read_files(paths, kind=None).files
    cut = [type(f)(place=f.place, content=f.content, transcripts=f.transcripts[:n_interviews]) for f in files[:1]]
    add_files(database, study.id, cut, stamp)
    with workers(url, n_workers):
        run = start_run(database, STUDY.name, stamp)
        while (progress := run_status(database, run.id)).is_open:
            time.sleep(0.5)
    with database.reading() as session:
        rows = session.execute(text("SELECT created_at FROM extractions ORDER BY created_at")).scalars().all()
    database.close()
    # The first of each worker waits for its models.
    warm = rows[2 * n_workers :]
    share = len(warm) / len(rows)
    whole = (progress.finished_at - progress.started_at).total_seconds()  # type: ignore[operator]  # it is done
    return Timing((warm[-1] - warm[0]).total_seconds() / share, whole)


def main() -> int:
    """Compare one worker with two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[CORPUS], help="a table of interviews")
    parser.add_argument("--interviews", type=int, default=60, help="how many of them (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how often, in turn (default: %(default)s)")
    given = parser.parse_args()
    ratios = []
    for _ in range(given.rounds):
        with cluster() as server:
            one = timed(server, 1, given.paths, given.interviews)
            two = timed(server, 2, given.paths, given.interviews)
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {given.interviews} interviews")
        print(f"one worker:  reading {one.reading_s:6.1f} s, the whole run {one.run_s:6.1f} s")
        print(f"two workers: reading {two.reading_s:6.1f} s, the whole run {two.run_s:6.1f} s", flush=True)
        ratios.append(one.reading_s / two.reading_s)
    least, most = min(ratios), max(ratios)
    print(f"two read {median(ratios):.2f} times as fast as one ({least:.2f} to {most:.2f}); the goal is {GOAL}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
