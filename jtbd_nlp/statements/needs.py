"""Need statements: a clause of talk written as direction + metric + object of control.

Part of hop 2. Knows spaCy's English parse and the cue words of `need_wording`; knows nothing of stages or studies.
Source: METHOD §4 (Ulwick's wording; thrv's wording by `thrv_form`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from spacy.tokens import Doc, Token

from jtbd_nlp.domain import Direction
from jtbd_nlp.statements import need_wording, wording
from jtbd_nlp.statements.clauses import Clause
from jtbd_nlp.statements.deeds import base_form, content_verb
from jtbd_nlp.statements.need_wording import Metric, NeedKind
from jtbd_nlp.statements.noun_phrases import is_empty, is_name, is_plural, lemma, noun_words, quantified
from jtbd_nlp.statements.phrases import step_words
from jtbd_nlp.statements.word_forms import gerund, third_person

MAX_MEASURED: Final = 9
_FIRST_PERSON: Final = wording.word_set("i we you me us my our one they he she")
_REACH_TOKENS: Final = 60
_LAST_RESORT: Final = ("get", "the", "job", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedPhrase:
    """One need in ODI wording and its parts: `statement` is "<direction> the <metric> <joint> <measured> [context]"."""

    statement: str
    direction: Direction
    metric: str
    measured: str
    context: str | None
    kind: NeedKind


def need_phrase(doc: Doc, clause: Clause) -> NeedPhrase:
    """Write `clause` as one need: "it takes ages to find the form" -> "minimize the time it takes to find the form".

    The metric is told from the words ("slow", "hard to", "not sure"); where none tells it, the clause itself becomes
    what is likely or not: "our ledgers were not matching" -> "increase the likelihood that the ledgers match". What is
    measured is the deed or thing the clause names, or else the nearest deed before it in the turn. Always gives a
    statement.
    """
    view = _View.of(doc, clause)
    for metric in _metrics(view):
        written = _write(metric, view)
        if written is not None:
            chosen, joint, measured = written
            break
    else:
        chosen, joint, measured = need_wording.EFFORT, "it takes to", list(_LAST_RESORT)
    text = " ".join(measured)
    return NeedPhrase(
        statement=f"{chosen.direction} the {chosen.name} {joint} {text}",
        direction=chosen.direction,
        metric=chosen.name,
        measured=text,
        context=None,
        kind=_kind(view),
    )


def thrv_form(need: NeedPhrase) -> str:
    """Write a need as action and variable: "minimize the time it takes to find the form" -> "find the form".

    Speed and accuracy are measured, not written (METHOD §4, T-UNMET). Metrics without a deed give the deed of
    judging them: "minimize the uncertainty about what is owed" -> "determine what is owed".
    """
    first = need.measured.split(" ", 1)[0]
    if need.statement.startswith(f"{need.direction} the {need.metric} it takes to ") or need.metric in {
        "ability",
        "time available",
    }:
        return need.measured
    if need.metric in {"uncertainty", "understanding", "certainty"}:
        return f"determine {need.measured}"
    if f" likelihood that {need.measured}" in need.statement:
        return f"{'ensure' if need.direction == 'increase' else 'avoid'} that {need.measured}"
    if first.endswith("ing"):
        return f"{'ensure' if need.direction == 'increase' else 'avoid'} {need.measured}"
    return f"determine the {need.metric} of {need.measured}"


@dataclass(frozen=True, slots=True)
class _View:
    """A clause as the rules look at it: its tokens, lemmas and pairs of lemmas."""

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
        negated = "not" in names or "no" in texts or "never" in texts or "cannot" in texts
        return cls(doc, doc[clause.head], first, last, frozenset({*names, *texts, *pairs}), negated)


def _metrics(view: _View) -> list[Metric]:
    """Metrics to try, best first; the last can always be written if the clause has a verb."""
    found = [metric for metric, cues in need_wording.CUES if cues & view.cues]
    qualities = [need_wording.QUALITIES[c] for c in sorted(view.cues & need_wording.QUALITIES.keys())]
    out = [m for m in found if m in {need_wording.TIME, need_wording.TIME_AVAILABLE, need_wording.COST}]
    out += [Metric("increase", name, "of", "of noun") for name in qualities[:1]]
    out += [m for m in found if m not in out]
    bad = bool(need_wording.NEGATIVE & view.cues)
    out.append(need_wording.MISHAP if bad and not view.negated else need_wording.SUCCESS)
    return out


def _write(metric: Metric, view: _View) -> tuple[Metric, str, list[str]] | None:
    """Write what `metric` measures, or None where the clause does not name such a thing."""
    if metric.form == "takes":
        deed = _deed(view)
        return (metric, metric.joint, deed) if deed else None
    if metric.form == "of deed":
        deed = _deed(view)
        return (metric, metric.joint, [gerund(deed[0]), *deed[1:]]) if deed else None
    if metric.form == "about":
        question = _question(view)
        return (metric, metric.joint, question) if question else None
    if metric.form == "of noun":
        noun = _noun(view)
        return (metric, metric.joint, noun) if noun else None
    return _event(metric, view)


def _deed(view: _View) -> list[str]:
    """The deed the clause judges: "hard to find the form" -> find the form; else the nearest deed before it."""
    for i in range(view.first, view.last):
        token = view.doc[i]
        if token.pos_ != "VERB" or token.tag_ not in {"VB", "VBG"} or token.dep_ in {"ROOT", "amod", "compound"}:
            continue
        if (
            token.dep_ in {"xcomp", "csubj", "pcomp", "advcl", "acl", "ccomp", "relcl"}
            and lemma(token) not in wording.EMPTY_VERBS
        ):
            words = step_words(token, token.i, view.last)
            if len(words) > 1:
                return words
    if any(c.lower_ in _FIRST_PERSON for c in view.head.lefts if c.dep_ == "nsubj") and view.head.pos_ == "VERB":
        words = step_words(view.head, view.first, view.last)
        if len(words) > 1 and lemma(view.head) not in wording.STATE_VERBS:
            return words
    return _nearest_deed(view)


def _nearest_deed(view: _View) -> list[str]:
    for i in range(view.first - 1, max(-1, view.first - _REACH_TOKENS), -1):
        token = view.doc[i]
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
        words = step_words(token, token.i, view.first)
        if len(words) > 1:
            return words
    return []


def _noun(view: _View) -> list[str]:
    """The thing that the clause judges: its subject, or the object of "have", "there is"."""
    verb = view.head
    spots = [c for c in verb.children if view.first <= c.i < view.last]
    subject = next((c for c in spots if c.dep_ in {"nsubj", "nsubjpass"}), None)
    target = next((c for c in spots if c.dep_ in {"dobj", "attr"}), None)
    first_person = subject is None or subject.lower_ in _FIRST_PERSON or subject.dep_ == "expl"
    order = [target, subject] if first_person else [subject, target]
    for noun in order:
        if noun is None or noun.lower_ in _FIRST_PERSON:
            continue
        real = quantified(noun)
        if (
            real.pos_ not in {"NOUN", "PROPN", "PRON"}
            or is_name(real)
            or (real.pos_ != "PRON" and is_empty(real))
            or real.lower_ in wording.TOOL_NOUNS - {"it", "them", "this", "that"}
        ):
            continue
        words = noun_words(real, room=6, within=(view.first, view.last))
        if words and words[-1] not in wording.TOOL_NOUNS:
            return words
    return []


def _question(view: _View) -> list[str]:
    """What somebody is unsure of: "I don't know which form applies" -> which form applies."""
    for i in range(view.first, view.last):
        token = view.doc[i]
        if token.dep_ in {"ccomp", "xcomp", "pcomp"} and token.pos_ in {"VERB", "AUX"}:
            words = _plain_question(token, view.last)
            if words:
                return words
    return _noun(view)


def _plain_question(verb: Token, last: int) -> list[str]:
    lefts = [c for c in verb.lefts if c.dep_ not in {"punct", "neg", "intj"}]
    wh = next(
        (c for c in lefts if c.tag_ in {"WRB", "WP", "WDT"} or any(g.tag_ in {"WRB", "WDT", "WP"} for g in c.subtree)),
        None,
    )
    if wh is None:
        return []
    asked = [t.lower_ for t in verb.doc[wh.left_edge.i : wh.right_edge.i + 1]]
    subject = next((c for c in lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if len(asked) > 4 or any(w in wording.PRONOUNS for w in asked):
        return []
    deed = content_verb(verb, verb.i, last)
    if deed is not None and (subject is None or subject.lower_ in _FIRST_PERSON) and subject is not wh:
        return [*asked, "to", *[w for w in step_words(deed, deed.i, last) if w not in asked]]
    if subject is wh:
        return [*asked, *_predicate(verb, False, False, last)]
    if subject is None:
        return []
    named = noun_words(subject, room=4, modifiers=False)
    return [*asked, *named, *_predicate(verb, is_plural(subject), False, last)] if named else []


def _event(metric: Metric, view: _View) -> tuple[Metric, str, list[str]] | None:
    """What is likely or not: "<of> losing the thread" for oneself and tools, "<that> the ledgers match" for others."""
    verb = view.head
    if verb.pos_ not in {"VERB", "AUX"}:
        noun = noun_words(verb, room=MAX_MEASURED, within=(view.first, view.last)) if verb.pos_ == "NOUN" else []
        return (metric, "of", noun) if noun else None
    subject = next((c for c in verb.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if (
        subject is not None
        and subject.lower_ not in _FIRST_PERSON
        and subject.lower_ not in wording.TOOL_NOUNS - {"it", "them", "this", "that"}
        and not is_name(subject)
    ):
        named = noun_words(subject, room=5, within=(view.first, view.last))
        if (named and not is_empty(quantified(subject))) or (named and subject.pos_ == "PRON"):
            rest = _predicate(verb, is_plural(subject), False, view.last)
            if rest:
                return metric, "that", [*named, *rest]
    deed = content_verb(verb, view.first, view.last)
    if deed is not None and lemma(deed) not in {"be", "have"}:
        words = step_words(deed, view.first, view.last)
        if len(words) > 1 or (words and deed.pos_ == "VERB" and not view.negated):
            return metric, "of", [gerund(words[0]), *words[1:]]
    noun = _noun(view)
    if noun:
        bad = metric.direction == "minimize"
        chosen = need_wording.TOO_MUCH if bad else need_wording.AVAILABILITY
        return chosen, chosen.joint, noun
    near = _nearest_deed(view)
    return (metric, "of", [gerund(near[0]), *near[1:]]) if near else None


def _predicate(verb: Token, plural: bool, negated: bool, last: int) -> list[str]:
    """Write a finite predicate in the present: "was rejected by the bank" -> "is rejected"."""
    copula = "are" if plural else "is"
    passive = any(c.dep_ == "auxpass" for c in verb.lefts)
    if passive:
        return [copula, verb.lower_]
    if lemma(verb) == "be":
        state = next((c for c in verb.rights if c.dep_ in {"acomp", "attr"} and c.i < last), None)
        if state is None:
            return []
        words = noun_words(state, room=4, within=(verb.i, last)) if state.dep_ == "attr" else [state.lower_]
        return [copula, *words] if words else []
    words = step_words(verb, verb.i, last)
    if not words or (base_form(verb) != words[0] and len(words) == 1):
        return []
    return [words[0] if plural else third_person(words[0]), *words[1:]]


def _kind(view: _View) -> NeedKind:
    return next((kind for kind, cues in need_wording.KIND_CUES if cues & view.cues), "functional")
