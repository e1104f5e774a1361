"""Choosing a need's writing: what is allowed, what is learned, kept on disk and said when a file is missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.learning.need_choosing import FEWEST_NEEDS, LabelledNeed, can_learn, train_need_chooser
from jtbd_nlp.statements import need_wording
from jtbd_nlp.statements.need_choice import (
    HEADS_FILE,
    N_FIGURES,
    TREES_FILE,
    NeedChooser,
    WordedClause,
    family_of,
    is_allowed,
    load_need_chooser,
    turned,
)
from jtbd_nlp.statements.need_writings import Writing

FORMS = [f"form {i}" for i in range(FEWEST_NEEDS // 4)]


class WordCounter:
    """An embedder whose vectors count a few words."""

    name, dim = "word counter", 8
    _WORDS = ("minimize", "increase", "time", "likelihood", "losing", "finding", "find", "form")

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        rows = np.array([[float(t.split().count(w)) + 0.01 for w in self._WORDS] for t in texts], np.float32)
        rows = rows.reshape(len(texts), self.dim)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def a_writing(metric: need_wording.Metric, words: str, source: str = "doing") -> Writing:
    return Writing(metric, metric.joint, tuple(words.split()), source)  # type: ignore[arg-type]  # a source by name


def a_clause(form: str) -> WordedClause:
    writings = (
        a_writing(need_wording.TIME, f"find the {form}", "deed"),
        a_writing(need_wording.SUCCESS, f"finding the {form}"),
        a_writing(need_wording.MISHAP, f"losing the {form}"),
    )
    return WordedClause(writings, np.zeros((3, N_FIGURES), np.float32))


def labelled() -> list[LabelledNeed]:
    """Clauses that mean what is written for them: time to find, finding, or losing a form."""
    needs = []
    for i, form in enumerate(FORMS):
        statements = [w.statement for w in a_clause(form).writings]
        for statement in (*statements, statements[0]):
            meaning = WordCounter().embed([statement])[0]
            needs.append(LabelledNeed(f"p{i % 7}", a_clause(form), meaning, statement))
    return needs


@pytest.fixture(scope="module")
def chooser() -> NeedChooser:
    return train_need_chooser(labelled(), WordCounter())


@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_the_writing_that_means_what_was_said_is_chosen(chooser: NeedChooser, wanted: int) -> None:
    clause = a_clause("new form")
    meaning = WordCounter().embed([clause.writings[wanted].statement])
    ((writing, chance),) = [c for c in chooser.choose([clause], meaning, WordCounter()) if c is not None]
    assert writing == clause.writings[wanted]
    assert 0.5 < chance <= 1


def test_a_clause_without_writings_is_left_alone(chooser: NeedChooser) -> None:
    nothing = WordedClause((), np.zeros((0, N_FIGURES), np.float32))
    assert chooser.choose([nothing], np.ones((1, 8), np.float32), WordCounter()) == [None]


def test_what_is_saved_is_read_back_and_saved_alike(chooser: NeedChooser, tmp_path: Path) -> None:
    chooser.save(tmp_path)
    first = [(tmp_path / name).read_bytes() for name in (HEADS_FILE, TREES_FILE)]
    read = load_need_chooser(tmp_path)
    clauses, meanings = [a_clause(f) for f in FORMS[:9]], WordCounter().embed([f"losing the {f}" for f in FORMS[:9]])
    assert read.choose(clauses, meanings, WordCounter()) == chooser.choose(clauses, meanings, WordCounter())
    read.save(tmp_path)
    assert [(tmp_path / name).read_bytes() for name in (HEADS_FILE, TREES_FILE)] == first


def test_training_again_gives_the_same_bytes(chooser: NeedChooser, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    chooser.save(tmp_path)
    train_need_chooser(labelled(), WordCounter()).save(tmp_path / "again")
    for name in (HEADS_FILE, TREES_FILE):
        assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="jtbd train"):
        load_need_chooser(tmp_path)


def test_too_few_needs_are_told_before_training() -> None:
    assert can_learn(labelled())
    assert not can_learn(labelled()[: FEWEST_NEEDS - 1])
    with pytest.raises(ValueError, match="too few"):
        train_need_chooser(labelled()[:9], WordCounter())


@pytest.mark.parametrize(
    ("metric", "words", "source", "wanted", "expected"),
    [
        (need_wording.MISHAP, "errors in the bill", "thing", 0.9, True),
        (need_wording.MISHAP, "the rubric", "thing", 0.9, False),
        (need_wording.SUCCESS, "errors in the bill", "thing", 0.9, False),
        (need_wording.SUCCESS, "finding errors in the bill", "doing", 0.9, True),
        (need_wording.SUCCESS, "finding the form", "doing", 0.5, False),
        (need_wording.MISHAP, "teaching the class", "doing", 0.7, False),
        (need_wording.MISHAP, "losing the form", "doing", 0.7, True),
        (need_wording.TIME, "find the form", "deed", 0.0, True),
    ],
)
def test_a_likelihood_goes_the_way_that_is_wanted(
    metric: need_wording.Metric, words: str, source: str, wanted: float, expected: bool
) -> None:
    assert is_allowed(a_writing(metric, words, source), wanted) is expected


def test_more_ease_is_less_effort() -> None:
    assert (family_of("ease"), turned("increase", "ease")) == ("effort", "minimize")
    assert (family_of("tedium"), turned("minimize", "tedium")) == ("other", "minimize")
