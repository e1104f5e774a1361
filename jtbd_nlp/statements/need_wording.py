"""Cue words of needs: which words tell which metric, and what is good or bad.

Part of hop 2. General English only. A cue is a lower-case lemma, or two of them joined by a space.
Source of directions and metrics: METHOD §4 after Ulwick.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from jtbd_nlp.domain import Direction
from jtbd_nlp.statements.wording import word_set

# What is measured where the words of a need name nothing.
NAMELESS: Final = "get the job done"

_JOINTS: Final = "of|that|it takes to|about|to|in|for|with|on|between|from"
_STATEMENT: Final = re.compile(rf"(minimize|increase) the ([a-z][a-z -]*?) ({_JOINTS}) (.+)")

Form = Literal["takes", "of deed", "of noun", "about", "that"]


class Metric(NamedTuple):
    """How one metric is written: its direction, name, the words that follow it, and what it measures."""

    direction: Direction
    name: str
    joint: str
    form: Form


TIME: Final = Metric("minimize", "time", "it takes to", "takes")
EFFORT: Final = Metric("minimize", "effort", "it takes to", "takes")
LEISURE: Final = Metric("increase", "time", "it takes to", "takes")
ABILITY: Final = Metric("increase", "ability", "to", "takes")
TIME_AVAILABLE: Final = Metric("increase", "time available", "to", "takes")
MISHAP: Final = Metric("minimize", "likelihood", "of", "that")
SUCCESS: Final = Metric("increase", "likelihood", "of", "that")
RISK: Final = Metric("minimize", "risk", "of", "of deed")
UNCERTAINTY: Final = Metric("minimize", "uncertainty", "about", "about")
UNDERSTANDING: Final = Metric("increase", "understanding", "of", "about")
COST: Final = Metric("minimize", "cost", "of", "of deed")
STRESS: Final = Metric("minimize", "stress", "of", "of deed")
FRUSTRATION: Final = Metric("minimize", "frustration", "of", "of deed")
TEDIUM: Final = Metric("minimize", "tedium", "of", "of deed")
ENJOYMENT: Final = Metric("increase", "enjoyment", "of", "of deed")
TOO_MANY: Final = Metric("minimize", "number", "of", "of noun")
TOO_MUCH: Final = Metric("minimize", "amount", "of", "of noun")
MORE: Final = Metric("increase", "number", "of", "of noun")
MORE_OF: Final = Metric("increase", "amount", "of", "of noun")
AVAILABILITY: Final = Metric("increase", "availability", "of", "of noun")
QUALITY: Final = Metric("increase", "quality", "of", "of noun")
TRUST: Final = Metric("increase", "trust", "in", "of noun")
CONFIDENCE: Final = Metric("increase", "confidence", "in", "of noun")
FIT: Final = Metric("increase", "fit", "of", "of noun")


_KNOWN: Final = (
    TIME, LEISURE, EFFORT, ABILITY,
    TIME_AVAILABLE, MISHAP, SUCCESS, RISK, UNCERTAINTY, UNDERSTANDING, COST, STRESS, FRUSTRATION,
    TEDIUM, ENJOYMENT, TOO_MANY, TOO_MUCH, MORE, MORE_OF, AVAILABILITY, QUALITY, TRUST, CONFIDENCE, FIT,
)  # fmt: skip


def metric_of(direction: Direction, name: str, joint: str) -> Metric:
    """Return the metric of that direction and name, as it is known here or else as `joint` tells it is written."""
    for metric in _KNOWN:
        if (metric.direction, metric.name) == (direction, name):
            return metric
    if joint.startswith("it takes"):
        return Metric(direction, name, "it takes to", "takes")
    return Metric(direction, name, joint if joint in {"in", "for", "on", "to", "with"} else "of", "of noun")


class WrittenNeed(NamedTuple):
    """A need as somebody wrote it, in its parts."""

    direction: Direction
    metric: str
    joint: str
    measured: str

    @property
    def statement(self) -> str:
        """The whole of it."""
        return f"{self.direction} the {self.metric} {self.joint} {self.measured}"


def read_need(statement: str) -> WrittenNeed | None:
    """The parts of "<direction> the <metric> <joint> <measured>", None where it is no such statement."""
    match = _STATEMENT.fullmatch(statement)
    if match is None:
        return None
    return WrittenNeed("minimize" if match[1] == "minimize" else "increase", match[2], match[3], match[4])


# In order: the first metric with a cue in the clause wins. A cue after a negation still tells the same metric.
CUES: Final[tuple[tuple[Metric, frozenset[str]], ...]] = (
    (TOO_MANY, word_set("too_many so_many")),
    (TOO_MUCH, word_set("too_much so_much")),
    (TIME_AVAILABLE, word_set("free_up more_time have_time enough_time extra_time")),
    (
        TIME,
        word_set(
            "quick quickly quicker fast faster speed slow slowly time-consuming hour hours minute "
            "minutes forever delay instant instantly speedy save_time time_saver timesaver "
            "lengthy long_time take_long waste_time a_while slower speedier prompt promptly "
            "turnaround swiftly wait rapidly rapid take_time take_week take_day take_month "
            "take_hour take_year took_weeks took_days much_time of_time time_consume ages "
            "too_long longer_to"
        ),
    ),
    (
        COST,
        word_set("cost expensive cheap cheaper afford price costly affordable pricey budget fee overpriced pay_for"),
    ),
    (
        STRESS,
        word_set(
            "stress stressful stressed anxious anxiety overwhelming overwhelmed overwhelm nervous "
            "scary worry worried pressure panic"
        ),
    ),
    (FRUSTRATION, word_set("frustrating frustration frustrated frustrate annoying annoyed annoy irritating")),
    (TEDIUM, word_set("tedious boring monotonous drudgery tedium mundane")),
    (ENJOYMENT, word_set("enjoy enjoyable fun joy enjoyment pleasure delight satisfying")),
    (
        EFFORT,
        word_set(
            "easy easier easily hard harder difficult difficulty struggle effort hassle "
            "cumbersome challenging tough simple simpler simplify complicated complex pain "
            "painful manual manually laborious tricky ease burden chore troublesome streamline "
            "work_load workload labor-intensive effortless convenient inconvenient automate "
            "have_to help assist challenge bother lift awkward clunky exhausting convoluted"
        ),
    ),
    (CONFIDENCE, word_set("confident confidence reassurance reassure reassuring peace_of")),
    (TRUST, word_set("trust trustworthy rely reliance distrust mistrust")),
    (RISK, word_set("risk risky danger dangerous unsafe threat")),
    (
        UNCERTAINTY,
        word_set(
            "not_know not_sure unsure uncertain unclear confusing confused confuse confusion "
            "wonder ambiguous uncertainty no_idea not_understand"
        ),
    ),
    (UNDERSTANDING, word_set("understand understanding insight grasp learn")),
    (QUALITY, word_set("quality better improve improvement best")),
)

# Qualities that are metrics themselves, to be increased: noun of the metric -> words that tell it.
_QUALITY_WORDS: Final[dict[str, str]] = {
    "accuracy": "accurate inaccurate accuracy accurately inaccuracy",
    "clarity": "clear clarity clearly clearer",
    "reliability": "reliable unreliable reliability reliably",
    "consistency": "consistent inconsistent consistency inconsistency consistently",
    "security": "secure security insecure",
    "privacy": "private privacy",
    "flexibility": "flexible flexibility inflexible",
    "originality": "original originality generic",
    "relevance": "relevant irrelevant",
    "usefulness": "useful useless",
    "thoroughness": "thorough",
    "completeness": "complete incomplete comprehensive",
    "specificity": "specific vague",
    "efficiency": "efficient efficiency efficiently",
    "effectiveness": "effective effectively ineffective",
    "readability": "readable",
    "visibility": "visible visibility",
    "predictability": "predictable unpredictable",
    "stability": "stable unstable",
    "safety": "safe safety",
    "naturalness": "natural robotic",
    "authenticity": "authentic",
    "transparency": "transparent",
    "productivity": "productive productivity",
    "comfort": "comfortable comfort",
    "detail": "detailed",
    "conciseness": "concise",
    "variety": "diverse varied variety",
    "realism": "realistic realism",
    "engagement": "engaging",
    "maintainability": "maintainable",
    "sustainability": "sustainable",
    "accessibility": "accessible",
    "availability": "available unavailable",
    "affordability": "affordable",
    "durability": "durable",
    "personalization": "personalized",
    "creativity": "creative creativity",
    "objectivity": "biased bias objective",
    "performance": "performance",
    "control": "control",
    "fairness": "fair",
}
QUALITIES: Final[dict[str, str]] = {word: noun for noun, words in _QUALITY_WORDS.items() for word in words.split()}

NEGATIONS: Final = word_set("not no never cannot n't without nobody none neither hardly barely rarely seldom")
POSITIVE: Final = word_set(
    "good great better best nice helpful able can useful happy love benefit improve "
    "success successful valuable perfect right well enough important ability opportunity "
    "support correct ideal amazing excellent"
)
# Metrics whose cue words leave no doubt.
FIRM: Final = frozenset({LEISURE, TOO_MANY, TOO_MUCH, TIME, TIME_AVAILABLE, COST, STRESS, FRUSTRATION})
QUANTITIES: Final = frozenset({"number", "amount", "share"})
QUANTITY_CUES: Final = word_set(
    "more many much lot lots few fewer less enough too number numbers amount several "
    "dozens plenty tons bunch all every most half percent majority single increase reduce "
    "additional extra only"
)
# Verbs of passing time or money, no deed of the job.
SPENDING: Final = word_set("save waste spend take cost lose reduce free speed help make allow let enable")
HAVING: Final = word_set("have need want lack get be exist offer provide include")
# Links by which a clause names the deed it judges: "hard to find", "finding it takes hours", "without reading it".
DEED_LINKS: Final = word_set("xcomp csubj pcomp advcl acl ccomp relcl")
# Verbs of wishing and feeling: what they govern is what the need is about.
WISHING: Final = word_set("want wish hope prefer need like love expect feel think believe find ensure make see")
# Nouns too general to be measured.
TOO_GENERAL: Final = word_set("thing things stuff way ways lot bit problem problems ai it something kind")

NEGATIVE: Final = word_set(
    "wrong error mistake miss forget lose loss fail failure break broken problem issue "
    "bad badly worse worst incorrect false fake lie hallucinate hallucination confuse "
    "stuck lack lacking missing crash bug overlook misunderstand misunderstanding "
    "misinterpret misread mislead misleading waste leak steal ruin hurt harm damage "
    "destroy poor poorly annoy complain reject refuse ignore neglect abandon suffer "
    "limited limit limitation unable impossible scam spam fraud offend offensive nonsense "
    "weird terrible horrible awful ugly useless unnecessary redundant repetitive repeat "
    "duplicate late delay stop interrupt disappear outdated old obsolete untrue fabricate "
    "invent cheat plagiarism plagiarize unfortunately downside drawback concern concerned "
    "disappoint disappointing disappointed mess messy never without barely hardly neither "
    "nobody cannot gap trouble stumble clash conflict contradict backfire replace flaw "
    "flawed vulnerable vulnerability outage overload clutter noise irrelevant unreliable "
    "inaccurate biased bias drift misfire garbage junk slip drop hide hidden blame fault "
    "glitch fall insufficient unwanted unexpected too subpar mistakenly dishonesty fatigue burnout roadblock lawsuit "
    "misinformation misinformed struggle frustration difficulty danger risk injury pain burden penalty stale "
    "chaos disaster nightmare hassle shortage conflicting incomplete inconsistent inaccuracy misleading"
)

# What ends a mishap: "finding the errors" is wanted.
ENDING: Final = word_set(
    "find finding fix fixing catch catching prevent preventing avoid avoiding reduce reducing handle handling solve "
    "solving resolve resolving detect detecting spot spotting correct correcting identify identifying without less "
    "fewer stop stopping remove removing overcome overcoming address addressing"
)

# That it goes well, and what turns that into a wish: "it is easy to find", not "it should be easy", "easy if I call".
EASE: Final = word_set(
    "easy easily simple simply straightforward effortless effortlessly smooth smoothly painless quick quickly seamless"
)
NO_TROUBLE: Final = word_set("no_problem no_trouble no_issue no_hassle not_hard not_difficult n't_hard n't_difficult")
NOT_YET: Final = word_set(
    "would could should if want wish hope need must wanna make_it easier more will can help 'd ’d maybe ideally prefer"
)
