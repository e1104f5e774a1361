"""Need statements: a clause of talk written as direction + metric + object of control.

Part of hop 2. Knows spaCy's English parse and the cue words of `need_wording`; knows nothing of stages or studies.
Source: METHOD §4 (Ulwick's wording; thrv's wording by `thrv_form`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from spacy.tokens import Doc, Token

from jtbd_nlp.domain import Direction, NeedPhrase
from jtbd_nlp.statements import need_wording, wording
from jtbd_nlp.statements.clauses import Clause
from jtbd_nlp.statements.deeds import child_of, content_verb
from jtbd_nlp.statements.need_contexts import circumstance
from jtbd_nlp.statements.need_kinds import kind_of_need
from jtbd_nlp.statements.need_metrics import MetricChooser
from jtbd_nlp.statements.need_wording import Metric
from jtbd_nlp.statements.noun_phrases import is_empty, is_name, is_plural, lemma, noun_words, quantified
from jtbd_nlp.statements.phrases import nearest_deed, step_words
from jtbd_nlp.statements.questions import asked_words, finite_words
from jtbd_nlp.statements.word_forms import base_of_gerund, gerund, third_person

_SPEAKERS: Final = wording.word_set("i we you me us one they he she people")
_ROOM: Final = 9
# How many of a chooser's metrics are tried before the clause itself is written as what is likely.
_TRIED: Final = 4
_TOO: Final = wording.word_set("too never hardly barely enough than")
_TAKING_TIME: Final = re.compile(r"\b(?:tak(?:e|es|ing)|took) (?:my|our|your|its|one's|the) time\b", re.IGNORECASE)
_RUSHING: Final = re.compile(r"\b(?:rush|rushed|rushing|hurry|hurried)\b", re.IGNORECASE)
# Metrics of how a deed feels: the deed itself is what is written.
_FELT_WHILE_DOING: Final = frozenset({"stress", "frustration", "tedium", "enjoyment", "comfort"})


def need_phrase(doc: Doc, clause: Clause, *, chooser: MetricChooser | None = None) -> NeedPhrase:
    """Write `clause` as one need: "it takes ages to find the form" -> "minimize the time it takes to find the form".

    The metric is told from the words, by `chooser` where one is given, else by cue words ("slow", "hard to", "not
    sure"); where none fits, the clause itself becomes what is likely or not: "the ledgers did not match" -> "minimize
    the likelihood that the ledgers do not match". What is measured is the deed or thing the clause names, or else the
    nearest deed before it in the turn. Always gives a statement.
    """
    view = _View.of(doc, clause)
    metrics = _metrics_by_cue(view) if chooser is None else _metrics_learned(view, chooser)
    written = next((w for w in (_write(metric, view) for metric in metrics) if w is not None), None)
    chosen, joint, words = written or (need_wording.EFFORT, need_wording.EFFORT.joint, need_wording.NAMELESS.split())
    measured = " ".join(words)
    phrase = NeedPhrase(
        statement=f"{chosen.direction} the {chosen.name} {joint} {measured}",
        direction=chosen.direction,
        metric=chosen.name,
        measured=measured,
        context=circumstance(view.head, words),
        kind=kind_of_need(view.head, [doc[i] for i in range(view.first, view.last)], chosen, words),
    )
    return replace(phrase, action_variable=thrv_form(phrase), is_met=_is_met(view))


def thrv_form(need: NeedPhrase) -> str:
    """Write a need as action and variable: "minimize the time it takes to find the form" -> "find the form".

    Speed and accuracy are measured, not written (METHOD §4, T-UNMET). A metric without a deed gives the deed of
    judging or securing it: "minimize the uncertainty about what is owed" -> "determine what is owed", "increase the
    accuracy of the totals" -> "ensure the accuracy of the totals".
    """
    first, _, rest = need.measured.partition(" ")
    doing = f"{base_of_gerund(first)} {rest}".strip()
    is_minimized = need.direction == "minimize"
    if f" it takes to {need.measured}" in need.statement or need.metric in {"ability", "time available"}:
        return need.measured
    if need.metric in {"uncertainty", "understanding", "certainty"}:
        return f"determine {need.measured}"
    if need.statement.endswith(f" that {need.measured}"):
        return f"determine whether {need.measured}" if is_minimized else f"ensure that {need.measured}"
    if need.metric in {"likelihood", "risk"}:
        return f"avoid {need.measured}" if is_minimized or doing == need.measured else doing
    if need.metric in {"trust", "confidence"}:
        return f"determine whether to trust {need.measured}"
    if need.metric in _FELT_WHILE_DOING and doing != need.measured:
        return doing
    if need.measured.startswith("problems with "):
        return f"avoid {need.measured}"
    is_secured = need.direction == "increase" and need.metric not in need_wording.QUANTITIES
    return f"{'ensure' if is_secured else 'determine'} the {need.metric} of {need.measured}"


@dataclass(frozen=True, slots=True)
class _View:
    """A clause as the rules look at it: its tokens [first, last), their lemmas, words and pairs of them as cues."""

    doc: Doc
    head: Token
    first: int
    last: int
    cues: frozenset[str]
    negated: bool

    @classmethod
    def of(cls, doc: Doc, clause: Clause) -> _View:
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
    def is_bad(self) -> bool:
        """Whether what the clause names, its negation left aside, is unwanted."""
        return bool(need_wording.NEGATIVE & self.cues)

    @property
    def is_speakers(self) -> bool:
        """Whether the clause tells what the speaker does, by a verb that is not itself a mishap."""
        subject = _subject(self.head)
        return subject is not None and subject.lower_ in _SPEAKERS and lemma(self.head) not in need_wording.NEGATIVE


def _is_met(view: _View) -> bool:
    """Say whether the speaker finds it no trouble: "that is easy to find", "it isn't hard", "I found it quickly".

    Not "it should be easy", "if it is easy", "it is easier", "something easy to use".
    """
    if view.cues & need_wording.NOT_YET or "?" in view.text or view.head.dep_ in {"relcl", "acl"}:
        return False
    if need_wording.NO_TROUBLE & view.cues:
        return True
    if view.negated or view.is_bad or view.cues & _TOO or _subject(view.head) is None:
        return False
    return any(c.lower_ in need_wording.EASE and c.dep_ in {"acomp", "advmod"} for c in view.head.children)


def _metrics_by_cue(view: _View) -> list[Metric]:
    """Metrics that the words name, best first; the last one can be written for any clause with a verb."""
    found = [metric for metric, cues in need_wording.CUES if cues & view.cues]
    if _wants_time(view):
        found = [need_wording.LEISURE, *found]
    firm = [m for m in found if m in need_wording.FIRM]
    return [*firm, *_qualities(view), *(m for m in found if m not in firm), _event_metric(view, None)]


def _metrics_learned(view: _View, chooser: MetricChooser) -> list[Metric]:
    """Metrics that the words name beyond doubt, then the chooser's; those of quantity only where one is said."""
    found = [metric for metric, cues in need_wording.CUES if cues & view.cues and metric in need_wording.FIRM]
    if _wants_time(view):
        found = [need_wording.LEISURE, *found]
    ranked = [
        m
        for m in chooser.rank(view.text)
        if m.name not in need_wording.QUANTITIES or view.cues & need_wording.QUANTITY_CUES
    ]
    likely = next((i for i, m in enumerate(ranked) if m.form == "that"), _TRIED)
    return [*found, *_qualities(view), *ranked[: min(likely, _TRIED)], _event_metric(view, ranked[0].direction)]


def _wants_time(view: _View) -> bool:
    """ "I like to take my time", "I don't want to be rushed"; not "they take their time", "what a waste of my time"."""
    if _TAKING_TIME.search(view.text):
        return view.is_speakers or bool(view.cues & need_wording.WISHING)
    return bool(_RUSHING.search(view.text)) and view.negated


def _qualities(view: _View) -> list[Metric]:
    names = dict.fromkeys(need_wording.QUALITIES[c] for c in sorted(view.cues & need_wording.QUALITIES.keys()))
    return [need_wording.metric_of("increase", name, "of") for name in names][:1]


def _event_metric(view: _View, leaning: Direction | None) -> Metric:
    """Whether the clause is to be likely or not: by its bad words and negations, else as a chooser leans."""
    if view.negated:
        return need_wording.MISHAP if view.is_bad and not view.is_speakers else need_wording.SUCCESS
    if view.is_bad:
        return need_wording.MISHAP
    if view.cues & need_wording.POSITIVE or lemma(view.head) in need_wording.WISHING or leaning is None:
        return need_wording.SUCCESS
    return need_wording.MISHAP if leaning == "minimize" else need_wording.SUCCESS


def _write(metric: Metric, view: _View) -> tuple[Metric, str, list[str]] | None:
    """Write what `metric` measures, or None where the clause does not name such a thing."""
    words: list[str] = []
    if metric.form == "takes":
        words = _deed(view)
    elif metric.form == "of deed":
        words = _done(_own_deed(view)) or _noun(view) or _done(_deed(view))
    elif metric.form == "about":
        words = _question(view)
    elif metric.form == "of noun":
        words = _noun(view)
    else:
        return _event(metric, view)
    return (metric, metric.joint, words) if words else None


def _done(deed: list[str]) -> list[str]:
    return [gerund(deed[0]), *deed[1:]] if deed else []


def _deed(view: _View) -> list[str]:
    """The deed the clause judges, or else the nearest deed before it."""
    return _own_deed(view) or nearest_deed(view.doc, view.first)


def _own_deed(view: _View) -> list[str]:
    """The deed the clause names: "hard to find the form" -> find the form; "the form is hard to find" likewise."""
    bare: list[str] = []
    for i in range(view.first, view.last):
        token = view.doc[i]
        if token.pos_ != "VERB" or token.tag_ not in {"VB", "VBG"} or token.dep_ not in need_wording.DEED_LINKS:
            continue
        if lemma(token) in wording.EMPTY_VERBS | need_wording.SPENDING or lemma(token) in wording.STATE_VERBS - {
            "find"
        }:
            continue
        words = step_words(token, token.i, view.last)
        if len(words) == 1 and token.head.pos_ in {"ADJ", "AUX"} and (subject := _subject(view.head)) is not None:
            words += _thing(subject, view)
        if len(words) > 1:
            return words
        bare = bare or words
    subject = _subject(view.head)
    is_deed = view.head.pos_ == "VERB" and lemma(view.head) not in wording.STATE_VERBS | need_wording.SPENDING
    if is_deed and subject is not None and subject.lower_ in _SPEAKERS:
        words = step_words(view.head, view.first, view.last)
        return words if len(words) > 1 else bare
    return bare


def _subject(verb: Token) -> Token | None:
    return next((c for c in verb.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)


def _noun(view: _View) -> list[str]:
    """The thing that the clause judges: its subject, or the object of "have", "there is", or of a speaker's verb."""
    subject = _subject(view.head)
    target = child_of(view.head, {"dobj", "attr"}, view.last)
    about_speaker = subject is None or subject.lower_ in _SPEAKERS
    for noun in (target, subject) if about_speaker else (subject, target):
        words = _thing(noun, view)
        if words:
            return words
    return _thing(view.head, view) if view.head.pos_ == "NOUN" else []


def _thing(noun: Token | None, view: _View) -> list[str]:
    if noun is None or noun.lower_ in _SPEAKERS or is_name(noun):
        return []
    real = quantified(noun)
    if real.pos_ not in {"NOUN", "PROPN", "PRON"} or (real.pos_ != "PRON" and is_empty(real)) or _is_means(real):
        return []
    words = noun_words(real, room=6, within=(view.first, view.last))
    return words if words and words[-1].lower() not in need_wording.TOO_GENERAL else []


def _is_means(noun: Token) -> bool:
    return noun.pos_ != "PRON" and noun.lower_ in wording.TOOL_NOUNS


def _question(view: _View) -> list[str]:
    """What somebody is unsure of: the question the clause asks, or else the thing it is about."""
    return _asked(view) or _noun(view)


def _asked(view: _View) -> list[str]:
    """The question a clause asks: "I don't know which form applies" -> which form applies."""
    for i in range(view.first, view.last):
        token = view.doc[i]
        if token.dep_ in {"ccomp", "xcomp", "pcomp", "advcl"} and token.pos_ in {"VERB", "AUX"}:
            words = asked_words(token, view.last, _ROOM, step_words)
            if words and words[0] != "that":
                return words
    return []


def _event(metric: Metric, view: _View) -> tuple[Metric, str, list[str]] | None:
    """What is likely or not: "of losing the thread" for oneself and tools, "that the ledgers match" for others.

    Negations go: "the bank does not answer" is a need for the bank to answer.
    """
    verb, view = _wished(view)
    if verb.pos_ not in {"VERB", "AUX"}:
        words = _thing(verb, view)
        return (metric, metric.joint, words) if words else None
    subject = _subject(verb)
    if subject is not None and subject.pos_ != "PRON" and not is_name(subject):
        named = _thing(subject, view)
        rest = finite_words(verb, is_plural(subject), view.last, _ROOM - len(named), step_words) if named else []
        if rest:
            return metric, "that", [*named, *_without_not(rest, is_plural(subject))]
    deed = content_verb(verb, view.first, view.last)
    if deed is not None and lemma(deed) not in wording.STATE_VERBS - {"find", "understand", "remember"}:
        words = step_words(deed, view.first, view.last)
        if len(words) > 1:
            return metric, metric.joint, _done(words)
    if words := _asked(view):
        return need_wording.UNCERTAINTY, need_wording.UNCERTAINTY.joint, words
    words = _noun(view)
    if words and view.is_bad and not view.negated:
        return need_wording.TOO_MANY, need_wording.TOO_MANY.joint, ["problems", "with", *words]
    if words:
        lacks = lemma(verb) in need_wording.HAVING or child_of(verb, {"attr"}, view.last) is not None
        chosen = need_wording.AVAILABILITY if lacks or subject is None else need_wording.QUALITY
        return chosen, chosen.joint, words
    words = nearest_deed(view.doc, view.first)
    return (metric, metric.joint, _done(words)) if words else None


def _wished(view: _View) -> tuple[Token, _View]:
    """Step into what is wished or felt: "I want the report to be short" is about the report."""
    verb = view.head
    if lemma(verb) in need_wording.WISHING:
        inner = next(
            (c for c in verb.rights if c.dep_ in {"ccomp", "xcomp"} and c.pos_ in {"VERB", "AUX"} and c.i < view.last),
            None,
        )
        if inner is not None and _subject(inner) is not None:
            return inner, view
    return verb, view


def _without_not(words: list[str], plural: bool) -> list[str]:
    """Turn "does not match" to "matches", "are not right" to "are right"."""
    if words[:2] in (["does", "not"], ["do", "not"]):
        return [words[2] if plural else third_person(words[2]), *words[3:]]
    return [w for w in words if w != "not"]
