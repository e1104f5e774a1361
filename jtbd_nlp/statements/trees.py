"""Tree: the dependency parse of one Doc as plain lists, which are far quicker to look up.

Part of hop 2. Knows spaCy's attributes; knows nothing of what a clause is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from spacy.tokens import Doc

_NUMBERS: Final[list[int | str]] = ["HEAD", "IDX", "LENGTH", "SENT_START", "SPACY"]
_COLUMNS: Final[list[int | str]] = [*_NUMBERS, "ORTH", "DEP", "TAG", "LOWER", "LEMMA"]
_N_NUMBERS: Final = len(_NUMBERS)
_SENTENCE_STARTS: Final = 1
_STOPS: Final = frozenset(".?!")


@dataclass(frozen=True, slots=True)
class Tree:
    """Column i of every list belongs to word i of the Doc.

    `starts` and `ends` are character offsets; `left` and `right` the first and last word of the subtree; `kids` the
    direct dependents in order; `sentence` the first word of the sentence and `sentence_end` the word after its last.
    """

    text: str
    lowers: list[str]
    lemmas: list[str]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    starts: list[int]
    ends: list[int]
    kids: list[list[int]]
    left: list[int]
    right: list[int]
    sentence: list[int]
    sentence_end: list[int]

    @classmethod
    def of(cls, doc: Doc) -> Tree:
        """Read a parsed Doc; an empty one gives empty lists."""
        n = len(doc)
        columns = doc.to_array(_COLUMNS).reshape(n, len(_COLUMNS)).T
        steps, starts, lengths, marks, spaces = columns[:_N_NUMBERS].astype(np.int64)
        heads, ends = (steps + np.arange(n)).tolist(), (starts + lengths).tolist()
        words, deps, tags, lowers, lemmas = (_strings(doc, keys.tolist()) for keys in columns[_N_NUMBERS:])
        text = "".join(f"{word} " if space else word for word, space in zip(words, spaces.tolist(), strict=True))
        sentence, sentence_end = _sentences(marks.tolist(), lowers, starts.tolist(), ends)
        left, right = _edges(heads)
        return cls(
            text=text,
            lowers=lowers,
            lemmas=lemmas,
            tags=tags,
            deps=deps,
            heads=heads,
            starts=starts.tolist(),
            ends=ends,
            kids=_kids(heads),
            left=left,
            right=right,
            sentence=sentence,
            sentence_end=sentence_end,
        )


def _strings(doc: Doc, keys: list[int]) -> list[str]:
    strings = doc.vocab.strings
    known = {key: strings[key] for key in set(keys)}
    return [known[key] for key in keys]


def _sentences(marks: list[int], lowers: list[str], starts: list[int], ends: list[int]) -> tuple[list[int], list[int]]:
    """Bounds by the parser, and at every line break and full stop, which it sometimes runs over."""
    n = len(marks)
    bounds = [0]
    for i in range(1, n):
        before = lowers[i - 1]
        if marks[i] == _SENTENCE_STARTS or "\n" in before or (before in _STOPS and starts[i] > ends[i - 1]):
            bounds.append(i)
    bounds.append(n)
    first = [0] * n
    after = [n] * n
    for a, b in itertools.pairwise(bounds):
        first[a:b] = [a] * (b - a)
        after[a:b] = [b] * (b - a)
    return first, after


def _kids(heads: list[int]) -> list[list[int]]:
    kids: list[list[int]] = [[] for _ in heads]
    for i, head in enumerate(heads):
        if head != i:
            kids[head].append(i)
    return kids


def _edges(heads: list[int]) -> tuple[list[int], list[int]]:
    # One pass each way is exact for projective trees, which spaCy's are but for a few arcs of long questions.
    n = len(heads)
    left, right = list(range(n)), list(range(n))
    for i in range(n):
        if left[i] < left[heads[i]]:
            left[heads[i]] = left[i]
    for i in range(n - 1, -1, -1):
        if right[i] > right[heads[i]]:
            right[heads[i]] = right[i]
    return left, right
