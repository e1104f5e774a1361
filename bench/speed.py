"""Time ten long interviews end to end, beside the parse alone and the embedding alone, in one process.

The ten longest of `../shared/corpus` are taken where that folder lies beside the checkout, else the sample study. The
parse alone is spaCy over the participants' turns; the embedding alone is the plain encoder over their sentences, sorted
by length. Models are loaded, and warmed on one short interview, before the clock starts. The run end to end comes
first, so that the peak memory is its own. Run it on a machine that does nothing else: `make bench`.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from sentence_transformers import SentenceTransformer

from jtbd_nlp.config import Settings
from jtbd_nlp.domain import Role, Study, Transcript
from jtbd_nlp.engine import ENCODER, load_engine
from jtbd_nlp.models import assets_folder, resolve
from jtbd_nlp.pipeline import analyze
from jtbd_nlp.readers.intake import read_paths
from jtbd_nlp.statements.parsing import parse_turns

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
STUDY = Study(name="bench", job="get the work done", executor="participant")
GOAL = 1.5

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds by the clock on the wall, and seconds of processor time over all threads."""

    wall_s: float
    cpu_s: float

    def __add__(self, other: Timing) -> Timing:
        return Timing(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)


def timed(work: Callable[[], T]) -> tuple[T, Timing]:
    """Do `work` once; what it gave and how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = work()
    return outcome, Timing(time.perf_counter() - wall, time.process_time() - cpu)


def peak_memory_mib() -> float:
    """Most memory this process has held so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if platform.system() == "Linux" else peak / 1024**2  # macOS counts bytes


def long_interviews(folder: Path, *, n: int) -> tuple[Transcript, ...]:
    """The `n` longest interviews of the files directly in `folder`, longest first."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith("INDEX")]
    transcripts = read_paths(files).transcripts
    return tuple(sorted(transcripts, key=lambda t: (-t.n_words, t.id))[:n])


def participants_texts(transcript: Transcript) -> list[str]:
    return [turn.text for turn in transcript.turns if turn.role is not Role.INTERVIEWER]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=CORPUS, help="where interviews are taken from")
    parser.add_argument("-n", type=int, default=10, help="how many interviews")
    options = parser.parse_args(arguments)

    folder = options.folder
    if not folder.is_dir():
        print(f"{folder.name}/ is not beside this checkout: the sample study, which is short, stands in for it")
        folder = assets_folder("corpora") / "arrive-on-time" / "transcripts"
    transcripts, reading = timed(lambda: long_interviews(folder, n=options.n))

    engine, loading = timed(load_engine)
    encoder = SentenceTransformer(str(resolve(ENCODER).folder), device="cpu")
    warm = min(transcripts, key=lambda t: (t.n_words, t.id))
    analyze([warm], study=STUDY, settings=Settings(), engine=engine)

    analysis, whole = timed(lambda: analyze(transcripts, study=STUDY, settings=Settings(), engine=engine))
    peak = peak_memory_mib()
    docs, parse = timed(lambda: [parse_turns(engine.reader.parser, participants_texts(t)) for t in transcripts])
    sentences = sorted({s.text for turns in docs for doc in turns for s in doc.sents}, key=lambda s: (len(s), s))
    _, embedding = timed(lambda: encoder.encode(sentences, batch_size=32, show_progress_bar=False))

    words = sum(t.n_words for t in transcripts)
    print(f"{len(transcripts)} interviews, {words:,} words, {len(sentences):,} distinct sentences of participants")
    print(f"{os.cpu_count()} processors, {torch.get_num_threads()} torch thread(s), Python {platform.python_version()}")
    print(f"{'':24}{'seconds':>10}{'processor s':>14}{'words/s':>10}")
    for name, took in (
        ("read the files", reading),
        ("load the models", loading),
        ("end to end", whole),
        ("parse alone", parse),
        ("embedding alone", embedding),
    ):
        rate = "" if took is loading else f"{words / took.wall_s:>10,.0f}"
        print(f"{name:24}{took.wall_s:>10.1f}{took.cpu_s:>14.1f}{rate}")
    both = parse + embedding
    print(
        f"end to end / (parse + embedding): {whole.wall_s / both.wall_s:.2f} by the clock, "
        f"{whole.cpu_s / both.cpu_s:.2f} in processor time; the goal is at most {GOAL}"
    )
    print(f"peak memory end to end: {peak:,.0f} MiB")
    print(f"{len(analysis.statements):,} statements, {len(analysis.steps)} steps, {len(analysis.needs)} needs")


if __name__ == "__main__":
    main()
