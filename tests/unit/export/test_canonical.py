"""jtbd-analysis/1: complete, in fixed order, and refused where a quote is not in its turn."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TypeVar

import pytest

from jtbd_nlp.domain import Analysis, Evidence
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.evaluation import predictions_of, predictions_of_document
from jtbd_nlp.export import analysis_csv, analysis_document, analysis_json, analysis_markdown
from jtbd_nlp.stages import STAGES
from tests.builders import an_analysis
from tests.conftest import GoldenCheck
from tests.rich_study import rich_analysis

T = TypeVar("T")


def shuffled(analysis: Analysis, seed: int) -> Analysis:
    rng = random.Random(seed)  # noqa: S311 - chance for tests, not for secrets

    def mixed(values: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(rng.sample(values, len(values)))

    return replace(
        analysis,
        transcripts=mixed(analysis.transcripts),
        statements=mixed(analysis.statements),
        steps=mixed(analysis.steps),
        needs=mixed(analysis.needs),
        stages=mixed(analysis.stages),
        statement_steps=dict(mixed(tuple(analysis.statement_steps.items()))),
        manifest=replace(analysis.manifest, inputs=mixed(analysis.manifest.inputs)),
    )


def test_rich_analysis_is_written_as_before(check_golden: GoldenCheck) -> None:
    analysis = rich_analysis()
    files = {"analysis.json": analysis_json(analysis), "jobmap.md": analysis_markdown(analysis).encode("utf-8")}
    check_golden("rich-analysis", files | analysis_csv(analysis))


@pytest.mark.parametrize("seed", range(5))
def test_order_of_the_parts_does_not_matter(seed: int) -> None:
    mixed = shuffled(rich_analysis(), seed)
    assert analysis_json(mixed) == analysis_json(rich_analysis())
    assert analysis_markdown(mixed) == analysis_markdown(rich_analysis())
    assert analysis_csv(mixed) == analysis_csv(rich_analysis())


def test_every_statement_is_listed_with_its_step_or_none() -> None:
    analysis = rich_analysis()
    rows = json.loads(analysis_json(analysis))["statements"]
    assert {row["id"]: row["step"] for row in rows} == dict(analysis.statement_steps)
    assert None in [row["step"] for row in rows]


def test_every_quote_read_back_is_in_its_turn() -> None:
    analysis = rich_analysis()
    turns = {t.id: t.turns for t in analysis.transcripts}
    for row in json.loads(analysis_json(analysis))["statements"]:
        assert turns[row["transcript"]][row["turn"]].text[row["start"] : row["end"]] == row["quote"]


def test_statements_stand_in_order_of_their_places() -> None:
    rows = json.loads(analysis_json(rich_analysis()))["statements"]
    places = [(r["transcript"], r["turn"], r["start"], r["end"], r["kind"]) for r in rows]
    assert places == sorted(places)


def test_every_stage_has_its_eight_way_name_beside_it() -> None:
    written = analysis_document(rich_analysis())
    for part in ("statements", "steps", "needs", "stages"):
        rows = written[part]
        assert isinstance(rows, list)
        assert all(list(row)[list(row).index("stage") + 1] == "stage8" for row in rows)


def test_numbers_have_six_digits_and_no_negative_zero() -> None:
    analysis = rich_analysis()
    odd = replace(analysis.saturation, expected_new_needs=-0.0000001, interval=(1 / 3, 2.0))
    written = analysis_document(replace(analysis, saturation=odd))["saturation"]
    assert json.dumps(written)[-60:].endswith('"expected_new_needs": 0.0, "interval": [0.333333, 2.0]}')


def test_settings_are_written_as_they_are_with_sorted_keys() -> None:
    analysis = rich_analysis()
    manifest = replace(analysis.manifest, settings={"z": 1e-9, "a": {"d": (1, 2), "c": None}})
    written = json.loads(analysis_json(replace(analysis, manifest=manifest)))["manifest"]["settings"]
    assert json.dumps(written) == '{"a": {"c": null, "d": [1, 2]}, "z": 1e-09}'


def test_text_is_written_in_its_own_script() -> None:
    assert "家を出る時間を決めます".encode() in analysis_json(rich_analysis())


def test_an_empty_analysis_is_an_answer() -> None:
    written = analysis_document(an_analysis())
    assert (written["statements"], written["steps"], written["needs"]) == ([], [], [])
    stages = written["stages"]
    assert isinstance(stages, list)
    assert [stage["stage"] for stage in stages] == list(STAGES)


@pytest.mark.parametrize("write", [analysis_json, analysis_document, analysis_markdown, analysis_csv])
def test_nothing_is_written_while_a_quote_is_not_in_its_turn(write: object) -> None:
    analysis = rich_analysis()
    first = analysis.statements[0]
    forged = replace(first, evidence=Evidence(first.evidence.transcript, first.evidence.span, "forged"))
    assert callable(write)
    with pytest.raises(AnalysisError, match="not what stands there"):
        write(replace(analysis, statements=(forged, *analysis.statements[1:])))


def test_scoring_sees_the_same_in_an_analysis_and_in_its_file() -> None:
    analysis = rich_analysis()
    of_file = predictions_of_document(analysis_document(analysis))
    of_values = {name: sorted(p, key=repr) for name, p in predictions_of(analysis).items() if p}
    assert {name: sorted(p, key=repr) for name, p in of_file.items()} == of_values
