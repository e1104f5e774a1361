"""Asides: what participants say near a step that is no statement of it: that it is not done, or that it is a struggle.

Part of hop 2. Judged negations carry no label (GUIDE), and most complaints are too vague for a need statement; both
still tell an analyst something, so they are kept apart, where they count for nothing. Knows clauses and phrases; knows
nothing of steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from spacy.tokens import Doc, Token

from jtbd_nlp.lint import lint_need, lint_step
from jtbd_nlp.statements.clauses import Clause
from jtbd_nlp.statements.judgement import Candidate
from jtbd_nlp.statements.need_wording import NAMELESS
from jtbd_nlp.statements.phrases import step_words
from jtbd_nlp.statements.tokens import lemma
from jtbd_nlp.statements.wording import EMPTY_VERBS, STATE_VERBS, word_set
from jtbd_nlp.statements.words import COGNITION_VERBS, FILLERS, I_WORDS, WE_WORDS, YOU_WORDS

# Least probability, by the judge, that a clause that was not kept as a need is one nevertheless: below, it is talk.
LEAST_STRUGGLE: Final = 0.1
_SELVES: Final = I_WORDS | WE_WORDS | YOU_WORDS | word_set("people nobody no_one they everyone most")
_NOT_DEEDS: Final = (
    COGNITION_VERBS
    | STATE_VERBS
    | EMPTY_VERBS
    | word_set("say tell mean happen work forget fail mind stop see hear watch anticipate master influence accept win")
)
# What leaves the verb after it undone: "I skip checking", "we stopped comparing", "I don't bother to ask".
_UNDOING: Final = word_set("skip avoid stop quit refuse neglect omit forgo")
_BOTHERING: Final = word_set("bother")
# Words after "not" that take the negation back: "not only", "not just", "not always" say that it is done.
_TAKING_BACK: Final = word_set("only just always necessarily even merely simply really until")
# What tells that it is a struggle; not the names of what people work on, such as errors and bugs.
_STRUGGLES: Final = word_set(
    "struggle struggled struggling hard harder difficult difficulty trouble tough tricky challenging complicated "
    "cumbersome tedious painful pain painstaking awkward clunky messy hassle nightmare burden impossible fail fails "
    "failed failing miss missed missing lose lost losing forget forgot forgotten stuck slow slowly slower forever ages "
    "confusing confused overwhelming overwhelmed frustrating frustrated annoying stressful manually redo waste wasted "
    "wasting unable can't cannot couldn't crash crashes crashed crashing"
)
_INABILITY: Final = word_set("can ca could able")


def find_undone(doc: Doc, candidates: Sequence[Candidate], kept: Iterable[tuple[int, int]]) -> list[tuple[Clause, str]]:
    """Find the deeds that the speaker says are not done, with each deed written as a step.

    "I never compare the offers" -> compare the offers. Not what one cannot do ("I can't find it"), does not want,
    know or have, nor what takes the negation back ("not only", "don't forget to sign"), nor what an action statement
    that was `kept` (character spans) already says: there, not doing is the step. "I don't use it to compare" tells of
    the tool, not of comparing. In the order of the turn; no two overlap.
    """
    taken = list(kept)
    found: list[tuple[Clause, str]] = []
    for clause in _longest_first(candidates):
        if _touches(clause.start, clause.end, taken) or not _says_undone(doc, clause):
            continue
        phrase = " ".join(_deed(doc, clause))
        if len(phrase.split()) > 1 and not lint_step(phrase, job=None):
            found.append((clause, phrase))
            taken.append((clause.start, clause.end))
    return sorted(found, key=lambda one: one[0].start)


def find_struggles(
    doc: Doc, candidates: Sequence[Candidate], probabilities: Sequence[float], kept: Iterable[tuple[int, int]]
) -> list[int]:
    """Find clauses that carry a word of struggle, were not kept as needs, and yet are not unlikely to be one.

    Args:
        doc: the parsed turn.
        candidates: all readings of its clauses.
        probabilities: of each, that it is a statement of its kind.
        kept: character spans of the turn's need statements.

    Returns:
        Rows of candidates of kind need, in their order; no two overlap.
    """
    taken = list(kept)
    found: list[int] = []
    likely = [i for i, c in enumerate(candidates) if c.kind == "need" and probabilities[i] >= LEAST_STRUGGLE]
    for i in sorted(likely, key=lambda i: (-probabilities[i], candidates[i].start, candidates[i].end)):
        c = candidates[i]
        if not _touches(c.start, c.end, taken) and tells_struggle(doc, c.start, c.end):
            found.append(i)
            taken.append((c.start, c.end))
    return sorted(found)


def tells_struggle(doc: Doc, start: int, end: int) -> bool:
    """Whether the words from `start` to `end` carry a word of struggle that is not negated.

    "It is hard to find"; not "it is not hard to find", "no trouble", nor what is worked on, "the difficult cases".
    """
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None:
        return False
    for token in span:
        if token.lower_ in _INABILITY and any(c.dep_ == "neg" for c in token.head.children):
            return True
        is_telling = token.lower_ in _STRUGGLES and token.dep_ not in {"amod", "compound", "pobj"}
        if is_telling and not _is_denied(token):
            return True
    return False


def is_well_written(statement: str, measured: str) -> bool:
    """Whether a need is fit to be suggested: no rule broken, and it is about something."""
    return not lint_need(statement) and measured != NAMELESS and len(measured.split()) > 1


def _is_denied(word: Token) -> bool:
    around = [*word.children, *(word.head.children if word.head is not word else ())]
    return any((c.dep_ == "neg" or c.lower_ in {"no", "never", "without"}) and c.i < word.i for c in around) or (
        word.head.lower_ in {"without", "no"} and word.head.i < word.i
    )


def _says_undone(doc: Doc, clause: Clause) -> bool:
    head = doc[clause.head]
    verb = _content(head)
    if lemma(verb) in _NOT_DEEDS or verb.pos_ != "VERB" or verb.sent.text.rstrip().endswith("?"):
        return False
    if clause.actor is not None and not _SELVES & set(clause.actor.lower().split()):
        return False
    if clause.modality not in {"none", "need"} or clause.tense == "future":
        return False
    if clause.modality == "need" and lemma(verb) != "need" and not any(_negation(g) for g in _governors(verb)):
        return False
    if verb.tag_ == "VBN" and not any(lemma(c) == "have" and c.dep_ == "aux" for c in verb.lefts):
        return False
    governors = _governors(verb)
    if any(lemma(g) in _UNDOING and verb.tag_ == "VBG" for g in governors):
        return not any(_negation(g) for g in governors)
    negated = next((v for v in (verb, *governors) if _negation(v)), None)
    if negated is None:
        return _is_without(verb)
    if negated is not verb and lemma(negated) not in _BOTHERING | word_set("have need go get use tend"):
        return False
    if any(c.tag_ == "MD" and c.lower_ in _INABILITY for v in (verb, *governors) for c in v.children):
        return False
    return not _is_taken_back(negated)


def _content(head: Token) -> Token:
    """The deed under verbs of bothering, needing and stopping: "don't [bother] to check" is about checking."""
    inner = next((c for c in head.rights if c.dep_ == "xcomp" and c.pos_ == "VERB"), None)
    names = _BOTHERING | _UNDOING | word_set("have need go tend")
    return inner if inner is not None and lemma(head) in names else head


def _governors(verb: Token) -> list[Token]:
    above: list[Token] = []
    while verb.dep_ in {"xcomp"} and verb.head is not verb and len(above) < 3:
        verb = verb.head
        above.append(verb)
    return above


def _negation(verb: Token) -> Token | None:
    return next(
        (c for c in verb.lefts if c.dep_ == "neg" or c.lower_ in {"never", "rarely", "seldom", "hardly", "nobody"}),
        None,
    )


def _is_without(verb: Token) -> bool:
    """ "I send it without checking the sums"."""
    return verb.dep_ == "pcomp" and verb.head.lower_ == "without"


def _is_taken_back(verb: Token) -> bool:
    negation = _negation(verb)
    if negation is None:
        return False
    doc = verb.doc
    after = doc[negation.i + 1] if negation.i + 1 < len(doc) else None
    if after is not None and after.lower_ in _TAKING_BACK:
        return True
    return any(c.lower_ in {"until", "unless", "only", "just"} for c in verb.children)


def _deed(doc: Doc, clause: Clause) -> list[str]:
    verb = _content(doc[clause.head])
    span = doc.char_span(clause.start, clause.end, alignment_mode="expand")
    last = verb.i + 1 if span is None else max(span.end, verb.i + 1)
    return [w for w in step_words(verb, verb.i, last) if w not in FILLERS]


def _longest_first(candidates: Sequence[Candidate]) -> list[Clause]:
    clauses = {(c.clause.start, c.clause.end): c.clause for c in candidates if c.kind == "action"}
    return sorted(clauses.values(), key=lambda c: (c.start - c.end, c.start))


def _touches(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < b and a < end for a, b in spans)
