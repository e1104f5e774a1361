"""Features of a clause: a fixed vector of cheap, named numbers for a learned filter.

Part of hop 2. Knows words and grammar; knows nothing of what is learned from them.
"""

from __future__ import annotations

import re
from typing import Final

from jtbd_nlp.domain import Kind
from jtbd_nlp.statements.clause_fields import Fields
from jtbd_nlp.statements.extents import CONSTRUCTIONS, Extent
from jtbd_nlp.statements.trees import Tree
from jtbd_nlp.statements.words import (
    BEING_VERBS,
    CHAIN_VERBS,
    COGNITION_VERBS,
    DOCUMENT_WORDS,
    FILLERS,
    I_WORDS,
    IT_WORDS,
    LIGHT_VERBS,
    PEOPLE_ENDINGS,
    PEOPLE_WORDS,
    PRODUCT_WORDS,
    SAYING_VERBS,
    THEY_WORDS,
    WE_WORDS,
    WORD_CLASSES,
    YOU_WORDS,
)

_ACTORS: Final = ("i", "we", "you", "they", "noun", "none", "it", "product")
_TENSES: Final = ("past", "present", "future")
_MODALITIES: Final = ("none", "need", "want", "try", "can", "should", "would")
_TAGS: Final = ("VB", "VBD", "VBG", "VBN", "VBP", "VBZ")
_MARKS: Final = ("if", "because", "when", "while", "that", "to", "by", "for", "so", "as", "what", "how")
_VERB_CLASSES: Final = {
    "light": LIGHT_VERBS,
    "being": BEING_VERBS,
    "cognition": COGNITION_VERBS,
    "saying": SAYING_VERBS,
    "chain": CHAIN_VERBS,
}
_FLAGS: Final = (
    "is_short",
    "negated",
    "habitual",
    "has_object",
    "has_context",
    "has_chain",
    "is_question",
    "is_observed",
    "starts_filler",
    "starts_wh",
    "comparative",
    "superlative",
    "number",
    "proper_noun",
    "third_person",
    "under_cognition",
    "under_saying",
    "under_being",
)
_NUMBERS: Final = (
    "n_words",
    "n_lead",
    "n_sentence",
    "share_of_sentence",
    "place_in_sentence",
    "place_in_turn",
    "n_turn",
    "depth",
    "n_left",
)
FEATURE_NAMES: Final[tuple[str, ...]] = (
    *(f"actor_{a}" for a in _ACTORS),
    *(f"construction_{c}" for c in CONSTRUCTIONS),
    *(f"tense_{t}" for t in _TENSES),
    *(f"modality_{m}" for m in _MODALITIES),
    *(f"tag_{t}" for t in _TAGS),
    *(f"mark_{m}" for m in _MARKS),
    *(f"verb_{v}" for v in _VERB_CLASSES),
    *(f"words_{c}" for c in WORD_CLASSES),
    *_FLAGS,
    *_NUMBERS,
)
_AT: Final = {name: i for i, name in enumerate(FEATURE_NAMES)}
_ACTOR_OF: Final = {
    word: _AT[f"actor_{actor}"]
    for actor, words in (
        ("product", PRODUCT_WORDS),
        ("it", IT_WORDS),
        ("they", THEY_WORDS),
        ("you", YOU_WORDS),
        ("we", WE_WORDS),
        ("i", I_WORDS),
    )
    for word in sorted(words)
}
_CLASSES_OF: Final[dict[str, tuple[int, ...]]] = {
    word: tuple(_AT[f"words_{c}"] for c, words in WORD_CLASSES.items() if word in words)
    for word in sorted(frozenset().union(*WORD_CLASSES.values()))
}
_VERB_CLASSES_OF: Final[dict[str, tuple[int, ...]]] = {
    verb: tuple(_AT[f"verb_{c}"] for c, verbs in _VERB_CLASSES.items() if verb in verbs)
    for verb in sorted(frozenset().union(*_VERB_CLASSES.values()))
}
_TAG_FLAGS: Final = {
    "JJR": _AT["comparative"],
    "RBR": _AT["comparative"],
    "JJS": _AT["superlative"],
    "RBS": _AT["superlative"],
    "CD": _AT["number"],
    "NNP": _AT["proper_noun"],
    "NNPS": _AT["proper_noun"],
}
_TAG_AT: Final = {t: _AT[f"tag_{t}"] for t in _TAGS}
_MARK_AT: Final = {m: _AT[f"mark_{m}"] for m in _MARKS}
_OBSERVED: Final = frozenset({_AT["actor_they"], _AT["actor_noun"], _AT["actor_none"], _AT["actor_product"]})
_MAX_DEPTH: Final = 8
# How observers call the people they watch: "P4".
_PARTICIPANT: Final = re.compile(r"p\d{1,3}")
_NO_CLASSES: Final[tuple[int, ...]] = ()


def features_of(tree: Tree, extent: Extent, fields: Fields, kind: Kind) -> tuple[float, ...]:
    """Return one number for each of FEATURE_NAMES: flags are 0 or 1, word classes counts, lengths in tens of words."""
    vector = [0.0] * len(FEATURE_NAMES)
    actor = _actor(tree, fields)
    if kind is Kind.NOTES:
        actor = _observed_actor(tree, fields, actor)
    base, _, is_short = extent.construction.partition("-")
    for at in (
        actor,
        _AT[f"construction_{base}"],
        _AT[f"tense_{fields.tense}"],
        _AT[f"modality_{fields.modality}"],
        *_VERB_CLASSES_OF.get(tree.lemmas[extent.head], _NO_CLASSES),
    ):
        vector[at] = 1.0
    if (tag := _TAG_AT.get(tree.tags[extent.head])) is not None:
        vector[tag] = 1.0
    _count_words(tree, extent, vector)
    _set_flags(tree, extent, fields, vector)
    vector[_AT["is_short"]] = float(bool(is_short))
    is_observed = kind is Kind.NOTES and actor == _AT["actor_i"] and _actor(tree, fields) in _OBSERVED
    vector[_AT["is_observed"]] = float(is_observed)
    if is_observed:
        # "She checks" is to be judged as "I check" is: the ending tells of the observer, not of the deed.
        vector[_AT["third_person"]] = 0.0
        if (tag := _TAG_AT.get(tree.tags[extent.head])) is not None and tree.tags[extent.head] == "VBZ":
            vector[tag], vector[_TAG_AT["VBP"]] = 0.0, 1.0
    _set_numbers(tree, extent, vector)
    return tuple(vector)


def _actor(tree: Tree, fields: Fields) -> int:
    if fields.subject < 0:
        return _AT["actor_none"]
    word = tree.lowers[fields.subject]
    at = _ACTOR_OF.get(word)
    if at is None:
        at = _ACTOR_OF.get(tree.lemmas[fields.subject].lower())
    if at is not None:
        return at
    return _AT["actor_product"] if tree.tags[fields.subject] == "NNP" else _AT["actor_noun"]


def _observed_actor(tree: Tree, fields: Fields, actor: int) -> int:
    """Read the actor of a note as its observer means it: people do the job, papers and programs do not.

    "The nurse checks the chart" and "Calls the doctor" read as "I check", "I call"; "the form asks for a name" as what
    a product does.
    """
    if fields.subject < 0 or actor == _AT["actor_they"]:
        return _AT["actor_i"]
    if actor not in (_AT["actor_noun"], _AT["actor_product"]):
        return actor
    word, lemma = tree.lowers[fields.subject], tree.lemmas[fields.subject].lower()
    if {word, lemma} & (PRODUCT_WORDS | DOCUMENT_WORDS):
        return _AT["actor_product"]
    is_name = tree.tags[fields.subject] in ("NNP", "NNPS") or _PARTICIPANT.fullmatch(word) is not None
    if is_name or {word, lemma} & PEOPLE_WORDS or lemma.endswith(PEOPLE_ENDINGS):
        return _AT["actor_i"]
    return actor


def _count_words(tree: Tree, extent: Extent, vector: list[float]) -> None:
    lowers, lemmas, tags = tree.lowers, tree.lemmas, tree.tags
    for i in range(extent.whole, extent.last + 1):
        classes = _CLASSES_OF.get(lowers[i]) or _CLASSES_OF.get(lemmas[i])
        if classes:
            for at in classes:
                vector[at] += 1.0
        flag = _TAG_FLAGS.get(tags[i])
        if flag is not None:
            vector[flag] = 1.0


def _set_flags(tree: Tree, extent: Extent, fields: Fields, vector: list[float]) -> None:
    head, sentence = extent.head, tree.sentence[extent.head]
    up = tree.heads[head]
    above = tree.lemmas[up] if up != head and tree.deps[head] in ("ccomp", "xcomp", "relcl", "advcl") else ""
    for name, holds in (
        ("negated", fields.negated),
        ("habitual", fields.habitual),
        ("has_object", fields.object is not None),
        ("has_context", fields.context is not None),
        ("has_chain", bool(fields.chain)),
        ("is_question", tree.lowers[tree.sentence_end[head] - 1] == "?"),
        ("starts_filler", tree.lowers[sentence] in FILLERS),
        ("starts_wh", tree.tags[extent.whole][:1] == "W"),
        ("third_person", tree.tags[head] == "VBZ"),
        ("under_cognition", above in COGNITION_VERBS),
        ("under_saying", above in SAYING_VERBS),
        ("under_being", above in BEING_VERBS),
    ):
        if holds:
            vector[_AT[name]] = 1.0
    for k in tree.kids[head]:
        if k > head:
            break
        if (mark := _MARK_AT.get(tree.lowers[k])) is not None:
            vector[mark] = 1.0
    if tree.deps[head] == "pcomp" and (mark := _MARK_AT.get(tree.lowers[up])) is not None:
        vector[mark] = 1.0


def _set_numbers(tree: Tree, extent: Extent, vector: list[float]) -> None:
    head = extent.head
    sentence, after, n = tree.sentence[head], tree.sentence_end[head], len(tree.heads)
    depth, i = 0, head
    while tree.heads[i] != i and depth < _MAX_DEPTH:
        i = tree.heads[i]
        depth += 1
    at = _AT["n_words"]
    vector[at : at + len(_NUMBERS)] = [
        (extent.last - extent.first + 1) / 10,
        (extent.first - extent.whole) / 10,
        min(after - sentence, 60) / 10,
        (extent.last - extent.whole + 1) / (after - sentence),
        (extent.whole - sentence) / (after - sentence),
        extent.whole / n,
        min(n, 1000) / 100,
        depth / _MAX_DEPTH,
        min(after - 1 - extent.last, 60) / 10,
    ]
