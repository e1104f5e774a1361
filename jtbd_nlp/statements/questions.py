"""Indirect questions and "that" clauses as a job map writes them: "what forms I need" -> "what forms to get".

Part of hop 2. Knows spaCy's English parse; knows nothing of stages or studies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from spacy.tokens import Token

from jtbd_nlp.statements import wording
from jtbd_nlp.statements.deeds import base_form, child_of, content_verb
from jtbd_nlp.statements.noun_phrases import is_empty, noun_words, quantified, word
from jtbd_nlp.statements.referents import antecedent
from jtbd_nlp.statements.tokens import is_plural, lemma
from jtbd_nlp.statements.word_forms import third_person

# Writes the deed of a verb within tokens [first, last): `phrases.step_words`, which itself needs this module.
Writer: TypeAlias = Callable[[Token, int, int], list[str]]

# Verbs of finding out and telling, whose clause says what.
_ASKING: Final = wording.word_set(
    "determine see check find know ask decide learn understand verify confirm ensure wonder look tell show figure "
    "work think discuss explain describe remember consider identify assess evaluate judge choose define test "
    "clarify specify realize realise notice point plan"
)
_FINE: Final = wording.word_set(
    "right correct okay ok good fine accurate true valid working proper complete consistent"
)
_QUESTION_TAGS: Final = frozenset({"WRB", "WP", "WDT", "WP$"})
_GENERAL: Final = wording.word_set("i we you one they")


def clause_words(verb: Token, name: str, last: int, room: int, write: Writer) -> list[str]:
    """Write the clause that tells what a verb of asking is about; [] where there is none or no room.

    Catches "find out if it works" ("whether the pump works"); must not touch "I think it works".
    """
    clause = next(
        (
            c
            for c in verb.rights
            if c.dep_ in {"ccomp", "xcomp", "pcomp", "advcl"} and c.i < last and (c.pos_ in {"VERB", "AUX"} or _asks(c))
        ),
        None,
    )
    if clause is None or room < 2 or name not in _ASKING:
        return []
    if clause.pos_ in {"ADJ", "ADV"}:
        return _measured(clause, last, room, write)
    opener = _opener(clause)
    if _first_word(clause).tag_ in _QUESTION_TAGS:
        return asked_words(clause, last, room, write)
    if clause.dep_ == "advcl" and (opener is None or opener.lower_ not in {"if", "whether", "what", "how", "which"}):
        return []
    if opener is None or opener.lower_ in {"that", "to"}:
        return asked_words(clause, last, room, write) if name in {"check", "verify", "confirm", "ensure"} else []
    return asked_words(clause, last, room, write)


def _first_word(clause: Token) -> Token:
    """The word a clause begins with, past a comma or quotation mark."""
    first = clause.left_edge
    while first.is_punct and first.i < clause.i:
        first = first.nbor(1)
    return first


def has_question(clause: Token) -> bool:
    """Say whether a clause is an indirect question: "what to pack", "whether it fits", "how long the ride takes"."""
    first = _first_word(clause)
    return first.tag_ in _QUESTION_TAGS or first.lower_ in {"if", "whether"}


def asks(verb: Token, last: int) -> bool:
    """Say whether the clause that `verb` takes is a question: "know when it leaves", not "know the way"."""
    kinds = {"ccomp", "xcomp"}
    return any(c.dep_ in kinds and verb.i < c.left_edge.i and c.i < last and has_question(c) for c in verb.rights)


def attempted(verb: Token, name: str, last: int) -> Token | None:
    """Return the deed of "see if I can find a cheaper one": who looks whether they can do it tries to do it."""
    if name not in {"see", "check", "look", "find"}:
        return None
    for clause in verb.rights:
        if clause.dep_ in {"ccomp", "advcl", "xcomp"} and clause.pos_ == "VERB" and clause.i < last:
            lefts = {c.lower_ for c in clause.lefts}
            if lefts & {"if", "whether", "how"} and lefts & {"i", "we"} and lefts & {"can", "could", "ca"}:
                return clause
    return None


def _measured(state: Token, last: int, room: int, write: Writer) -> list[str]:
    """ "how long to spend on each task", which the parser hangs on "long"."""
    inner = child_of(state, {"xcomp", "ccomp", "advcl", "relcl"}, last)
    asked = [word(c) for c in state.lefts if c.tag_ in _QUESTION_TAGS]
    words = write(inner, inner.i, last) if inner is not None and inner.tag_ == "VB" and asked else []
    return [*asked, state.lower_, "to", *words] if words and len(words) + 2 + len(asked) <= room else []


def asked_of(verb: Token, last: int) -> Token | None:
    """Return the noun that the clause of a verb of asking is about: of "whether I like the chairs" the chairs."""
    clause = next((c for c in verb.rights if c.dep_ in {"ccomp", "advcl"} and has_question(c) and c.i < last), None)
    return topic_of(clause, last) if clause is not None and lemma(verb) in _ASKING else None


def topic_of(clause: Token, last: int) -> Token | None:
    """Return the noun that a clause is about: its object, else its subject; None where they name nothing."""
    for kinds in ({"dobj", "attr"}, {"nsubj", "nsubjpass"}):
        for c in clause.subtree:
            if c.dep_ in kinds and clause.left_edge.i <= c.i < last and c.pos_ == "NOUN":
                noun = quantified(c)
                if not is_empty(noun) and noun.lower_ not in wording.TEMPORAL_NOUNS:
                    return noun
    return None


def asked_words(clause: Token, last: int, room: int, write: Writer) -> list[str]:
    """Write a finite or infinitive clause as an object, in at most `room` words; [] where it cannot be done cleanly.

    "what time I need to leave" -> "what time to leave"; "what the options are" -> "the options"; "if the form is
    right" -> "the form"; "if the bank accepts the form" -> "whether the bank accepts the form".
    """
    subject = next((c for c in clause.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if subject is None and lemma(clause) == "be":
        subject = child_of(clause, {"nsubj"}, last)
    asked = _question_words(clause, subject)
    if len(asked) > 4 or any(w in wording.PRONOUNS for w in asked):
        return []
    if asked and (subject is None or subject.lower_ in _GENERAL):
        return _how_to(clause, asked, last, room, write)
    if subject is None or subject.dep_ == "expl":
        return []
    if asked and _asks(subject):
        rest = finite_words(clause, _are_many(subject), last, room - len(asked), write)
        return [*asked, *rest] if rest else []
    if lemma(clause) == "be" and asked in (["what"], ["who"], ["which"]):
        return noun_words(subject, room=room)
    if (
        lemma(clause) == "be"
        and asked
        and child_of(clause, {"acomp", "attr"}, last) is None
        and asked[0] in {"where", "how", "when"}
    ):
        named = noun_words(subject, room=room - len(asked) - 1, modifiers=False)
        return [*asked, *named, "are" if _are_many(subject) else "is"] if named else []
    named = noun_words(subject, room=4, modifiers=False)
    if not named or (is_empty(quantified(subject)) and subject.pos_ != "PRON"):
        return []
    if not asked and lemma(clause) == "be" and _is_just_fine(clause, last):
        return named
    opener = _opener(clause)
    lead = asked or (["whether"] if opener is not None and opener.lower_ in {"if", "whether"} else ["that"])
    rest = finite_words(clause, _are_many(subject), last, room - len(lead) - len(named), write)
    return [*lead, *named, *rest] if rest and len(lead) + len(named) + len(rest) <= room else []


def _are_many(subject: Token) -> bool:
    """Whether the verb of a subject is plural: a pronoun is written as its noun, which may be another number."""
    return is_plural(antecedent(subject) or subject)


def finite_words(verb: Token, plural: bool, last: int, room: int, write: Writer) -> list[str]:
    """Write a predicate in the present tense: "was rejected by the bank" -> "is rejected"; [] where it is not clean."""
    copula = "are" if plural else "is"
    if room < 1:
        return []
    negation = any(c.dep_ == "neg" for c in verb.children)
    if any(c.dep_ == "auxpass" for c in verb.lefts):
        if verb.tag_ not in {"VBN", "VBD"}:  # mistyped: "it cannot be replace"
            return []
        return [copula, *(["not"] if negation else []), verb.lower_][:room]
    if lemma(verb) == "be":
        state = child_of(verb, {"acomp", "attr"}, last)
        if state is None or room < 2:
            return []
        words = (
            noun_words(state, room=min(4, room - 1), within=(verb.i, last)) if state.dep_ == "attr" else [state.lower_]
        )
        return [copula, *(["not"] if negation else []), *words] if words else []
    words = write(verb, verb.i, last)
    if not words or len(words) > room:
        words = words[:1]
    if not words or (words[0] != base_form(verb) and len(words) == 1):
        return []
    if negation:
        return ["do" if plural else "does", "not", *words]
    if words[0] == verb.lower_ and verb.tag_ == "VBZ":
        return words
    return [words[0] if plural else third_person(words[0]), *words[1:]]


def _opener(clause: Token) -> Token | None:
    return next(
        (c for c in clause.lefts if c.tag_ in _QUESTION_TAGS or c.lower_ in {"if", "whether", "that", "to"}), None
    )


def _asks(token: Token) -> bool:
    return token.tag_ in _QUESTION_TAGS or any(c.tag_ in _QUESTION_TAGS for c in token.children)


def _question_words(clause: Token, subject: Token | None) -> list[str]:
    """The words that ask: "what time" of "what time I need to leave", "which form" of "which form applies"."""
    doc, first = clause.doc, _first_word(clause).i
    if doc[first].tag_ not in _QUESTION_TAGS:
        return []
    end = clause.i if subject is None else subject.left_edge.i
    if end <= first and subject is not None:
        end = subject.right_edge.i + 1
    aux = next((i for i in range(first, end) if doc[i].pos_ in {"AUX", "VERB", "PART"}), end)
    return [word(doc[i]) for i in range(first, aux)]


def _how_to(clause: Token, asked: list[str], last: int, room: int, write: Writer) -> list[str]:
    deed = content_verb(clause, clause.i, last) or clause
    owed = child_of(deed, {"xcomp"}, last)
    if lemma(deed) in {"have", "need", "want"} and owed is not None and owed.tag_ == "VB":
        deed = owed
    if lemma(deed) in {"be", "have"}:
        return []
    if lemma(deed) in {"need", "want"}:
        return [*asked, "is", "needed" if lemma(deed) == "need" else "wanted"] if room > len(asked) + 1 else []
    words = [w for w in write(deed, deed.i, last) if w not in asked]
    if not words or len(asked) + 1 + len(words) > room:
        words = words[:1]
    return [*asked, "to", *words] if words and len(asked) + 1 + len(words) <= room else []


def _is_just_fine(clause: Token, last: int) -> bool:
    state = child_of(clause, {"acomp", "attr", "prep"}, last)
    return state is None or state.lower_ in _FINE
