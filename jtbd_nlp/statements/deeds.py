"""Deeds: which verb of a clause says what gets done.

Part of hop 2. Knows spaCy's English parse; knows nothing of how a step is worded, of stages or of studies.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Final, NamedTuple

from spacy.tokens import Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.tokens import lemma
from jtbd_nlp.statements.word_forms import base_of_gerund, gerund

_HAVING: Final = wording.word_set("have get take find make give need")
_MEANS_TO_ACT: Final = wording.word_set("ability chance opportunity time effort capacity permission right duty job")
_MODALS: Final = wording.word_set("be can will would should may might must could shall do have get")
_PREFIXES: Final = wording.word_set("self double fine re pre co fact proof cross")
_LINKS: Final = wording.word_set("xcomp ccomp pcomp advcl acl relcl attr prep acomp")
_MOST_LINKS: Final = 6
# What the lemmatizer makes of "inputting" and "blogging": "inputte", "blogge".
_DOUBLED: Final = re.compile(r"([bdgmnprt])\1e$")


class Window(NamedTuple):
    """Tokens [first, last) of a turn: nothing outside is written, antecedents of pronouns excepted."""

    first: int
    last: int


def base_form(verb: Token) -> str:
    """Return the base form of a verb, mending what the tagger or lemmatizer leaves: "gon", "coding", "s"."""
    text, name = verb.lower_, lemma(verb)
    if text in {"gon", "goin", "gonna"}:
        return "go"
    if text.endswith("ing") and (name == text or gerund(name) != text or _DOUBLED.search(name) or name[-1:] == "e"):
        name = base_of_gerund(text)
    return _prefix(verb) + name


def _prefix(verb: Token) -> str:
    """ "double-" of "double-check", which the parser reads as two words; "" of a plain verb."""
    if verb.i < 2:
        return ""
    joiner, before = verb.nbor(-1), verb.nbor(-2)
    joined = joiner.text == "-" and not joiner.whitespace_ and not before.whitespace_
    return before.lower_ + "-" if joined and before.lower_ in _PREFIXES else ""


def child_of(token: Token, kinds: frozenset[str] | set[str], last: int) -> Token | None:
    """Return the first child to the right, before token `last`, whose dependency is one of `kinds`."""
    return next((c for c in token.rights if c.dep_ in kinds and c.i < last), None)


def content_verb(head: Token, first: int, last: int) -> Token | None:
    """Return the verb that names the deed: in "try to keep using it to draft letters" that is "draft".

    Follows verbs of wanting, trying, starting, of having a tool do it, and "use it to". None where `head` is no verb
    and has none below it.
    """
    is_verb = head.pos_ in {"VERB", "AUX"} or head.tag_.startswith("VB")
    token: Token | None = head if is_verb else _verb_below(head, last)
    for _ in range(_MOST_LINKS):
        inner = _inner_verb(token, last) if token is not None else None
        if inner is None:
            break
        token = inner
    if token is not None and token.pos_ == "AUX":
        return _verb_below(token, last)
    return token


def _verb_below(head: Token, last: int) -> Token | None:
    if head.pos_ not in {"ADJ", "ADV", "SCONJ", "AUX", "ADP", "PART"}:
        return None
    for child in head.rights:
        if child.i >= last or child.dep_ not in _LINKS:
            continue
        if child.pos_ == "VERB":
            return child
        if child.dep_ in {"prep", "acomp"} and (found := _verb_below(child, last)) is not None:
            return found
    return None


def _inner_verb(verb: Token, last: int) -> Token | None:
    """Return the verb that `verb` only introduces, or None where `verb` is the deed itself."""
    name = lemma(verb)
    if name == "use":
        return _used_for(verb, last)
    target = child_of(verb, {"dobj", "dative"}, last)
    return (
        _chained(verb, name, target, last)
        or _enabled(name, target, last)
        or _delegated(verb, name, target, last)
        or _joined(verb, name, target, last)
        or _by_doing(verb, name, target, last)
    )


def _complement(verb: Token, last: int) -> Token | None:
    found = next(
        (c for c in verb.rights if c.dep_ in {"xcomp", "ccomp"} and c.i < last and c.tag_.startswith("VB")), None
    )
    return None if found is None or has_question_word(found) else found


def has_question_word(verb: Token) -> bool:
    """Say whether the clause of `verb` is an indirect question: "how to park", "whether it works"."""
    first = verb.left_edge
    opened = first.tag_ in {"WRB", "WP", "WDT", "WP$"} and first.i > verb.head.i
    return opened or any(c.tag_ in {"WRB", "WP", "WDT"} or c.lower_ in {"if", "whether"} for c in verb.lefts)


def _chained(verb: Token, name: str, target: Token | None, last: int) -> Token | None:
    """ "try to find" -> find, "stop to think" stays: a verb that only says when, whether or how gladly."""
    inner = _complement(verb, last)
    if name not in wording.CHAIN_VERBS or inner is None:
        return None
    if target is not None and target.i < inner.i and target.lower_ not in wording.REFLEXIVES:
        return None
    if any(c.dep_ in {"nsubj", "nsubjpass"} for c in inner.lefts):
        return None
    if inner.tag_ == "VBG" and name in wording.CHAIN_ONLY_TO:
        return None
    return inner


def _enabled(name: str, target: Token | None, last: int) -> Token | None:
    """ "have the chance to ask", "take the time to check" -> ask, check; "have a key to open the door" stays."""
    if name not in _HAVING or target is None or lemma(target) not in _MEANS_TO_ACT:
        return None
    return next((c for c in target.rights if c.dep_ in {"acl", "relcl"} and c.tag_ == "VB" and c.i < last), None)


def _delegated(verb: Token, name: str, target: Token | None, last: int) -> Token | None:
    """ "ask it to draft the letter" -> draft; "ask the bank to send the form" stays, for the bank acts."""
    inner = _complement(verb, last)
    if name not in wording.DELEGATING_VERBS or inner is None or inner.tag_ not in {"VB", "VBG", "VBP"}:
        return None
    doer = next((c for c in inner.lefts if c.dep_ == "nsubj"), None)
    if target is not None and target.i < inner.i:
        doer = target
    return inner if doer is not None and _is_tool_or_self(doer) else None


def _joined(verb: Token, name: str, target: Token | None, last: int) -> Token | None:
    """ "go and check" -> check, "sit down and write" -> write, "go to talk to the bank", "go ask the bank"."""
    if name not in wording.GOING_VERBS or target is not None or any(c.dep_ == "prep" for c in verb.rights):
        return None
    purpose = next(
        (c for c in verb.rights if c.dep_ in {"advcl", "xcomp"} and c.tag_ in {"VB", "VBG"} and c.i < last), None
    )
    if (
        purpose is not None
        and purpose.i - verb.i <= 4
        and name not in {"stop", "turn"}
        and not has_question_word(purpose)
    ):
        return purpose
    then = child_of(verb, {"conj"}, last)
    return then if then is not None and then.pos_ == "VERB" and then.i - verb.i <= 7 else None


def _by_doing(verb: Token, name: str, target: Token | None, last: int) -> Token | None:
    """ "start by writing" -> writing, "help with writing" -> writing, "spend hours looking" -> looking."""
    if name == "spend":
        spots = chain(verb.rights, target.rights if target is not None else ())
        kinds = {"xcomp", "advcl", "ccomp", "acl"}
        return next((c for c in spots if c.dep_ in kinds and c.tag_ == "VBG" and c.i < last), None)
    if name not in wording.HELPING_VERBS or (target is not None and not _is_tool_or_self(target)):
        return None
    for preposition in verb.rights:
        if (
            preposition.dep_ == "prep"
            and preposition.i < last
            and preposition.lower_ in {"by", "with", "in", "out", "up"}
        ):
            inner = child_of(preposition, {"pcomp"}, last)
            if inner is not None and inner.tag_ == "VBG":
                return inner
    return None


def _used_for(verb: Token, last: int) -> Token | None:
    """The verb that a means serves: "use a spreadsheet to track costs" -> track; "use it for writing" -> writing."""
    target = child_of(verb, {"dobj"}, last)
    for child in chain(verb.rights, target.rights if target is not None else ()):
        if child.i >= last:
            continue
        if child.dep_ in {"xcomp", "advcl", "ccomp", "acl", "relcl"} and child.tag_ in {"VB", "VBP"}:
            if any(c.lower_ == "to" for left in child.lefts for c in (left, *left.lefts)):
                return child
            if child.dep_ in {"xcomp", "ccomp"} and lemma(child) == "help":
                return child
        elif child.dep_ == "prep" and child.lower_ in {"for", "in"}:
            inner = child_of(child, {"pcomp"}, last)
            if inner is not None and inner.tag_ == "VBG":
                return inner
    return None


def _is_tool_or_self(token: Token) -> bool:
    text = token.lower_
    return text in wording.TOOL_NOUNS or text in wording.SELF_PRONOUNS or token.pos_ == "PROPN"
