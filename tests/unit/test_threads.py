"""Parts of a work side by side: in order, each on one thread of torch, and the first error is raised."""

from __future__ import annotations

import pytest
import torch

from jtbd_nlp.threads import side_by_side


@pytest.mark.parametrize("n_parts", [0, 1, 9])
def test_what_is_made_of_the_parts_comes_in_their_order(n_parts: int) -> None:
    assert side_by_side(lambda n: n * n, range(n_parts)) == [n * n for n in range(n_parts)]


def test_each_part_runs_its_network_on_one_thread() -> None:
    before = torch.get_num_threads()
    assert side_by_side(lambda _: torch.get_num_threads(), range(5)) == [1] * 5
    assert torch.get_num_threads() == before


def test_an_error_of_a_part_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda n: 1 // n, [1, 0, 2])
