"""Noun phrases as a job map writes them, and the noun that a pronoun stands for.

Part of hop 2. Knows spaCy's English parse; knows nothing of verbs, stages or studies.
"""

from __future__ import annotations

from typing import Final

from spacy.tokens import Token

from jtbd_nlp.statements import wording

_QUOTES: Final = "_*\"'“”‘’()[]."
_JOINERS: Final = frozenset({"-", "–", "/"})
_RESOLVED: Final = frozenset({"it", "this", "that", "these", "those", "them", "they", "he", "she", "him", "her"})
_REACH_TOKENS: Final = 70
_REACH_SENTENCES: Final = 3
_PLURAL: Final = frozenset({"them", "they", "those", "these", "ones"})
_KEPT_MODIFIERS: Final = frozenset({"compound", "amod", "nmod", "npadvmod", "advmod", "punct", "nummod", "poss", "det"})
_ANTECEDENT_COST: Final = {
    "dobj": 0,
    "nsubj": 3,
    "nsubjpass": 1,
    "attr": 2,
    "ROOT": 3,
    "pobj": 4,
    "conj": 4,
    "appos": 4,
}


def lemma(token: Token) -> str:
    """Return the token's lower-case lemma, with the contractions that the lemmatizer leaves spelled out."""
    text = token.lemma_.lower()
    return {"'s": "be", "’s": "be", "'re": "be", "’re": "be", "'m": "be", "’m": "be", "'ve": "have", "’ve": "have"}.get(
        text, text
    )


def is_name(token: Token) -> bool:
    """Say whether the token looks like a proper name: tagged so and capitalised, and not an acronym of common use."""
    text = token.text
    return token.pos_ == "PROPN" and text[:1].isupper() and not (text.isupper() and 2 <= len(text) <= 4)


def is_plural(token: Token) -> bool:
    """Say whether a noun or pronoun is plural."""
    return token.tag_ in {"NNS", "NNPS"} or token.lower_ in _PLURAL


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
    if is_name(token) or any(c.isupper() for c in text[1:]) or (len(text) == 1 and text not in "AI"):
        return text
    return text.lower()


def is_joined_on(token: Token) -> bool:
    """Say whether a hyphen or slash joins the token to the word after it, which then carries it along."""
    if token.whitespace_ or token.i + 2 >= len(token.doc):
        return False
    joiner = token.doc[token.i + 1]
    return joiner.text in _JOINERS and not joiner.whitespace_ and token.doc[token.i + 2].is_alpha


def is_person(noun: Token) -> bool:
    """Say whether a noun names people, as far as its form tells: "customers", "teacher", "staff"."""
    name = lemma(noun)
    return name in wording.PERSON_NOUNS or (len(name) > 5 and name.endswith(wording.PERSON_ENDINGS))


def antecedent(pronoun: Token, *, person: bool = False) -> Token | None:
    """Return the noun before `pronoun` in the same turn that it most likely stands for.

    "I wrote the report and sent it" gives "report"; "I opened Excel and used it" gives None, since the nearest fit is
    a name. First and second persons are never resolved. Looks back over at most three sentences. With `person` (and
    for "he" and "she") only nouns that name people are considered.
    """
    if pronoun.lower_ not in _RESOLVED:
        return None
    plural, doc = is_plural(pronoun), pronoun.doc
    person = person or pronoun.lower_ in {"he", "she", "him", "her"}
    best: Token | None = None
    best_cost = 1e9
    breaks = 0
    for i in range(pronoun.i - 1, max(-1, pronoun.i - _REACH_TOKENS), -1):
        token = doc[i]
        if token.pos_ in {"NOUN", "PROPN"} and token.dep_ in _ANTECEDENT_COST and is_plural(token) == plural:
            cost = (pronoun.i - i) * 0.25 + _ANTECEDENT_COST[token.dep_] + 2.0 * breaks
            if cost < best_cost and _can_be_meant(token, pronoun) and (not person or is_person(token)):
                best, best_cost = token, cost
        if token.is_sent_start:
            breaks += 1
            if breaks >= _REACH_SENTENCES or best_cost < 0.25 * (pronoun.i - i) + 2.0 * breaks:
                break
    return None if best is None or is_name(best) or best.lower_ == "ai" else best


def _can_be_meant(noun: Token, pronoun: Token) -> bool:
    text = noun.lower_
    if text in wording.TEMPORAL_NOUNS or text in wording.EMPTY_NOUNS or text in wording.QUANTITY_HEADS:
        return False
    return noun.head.i != pronoun.head.i or noun.dep_ not in {"nsubj", "pobj"}


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
    """Say whether a noun or pronoun names nothing by itself: "things", "stuff", "something", "you"."""
    return head.pos_ in {"PRON", "DET", "ADV", "INTJ", "SYM", "PUNCT", "NUM"} or head.lower_ in wording.EMPTY_NOUNS


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
        head, within, modifiers = noun, None, False
        core = _core(head, None)
        return _definite(core) if len(core) < room else _definite(core[-1:])[:room]
    core = _core(head, within)
    if len(core) > room:
        core = _barest(core, room)
    if not modifiers:
        return core
    for tail in _tails(head, within, room - len(core)):
        if len(core) + len(tail) <= room:
            core = core + tail
    return core


def _definite(words: list[str]) -> list[str]:
    return ["the", *[w for w in words if w not in {"the", "a", "an"}]]


def _barest(core: list[str], room: int) -> list[str]:
    if room <= 0:
        return []
    if core[0] in {"the", "a", "an"} and room > 2:
        return [core[0] if core[0] == "the" else "the", *core[len(core) - room + 1 :]]
    return core[-room:]


def _core(head: Token, within: tuple[int, int] | None) -> list[str]:
    words: list[str] = []
    article = ""
    lefts = [c for c in head.lefts if (within is None or c.i >= within[0]) and not is_joined_on(c)]
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
        elif child.dep_ in {"compound", "nmod"} and not (is_name(child) and not is_name(head)):
            words += [*_premodifier(child), word(child)]
        elif child.dep_ == "amod" and _is_kept_modifier(child):
            words += [*[word(c) for c in child.lefts if c.dep_ == "npadvmod" and c.pos_ == "NOUN"], word(child)]
    words = [w for w in words if w] + [word(head)]
    if head.tag_ in {"NNS", "NNPS"} and article in {"a", "each"}:
        article = ""
    if article == "a":
        article = "an" if words[0][:1].lower() in "aeio" and not words[0].startswith(("uni", "one", "eu")) else "a"
    return [article, *words] if article else words


def _is_kept_modifier(modifier: Token) -> bool:
    text = modifier.lower_
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
