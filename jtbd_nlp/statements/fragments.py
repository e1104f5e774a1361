"""Clauses that the parse gives no verb, written as deeds all the same: a noun of doing, a verb taken for a noun.

Part of hop 2. Knows spaCy's English parse; knows nothing of stages or studies.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.deeds import Window, child_of
from jtbd_nlp.statements.light_verbs import ObjectWriter, deed_object
from jtbd_nlp.statements.noun_phrases import is_empty, noun_words, quantified, word
from jtbd_nlp.statements.tokens import lemma
from jtbd_nlp.statements.word_forms import base_of_gerund


def fragment_words(head: Token, window: Window, write: ObjectWriter) -> list[str]:
    """Write a fragment that the parse gives no verb; [] where it tells no deed.

    "lesson planning" -> plan lesson, "rework the text" as it is, "aware of the rules" -> know the rules. Must not make
    a deed of "a nice building".
    """
    if opened := _mistagged_verb(head, window) or _being(head, window, write):
        return opened
    if head.pos_ not in {"NOUN", "PROPN"}:
        return []
    verb = wording.DEVERBAL.get(lemma(head), "")
    if not verb and head.lower_.endswith("ing") and len(head.text) > 5:
        verb = base_of_gerund(head.lower_)
    if not verb:
        part = next(
            (c for c in head.lefts if c.dep_ == "compound" and c.lower_.endswith("ing") and len(c.text) > 5), None
        )
        return [base_of_gerund(part.lower_)] if part is not None else []
    links = [c for c in head.rights if c.dep_ == "prep" and c.lower_ in {"of", "on", "for", "into", "about"}]
    if body := deed_object(links, window, 6, write):
        return [*verb.split(), *body]
    object_ = child_of(head, {"dobj"}, window.last)
    if object_ is not None:
        return [*verb.split(), *noun_words(object_, room=6, within=(window.first, window.last))]
    return [
        *verb.split(),
        *(word(c) for c in head.lefts if c.dep_ in {"compound", "amod"} and c.lower_ not in wording.DROPPED_MODIFIERS),
    ]


def _being(head: Token, window: Window, write: ObjectWriter) -> list[str]:
    """ "be aware of the rules" -> know the rules; "be patient with them" has no deed of its own."""
    state = head if head.pos_ == "ADJ" else child_of(head, {"acomp"}, window.last)
    for preposition in state.rights if state is not None else ():
        verb = wording.ADJECTIVE_DEEDS.get((lemma(state), preposition.lower_)) if state is not None else None
        inner = child_of(preposition, {"pobj"}, window.last) if verb else None
        if verb and inner is not None and (body := write(inner, 6)):
            return [*verb.split(), *body]
    return []


def _mistagged_verb(head: Token, window: Window) -> list[str]:
    """A clause-opening verb that the tagger took for a noun or adjective: "rework the wording", "ship the fixes"."""
    doc = head.doc
    for i in range(window.first, min(window.last, window.first + 3)):
        token = doc[i]
        if token.pos_ in {"ADV", "PART", "INTJ", "PUNCT"}:
            continue
        following = doc[i + 1] if i + 1 < window.last else None
        opens = following is not None and (
            following.tag_ in {"DT", "PRP", "PRP$"} or following.lower_ in wording.POSSESSIVES
        )
        if (
            token.is_alpha
            and token.text.islower()
            and token.pos_ in {"NOUN", "ADJ", "VERB", "PROPN"}
            and (opens or token.lower_.endswith("ing"))
        ):
            text = token.lower_
            verb = base_of_gerund(text) if text.endswith("ing") and len(text) > 5 else text
            noun = head if head.i > i and head.pos_ in {"NOUN", "PROPN"} else _next_noun(doc, i + 1, window.last)
            if noun is None or (not opens and (noun.i == i or (token.dep_ == "compound" and text == verb))):
                return []
            body = noun_words(noun, room=6, within=(i + 1, window.last))
            return [verb, *body] if body and not is_empty(quantified(noun)) else [verb]
        return []
    return []


def _next_noun(doc: Doc, first: int, last: int) -> Token | None:
    return next(
        (doc[i] for i in range(first, last) if doc[i].pos_ in {"NOUN", "PROPN"} and doc[i].dep_ != "compound"), None
    )
