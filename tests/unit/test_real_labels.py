"""The labels of corpora/labels: places in published interviews that stand beside the project, without their words."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from jtbd_nlp.stages import STAGES

LABELS = Path(__file__).resolve().parents[2] / "corpora" / "labels"
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
STUDIES = sorted(path.parent for path in LABELS.glob("*/study.json"))


def labels_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.name)
def test_labels_name_kinds_stages_and_steps_that_there_are_and_quote_nothing(study: Path) -> None:
    with (study / "jobmap.a.tsv").open(encoding="utf-8") as file:
        steps = {row["step"]: row["stage"] for row in csv.DictReader(file, delimiter="\t")}
    assert steps
    for path in study.glob("*.jsonl"):
        for label in labels_of(path):
            assert set(label) == {"start", "end", "kind", "phrase", "stage", "step"}
            assert label["kind"] in ("action", "need")
            assert label["stage"] == steps.get(str(label["step"]), label["stage"])
            assert label["stage"] in STAGES


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the published interviews lie beside the project and are not here")
@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.name)
def test_labels_lie_in_what_was_read(study: Path) -> None:
    about = json.loads((study / "study.json").read_text(encoding="utf-8"))
    for name in about["sources"]:
        text = (CORPUS / name).read_text(encoding="utf-8-sig")
        first, last = about["read"][name]
        for label in labels_of(study / f"{Path(name).stem}.a.jsonl"):
            start, end = int(str(label["start"])), int(str(label["end"]))
            assert text[start:end].strip()
            assert first <= start < end <= last
