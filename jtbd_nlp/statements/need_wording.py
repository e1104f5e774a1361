"""Cue words of needs: which words tell which metric, what kind of need, and what is good or bad.

Part of hop 2. General English only. A cue is a lower-case lemma, or two of them joined by a space.
Source of directions and metrics: METHOD §4 after Ulwick.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from jtbd_nlp.domain import Direction
from jtbd_nlp.statements.wording import word_set

Form = Literal["takes", "of deed", "of noun", "about", "that"]
NeedKind = Literal["functional", "emotional", "social", "consumption_chain", "financial"]


class Metric(NamedTuple):
    """How one metric is written: its direction, name, the words that follow it, and what it measures."""

    direction: Direction
    name: str
    joint: str
    form: Form


TIME: Final = Metric("minimize", "time", "it takes to", "takes")
EFFORT: Final = Metric("minimize", "effort", "it takes to", "takes")
ABILITY: Final = Metric("increase", "ability", "to", "takes")
TIME_AVAILABLE: Final = Metric("increase", "time available", "to", "takes")
MISHAP: Final = Metric("minimize", "likelihood", "of", "that")
SUCCESS: Final = Metric("increase", "likelihood", "of", "that")
RISK: Final = Metric("minimize", "risk", "of", "of deed")
UNCERTAINTY: Final = Metric("minimize", "uncertainty", "about", "about")
UNDERSTANDING: Final = Metric("increase", "understanding", "of", "of noun")
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


# In order: the first metric with a cue in the clause wins. A cue after a negation still tells the same metric.
CUES: Final[tuple[tuple[Metric, frozenset[str]], ...]] = (
    (TIME_AVAILABLE, word_set("free_up more_time have_time enough_time extra_time")),
    (
        TIME,
        word_set(
            "quick quickly quicker fast faster speed slow slowly time-consuming hour hours minute "
            "minutes forever delay instant instantly speedy save_time time_saver timesaver "
            "lengthy long_time take_long waste_time a_while slower speedier prompt promptly "
            "turnaround swiftly wait rapidly rapid take_time much_time of_time time_consume ages "
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

# Qualities that are metrics themselves: lemma of the adjective (or adverb) -> noun of the metric, to be increased.
QUALITIES: Final[dict[str, str]] = {
    "accurate": "accuracy", "inaccurate": "accuracy", "accuracy": "accuracy", "accurately": "accuracy", "inaccuracy": "accuracy",
    "clear": "clarity", "clarity": "clarity", "clearly": "clarity", "clearer": "clarity",
    "reliable": "reliability", "unreliable": "reliability", "reliability": "reliability",
    "consistent": "consistency", "inconsistent": "consistency", "consistency": "consistency", "inconsistency": "consistency",
    "secure": "security", "security": "security", "insecure": "security", "private": "privacy", "privacy": "privacy",
    "flexible": "flexibility", "flexibility": "flexibility", "inflexible": "flexibility",
    "original": "originality", "originality": "originality", "generic": "originality",
    "relevant": "relevance", "irrelevant": "relevance", "useful": "usefulness", "useless": "usefulness",
    "thorough": "thoroughness", "complete": "completeness", "incomplete": "completeness", "comprehensive": "completeness",
    "specific": "specificity", "vague": "specificity", "efficient": "efficiency", "efficiency": "efficiency",
    "efficiently": "efficiency", "effective": "effectiveness", "effectively": "effectiveness", "ineffective": "effectiveness",
    "readable": "readability", "visible": "visibility", "visibility": "visibility", "predictable": "predictability",
    "unpredictable": "predictability", "stable": "stability", "unstable": "stability", "safe": "safety", "safety": "safety",
    "natural": "naturalness", "robotic": "naturalness", "authentic": "authenticity", "transparent": "transparency",
    "productive": "productivity", "productivity": "productivity", "comfortable": "comfort", "comfort": "comfort",
    "detailed": "detail", "concise": "conciseness", "diverse": "variety", "varied": "variety", "variety": "variety",
    "realistic": "realism", "realism": "realism", "engaging": "engagement", "maintainable": "maintainability",
    "sustainable": "sustainability", "accessible": "accessibility", "available": "availability",
    "unavailable": "availability", "affordable": "affordability", "durable": "durability", "personalized": "personalization",
    "creative": "creativity", "creativity": "creativity", "biased": "objectivity", "bias": "objectivity",
    "objective": "objectivity", "performance": "performance", "control": "control", "fair": "fairness",
    "consistently": "consistency", "reliably": "reliability",
}  # fmt: skip

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
    "glitch fall insufficient unwanted unexpected too"
)

KIND_CUES: Final[tuple[tuple[NeedKind, frozenset[str]], ...]] = (
    (
        "social",
        word_set(
            "embarrassed embarrassing embarrass reputation respect respected judge_me impress "
            "look_like seen_as be_seen perceive perceived ashamed status admire unprofessional"
        ),
    ),
    (
        "emotional",
        word_set(
            "feel feeling stress stressful stressed anxious anxiety worry worried frustrate "
            "frustrating frustration frustrated overwhelmed overwhelming enjoy enjoyable fun joy "
            "happy sad lonely afraid scared scary fear guilt guilty proud pride comfortable "
            "uncomfortable nervous excited exciting love hate boring bored annoyed relieved "
            "relief confident confidence reassuring peace_of"
        ),
    ),
    (
        "consumption_chain",
        word_set(
            "install subscription subscribe upgrade log_in login sign_up set_up setup license "
            "licence uninstall warranty refund customer_service customer_support tutorial "
            "onboarding"
        ),
    ),
    (
        "financial",
        word_set(
            "money income revenue profit profitable earn salary cost expensive cheap afford price "
            "budget fee pay_for financial financially fund funding"
        ),
    ),
)
