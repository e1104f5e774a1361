"""The small words after a verb: which are part of it, which lead on to a place, and which say nothing.

Part of hop 2. Knows spaCy's English parse; knows nothing of stages or studies.
"""

from __future__ import annotations

from typing import Final

from spacy.tokens import Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.deeds import Window, child_of
from jtbd_nlp.statements.noun_phrases import is_empty, noun_words
from jtbd_nlp.statements.tokens import lemma

_LOOSE_PARTICLES: Final = wording.word_set("together apart aside up down out off away")
_WAYS_THROUGH: Final = wording.word_set("round around through over along across past")
_GIVING_BACK: Final = wording.word_set("bring put give send take hand go come call report")


def is_particle(token: Token, target: Token | None) -> bool:
    """Say whether a word after a verb is part of it: "up" of "fill up the form"; not "back" of "move it back"."""
    if token.dep_ == "advmod" and token.lower_ == "back":
        return lemma(token.head) in _GIVING_BACK or any(c.dep_ == "prep" for c in token.rights)
    if token.dep_ == "advmod" and token.lower_ in _LOOSE_PARTICLES:
        return True
    return token.dep_ == "prt" or _is_bare_preposition(token, target)


def _is_bare_preposition(token: Token, target: Token | None) -> bool:
    """ "looked down the line", "looked round it", where the parse has no object of "down" but one of "looked"."""
    return (
        (token.dep_ == "prep" or (token.dep_ == "advmod" and token.lower_ in _WAYS_THROUGH))
        and target is not None
        and token.i + 1 == target.left_edge.i
        and token.n_lefts + token.n_rights == 0
    )


def is_denied(preposition: Token) -> bool:
    """Say whether a phrase is ruled out, and so no part of the deed: "look far, not on the car in front"."""
    return preposition.i > 0 and preposition.nbor(-1).dep_ == "neg"


def is_way(particle: Token, target: Token | None) -> bool:
    """Say whether a particle only tells which way, and the verb does without it: "take the kids up to the school"."""
    following = particle.i + 1
    return (
        target is not None
        and lemma(particle.head) in wording.MOVING_VERBS
        and target.i < particle.i
        and target.pos_ != "PRON"
        and following < len(particle.doc)
        and particle.doc[following].lower_ in {"to", "into", "from"}
    )


def led_to(preposition: Token, last: int) -> Token | None:
    """Return what a preposition leads to, past a filler: of "look for, like, cheap flights" the flights."""
    found = child_of(preposition, {"pobj", "pcomp"}, last)
    filler = child_of(preposition, {"prep"}, last) if found is None else None
    if filler is not None and filler.lower_ == "like":
        return child_of(filler, {"pobj", "pcomp"}, last)
    return found


def _is_place(noun: Token, preposition: Token) -> bool:
    """ "on the map"; not "a number on things", "in the app", nor, after a break, "the claim in, the delay thing"."""
    is_said = noun.pos_ == "NOUN" and not is_empty(noun) and noun.lower_ not in wording.TOOL_NOUNS
    return is_said and noun.left_edge.i == preposition.i + 1


def placed_words(body: list[str], prepositions: list[Token], limit: int, window: Window) -> list[str]:
    """Write putting `body` somewhere: "put the drill through a pipe", "put on the plasters", in at most `limit` words.

    Putting is nothing without its place, so any place will do, and where it has no name the way there.
    """
    room = limit - len(body) - 2
    for preposition in prepositions:
        place = child_of(preposition, {"pobj"}, window.last)
        if place is not None and place.lower_ in wording.TEMPORAL_NOUNS:
            continue
        if place is not None and _is_place(place, preposition) and room > 0:
            return ["put", *body, preposition.lower_, *noun_words(place, room=room, modifiers=False)]
        if preposition.lower_ in wording.ADVERB_PARTICLES and room >= 0:
            return ["put", preposition.lower_, *body]
    return ["put", *body]
