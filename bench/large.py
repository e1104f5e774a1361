"""Keep a large study: add its interviews, run it, add one more, run it again, check it: `python -m bench.large FILES`.

Prints what each takes by the clock, the most memory that one worker held, how large the database is, and which share of
the interviews the second run read. The workers are those of `jtbd worker`. Run it on a machine that does nothing else:
1,250 short interviews take half an hour with one worker.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from api.services import databases
from api.services.runs import run_status, start_run
from api.services.studies import Addition, add_paths, create_study
from api.store.database import Database, Stamp
from api.store.progress import RunProgress
from bench.workers import CORPUS, workers
from jtbd_nlp.domain import Study
from tests.postgres import cluster

STUDY = Study(name="large", job="get the work done", executor="participant")
ONE_MORE = """Interviewer: How do you begin your day?

Ada: I check which samples came in over night, and then I write the list of what to measure first.
"""


@contextmanager
def made(kind: str) -> Iterator[str]:
    """An empty database of this kind; gone at the end."""
    if kind == "postgresql":
        with cluster() as server:
            yield server
    else:
        with tempfile.TemporaryDirectory(prefix="jtbd-large-") as folder:
            yield f"sqlite:///{folder}/studies.sqlite3"


def added(database: Database, study_id: str, paths: list[Path], stamp: Stamp) -> tuple[Addition, float]:
    """Add interviews; what was added and the seconds it took."""
    began = time.monotonic()
    addition = add_paths(database, study_id, paths, stamp)
    return addition, time.monotonic() - began


def run(database: Database, stamp: Stamp) -> RunProgress:
    """Run the study and wait for it."""
    progress = run_status(database, start_run(database, STUDY.name, stamp).id)
    while progress.is_open:
        time.sleep(0.5)
        progress = run_status(database, progress.run_id)
    return progress


def bytes_of(database: Database) -> int:
    """How much the database takes on the disk."""
    path = database.engine.url.database
    if database.engine.dialect.name == "sqlite":
        return sum(p.stat().st_size for p in Path(str(path)).parent.iterdir())
    with database.reading() as session:
        return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def tell(name: str, progress: RunProgress) -> None:
    """One line about a run."""
    took = (progress.finished_at - progress.started_at).total_seconds()  # type: ignore[operator]  # it is done
    share, n = progress.share_recomputed or 0, progress.n_transcripts
    print(f"{name}: {progress.state.value} in {took:,.1f} s, read {share:.2%} of {n:,}", flush=True)


def main() -> int:
    """Keep a large study and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[CORPUS.parent], help="files or folders of interviews")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--workers", type=int, default=1, help="default: %(default)s")
    given = parser.parse_args()
    with made(given.database) as url, tempfile.TemporaryDirectory() as folder:
        database, _, _ = databases.upgrade_database(url)
        stamp = Stamp.now("bench")
        study = create_study(database, STUDY, stamp)
        addition, took = added(database, study.id, given.paths, stamp)
        n_words = sum(one.transcript.n_words for one in addition.added)
        print(f"{os.cpu_count()} cores, {given.database}, {given.workers} worker(s)")
        print(f"added {len(addition.added):,} interviews of {n_words:,} words in {took:,.1f} s", flush=True)
        with workers(url, given.workers):
            tell("first run", run(database, stamp))
            one_more = Path(folder) / "ada.md"
            one_more.write_text(ONE_MORE, encoding="utf-8")
            added(database, study.id, [one_more], stamp)
            tell("second run", run(database, stamp))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"most memory of one worker {peak:,.0f} MiB, database {bytes_of(database) / 2**20:,.0f} MiB")
        began = time.monotonic()
        found = databases.check(url)
        took = time.monotonic() - began
        database.close()
    print(f"checked {found.n_statements:,} statements in {took:,.1f} s: {', '.join(found.faults) or 'no fault'}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
