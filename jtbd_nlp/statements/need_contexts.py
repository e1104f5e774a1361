"""The circumstance a need holds under: "when the road is blocked", "while driving", "during the holidays".

Part of hop 2. Knows spaCy's English parse; knows nothing of metrics. Source: METHOD §4 (direction + metric + object of
control + context).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from spacy.tokens import Token

from jtbd_nlp.statements.noun_phrases import is_empty, noun_words, quantified
from jtbd_nlp.statements.phrases import step_words
from jtbd_nlp.statements.questions import finite_words
from jtbd_nlp.statements.tokens import is_name, is_plural, lemma
from jtbd_nlp.statements.word_forms import gerund
from jtbd_nlp.statements.wording import EMPTY_CONTEXTS, EMPTY_VERBS, PRONOUNS, STATE_VERBS, TOOL_NOUNS, word_set

MAX_WORDS: Final = 7
_MARKS: Final = word_set("when while whenever before after until once unless if")
_BEFORE_GERUND: Final = {"whenever": "when", "once": "after", "if": "when"}
_TIMES: Final = word_set("during before after between without despite outside until")
_SPEAKERS: Final = word_set("i we you one they he she")
_FUNCTION_WORDS: Final = word_set("when while before after until once unless if during the a an of")
_HOLLOW: Final = word_set("do does is are able not")
# How many governing verbs up a circumstance may hang: "[when it rains] I find it hard to see".
_MAX_UP: Final = 2


def circumstance(head: Token, measured: Sequence[str]) -> str | None:
    """Write the first circumstance of `head`'s clause that `measured` does not already say; None where it has none.

    "It takes forever to find a spot when the road is blocked" -> "when the road is blocked". At most MAX_WORDS words,
    no pronouns: "when I am driving" -> "when driving"; one that cannot be written so is left out.
    """
    said = set(measured)
    for words in _circumstances(head):
        if 2 <= len(words) <= MAX_WORDS and not PRONOUNS & set(words) and not set(words) - _FUNCTION_WORDS <= said:
            return " ".join(words)
    return None


def _circumstances(head: Token) -> Iterator[list[str]]:
    for verb in _verbs_of(head):
        for child in verb.children:
            if child.dep_ == "advcl":
                yield _clause_words(child)
            elif child.dep_ == "prep" and child.lower_ in _TIMES:
                yield _preposition_words(child)


def _verbs_of(head: Token) -> list[Token]:
    """The verb, those it governs ("is hard [to find]") and those it hangs on by a complement."""
    below = [c for c in head.children if c.dep_ in {"acomp", "xcomp", "ccomp"}]
    below += [g for c in below for g in c.children if g.dep_ == "xcomp"]
    above: list[Token] = []
    verb = head
    while verb.dep_ in {"xcomp", "ccomp", "csubj"} and len(above) < _MAX_UP and verb.head is not verb:
        verb = verb.head
        above.append(verb)
    return [head, *below, *above]


def _clause_words(verb: Token) -> list[str]:
    """ "when the bus is late", "while driving"; [] for purposes ("to leave early") and for what has no mark."""
    mark = next((c.lower_ for c in verb.lefts if c.lower_ in _MARKS), "")
    if not mark:
        return []
    last = verb.right_edge.i + 1
    subject = next((c for c in verb.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if subject is None or subject.lower_ in _SPEAKERS:
        return _own_doing(verb, _BEFORE_GERUND.get(mark, mark), last)
    if subject.pos_ == "PRON" or is_name(subject) or is_empty(quantified(subject)):
        return []
    named = noun_words(subject, room=4, modifiers=False)
    rest = finite_words(verb, is_plural(subject), last, MAX_WORDS - 1 - len(named), step_words) if named else []
    return [mark, *named, *rest] if rest and rest[-1] not in _HOLLOW else []


def _own_doing(verb: Token, mark: str, last: int) -> list[str]:
    """ "when I am driving" -> when driving; "if you're busy" -> when busy; [] for what one knows, wants or does not."""
    if any(c.dep_ == "neg" for c in verb.children) or mark == "unless":
        return []
    if lemma(verb) == "be":
        state = next((c for c in verb.rights if c.dep_ == "acomp" and c.pos_ == "ADJ"), None)
        plain = state is not None and not any(c.dep_ in {"xcomp", "ccomp", "prep"} for c in state.rights)
        return [mark, state.lower_] if state is not None and plain and mark in {"when", "while"} else []
    if verb.pos_ != "VERB" or lemma(verb) in STATE_VERBS or any(c.tag_ == "MD" for c in verb.lefts):
        return []
    words = step_words(verb, verb.i, last)
    if not words or (len(words) == 1 and lemma(verb) in EMPTY_VERBS):
        return []
    return [mark, gerund(words[0]), *words[1:]]


def _preposition_words(preposition: Token) -> list[str]:
    """ "during the holidays", "between stops"; not "before that", "after a while", "without the app"."""
    noun = next((c for c in preposition.rights if c.dep_ == "pobj"), None)
    if noun is None or noun.pos_ != "NOUN" or noun.lower_ in EMPTY_CONTEXTS | TOOL_NOUNS or is_empty(quantified(noun)):
        return []
    body = noun_words(noun, room=MAX_WORDS - 1, modifiers=False)
    return [preposition.lower_, *body] if body and body[-1] not in {"while", "bit", "time"} else []
