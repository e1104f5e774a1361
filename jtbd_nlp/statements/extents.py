"""Extents: which words of a parse make up one candidate clause, from its head's place in the dependency tree.

Part of hop 2. Knows English grammar as spaCy's parser draws it; knows nothing of fields, features or learned judgement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.statements.trees import Tree
from jtbd_nlp.statements.words import CHAIN_ADJECTIVES, CHAIN_VERBS, EDGE_WORDS, PARENTHESIS_VERBS

MAX_WORDS: Final = 40  # beyond this the parser has missed a sentence end, as it does in unpunctuated speech
SUBJECTS: Final = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
CONSTRUCTIONS: Final = (
    *("root", "conj", "xcomp", "ccomp", "advcl", "relcl", "acl", "pcomp", "csubj", "parataxis", "dep"),
    *("gerund", "passive", "imperative", "participle", "fragment"),
)

_SENTENTIAL: Final = frozenset({"ROOT", "csubjpass", *CONSTRUCTIONS[1:11]})
_SKIPPED: Final = frozenset({"punct", "cc", "preconj", "intj", "discourse", "dep", "parataxis", "meta"})
_OPENERS: Final = frozenset({"advcl", "relcl", "ccomp", "parataxis", "acl"})
_BREAKS: Final = frozenset({",", ";", ":", "(", "-", "--", "–", "—", "...", "…"})
_SHORT_SHARE: Final = 0.62
_INNER_SHARE: Final = 0.75


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
    opens = _openings(tree)
    for i in range(len(tree.heads)):
        if _is_predicate(tree, i):
            if _is_parenthesis(tree, i):
                continue
            yield from _predicate_extents(tree, i, opens)
        elif tree.deps[i] == "ROOT":
            yield from _fragment_extents(tree, i, opens)


def _openings(tree: Tree) -> list[bool]:
    """Tell of each word whether a part that a clause can do without may begin there."""
    opens = [word in _BREAKS for word in tree.lowers]
    for k, dep in enumerate(tree.deps):
        if dep in _OPENERS or (dep == "conj" and tree.tags[k][:2] == "VB"):
            opens[tree.left[k]] = True
    return opens


def _is_predicate(tree: Tree, i: int) -> bool:
    tag, dep = tree.tags[i], tree.deps[i]
    if tag[:2] != "VB":
        return False
    if dep in _SENTENTIAL:
        return True
    # "finding a slot takes hours": the gerund is drawn as a noun that has an object of its own.
    return tag == "VBG" and dep not in ("aux", "auxpass", "amod", "compound") and bool(tree.kids[i])


def _is_parenthesis(tree: Tree, head: int) -> bool:
    """Tell "I think", "you know", "I mean" with or without a clause after it; not "I know the number"."""
    if tree.lemmas[head] not in PARENTHESIS_VERBS:
        return False
    for k in tree.kids[head]:
        dep = tree.deps[k]
        if dep in ("dobj", "neg", "advmod", "xcomp", "prep", "prt") or (dep == "ccomp" and tree.lemmas[head] == "know"):
            return False
    return True


def _inner(tree: Tree, head: int) -> int:
    """Return the verb that `head` colours: "[need] to find", "[be] able to find", "[help] me find"; -1 for none."""
    lemma = tree.lemmas[head]
    for k in reversed(tree.kids[head]):
        if k < head:
            break
        dep = tree.deps[k]
        if dep == "xcomp" and lemma in CHAIN_VERBS and tree.tags[k][:2] == "VB":
            return k
        if dep == "ccomp" and lemma in ("help", "let") and tree.tags[k][:2] == "VB":
            return k
        if dep == "acomp" and tree.lemmas[k] in CHAIN_ADJECTIVES:
            return next((v for v in tree.kids[k] if tree.deps[v] == "xcomp" and v > k), -1)
    return -1


def _outer(tree: Tree, head: int) -> int:
    """Return the verb that colours `head`, or `head` where none does."""
    up = tree.heads[head]
    if tree.deps[head] == "xcomp" and tree.deps[up] == "acomp":
        up = tree.heads[up]
    return up if up < head and _inner(tree, up) == head else head


def _predicate_extents(tree: Tree, head: int, opens: list[bool]) -> Iterator[Extent]:
    construction = _construction(tree, head)
    whole = max(_whole(tree, head), tree.sentence[head])
    begin, inner = tree.starts[head], _inner(tree, head)
    inner_last = _ends(tree, inner)[0] if inner >= 0 else -1
    for last, suffix in _lasts(tree, head, opens):
        # "need to [find a slot on Monday]" says it all; "need to [find it]" is better with its "need".
        if last > inner_last or tree.ends[last] - tree.starts[inner] < _INNER_SHARE * (tree.ends[last] - begin):
            yield Extent(head, whole, head, last, construction + suffix)


def _lasts(tree: Tree, head: int, opens: list[bool]) -> Iterator[tuple[int, str]]:
    """Yield the last words a clause may have, each well shorter than the one before or, for a joined verb, longer."""
    begin = tree.starts[head]
    own, joined = (_trimmed(tree, last, head) for last in _ends(tree, head))
    length = tree.ends[own] - begin
    if length < _SHORT_SHARE * (tree.ends[joined] - begin):
        yield joined, "-joined"
    yield own, ""
    for j in range(own, head + 1, -1):
        if opens[j]:
            last = _trimmed(tree, j - 1, head)
            if last > head and tree.ends[last] - begin < _SHORT_SHARE * length:
                length = tree.ends[last] - begin
                yield last, "-short"


def _construction(tree: Tree, head: int) -> str:
    dep, tag = tree.deps[head], tree.tags[head]
    deps = [tree.deps[k] for k in tree.kids[head]]
    if "auxpass" in deps or "nsubjpass" in deps:
        return "passive"
    if dep not in _SENTENTIAL or (tag == "VBG" and dep in ("csubj", "pcomp")):
        return "gerund"
    if dep == "ROOT" and not SUBJECTS.intersection(deps):
        return "imperative" if tag in ("VB", "VBP") else "participle"
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
    if start == head and (outer := _outer(tree, head)) != head:
        return _whole(tree, outer)
    for k in tree.kids[head]:
        if k < start and tree.tags[tree.left[k]][0] == "W" and tree.deps[k] not in SUBJECTS:
            return tree.left[k]
    return start


def _ends(tree: Tree, head: int) -> tuple[int, int]:
    """Return the last word of all that belongs to the clause, and that with the verb coordinated to it."""
    own = head
    for k in tree.kids[head]:
        if k < head:
            continue
        dep = tree.deps[k]
        if dep in _SKIPPED:
            continue
        if dep == "conj" and tree.tags[k][:2] == "VB":
            return own, _ends(tree, k)[0]
        own = _ends(tree, k)[0] if tree.tags[k][:2] == "VB" else tree.right[k]
    return own, own


def _trimmed(tree: Tree, last: int, head: int) -> int:
    last = min(last, head + MAX_WORDS - 1, tree.sentence_end[head] - 1)
    while last > head and (tree.lowers[last] in EDGE_WORDS or tree.tags[last] == "_SP"):
        last -= 1
    return last


def _fragment_extents(tree: Tree, head: int, opens: list[bool]) -> Iterator[Extent]:
    first, last = max(tree.left[head], tree.sentence[head]), _trimmed(tree, tree.right[head], head)
    if last - first >= 1:
        yield Extent(head, first, first, last, "fragment")
