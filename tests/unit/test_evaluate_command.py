"""`jtbd evaluate` on analyses that were saved earlier: no model is loaded."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from jtbd_nlp.cli import app, run
from tests.scored_study import a_document, a_study

NAMES = ("arrive", "bike", "commute", "drive", "errand", "fly")


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six labelled studies on disk."""
    folder = tmp_path_factory.mktemp("gold")
    for name in NAMES:
        study = a_study(name)
        for part in ("transcripts", "labels"):
            (folder / name / part).mkdir(parents=True)
        for transcript in study.transcripts:
            (folder / name / "transcripts" / f"{transcript.id}.json").write_bytes(transcript.canonical_bytes())
            lines = [json.dumps(asdict(label)) for label in study.labels[transcript.id]]
            (folder / name / "labels" / f"{transcript.id}.a.jsonl").write_text("\n".join(lines), encoding="utf-8")
        rows = ["step\tstage\tphrase", *(f"{step.id}\t{step.stage}\t{step.phrase}" for step in study.job_map)]
        (folder / name / "jobmap.a.tsv").write_text("\n".join(rows), encoding="utf-8")
        about = {"study": name, "job": study.job, "executor": study.executor}
        (folder / name / "study.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The analyses of these studies."""
    folder = tmp_path_factory.mktemp("saved")
    for name in NAMES:
        (folder / f"{name}.json").write_text(json.dumps(a_document(name)), encoding="utf-8")
    return folder


def evaluate(gold: Path, saved: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", str(gold), "--saved", str(saved), *arguments])


def test_page_figures_and_table_are_written(gold: Path, saved: Path, tmp_path: Path) -> None:
    result = evaluate(gold, saved, "--html", str(tmp_path / "p.html"), "--json", str(tmp_path / "f.json"))
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].split()[0] == "mean"
    assert list(json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))["studies"]) == list(NAMES)
    assert "Missed actions" in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_two_runs_write_the_same_bytes(gold: Path, saved: Path, tmp_path: Path) -> None:
    for n in (1, 2):
        evaluate(gold, saved, "--html", str(tmp_path / f"{n}.html"), "--json", str(tmp_path / f"{n}.json"))
    for ending in ("html", "json"):
        assert (tmp_path / f"1.{ending}").read_bytes() == (tmp_path / f"2.{ending}").read_bytes()


def test_a_run_compared_with_its_own_file_has_not_moved(gold: Path, saved: Path, tmp_path: Path) -> None:
    previous = tmp_path / "previous.json"
    evaluate(gold, saved, "--json", str(previous))
    result = evaluate(gold, saved, "--compare", str(previous), "--html", str(tmp_path / "p.html"))
    assert "Against previous.json:" in result.output
    rows = {line.split()[0]: line.split()[1:] for line in result.output.splitlines() if line.split()}
    assert (rows["mean"], rows["verdict"]) == (["0.00"] * 10, ["noise"] * 10)
    assert "Compared with" in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_a_previous_file_that_holds_no_figures_is_named_in_one_line(
    gold: Path, saved: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    previous = str(saved / "arrive.json")
    monkeypatch.setattr("sys.argv", ["jtbd", "evaluate", str(gold), "--saved", str(saved), "--compare", previous])
    assert run() == 1
    assert capsys.readouterr().err.startswith(f"jtbd: {previous}: holds no figures by study")


def test_a_missing_previous_file_is_named(gold: Path, saved: Path, tmp_path: Path) -> None:
    assert "cannot be read" in str(evaluate(gold, saved, "--compare", str(tmp_path / "none.json")).exception)


def test_an_earlier_run_of_other_studies_is_refused(gold: Path, saved: Path, tmp_path: Path) -> None:
    previous = tmp_path / "previous.json"
    previous.write_text('{"studies": {"other": {"map.recall": 0.5}}}', encoding="utf-8")
    result = evaluate(gold, saved, "--compare", str(previous))
    assert str(result.exception) == f"{previous}: has no study in common with this run"


def test_a_saved_analysis_of_other_interviews_is_refused(gold: Path, saved: Path, tmp_path: Path) -> None:
    for name in NAMES:
        text = (saved / f"{name}.json").read_text(encoding="utf-8")
        (tmp_path / f"{name}.json").write_text(text.replace('"sha256": "', '"sha256": "f'), encoding="utf-8")
    assert "arrive: the analysis has read another version of ann" in str(evaluate(gold, tmp_path).exception)


def test_saved_analyses_do_not_go_with_training(gold: Path, saved: Path) -> None:
    assert evaluate(gold, saved, "--training", str(gold)).exit_code == 2
