"""Need statements: a clause of talk written as direction + metric + object of control.

Part of hop 2. Knows spaCy's English parse and the cue words of `need_wording`; knows nothing of stages or studies.
Source: METHOD §4 (Ulwick's wording; thrv's wording by `thrv_form`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from spacy.tokens import Doc, Token

from jtbd_nlp.domain import NeedPhrase
from jtbd_nlp.statements import need_wording, wording
from jtbd_nlp.statements.clauses import Clause
from jtbd_nlp.statements.deeds import child_of, content_verb
from jtbd_nlp.statements.need_contexts import circumstance
from jtbd_nlp.statements.need_evidence import bears_out
from jtbd_nlp.statements.need_kinds import kind_of_need
from jtbd_nlp.statements.need_views import ROOM, View, asked, deed, noun, own_deed, subject_of, thing
from jtbd_nlp.statements.need_wording import Metric, WrittenNeed, metric_of
from jtbd_nlp.statements.need_writings import Writing, without_not
from jtbd_nlp.statements.phrases import nearest_deed, step_words
from jtbd_nlp.statements.questions import finite_words
from jtbd_nlp.statements.tokens import is_name, is_plural, lemma
from jtbd_nlp.statements.word_forms import base_of_gerund, gerund

_TOO: Final = wording.word_set("too never hardly barely enough than")
_TAKING_TIME: Final = re.compile(r"\b(?:tak(?:e|es|ing)|took) (?:my|our|your|its|one's|the) time\b", re.IGNORECASE)
_RUSHING: Final = re.compile(r"\b(?:rush|rushed|rushing|hurry|hurried)\b", re.IGNORECASE)
# Metrics of how a deed feels: the deed itself is what is written.
_FELT_WHILE_DOING: Final = frozenset({"stress", "frustration", "tedium", "enjoyment", "comfort"})


def need_phrase(doc: Doc, clause: Clause) -> NeedPhrase:
    """Write `clause` as one need by its cue words: "it takes ages to park" -> "minimize the time it takes to park".

    Where no cue fits, the clause itself becomes what is likely or not: "the ledgers did not match" -> "minimize
    the likelihood that the ledgers do not match". What is measured is the deed or thing the clause names, or else the
    nearest deed before it in the turn. Always gives a statement; which one says what the quote says is for
    `need_choice` to tell.
    """
    view = View.of(doc, clause)
    written = next((w for w in (_write(metric, view) for metric in _metrics_by_cue(view)) if w is not None), None)
    chosen, joint, words = written or (need_wording.EFFORT, need_wording.EFFORT.joint, need_wording.NAMELESS.split())
    return _phrase(view, chosen, joint, words)


def phrase_of(view: View, writing: Writing, chance: float) -> NeedPhrase:
    """The need that `writing` makes of a clause; `chance` is how likely an analyst would write the like.

    It is worth nothing where the words of the clause do not bear the writing out.
    """
    sure = chance if bears_out(view, writing) else 0.0
    return _phrase(view, writing.metric, writing.joint, list(writing.words), sure)


def phrase_reworded(view: View, need: WrittenNeed, chance: float) -> NeedPhrase:
    """The need of a clause in words of somebody else; `chance` is how likely an analyst would write the like."""
    metric = metric_of(need.direction, need.metric, need.joint)
    return _phrase(view, metric, need.joint, need.measured.split(), chance)


def _phrase(view: View, metric: Metric, joint: str, words: list[str], chance: float = 0.0) -> NeedPhrase:
    measured = " ".join(words)
    phrase = NeedPhrase(
        statement=f"{metric.direction} the {metric.name} {joint} {measured}",
        direction=metric.direction,
        metric=metric.name,
        measured=measured,
        context=circumstance(view.head, words),
        kind=kind_of_need(view.head, list(view.tokens), metric, words),
        wording=chance,
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


def _is_met(view: View) -> bool:
    """Say whether the speaker finds it no trouble: "that is easy to find", "it isn't hard", "I found it quickly".

    Not "it should be easy", "if it is easy", "it is easier", "something easy to use".
    """
    if view.cues & need_wording.NOT_YET or "?" in view.text or view.head.dep_ in {"relcl", "acl"}:
        return False
    if need_wording.NO_TROUBLE & view.cues:
        return True
    if view.negated or view.is_bad or view.cues & _TOO or subject_of(view.head) is None:
        return False
    return any(c.lower_ in need_wording.EASE and c.dep_ in {"acomp", "advmod"} for c in view.head.children)


def _metrics_by_cue(view: View) -> list[Metric]:
    """Metrics that the words name, best first; the last one can be written for any clause with a verb."""
    found = [metric for metric, cues in need_wording.CUES if cues & view.cues]
    if _wants_time(view):
        found = [need_wording.LEISURE, *found]
    firm = [m for m in found if m in need_wording.FIRM]
    return [*firm, *_qualities(view), *(m for m in found if m not in firm), _event_metric(view)]


def _wants_time(view: View) -> bool:
    """ "I like to take my time", "I don't want to be rushed"; not "they take their time", "what a waste of my time"."""
    if _TAKING_TIME.search(view.text):
        return view.is_speakers or bool(view.cues & need_wording.WISHING)
    return bool(_RUSHING.search(view.text)) and view.negated


def _qualities(view: View) -> list[Metric]:
    names = dict.fromkeys(need_wording.QUALITIES[c] for c in sorted(view.cues & need_wording.QUALITIES.keys()))
    return [need_wording.metric_of("increase", name, "of") for name in names][:1]


def _event_metric(view: View) -> Metric:
    """Whether the clause is to be likely or not: by its bad words and negations."""
    if view.negated:
        return need_wording.MISHAP if view.is_bad and not view.is_speakers else need_wording.SUCCESS
    return need_wording.MISHAP if view.is_bad else need_wording.SUCCESS


def _write(metric: Metric, view: View) -> tuple[Metric, str, list[str]] | None:
    """Write what `metric` measures, or None where the clause does not name such a thing."""
    words: list[str] = []
    if metric.form == "takes":
        words = deed(view)
    elif metric.form == "of deed":
        words = _done(own_deed(view)) or noun(view) or _done(deed(view))
    elif metric.form == "about":
        words = _question(view)
    elif metric.form == "of noun":
        words = noun(view)
    else:
        return _event(metric, view)
    return (metric, metric.joint, words) if words else None


def _done(deed: list[str]) -> list[str]:
    return [gerund(deed[0]), *deed[1:]] if deed else []


def _question(view: View) -> list[str]:
    """What somebody is unsure of: the question the clause asks, or else the thing it is about."""
    return asked(view) or noun(view)


def _event(metric: Metric, view: View) -> tuple[Metric, str, list[str]] | None:
    """What is likely or not: "of losing the thread" for oneself and tools, "that the ledgers match" for others.

    Negations go: "the bank does not answer" is a need for the bank to answer.
    """
    verb, view = _wished(view)
    if verb.pos_ not in {"VERB", "AUX"}:
        words = thing(verb, view)
        return (metric, metric.joint, words) if words else None
    subject = subject_of(verb)
    if subject is not None and subject.pos_ != "PRON" and not is_name(subject):
        named = thing(subject, view)
        rest = finite_words(verb, is_plural(subject), view.last, ROOM - len(named), step_words) if named else []
        if rest:
            return metric, "that", [*named, *without_not(rest, is_plural(subject))]
    deed = content_verb(verb, view.first, view.last)
    if deed is not None and lemma(deed) not in wording.STATE_VERBS - {"find", "understand", "remember"}:
        words = step_words(deed, view.first, view.last)
        if len(words) > 1:
            return metric, metric.joint, _done(words)
    if words := asked(view):
        return need_wording.UNCERTAINTY, need_wording.UNCERTAINTY.joint, words
    words = noun(view)
    if words and view.is_bad and not view.negated:
        return need_wording.TOO_MANY, need_wording.TOO_MANY.joint, ["problems", "with", *words]
    if words:
        lacks = lemma(verb) in need_wording.HAVING or child_of(verb, {"attr"}, view.last) is not None
        chosen = need_wording.AVAILABILITY if lacks or subject is None else need_wording.QUALITY
        return chosen, chosen.joint, words
    words = nearest_deed(view.doc, view.first)
    return (metric, metric.joint, _done(words)) if words else None


def _wished(view: View) -> tuple[Token, View]:
    """Step into what is wished or felt: "I want the report to be short" is about the report."""
    verb = view.head
    if lemma(verb) in need_wording.WISHING:
        inner = next(
            (c for c in verb.rights if c.dep_ in {"ccomp", "xcomp"} and c.pos_ in {"VERB", "AUX"} and c.i < view.last),
            None,
        )
        if inner is not None and subject_of(inner) is not None:
            return inner, view
    return verb, view
