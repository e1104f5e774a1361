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
from jtbd_nlp.statements.noun_phrases import (
    is_empty,
    is_name,
    lemma,
    noun_words,
    preposition_words,
    quantified,
    word,
)
from jtbd_nlp.statements.word_forms import base_of_gerund, gerund

_OBJECTS: Final = ("dobj", "nsubjpass", "oprd", "attr", "dative")
_ASKING: Final = wording.word_set(
    "determine see check find know ask decide learn understand verify confirm ensure wonder look tell "
    "show figure work think discuss explain describe remember consider identify assess evaluate judge "
    "choose define"
)
_FINE: Final = wording.word_set(
    "right correct okay ok good fine accurate true valid working up proper complete consistent"
)
_CONTEXT_PREPOSITIONS: Final = wording.word_set(
    "for to into from with about on against between in of at onto toward towards by over"
)


def step_phrase(doc: Doc, clause: Clause) -> str:
    """Write `clause` as a job step: "I need to figure out what forms to use" -> "determine what forms to use".

    At most eight words, lower case except acronyms and names. Chains of verbs are unwrapped to the deed ("try to
    find" -> "find"), doing by another is written as doing ("ask it to draft the letter" -> "draft the letter"),
    passives and -ing forms become plain verbs, pronouns become the noun they stand for where the turn has one. "" where
    the clause has no verb and no noun to write: the caller skips it.
    """
    first, last = _token_range(doc, clause)
    return " ".join(step_words(doc[clause.head], first, last, negated=clause.negated))


def step_words(head: Token, first: int, last: int, *, negated: bool = False) -> list[str]:
    """Write the deed of `head` as words, taking nothing outside tokens [first, last) but antecedents of pronouns."""
    verb = content_verb(head, first, last)
    if verb is None:
        return _without_verb(head, first, last)
    words = _verb_phrase(verb, first, last, wording.MAX_WORDS - negated)
    if negated and words and any(c.dep_ == "neg" for t in (head, verb) for c in t.children):
        words = ["avoid", gerund(words[0]), *words[1:]]
    return _tidy(words)


def _token_range(doc: Doc, clause: Clause) -> tuple[int, int]:
    span = doc.char_span(clause.start, clause.end, alignment_mode="expand")
    if span is None:
        return clause.head, clause.head + 1
    return min(span.start, clause.head), max(span.end, clause.head + 1)


def content_verb(head: Token, first: int, last: int) -> Token | None:
    """Return the verb that names the deed: in "try to keep using it to draft letters" that is "draft".

    Follows verbs of wanting, trying, starting, of having another do it, and "use it to". None where `head` is no verb
    and has none below it.
    """
    token: Token | None = (
        head if head.pos_ in {"VERB", "AUX"} or head.tag_.startswith("VB") else _verb_below(head, first, last)
    )
    for _ in range(6):
        if token is None:
            return None
        inner = _inner_verb(token, last)
        if inner is None:
            break
        token = inner
    if token is not None and lemma(token) in {"be", "can", "will", "would", "should", "may", "might", "must", "could"}:
        return _verb_below(token, first, last)
    return token


def _verb_below(head: Token, first: int, last: int) -> Token | None:
    if head.pos_ in {"ADJ", "ADV", "SCONJ", "AUX", "ADP"} or head.dep_ == "neg":
        kinds = {"xcomp", "ccomp", "pcomp", "advcl", "acl", "relcl", "attr", "prep", "acomp"}
        for child in head.rights:
            if child.i >= last or child.dep_ not in kinds:
                continue
            if child.pos_ == "VERB":
                return child
            if child.dep_ in {"prep", "acomp"} and (found := _verb_below(child, first, last)) is not None:
                return found
    return None


def _child(token: Token, kinds: tuple[str, ...], last: int) -> Token | None:
    return next((c for c in token.rights if c.dep_ in kinds and c.i < last), None)


def _inner_verb(verb: Token, last: int) -> Token | None:
    """Return the verb that `verb` only introduces, or None where `verb` is the deed itself."""
    name = lemma(verb)
    complement = next(
        (
            c
            for c in verb.rights
            if c.dep_ in {"xcomp", "ccomp"} and c.i < last and (c.pos_ == "VERB" or c.tag_ == "VBG")
        ),
        None,
    )
    target = _child(verb, ("dobj", "dative"), last)
    if name == "use":
        return _used_for(verb, target, last)
    if complement is not None and not _has_wh(complement):
        is_bare = target is None or target.i > complement.i or target.lower_ in wording.REFLEXIVES
        if name in wording.CHAIN_VERBS and is_bare:
            subject = next((c for c in complement.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
            if subject is None and (
                complement.dep_ == "xcomp" or complement.tag_ == "VBG" or name in {"help", "go", "let"}
            ):
                if name in wording.CHAIN_ONLY_TO and complement.tag_ == "VBG" and name != "like":
                    return None
                return complement
        if name in wording.DELEGATING_VERBS and complement.tag_ in {"VB", "VBG", "VBP"}:
            doer = target if target is not None and target.i < complement.i else None
            doer = doer or next((c for c in complement.lefts if c.dep_ == "nsubj"), None)
            if doer is not None and _is_tool_or_self(doer):
                return complement
    if name in {"go", "try", "come"} and target is None:
        then = _child(verb, ("conj",), last)
        if then is not None and then.pos_ == "VERB" and then.i - verb.i <= 3:
            return then
    if name == "spend":
        return next(
            (c for c in verb.rights if c.dep_ in {"xcomp", "advcl", "ccomp"} and c.tag_ == "VBG" and c.i < last), None
        )
    if name in {"start", "begin", "end", "finish", "help", "assist"} and target is None:
        for child in verb.rights:
            if child.dep_ == "prep" and child.i < last and child.lower_ in {"by", "with", "in", "out", "up"}:
                inner = _child(child, ("pcomp",), last)
                if inner is not None and inner.tag_ == "VBG":
                    return inner
    return None


def _used_for(verb: Token, target: Token | None, last: int) -> Token | None:
    """The verb that a means serves: "use a spreadsheet to track costs" -> track; "use it for writing" -> writing."""
    for child in verb.rights:
        if child.i >= last:
            break
        if (
            child.dep_ in {"xcomp", "advcl", "ccomp"}
            and child.tag_ in {"VB", "VBP"}
            and any(c.lower_ == "to" for c in child.lefts)
        ):
            return child
        if child.dep_ == "prep" and child.lower_ in {"for", "in"}:
            inner = _child(child, ("pcomp",), last)
            if inner is not None and inner.tag_ == "VBG":
                return inner
    if target is not None:
        acl = next((c for c in target.rights if c.dep_ in {"acl", "relcl"} and c.i < last and c.tag_ == "VB"), None)
        if acl is not None and any(c.lower_ == "to" for c in acl.lefts):
            return acl
        for child in target.rights:
            if child.dep_ == "prep" and child.lower_ == "for" and child.i < last:
                inner = _child(child, ("pcomp",), last)
                if inner is not None and inner.tag_ == "VBG":
                    return inner
    return None


def _has_wh(verb: Token) -> bool:
    return any(c.tag_ in {"WRB", "WP", "WDT"} or c.lower_ in {"if", "whether"} for c in verb.lefts)


def _is_tool_or_self(token: Token) -> bool:
    text = token.lower_
    return text in wording.TOOL_NOUNS or text in {"me", "us", "i", "we", "myself", "you"} or token.pos_ == "PROPN"


def base_form(verb: Token) -> str:
    """Return the base form of a verb, mending what the tagger or lemmatizer leaves: "gon", "coding", "s"."""
    text, name = verb.lower_, lemma(verb)
    if text in {"gon", "goin", "gonna"}:
        return "go"
    if text.endswith("ing") and (name == text or gerund(name) != text):
        return base_of_gerund(text)
    return name


def _verb_phrase(verb: Token, first: int, last: int, limit: int) -> list[str]:
    within = (first, last)
    particle = next((c.lower_ for c in verb.rights if c.dep_ == "prt" and c.i < last), "")
    name = base_form(verb)
    target = _object(verb, first, last)
    prepositions = [
        c
        for c in verb.rights
        if c.dep_ in {"prep", "agent", "dative"}
        and c.pos_ in {"ADP", "SCONJ", "PART"}
        and c.i < last
        and c.dep_ != "agent"
    ]
    if target is not None and (light := _light_verb(name, target, prepositions, within, limit)):
        return light
    head = wording.PLAIN_VERBS.get((name, particle)) or (f"{name} {particle}" if particle else name)
    if target is None and prepositions and (name, prepositions[0].lower_) in wording.PLAIN_PREPOSITIONAL:
        head = wording.PLAIN_PREPOSITIONAL[name, prepositions[0].lower_]
        target = _child(prepositions[0], ("pobj", "pcomp"), last)
        prepositions = prepositions[1:]
    words = head.split()
    room = limit - len(words)
    body = _object_words(target, room, within) if target is not None else []
    words += body
    if (extra := _complement(verb, body, first, last, limit - len(words))) and len(words) + len(extra) <= limit:
        return [*words, *extra]
    return words + _contexts(prepositions, bool(body), limit - len(words), within)


def _object(verb: Token, first: int, last: int) -> Token | None:
    """The noun that the deed is done to, also of a passive, of "get it fixed" and of a relative clause."""
    found = next((c for c in verb.rights if c.dep_ in {"dobj", "oprd"} and c.i < last), None)
    if found is None:
        found = next((c for c in verb.lefts if c.dep_ in {"nsubjpass", "dobj"}), None)
    if found is None and verb.dep_ in {"ccomp", "acl"} and verb.tag_ == "VBN":
        found = next((c for c in verb.lefts if c.dep_ == "nsubj" and c.i >= first), None) or (
            verb.head if verb.dep_ == "acl" else None
        )
    if found is None and verb.dep_ == "relcl" and verb.head.pos_ in {"NOUN", "PROPN"}:
        subject = next((c for c in verb.lefts if c.dep_ == "nsubj"), None)
        found = verb.head if subject is not None and subject.tag_ not in {"WDT", "WP"} else None
    if found is not None and found.tag_ in {"WDT", "WP"}:
        found = verb.head if verb.dep_ == "relcl" else None
    return found


def _object_words(target: Token, room: int, within: tuple[int, int]) -> list[str]:
    if target.lower_ in wording.REFLEXIVES or room < 1:
        return []
    if target.pos_ == "VERB":
        return [gerund(base_form(target))]
    reach = within if within[0] <= target.i < within[1] else None
    words = noun_words(target, room=room, within=reach)
    if target.pos_ != "PRON" and is_empty(quantified(target)):
        return []
    return words


def _light_verb(name: str, target: Token, prepositions: list[Token], within: tuple[int, int], limit: int) -> list[str]:
    """Mend a light verb: "do research on roofs" -> "research roofs", "make a decision about it" -> "decide on ..."."""
    noun = quantified(target)
    if name not in wording.LIGHT_VERBS:
        return []
    verb = wording.DEVERBAL.get(lemma(noun), "")
    if (
        not verb
        and noun.lower_.endswith("ing")
        and noun.tag_ in {"NN", "VBG"}
        and name in {"do", "carry", "help"}
        and len(noun.text) > 5
    ):
        verb = base_of_gerund(noun.lower_)
    if not verb:
        return []
    head = verb.split()
    follow = [c for c in (*noun.rights, *prepositions) if c.dep_ == "prep" and within[0] <= c.i < within[1]]
    for preposition in follow:
        inner = _child(preposition, ("pobj",), within[1])
        if (
            inner is None
            or preposition.lower_ in wording.DROPPED_PREPOSITIONS
            or inner.lower_ in wording.TEMPORAL_NOUNS
        ):
            continue
        body = _object_words(inner, limit - len(head), within)
        if body:
            return [*head, *body]
    compound = [c for c in noun.lefts if c.dep_ == "compound" and not is_name(c)]
    if compound:
        return [*head, *(word(c) for c in compound)][:limit]
    if len(head) > 1 or lemma(noun) in wording.NEEDS_OBJECT or name not in {"do", "make", "conduct", "perform"}:
        return []
    return head if name == "do" else []


def _complement(verb: Token, body: list[str], first: int, last: int, room: int) -> list[str]:
    """What a verb of finding out or saying is about: "see if it works" -> "whether ...", "learn how to cook"."""
    clause = next(
        (
            c
            for c in verb.rights
            if c.dep_ in {"ccomp", "xcomp", "advcl", "pcomp"} and first <= c.i < last and c.pos_ in {"VERB", "AUX"}
        ),
        None,
    )
    if clause is None or room < 2 or (body and clause.dep_ != "xcomp"):
        return []
    opener = next(
        (c for c in clause.lefts if c.tag_ in {"WRB", "WP", "WDT"} or c.lower_ in {"if", "whether", "that", "to"}), None
    )
    if clause.dep_ == "xcomp" and clause.tag_ == "VB" and (opener is None or opener.lower_ == "to"):
        inner = _verb_phrase(clause, clause.i, last, max(1, room - 1))
        return ["to", *inner] if len(inner) < room else []
    if lemma(verb) not in _ASKING or body:
        return []
    return _asked(clause, opener, last, room)


def _asked(clause: Token, opener: Token | None, last: int, room: int) -> list[str]:
    """Write an indirect question: "what forms I need to fill in" -> "what forms to fill in"."""
    subject = next((c for c in clause.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    wh = [
        t
        for t in clause.lefts
        if t.tag_ in {"WRB", "WP", "WDT", "WP$"} or any(g.tag_ in {"WDT", "WRB", "WP"} for g in t.subtree)
    ]
    asked = [word(t) for t in clause.doc[wh[0].left_edge.i : wh[0].right_edge.i + 1]] if wh else []
    if wh and (subject is None or subject.lower_ in {"i", "we", "you", "one", "they"}) and len(asked) <= 3:
        deed = content_verb(clause, clause.i, last) or clause
        if lemma(deed) == "be":
            return []
        if subject is None and clause.tag_ != "VB":
            return []
        inner = _verb_phrase(deed, deed.i, last, max(1, room - len(asked) - 1))
        if wh[0].dep_ in {"dobj", "pobj"} or deed is not clause:
            inner = [w for w in inner if w not in asked]
        return [*asked, "to", *inner] if len(inner) + len(asked) + 1 <= room else []
    if subject is None or subject in wh or (not wh and opener is None):
        return []
    if lemma(clause) == "be" and wh and len(asked) == 1 and asked[0] in {"what", "who", "which"}:
        return noun_words(subject, room=room)
    named = noun_words(subject, room=3, modifiers=False)
    if not named or (is_empty(subject) and subject.pos_ != "PRON"):
        return []
    if lemma(clause) == "be" and not wh:
        state = next((c for c in clause.rights if c.dep_ in {"acomp", "attr", "prep"} and c.i < last), None)
        if state is None or state.lower_ in _FINE:
            return named
    rest = [
        word(t)
        for t in clause.subtree
        if t.i > subject.right_edge.i and t.i < last and t.dep_ not in {"advmod", "intj", "punct"}
    ]
    lead = asked or ([opener.lower_] if opener is not None and opener.lower_ != "that" else ["that"])
    lead = ["whether"] if lead == ["if"] else lead
    whole = [*lead, *named, *rest]
    return whole if len(whole) <= room and not any(w.lower() in wording.PRONOUNS for w in rest) else []


def _contexts(prepositions: list[Token], has_object: bool, room: int, within: tuple[int, int]) -> list[str]:
    """Prepositional phrases that belong to the deed: all that the verb needs, then short ones while there is room."""
    out: list[str] = []
    for preposition in prepositions:
        text = preposition.lower_
        if room - len(out) < 2 or text in wording.DROPPED_PREPOSITIONS:
            continue
        inner = next((c for c in preposition.rights if c.dep_ in {"pobj", "pcomp"} and c.i < within[1]), None)
        if inner is None:
            nested = _child(preposition, ("prep",), within[1])
            inner_words = (
                preposition_words(nested, room=room - len(out) - 1, within=within) if nested is not None else []
            )
            part = [text, *inner_words] if inner_words else []
        elif has_object or out:
            part = (
                preposition_words(preposition, room=min(4, room - len(out)), within=within)
                if text in _CONTEXT_PREPOSITIONS
                else []
            )
        else:
            part = _governed(preposition, inner, room - len(out), within)
        if part and len(out) + len(part) <= room:
            out += part
        if has_object and out:
            break
    return out


def _governed(preposition: Token, inner: Token, room: int, within: tuple[int, int]) -> list[str]:
    """The prepositional phrase that stands for an object: "work on it", "think about hiring a cook"."""
    if inner.dep_ == "pcomp" and inner.tag_ == "VBG":
        deed = _verb_phrase(inner, inner.i, within[1], max(1, room - 1))
        return [preposition.lower_, gerund(deed[0]), *deed[1:]] if deed else []
    if quantified(inner).lower_ in wording.TEMPORAL_NOUNS or is_name(inner):
        return []
    if preposition.lower_ in wording.MEANS_PREPOSITIONS - {"on", "with", "at"} and inner.lower_ in wording.MEANS_NOUNS:
        return []
    body = noun_words(inner, room=room - 1, within=within)
    if not body or (is_empty(quantified(inner)) and inner.pos_ != "PRON"):
        return []
    return [preposition.lower_, *body]


def _without_verb(head: Token, first: int, last: int) -> list[str]:
    """Write a fragment without a verb: "lesson planning" -> "plan lesson", "data analysis" -> "analyse data"."""
    if head.pos_ not in {"NOUN", "PROPN"}:
        return []
    name = head.lower_
    verb = wording.DEVERBAL.get(lemma(head), "")
    if not verb and name.endswith("ing") and len(name) > 5:
        verb = base_of_gerund(name)
    if not verb:
        return []
    follow = next(
        (
            c
            for c in head.rights
            if c.dep_ == "prep" and c.i < last and c.lower_ in {"of", "on", "for", "into", "about"}
        ),
        None,
    )
    inner = _child(follow, ("pobj",), last) if follow is not None else _child(head, ("dobj",), last)
    if inner is not None:
        return [*verb.split(), *noun_words(inner, room=6, within=(first, last))]
    return [
        *verb.split(),
        *(word(c) for c in head.lefts if c.dep_ in {"compound", "amod"} and c.lower_ not in wording.DROPPED_MODIFIERS),
    ]


def _tidy(words: list[str]) -> list[str]:
    """Drop fillers, stutters and what dangles at the end, and keep at most eight words."""
    kept: list[str] = []
    for w in words:
        if not w or not any(c.isalnum() for c in w) or (kept and kept[-1] == w):
            continue
        kept.append(w)
    kept = kept[: wording.MAX_WORDS]
    while (
        kept
        and kept[-1] in wording.DANGLING
        and len(kept) > 1
        and not (len(kept) == 2 and kept[-1] in wording.ADVERB_PARTICLES)
    ):
        kept.pop()
    return kept
