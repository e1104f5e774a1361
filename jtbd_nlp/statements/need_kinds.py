"""What kind of need a clause states: of the job itself, or emotional, social, consumption chain, financial.

Part of hop 2. Knows spaCy's English parse and short lists of general English; knows nothing of studies. A need is what
its metric measures, so the writing decides before the words around it do: "it is frustrating how long it takes" is
about time. Source: METHOD §4 (needs that are not of the functional job are kept apart and labelled).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spacy.tokens import Token

from jtbd_nlp.domain import NeedKind
from jtbd_nlp.statements import need_wording
from jtbd_nlp.statements.need_wording import Metric
from jtbd_nlp.statements.tokens import lemma
from jtbd_nlp.statements.wording import TOOL_NOUNS, word_set

_PEOPLE: Final = word_set("i we you me us one they he she people everyone everybody somebody someone who")
_SUBJECTS: Final = frozenset({"nsubj", "nsubjpass"})
_PREDICATES: Final = frozenset({"acomp", "attr", "oprd", "advcl", "xcomp", "ccomp", "conj", "ROOT", "relcl"})
# Metrics that measure a feeling, and those that measure the doing: the others leave the question open.
_FEELING_METRICS: Final = frozenset({need_wording.STRESS, need_wording.FRUSTRATION, need_wording.ENJOYMENT})
_DOING_METRICS: Final = frozenset(
    {need_wording.TIME, need_wording.EFFORT, need_wording.ABILITY, need_wording.TIME_AVAILABLE}
)
# States of mind that are what the need is about whatever they are felt at.
_STATES: Final = word_set(
    "stressed anxious frustrated overwhelmed lonely sad guilty proud drained exhausted burnt scared relieved excited "
    "bored annoyed upset discouraged demotivated miserable nervous panicked desperate isolated helpless"
)
# States of mind that look at something: with what they look at named, the need is about that.
_OUTLOOKS: Final = word_set("worried concerned afraid confident comfortable happy uncomfortable uneasy glad hopeful")
# What makes people feel so.
_STIRRING: Final = word_set(
    "stressful frustrating scary overwhelming boring annoying enjoyable fun discouraging depressing nerve-wracking "
    "exciting demoralizing upsetting daunting intimidating"
)
_FELT: Final = word_set("stress anxiety guilt pride frustration loneliness panic dread joy boredom fear")
_SOCIAL_WORDS: Final = word_set(
    "embarrassed embarrassing embarrassment embarrass ashamed humiliating humiliated reputation unprofessional "
    "respected judgmental"
)
_SHOWING: Final = word_set("look seem appear come sound")
_SEEING: Final = word_set("see perceive judge regard respect admire impress laugh")
_USING_A_PRODUCT: Final = word_set(
    "install instal uninstall upgrade update download set subscribe buy purchase renew cancel maintain dispose learn "
    "configure register replace order"
)
_INTO_A_PRODUCT: Final = word_set("log sign")
_OF_A_PRODUCT: Final = word_set(
    "subscription licence license warranty login password tutorial app update account driver"
)
_PRODUCTS: Final = (TOOL_NOUNS | _OF_A_PRODUCT | word_set("device printer machine")) - word_set(
    "it this that web internet model system"
)
_MONEY: Final = word_set(
    "money income revenue profit salary wage earnings cost expense price fee fund funds funding bill budget cash pay "
    "finances"
)
_SPENDING: Final = word_set("afford earn cost")
_GIVEN: Final = word_set("me us you them him her")


def kind_of_need(head: Token, words: Sequence[Token], metric: Metric, measured: Sequence[str]) -> NeedKind:
    """Tell the kind of the need that a clause states.

    Args:
        head: main word of the clause.
        words: all words of the clause.
        metric: by what the need is measured.
        measured: the words that the need is written with after its metric.
    """
    if metric in _FEELING_METRICS:
        return "social" if _is_social(words) else "emotional"
    if _is_of_product(words):
        return "consumption_chain"
    if _is_social(words):
        return "social"
    if metric == need_wording.COST or (metric not in _DOING_METRICS and _is_financial(words, measured)):
        return "financial"
    if metric in _DOING_METRICS:
        words = [w for w in words if w.head == head]
    return "emotional" if _is_emotional(words) else "functional"


def _is_emotional(words: Sequence[Token]) -> bool:
    """ "I felt guilty", "it is scary"; not "I feel like it takes hours", "I would love to leave early"."""
    for word in words:
        name = word.lower_
        if name in _STIRRING and word.dep_ in _PREDICATES:
            return True
        if name in _STATES and word.dep_ in _PREDICATES and _is_of_people(word):
            return True
        if name in _OUTLOOKS and word.dep_ in _PREDICATES and _is_of_people(word) and not _looks_at_something(word):
            return True
        if name in _FELT and word.pos_ == "NOUN" and word.dep_ in {"dobj", "attr", "nsubj", "pobj"}:
            return True
    return False


def _is_of_people(word: Token) -> bool:
    """Whether somebody, and not something, is said to be so; an -ing clause without a subject is somebody's."""
    subject = _subject(word) or (_subject(word.head) if word.head is not word else None)
    return subject is None or subject.lower_ in _PEOPLE or subject.ent_type_ == "PERSON"


def _looks_at_something(word: Token) -> bool:
    """ "worried that it breaks", "happy with the form"; not "worried", "worried about it"."""
    for child in word.rights:
        if child.dep_ in {"ccomp", "xcomp", "advcl"}:
            return True
        if child.dep_ == "prep" and any(c.dep_ in {"pobj", "pcomp"} and c.pos_ != "PRON" for c in child.rights):
            return True
    return False


def _is_social(words: Sequence[Token]) -> bool:
    """ "it makes me look stupid", "they judge me"; not "the status of the order", "it looks like rain"."""
    for word in words:
        if word.lower_ in _SOCIAL_WORDS:
            return True
        name = lemma(word)
        if name in _SHOWING and _subject_is_me(word) and any(_shows_person(word, c) for c in word.rights):
            return True
        if name in _SEEING and (word.tag_ == "VBN" and _is_passive(word) and _subject_is_me(word)):
            return any(c.lower_ in {"as", "like"} for c in word.rights) or name in {"respect", "judge", "admire"}
        if name in {"judge", "respect", "admire", "impress"} and any(
            c.dep_ == "dobj" and c.lower_ in {"me", "us", "you"} for c in word.rights
        ):
            return True
    return False


def _shows_person(verb: Token, child: Token) -> bool:
    """ "look stupid", "look like an amateur", "come across as rude"; not "look for it", "look at it"."""
    if lemma(verb) == "come":
        return child.lower_ in {"across", "off"}
    return child.dep_ in {"acomp", "oprd"} or (child.lower_ == "like" and child.dep_ == "prep")


def _subject_is_me(verb: Token) -> bool:
    subject = _subject(verb)
    if subject is None and verb.dep_ in {"xcomp", "ccomp"}:
        made = [c for c in verb.head.rights if c.dep_ == "dobj" and c.i < verb.i]
        subject = made[0] if made else _subject(verb.head)
    return subject is not None and subject.lower_ in {"i", "we", "me", "us", "you"}


def _is_passive(verb: Token) -> bool:
    return any(c.dep_ in {"auxpass", "aux"} and lemma(c) in {"be", "get"} for c in verb.lefts)


def _is_of_product(words: Sequence[Token]) -> bool:
    """ "setting up the app", "I have to log in again"; not "setting up a meeting", "installing a boiler"."""
    for word in words:
        name = lemma(word)
        if name in _INTO_A_PRODUCT and any(c.lower_ in {"in", "up", "into"} and c.i == word.i + 1 for c in word.rights):
            return True
        if name in _USING_A_PRODUCT and (word.pos_ == "VERB" or word.tag_ == "VBG"):
            thing = next((c for c in word.rights if c.dep_ == "dobj"), None)
            if thing is not None and _names_product(thing):
                return True
            if name == "learn" and _names_use(word):
                return True
    return False


def _names_product(noun: Token) -> bool:
    return noun.lower_ in _PRODUCTS or lemma(noun) in _PRODUCTS


def _names_use(learn: Token) -> bool:
    """ "learn how to use the app"; not "learn how to bake"."""
    return any(
        lemma(t) == "use" and any(c.dep_ == "dobj" and _names_product(c) for c in t.rights) for t in learn.subtree
    )


def _is_financial(words: Sequence[Token], measured: Sequence[str]) -> bool:
    """ "I was low on funds", "nobody got paid"; not "the income statement was wrong", "it affords me time"."""
    for word in words:
        name = lemma(word)
        if name in _SPENDING and word.pos_ == "VERB" and not any(c.lower_ in _GIVEN for c in word.rights):
            return True
        if name == "pay" and _is_passive(word) and _is_of_people(word):
            return True
        if name in _MONEY and word.pos_ == "NOUN" and word.dep_ != "compound":
            return bool({word.lower_, name} & set(measured)) or word.dep_ in {"dobj", "nsubj", "nsubjpass", "pobj"}
    return False


def _subject(verb: Token) -> Token | None:
    return next((c for c in verb.lefts if c.dep_ in _SUBJECTS), None)
