"""The six stages of a job, their order, definitions and the eight universal steps: the only place that spells them.

Source: thrv, Job Step glossary (six stages, after Polya); Bettencourt and Ulwick 2008, The Customer-Centered
Innovation Map (eight universal steps).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STAGES: Final = ("understand", "plan", "execute", "assess", "revise", "conclude")
STAGES8: Final = ("define", "locate", "prepare", "confirm", "execute", "monitor", "modify", "conclude")


@dataclass(frozen=True, slots=True)
class StageDefinition:
    """What one stage is, for people: a line to show, and the question to ask when nobody spoke of it."""

    name: str
    definition: str
    ask: str


DEFINITIONS: Final = {
    d.name: d
    for d in (
        StageDefinition(
            "understand",
            "Find out what has to be done: gather information, clarify goals and requirements.",
            "How do you find out what has to be done, before you start?",
        ),
        StageDefinition(
            "plan",
            "Choose an approach, allocate time, money and people, prepare what is needed.",
            "How do you decide how to go about it, and what do you get ready beforehand?",
        ),
        StageDefinition(
            "execute", "Do the core of the job.", "Walk me through doing it, the last time: what did you do first?"
        ),
        StageDefinition(
            "assess",
            "Check progress, quality and result; decide whether something must change.",
            "How can you tell, while you are at it, whether it is going well?",
        ),
        StageDefinition(
            "revise",
            "Adjust, correct, work around, recover, change course.",
            "When something went wrong or changed, what did you do then?",
        ),
        StageDefinition(
            "conclude",
            "Finish: confirm, store, hand over, pay up, put away, move on.",
            "How do you know you are done, and what do you do then?",
        ),
    )
}

# The one eight-way step that a stage of six shows as when nothing finer is known.
DEFAULT_STAGE8: Final = {
    "understand": "define",
    "plan": "prepare",
    "execute": "execute",
    "assess": "monitor",
    "revise": "modify",
    "conclude": "conclude",
}

# METHOD §2: how the eight fold into the six; *locate* and *confirm* are the arguable ones.
STAGE_OF_STAGE8: Final = {
    "define": "understand",
    "locate": "plan",
    "prepare": "plan",
    "confirm": "plan",
    "execute": "execute",
    "monitor": "assess",
    "modify": "revise",
    "conclude": "conclude",
}


def stage_position(stage: str) -> int:
    """Return the place of `stage` in the order of a job, 0 to 5.

    Raises:
        ValueError: `stage` is none of the six.
    """
    return STAGES.index(stage)


def likeliest_stage(probabilities: Sequence[float]) -> str:
    """Return the stage with the highest of six probabilities in stage order; the earlier one of equals."""
    return STAGES[max(range(len(STAGES)), key=lambda i: probabilities[i])]


def mixed_stages(own: Sequence[float], told: Sequence[float], share: float) -> tuple[float, ...]:
    """Mix six probabilities with `share` of six others; both sum to 1, and so does what comes out."""
    return tuple(round((1 - share) * a + share * b, 6) for a, b in zip(own, told, strict=True))
