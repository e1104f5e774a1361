"""A labelled study of two short interviews, and an analysis that makes every kind of mistake in it."""

from __future__ import annotations

from jtbd_nlp.domain import Analysis, Study, Transcript
from jtbd_nlp.evaluation import Figures, predictions_of_document, score_study
from jtbd_nlp.export import analysis_document
from jtbd_nlp.gold import GoldStatement, GoldStep, GoldStudy
from tests.builders import a_need, a_step, a_transcript, an_action, an_analysis, the_span

ANN = a_transcript(
    "How do you go?",
    "I plan the route. I check the traffic. I leave early. It takes ages to park. I drink a coffee.",
    name="ann",
)
BEN = a_transcript(
    "And you?",
    "I plan the trip at home. I check the clock. I look at the map twice. <script>alert('x')</script> I tip the driver",
    name="ben",
    start=60,
)
JOB_MAP = (
    GoldStep("s1", "plan", "plan the route"),
    GoldStep("s2", "assess", "check the conditions"),
    GoldStep("s3", "execute", "leave for the destination"),
    GoldStep("s4", "conclude", "park the car"),
)


def a_label(
    transcript: Transcript, quote: str, *, stage: str, step: str | None, kind: str = "action", phrase: str = "do it"
) -> GoldStatement:
    """A label on the first place where a participant says `quote`."""
    span = the_span(transcript, quote)
    return GoldStatement(span.turn, span.start, span.end, quote, kind, phrase, stage, step)


def a_study(name: str = "arrive") -> GoldStudy:
    """Two interviews; six labels of actions of three steps, one of a need."""
    return GoldStudy(
        name=name,
        job="get to a destination on time",
        executor="driver",
        transcripts=(ANN, BEN),
        labels={
            "ann": (
                a_label(ANN, "plan the route", stage="plan", step="s1"),
                a_label(ANN, "check the traffic", stage="assess", step="s2"),
                a_label(ANN, "leave early", stage="execute", step="s3"),
                a_label(ANN, "takes ages to park", stage="conclude", step="s4", kind="need"),
            ),
            "ben": (
                a_label(BEN, "plan the trip at home", stage="plan", step="s1"),
                a_label(BEN, "check the clock", stage="assess", step="s2"),
                a_label(BEN, "look at the map twice", stage="plan", step="s1"),
            ),
        },
        job_map=JOB_MAP,
    )


def an_analysis_of_it(name: str = "arrive") -> Analysis:
    """Four labels matched in two steps, one badly cut, two missed; two actions and a need invented."""
    route = an_action(ANN, "plan the route", confidence=0.9)
    traffic = an_action(ANN, "check the traffic", confidence=0.7, stage="plan")
    coffee = an_action(ANN, "drink a coffee", confidence=0.6, phrase="drink a coffee")
    trip = an_action(BEN, "the trip", confidence=0.5)
    tip = an_action(BEN, "tip the driver", confidence=0.8, phrase="tip the driver")
    clock = an_action(BEN, "check the clock", confidence=0.8, stage="assess", phrase="check the clock")
    sight = an_action(BEN, "look at the map twice", confidence=0.8, phrase="look at the map")
    need = a_need(BEN, "tip the driver", confidence=0.4)
    steps = [a_step([route, traffic, coffee, tip]), a_step([clock, sight], stage="assess", position=2)]
    statements = [route, traffic, coffee, trip, tip, clock, sight, need]
    study = Study(name=name, job="get to a destination on time", executor="driver")
    return an_analysis([ANN, BEN], statements, steps, study=study)


def a_document(name: str = "arrive") -> dict[str, object]:
    """The analysis as `--analyses` writes it."""
    return analysis_document(an_analysis_of_it(name))


def figures_of(study: GoldStudy, document: dict[str, object]) -> Figures:
    """What the analysis scores."""
    return score_study(study.labelled, study.labels, predictions_of_document(document))
