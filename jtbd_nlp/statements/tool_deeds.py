"""Deeds done through a tool, written without it: "use the app for the budget" is working on the budget.

Part of hop 2. Knows spaCy's English parse; knows nothing of stages or studies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spacy.tokens import Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.deeds import child_of
from jtbd_nlp.statements.noun_phrases import is_empty, noun_words, quantified, word
from jtbd_nlp.statements.questions import Writer, asked_words, has_question
from jtbd_nlp.statements.referents import antecedent
from jtbd_nlp.statements.tokens import lemma
from jtbd_nlp.statements.word_forms import base_of_gerund

_ASKING: Final = wording.word_set("ask prompt query consult tell")
_TURNING: Final = wording.word_set("turn go come rely")
_GIVING: Final = wording.word_set("give provide send show present offer supply bring")
_TELLING: Final = wording.word_set("tell show")
# Nouns of what another does for one: asking for a suggestion is no suggesting.
_GIVEN: Final = wording.word_set("recommendation suggestion comment contribution request payment list note")
_NAMED_TOOLS: Final = wording.TOOL_NOUNS - wording.word_set("it this that")


def tool_words(
    verb: Token, name: str, target: Token | None, links: Sequence[Token], last: int, room: int, write: Writer
) -> list[str]:
    """Write a deed that a tool serves in at most `room` words; [] where `verb` is no such deed.

    "use it for brainstorming" -> brainstorm, "ask the app for ideas" -> get ideas, "ask it what to pack" -> find out
    what to pack, "have it give me a list" -> get a list. Must not touch "use the form", "ask the bank for a loan".
    """
    if name in _GIVING | _TELLING and (received := _received(verb, name, target, last, room, write)):
        return received
    if name in _GIVING | _TELLING and (told := _told(verb, target, last, room)):
        return told
    if name in _TURNING:
        tool = next((c for link in links if link.lower_ in {"to", "on"} for c in link.rights if c.dep_ == "pobj"), None)
        return _asked_of(tool, links, last, room) if tool is not None and _is_tool(tool) else []
    if target is None or not _is_tool(target):
        return []
    if name in _ASKING:
        question = next(
            (c for c in verb.rights if c.dep_ in {"ccomp", "advcl"} and has_question(c) and c.i < last), None
        )
        asked = asked_words(question, last, room - 2, write) if question is not None else []
        return ["find", "out", *asked] if asked else _asked_of(target, links, last, room)
    return _served(target, links, last, room) if name in {"use", "utilize", "try"} else []


def _received(verb: Token, name: str, target: Token | None, last: int, room: int, write: Writer) -> list[str]:
    """ "give me a list" is getting a list, "tell me what to pack" finding out what to pack."""
    me = next((c for c in verb.rights if c.dep_ in {"dative", "dobj"} and c.lower_ in {"me", "us"}), None)
    if me is None:
        return []
    question = next((c for c in verb.rights if c.dep_ == "ccomp" and has_question(c) and c.i < last), None)
    if name in _TELLING and question is not None:
        asked = asked_words(question, last, room - 2, write)
        return ["find", "out", *asked] if asked else []
    if name == "present" and me.dep_ == "dobj":
        target = next(
            (c for link in verb.rights if link.lower_ == "with" for c in link.rights if c.dep_ == "pobj"), None
        )
    if name in _GIVING and target is not None and target.i != me.i:
        words = noun_words(target, room=room - 1, within=(verb.i, last))
        return ["get", *words] if words else []
    return []


def _told(verb: Token, target: Token | None, last: int, room: int) -> list[str]:
    """ "tell the app the kind of food", "give it the dates" -> specify the food, the dates."""
    tool = next((c for c in verb.rights if c.dep_ == "dative" and c.i < last), None)
    if tool is None or target is None or target.i <= tool.i or not _is_tool(tool) or tool.pos_ == "PROPN":
        return []
    words = noun_words(target, room=room - 1, within=(tool.i, last))
    return ["specify", *words] if words else []


def _is_tool(target: Token) -> bool:
    if target.lower_ in _NAMED_TOOLS:
        return True
    if target.pos_ == "PRON" and target.lower_ in {"it", "this", "that"}:
        noun = antecedent(target, by_rule=True)
        return noun is None or noun.lower_ in _NAMED_TOOLS
    return target.pos_ == "PROPN"


def _after(tool: Token, links: Sequence[Token], prepositions: frozenset[str], last: int) -> Token | None:
    """The noun that a preposition after the tool leads to."""
    for link in (*tool.rights, *links):
        if link.dep_ == "prep" and link.lower_ in prepositions and tool.i < link.i < last:
            return child_of(link, {"pobj"}, last)
    return None


def _asked_of(tool: Token, links: Sequence[Token], last: int, room: int) -> list[str]:
    wanted = _after(tool, links, frozenset({"for"}), last)
    if wanted is not None:
        return _serving("get", wanted, last, room)
    subject = _after(tool, links, frozenset({"about"}), last) if lemma(tool.head) != "tell" else None
    words = noun_words(subject, room=room - 3, within=(tool.i, last)) if subject is not None else []
    return ["find", "out", "about", *words] if words else []


def _served(tool: Token, links: Sequence[Token], last: int, room: int) -> list[str]:
    wanted = _after(tool, links, frozenset({"for"}), last)
    return _serving("work on", wanted, last, room) if wanted is not None else []


def _serving(lead: str, wanted: Token, last: int, room: int) -> list[str]:
    """The noun that a tool serves as a deed: "summaries of the news" -> summarize the news, else `lead` + noun."""
    noun = quantified(wanted)
    if noun.pos_ not in {"NOUN", "PROPN"} or is_empty(noun) or noun.lower_ in wording.TEMPORAL_NOUNS:
        return []
    verb = "" if lemma(noun) in _GIVEN else wording.DEVERBAL.get(lemma(noun), "")
    if not verb and noun.lower_.endswith("ing") and len(noun.text) > 5:
        verb = base_of_gerund(noun.lower_)
    if verb:
        head = verb.split()
        of = next((c for c in noun.rights if c.lower_ in {"of", "on", "about"} and c.i < last), None)
        inner = child_of(of, {"pobj"}, last) if of is not None else None
        body = noun_words(inner, room=room - len(head), within=(noun.i, last)) if inner is not None else []
        body = body or [word(c) for c in noun.lefts if c.dep_ == "compound" and c.lower_ not in _NAMED_TOOLS]
        if body:
            return [*head, *body]
        lead = "do"
    words = noun_words(noun, room=room - 2, within=(wanted.left_edge.i, last))
    return [*lead.split(), *words] if words else []
