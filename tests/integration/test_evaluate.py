"""`jtbd evaluate` from labels to page, with the real models."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jtbd_nlp.cli import app
from jtbd_nlp.models import assets_folder
from tests.builders import a_transcript

pytestmark = [pytest.mark.model, pytest.mark.slow]

SAMPLE = assets_folder("corpora") / "arrive-on-time"
N_NEEDS = 20


def a_study_on_disk(folder: Path, *interviews: str) -> None:
    """Some interviews of the sample study, and one with as many needs of two metrics as heads are trained from."""
    for part in ("transcripts", "labels"):
        (folder / part).mkdir(parents=True)
        for path in sorted((SAMPLE / part).iterdir()):
            if path.name.startswith(interviews):
                shutil.copy(path, folder / part)
    shutil.copy(SAMPLE / "jobmap.a.tsv", folder)
    about = (SAMPLE / "study.json").read_text(encoding="utf-8")
    (folder / "study.json").write_text(about.replace('"arrive-on-time"', f'"{folder.name}"'), encoding="utf-8")
    said = [(f"Finding platform {i} takes ages", f"find platform {i}") for i in range(N_NEEDS)]
    feared = [(f"I may miss train {i}", f"missing train {i}") for i in range(N_NEEDS)]
    talk = a_transcript("What is hard?", ". ".join(quote for quote, _ in [*said, *feared]) + ".", name="many")
    labels = [a_need_label(quote, f"minimize the time it takes to {what}", talk.turns[1].text) for quote, what in said]
    labels += [a_need_label(quote, f"minimize the likelihood of {what}", talk.turns[1].text) for quote, what in feared]
    (folder / "transcripts" / "many.json").write_bytes(talk.canonical_bytes())
    (folder / "labels" / "many.a.jsonl").write_text("\n".join(json.dumps(label) for label in labels), encoding="utf-8")


def a_need_label(quote: str, phrase: str, text: str) -> dict[str, object]:
    start = text.index(quote)
    place = {"turn": 1, "start": start, "end": start + len(quote), "text": quote}
    return place | {"kind": "need", "phrase": phrase, "stage": "plan", "step": None}


def test_kept_analyses_score_and_show_as_the_run_that_made_them(tmp_path: Path) -> None:
    a_study_on_disk(tmp_path / "gold" / "first", "p01", "p03")
    a_study_on_disk(tmp_path / "gold" / "second", "p02", "p05")
    run, again = tmp_path / "run", tmp_path / "again"
    evaluate = ["evaluate", str(tmp_path / "gold")]
    flags = ["--html", f"{run}/p.html", "--json", f"{run}/f.json", "--analyses", str(run), "--kept", str(tmp_path)]
    made = CliRunner().invoke(app, [*evaluate, *flags], catch_exceptions=False)
    assert made.exit_code == 0
    flags = ["--html", f"{again}/p.html", "--json", f"{again}/f.json", "--saved", str(run)]
    assert CliRunner().invoke(app, [*evaluate, *flags], catch_exceptions=False).exit_code == 0
    assert (run / "p.html").read_bytes() == (again / "p.html").read_bytes()
    assert (run / "f.json").read_bytes() == (again / "f.json").read_bytes()
    assert sorted(path.name for path in run.iterdir()) == ["f.json", "first.json", "p.html", "second.json"]
