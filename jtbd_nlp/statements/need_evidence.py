"""Whether the words of a clause bear out a writing of it as a need: its metric, its direction and its object.

Part of hop 2. A writing that is likely by what was learned may still say what nobody said; then the quote stays as it
is. Knows spaCy's English parse and the cue words of `need_wording`; knows nothing learned.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from spacy.tokens import Token

from jtbd_nlp.lint import lint_need
from jtbd_nlp.statements import need_wording
from jtbd_nlp.statements.need_views import SPEAKERS, View, is_shunned, nouns, own_deeds, subject_of
from jtbd_nlp.statements.need_writings import CUES, Writing, names_mishap
from jtbd_nlp.statements.tokens import lemma
from jtbd_nlp.statements.word_forms import base_of_gerund
from jtbd_nlp.statements.wording import word_set

# "Wants to", "should": what is told here is to be. A negated deed is to be only where somebody could not do it.
_AIMS: Final = word_set(
    "want wish hope need should must ensure sure goal aim important importance able help helpful allow let enable "
    "useful prefer ideal ideally try opportunity crucial essential valuable deserve"
)
_COULD: Final = word_set("can ca could able know manage")
_FAILED: Final = word_set("fail forget struggle unable cannot")
# That something is so is no need: "the date would be important".
_JUDGING: Final = word_set("important valuable helpful useful interesting essential crucial matters matter")
# Doing less work is no work to do: "make it easier" is not "the effort it takes to simplify".
_EASING: Final = word_set("simplify ease streamline automate improve speed help") | need_wording.NEGATIVE
# Whose effort nobody minds.
_TOOLS: Final = word_set("ai model models chatgpt chatbot bot software program")
_DESIRES: Final = word_set("love want like enjoy hope")
# Who deals with a mishap tells of dealing with it: "find the errors", not "errors in the bill".
_DEALING: Final = word_set(
    "find handle look turn fill solve fix address dig catch spot identify detect correct explain discuss report"
)
_DOUBTING: Final = dict(need_wording.CUES)[need_wording.UNCERTAINTY] | word_set(
    "know aware ask wonder find_out figure figure_out decide determine understand tell see sure check learn remember ?"
)
_TIMELY: Final = word_set("timely timeliness overdue deadline")
_METRICS: Final = (
    need_wording.TIME,
    need_wording.COST,
    need_wording.STRESS,
    need_wording.FRUSTRATION,
    need_wording.TEDIUM,
    need_wording.EFFORT,
    need_wording.UNCERTAINTY,
    need_wording.TRUST,
    need_wording.CONFIDENCE,
)
# What a word of quality is about, by the metric that it names; a quote that says it and a need that does not, differ.
_TOLD_BY: Final = {
    **{cue: metric.name for metric in _METRICS for cue in CUES[metric]},
    **dict.fromkeys(_TIMELY, need_wording.TIME.name),
    **dict.fromkeys(word_set("good well better best great"), need_wording.QUALITY.name),
    **{cue: noun for cue, noun in need_wording.QUALITIES.items() if cue not in _AIMS},
}
_SAME_TELLING: Final = {"time available": "time", "ability": "effort"}
_STEM: Final = 4
# Metrics that are often told together: "it takes time and effort", "faster and easier".
_BURDENS: Final = frozenset({"time", "effort", "cost", "stress", "frustration", "tedium", "uncertainty"})
_OPEN_ENDS: Final = word_set("more less better worse done")


def bears_out(view: View, writing: Writing) -> bool:
    """Whether the clause says what the writing says: nothing of it lost, turned round or read into it.

    - No rule of a well-formed need is broken.
    - No other quality is told than the metric's: "handle urgent issues in a timely manner" is about time.
    - The metric's word stands outside what is measured, and is said of it: not "the confidence in confident words".
    - A likelihood is of what the words call bad, or wish: not "the likelihood that the cart is full".
    """
    if lint_need(writing.statement) or _is_broken(view, writing):
        return False
    outside = _outside(view, writing)
    if _tells_another(writing, outside):
        return False
    if writing.metric in {need_wording.MISHAP, need_wording.SUCCESS}:
        return _is_dreaded(view, writing, outside) if _is_less(writing) else _is_hoped_for(view, writing, outside)
    if writing.metric == need_wording.UNCERTAINTY:
        return _is_asked(view, writing, outside)
    return any(_is_said_of(cue, view, writing) for cue in outside if _cue_names(cue) & _cues_of(writing))


def _is_less(writing: Writing) -> bool:
    return writing.metric.direction == "minimize"


def _is_broken(view: View, writing: Writing) -> bool:
    """What the rewriting broke: a future, an end left open, "benefit" of "benefits me", "losing" of "getting lost"."""
    if "go to be" in writing.measured or writing.words[-1] in _OPEN_ENDS or "or" in writing.words:
        return True
    if not writing.words[0][0].isalpha() or (len(writing.words) == 2 and writing.words[-1].endswith("ing")):
        return True
    if writing.source in {"thing", "question"}:
        return False
    verbs = [t for t in view.tokens if t.pos_ == "VERB" and _is_measured(t, writing)]
    return any(
        any(c.dep_ == "dobj" and c.pos_ == "PRON" for c in verb.rights)
        or (verb.tag_ == "VBN" and writing.source == "doing" and (lemma(verb.head) == "get" or _is_passive(verb)))
        for verb in verbs
    )


def _is_passive(verb: Token) -> bool:
    return any(c.dep_ == "auxpass" for c in verb.lefts)


def _outside(view: View, writing: Writing) -> list[Token]:
    """The words of the clause that what is measured does not say."""
    return [t for t in view.tokens if not _is_measured(t, writing)]


def _is_measured(token: Token, writing: Writing) -> bool:
    own = {part[:_STEM] for word in writing.words for part in (word.lower(), base_of_gerund(word.lower()))}
    return bool({token.lower_[:_STEM], lemma(token)[:_STEM]} & own)


def _cue_names(token: Token) -> frozenset[str]:
    """The token as cue words name it: by its form, its lemma, and each with the word before and after it."""
    names = {token.lower_, lemma(token), "not" if token.dep_ == "neg" else ""}
    for other, is_before in ((token.i - 1, True), (token.i + 1, False)):
        if 0 <= other < len(token.doc):
            near = token.doc[other]
            forms = ("not",) if near.dep_ == "neg" else (near.lower_, lemma(near))
            names |= {f"{f} {n}" if is_before else f"{n} {f}" for f in forms for n in (token.lower_, lemma(token))}
    return frozenset(names)


def _all_names(tokens: Iterable[Token]) -> frozenset[str]:
    return frozenset[str]().union(*(_cue_names(t) for t in tokens))


def _cues_of(writing: Writing) -> frozenset[str]:
    named = frozenset(c for c, noun in need_wording.QUALITIES.items() if noun == writing.metric.name)
    return named | CUES.get(writing.metric, frozenset())


def _tells_another(writing: Writing, outside: Iterable[Token]) -> bool:
    """Whether the words tell another quality than the metric's; burdens go together, as time and effort do."""
    own = {writing.metric.name, _SAME_TELLING.get(writing.metric.name, "")}
    told = {_TOLD_BY[name] for name in _all_names(outside) if name in _TOLD_BY}
    is_burden = writing.metric.name in _BURDENS or (writing.source == "event" and names_mishap(writing))
    return bool(told - own - (_BURDENS if is_burden or writing.metric == need_wording.TIME_AVAILABLE else frozenset()))


def _is_dreaded(view: View, writing: Writing, outside: list[Token]) -> bool:
    """Whether a likelihood to be minimized is one of what the words call bad, shun or have to do."""
    names = _all_names(outside)
    if writing.source == "having to":
        return any(lemma(t) == "have" for t in view.tokens)
    if writing.source == "doing":
        verb = base_of_gerund(writing.words[0])
        is_bad = names_mishap(writing) and verb not in _DEALING and not names & (_AIMS | _DESIRES)
        shunned = (is_shunned(token) for token, words in own_deeds(view) if words[0] == verb)
        return is_bad or verb in need_wording.NEGATIVE or any(shunned)
    if not names_mishap(writing):
        return False
    if any(t.lower_ in {"if", "whether"} and t.dep_ == "mark" for t in outside):
        return False
    is_wished = bool(names & _DESIRES) and not view.negated
    is_dealt_with = any(lemma(t) in _DEALING and t.tag_ not in {"VBD", "VBN"} for t in outside)
    return writing.source != "thing" or not (is_dealt_with or is_wished or _is_predicate(view, writing))


def _is_predicate(view: View, writing: Writing) -> bool:
    """ "Sustainability is a fiscal issue" tells of no issue that might come up."""
    return any(
        token.dep_ == "attr" and (subject := subject_of(token.head)) is not None and subject.pos_ == "NOUN"
        for token, words in nouns(view)
        if tuple(words) == writing.words
    )


def _is_hoped_for(view: View, writing: Writing, outside: list[Token]) -> bool:
    """Whether a likelihood to be increased is one of what the speakers want, fail at or find undone."""
    names = _all_names(outside)
    doer = subject_of(view.head)
    if writing.source == "doing" and doer is not None and doer.lower_ not in SPEAKERS | {"what", "who", "that"}:
        return False
    if writing.source == "event" and _JUDGING & set(writing.words):
        return False
    if view.negated:
        return _is_undone(view, writing) if writing.source == "event" else bool(names & (_COULD | _FAILED))
    return bool(names & _FAILED) or (bool(names & _AIMS) and not names & need_wording.NEGATIVE)


def _is_undone(view: View, writing: Writing) -> bool:
    """Whether the negation is of what is measured: "the ledgers don't match", not "I don't see which bills match"."""
    return any(t.dep_ == "neg" and _is_measured(t.head, writing) for t in view.tokens)


def _is_asked(view: View, writing: Writing, outside: list[Token]) -> bool:
    """Whether it is a question that somebody has: "unsure how to go on", not "when I feel tired", nor advice."""
    is_advice = view.text.lower().startswith(("why don", "why not"))
    doubts = [t.i for t in outside if _cue_names(t) & _DOUBTING]
    is_asked_after = any(t.lower_ == writing.words[0] and t.i > min(doubts, default=t.i) for t in view.tokens)
    return bool(doubts) and not is_advice and (is_asked_after or view.text.endswith("?"))


def _is_said_of(cue: Token, view: View, writing: Writing) -> bool:
    """Whether a word of quality is said of what is measured: "hard to find", "takes hours to find", "slow replies"."""
    if "too" in view.cues and not _is_less(writing):
        return False
    after = cue.doc[cue.i + 1] if cue.i + 1 < len(cue.doc) else None
    if cue.lower_ == "more" and after is not None and after.pos_ in {"ADJ", "ADV"}:
        return False
    if writing.source == "thing":
        named = [token for token, words in nouns(view) if tuple(words) == writing.words]
        is_doer = cue.pos_ == "VERB" and any(token.head == cue and token.dep_ == "nsubj" for token in named)
        return cue.dep_ not in {"relcl", "acl"} and not is_doer
    is_effort = writing.metric == need_wording.EFFORT
    if writing.words[0] in _EASING or (is_effort and any(t.lower_ in _TOOLS for t in view.tokens)):
        return False
    verbs = [token for token, words in own_deeds(view) if tuple(words) == writing.words or _is_done(words, writing)]
    return any(_are_tied(cue, verb) and all(c.dep_ != "neg" for c in verb.lefts) for verb in verbs)


def _is_done(words: list[str], writing: Writing) -> bool:
    return base_of_gerund(writing.words[0]) == words[0] and tuple(words[1:]) == writing.words[1:]


def _are_tied(cue: Token, verb: Token) -> bool:
    """Whether one governs the other, over one word at most, or both hang on one word."""
    cue = cue.head if cue.dep_ == "conj" else cue  # "time and effort"
    chain = [verb, verb.head, verb.head.head]
    if cue.dep_ == "aux":
        return cue.head == verb
    return cue in chain or cue.head in chain or cue.head.head == verb
