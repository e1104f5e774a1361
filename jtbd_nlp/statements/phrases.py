"""Step phrases: a clause of talk written as a job map writes a step.

Part of hop 2. Knows spaCy's English parse and general English; knows nothing of stages, studies or what other
statements say. A phrase is base-form verb + object (+ short context), at most eight words, without pronouns, hedges,
adverbs or means ("in Excel"). Source: METHOD §3 after Ulwick and Bettencourt; GUIDE, "phrase".
"""

from __future__ import annotations

from typing import Final

from spacy.tokens import Doc, Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.clauses import Clause
from jtbd_nlp.statements.deeds import Window, base_form, child_of, content_verb, has_question_word
from jtbd_nlp.statements.fragments import fragment_words
from jtbd_nlp.statements.light_verbs import ObjectWriter, light_verb_words
from jtbd_nlp.statements.noun_phrases import (
    definite,
    is_empty,
    is_joined_on,
    noun_words,
    preposition_words,
    quantified,
    word,
)
from jtbd_nlp.statements.particles import is_denied, is_particle, is_way, led_to, placed_words
from jtbd_nlp.statements.questions import asked_of, asked_words, asks, attempted, clause_words, topic_of
from jtbd_nlp.statements.referents import antecedent, implied_object
from jtbd_nlp.statements.tokens import is_name, lemma
from jtbd_nlp.statements.tool_deeds import tool_words
from jtbd_nlp.statements.word_forms import gerund

_CONTEXT_PREPOSITIONS: Final = wording.word_set(
    "for to into from with about on against between in of at onto toward towards by over"
)
_NEAREST_DEED_TOKENS: Final = 60
_ABOUT: Final = {"decide": ["on"], "ask": ["about"], "think": ["about"], "wonder": ["about"]}
_NAMING_PREPOSITIONS: Final = wording.word_set("on for with to from at")
_STRANDED: Final = wording.word_set("at for on about with to after into through")
_DOING_IT: Final = wording.word_set("it that this so these those")


def step_phrase(doc: Doc, clause: Clause) -> str:
    """Write `clause` as a job step: "I need to figure out what forms to use" -> "determine what forms to use".

    At most eight words, lower case except acronyms and names. Chains of verbs are unwrapped to the deed ("try to
    find" -> "find"), doing by a tool is written as doing ("ask it to draft the letter" -> "draft the letter"),
    passives and -ing forms become plain verbs, pronouns become the noun they stand for where the turn has one. "" where
    the clause has no word to write a step with; a clause no rule can write gives its content words.
    """
    span = doc.char_span(clause.start, clause.end, alignment_mode="expand")
    first, last = (clause.head, clause.head + 1) if span is None else (span.start, span.end)
    window = Window(min(first, clause.head), max(last, clause.head + 1))
    head = doc[clause.head]
    words = step_words(head, window.first, window.last, negated=clause.negated)
    if len(words) == 1 and (verb := content_verb(head, window.first, window.last)) is not None:
        words += _implied(verb, wording.SHORT_WORDS)
    return " ".join(words)


def step_words(head: Token, first: int, last: int, *, negated: bool = False) -> list[str]:
    """Write the deed of `head` as words, taking nothing outside tokens [first, last) but antecedents of pronouns."""
    window = Window(first, last)
    if asked := _question(head, window):
        return _tidy(asked)
    verb = content_verb(head, first, last)
    if verb is None:
        return _tidy(fragment_words(head, window, _object_writer(window)) or _plain_words(head, window))
    words = _deed_words(verb, window, wording.MAX_WORDS - negated) or _plain_words(head, window)
    if negated and words and any(c.dep_ == "neg" for t in (head, verb) for c in t.children):
        words = ["avoid", gerund(words[0]), *words[1:]]
    return _tidy(words)


def _question(head: Token, window: Window) -> list[str]:
    """ "What are the deadlines?", asked as part of the work -> determine the deadlines."""
    first = head.doc[window.first]
    if head.dep_ in {"nsubj", "attr"} and lemma(head.head) == "be":
        head = head.head
    if first.tag_ not in {"WP", "WRB", "WDT"} or head.left_edge.i > window.first or head.dep_ in {"relcl", "advcl"}:
        return []
    asked = asked_words(head, window.last, wording.MAX_WORDS - 1, step_words)
    return ["determine", *asked] if len(asked) > 1 else []


def nearest_deed(doc: Doc, before: int) -> list[str]:
    """Write the last deed of the speaker's own before token `before` in the turn; [] where there is none near."""
    for i in range(before - 1, max(-1, before - _NEAREST_DEED_TOKENS), -1):
        token = doc[i]
        if (
            token.pos_ != "VERB"
            or token.dep_ in {"amod", "compound"}
            or lemma(token) in wording.STATE_VERBS | wording.EMPTY_VERBS
        ):
            continue
        subject = next((c for c in token.lefts if c.dep_ == "nsubj"), None)
        if (subject is None and token.tag_ not in {"VB", "VBG"}) or (
            subject is not None and subject.lower_ not in {"i", "we", "you"}
        ):
            continue
        words = _tidy(_deed_words(token, Window(token.i, before), wording.MAX_WORDS - 1))
        if len(words) > 1 and words[-1] not in wording.ADVERB_PARTICLES:
            return words
    return []


def _deed_words(verb: Token, window: Window, limit: int) -> list[str]:
    name = base_form(verb)
    if name == "make" and (sure := _making_sure(verb, window, limit)):
        return sure
    target = _object(verb, window)
    moved = next((c for c in verb.rights if is_particle(c, target) and c.i < window.last), None)
    particle = "" if moved is None or is_way(moved, target) else moved.lower_
    if name == "do" and target is not None and target.lower_ in _DOING_IT:
        return nearest_deed(verb.doc, window.first)
    spots = (*verb.rights, *(moved.rights if moved is not None else ()))
    prepositions = [c for c in spots if c.dep_ == "prep" and c.pos_ in {"ADP", "SCONJ", "PART"} and c.i < window.last]
    prepositions = [c for c in prepositions if c != moved and not is_denied(c)]
    if (inner := attempted(verb, name, window.last)) is not None:
        return step_words(inner, inner.i, window.last)
    if served := tool_words(verb, name, target, prepositions, window.last, limit, step_words):
        return served
    if caused := _caused(verb, name, target, window, limit):
        return caused
    if mended := light_verb_words(name, target, prepositions, window, limit, _object_writer(window)):
        return mended
    head, target, prepositions = _head_words(
        name, particle, target, prepositions, window, verb_asks=name == "know" and asks(verb, window.last)
    )
    head += _stranded(verb, target, prepositions) if not particle else []
    body = _object_words(verb, target, limit - len(head), window) if target is not None else []
    words = [*head, *body]
    extra = [] if body else clause_words(verb, name, window.last, limit - len(words), step_words)
    extra = extra or _infinitive(verb, window, limit - len(words))
    extra = extra or _contexts(prepositions, bool(body), limit - len(words), window)
    if name == "put" and body and not particle and not extra:
        return placed_words(body, prepositions, limit, window)
    if extra or body:
        return words + extra
    return words + (_asked_noun(verb, name, window, limit - 2) or _named(prepositions, window))


def _stranded(verb: Token, target: Token | None, prepositions: list[Token]) -> list[str]:
    """ "the notes were looked at" -> look at: the preposition of an object that stands before the verb."""
    if target is None or target.i > verb.i:
        return []
    left = (p for p in prepositions if p.lower_ in _STRANDED and not any(c.i > p.i for c in p.children))
    return [p.lower_ for p in left][:1]


def _asked_noun(verb: Token, name: str, window: Window, room: int) -> list[str]:
    """ "decide whether I like the chairs" -> decide on the chairs: what an indirect question is about."""
    noun = asked_of(verb, window.last)
    words = noun_words(noun, room=room, within=(verb.i, window.last), modifiers=False) if noun is not None else []
    return [*_ABOUT.get(name, ()), *words] if words else []


def _named(prepositions: list[Token], window: Window) -> list[str]:
    """ "work on Elm": a name, where the deed has nothing else to be known by; not "open on Thursday"."""
    for preposition in prepositions:
        name = child_of(preposition, {"pobj"}, window.last)
        if (
            name is not None
            and is_name(name)
            and preposition.lower_ in _NAMING_PREPOSITIONS
            and name.lower_ not in wording.TEMPORAL_NOUNS
        ):
            return [preposition.lower_, *(word(c) for c in name.lefts if c.dep_ == "compound"), word(name)]
    return []


def _implied(verb: Token, room: int) -> list[str]:
    """ "I take the draft and then I edit" -> edit the draft: the object that a deed without one is done to."""
    if base_form(verb) not in wording.TRANSITIVE_VERBS or any(
        c.dep_ in {"dobj", "ccomp", "xcomp"} for c in verb.rights
    ):
        return []
    noun = implied_object(verb)
    return definite(noun, room) if noun is not None else []


def _head_words(
    name: str, particle: str, target: Token | None, prepositions: list[Token], window: Window, *, verb_asks: bool
) -> tuple[list[str], Token | None, list[Token]]:
    """The verb in plain words, with the object that a preposition of its own leads to: "look for" -> find."""
    head = wording.PLAIN_VERBS.get((name, particle)) or (f"{name} {particle}" if particle else name)
    if name == "know" and verb_asks:
        head = "determine"
    if prepositions:
        preposition = prepositions[0].lower_
        if target is None and (name, preposition) in wording.PLAIN_PREPOSITIONAL:
            head = wording.PLAIN_PREPOSITIONAL[name, preposition]
            return head.split(), led_to(prepositions[0], window.last), prepositions[1:]
        if name == "ask" and preposition == "for" and target is not None and target.lower_ in wording.TOOL_NOUNS:
            return ["get"], child_of(prepositions[0], {"pobj"}, window.last), prepositions[1:]
    return head.split(), target, prepositions


def _making_sure(verb: Token, window: Window, limit: int) -> list[str]:
    """ "make sure it is correct" -> check the ...; "make sure the forms arrive" -> ensure the forms arrive."""
    i = verb.i + 1
    if i >= window.last or verb.doc[i].lower_ not in {"sure", "certain"}:
        return []
    spots = (c for t in (verb.doc[i], verb) for c in t.rights if i < c.i < window.last and c.pos_ in {"VERB", "AUX"})
    clause = next(spots, None)
    if clause is None:
        return ["check"]
    if clause.tag_ == "VB" and not any(c.dep_ == "nsubj" for c in clause.lefts):
        return _deed_words(clause, Window(clause.i, window.last), limit)
    if any(c.dep_ == "expl" for c in clause.lefts):
        there = child_of(clause, {"attr"}, window.last)
        words = noun_words(there, room=limit - 1, within=(i, window.last)) if there is not None else []
        return ["ensure", *words] if words else ["check"]
    words = asked_words(clause, window.last, limit - 1, step_words)
    if words and words[0] == "that":
        return ["ensure", *words]
    if words:
        return ["check", *words]
    own = _own_deed(clause, window, limit)
    return own or ["check", *_topic(clause, window, limit - 1)]


def _own_deed(clause: Token, window: Window, limit: int) -> list[str]:
    """ "make sure I lock the door" -> lock the door."""
    if not any(c.dep_ == "nsubj" and c.lower_ in {"i", "we", "you"} for c in clause.lefts):
        return []
    deed = content_verb(clause, clause.i, window.last)
    if deed is None or lemma(deed) in wording.STATE_VERBS or any(c.dep_ == "neg" for c in deed.children):
        return []
    words = _deed_words(deed, Window(clause.i, window.last), limit)
    return words if len(words) > 1 else []


def _topic(clause: Token, window: Window, room: int) -> list[str]:
    noun = topic_of(clause, window.last)
    return noun_words(noun, room=room, within=(clause.i, window.last), modifiers=False) if noun is not None else []


def _object(verb: Token, window: Window) -> Token | None:
    """The noun that the deed is done to, also of a passive, a relative clause and verbs that share their object."""
    found = child_of(verb, {"dobj", "oprd"}, window.last)
    if found is not None and found.lower_ in {"the", "a", "an"}:
        found = _said_again(found, window) or found
    if found is not None and found.lower_ in wording.TEMPORAL_NOUNS and lemma(verb) in wording.LASTING_VERBS:
        return None
    if found is None:
        found = next((c for c in verb.lefts if c.dep_ in {"nsubjpass", "dobj"}), None)
    if found is None and verb.tag_ == "VBN" and verb.dep_ in {"ccomp", "acl"}:
        found = next((c for c in verb.lefts if c.dep_ == "nsubj" and c.i >= window.first), None)
        found = found or (verb.head if verb.dep_ == "acl" else None)
    if (
        found is None
        and verb.dep_ == "relcl"
        and not _has_clause(verb)
        and verb.head.pos_ in {"NOUN", "PROPN"}
        and _can_be_object(verb.head)
    ):
        subject = next((c for c in verb.lefts if c.dep_ == "nsubj"), None)
        found = verb.head if subject is not None and subject.tag_ not in {"WDT", "WP"} else None
    if found is not None and found.tag_ in {"WDT", "WP"}:
        found = verb.head if verb.dep_ == "relcl" else None
    return found if found is not None else _shared_object(verb)


def _said_again(article: Token, window: Window) -> Token | None:
    """ "got the, the sewing tape" -> tape: the noun of an object that was begun twice."""
    spots = (*article.rights, *(c for c in article.head.rights if c.i > article.i))
    return next((c for c in spots if c.dep_ in {"appos", "dobj"} and c.pos_ == "NOUN" and c.i < window.last), None)


def _has_clause(verb: Token) -> bool:
    return any(c.dep_ == "ccomp" for c in verb.rights)


def _can_be_object(noun: Token) -> bool:
    return noun.lower_ not in wording.TEMPORAL_NOUNS and noun.lower_ not in wording.EMPTY_CONTEXTS


def _shared_object(verb: Token) -> Token | None:
    """ "copy and paste the text": the object of the last verb is the object of all; not "go and paste the text"."""
    if any(c.dep_ in {"prep", "ccomp", "xcomp"} for c in verb.rights) or lemma(verb) in wording.GOING_VERBS:
        return None
    other = next((c for c in verb.rights if c.dep_ == "conj" and c.pos_ == "VERB" and c.i - verb.i <= 3), None)
    return next((c for c in other.rights if c.dep_ == "dobj"), None) if other is not None else None


def _object_words(verb: Token, target: Token | None, room: int, window: Window) -> list[str]:
    if target is None or target.lower_ in wording.REFLEXIVES or room < 1:
        return []
    if target.tag_ == "VBG" and target.pos_ == "VERB":
        deed = _deed_words(target, Window(target.i, window.last), room)
        return [gerund(deed[0]), *deed[1:]] if deed else []
    noun = quantified(target)
    if noun.lower_ in {"them", "him", "her", "they"} and lemma(verb) in wording.TELLING_VERBS:
        person = antecedent(noun, person=True)
        return noun_words(person, room=room, modifiers=False) if person is not None else ["people"]
    completed = _completed(noun, window, room)
    if completed:
        return completed
    if noun.pos_ != "PRON" and is_empty(noun):
        example = _example_of(noun, window) if lemma(verb) != "do" else None
        return _object_words(verb, example, room, window) if example is not None else []
    within = (window.first, window.last) if window.first <= target.i < window.last else None
    return noun_words(target, room=room, within=within)


def _example_of(empty: Token, window: Window) -> Token | None:
    """ "check things like tyres" -> tyres: what an empty noun stands for, where one is named."""
    opener = empty.i + 1 if empty.i + 1 < window.last else empty.i
    like = empty.doc[opener + (empty.doc[opener].lower_ == "such")]
    return child_of(like, {"pobj"}, window.last) if like.lower_ in {"like", "as"} and like.dep_ == "prep" else None


def _object_writer(window: Window) -> ObjectWriter:
    return lambda noun, room: _object_words(noun, noun, room, window)


def _completed(noun: Token, window: Window, room: int) -> list[str]:
    """ "better ways to approach the work" -> ways to approach the work; "ways of approaching the work" alike."""
    if noun.lower_ not in wording.COMPLETED_NOUNS:
        return []
    clause = next((c for c in noun.rights if c.dep_ in {"acl", "relcl"} and c.tag_ == "VB" and c.i < window.last), None)
    of = next((c for c in noun.rights if c.dep_ == "prep" and c.lower_ == "of"), None)
    if clause is None and of is not None:
        clause = child_of(of, {"pcomp"}, window.last)
    if clause is None or clause.pos_ != "VERB" or room < 4:
        return []
    deed = _deed_words(clause, Window(clause.i, window.last), room - 2)
    return [noun.lower_, "to", *deed] if deed else []


def _caused(verb: Token, name: str, target: Token | None, window: Window, limit: int) -> list[str]:
    """ "help my patients understand the plan" -> help the patients understand the plan; "make it clinical" alike."""
    if name not in wording.CAUSING_VERBS | {"keep", "leave"}:
        return []
    inner = child_of(verb, {"ccomp", "xcomp", "oprd", "acomp"}, window.last)
    if inner is None or has_question_word(inner) or any(c.lower_ == "that" for c in inner.lefts):
        return []
    doer = next((c for c in inner.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None) or (
        target if target is not None and verb.i < target.i < inner.i else None
    )
    if doer is None:
        return []
    who = _object_words(verb, doer, 4, window) or (
        ["people"] if doer.lower_ in {"them", "people", "someone", "him", "her"} else []
    )
    if inner.tag_ in {"VB", "VBP", "VBG"} and name not in {"keep", "leave"}:
        deed = _deed_words(inner, Window(inner.i, window.last), max(1, limit - len(who) - 2))
        if who and deed and lemma(inner) not in {"be", "have"}:
            to = ["to"] if any(c.lower_ == "to" for c in inner.lefts) else []
            return [name, *who, *to, *deed]
        return [name, *who] if who else []
    if inner.tag_ == "VBN" and name in {"get", "have", "want"} and who:
        return [base_form(inner), *who]
    if name in {"make", "get"} and who and (change := wording.CHANGING_ADJECTIVES.get(inner.lower_)):
        return [*change.split(), *who]
    if (
        inner.pos_ == "ADJ"
        and name in {"make", "keep", "leave", "get"}
        and who
        and inner.lower_ not in wording.DROPPED_MODIFIERS - {"clear", "simple"}
    ):
        return [name, *who, inner.lower_]
    return [name, *who] if inner.pos_ in {"ADJ", "ADV"} and name == "make" else []


def _infinitive(verb: Token, window: Window, room: int) -> list[str]:
    """The "to" clause that completes the deed: "decide to move", "arrange to meet the owner"."""
    inner = next(
        (c for c in verb.rights if c.dep_ == "xcomp" and c.tag_ in {"VB", "VBG"} and verb.i < c.i < window.last), None
    )
    if inner is None or room < 2:
        return []
    deed = _deed_words(inner, Window(inner.i, window.last), room - 1)
    if not deed or len(deed) >= room:
        return []
    if inner.tag_ == "VBG":
        return [gerund(deed[0]), *deed[1:]]
    return ["to", *deed] if any(c.lower_ == "to" for c in inner.lefts) else []


def _contexts(prepositions: list[Token], has_object: bool, room: int, window: Window) -> list[str]:
    """Prepositional phrases that belong to the deed: what the verb needs, then a short one while there is room."""
    out: list[str] = []
    for preposition in prepositions:
        text = preposition.lower_
        left = room - len(out)
        if left < 2 or text in wording.DROPPED_PREPOSITIONS:
            continue
        inner = child_of(preposition, {"pobj", "pcomp"}, window.last)
        nested = child_of(preposition, {"prep"}, window.last)
        if inner is None and nested is not None:
            follow = preposition_words(nested, room=left - 1, within=(window.first, window.last))
            part = [text, *follow] if follow else []
        elif inner is None:
            part = []
        elif not has_object and not out:
            part = _governed(preposition, inner, left, window)
        elif text in _CONTEXT_PREPOSITIONS:
            part = preposition_words(preposition, room=min(4, left), within=(window.first, window.last))
        else:
            part = []
        out += part
        if has_object and out:
            break
    return out


def _governed(preposition: Token, inner: Token, room: int, window: Window) -> list[str]:
    """The prepositional phrase that stands for an object: "work on it", "think about hiring a cook"."""
    text = preposition.lower_
    if inner.dep_ == "pcomp":
        if inner.tag_ == "VBG":
            deed = _deed_words(inner, Window(inner.i, window.last), max(1, room - 1))
            return [text, gerund(deed[0]), *deed[1:]] if deed and deed != ["make"] else []
        asked = asked_words(inner, window.last, room - 1, step_words)
        return [text, *asked] if asked else []
    noun = quantified(inner)
    if noun.lower_ in wording.TEMPORAL_NOUNS or is_name(inner):
        return []
    if text in wording.MEANS_PREPOSITIONS - {"on", "with", "at"} and inner.lower_ in wording.MEANS_NOUNS:
        return []
    if noun.pos_ != "PRON" and (is_empty(noun) or (text == "in" and noun.lower_ in wording.EMPTY_CONTEXTS)):
        return []
    body = noun_words(inner, room=room - 1, within=(window.first, window.last))
    return [text, *body] if body else []


def _plain_words(head: Token, window: Window) -> list[str]:
    """The content words of a clause that no rule can write, so that what was said is not lost: rarely a good name."""
    kept = {"NOUN", "PROPN", "VERB", "ADJ", "ADP", "NUM"}
    tokens = (head.doc[i] for i in range(window.first, window.last))
    words = [word(t) for t in tokens if t.pos_ in kept and t.lower_ not in wording.PRONOUNS and not is_joined_on(t)]
    return words[: wording.SHORT_WORDS]


def _tidy(words: list[str]) -> list[str]:
    """Drop stutters and what dangles at the end, and keep at most eight words."""
    kept: list[str] = []
    for w in words:
        if w and any(c.isalnum() for c in w) and not (kept and kept[-1] == w):
            kept.append(w)
    kept = kept[: wording.MAX_WORDS]
    while len(kept) > 1 and kept[-1] in wording.DANGLING:
        if len(kept) == 2 and kept[-1] in wording.ADVERB_PARTICLES:
            break
        kept.pop()
    return kept
