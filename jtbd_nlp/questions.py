"""What the interviewers asked about: by the words of their questions, which stages of the job each one names.

Part of hop 5. Knows plain words and turns; knows no vectors: a question's sentence vector does not tell its stage (AUC
.52 against the stages of the answers on gold, .65 learned), its own words do where they name it. So a question is
counted only where it says what it asks about, and "never asked" means: never asked in such words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from jtbd_nlp.domain import Role, Span, Transcript
from jtbd_nlp.sentences import sentence_bounds
from jtbd_nlp.stages import STAGES

_IS_ASKING: Final = re.compile(
    r"\?\W*$|\b(?:tell (?:me|us)|walk (?:me|us)|talk (?:me|us)|describe|explain|show (?:me|us)|"
    r"(?:i am|i'm|i’m) curious|(?:i|we) (?:want|would like|wanted|wonder|was wondering|am wondering)|"
    r"i'd (?:like|love)|i’d (?:like|love))\b",
    re.IGNORECASE,
)
_WHO: Final = r"(?:you|one|people|they|your \w+)"
# Each finds, in lower case, a question about its stage. In brackets what it catches, after "not" what it must not.
_CUES: Final[Mapping[str, tuple[str, ...]]] = {
    # "How did you find out what to bring?"; not "How did you find the interview?"
    "understand": (
        rf"\b{_WHO} (?:\w+ )?(?:find out|figure out|learn about|research|gather|look (?:up|into)|come to know)\b",
        rf"\bwhat (?:\w+ )?(?:do|did|would) {_WHO} (?:need|have|want) to (?:know|understand|find out)\b",
        rf"\b(?:what information|where (?:do|did|would) {_WHO} (?:get|find|look for) [^?]{{0,20}}information)\b",
        r"\bwhat (?:is|are|was|were) (?:your|the) (?:goals?|requirements?|objectives?)\b",
    ),
    # "How do you plan your week?"; not "Do you plan to stay?", "What did you decide to do?"
    "plan": (
        (
            rf"\b{_WHO} (?:\w+ )?(?:prepare|choose|prioriti[sz]e|schedule|organi[sz]e|pick|select|budget|"
            r"decide (?!to\b))\b"
        ),
        rf"\bhow (?:do|did|would|have) {_WHO} (?:\w+ )?(?:plan(?:ned)?|decide)\b",
        r"\b(?:preparation|preparing|prep work|get(?:ting)? ready|before you (?:start|begin|go))\b",
    ),
    # "Walk me through the last time."; not "How long have you done this?"
    "execute": (
        r"\b(?:walk (?:me|us) through|step by step|typical (?:day|week|session)|(?:day|week) look like)\b",
        (
            rf"\b(?:how|what) (?:do|did|would) {_WHO} (?:\w+ )?(?:do|go about|carry out|perform|work on)\b"
            r"(?! (?:for (?:a|your) living|if|when|after|about|with))"
        ),
        r"\bwhat (?:is|was|does|did|are|were) [^?]{0,30}\b(?:process|workflow|routine)\b",
    ),
    # "How do you know whether it works?"; not "Do you know him?"
    "assess": (
        (
            rf"\bhow (?:do|did|would|can|could) {_WHO} (?:\w+ )?(?:know (?:if|whether|that|it|when (?:it|something))|"
            r"tell (?:if|whether|that|when)|judge|evaluate|assess|measure|monitor|check|verify|track|review|test)\b"
        ),
        (
            rf"\b{_WHO} (?:\w+ )?(?:double[- ]check|verify|evaluate|assess|measure|monitor|keep track|"
            r"test (?:it|them|whether))\b"
        ),
        r"\b(?:going well|quality (?:check|control)|is (?:it|that|this) working|worked well|success looks?)\b",
    ),
    # "What do you do when something goes wrong?"; not "What would you change about the app?"
    "revise": (
        (
            r"\b(?:go(?:es|ing)? wrong|went wrong|"
            r"(?:doesn't|doesn’t|didn't|didn’t|does not|did not|not) (?:go|work|turn) "
            r"(?:out|well|as|right)|(?:when|if|after) [^?]{0,30}\b(?:changes?|changed|fails?|failed|breaks?|broke)\b)"
        ),
        rf"\b{_WHO} (?:\w+ )?(?:adjust|adapt|fix|correct|modify|revise|rework|recover|troubleshoot|work around)\b",
        rf"\bhow (?:do|did|would) {_WHO} (?:\w+ )?(?:deal|handle|cope|solve|overcome|respond|react)\b",
    ),
    # "How do you know you are done?"; not "Have you done this before?"
    "conclude": (
        (
            rf"\b(?:know|tell) (?:that |when |if )?(?:{_WHO}(?:'re|’re| are| were)|it(?:'s|’s| is| was)) "
            r"(?:done|finished|over|complete)\b"
        ),
        (
            r"\b(?:when|once|after) (?:you|it|that|everything)(?:'re|’re|'s|’s|'ve|’ve)? (?:\w+ )?"
            r"(?:done|finished|finish|over|complete|completed)\b"
        ),
        rf"\b{_WHO} (?:\w+ )?(?:finish (?:it|up|off)|wrap up|finali[sz]e|hand (?:it |them )?over|archive|submit)\b",
        r"\b(?:at the end of (?:it|the (?:process|project|job|day|week|visit|call))|(?:final|last) step)\b",
    ),
}
_PATTERNS: Final = {stage: re.compile("|".join(cues)) for stage, cues in _CUES.items()}


def stages_asked(question: str) -> frozenset[str]:
    """Name the stages that one sentence asks about; a sentence that asks nothing, or names none, gives none."""
    if not _IS_ASKING.search(question):
        return frozenset()
    words = " ".join(question.lower().split())
    return frozenset(stage for stage in STAGES if _PATTERNS[stage].search(words))


def questions_in(transcript: Transcript) -> Iterator[tuple[Span, frozenset[str]]]:
    """Give the place and the stages of every interviewer's sentence that asks about a stage, in order."""
    for turn in transcript.turns:
        if turn.role is Role.INTERVIEWER:
            for start, end in sentence_bounds(turn.text):
                if stages := stages_asked(turn.text[start:end]):
                    yield Span(turn.index, start, end), stages
