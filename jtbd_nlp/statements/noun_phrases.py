"""Noun phrases as a job map writes them.

Part of hop 2. Knows spaCy's English parse; knows nothing of verbs, stages or studies.
"""

from __future__ import annotations

from typing import Final

from spacy.tokens import Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.referents import antecedent
from jtbd_nlp.statements.tokens import is_name

_QUOTES: Final = "_*\"'“”‘’()[]."
_JOINERS: Final = frozenset({"-", "–", "/"})
_SAID_WITH_A_CONSONANT: Final = ("uni", "one", "eu", "use", "usu", "ut")
_UNITS: Final = wording.word_set("page hour minute day week month year mile word percent dollar euro pound bedroom")
_SILENT_H: Final = ("hour", "honest", "honor", "honour", "heir")
_KEPT_MODIFIERS: Final = frozenset({"compound", "amod", "nmod", "npadvmod", "advmod", "punct", "nummod", "poss", "det"})
_HUNG_ON: Final = wording.word_set("thing things stuff bit bits")


def word(token: Token) -> str:
    """Return the token as it is written inside a phrase, joined to what a hyphen or slash joins it to.

    Lower case, except acronyms and names such as "GitHub": "Real-world" gives "real-world".
    """
    text = token.text.strip(_QUOTES)
    doc, i = token.doc, token.i
    while i >= 2 and doc[i - 1].text in _JOINERS and not doc[i - 1].whitespace_ and not doc[i - 2].whitespace_:
        text = doc[i - 2].text + doc[i - 1].text + text
        i -= 2
    last = token
    while is_joined_on(last):
        last = doc[last.i + 2]
        text += doc[last.i - 1].text + last.text
    if is_name(token) or any(c.isupper() for c in text[1:]) or (not text[1:].isalpha() and text not in "AI"):
        return text
    return wording.SHORTENED.get(text.lower(), text.lower())


def is_joined_on(token: Token) -> bool:
    """Say whether a hyphen or slash joins the token to the word after it, which then carries it along."""
    if token.whitespace_ or token.i + 2 >= len(token.doc):
        return False
    joiner = token.doc[token.i + 1]
    return joiner.text in _JOINERS and not joiner.whitespace_ and token.doc[token.i + 2].is_alpha


def _joined_end(token: Token) -> int:
    """Index of the last word that hyphens or slashes join to the token: "follow-up" ends at "up"."""
    while is_joined_on(token):
        token = token.doc[token.i + 2]
    return token.i


def quantified(head: Token) -> Token:
    """Step from a quantity to what it counts: "a lot of invoices" -> "invoices", "one of the forms" -> "forms"."""
    for _ in range(3):
        if head.lower_ not in wording.QUANTITY_HEADS:
            return head
        inner = next(
            (
                g
                for c in head.children
                if c.dep_ == "prep" and c.lower_ == "of"
                for g in c.children
                if g.dep_ in {"pobj", "pcomp"}
            ),
            None,
        )
        if inner is None or inner.pos_ == "PRON":
            return head
        head = inner
    return head


def is_empty(head: Token) -> bool:
    """Say whether a noun or pronoun names nothing: "things", "stuff", "something", "you"; "the tax stuff" does."""
    return (
        head.pos_ in {"PRON", "DET", "ADV", "INTJ", "SYM", "PUNCT", "NUM"}
        or (head.lower_ in wording.EMPTY_NOUNS and not _is_hung_on(head))
        or head.text[0].isdigit()
    )


def _is_hung_on(noun: Token) -> bool:
    """ "the tax stuff", "the bar bit": an empty noun on one that names what is meant; not "the whole thing"."""
    return noun.lower_ in _HUNG_ON and any(c.dep_ == "compound" and c.pos_ == "NOUN" for c in noun.lefts)


def noun_words(head: Token, *, room: int, within: tuple[int, int] | None = None, modifiers: bool = True) -> list[str]:
    """Write the noun phrase of `head` in at most `room` words, from fullest to barest form that fits.

    Possessives and demonstratives become "the"; judging adjectives, numbers, relative clauses and asides go. One "of"
    phrase, one co-ordinate noun and, where there is room, one other prepositional phrase stay. A pronoun is replaced
    by the noun it stands for; one that cannot be resolved gives [].

    Args:
        head: the noun or pronoun.
        room: words there is room for.
        within: token range [first, last) outside which nothing is taken, where the phrase must not grow.
        modifiers: whether prepositional and co-ordinate parts may stay.
    """
    head = quantified(head)
    if head.pos_ == "PRON" or head.lower_ in wording.PRONOUNS:
        noun = antecedent(head)
        if noun is None:
            return []
        return definite(noun, room)
    core = _core(head, within)
    if len(core) > room:
        core = _barest(core, room)
    if not modifiers:
        return core
    for tail in _tails(head, within, room - len(core)):
        if len(core) + len(tail) <= room:
            core = core + tail
    return core


def definite(noun: Token, room: int) -> list[str]:
    """Write a noun that was spoken of before: "the" and its bare noun phrase, or what fits in `room` words."""
    core = _core(noun, None)
    if len(core) >= room:
        core = core[-1:]
    return ["the", *[w for w in core if w not in {"the", "a", "an"}]][:room]


def _barest(core: list[str], room: int) -> list[str]:
    if room <= 0:
        return []
    if core[0] in {"the", "a", "an"} and room > 2:
        return [core[0] if core[0] == "the" else "the", *core[len(core) - room + 1 :]]
    return core[-room:]


def _core(head: Token, within: tuple[int, int] | None) -> list[str]:
    words: list[str] = []
    article = ""
    lefts = [c for c in head.lefts if (within is None or c.i >= within[0]) and _joined_end(c) < head.i]
    lefts = [c for c in lefts if not (c.i >= 2 and is_joined_on(c.doc[c.i - 2]) and c.doc[c.i - 2].head.i == head.i)]
    for child in lefts:
        text = child.lower_
        if child.dep_ in {"det", "poss", "predet"} or text in wording.POSSESSIVES:
            if child.dep_ == "poss" and child.pos_ == "NOUN" and text not in wording.PRONOUNS:
                words += [*_premodifier(child), word(child) + ("'" if child.lower_.endswith("s") else "'s")]
                article = article or "the"
            elif text in {"a", "an"}:
                article = "a"
            elif text in {"the", "this", "that", "these", "those"} or text in wording.POSSESSIVES:
                article = "the"
            elif text in {"each", "every"}:
                article = "each"
        elif child.dep_ == "nummod" and _is_one_of_a_kind(child):
            article = article or "a"
        elif child.dep_ in {"compound", "nmod"} and not _is_measure(child) and (is_name(head) or not is_name(child)):
            words += [*_premodifier(child), word(child)]
        elif child.dep_ == "amod" and _is_kept_modifier(child):
            words += [*[word(c) for c in child.lefts if c.dep_ == "npadvmod" and c.pos_ == "NOUN"], word(child)]
    words = [w for w in words if w]
    if not words or not _is_hung_on(head):
        words.append(word(head))
    if head.tag_ in {"NNS", "NNPS"} and article in {"a", "each"}:
        article = ""
    if article == "a":
        article = "an" if _begins_with_a_vowel(words[0].lower()) else "a"
    return [article, *words] if article else words


def _begins_with_a_vowel(text: str) -> bool:
    """Whether it is said so: "an hour", "an item", "a user", "a house"."""
    return text.startswith(_SILENT_H) or (text[:1] in "aeiou" and not text.startswith(_SAID_WITH_A_CONSONANT))


def _is_measure(noun: Token) -> bool:
    """ "a 30 page document": a unit goes where the number before it does; not "5 interview questions"."""
    return noun.i > 0 and noun.nbor(-1).tag_ == "CD" and noun.lower_ in _UNITS


def _is_one_of_a_kind(number: Token) -> bool:
    """ "one whole train" is a train; "the other one go" and "one on one teaching" are no go and no teaching."""
    before = number.nbor(-1).lower_ if number.i else ""
    return number.lower_ == "one" and before not in {"other", "the", "this", "that"} and number.nbor(1).lower_ != "on"


def _is_kept_modifier(modifier: Token) -> bool:
    text = modifier.lower_
    if is_joined_on(modifier):
        return True
    if text in wording.DROPPED_MODIFIERS or modifier.tag_ in {"JJR", "JJS"}:
        return False
    return "-" in text or (modifier.is_alpha and modifier.pos_ in {"ADJ", "VERB", "NOUN"})


def _premodifier(token: Token) -> list[str]:
    return [
        word(c)
        for c in token.lefts
        if c.dep_ in {"compound", "amod"} and c.lower_ not in wording.DROPPED_MODIFIERS and not is_name(c)
    ]


def _tails(head: Token, within: tuple[int, int] | None, room: int) -> list[list[str]]:
    """Parts that may follow the noun, best first: "of" phrase, co-ordinates, other prepositional phrases."""
    of: list[list[str]] = []
    rest: list[list[str]] = []
    if room < 2:
        return []
    for child in head.rights:
        if within is not None and child.i >= within[1]:
            break
        if child.dep_ == "prep" and child.pos_ in {"ADP", "SCONJ"} and child.lower_ not in wording.DROPPED_PREPOSITIONS:
            tail = preposition_words(child, room=room, within=within)
            if tail:
                (of if child.lower_ == "of" else rest).append(tail)
        elif child.dep_ == "conj" and child.pos_ == "NOUN" and not of and not rest:
            joiner = next((c.lower_ for c in head.rights if c.dep_ == "cc"), "and")
            core = _core(child, within)
            if (
                joiner in {"and", "or"}
                and len(core) < room
                and not any(c.dep_ == "conj" for c in child.rights)
                and not is_empty(child)
            ):
                of.append([joiner, *core])
    return of[:2] + rest[:1]


def preposition_words(preposition: Token, *, room: int, within: tuple[int, int] | None = None) -> list[str]:
    """Write a prepositional phrase in at most `room` words; [] where its object is empty, a time or a name."""
    inner = next((c for c in preposition.rights if c.dep_ in {"pobj", "pcomp"}), None)
    if inner is None or (within is not None and inner.i >= within[1]):
        return []
    if inner.dep_ == "pcomp" and inner.pos_ == "VERB":
        return []
    inner = quantified(inner)
    if (
        inner.pos_ not in {"NOUN", "PROPN"}
        or is_name(inner)
        or is_empty(inner)
        or inner.lower_ in wording.TEMPORAL_NOUNS
        or inner.lower_ in wording.EMPTY_CONTEXTS
        or inner.lower_ in wording.TOOL_NOUNS
    ):
        return []
    if preposition.lower_ in wording.MEANS_PREPOSITIONS and inner.lower_ in wording.MEANS_NOUNS:
        return []
    body = noun_words(inner, room=room - 1, within=within, modifiers=room > 4)
    return [preposition.lower_, *body] if body and len(body) < room else []
