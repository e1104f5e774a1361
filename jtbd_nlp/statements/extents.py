"""Extents: which words of a parse make up one candidate clause, from its head's place in the dependency tree.

Part of hop 2. Knows English grammar as spaCy's parser draws it; knows nothing of fields, features or learned judgement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.statements.trees import Tree
from jtbd_nlp.statements.words import EDGE_WORDS

MAX_WORDS: Final = 40  # beyond this the parser has missed a sentence end, as it does in unpunctuated speech
SUBJECTS: Final = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})

CONSTRUCTIONS: Final = (
    *("root", "conj", "xcomp", "ccomp", "advcl", "relcl", "acl", "pcomp", "csubj", "parataxis", "dep"),
    *("gerund", "passive", "imperative", "participle", "fragment"),
)

_SENTENTIAL: Final = frozenset({"ROOT", "csubjpass", *CONSTRUCTIONS[1:11]})
_SKIPPED: Final = frozenset({"punct", "cc", "preconj", "intj", "discourse", "dep", "parataxis", "meta"})
_SHORT_SHARE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Extent:
    """Words `first` to `last` (both included) around `head`; `whole` is `first` with subject and auxiliaries."""

    head: int
    whole: int
    first: int
    last: int
    construction: str


def extents(tree: Tree) -> Iterator[Extent]:
    """Yield the extents of one Tree in order of their heads, the fullest of a head first."""
    for i in range(len(tree.heads)):
        if _is_predicate(tree, i):
            yield from _predicate_extents(tree, i)
        elif tree.deps[i] == "ROOT":
            yield from _fragment_extents(tree, i)


def _is_predicate(tree: Tree, i: int) -> bool:
    tag, dep = tree.tags[i], tree.deps[i]
    if tag[:2] != "VB":
        return False
    if dep in _SENTENTIAL:
        return True
    # "finding a slot takes hours": the gerund is drawn as a noun that has an object of its own.
    return tag == "VBG" and dep not in ("aux", "auxpass", "amod", "compound") and bool(tree.kids[i])


def _predicate_extents(tree: Tree, head: int) -> Iterator[Extent]:
    construction = _construction(tree, head)
    whole = _whole(tree, head)
    first = head
    full, short = _ends(tree, head)
    full = _capped(tree, full, head)
    short = _capped(tree, min(short, full), head)
    yield Extent(head, min(whole, first), first, full, construction)
    length = tree.ends[full] - tree.starts[first]
    if tree.ends[short] - tree.starts[first] < _SHORT_SHARE * length:
        yield Extent(head, min(whole, first), first, short, construction + "-short")


def _construction(tree: Tree, head: int) -> str:
    dep, tag = tree.deps[head], tree.tags[head]
    deps = [tree.deps[k] for k in tree.kids[head]]
    if "auxpass" in deps or "nsubjpass" in deps:
        return "passive"
    if dep not in _SENTENTIAL or (tag == "VBG" and dep in ("csubj", "pcomp")):
        return "gerund"
    if dep == "ROOT" and not SUBJECTS.intersection(deps):
        return "imperative" if tag in ("VB", "VBP") else "fragment"
    return {"ROOT": "root", "csubjpass": "csubj"}.get(dep, dep)


def _whole(tree: Tree, head: int) -> int:
    """Return the first word of the clause with its last subject (restarts: "I, uh, I went") or its first auxiliary."""
    start = head
    for k in tree.kids[head]:
        if k > head:
            break
        dep = tree.deps[k]
        if dep in SUBJECTS:
            start = tree.left[k]
        elif dep in ("aux", "auxpass", "neg") and k < start and tree.lowers[k] != "to":
            start = k
    for k in tree.kids[head]:
        if k < start and tree.tags[tree.left[k]][0] == "W" and tree.deps[k] not in SUBJECTS:
            return tree.left[k]
    return start


def _ends(tree: Tree, head: int) -> tuple[int, int]:
    """Return the last word with all that belongs to the clause, and without its trailing subordinate clause."""
    full = head
    short = -1
    for k in tree.kids[head]:
        if k < head:
            continue
        dep = tree.deps[k]
        if dep in _SKIPPED:
            continue
        if dep == "conj":
            if tree.tags[k][:2] == "VB":
                break
            full = tree.right[k]
            continue
        if dep in ("advcl", "ccomp", "relcl") and short < 0:
            short = full
        full = _ends(tree, k)[0] if tree.tags[k][:2] == "VB" else tree.right[k]
    return full, (short if short >= 0 else full)


def _capped(tree: Tree, last: int, head: int) -> int:
    last = min(last, head + MAX_WORDS - 1, tree.sentence_end[head] - 1)
    while last > head and tree.lowers[last] in EDGE_WORDS:
        last -= 1
    return last


def _fragment_extents(tree: Tree, head: int) -> Iterator[Extent]:
    first, last = tree.left[head], _capped(tree, tree.right[head], head)
    if last - first >= 1:
        yield Extent(head, first, first, last, "fragment")
