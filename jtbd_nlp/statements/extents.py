"""Extents: which words of a parse make up one candidate clause, from its head's place in the dependency tree.

Part of hop 2. Knows English grammar as spaCy's parser draws it; knows nothing of fields, features or learned judgement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jtbd_nlp.statements.trees import Tree
from jtbd_nlp.statements.words import (
    BEING_VERBS,
    CHAIN_ADJECTIVES,
    CHAIN_VERBS,
    COGNITION_VERBS,
    EDGE_WORDS,
    LIGHT_VERBS,
    PARENTHESIS_VERBS,
)

MAX_WORDS: Final = 40  # beyond this the parser has missed a sentence end, as it does in unpunctuated speech
SUBJECTS: Final = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
CONSTRUCTIONS: Final = (
    *("root", "conj", "xcomp", "ccomp", "advcl", "relcl", "acl", "pcomp", "csubj", "parataxis", "dep"),
    *("gerund", "passive", "imperative", "participle", "fragment"),
)

_SENTENTIAL: Final = frozenset({"ROOT", "csubjpass", *CONSTRUCTIONS[1:11]})
_FINITE: Final = frozenset({"aux", "nsubj", "nsubjpass"})
_NOUN_PLACES: Final = frozenset({"conj", "dobj", "pobj", "attr", "appos", "ROOT", "amod", "compound"})
_SKIPPED: Final = frozenset({"punct", "cc", "preconj", "intj", "discourse", "dep", "parataxis", "meta"})
_OPENERS: Final = frozenset({"advcl", "relcl", "ccomp", "parataxis", "acl", "cc"})
_BREAKS: Final = frozenset({",", ";", ":", "(", "-", "--", "–", "—", "...", "…"})
_SAYS_HOW_WITH_AND: Final = frozenset({"go", "come", "try"})
_SAYS_NOTHING_ALONE: Final = LIGHT_VERBS | BEING_VERBS | COGNITION_VERBS | CHAIN_VERBS

# A shorter end is offered where what is left has at most this share of the characters. Prepositional phrases mostly
# belong, so that only long tails of them are worth a candidate.
_SHORT_SHARE: Final = 0.6
_SHORT_SHARE_BEFORE_PREPOSITION: Final = 0.4
_INNER_SHARE: Final = 0.7
_MOST_CHAINED: Final = 6


@dataclass(frozen=True, slots=True)
class Extent:
    """Words `first` to `last` (both included) around `head`; `whole` is `first` with subject and auxiliaries."""

    head: int
    whole: int
    first: int
    last: int
    construction: str


def extents(tree: Tree) -> Iterator[Extent]:
    """Yield the extents of one Tree in order of their heads.

    A construction may end in "-joined" (with the verb coordinated to it) or "-short" (without its tail).
    """
    opens, ends = _openings(tree), _ends(tree)
    for i, dep in enumerate(tree.deps):
        if _is_predicate(tree, i):
            if not _is_parenthesis(tree, i):
                yield from _predicate_extents(tree, i, opens, ends)
        elif dep in _NOUN_PLACES and tree.lowers[i].endswith("ing"):
            yield from _noun_extents(tree, i, opens)
        elif dep == "ROOT" and tree.tags[i] != "_SP":
            yield from _fragment_extents(tree, i, opens, ends[i])


def _openings(tree: Tree) -> list[float]:
    """Tell of each word whether a part that a clause can do without may begin there: the share to be left, else 0."""
    opens = [_SHORT_SHARE if word in _BREAKS else 0.0 for word in tree.lowers]
    for k, dep in enumerate(tree.deps):
        if dep in _OPENERS or (dep == "conj" and tree.tags[k][:2] == "VB"):
            opens[tree.left[k]] = _SHORT_SHARE
        elif dep == "prep" and tree.heads[k] < k - 1 and tree.tags[tree.heads[k]][:2] == "VB":
            opens[k] = _SHORT_SHARE_BEFORE_PREPOSITION
    return opens


def _ends(tree: Tree) -> list[tuple[int, int]]:
    """Return of each word the last one of all that belongs to its clause, and that with the verb coordinated to it."""
    ends = [(i, i) for i in range(len(tree.heads))]
    # Dependents to the right are done before their head, so that no tree is too deep.
    for head in range(len(ends) - 1, -1, -1):
        own = joined = head
        for k in tree.kids[head]:
            if k < head or tree.deps[k] in _SKIPPED:
                continue
            is_verb = tree.tags[k][:2] == "VB"
            joined = ends[k][0] if is_verb else tree.right[k]
            if is_verb and tree.deps[k] == "conj":
                break
            own = joined
        ends[head] = (own, joined)
    return ends


def _is_predicate(tree: Tree, i: int) -> bool:
    tag, dep = tree.tags[i], tree.deps[i]
    if tag[:2] != "VB":
        # "to brainstorm titles", "AI helpful": taken for a noun or adjective, but it has what only a clause has.
        return dep in _SENTENTIAL and any(tree.deps[k] in _FINITE for k in tree.kids[i])
    if dep in _SENTENTIAL:
        return True
    # "finding a slot takes hours": the gerund is drawn as a noun that has an object of its own.
    return tag == "VBG" and dep not in ("aux", "auxpass", "amod", "compound") and bool(tree.kids[i])


def _is_parenthesis(tree: Tree, head: int) -> bool:
    """Tell "I think", "you know", "I mean" with or without a clause after it; not "I know the number"."""
    lemma = tree.lemmas[head]
    if lemma not in PARENTHESIS_VERBS:
        return False
    for k in tree.kids[head]:
        dep = tree.deps[k]
        if dep in ("dobj", "neg", "advmod", "xcomp", "prep", "prt") or (dep == "ccomp" and lemma == "know"):
            return False
    return True


def _predicate_extents(tree: Tree, head: int, opens: list[float], ends: list[tuple[int, int]]) -> Iterator[Extent]:
    construction = _construction(tree, head)
    whole = max(_whole(tree, head), tree.sentence[head], head - MAX_WORDS // 2)
    own, joined = ends[head]
    if own == head and head - whole <= 1 and tree.lemmas[head] in _SAYS_NOTHING_ALONE:
        # "go and [pick them up]": the verb alone says nothing, but some say the whole deed with the next.
        if joined == own or tree.lemmas[head] not in _SAYS_HOW_WITH_AND:
            return
        own = joined
    begin, inner = tree.starts[head], inner_verb(tree, head)
    inner_last = ends[inner][0] if inner >= 0 else -1
    first = whole if _is_question(tree, head, whole) else head
    limit = min(whole + MAX_WORDS, tree.sentence_end[head]) - 1
    for last, suffix in _lasts(tree, head, (min(own, limit), min(joined, limit)), opens):
        # "need to [find a slot on Monday]" says it all; "need to [find it]" is better with its "need".
        if last > inner_last or tree.ends[last] - tree.starts[inner] < _INNER_SHARE * (tree.ends[last] - begin):
            yield Extent(head, whole, first, last, construction + suffix)


def _noun_extents(tree: Tree, head: int, opens: list[float]) -> Iterator[Extent]:
    """Yield deeds drawn as nouns: "I use it for lesson planning", "[writing prompts] takes time", not "nothing"."""
    if tree.deps[head] in ("amod", "compound"):
        noun = tree.heads[head]
        if tree.tags[head] != "VBG" or noun < head or tree.left[noun] != head:
            return
        first, last = head, tree.right[noun]
    elif tree.tags[head] == "NN" and not tree.lowers[head].endswith("thing"):
        first = max(tree.left[head], tree.sentence[head], head - 2)
        last = head if tree.deps[head] == "conj" else tree.right[head]
    else:
        return
    last = min(last, first + MAX_WORDS - 1, tree.sentence_end[head] - 1)
    for end, suffix in _lasts(tree, first, (last, last), opens):
        if end >= head:
            yield Extent(head, first, first, end, "gerund" + suffix)


def _lasts(tree: Tree, first: int, ends: tuple[int, int], opens: list[float]) -> Iterator[tuple[int, str]]:
    """Yield the last words a clause may have, each well shorter than the one before or, for a joined verb, longer."""
    begin = tree.starts[first]
    own, joined = (_trimmed(tree, last, first) for last in ends)
    length = tree.ends[own] - begin
    if length < _SHORT_SHARE * (tree.ends[joined] - begin):
        yield joined, "-joined"
    yield own, ""
    for j in range(own, first + 1, -1):
        if opens[j]:
            last = _trimmed(tree, j - 1, first)
            says_enough = last > first + 1 or (last > first and tree.deps[last] in ("dobj", "prt"))
            if says_enough and tree.ends[last] - begin < opens[j] * length:
                length = tree.ends[last] - begin
                yield last, "-short"


def _trimmed(tree: Tree, last: int, first: int) -> int:
    while last > first and (tree.lowers[last] in EDGE_WORDS or tree.tags[last] == "_SP"):
        last -= 1
    return last


def inner_verb(tree: Tree, head: int) -> int:
    """Return the verb that `head` colours: "[need] to find", "[be] able to find", "[help] me find"; else -1."""
    lemma = tree.lemmas[head]
    if lemma in _SAYS_HOW_WITH_AND:
        right = [k for k in tree.kids[head] if k > head]
        if len(right) == 2 and tree.lowers[right[0]] == "and" and tree.deps[right[1]] == "conj":
            return right[1]
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
    if tree.deps[up] == "acomp" and tree.deps[head] == "xcomp":
        up = tree.heads[up]
    return up if up < head and inner_verb(tree, up) == head else head


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
    """Return the first word of the clause with its last subject (restarts: "I, uh, I went") or its first auxiliary.

    A verb that only colours this one lends its subject: "[I need to] find a slot".
    """
    start = _start(tree, head)
    for _ in range(_MOST_CHAINED):
        outer = _outer(tree, head)
        if start < head or outer == head:
            break
        head, start = outer, _start(tree, outer)
    return start


def _start(tree: Tree, head: int) -> int:
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
        if k < start and tree.tags[tree.left[k]][:1] == "W" and tree.deps[k] not in SUBJECTS:
            return tree.left[k]
    return start


def _is_question(tree: Tree, head: int, whole: int) -> bool:
    """Tell "what if we put in a circle?", where leaving out the subject would leave no question."""
    return (
        whole < head
        and tree.lowers[tree.sentence_end[head] - 1] == "?"
        and (tree.tags[whole][:1] == "W" or tree.deps[whole] in ("aux", "auxpass"))
        and tree.deps[head] in ("ROOT", "ccomp", "conj", "advcl")
    )


def _fragment_extents(tree: Tree, head: int, opens: list[float], ends: tuple[int, int]) -> Iterator[Extent]:
    """Yield a sentence without a verb: "just some sort of online portal", not "okay"."""
    limit = min(head + MAX_WORDS, tree.sentence_end[head]) - 1
    left = [tree.left[k] for k in tree.kids[head] if k < head and tree.deps[k] not in _SKIPPED]
    first = max(min([*left, head]), tree.sentence[head], head - MAX_WORDS // 2)
    for last, suffix in _lasts(tree, first, (min(ends[0], limit), min(ends[1], limit)), opens):
        if last > first and last >= head:
            yield Extent(head, first, first, last, "fragment" + suffix)
