"""Groups that obey links: as they were, but for what people said of pairs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.links import Pair, obey_links

IDS = "abcdefgh"


@st.composite
def groups_and_links(draw: st.DrawFn) -> tuple[list[list[str]], list[Pair], list[Pair]]:
    homes = [draw(st.integers(0, 3)) for _ in IDS]
    groups = [[i for i, home in zip(IDS, homes, strict=True) if home == number] for number in range(4)]
    pair = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS + "z")).filter(lambda p: p[0] != p[1])
    return [g for g in groups if g], draw(st.lists(pair, max_size=3)), draw(st.lists(pair, max_size=3))


def home_of(groups: list[list[str]]) -> dict[str, int]:
    return {statement: i for i, group in enumerate(groups) for statement in group}


def test_without_links_nothing_changes() -> None:
    assert obey_links([["b", "c"], ["a"]]) == [["a"], ["b", "c"]]


def test_one_joins_those_that_it_must_be_with() -> None:
    assert obey_links([["a", "b"], ["c", "d"]], must_link=[("a", "b"), ("b", "c")]) == [["a", "b", "c"], ["d"]]


def test_those_who_must_be_apart_are_and_the_others_stay() -> None:
    assert obey_links([["a", "b", "c", "d"]], cannot_link=[("a", "c"), ("a", "d")]) == [["a", "b"], ["c", "d"]]


def test_pairs_of_statements_that_are_not_there_are_passed_over() -> None:
    assert obey_links([["a", "b"]], must_link=[("a", "z")], cannot_link=[("b", "y")]) == [["a", "b"]]


@given(groups_and_links())
def test_every_statement_stands_once_and_every_link_is_obeyed(
    drawn: tuple[list[list[str]], list[Pair], list[Pair]],
) -> None:
    groups, must, cannot = drawn
    obeying = obey_links(groups, must_link=must, cannot_link=cannot)
    home, together = home_of(obeying), home_of(obey_links([[i] for i in IDS], must_link=must))
    assert sorted(i for group in obeying for i in group) == sorted(IDS)
    assert all(home[a] == home[b] for a, b in must if b in home)
    assert all(home[a] != home[b] for a, b in cannot if b in home and together[a] != together[b])


@given(groups_and_links())
def test_the_order_of_groups_does_not_matter(drawn: tuple[list[list[str]], list[Pair], list[Pair]]) -> None:
    groups, must, cannot = drawn
    shuffled = [list(reversed(group)) for group in reversed(groups)]
    assert obey_links(groups, must_link=must, cannot_link=cannot) == obey_links(
        shuffled, must_link=list(reversed(must)), cannot_link=list(reversed(cannot))
    )
