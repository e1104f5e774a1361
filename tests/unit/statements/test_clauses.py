"""Clauses of hand-drawn trees, and what holds for any tree whatever; the real parser's are in tests/integration."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from jtbd_nlp.domain import Kind
from jtbd_nlp.statements.clauses import FEATURE_NAMES, Clause, find_clauses
from jtbd_nlp.statements.extents import CONSTRUCTIONS, MAX_WORDS

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VOCAB = spacy.blank("en").vocab
DEPS = (
    *("ROOT", "nsubj", "dobj", "conj", "cc", "xcomp", "ccomp", "advcl", "relcl", "acl", "pcomp", "prep", "pobj", "prt"),
    *("aux", "auxpass", "nsubjpass", "expl", "neg", "advmod", "amod", "acomp", "punct", "mark", "csubj", "dep", ""),
)
TAGS = ("VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "NN", "PRP", "IN", "TO", "MD", "JJ", "WP", "RB", "CC", ",", "_SP", "")
WORDS = (
    "I",
    "we",
    "to",
    "need",
    "go",
    "try",
    "find",
    "slot",
    "planning",
    "and",
    ",",
    "?",
    "not",
    "be",
    "think",
    "\n",
    "able",
)


def parsed(*rows: tuple[str, int, str, str]) -> Doc:
    """A Doc of rows (word, index of its head, dependency, tag); the lemma is the word in lower case."""
    words, heads, deps, tags = (list(column) for column in zip(*rows, strict=True))
    return Doc(VOCAB, words=words, heads=heads, deps=deps, tags=tags, lemmas=[w.lower() for w in words])


def a_tree(seed: int, n: int) -> Doc:
    """A Doc of `n` words under a random tree, projective or not, with random words, tags and dependencies."""
    draw = random.Random(seed)  # noqa: S311 - a test's random tree, not a secret
    order = draw.sample(range(n), n)
    heads = [0] * n
    for place, word in enumerate(order):
        heads[word] = order[draw.randrange(place)] if place else word
    deps = ["ROOT" if heads[i] == i else draw.choice(DEPS) for i in range(n)]
    words, tags = ([draw.choice(choices) for _ in range(n)] for choices in (WORDS, TAGS))
    return Doc(VOCAB, words=words, heads=heads, deps=deps, tags=tags, lemmas=[w.lower() for w in words])


def any_tree() -> st.SearchStrategy[Doc]:
    return st.builds(a_tree, st.integers(0, 2**32), st.integers(1, 60))


def quotes(doc: Doc) -> list[str]:
    return [doc.text[c.start : c.end] for c in find_clauses(doc, kind=Kind.INTERVIEW)]


@pytest.mark.parametrize("doc", [Doc(VOCAB), Doc(VOCAB, words=["hello", "there"])])
def test_a_turn_without_a_parse_has_no_clauses(doc: Doc) -> None:
    assert find_clauses(doc, kind=Kind.INTERVIEW) == []


def test_the_subject_belongs_to_the_whole_and_not_to_the_action() -> None:
    doc = parsed(("I", 1, "nsubj", "PRP"), ("call", 1, "ROOT", "VBP"), ("them", 1, "dobj", "PRP"))
    (clause,) = find_clauses(doc, kind=Kind.INTERVIEW)
    assert doc.text[clause.start : clause.end] == "call them"
    assert clause.whole_start == 0
    assert (clause.actor, clause.verb, clause.object, clause.construction) == ("I", "call", "them", "root")


def test_i_think_is_no_clause_but_what_follows_is() -> None:
    doc = parsed(
        ("I", 1, "nsubj", "PRP"),
        ("think", 1, "ROOT", "VBP"),
        ("we", 3, "nsubj", "PRP"),
        ("call", 1, "ccomp", "VBP"),
        ("them", 3, "dobj", "PRP"),
    )
    assert quotes(doc) == ["call them"]


def test_a_clause_of_a_run_on_sentence_is_cut_at_the_limit() -> None:
    rows = [("call", 0, "ROOT", "VB"), *((f"them{i}", 0, "dobj", "NN") for i in range(200))]
    longest = max(find_clauses(parsed(*rows), kind=Kind.INTERVIEW), key=lambda c: c.end)
    assert longest.end == len(" ".join(row[0] for row in rows[:MAX_WORDS]))


@quick
@given(any_tree(), st.sampled_from(Kind))
def test_clauses_lie_in_their_turn_sorted_and_distinct(doc: Doc, kind: Kind) -> None:
    clauses = find_clauses(doc, kind=kind)
    assert all(0 <= c.whole_start <= c.start < c.end <= len(doc.text) for c in clauses)
    assert all((a.start, a.end) < (b.start, b.end) for a, b in pairwise(clauses))


@quick
@given(any_tree())
def test_clauses_begin_and_end_at_words(doc: Doc) -> None:
    begins, ends = {w.idx for w in doc}, {w.idx + len(w) for w in doc}
    for clause in find_clauses(doc, kind=Kind.INTERVIEW):
        assert {clause.whole_start, clause.start} <= begins
        assert clause.end in ends


@quick
@given(any_tree())
def test_a_clause_holds_its_head_and_is_no_longer_than_the_limit(doc: Doc) -> None:
    for clause in find_clauses(doc, kind=Kind.INTERVIEW):
        head = doc[clause.head]
        assert clause.whole_start <= head.idx < clause.end
        words = [w for w in doc if clause.whole_start <= w.idx < clause.end]
        assert len(words) <= MAX_WORDS


@quick
@given(any_tree(), st.sampled_from(Kind))
def test_features_have_one_finite_number_for_each_name(doc: Doc, kind: Kind) -> None:
    for clause in find_clauses(doc, kind=kind):
        assert len(clause.features) == len(FEATURE_NAMES)
        assert all(abs(value) < 1_000 for value in clause.features)
        assert clause.construction.partition("-")[0] in CONSTRUCTIONS


@quick
@given(any_tree())
def test_one_hot_features_agree_with_the_fields(doc: Doc) -> None:
    for clause in find_clauses(doc, kind=Kind.INTERVIEW):
        features = dict(zip(FEATURE_NAMES, clause.features, strict=True))
        assert features[f"tense_{clause.tense}"] == 1.0
        assert features[f"modality_{clause.modality}"] == 1.0
        assert features["negated"] == float(clause.negated)
        assert sum(value for name, value in features.items() if name.startswith("actor_")) == 1.0


def test_feature_names_are_distinct() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES)


def _observed(clause: Clause) -> float:
    return clause.features[FEATURE_NAMES.index("is_observed")]


@pytest.mark.parametrize(
    ("subject", "kind", "expected"), [("she", Kind.NOTES, 1.0), ("she", Kind.INTERVIEW, 0.0), ("I", Kind.NOTES, 0.0)]
)
def test_in_notes_the_third_person_is_who_is_observed(subject: str, kind: Kind, expected: float) -> None:
    doc = parsed((subject, 1, "nsubj", "PRP"), ("checks", 1, "ROOT", "VBZ"), ("charts", 1, "dobj", "NNS"))
    (clause,) = find_clauses(doc, kind=kind)
    assert _observed(clause) == expected
