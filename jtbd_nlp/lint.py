"""Lint: which rules of a well-formed step or need a phrase breaks, and how good a phrase is as a step's name.

Part of hop 5 and of review. Works on plain strings with short lists of general English; knows no parser, no model and
no study, so a few rules err: a finding is a hint to the analyst, never a reason to drop something.
Source: METHOD §3 (steps) and §4 (needs), after Ulwick; Bettencourt and Ulwick 2008; Buchanan; thrv.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from jtbd_nlp.domain import LintFinding


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


MAX_STEP_WORDS: Final = 8
MAX_NEED_WORDS: Final = 20
GOOD_STEP_WORDS: Final = (3, 6)
DIRECTIONS: Final = ("minimize", "increase")

_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’\-./+#]*|[$€£%]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its stable id, why it is one (with METHOD's source), a phrase it catches and one it must not."""

    id: str
    why: str
    caught: str
    fine: str


STEP_RULES: Final = {
    r.id: r
    for r in (
        Rule("step-empty", "A step needs words to be read by.", "", "check the bill"),
        Rule(
            "step-verb-first",
            "A step begins with a base-form verb: it says what gets done (ULW, HBR08).",
            "the departure time",
            "estimate the departure time",
        ),
        Rule(
            "step-no-object",
            "A step is verb + object: a verb alone does not say what it is done to (METHOD §3).",
            "determine",
            "determine the route",
        ),
        Rule(
            "step-pronoun",
            "A pronoun has no meaning on a card away from its quote (GUIDE, phrase).",
            "send it to the bank",
            "send the form to the bank",
        ),
        Rule(
            "step-too-long",
            "A step has at most eight words; more is usually a second step or circumstances (GUIDE, phrase).",
            "write down all the things that have to be bought on the way",
            "list what has to be bought",
        ),
        Rule(
            "step-compound",
            "One action a step: compounds are split (METHOD §3).",
            "find and compare offers",
            "compare terms and conditions",
        ),
        Rule(
            "step-adverb",
            "An adjective or adverb of quality smuggles a need into the step (METHOD §3).",
            "quickly find the form",
            "find the family doctor",
        ),
        Rule(
            "step-product",
            "A step names no product or person: it must hold with every competing solution (BUCH).",
            "track costs in Excel",
            "track the costs",
        ),
        Rule(
            "step-tool-action",
            "Clicking and logging in is what people do with today's tool, not what they want done (ULW, HBR08).",
            "click the compare button",
            "compare the repayment options",
        ),
        Rule(
            "step-emotional",
            "Steps are functional: feelings and standing are needs of another kind (METHOD §3).",
            "feel safe on the road",
            "check that the road is safe",
        ),
        Rule(
            "step-is-whole-job",
            "A step is narrower than the job it belongs to (METHOD §3).",
            "get to a destination on time",
            "park the vehicle",
        ),
        Rule(
            "step-passive",
            "A step is written from the executor's point of view, so its verb is active (METHOD §3).",
            "be reminded of the deadline",
            "remember the deadline",
        ),
        Rule(
            "step-attempt",
            "Trying, starting and needing are no steps: name the deed itself (METHOD §3).",
            "try to find a slot",
            "try on the shoes",
        ),
        Rule(
            "step-vague",
            "Words such as thing and stuff do not say what is acted on (METHOD §3).",
            "sort the stuff",
            "sort the letters",
        ),
        Rule(
            "step-state",
            "Having, being and needing are states: a step says what gets done (METHOD §3).",
            "have a colleague",
            "have the form corrected",
        ),
        Rule(
            "step-motion",
            "Going somewhere is no step by itself: say what gets done there (METHOD §3).",
            "go to the water",
            "travel to the destination",
        ),
        Rule(
            "step-means",
            "Using says with what; a step says what for, whatever is used (ULW, HBR08).",
            "use the calculator",
            "calculate the total",
        ),
        Rule(
            "step-number",
            "A number is a circumstance of one person's day, not part of the step (METHOD §3).",
            "read 20 papers",
            "read the papers",
        ),
        Rule(
            "step-unfinished",
            "The phrase stops in the middle or stutters, so nobody can read it (METHOD §3).",
            "decide which of the",
            "find out what the fee is for",
        ),
        Rule(
            "step-filler",
            "Words of talk say nothing on a card (METHOD §3).",
            "check like the tyres",
            "check the tyres",
        ),
        Rule(
            "step-negated",
            "A step says what gets done; leave a thing out by naming the deed (METHOD §3).",
            "do not pay the bill",
            "withhold the payment",
        ),
    )
}
NEED_RULES: Final = {
    r.id: r
    for r in (
        Rule(
            "need-direction",
            "A need begins with minimize or increase, so that it can be measured (ULW).",
            "reduce the time it takes to park",
            "minimize the time it takes to park",
        ),
        Rule(
            "need-metric",
            "A need names one metric after the direction: the time, the likelihood, the number (ULW).",
            "minimize parking trouble",
            "minimize the effort it takes to park",
        ),
        Rule(
            "need-object",
            "A need says what the metric measures (ULW: object of control).",
            "minimize the time",
            "minimize the time it takes to park",
        ),
        Rule(
            "need-two-metrics",
            "One metric a need: two cannot be rated together (ULW).",
            "minimize the time and cost of parking",
            "minimize the time it takes to compare costs",
        ),
        Rule(
            "need-adjective",
            "An adjective or adverb of quality is a second, unmeasured need (ULW).",
            "minimize the time it takes to easily find the form",
            "minimize the time it takes to find the form",
        ),
        Rule(
            "need-target-value",
            "A target value belongs to a product's goals and not to the need, which stays the same (ULW).",
            "minimize the time it takes to park to under 5 minutes",
            "minimize the time it takes to park",
        ),
        Rule(
            "need-solution",
            "A need is free of solutions, or it dies with them (ULW).",
            "minimize the number of clicks in the app",
            "minimize the number of errors in the bill",
        ),
        Rule(
            "need-pronoun",
            "A pronoun has no meaning on a card away from its quote (GUIDE, phrase).",
            "minimize the time it takes to find it",
            "minimize the time it takes to find the form",
        ),
        Rule(
            "need-too-long",
            "A need of more than twenty words cannot be rated in a survey (METHOD §4).",
            "minimize the time it takes to find out which of the many forms that the office has sent over the years "
            "is the one that applies",
            "minimize the time it takes to find out which form applies",
        ),
        Rule(
            "need-vague",
            "Words such as thing and stuff do not say what is measured (ULW).",
            "minimize the time it takes to do things",
            "minimize the time it takes to do the laundry",
        ),
    )
}

_PRONOUNS: Final = _set(
    "i me my mine we us our ours you your yours he him his she her hers it its they them their theirs this "
    "these those myself yourself himself herself itself ourselves themselves someone something anything "
    "everything somebody anyone everyone"
)
_QUALITY_WORDS: Final = _set(
    "quickly accurately easily efficiently effectively carefully properly correctly successfully faster quicker "
    "better best easier easy quick fast good great nice perfect ideal accurate efficient effective seamlessly "
    "smoothly simply reliably safely cheaply conveniently optimally thoroughly clearly immediately really "
    "actually basically just very always never often usually sometimes again still maybe probably slowly simple"
)
_NOT_ADVERBS: Final = _set(
    "apply reply supply comply rely multiply family assembly early only daily weekly monthly yearly anomaly "
    "butterfly belly bully fly ally rally tally italy july jelly lily monopoly homily folly elderly friendly "
    "likely costly quarterly timely hourly imply fully bubbly curly ugly lovely lonely holy ply sly"
)
_PRODUCT_CASE: Final = re.compile(r"^(?:[A-Z][a-z]+|[A-Z]?[a-z]+[A-Z]\w*)")
_TOOL_ACTIONS: Final = _set("click tap scroll swipe login double-click right-click")
_TOOLS: Final = _set(
    "app apps click clicks button buttons website websites dashboard screen screens menu menus popup software "
    "ai chatbot chatgpt spreadsheet plugin prompt prompts"
)
_FEELING_VERBS: Final = _set("feel enjoy love hate worry hope wish fear like dislike")
_ATTEMPTS: Final = _set("try start begin continue need want have manage attempt keep stop help go")
_VAGUE: Final = _set("thing things stuff something anything everything whatever lot lots bit")
_NOT_BASE_VERBS: Final = _set(
    "the a an this that these those my our your their his her its some any all no each every and or but if when "
    "while because to of in on at for with from by about as not is are was were am been being did does had has "
    "than then so very more most many much few less what which who whom whose how why where there here i we you "
    "he she it they went made got took said gave found knew thought told saw came left felt kept began wrote "
    "paid met sent built bought brought spent sold lost held stood understood"
)
_NOUN_ENDINGS: Final = ("tion", "sion", "ment", "ness", "ity", "ance", "ence", "ship", "ism")
_VERBS_WITH_NOUN_ENDINGS: Final = _set(
    "mention question position function caution condition transition auction station ration envision commission "
    "implement document complement supplement comment augment experiment segment witness harness advance "
    "balance enhance finance influence reference sequence experience evidence silence fence ship worship cement "
    "torment vision partition portion provision audition petition proportion pension cushion fashion apportion "
    "sanction motion edition dance chance glance pence commence"
)
_ING_VERBS: Final = _set("bring ring sing swing sting string cling fling wing king ping spring sling")
_ED_VERBS: Final = _set(
    "need feed speed proceed exceed succeed seed weed breed bleed embed shed wed bed shred heed read lead add "
    "cede supersede sled fed"
)
_COMMON_VERBS: Final = _set(
    "find get choose compare check plan determine decide write read send pay buy sell ask tell call meet make "
    "take give set keep put run build test review edit draft learn teach prepare gather collect arrange confirm "
    "verify adjust track monitor record store share submit file sign book order pick drop clean cook pack move "
    "travel drive park fix repair change update remove add create design develop describe explain research "
    "search locate identify assess evaluate estimate calculate measure understand define refine revise correct "
    "translate summarize analyse analyze organize schedule assign discuss negotiate agree open close start "
    "finish complete deliver install try use view see handle manage contact answer reply apply request return "
    "replace select sort list note watch listen talk think look work bring show release publish print copy save "
    "delete"
)
_JOINTS: Final = "of|that|it|about|to|in|for|with|on|between|from|at|by|how|what|which"
_METRIC: Final = re.compile(
    rf"^(?:minimize|increase) the (?P<metric>[a-z][\w'’-]*(?: (?!(?:{_JOINTS}|and|or)\b)[\w'’-]+){{0,3}})"
    rf"(?P<second> (?:and|or) [a-z][\w-]*(?= (?:{_JOINTS})\b))?(?P<rest>.*)$"
)
_TARGET: Final = re.compile(
    r"\d+ ?(?:%|percent|minutes?|hours?|days?|weeks?|seconds?|euros?|dollars?|clicks?)|[$€£] ?\d"
    r"|\b(?:under|below|within|less than|at most|more than) (?:one|two|three|\d+)\b"
)


def _words(phrase: str) -> list[str]:
    return _WORD.findall(phrase)


def lint_step(phrase: str, *, job: str | None) -> tuple[LintFinding, ...]:
    """Return the rules of METHOD §3 that `phrase` breaks as a job step, in the order of `STEP_RULES`.

    Args:
        phrase: the step as a job map would show it; "" breaks step-empty alone.
        job: the study's job, to tell a step that merely restates it; None leaves that rule out.
    """
    broken = set(_broken_step_rules(phrase, job))
    return tuple(LintFinding(r.id, r.why) for r in STEP_RULES.values() if r.id in broken)


def lint_need(statement: str) -> tuple[LintFinding, ...]:
    """Return the rules of METHOD §4 that a need `statement` in ODI wording breaks, in the order of `NEED_RULES`."""
    broken = set(_broken_need_rules(statement))
    return tuple(LintFinding(r.id, r.why) for r in NEED_RULES.values() if r.id in broken)


def phrase_quality(phrase: str) -> float:
    """Say how well `phrase` would name a step, in [0, 1]: 1 begins with a verb, has 3 to 6 words and no lint.

    For choosing among phrases that mean the same; the number itself has no meaning. "" gives 0.
    """
    words = _words(phrase)
    if not words:
        return 0.0
    findings = {f.rule for f in lint_step(phrase, job=None)}
    score = 1.0
    for rule, cost in _COSTS.items():
        score -= cost * (rule in findings)
    fewest, most = GOOD_STEP_WORDS
    score -= 0.12 * max(0, fewest - len(words)) + 0.06 * max(0, len(words) - most)
    score -= 0.05 * (words[0].lower() in _WEAK_VERBS)
    score -= 0.04 * (words[0].lower() not in _COMMON_VERBS)
    return min(1.0, max(0.0, score))


_COSTS: Final = {
    "step-verb-first": 0.6,
    "step-no-object": 0.6,
    "step-pronoun": 0.4,
    "step-too-long": 0.3,
    "step-compound": 0.2,
    "step-adverb": 0.15,
    "step-product": 0.3,
    "step-tool-action": 0.2,
    "step-emotional": 0.4,
    "step-passive": 0.3,
    "step-attempt": 0.25,
    "step-vague": 0.3,
    "step-negated": 0.4,
    "step-state": 0.6,
    "step-motion": 0.5,
    "step-means": 0.3,
    "step-number": 0.15,
    "step-unfinished": 0.4,
    "step-filler": 0.3,
}
_WEAK_VERBS: Final = _set(
    "do have get go make put use see say be let come take give work want keep try bring think know start stop end run "
    "feel talk tell ask need"
)


def _broken_step_rules(phrase: str, job: str | None) -> Iterator[str]:
    words = _words(phrase)
    if not words:
        yield "step-empty"
        return
    low = [w.lower() for w in words]
    if not _may_be_base_verb(low[0]):
        yield "step-verb-first"
    if len(low) == 1 or (len(low) == 2 and low[1] in _PARTICLES):
        yield "step-no-object"
    if any(w in _PRONOUNS and w not in _VAGUE and not _is_explained(low, i) for i, w in enumerate(low)):
        yield "step-pronoun"
    if len(low) > MAX_STEP_WORDS:
        yield "step-too-long"
    if _is_compound(low):
        yield "step-compound"
    if any(w in _QUALITY_WORDS or _is_adverb(w) for w in low):
        yield "step-adverb"
    if (
        any(_PRODUCT_CASE.match(w) for w in words[1:])
        or _PRODUCT_CASE.match(words[0][1:])
        or _TOOL_NAMES.intersection(low)
    ):
        yield "step-product"
    if low[0] in _TOOL_ACTIONS or low[:2] == ["log", "in"] or low[-1] in {"button", "app", "tab"}:
        yield "step-tool-action"
    if low[0] in _FEELING_VERBS or low[:2] in (["be", "seen"], ["look", "like"]):
        yield "step-emotional"
    if job is not None and _content(low) and _content(low) == _content([w.lower() for w in _words(job)]):
        yield "step-is-whole-job"
    if low[0] in {"be", "get"} and len(low) > 1 and low[1].endswith("ed"):
        yield "step-passive"
    if (low[0] in _ATTEMPTS and len(low) > 1 and (low[1] == "to" or low[1].endswith("ing"))) or low[:2] in (
        ["be", "able"],
        ["need", "to"],
    ):
        yield "step-attempt"
    if _VAGUE.intersection(low):
        yield "step-vague"
    if _is_state(low):
        yield "step-state"
    if low[0] in {"go", "come"} and not _PURPOSEFUL.intersection(low[1:2]):
        yield "step-motion"
    if low[0] in {"use", "utilize", "utilise"}:
        yield "step-means"
    if any(w.isdigit() for w in low):
        yield "step-number"
    if _is_unfinished(low):
        yield "step-unfinished"
    if _FILLERS.intersection(low) or any(pair in _FILLER_PAIRS for pair in pairwise(low)):
        yield "step-filler"
    if {"not", "don't", "don’t", "never"}.intersection(low[:3]):
        yield "step-negated"


_PARTICLES: Final = _set("up down out in off on over away back through around along together apart")


_TOOL_NAMES: Final = _set("ai chatgpt gpt chatbot llm")
_STATE_VERBS: Final = _set("be need want own seem belong")
_PURPOSEFUL: Final = _set("through over up back")
_OPEN_ENDS: Final = _set(
    "the a an of and or but that which who whose to for with into onto from between about than if whether what how"
)
_PLACES: Final = _PARTICLES | _set(
    "to at by for into onto under behind inside against near between beside first forward aside there upon among past"
)
_FILLERS: Final = _set("um uh erm hmm okay ok yeah gonna wanna kinda sorta like")
_FILLER_PAIRS: Final = frozenset({("you", "know"), ("i", "mean")})
_STRANDED: Final = _set("to for with into onto from about")
_ASKING: Final = _set("what who whom which where")


def _is_state(low: list[str]) -> bool:
    """ "have a colleague" is a state; "have the form corrected" and "have the guests sign" are deeds."""
    if low[0] == "have":
        return (len(low) <= 3 or low[1] in {"a", "an"}) and not any(w.endswith("ed") for w in low[1:])
    return low[0] in _STATE_VERBS and low[1:2] != ["to"]


def _is_unfinished(low: list[str]) -> bool:
    """ "decide which of the", "check the the tyres", "put the bell"; not "find out what the fee is for"."""
    stutters = any(a == b for a, b in pairwise(low))
    asked = low[-1] in _STRANDED and _ASKING.intersection(low[1:-2])
    lost_place = low[0] == "put" and not _PLACES.intersection(low)
    return stutters or lost_place or (len(low) > 1 and low[-1] in _OPEN_ENDS and not asked)


def _is_explained(low: list[str], i: int) -> bool:
    """Whether the phrase itself says who is meant: "the amount owed and its terms", "someone who knows"."""
    if low[i] in {"its", "their"}:
        return i >= 3
    if low[i] == "it":
        return "whether" in low[:i]
    return low[i] in {"someone", "somebody", "anyone"} and low[i + 1 : i + 2] in (["who"], ["to"])


def _may_be_base_verb(word: str) -> bool:
    """Say whether a lower-case word can be a base-form verb: "plan" can, "planning", "planned" and "the" cannot."""
    if word in _COMMON_VERBS:
        return True
    if word in _NOT_BASE_VERBS or not word[0].isalpha():
        return False
    if word.endswith("ing") and word not in _ING_VERBS:
        return False
    if word.endswith("ed") and word not in _ED_VERBS:
        return False
    if word.endswith("ly") and _is_adverb(word):
        return False
    stem = word[2:] if word.startswith("re") else word
    return not word.endswith(_NOUN_ENDINGS) or bool({word, stem} & _VERBS_WITH_NOUN_ENDINGS)


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") and len(word) > 4 and word not in _NOT_ADVERBS


def _is_compound(low: list[str]) -> bool:
    """Two verbs joined: "find and compare offers"; not two objects: "compare terms and conditions"."""
    for i, w in enumerate(low[:-1]):
        if w in {"and", "then", "or"} and i >= 1 and low[i + 1] in _COMMON_VERBS and low[i + 1] not in _NOUN_LIKE:
            return True
    return False


# Verbs that as often stand as nouns after "and".
_NOUN_LIKE: Final = _set(
    "plan test review draft set order record note list file book call check design research change update "
    "answer request return measure work talk copy run share fix repair drive park pack drop cook store show "
    "release view use look start finish print track sort estimate close"
)


def _content(low: list[str]) -> frozenset[str]:
    return frozenset(w for w in low if w not in {"the", "a", "an", "of", "to", "for", "in", "on", "at", "and", "with"})


def _broken_need_rules(statement: str) -> Iterator[str]:
    words = _words(statement)
    low = [w.lower() for w in words]
    if not low or low[0] not in DIRECTIONS:
        yield "need-direction"
    match = _METRIC.match(statement.lower())
    if match is None:
        yield "need-metric"
    rest = [w.lower() for w in _words(match["rest"])] if match else low
    if match is not None and not rest and len(low) < 5:
        yield "need-object"
    if match is not None and match["second"]:
        yield "need-two-metrics"
    body = rest[3:] if rest[:3] == ["it", "takes", "to"] else rest
    body = body[2:] if body[:2] == ["it", "takes"] else body
    if any(w in _QUALITY_WORDS or _is_adverb(w) for w in body):
        yield "need-adjective"
    if _TARGET.search(statement.lower()):
        yield "need-target-value"
    if _TOOLS.intersection(body) or any(_PRODUCT_CASE.match(w) for w in words[1:]):
        yield "need-solution"
    if any(w in _PRONOUNS and w not in _VAGUE and body[i + 1 : i + 2] != ["takes"] for i, w in enumerate(body)):
        yield "need-pronoun"
    if len(low) > MAX_NEED_WORDS:
        yield "need-too-long"
    if _VAGUE.intersection(body):
        yield "need-vague"
