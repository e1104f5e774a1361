"""Time the HTTP API from outside, as those who use it do: a server in a process of its own, on a new database.

    python -m bench.serving                          suggestions: the first page of 100,000, asked for 200 times
                                                     uploads: 1,250 interviews by one client while ten others read
    python -m bench.serving --interviews FOLDER      with the interviews of a folder in place of made-up ones
    python -m bench.serving --database postgresql    on a PostgreSQL of its own in place of a SQLite file

Reported are medians and the slowest. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from api.services.studies import change_study
from api.store.database import Database, Stamp, database_url
from api.store.tables import SuggestionTable
from jtbd_nlp.client import Client
from jtbd_nlp.domain import Role, Transcript, Turn
from jtbd_nlp.readers.intake import read_paths
from tests.api.served import serve
from tests.databases import KINDS, an_empty
from tests.stored import keep_rich_study

N_SUGGESTIONS, N_ASKED, N_INTERVIEWS, N_READERS = 100_000, 200, 1_250, 10


@dataclass(frozen=True)
class Place:
    """A server, a key for each role, a small study, and one that holds a run with many suggestions."""

    url: str
    keys: Mapping[str, str]
    study: str
    many: str


@dataclass
class Taken:
    """Seconds that requests took, by what they asked for."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, seconds: float) -> None:
        with self._lock:
            self.seconds[what].append(seconds)

    def show(self) -> None:
        for what, taken in sorted(self.seconds.items()):
            line = f"median {1000 * statistics.median(taken):7.1f} ms   slowest {1000 * max(taken):7.1f} ms"
            print(f"  {what:28} {len(taken):6} requests   {line}")


def run_server(url: str, ready: Connection) -> None:
    """Serve a database that is laid out until the other end of the pipe says something."""
    database = Database(database_url(url))
    with serve(database) as served:
        stamp = Stamp.now("olga")
        many = keep_rich_study(database, stamp)
        change_study(database, many.study, stamp, name="many suggestions")
        keep_suggestions(database, many.run)
        small = keep_rich_study(database, stamp)
        for kept in (many, small):
            served.let_in(kept.study)
        ready.send(Place(served.url, dict(served.keys), small.study, many.study))
        ready.recv()
    database.close()


def keep_suggestions(database: Database, run_id: str) -> None:
    """Fill a run up to the number of suggestions."""
    body = {
        "id": "",
        "phrase": "determine the departure time of the next bus",
        "stage": "plan",
        "stage_probabilities": [0.1, 0.5, 0.1, 0.1, 0.1, 0.1],
        "position": 1,
        "confidence": 0.8,
        "n_participants": 4,
        "participants_interval": [0.2, 0.8],
        "statements": [f"{n:016x}" for n in range(9)],
        "needs": [],
        "lint": [],
        "counter": [],
        "n_against": 0,
    }
    with database.writing() as session:
        for first in range(0, N_SUGGESTIONS, 5_000):
            numbers = range(first, first + 5_000)
            rows = [
                {"run_id": run_id, "id": f"step-{n:016x}", "kind": "step", "position": 100 + n, "body": body}
                for n in numbers
            ]
            session.execute(insert(SuggestionTable), rows)


@contextmanager
def server(url: str) -> Iterator[Place]:
    """A server in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=run_server, args=(url, there))
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("stop")
        process.join(60)


def time_suggestions(place: Place) -> None:
    """The first page of a run's suggestions, again and again; then the same with the ETag of the answer."""
    taken = Taken()
    key = {"Authorization": f"Bearer {place.keys['reader']}"}
    with httpx.Client(base_url=place.url, headers=key, timeout=60) as client:
        where = f"/v1/studies/{place.many}/suggestions"
        for _ in range(N_ASKED):
            response = timed(taken, "first page", client, where)
        sizes = [len(response.content)]
        for _ in range(N_ASKED):
            again = timed(taken, "unchanged (304)", client, where, {"If-None-Match": response.headers["etag"]})
        sizes.append(len(again.content))
        begun = time.perf_counter()
        with client.stream("GET", where, headers={"Accept": "application/x-ndjson"}) as stream:
            n_lines = sum(1 for _ in stream.iter_lines())
    print(f"{N_SUGGESTIONS:,} stored suggestions; bytes of the first page {sizes[0]:,}, unchanged {sizes[1]}")
    taken.show()
    print(f"  all {n_lines:,} as NDJSON in {time.perf_counter() - begun:.1f} s")


def time_uploads(place: Place, files: Sequence[tuple[str, bytes]]) -> None:
    """Files uploaded by one client while others look at studies, lists and interviews."""
    taken, stop = Taken(), threading.Event()
    with Client(place.url, key=place.keys["owner"]) as api:
        study = api.create_study("uploads")["id"]
    readers = [threading.Thread(target=read_on, args=(place, study, taken, stop)) for _ in range(N_READERS)]
    for reader in readers:
        reader.start()
    begun = time.perf_counter()
    with TimedClient(place, taken) as api:
        told = api.upload(study, files)
    seconds = time.perf_counter() - begun
    stop.set()
    for reader in readers:
        reader.join()
    with Client(place.url, key=place.keys["owner"]) as api:
        n_there = len(list(api.transcripts(study)))
    n_added = sum(len(file["added"]) for file in told)
    n_failed = sum(file["error"] is not None for file in told)
    print(
        f"{len(files):,} files of {sum(len(c) for _, c in files):,} bytes in {seconds:.1f} s by one client, ten reading"
    )
    print(f"  added {n_added:,}, failed {n_failed}, in the study {n_there:,}")
    taken.show()
    slowest = max(max(one) for one in taken.seconds.values())
    print(f"  slowest of all {slowest:.2f} s; lost {len(files) - n_there}")


class TimedClient(Client):
    """A client that notes how long its requests take."""

    def __init__(self, place: Place, taken: Taken) -> None:
        super().__init__(place.url, key=place.keys["owner"], transport=TimedTransport(taken))


class TimedTransport(httpx.HTTPTransport):
    """Sends requests and notes how long the answer took, body included."""

    def __init__(self, taken: Taken) -> None:
        super().__init__()
        self._taken = taken

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        begun = time.perf_counter()
        response = super().handle_request(request)
        response.read()
        self._taken.add(f"upload ({request.method})", time.perf_counter() - begun)
        return response


def read_on(place: Place, study: str, taken: Taken, stop: threading.Event) -> None:
    """What somebody who works beside the upload asks for, at a person's pace."""
    key = {"Authorization": f"Bearer {place.keys['owner']}"}
    with httpx.Client(base_url=f"{place.url}/v1/studies", headers=key, timeout=60) as client:
        while not stop.is_set():
            timed(taken, "read a study", client, f"/{study}")
            listed = timed(taken, "list interviews", client, f"/{study}/transcripts").json()["transcripts"]
            if listed:
                timed(taken, "read an interview", client, f"/{study}/transcripts/{listed[-1]['id']}")
            timed(taken, "read another job map", client, f"/{place.study}/job-map")
            stop.wait(0.5)


def timed(taken: Taken, what: str, client: httpx.Client, where: str, headers: Mapping[str, str] | None = None) -> Any:
    """Ask, and note how long it took until the last byte."""
    begun = time.perf_counter()
    response = client.get(where, headers=headers)
    taken.add(what, time.perf_counter() - begun)
    if response.is_error:
        raise RuntimeError(f"{where}: {response.status_code} {response.text}")
    return response


def interviews(folder: Path | None) -> list[tuple[str, bytes]]:
    """One file an interview: those of a folder, or made-up ones of 1,200 words."""
    if folder is not None:
        return [(f"{t.id}.json", t.canonical_bytes()) for t in read_paths([folder]).transcripts]
    return [(f"p{n:04}.json", made_up(n).canonical_bytes()) for n in range(N_INTERVIEWS)]


def made_up(number: int) -> Transcript:
    """An interview of sixty turns."""
    said = f"Well, I look up the road number {number} first, and then I call the depot about the load before I leave."
    turns = [
        Turn(i, "P" if i % 2 else "M", Role.PARTICIPANT if i % 2 else Role.INTERVIEWER, said if i % 2 else "And then?")
        for i in range(120)
    ]
    return Transcript(id=f"p{number:04}", title="", source=f"p{number:04}.json", turns=tuple(turns))


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("--interviews", type=Path, help="a folder of interviews to upload, in any format")
    arguments.add_argument("--database", choices=KINDS, default="sqlite", help="a new one of this kind")
    given = arguments.parse_args()
    files = interviews(given.interviews)
    with an_empty(given.database) as url, server(url) as place:
        time_suggestions(place)
        time_uploads(place, files)


if __name__ == "__main__":
    main()
