"""How far blind reviews agree."""

from __future__ import annotations

import numpy as np
import pytest
from nltk.metrics.agreement import AnnotationTask  # type: ignore[import-untyped, unused-ignore]  # nltk ships no types

from jtbd_nlp.review import Approve, Merge, MoveStep, Reject, ReviewDecision, measure_agreement
from jtbd_nlp.review.agreement import MIN_STEPS, weighted_alphas
from jtbd_nlp.stages import STAGES
from tests.reviewed_study import a_run, an_interview, made

# Six steps: two each in understand, plan and execute.
RUN = a_run(an_interview("p1"), an_interview("p2"), n_steps=6)
STEPS = [s.id for s in RUN.steps]


def reviews(**by: str) -> list[ReviewDecision]:
    """One letter a step and analyst: u, p, e, a, v, c where they want it, x rejected, a dot for no decision."""
    log: list[ReviewDecision] = []
    stages = dict(zip("upeavc", STAGES, strict=True))
    for analyst, codes in by.items():
        for step, code in zip(RUN.steps, codes, strict=True):
            number = len(log)
            if code == "x":
                log.append(made(Reject, number, by=analyst, entry=step.id))
            elif code != "." and stages[code] != step.stage:
                log.append(made(MoveStep, number, by=analyst, step=step.id, stage=stages[code]))
            elif code != ".":
                log.append(made(Approve, number, by=analyst, entry=step.id))
    return log


def test_analysts_who_say_the_same_agree_perfectly() -> None:
    agreement = measure_agreement(RUN, reviews(ana="uuppex", ben="uuppex"))
    assert agreement.analysts == ("ana", "ben")
    assert agreement.between_analysts["all"].alpha == 1.0
    assert agreement.between_analysts["all"].interval == (1.0, 1.0)
    assert agreement.between_analysts["rejected"].alpha == 1.0


def test_alpha_is_that_of_the_textbook() -> None:
    # Coincidences: u-u 4, p-p 2, e-e 2, p-a 1 + 1, e-x 1 + 1: 8 of 12 pairs agree, n = 4, 3, 3, 1, 1.
    agreement = measure_agreement(RUN, reviews(ana="uuppee", ben="uuapex"))
    observed = 4 / 12
    expected = 1 - (4 * 3 + 3 * 2 + 3 * 2) / (12 * 11)
    score = agreement.between_analysts["all"]
    assert score.alpha == pytest.approx(1 - observed / expected, abs=1e-6)
    assert score.interval is not None
    assert score.alpha is not None
    assert score.interval[0] < score.alpha < score.interval[1]


def test_stages_are_scored_each_against_the_rest() -> None:
    agreement = measure_agreement(RUN, reviews(ana="uuppee", ben="uuapex"))
    assert agreement.between_analysts["understand"].alpha == 1.0
    plan = agreement.between_analysts["plan"].alpha
    assert plan is not None
    assert 0 < plan < 1


def test_what_only_one_analyst_decided_on_is_no_evidence_of_agreement() -> None:
    agreement = measure_agreement(RUN, reviews(ana="uupp..", ben="..ppee"))
    assert agreement.between_analysts["all"].n_steps == 2


@pytest.mark.parametrize("log", [[], reviews(ana="uuppee"), reviews(ana="uu....", ben="uu....")])
def test_where_agreement_cannot_be_told_from_chance_there_is_no_figure(log: list[ReviewDecision]) -> None:
    score = measure_agreement(RUN, log).between_analysts["all"]
    assert (score.alpha, score.interval) == (None, None)


def test_few_steps_give_a_figure_but_no_interval() -> None:
    score = measure_agreement(RUN, reviews(ana="uuppe.", ben="uuppe.")).between_analysts["all"]
    assert (score.alpha, score.interval, score.n_steps) == (1.0, None, MIN_STEPS - 1)


def test_each_analyst_is_compared_with_the_machine_and_not_with_each_other_there() -> None:
    agreement = measure_agreement(RUN, reviews(ana="uuppee", ben="xxxxxx"))
    assert agreement.machine_by_analyst["ana"].alpha == 1.0
    assert agreement.with_machine["all"].n_steps == 6
    machine = agreement.machine_by_analyst["ben"].alpha
    pooled = agreement.with_machine["all"].alpha
    assert machine is not None
    assert pooled is not None
    assert machine < pooled < 1.0


def test_a_merged_step_is_coded_as_what_took_it_over() -> None:
    first, third = STEPS[0], STEPS[2]
    log: list[ReviewDecision] = [
        made(Merge, 1, by="ana", into=third, entries=(first,)),
        made(MoveStep, 2, by="ben", step=first, stage="plan"),
        made(Approve, 3, by="ana", entry=STEPS[5]),
        made(Approve, 4, by="ben", entry=STEPS[5]),
    ]
    score = measure_agreement(RUN, log).between_analysts["all"]
    assert (score.alpha, score.n_steps) == (1.0, 2)


def test_the_same_reviews_give_the_same_figures_in_any_order() -> None:
    log = reviews(ana="uuppee", ben="uuapex", eve="uxppee")
    assert measure_agreement(RUN, log) == measure_agreement(RUN, log[::-1])


def test_what_each_analyst_said_of_each_step_can_be_shown() -> None:
    agreement = measure_agreement(RUN, reviews(ana="u...x.", ben="....c."))
    assert agreement.codes == {"ana": {STEPS[0]: "understand", STEPS[4]: "rejected"}, "ben": {STEPS[4]: "conclude"}}


def test_alpha_of_drawn_steps_is_the_one_the_library_gives_for_them() -> None:
    random = np.random.default_rng(3)
    steps = [
        [tuple((f"c{i}", str(random.integers(4))) for i in range(random.integers(2, 5)))] * random.integers(1, 3)
        for _ in range(12)
    ]
    weights = random.multinomial(12, [1 / 12] * 12, size=20)
    wanted = []
    for row in weights:
        units = [codes for step, n in zip(steps, row, strict=True) for codes in step * n]
        wanted.append(AnnotationTask([(c, str(u), code) for u, codes in enumerate(units) for c, code in codes]).alpha())
    assert weighted_alphas(steps, weights.astype(np.float64)) == pytest.approx(wanted)


def test_codes_of_one_kind_have_no_alpha() -> None:
    steps = [[(("a", "plan"), ("b", "plan"))]] * 3
    assert np.isnan(weighted_alphas(steps, np.ones((1, 3)))).all()
