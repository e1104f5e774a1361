"""Group the same statements three ways and score each: ours, plain vectors with HDBSCAN, and BERTopic.

    jtbd evaluate GOLD --training TRAINING --analyses DIR
    python bench/grouping.py GOLD DIR

The statements are those of the analyses, so that only the grouping differs. Plain vectors: all-MiniLM-L6-v2 of each
quote, its 15 main axes, HDBSCAN as published. BERTopic: its defaults on the same vectors (UMAP, HDBSCAN), with a fixed
seed, the mean of three seeds; left out where it is not installed (`pip install bertopic`), since the product does not
need it. A need goes to the group whose mean vector is nearest. Stages stay ours: they are not what is compared.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import hdbscan
import numpy as np
import numpy.typing as npt

from jtbd_nlp.clustering import main_axes
from jtbd_nlp.embedding import SentenceTransformerEmbedder
from jtbd_nlp.engine import ENCODER
from jtbd_nlp.evaluation import mean_figures, predictions_of_document, score_study
from jtbd_nlp.gold import GoldStudy, load_studies
from jtbd_nlp.models import resolve

FIGURES = ("grouping.f1", "map.recall", "map.precision", "map.steps")
SEEDS = (0, 1, 2)
N_DIMS = 15

Floats = npt.NDArray[np.float32]
# Quotes and their vectors to a group number each, -1 for none.
GroupWay = Callable[[Sequence[str], Floats], Sequence[int]]


def plain_hdbscan(quotes: Sequence[str], vectors: Floats) -> Sequence[int]:
    """HDBSCAN on the main axes of plain vectors."""
    rows = vectors.astype(np.float64)
    rows = rows - rows.mean(axis=0)
    points = rows @ main_axes(rows, N_DIMS)
    found: Sequence[int] = hdbscan.HDBSCAN(min_cluster_size=3, core_dist_n_jobs=1).fit_predict(points).tolist()
    return found


def bertopic(seed: int) -> GroupWay:
    """BERTopic as published, but for a seed, without which every run gives another number of topics."""
    from bertopic import BERTopic  # type: ignore[import-not-found, unused-ignore]
    from umap import UMAP  # type: ignore[import-not-found, unused-ignore]

    def group(quotes: Sequence[str], vectors: Floats) -> Sequence[int]:
        n_neighbors = min(15, len(quotes) - 1)
        reducer = UMAP(n_neighbors=n_neighbors, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
        topics, _ = BERTopic(umap_model=reducer).fit_transform(list(quotes), vectors)
        return [int(t) for t in topics]

    return group


def regroup(analysis: Mapping[str, Any], embedder: SentenceTransformerEmbedder, way: GroupWay) -> dict[str, Any]:
    """The analysis with its action statements grouped `way`, and each need in the nearest group."""
    statements = [dict(s) for s in analysis["statements"]]
    actions = [s for s in statements if s["kind"] == "action"]
    vectors = embedder.embed([s["quote"] for s in actions])
    numbers = way([s["quote"] for s in actions], vectors)
    for statement, number in zip(actions, numbers, strict=True):
        statement["step"] = f"step-{number}" if number >= 0 else None
    groups = sorted(set(numbers) - {-1})
    needs = [s for s in statements if s["kind"] == "need"]
    if groups and needs:
        centres = np.stack([vectors[[n == g for n in numbers]].mean(axis=0) for g in groups])
        nearest = (embedder.embed([s["quote"] for s in needs]) @ centres.T).argmax(axis=1)
        for statement, k in zip(needs, nearest.tolist(), strict=True):
            statement["step"] = f"step-{groups[k]}"
    return {**analysis, "statements": statements}


def score(studies: Sequence[GoldStudy], analyses: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Mean figures of analyses over studies."""
    return mean_figures(
        {s.name: score_study(s.labelled, s.labels, predictions_of_document(analyses[s.name])) for s in studies}
    )


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("analyses", type=Path)
    arguments = parser.parse_args()
    studies = load_studies(arguments.gold)
    analyses = {s.name: json.loads((arguments.analyses / f"{s.name}.json").read_text("utf-8")) for s in studies}
    embedder = SentenceTransformerEmbedder(resolve(ENCODER).folder)
    ways: dict[str, list[GroupWay]] = {"plain vectors + HDBSCAN": [plain_hdbscan]}
    if importlib.util.find_spec("bertopic"):
        ways["BERTopic"] = [bertopic(seed) for seed in SEEDS]
    rows = {"jtbd": [score(studies, analyses)]}
    for name, runs in ways.items():
        rows[name] = [score(studies, {n: regroup(a, embedder, way) for n, a in analyses.items()}) for way in runs]
    print(f"{'':26}" + "".join(f"{figure:>20}" for figure in FIGURES))
    for name, found in rows.items():
        cells = [[run[figure] for run in found] for figure in FIGURES]
        spread = [f" ({min(c):.2f}-{max(c):.2f})" if len(c) > 1 else "" for c in cells]
        print(f"{name:26}" + "".join(f"{np.mean(c):.3f}{s}".rjust(20) for c, s in zip(cells, spread, strict=True)))


if __name__ == "__main__":
    main()
