"""Grouping: every statement in one place, whatever the order, and what reviewers decided is kept."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.clustering import GroupingSettings, group_statements
from jtbd_nlp.domain import ActionStatement, Evidence, Grouping, Span
from tests.builders import probabilities

Vectors = npt.NDArray[np.float32]


def an_action(number: int, *, stage: str = "plan", confidence: float = 1.0) -> ActionStatement:
    """Statement `number`, alone in its turn."""
    return ActionStatement(
        id=f"{number * 7919 % 10007:05d}",
        evidence=Evidence("p1", Span(number, 0, 9), "do things"),
        speaker="P1",
        actor="I",
        verb="do",
        object="things",
        context=None,
        negated=False,
        modality="none",
        tense="present",
        habitual=True,
        led=False,
        phrase="do things",
        stage_probabilities=probabilities(stage),
        confidence=confidence,
    )


def around(centres: Vectors, n_each: int, *, spread: float = 0.02, seed: int = 1) -> Vectors:
    """Unit rows near each of the centres, `n_each` in a row."""
    rows = np.repeat(centres, n_each, axis=0)
    rows = rows + np.random.default_rng(seed).normal(scale=spread, size=rows.shape)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def random_rows(n: int, seed: int, dim: int = 12) -> Vectors:
    return around(np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32), 1)


def places(grouping: Grouping) -> list[str]:
    return sorted([i for c in grouping.clusters for i in c.statements] + list(grouping.ungrouped))


def group_of(grouping: Grouping) -> dict[str, int]:
    return {i: n for n, c in enumerate(grouping.clusters) for i in c.statements}


def test_no_statements_give_no_groups() -> None:
    assert group_statements([], np.zeros((0, 8), np.float32)) == Grouping((), ())


def test_one_statement_is_ungrouped() -> None:
    one = an_action(1)
    assert group_statements([one], random_rows(1, 0)) == Grouping((), (one.id,))


def test_two_statements_that_say_the_same_are_one_group() -> None:
    two = [an_action(1), an_action(2)]
    (cluster,) = group_statements(two, around(np.eye(8, dtype=np.float32)[:1], 2)).clusters
    assert set(cluster.statements) == {s.id for s in two}


@pytest.mark.parametrize("n", [2, 5])
def test_a_few_unrelated_statements_stay_ungrouped(n: int) -> None:
    stages = ("understand", "plan", "execute", "assess", "revise")
    few = [an_action(i, stage=stages[i]) for i in range(n)]
    assert group_statements(few, np.eye(8, dtype=np.float32)[:n]).clusters == ()


@pytest.mark.parametrize("n", [5, 12, 40])
def test_one_single_theme_is_one_group(n: int) -> None:
    rows = around(np.eye(24, dtype=np.float32)[:1], n)
    assert len(group_statements([an_action(i) for i in range(n)], rows).clusters) == 1


@pytest.mark.parametrize("n", [3, 12, 40])
def test_equal_vectors_are_one_group(n: int) -> None:
    rows = np.repeat(np.eye(8, dtype=np.float32)[:1], n, axis=0)
    assert len(group_statements([an_action(i) for i in range(n)], rows).clusters) == 1


def test_themes_far_apart_are_found_again() -> None:
    rows = around(np.eye(24, dtype=np.float32)[:6], 8)
    grouping = group_statements([an_action(i) for i in range(48)], rows)
    found = group_of(grouping)
    wanted = [{an_action(i).id for i in range(k * 8, k * 8 + 8)} for k in range(6)]
    assert sorted({i for i in found if found[i] == n} == w for n in range(6) for w in wanted).count(True) == 6


@pytest.mark.parametrize(("related", "sizes"), [(0.3, {8}), (0.95, {4})])
def test_themes_less_alike_than_related_are_no_group_together(related: float, sizes: set[int]) -> None:
    themes = np.eye(2, 16, dtype=np.float32)
    themes[1] += themes[0]
    settings = GroupingSettings(related=related, groups_base=1.0, groups_power=0.0)
    grouping = group_statements([an_action(i) for i in range(8)], around(themes, 4), settings=settings)
    assert {len(cluster.statements) for cluster in grouping.clusters} == sizes


def test_neighbours_in_a_turn_pull_each_other_together() -> None:
    rows = random_rows(30, 5)
    statements = [an_action(i) for i in range(30)]
    spread_out = group_statements(statements, rows, settings=GroupingSettings(neighbour_weight=2.0))
    turn_mates = [
        ActionStatement(**{**_fields(s), "evidence": Evidence("p1", Span(i // 3, i % 3 * 20, i % 3 * 20 + 9), "x")})
        for i, s in enumerate(statements)
    ]
    together = group_statements(turn_mates, rows, settings=GroupingSettings(neighbour_weight=2.0))

    def shared(grouping: Grouping) -> int:
        found = group_of(grouping)
        return sum(
            found.get(a.id, -1) == found.get(b.id, -2) for i, (a, b) in enumerate(pairwise(statements)) if i % 3 < 2
        )

    assert shared(together) > shared(spread_out)


def _fields(statement: ActionStatement) -> dict[str, object]:
    return {name: getattr(statement, name) for name in statement.__dataclass_fields__ if name != "kind"}


def test_a_doubtful_statement_stays_ungrouped() -> None:
    statements = [an_action(i, confidence=0.05 if i == 0 else 0.9) for i in range(12)]
    grouping = group_statements(statements, around(np.eye(24, dtype=np.float32)[:1], 12))
    assert grouping.ungrouped == (statements[0].id,)


def test_a_link_holds_a_doubtful_statement() -> None:
    statements = [an_action(i, confidence=0.05) for i in range(4)]
    pair = (statements[0].id, statements[3].id)
    grouping = group_statements(statements, np.eye(8, dtype=np.float32)[:4], must_link=[pair])
    assert [set(c.statements) for c in grouping.clusters] == [set(pair)]


def test_links_hold_a_group_smaller_than_the_smallest() -> None:
    statements = [an_action(i) for i in range(6)]
    pair = (statements[0].id, statements[5].id)
    settings = GroupingSettings(min_cluster_size=4)
    grouping = group_statements(statements, np.eye(8, dtype=np.float32)[:6], settings=settings, must_link=[pair])
    assert group_of(grouping)[pair[0]] == group_of(grouping)[pair[1]]


def test_links_that_contradict_are_refused() -> None:
    a, b, c = (an_action(i) for i in range(3))
    with pytest.raises(ValueError, match="must not be linked"):
        group_statements(
            [a, b, c], random_rows(3, 0), must_link=[(a.id, b.id), (b.id, c.id)], cannot_link=[(a.id, c.id)]
        )


def test_links_of_statements_that_are_not_there_are_passed_over() -> None:
    statements = [an_action(i) for i in range(3)]
    rows = random_rows(3, 0)
    linked = group_statements(statements, rows, must_link=[("gone", statements[0].id)], cannot_link=[("gone", "too")])
    assert linked == group_statements(statements, rows)


def test_a_row_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="2 statements, but 1 vectors"):
        group_statements([an_action(1), an_action(2)], random_rows(1, 0))


def test_one_id_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="one id"):
        group_statements([an_action(1), an_action(1)], random_rows(2, 0))


@pytest.mark.slow
def test_thousands_of_statements_keep_links_and_places() -> None:
    n = 7000
    statements = [an_action(i) for i in range(n)]
    rows = around(random_rows(40, 3), n // 40, spread=0.15)
    must, cannot = [(statements[0].id, statements[-1].id)], [(statements[1].id, statements[2].id)]
    grouping = group_statements(statements, rows, must_link=must, cannot_link=cannot)
    found = group_of(grouping)
    assert places(grouping) == sorted(s.id for s in statements)
    assert found[must[0][0]] == found[must[0][1]]
    assert found.get(cannot[0][0], -1) != found.get(cannot[0][1], -2)


numbers = st.integers(0, 45)


@given(n=numbers, seed=st.integers(0, 50))
def test_every_statement_is_in_exactly_one_place(n: int, seed: int) -> None:
    statements = [an_action(i) for i in range(n)]
    assert places(group_statements(statements, random_rows(n, seed))) == sorted(s.id for s in statements)


@given(n=numbers, seed=st.integers(0, 50), shuffle=st.randoms(use_true_random=False))
def test_shuffled_statements_give_an_equal_grouping(n: int, seed: int, shuffle: Random) -> None:
    statements, rows = [an_action(i) for i in range(n)], random_rows(n, seed)
    order = list(range(n))
    shuffle.shuffle(order)
    assert group_statements([statements[i] for i in order], rows[order]) == group_statements(statements, rows)


@given(n=st.integers(2, 40), seed=st.integers(0, 50), draw=st.data())
def test_links_are_always_honoured(n: int, seed: int, draw: st.DataObject) -> None:
    statements = [an_action(i) for i in range(n)]
    pairs = st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=8)
    # Links within the even and within the odd numbers, bans between them: never a contradiction.
    must = [(2 * (a // 2), 2 * (b // 2)) for a, b in draw.draw(pairs)]
    cannot = [(2 * (a // 2), min(2 * (b // 2) + 1, n - 1)) for a, b in draw.draw(pairs)]
    cannot = [(a, b) for a, b in cannot if b % 2]
    grouping = group_statements(
        statements,
        random_rows(n, seed),
        must_link=[(statements[a].id, statements[b].id) for a, b in must],
        cannot_link=[(statements[a].id, statements[b].id) for a, b in cannot],
    )
    found = group_of(grouping)
    assert places(grouping) == sorted(s.id for s in statements)
    assert all(found[statements[a].id] == found[statements[b].id] for a, b in must if a != b)
    assert all(found.get(statements[a].id, -1) != found.get(statements[b].id, -2) for a, b in cannot)


def pairs_of_two_stages(second: str, settings: GroupingSettings) -> set[int]:
    """Sizes of the groups of six sure statements of one stage and two doubtful ones of `second`, far from them."""
    sure = [an_action(i, stage="plan", confidence=0.9) for i in range(6)]
    doubtful = [an_action(i, stage=second, confidence=0.7) for i in (6, 7)]
    rows = np.concatenate(
        [around(np.eye(2, 16, dtype=np.float32)[:1], 6), around(np.eye(2, 16, dtype=np.float32)[1:], 2)]
    )
    grouping = group_statements([*sure, *doubtful], rows, settings=settings)
    return {len(cluster.statements) for cluster in grouping.clusters}


def test_a_small_unsure_group_stays_loose_beside_a_firm_one_of_its_stage() -> None:
    assert pairs_of_two_stages("plan", GroupingSettings()) == {6}


def test_a_stage_with_nothing_else_keeps_its_small_group() -> None:
    assert pairs_of_two_stages("revise", GroupingSettings()) == {6, 2}
