"""Every way in which a clause can be written as a need: what is measured, by which metric, in which direction.

Part of hop 2. Knows the clause as `need_views` sees it; knows nothing of which writing is the right one: that is for
`need_choice`, which learned it, or for the cue words of `needs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from spacy.tokens import Token

from jtbd_nlp.statements import need_wording
from jtbd_nlp.statements.deeds import child_of
from jtbd_nlp.statements.need_views import (
    ROOM,
    SPEAKERS,
    View,
    asked,
    is_shunned,
    nouns,
    own_deeds,
    speaks_of,
    subject_of,
    thing,
)
from jtbd_nlp.statements.need_wording import Metric, metric_of
from jtbd_nlp.statements.phrases import step_words
from jtbd_nlp.statements.questions import finite_words
from jtbd_nlp.statements.tokens import is_name, is_plural, lemma
from jtbd_nlp.statements.word_forms import base_of_gerund, gerund, third_person
from jtbd_nlp.statements.wording import TEMPORAL_NOUNS, word_set

# What of the clause is measured: a deed it names, a thing, a question, or that it happens.
Source = Literal["deed", "thing", "question", "event", "doing", "having to"]
SOURCES: Final[tuple[Source, ...]] = ("deed", "thing", "question", "event", "doing", "having to")


class Writing(NamedTuple):
    """One way to write a clause as a need."""

    metric: Metric
    joint: str
    words: tuple[str, ...]
    source: Source

    @property
    def measured(self) -> str:
        """What the metric measures."""
        return " ".join(self.words)

    @property
    def statement(self) -> str:
        """The need in direction + metric form."""
        return f"{self.metric.direction} the {self.metric.name} {self.joint} {self.measured}"


_OF_DEEDS: Final = (need_wording.TIME, need_wording.EFFORT, need_wording.ABILITY, need_wording.TIME_AVAILABLE)
_OF_DOING: Final = (
    need_wording.MISHAP,
    need_wording.SUCCESS,
    need_wording.COST,
    need_wording.STRESS,
    need_wording.FRUSTRATION,
    need_wording.TEDIUM,
    need_wording.ENJOYMENT,
)
_OF_THINGS: Final = (
    need_wording.UNCERTAINTY,
    need_wording.AVAILABILITY,
    need_wording.QUALITY,
    need_wording.COST,
    need_wording.TRUST,
    need_wording.CONFIDENCE,
)
_OF_MANY: Final = (need_wording.TOO_MANY, need_wording.MORE)
_OF_ONE: Final = (need_wording.TOO_MUCH, need_wording.MORE_OF)
_WISHES: Final = word_set("want love hope wish like able capable prefer")
_MEASURES: Final = frozenset({need_wording.TIME, need_wording.EFFORT, need_wording.TIME_AVAILABLE})
_OF_HAPPENING: Final = (need_wording.MISHAP, need_wording.SUCCESS)
_STEM: Final = 4
_FUNCTION_WORDS: Final = word_set("the a an of to that is are do does not how whether what which too having and people")
# Deeds that say only that something else is done or wanted, and words with which nothing is said.
_HOLLOW_DEEDS: Final = word_set(
    "require rely struggle need want seem do be have happen say mean think know feel avoid prevent stop help let make "
    "allow consume value improve"
)
_HOLLOW_THINGS: Final = word_set("issue issues problem problems lack case cases")
_HOLLOW_ENDS: Final = word_set("people own thing things do does is are way ways wanted")
_MOST_THINGS: Final = 4
_MOST_DEEDS: Final = 3
_LESS_OF: Final = word_set("too_many so_many too_much so_much fewer less reduce minimal")
_MORE_OF: Final = word_set("more enough additional extra increase few")
# Metrics that a clause must name by one of these cues; of the others it need only name what is measured.
CUES: Final = {
    **dict(need_wording.CUES),
    need_wording.TIME_AVAILABLE: word_set("free_up more_time have_time enough_time extra_time save_time saves_time"),
    need_wording.ABILITY: word_set("can could able cannot ca unable let allow enable ability possible impossible help"),
    need_wording.EFFORT: dict(need_wording.CUES)[need_wording.EFFORT]
    - word_set("have_to help assist challenge bother lift automate streamline"),
    need_wording.AVAILABILITY: word_set(
        "need want lack available unavailable no without wish offer provide access missing"
    ),
    need_wording.TOO_MANY: _LESS_OF,
    need_wording.MORE: _MORE_OF,
    need_wording.TOO_MUCH: _LESS_OF,
    need_wording.MORE_OF: _MORE_OF,
    need_wording.QUALITY: word_set("quality better improve improvement best good great well bad poor poorly worse"),
}


def list_writings(view: View) -> list[Writing]:
    """Every writing of a clause, none twice, always in the same order; none where it names nothing.

    A metric other than a likelihood is tried only where a word of the clause speaks of it: "it takes ages" of time.
    """
    found = [*_of_deeds(view), *_of_having_to(view), *_of_events(view), *_of_questions(view), *_of_things(view)]
    said = [w for w in found if _is_said(w, view) and not _is_hollow(w)]
    return list({w.statement: w for w in reversed(said)}.values())[::-1]


def names_mishap(writing: Writing) -> bool:
    """Whether it names a mishap and nothing that ends one: "errors in the bill", not "finding the errors"."""
    said = [w.lower() for w in writing.words]
    words = {*said, *(w.rstrip("s") for w in said), *(base_of_gerund(w) for w in said)}
    return bool(words & need_wording.NEGATIVE) and not words & need_wording.ENDING and "not" not in words


def _is_hollow(writing: Writing) -> bool:
    """Whether it stutters, or says of nothing in particular that it is done or happens."""
    words = [w.lower() for w in writing.words]
    content = [w for w in words if w not in _FUNCTION_WORDS]
    verb = base_of_gerund(words[0]) if writing.source == "doing" else words[0]
    if len(set(content)) < len(content) or not set(content) - _HOLLOW_THINGS or words[-1] in _HOLLOW_ENDS:
        return True
    return verb in _HOLLOW_DEEDS if writing.source in {"deed", "doing"} else False


def _is_said(writing: Writing, view: View) -> bool:
    """Whether what is measured is in the words of the clause; the verb may stand for another: find out, determine."""
    stems = {form[:_STEM] for t in view.tokens for form in (t.lower_, lemma(t))}
    stems |= {part[:_STEM] for t in view.tokens for part in t.lower_.split("-")}
    own = [w.lower() for w in writing.words[1 if writing.source in {"deed", "doing"} else 0 :]]
    return all(part[:_STEM] in stems or part in _FUNCTION_WORDS for word in own for part in word.split("-"))


def _named(metrics: tuple[Metric, ...], view: View) -> list[Metric]:
    """The metrics that the clause has a word of, and those that need none."""
    return [m for m in metrics if m not in CUES or CUES[m] & view.cues]


def _of_deeds(view: View) -> Iterator[Writing]:
    for verb, words in own_deeds(view)[:_MOST_DEEDS]:
        doing = (gerund(words[0]), *words[1:])
        if is_shunned(verb):
            yield Writing(need_wording.MISHAP, "of", doing, "doing")
            continue
        told = _named(_OF_DEEDS, view)
        for metric in told:
            yield Writing(metric, metric.joint, tuple(words), "deed")
        for metric in _named(_OF_DOING, view):
            # Where the clause speaks of time or effort, or of doing it less, it is not about whether it is done.
            if metric in _OF_HAPPENING and (set(told) & _MEASURES or view.cues & _LESS_OF or _is_against(metric, view)):
                continue
            yield Writing(metric, metric.joint, doing, "doing")
    words = step_words(view.head, view.first, view.last) if _is_others_mishap(view) else []
    if len(words) > 1:
        yield Writing(need_wording.MISHAP, "of", (gerund(words[0]), *words[1:]), "doing")


def _is_against(metric: Metric, view: View) -> bool:
    """Whether a wish says the opposite: "I would love to delegate it" asks for no less of it."""
    if not view.cues & _WISHES:
        return False
    return (metric == need_wording.MISHAP) is not view.negated


def _is_others_mishap(view: View) -> bool:
    """ "It misses half of the errors": what goes wrong whoever does it."""
    return view.head.pos_ == "VERB" and lemma(view.head) in need_wording.NEGATIVE and not view.negated


def _of_having_to(view: View) -> Iterator[Writing]:
    """ "I have to type it all again" -> minimize the likelihood of having to type the form."""
    for token in view.tokens:
        if lemma(token) not in {"have", "need"} or token.pos_ not in {"VERB", "AUX"} or view.negated:
            continue
        inner = child_of(token, {"xcomp"}, view.last)
        if inner is None or inner.tag_ != "VB":
            continue
        words = step_words(inner, inner.i, view.last)
        if len(words) > 1 and words[0] not in {"be", "have"}:
            yield Writing(need_wording.MISHAP, "of", ("having", "to", *words), "having to")


def _of_events(view: View) -> Iterator[Writing]:
    for verb in _events(view):
        for words in _happening(verb, view):
            for metric in _OF_HAPPENING:
                yield Writing(metric, "that", tuple(words), "event")


def _events(view: View) -> list[Token]:
    """The clause's own verb and those it governs: of "I want the report to be short" also "be short"."""
    inner = [
        t
        for t in view.tokens
        if t.dep_ in {"ccomp", "xcomp", "advcl", "relcl", "conj"} and t.pos_ in {"VERB", "AUX"} and t.i != view.head.i
    ]
    return [t for t in (view.head, *inner) if t.pos_ in {"VERB", "AUX"}]


def _happening(verb: Token, view: View) -> Iterator[list[str]]:
    """What happens, in the present tense, as it was said and without its negation: "the ledgers match"."""
    subject = subject_of(verb)
    if subject is None or subject.lower_ in SPEAKERS - {"people"} or is_name(subject):
        return
    named = ["people"] if subject.lower_ == "people" else thing(subject, view) if subject.pos_ != "PRON" else []
    if not named or lemma(verb) in need_wording.WISHING:
        return
    plural = is_plural(subject) or subject.lower_ == "people"
    rest = finite_words(verb, plural, view.last, ROOM - len(named), step_words)
    if not rest:
        return
    plain = without_not(rest, plural)
    yield [*named, *plain]
    if (state := _overdone(verb, view)) is not None:
        yield [*named, "are" if plural else "is", "too", state]


def _overdone(verb: Token, view: View) -> str | None:
    state = child_of(verb, {"acomp"}, view.last) if lemma(verb) == "be" else None
    return state.lower_ if state is not None and any(c.lower_ == "too" for c in state.lefts) else None


def without_not(words: list[str], plural: bool) -> list[str]:
    """Turn "does not match" to "matches", "are not right" to "are right"."""
    if words[:2] in (["does", "not"], ["do", "not"]):
        return [words[2] if plural else third_person(words[2]), *words[3:]]
    return [w for w in words if w != "not"]


def _of_questions(view: View) -> Iterator[Writing]:
    words = asked(view)
    if words:
        yield Writing(need_wording.UNCERTAINTY, need_wording.UNCERTAINTY.joint, tuple(words), "question")
    for _, own in own_deeds(view)[:1] if _named((need_wording.UNCERTAINTY,), view) else ():
        yield Writing(need_wording.UNCERTAINTY, "about", ("how", "to", *own), "question")


def _of_things(view: View) -> Iterator[Writing]:
    for token, words in nouns(view)[:_MOST_THINGS]:
        own = (*_OF_THINGS, *(_OF_MANY if is_plural(token) else _OF_ONE))
        metrics = [m for m in own if m in CUES and speaks_of(view, token, CUES[m])]
        if token.lower_ in TEMPORAL_NOUNS:
            continue
        qualities = [c for c in sorted(view.cues & _QUALITY_CUES) if speaks_of(view, token, frozenset({c}))]
        metrics += [metric_of("increase", need_wording.QUALITIES[c], "of") for c in qualities]
        for metric in dict.fromkeys((need_wording.MISHAP, *metrics)):
            if not _repeats(metric, words):
                yield Writing(metric, metric.joint, tuple(words), "thing")


def _repeats(metric: Metric, words: list[str]) -> bool:
    """Whether what is measured is the metric itself: "the control of control", "the quality of the quality"."""
    return metric.name in words


_QUALITY_CUES: Final = frozenset(need_wording.QUALITIES)
