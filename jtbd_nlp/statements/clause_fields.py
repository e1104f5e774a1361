"""Fields of a clause: who does what to what, when, and whether it is so, wanted or tried.

Part of hop 2. Knows English grammar as spaCy's parser draws it; knows nothing of features or learned judgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jtbd_nlp.domain import Modality, Tense
from jtbd_nlp.statements.extents import SUBJECTS, Extent, inner_verb
from jtbd_nlp.statements.trees import Tree
from jtbd_nlp.statements.words import (
    BEING_VERBS,
    CAN_ADJECTIVES,
    CHAIN_ADJECTIVES,
    CHAIN_VERBS,
    COGNITION_VERBS,
    HABIT_WORDS,
    LEXICAL_PREPOSITIONS,
    LIKING_VERBS,
    NEED_VERBS,
    NEGATORS,
    TIME_NOUNS,
    TRY_VERBS,
    WANT_VERBS,
)

_MAX_CHAIN: Final = 6
_PASSIVE_SUBJECTS: Final = frozenset({"nsubjpass", "csubjpass"})
_MAX_ACTOR_WORDS: Final = 6
_AUXILIARIES: Final = frozenset({"aux", "auxpass"})
_OBJECTS: Final = ("dobj", "obj", "attr", "acomp", "oprd")
_CLAUSAL_OBJECTS: Final = frozenset({"ccomp", "xcomp"})
_MODALS: Final[dict[str, Modality]] = {
    "must": "need",
    "can": "can",
    "could": "can",
    "ca": "can",
    "may": "can",
    "might": "can",
    "should": "should",
    "ought": "should",
    "shall": "should",
    "would": "would",
    "'d": "would",
    "’d": "would",
}
_MODALITY_RANK: Final[tuple[Modality, ...]] = ("want", "need", "try", "should", "can", "would")
_STATES: Final = BEING_VERBS | COGNITION_VERBS
_WOULD: Final = frozenset({"would", "'d", "’d"})
_FUTURE: Final = frozenset({"will", "'ll", "’ll", "wo", "gonna", "shall"})


@dataclass(frozen=True, slots=True)
class Fields:
    """What a Clause says of itself. `subject` is the word that `actor` is built on, `chain` the governing verbs."""

    actor: str | None
    subject: int
    verb: str | None
    object: str | None
    context: str | None
    negated: bool
    modality: Modality
    tense: Tense
    habitual: bool
    chain: tuple[int, ...]


def fields_of(tree: Tree, extent: Extent) -> Fields:
    """Read the fields off the tree; a fragment without a verb has neither verb nor object.

    A verb that only colours the next gives way to it: "trying to book a room" is booking, its modality is try.
    """
    head = _content_verb(tree, extent)
    chain = _chain(tree, head)
    auxiliaries = [k for v in (head, *chain) for k in tree.kids[v] if tree.deps[k] in _AUXILIARIES]
    subject = _subject(tree, extent.head)
    is_passive = subject >= 0 and tree.deps[subject] in _PASSIVE_SUBJECTS and tree.heads[subject] == head
    modality, tense = _modality(tree, chain, auxiliaries), _tense(tree, head, chain)
    verb = thing = context = None
    if extent.construction.partition("-")[0] != "fragment":
        verb_end, verb = _verb(tree, head)
        thing, object_end = _object(tree, head, extent.last, subject if is_passive else -1)
        context = _context(tree, extent, max(verb_end, object_end))
    return Fields(
        actor=_agent(tree, head) if is_passive else _actor(tree, subject),
        subject=subject,
        verb=verb,
        object=thing,
        context=context,
        negated=_is_negated(tree, head, chain),
        modality=modality,
        tense=tense,
        habitual=_is_habitual(tree, extent, head, chain, auxiliaries, modality, tense),
        chain=tuple(chain),
    )


def _content_verb(tree: Tree, extent: Extent) -> int:
    head = extent.head
    for _ in range(_MAX_CHAIN):
        inner = inner_verb(tree, head)
        if not head < inner <= extent.last:
            break
        head = inner
    return head


def _chain(tree: Tree, head: int) -> list[int]:
    """Climb from a verb to the verbs that only colour it: "I [need] to [try] to find it", not "I asked it to find"."""
    chain: list[int] = []
    i = head
    while len(chain) < _MAX_CHAIN:
        dep, up = tree.deps[i], tree.heads[i]
        if dep == "conj" and not _own_subject(tree, i):
            up = _first_conjunct(tree, i)
            dep = tree.deps[up]
            up = tree.heads[up]
        if dep not in ("xcomp", "ccomp") or up == i:
            break
        if tree.tags[up][:2] != "VB":
            if tree.lemmas[up] not in CHAIN_ADJECTIVES:
                break
            chain.append(up)
            up = tree.heads[up]
        elif tree.lemmas[up] not in CHAIN_VERBS:
            break
        chain.append(up)
        i = up
    return chain


def _first_conjunct(tree: Tree, i: int) -> int:
    for _ in range(_MAX_CHAIN):
        if tree.deps[i] != "conj":
            break
        i = tree.heads[i]
    return i


def _own_subject(tree: Tree, head: int) -> bool:
    return any(tree.deps[k] in SUBJECTS for k in tree.kids[head])


def _subject(tree: Tree, head: int) -> int:
    """Return the word that is the subject of `head`, its own or the one it shares with its governor; -1 for none."""
    i = head
    for _ in range(_MAX_CHAIN):
        own = [k for k in tree.kids[i] if tree.deps[k] in SUBJECTS]
        if own:
            before = [k for k in own if k < i]
            return before[-1] if before else own[0]
        dep, up = tree.deps[i], tree.heads[i]
        if dep == "xcomp":
            # "ask [it] to draft": who is asked is who does it.
            asked = [k for k in tree.kids[up] if tree.deps[k] in ("dobj", "dative") and up < k < i]
            if asked:
                return asked[-1]
        elif dep == "pcomp":
            up = tree.heads[up]
        elif dep not in ("conj", "advcl", "ccomp", "acomp"):
            return -1
        if up == i:
            return -1
        i = up
    return -1


def _text(tree: Tree, first: int, last: int) -> str:
    return tree.text[tree.starts[first] : tree.ends[last]]


def _actor(tree: Tree, subject: int) -> str | None:
    if subject < 0:
        return None
    if tree.right[subject] - tree.left[subject] < _MAX_ACTOR_WORDS:
        return _text(tree, tree.left[subject], tree.right[subject])
    return _text(tree, max(tree.left[subject], subject - _MAX_ACTOR_WORDS + 1), subject)


def _agent(tree: Tree, head: int) -> str | None:
    for k in tree.kids[head]:
        if tree.deps[k] == "agent":
            for noun in tree.kids[k]:
                if tree.deps[noun] == "pobj":
                    return _actor(tree, noun)
    return None


def _verb(tree: Tree, head: int) -> tuple[int, str]:
    """Return the last word of the verb and its name: lemma, particle, and the preposition its only object hangs on."""
    verb, last, has_object = tree.lemmas[head].lower(), head, False
    preposition = -1
    for k in tree.kids[head]:
        dep = tree.deps[k]
        if dep == "prt":
            verb, last = f"{verb} {tree.lowers[k]}", max(last, k)
        elif dep in _OBJECTS:
            has_object = True
        elif dep == "prep" and k == last + 1 and _is_lexical(tree, k):
            preposition = k
    if preposition >= 0 and not has_object:
        return preposition, f"{verb} {tree.lowers[preposition]}"
    return last, verb


def _is_lexical(tree: Tree, preposition: int) -> bool:
    if tree.lowers[preposition] not in LEXICAL_PREPOSITIONS:
        return False
    nouns = [k for k in tree.kids[preposition] if tree.deps[k] in ("pobj", "pcomp")]
    return bool(nouns) and tree.lemmas[nouns[0]].lower() not in TIME_NOUNS


def _object(tree: Tree, head: int, last: int, passive_subject: int) -> tuple[str | None, int]:
    """Return the object's text and its last word after the verb; without one, None and the head."""
    if passive_subject >= 0:
        return _text(tree, tree.left[passive_subject], tree.right[passive_subject]), head
    noun = _object_word(tree, head, last)
    if noun < 0 or (noun < head and tree.deps[head] == "relcl"):
        return _antecedent(tree, head), head
    end = max(noun, min(tree.right[noun], last))
    return _text(tree, min(tree.left[noun], noun), end), max(head, end)


def _object_word(tree: Tree, head: int, last: int) -> int:
    """Return the word that the object is built on: a noun, the noun of the verb's preposition, or a clause; else -1."""
    clausal = prepositional = -1
    for k in tree.kids[head]:
        dep = tree.deps[k]
        if k > last:
            break
        if dep in _OBJECTS and (k > head or dep == "dobj"):
            return k
        if dep in _CLAUSAL_OBJECTS and k > head:
            clausal = k
        elif dep == "prep" and prepositional < 0 and k > head and _is_lexical(tree, k):
            prepositional = next(n for n in tree.kids[k] if tree.deps[n] in ("pobj", "pcomp"))
    return prepositional if prepositional >= 0 and (clausal < 0 or prepositional < clausal) else clausal


def _antecedent(tree: Tree, head: int) -> str | None:
    """Return the noun of a relative clause that lacks an object: "the forms [I use]", not "people who [called]"."""
    noun = tree.heads[head]
    if tree.deps[head] != "relcl" or tree.tags[noun][:1] != "N":
        return None
    subjects = [k for k in tree.kids[head] if tree.deps[k] in SUBJECTS]
    if not subjects or tree.tags[subjects[0]][:1] == "W":
        return None
    return _text(tree, min(tree.left[noun], noun), noun)


def _context(tree: Tree, extent: Extent, after: int) -> str | None:
    first = after + 1
    while first <= extent.last and not tree.lowers[first][0].isalnum():
        first += 1
    return _text(tree, first, extent.last) if first <= extent.last else None


def _is_negated(tree: Tree, head: int, chain: list[int]) -> bool:
    for v in (head, *chain):
        for k in tree.kids[v]:
            word = tree.lowers[k]
            if tree.deps[k] == "neg" or (word in NEGATORS and k < v):
                return True
            if tree.deps[k] in ("dobj", "attr", "nsubj", "expl"):
                if word in ("nobody", "none", "nothing") or any(tree.lowers[d] == "no" for d in tree.kids[k]):
                    return True
            elif word in ("longer", "more") and any(tree.lowers[d] == "no" for d in tree.kids[k]):
                return True
        if tree.lowers[v] in ("unable", "fail", "failed", "fails"):
            return v != head
    up = tree.heads[head]
    return tree.deps[head] == "pcomp" and tree.lowers[up] == "without"


def _modality(tree: Tree, chain: list[int], auxiliaries: list[int]) -> Modality:
    found: set[Modality] = {_MODALS[w] for k in auxiliaries if (w := tree.lowers[k]) in _MODALS}
    for v in chain:
        lemma = tree.lemmas[v].lower()
        if lemma in LIKING_VERBS and not _WOULD.intersection(tree.lowers[k] for k in auxiliaries):
            continue
        if lemma in NEED_VERBS or tree.lowers[v] in NEED_VERBS:
            found.add("need")
        elif lemma in WANT_VERBS:
            found.add("want")
        elif lemma in TRY_VERBS:
            found.add("try")
        elif lemma in CAN_ADJECTIVES:
            found.add("can")
        elif lemma == "supposed":
            found.add("should")
    return next((m for m in _MODALITY_RANK if m in found), "none")


def _tense(tree: Tree, head: int, chain: list[int]) -> Tense:
    """Return the tense of the nearest verb that carries one: the clause's own, its chain's, else its governor's."""
    i = head
    for _ in range(_MAX_CHAIN):
        own = [k for k in tree.kids[i] if tree.deps[k] in _AUXILIARIES]
        words = {tree.lowers[k] for k in own}
        tags = {tree.tags[k] for k in own}
        if words & _FUTURE or (tree.lowers[i] in ("going", "gonna") and i in chain):
            return "future"
        if tree.tags[i] == "VBD" or "VBD" in tags:
            return "past"
        if tree.tags[i] == "VBN" and words & {"have", "has", "'ve", "’ve", "'s", "’s", "having"}:
            return "past"
        if tree.tags[i] in ("VBP", "VBZ") or tags & {"VBP", "VBZ", "MD"}:
            return "present"
        if tree.heads[i] == i:
            break
        i = tree.heads[i]
    return "present"


def _is_habitual(
    tree: Tree,
    extent: Extent,
    head: int,
    chain: list[int],
    auxiliaries: list[int],
    modality: Modality,
    tense: Tense,
) -> bool:
    """Tell "I usually call", "I used to call" and the plain present of a deed, "I call them", from "I am calling"."""
    words = tree.lowers[min(extent.whole, max(tree.left[extent.head], tree.sentence[extent.head])) : extent.last + 1]
    if not HABIT_WORDS.isdisjoint(words):
        return True
    if any(tree.lowers[v] == "used" or tree.lemmas[v] == "tend" for v in chain):
        return True
    if tense != "present" or modality not in ("none", "need") or tree.lemmas[head] in _STATES:
        return False
    carrier = chain[-1] if chain else head
    if tree.deps[carrier] == "conj" and not _own_subject(tree, carrier):
        carrier = _first_conjunct(tree, carrier)
    return tree.tags[carrier] in ("VBP", "VBZ") and all(tree.lowers[k] in ("do", "does", "to") for k in auxiliaries)
