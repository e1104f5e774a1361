"""How a step or need is asked about, and what is wrong with a wording before anybody is asked.

Source: METHOD §4 and §5 (thrv asks "how difficult is it to ...?"; Ulwick asks for importance and satisfaction).
"""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

from jtbd_nlp.domain import LintFinding
from jtbd_nlp.lint import lint_need, lint_step
from jtbd_nlp.priorities.subjects import Subject

Aspect = Literal["difficulty", "importance", "satisfaction", "speed", "accuracy"]
ASPECTS: Final[tuple[Aspect, ...]] = get_args(Aspect)

# Answers by code, 1 to 5; in each the highest code is the most of what the aspect is named after.
SCALES: Final[dict[Aspect, tuple[str, str, str, str, str]]] = {
    "difficulty": ("very easy", "easy", "neither easy nor difficult", "difficult", "very difficult"),
    "importance": ("not at all important", "slightly important", "moderately important", "important", "very important"),
    "satisfaction": (
        "very dissatisfied",
        "dissatisfied",
        "neither satisfied nor dissatisfied",
        "satisfied",
        "very satisfied",
    ),
    "speed": ("very slow", "slow", "neither slow nor fast", "fast", "very fast"),
    "accuracy": ("very inaccurate", "inaccurate", "neither accurate nor inaccurate", "accurate", "very accurate"),
}
# What stands above a table of subjects that share the question.
STEMS: Final[dict[Aspect, str]] = {
    "difficulty": "How difficult is it for you today to …",
    "importance": "How important is it to you to be able to …",
    "satisfaction": "How satisfied are you with how you can, today, …",
    "speed": "With what you use today, how fast can you …",
    "accuracy": "With what you use today, how accurately can you …",
}
MAX_QUESTION_WORDS: Final = 30
_DOUBLE: Final = re.compile(r"\b(?:and/or|as well as)\b|\b\w+ and \w+ (?:the|a|an|your|their)\b")
_NEGATION: Final = re.compile(r"\b(?:not|never|without|cannot|can't|don't|doesn't)\b|n’t\b", re.IGNORECASE)


def what_to_do(subject: Subject) -> str:
    """What is asked about, as it follows "to": a step's phrase, a need as action and variable or else as stated."""
    return _lower_first((subject.action_variable or subject.wording).strip().rstrip(".?!"))


def question_text(subject: Subject, aspect: Aspect) -> str:
    """The whole question about one subject."""
    return f"{STEMS[aspect].removesuffix('…').rstrip()} {what_to_do(subject)}?"


def lint_question(subject: Subject, *, job: str) -> tuple[LintFinding, ...]:
    """What a rater would stumble over: the rules of the step or need, and those of questions.

    A finding is a hint, never a reason to leave a question out.
    """
    own = lint_step(subject.wording, job=job) if subject.kind == "step" else lint_need(subject.wording)
    words = what_to_do(subject)
    findings = list(own)
    if len(words.split()) > MAX_QUESTION_WORDS:
        findings.append(LintFinding("question-too-long", "A question of over thirty words is not read to its end."))
    if _DOUBLE.search(words):
        findings.append(LintFinding("question-double", "Two things asked at once get one answer to neither."))
    if _NEGATION.search(words):
        findings.append(LintFinding("question-negated", "With a negation nobody is sure what a high answer means."))
    return tuple(findings)


def _lower_first(words: str) -> str:
    """In lower case where a sentence goes on; "PDF" and "Monday" stay."""
    first = words.split(" ", 1)[0]
    return words if first[1:] != first[1:].lower() else words[:1].lower() + words[1:]
