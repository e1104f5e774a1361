"""The metric chooser: what it learns, keeps on disk and says when its file is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.learning.metrics import has_enough_needs, train_chooser
from jtbd_nlp.statements.need_metrics import FILE, load_chooser

THINGS = [
    f"{colour} {noun}"
    for colour in ("red", "old", "new", "blue", "last")
    for noun in ("bus", "form", "bill", "key", "map")
]
NEEDS = [(f"it takes forever to find the {t}", f"minimize the time it takes to find the {t}") for t in THINGS] + [
    (f"the {t} costs too much", f"minimize the cost of the {t}") for t in THINGS
]


def test_the_likeliest_metric_comes_first() -> None:
    chooser = train_chooser(NEEDS)
    assert chooser.rank("finding a seat takes forever")[0].name == "time"
    assert chooser.rank("the ticket costs too much")[0].name == "cost"


def test_words_never_seen_still_rank_every_metric() -> None:
    assert len(train_chooser(NEEDS).rank("zzz")) == 2


def test_the_order_of_labels_does_not_matter() -> None:
    a, b = train_chooser(NEEDS), train_chooser(NEEDS[::-1])
    assert a.weights.tobytes() == b.weights.tobytes()
    assert a.terms == b.terms


def test_what_is_saved_is_read_back_and_saved_alike(tmp_path: Path) -> None:
    chooser = train_chooser(NEEDS)
    chooser.save(tmp_path)
    read = load_chooser(tmp_path)
    first = (tmp_path / FILE).read_bytes()
    read.save(tmp_path)
    assert (tmp_path / FILE).read_bytes() == first
    assert read.metrics == chooser.metrics
    assert read.rank("it takes forever") == chooser.rank("it takes forever")


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="jtbd train"):
        load_chooser(tmp_path)


def test_one_metric_alone_cannot_be_learned() -> None:
    with pytest.raises(ValueError, match="two metrics"):
        train_chooser(NEEDS[:25])


def test_too_few_needs_are_told_before_training() -> None:
    few = [("it takes ages", "minimize the time it takes to find the form")]
    assert not has_enough_needs(few)
