"""CSV for spreadsheets: reads back, and runs nothing."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from jtbd_nlp.export import analysis_csv
from jtbd_nlp.export.tables import FORMULA_STARTS
from tests.builders import a_step, a_transcript, an_action, an_analysis
from tests.rich_study import rich_analysis


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_four_files_have_a_row_for_everything() -> None:
    analysis = rich_analysis()
    n_rows = {name: len(rows_of(content)) for name, content in analysis_csv(analysis).items()}
    assert n_rows == {
        "steps.csv": len(analysis.steps),
        "needs.csv": len(analysis.needs),
        "statements.csv": len(analysis.statements),
        "stages.csv": 6,
    }


def test_a_need_statement_of_no_need_is_told_at_its_step() -> None:
    files = analysis_csv(rich_analysis())
    loose = [r for r in rows_of(files["statements.csv"]) if r["kind"] == "need" and not r["need"]]
    assert [r["quote"] for r in loose] == ["it has saved me more than once"]
    counted = {r["phrase"]: r["n_need_quotes"] for r in rows_of(files["steps.csv"])}
    assert {phrase for phrase, n in counted.items() if n != "0"} == {loose[0]["step_phrase"]}


def test_quotes_read_back_as_they_were_said() -> None:
    analysis = rich_analysis()
    rows = rows_of(analysis_csv(analysis)["statements.csv"])
    said = {s.id: s.evidence.quote for s in analysis.statements}
    assert {row["id"]: row["quote"].removeprefix("'=") for row in rows} == {
        i: quote.removeprefix("=") for i, quote in said.items()
    }


@pytest.mark.parametrize("start", [*FORMULA_STARTS, " =", "\u00a0@"])
def test_no_cell_runs_as_a_formula(start: str) -> None:
    quote = f"{start}cmd|' /C calc'!A0"
    transcript = a_transcript(("Moderator", "How?"), (quote, quote))
    action = an_action(transcript, quote, phrase=quote)
    files = analysis_csv(an_analysis([transcript], [action], [a_step([action])]))
    for row in [*rows_of(files["statements.csv"]), *rows_of(files["steps.csv"])]:
        assert not [cell for cell in row.values() if cell.strip().startswith(tuple(FORMULA_STARTS))]
        assert f"'{quote}" in row.values()


def test_pandas_reads_the_files_without_help() -> None:
    table = pd.read_csv(io.BytesIO(analysis_csv(rich_analysis())["steps.csv"]))
    assert list(table["position"]) == [1, 2, 3, 4, 5, 6, 7]
    assert table["n_participants"].sum() == 16


def test_whole_numbers_stay_whole_beside_empty_cells() -> None:
    rows = rows_of(analysis_csv(rich_analysis())["stages.csv"])
    assert [row["turn"] for row in rows] == ["", "", "", "", "3", "1"]


def test_an_empty_analysis_gives_headers() -> None:
    assert analysis_csv(an_analysis())["steps.csv"].startswith(b"\xef\xbb\xbfposition,stage,stage8,phrase,")
