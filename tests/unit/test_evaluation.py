"""The figures: equal to hand-made cases and, where the bench is at hand, to its independent script."""

from __future__ import annotations

import importlib.util
import json
import random
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.domain import Role, Transcript, Turn
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.evaluation import (
    Prediction,
    calibration,
    grouping_shares,
    marked_sentences,
    match_spans,
    mean_figures,
    predictions_of_document,
    recovered_steps,
    score_study,
    scores_json,
    span_iou,
    stage_confusion,
    stage_shares,
)
from jtbd_nlp.sentences import sentence_bounds
from jtbd_nlp.stages import STAGES

BENCH = Path(__file__).resolve().parents[2].parent / "shared" / "bench" / "score.py"


def span(start: int, end: int, turn: int = 1, kind: str = "action", **others: str | None) -> Prediction:
    return Prediction(turn, start, end, kind, others.get("stage", "plan"), others.get("step"))


def interview(*texts: str, name: str = "p1") -> Transcript:
    """Turns that alternate between interviewer and participant."""
    roles = (Role.INTERVIEWER, Role.PARTICIPANT)
    turns = tuple(Turn(i, roles[i % 2].value, roles[i % 2], text) for i, text in enumerate(texts))
    return Transcript(id=name, title=name, source="test", turns=turns)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("I drive.", ["I drive."]),
        ("I drive. Then I park!", ["I drive.", "Then I park!"]),
        ('He said "go." Then I went', ['He said "go.', "Then I went"]),
        ("First line\n\nsecond line", ["First line", "second line"]),
        ("It costs 3.50 a day", ["It costs 3.50 a day"]),
        ("Well… I wait.  ", ["Well…", "I wait."]),
    ],
)
def test_sentences_end_at_end_marks_before_space_and_at_line_breaks(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_bounds(text)] == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"), [((0, 10), (0, 10), 1.0), ((0, 10), (5, 15), 1 / 3), ((0, 5), (5, 9), 0.0)]
)
def test_overlap_is_shared_over_covered(a: tuple[int, int], b: tuple[int, int], expected: float) -> None:
    assert span_iou(a, b) == pytest.approx(expected)


def test_best_overlap_is_matched_first_and_each_span_once() -> None:
    gold = [span(0, 10), span(4, 16)]
    predicted = [span(1, 11), span(0, 10), span(0, 10, turn=3)]
    assert match_spans(gold, predicted) == [(0, 1)]


def test_half_an_overlap_is_enough_and_less_is_not() -> None:
    assert match_spans([span(0, 10)], [span(0, 5)]) == [(0, 0)]
    assert match_spans([span(0, 10)], [span(0, 4)]) == []


def test_a_span_marks_the_sentence_it_shares_most_with() -> None:
    assert marked_sentences([span(6, 20), span(0, 3, turn=9)], {1: "I drive. Then I park."}) == {(1, 1)}


def test_perfect_predictions_score_one() -> None:
    study = interview("How?", "I plan the route. I check the map. I leave early. It takes ages.")
    marks = [span(2, 16, step="s1"), span(20, 33, step="s1"), span(37, 48, step="s1"), span(50, 63, kind="need")]
    figures = score_study([study], {"p1": marks}, {"p1": marks})
    assert {figures[n] for n in figures if "f1" in n or n.startswith(("map", "stage"))} == {1.0}


def test_nothing_predicted_scores_zero() -> None:
    study = interview("How?", "I plan the route.")
    figures = score_study([study], {"p1": [span(2, 16, step="s1")]}, {})
    assert figures["action.span_f1"] == figures["grouping.f1"] == figures["map.steps"] == 0.0
    assert figures["action.gold"] == 1


def test_a_statement_from_the_interviewer_costs_precision() -> None:
    study = interview("Do you plan the route?", "I plan the route.")
    right, stray = span(2, 16), span(7, 21, turn=0)
    figures = score_study([study], {"p1": [right]}, {"p1": [right, stray]})
    assert (figures["action.span_precision"], figures["action.sentence_precision"]) == (0.5, 0.5)
    assert figures["action.span_recall"] == 1.0


def test_only_labelled_transcripts_count() -> None:
    studies = [interview("How?", "I plan it."), interview("How?", "I plan it.", name="p2")]
    figures = score_study(studies, {"p1": [span(2, 9)]}, {"p1": [span(2, 9)], "p2": [span(2, 9)]})
    assert (figures["transcripts"], figures["action.predicted"]) == (1, 1)


@pytest.mark.parametrize(
    ("predicted", "fault"),
    [
        ({"p9": [span(0, 1)]}, "p9"),
        ({"p1": [span(0, 99)]}, "turn 1, 0 to 99"),
        ({"p1": [span(3, 3)]}, "turn 1, 3 to 3"),
        ({"p1": [span(0, 1, turn=7)]}, "turn 7"),
    ],
)
def test_predictions_outside_the_study_are_refused(predicted: dict[str, list[Prediction]], fault: str) -> None:
    with pytest.raises(AnalysisError, match=fault):
        score_study([interview("How?", "I plan it.")], {"p1": []}, predicted)


def test_labels_of_a_transcript_that_is_not_given_are_a_callers_mistake() -> None:
    with pytest.raises(ValueError, match="p2"):
        score_study([interview("How?", "I plan it.")], {"p2": []}, {})


def test_grouping_counts_pairs_and_not_the_statement_itself() -> None:
    # Gold step a has three labels: two found in x, one missed. x also holds one statement of no gold step.
    shares = grouping_shares([("a", "x"), ("a", "x"), ("a", None), (None, "x")])
    assert shares.recall == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)
    assert shares.precision == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)


def test_steps_of_one_statement_earn_nothing() -> None:
    assert grouping_shares([("a", "x"), ("b", "y")]).f1 == 0.0


def test_a_predicted_step_recovers_one_gold_step_only() -> None:
    steps = [("a", "x")] * 3 + [("b", "x")] * 3
    assert recovered_steps(steps) == {"a": "x"}


def test_small_gold_steps_need_not_be_recovered() -> None:
    assert recovered_steps([("a", "x")] * 2) == {}


def test_confusion_has_gold_in_rows_and_predictions_in_columns() -> None:
    counts = stage_confusion([("plan", "execute"), ("plan", "execute"), ("plan", "plan"), ("assess", None)])
    assert counts[1] == (0, 1, 2, 0, 0, 0)
    assert counts[3] == (0, 0, 0, 0, 0, 0)


def test_stages_that_gold_lacks_have_no_shares() -> None:
    shares = stage_shares([("plan", "plan"), ("plan", "execute")])
    assert list(shares) == ["plan"]
    assert (shares["plan"].precision, shares["plan"].recall) == (1.0, 0.5)


def test_calibration_compares_confidence_with_truth_in_each_bin() -> None:
    found = calibration([0.9, 0.9, 0.1, 1.0], [True, False, False, True], n_bins=5)
    assert [(b.low, b.n, b.share_right) for b in found.bins] == [(0.0, 1, 0.0), (0.8, 3, pytest.approx(2 / 3))]
    assert found.expected_error == pytest.approx((1 * 0.1 + 3 * (2.8 / 3 - 2 / 3)) / 4)


def test_no_prediction_is_calibrated() -> None:
    assert calibration([], []).expected_error == 0.0


@pytest.mark.parametrize(("confidences", "is_right"), [([0.5], []), ([1.5], [True]), ([-0.1], [False])])
def test_impossible_confidences_are_refused(confidences: list[float], is_right: list[bool]) -> None:
    with pytest.raises(ValueError, match="confidences"):
        calibration(confidences, is_right)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_bins_hold_every_prediction_once(predictions: list[tuple[float, bool]]) -> None:
    found = calibration([c for c, _ in predictions], [r for _, r in predictions])
    assert sum(b.n for b in found.bins) == len(predictions)
    assert 0.0 <= found.expected_error <= 1.0


def test_the_mean_counts_every_study_the_same() -> None:
    assert mean_figures({"a": {"f": 0.2}, "b": {"f": 0.6}}) == {"f": pytest.approx(0.4)}
    assert mean_figures({}) == {}


def test_scores_read_back_from_json() -> None:
    assert json.loads(scores_json({"a": {"f": 1 / 3}})) == {"studies": {"a": {"f": 0.333333}}, "mean": {"f": 0.333333}}


def test_a_document_without_fields_is_refused_by_place() -> None:
    with pytest.raises(AnalysisError, match=r"statements\[0\]: lacks 'turn'"):
        predictions_of_document({"statements": [{"transcript": "p1"}]})
    with pytest.raises(AnalysisError, match="statements: must be a list"):
        predictions_of_document({})


# The script of the bench is written by others, from the same definitions; the figures must be equal.


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    if not BENCH.is_file():
        pytest.skip("the bench script lies beside the project and is not here")
    spec = importlib.util.spec_from_file_location("bench_score", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TALK = 'I drive. Then, you know, I park the car! Why? "Hmm." I pay… and I go\nhome again. It\'s 3.50. '


def random_marks(rng: random.Random, texts: Sequence[str], n: int, steps: str) -> list[Prediction]:
    marks = []
    for _ in range(n):
        turn = rng.randrange(len(texts))
        start = rng.randrange(len(texts[turn]) - 1)
        end = rng.randint(start + 1, min(len(texts[turn]), start + 25))
        step = rng.choice([None, *steps])
        marks.append(Prediction(turn, start, end, rng.choice(["action", "action", "need"]), rng.choice(STAGES), step))
    return marks


def shaken(rng: random.Random, marks: Sequence[Prediction], texts: Sequence[str]) -> list[Prediction]:
    """Predictions near the gold: moved ends, other steps and stages, some lost."""
    moved = []
    for m in marks:
        if rng.random() < 0.2:
            continue
        end = min(len(texts[m.turn]), m.end + rng.randint(0, 6))
        step, stage = rng.choice([m.step, m.step, "z"]), rng.choice([m.stage, "execute"])
        moved.append(Prediction(m.turn, m.start, end, m.kind, stage, step))
    return moved


def write_study(folder: Path, transcripts: Sequence[Transcript], gold: dict[str, list[Prediction]]) -> None:
    (folder / "labels").mkdir(parents=True)
    (folder / "transcripts").mkdir()
    for transcript in transcripts:
        (folder / "transcripts" / f"{transcript.id}.json").write_bytes(transcript.canonical_bytes())
    for name, marks in gold.items():
        lines = [json.dumps(as_label(m)) for m in marks]
        (folder / "labels" / f"{name}.a.jsonl").write_text("\n".join(lines), encoding="utf-8")


def as_label(m: Prediction) -> dict[str, object]:
    return {"turn": m.turn, "start": m.start, "end": m.end, "kind": m.kind, "stage": m.stage, "step": m.step}


@pytest.mark.parametrize("seed", range(40))
def test_figures_equal_those_of_the_bench_on_random_studies(bench: ModuleType, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - chance for tests, not for secrets
    transcripts = [interview(TALK, TALK * 2, TALK, TALK * 3, name=f"p{i}") for i in range(3)]
    texts = [turn.text for turn in transcripts[0].turns]
    gold = {t.id: random_marks(rng, texts, rng.randint(0, 30), "abc") for t in transcripts[:2]}
    predicted = {
        name: shaken(rng, marks, texts) + random_marks(rng, texts, rng.randint(0, 8), "xyz")
        for name, marks in gold.items()
    }
    write_study(tmp_path / "study", transcripts, gold)
    expected = bench.score(tmp_path / "study", {n: [as_label(m) for m in p] for n, p in predicted.items()})
    found = score_study(transcripts, gold, predicted)
    assert list(found) == list(expected)
    assert found == pytest.approx(expected, abs=1e-12)
