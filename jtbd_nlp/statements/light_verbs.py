"""Deeds whose verb says little, written by the noun that says it: "do research on roofs" is researching roofs.

Part of hop 2. Knows spaCy's English parse; knows nothing of stages or studies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from spacy.tokens import Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.deeds import Window, child_of
from jtbd_nlp.statements.noun_phrases import quantified, word
from jtbd_nlp.statements.tokens import is_name, lemma
from jtbd_nlp.statements.word_forms import base_of_gerund

# Writes an object, or a deed done to one, in so many words; [] where there is nothing to write.
ObjectWriter = Callable[[Token, int], list[str]]


def light_verb_words(
    name: str, target: Token | None, prepositions: Sequence[Token], window: Window, limit: int, write: ObjectWriter
) -> list[str]:
    """Write a deed whose verb says little by what its noun says, in at most `limit` words; [] where it is no such deed.

    "do research on roofs" -> research roofs, "make a decision about it" -> decide on ..., "get in touch with the bank"
    -> contact the bank. Must not touch "make the bed", "give a talk on roofs".
    """
    if target is None:
        return _idiom_after_preposition(name, prepositions, window, limit, write)
    noun = quantified(target)
    key = lemma(noun)
    follow = [c for c in (*noun.rights, *prepositions) if c.dep_ == "prep" and window.first <= c.i < window.last]
    for preposition in follow:
        idiom = wording.IDIOMS.get((name, key, preposition.lower_))
        inner = child_of(preposition, {"pobj", "pcomp"}, window.last)
        if idiom and inner is not None and (body := write(inner, limit - 2)):
            return [*idiom.split(), *body]
    verb = wording.DEVERBAL.get(key, "") if name in wording.LIGHT_VERBS else ""
    if name == "give" and any(c.lower_ in {"on", "about"} for c in follow):
        return []
    if verb == "work on" and not any(c.lower_ == "on" for c in follow):
        return []
    if (
        not verb
        and name in {"do", "carry", "help", "undertake"}
        and noun.tag_ in {"NN", "VBG"}
        and noun.lower_.endswith("ing")
    ):
        verb = base_of_gerund(noun.lower_) if len(noun.text) > 5 and noun.pos_ != "PRON" else ""
    if not verb:
        return []
    head = verb.split()
    if body := deed_object(follow, window, limit - len(head), write):
        return [*head, *body]
    compound = [word(c) for c in noun.lefts if c.dep_ == "compound" and not is_name(c)]
    if compound:
        return [*head, *compound][:limit]
    return []


def deed_object(prepositions: Iterable[Token], window: Window, room: int, write: ObjectWriter) -> list[str]:
    """Write what a noun of doing is done to, after the first preposition that tells it: "research *on roofs*"."""
    for preposition in prepositions:
        inner = child_of(preposition, {"pobj", "pcomp"}, window.last)
        if (
            inner is None
            or preposition.lower_ in wording.DROPPED_PREPOSITIONS
            or inner.lower_ in wording.TEMPORAL_NOUNS
        ):
            continue
        if body := write(inner, room):
            return body
    return []


def _idiom_after_preposition(
    name: str, prepositions: Sequence[Token], window: Window, limit: int, write: ObjectWriter
) -> list[str]:
    """ "get in touch with the bank" -> contact the bank."""
    for preposition in prepositions:
        noun = child_of(preposition, {"pobj"}, window.last)
        if noun is None:
            continue
        for link in (*noun.rights, *prepositions):
            idiom = wording.IDIOMS.get((name, lemma(noun), link.lower_)) if link.dep_ == "prep" else None
            inner = child_of(link, {"pobj"}, window.last) if idiom else None
            if idiom and inner is not None and (body := write(inner, limit - 2)):
                return [*idiom.split(), *body]
    return []
