"""A clause as the writing of needs looks at it: its cue words, and the deeds, things and questions it names.

Part of hop 2. Knows spaCy's English parse; knows nothing of metrics' names, of stages or of studies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from spacy.tokens import Doc, Token

from jtbd_nlp.statements import need_wording, wording
from jtbd_nlp.statements.clauses import Clause
from jtbd_nlp.statements.deeds import child_of
from jtbd_nlp.statements.noun_phrases import is_empty, noun_words, quantified
from jtbd_nlp.statements.phrases import nearest_deed, step_words
from jtbd_nlp.statements.questions import asked_words
from jtbd_nlp.statements.tokens import is_name, lemma

SPEAKERS: Final = wording.word_set("i we you me us one they he she people")
ROOM: Final = 9
_THING_ROOM: Final = 6
# What a metric says already: "the quality of improved rankings".
_CHANGED: Final = wording.word_set("increased improved reduced better additional decreased enhanced")
_SHUNNING: Final = wording.word_set("avoid prevent stop")
_STATES_WITHOUT_DEED: Final = wording.STATE_VERBS - {"find"}


@dataclass(frozen=True, slots=True)
class View:
    """A clause as the rules look at it: its tokens [first, last), their lemmas, words and pairs of them as cues."""

    doc: Doc
    head: Token
    first: int
    last: int
    cues: frozenset[str]
    negated: bool

    @classmethod
    def of(cls, doc: Doc, clause: Clause) -> View:
        """The view of one clause, its subject included."""
        start = clause.whole_start if 0 <= clause.whole_start < clause.start else clause.start
        span = doc.char_span(start, clause.end, alignment_mode="expand")
        first, last = (clause.head, clause.head + 1) if span is None else (span.start, span.end)
        first, last = min(first, clause.head), max(last, clause.head + 1)
        tokens = [doc[i] for i in range(first, last)]
        names = [lemma(t) if t.dep_ != "neg" else "not" for t in tokens]
        texts = [t.lower_ for t in tokens]
        pairs = {f"{a} {b}" for words in (names, texts) for a, b in pairwise(words)}
        cues = frozenset({*names, *texts, *pairs})
        return cls(doc, doc[clause.head], first, last, cues, bool(cues & need_wording.NEGATIONS))

    @property
    def text(self) -> str:
        """The words of the clause."""
        return self.doc[self.first : self.last].text

    @property
    def tokens(self) -> Iterator[Token]:
        """The tokens of the clause."""
        return (self.doc[i] for i in range(self.first, self.last))

    @property
    def is_bad(self) -> bool:
        """Whether what the clause names, its negation left aside, is unwanted."""
        return bool(need_wording.NEGATIVE & self.cues)

    @property
    def is_speakers(self) -> bool:
        """Whether the clause tells what the speaker does, by a verb that is not itself a mishap."""
        subject = subject_of(self.head)
        return subject is not None and subject.lower_ in SPEAKERS and lemma(self.head) not in need_wording.NEGATIVE


def subject_of(verb: Token) -> Token | None:
    """The subject that stands before a verb, or None."""
    return next((c for c in verb.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)


def deed(view: View) -> list[str]:
    """The deed the clause judges, or else the nearest deed before it."""
    return own_deed(view) or nearest_deed(view.doc, view.first)


def own_deed(view: View) -> list[str]:
    """The deed the clause names: "hard to find the form" -> find the form; "the form is hard to find" likewise."""
    bare: list[str] = []
    for _, words in _named_deeds(view):
        if len(words) > 1:
            return words
        bare = bare or words
    subject = subject_of(view.head)
    is_deed = view.head.pos_ == "VERB" and lemma(view.head) not in wording.STATE_VERBS | need_wording.SPENDING
    if is_deed and subject is not None and subject.lower_ in SPEAKERS:
        words = step_words(view.head, view.first, view.last)
        return words if len(words) > 1 else bare
    return bare


def own_deeds(view: View) -> list[tuple[Token, list[str]]]:
    """Every deed that the clause names with what it is done to, and its verb; the first one first, none twice."""
    found = [*_named_deeds(view), (view.head, own_deed(view))]
    by_words = {tuple(words): (verb, words) for verb, words in reversed(found) if len(words) > 1}
    return list(by_words.values())[::-1]


def is_shunned(verb: Token) -> bool:
    """Whether the deed is one to keep from: "so as not to upset them", "without losing the thread", "avoid paying"."""
    before = verb.head
    if before.lower_ == "without" or lemma(before) in _SHUNNING:
        return True
    is_infinitive = verb.tag_ == "VB" and any(c.lower_ == "to" for c in verb.lefts)
    return is_infinitive and any(c.dep_ == "neg" for c in verb.lefts)


def _named_deeds(view: View) -> Iterator[tuple[Token, list[str]]]:
    for token in view.tokens:
        if token.pos_ != "VERB" or token.tag_ not in {"VB", "VBG"} or token.dep_ not in need_wording.DEED_LINKS:
            continue
        if lemma(token) in wording.EMPTY_VERBS | need_wording.SPENDING or lemma(token) in _STATES_WITHOUT_DEED:
            continue
        words = step_words(token, token.i, view.last)
        if len(words) == 1 and token.head.pos_ in {"ADJ", "AUX"} and (subject := subject_of(view.head)) is not None:
            words += thing(subject, view)
        yield token, words


def noun(view: View) -> list[str]:
    """The thing that the clause judges: its subject, or the object of "have", "there is", or of a speaker's verb."""
    return next((words for words in _judged_things(view) if words), [])


def nouns(view: View) -> list[tuple[Token, list[str]]]:
    """Every thing the clause names with its own words, in their order; pronouns name nothing of their own."""
    kinds = {"nsubj", "nsubjpass", "dobj", "attr", "pobj", "conj", "ROOT", "appos", "dative"}
    named = (quantified(t) for t in view.tokens if t.dep_ in kinds and t.pos_ in {"NOUN", "PROPN"})
    found = {real.i: (real, thing(real, view)) for real in named if view.first <= real.i < view.last}
    return [pair for pair in found.values() if pair[1]]


def speaks_of(view: View, noun_token: Token, cues: frozenset[str]) -> bool:
    """Whether one of the cues is said of this noun: "slow replies", "the replies are slow", "a lack of replies"."""
    return any(_is_cue(t, cues) and _is_tied(t, noun_token) for t in view.tokens if t.i != noun_token.i)


def _is_cue(token: Token, cues: frozenset[str]) -> bool:
    before = token.doc[token.i - 1].lower_ if token.i else ""
    if token.tag_ == "VBG" and token.pos_ == "VERB":
        return False
    return token.lower_ in cues or lemma(token) in cues or f"{before} {token.lower_}" in cues


def _is_tied(cue: Token, noun_token: Token) -> bool:
    governor = noun_token.head
    if governor.dep_ == "prep" and noun_token.dep_ == "pobj" and governor.lower_ in {"of", "about", "on"}:
        governor = governor.head
    if cue.head == noun_token or governor == cue:
        return True
    is_predicate = cue.head == governor and cue.dep_ in {"acomp", "attr", "oprd", "expl", "neg", "det"}
    return is_predicate and noun_token.dep_ in {"nsubj", "nsubjpass", "dobj", "attr"}


def _judged_things(view: View) -> Iterator[list[str]]:
    subject = subject_of(view.head)
    target = child_of(view.head, {"dobj", "attr"}, view.last)
    about_speaker = subject is None or subject.lower_ in SPEAKERS
    for one in (target, subject) if about_speaker else (subject, target):
        yield thing(one, view)
    yield thing(view.head, view) if view.head.pos_ == "NOUN" else []


def thing(named: Token | None, view: View) -> list[str]:
    """Write a noun of the clause; [] for people who speak, names, tools and what is too general to be measured."""
    if named is None or named.lower_ in SPEAKERS or is_name(named):
        return []
    real = quantified(named)
    if real.pos_ not in {"NOUN", "PROPN", "PRON"} or (real.pos_ != "PRON" and is_empty(real)) or _is_means(real):
        return []
    words = noun_words(real, room=_THING_ROOM, within=(view.first, view.last))
    if words and words[0] in _CHANGED:
        words = words[1:]
    return words if words and words[-1].lower() not in need_wording.TOO_GENERAL else []


def _is_means(named: Token) -> bool:
    return named.pos_ != "PRON" and named.lower_ in wording.TOOL_NOUNS


def asked(view: View) -> list[str]:
    """The question a clause asks: "I don't know which form applies" -> which form applies; "what is my balance?"."""
    if view.doc[view.first].tag_ in {"WP", "WRB", "WDT"} and view.head.dep_ not in {"relcl", "advcl"}:
        words = asked_words(view.head, view.last, ROOM, step_words)
        if len(words) > 1:
            return words
    for token in view.tokens:
        if token.dep_ in {"ccomp", "xcomp", "pcomp", "advcl"} and token.pos_ in {"VERB", "AUX"}:
            words = asked_words(token, view.last, ROOM, step_words)
            if words and words[0] != "that":
                return words
    return []
