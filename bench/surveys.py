"""Surveys: how often 95 % intervals hold what was planted, and how long 5,000 respondents take.

    python bench/surveys.py [--runs 500] [--respondents 300]

Every run makes up the answers of as many respondents to 24 steps and needs with known shares, scores them, and looks
whether each interval holds the truth. Segments are counted too: how often two planted ones are found again, and how
often a crowd without segments is taken for some. Speed is that of reading and scoring a CSV file of 5,000 respondents
who rate 120 steps on three aspects (360 ratings each), and of one aspect (120 ratings each).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from typing import Final

import numpy as np
from sklearn.metrics import adjusted_rand_score

from jtbd_nlp.priorities.question_wording import Aspect
from jtbd_nlp.priorities.questionnaire import (
    BASIC_ASPECTS,
    Questionnaire,
    QuestionnaireSettings,
    make_questionnaire,
)
from jtbd_nlp.priorities.reading import read_answers
from jtbd_nlp.priorities.scores import opportunity, score
from jtbd_nlp.priorities.segments import find_segments
from jtbd_nlp.priorities.simulation import PlantedSegment, simulate
from jtbd_nlp.priorities.subjects import Subject, SurveyBasis

N_SUBJECTS: Final = 24
N_SEGMENT_RUNS: Final = 40


def main() -> None:
    """Measure, and print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--respondents", type=int, default=300)
    given = parser.parse_args()
    for name, held in coverage(given.runs, given.respondents).items():
        print(f"95 % intervals of {name} hold the truth in {held:.1%} of {given.runs} runs x {N_SUBJECTS}")
    found, false = segments(given.respondents)
    print(f"two planted segments found again (adjusted Rand above 0.9): {found} of {N_SEGMENT_RUNS}")
    print(f"a crowd without segments taken for some: {false} of {N_SEGMENT_RUNS}")
    for aspects in (("difficulty",), BASIC_ASPECTS):
        print(speed(aspects))


def coverage(n_runs: int, n: int) -> dict[str, float]:
    """Share of intervals that hold what was planted, by score."""
    asked = a_questionnaire(N_SUBJECTS, BASIC_ASPECTS)
    top: dict[Aspect, list[float]] = {
        "importance": np.linspace(0.3, 0.9, N_SUBJECTS).tolist(),
        "satisfaction": np.linspace(0.7, 0.2, N_SUBJECTS).tolist(),
        "difficulty": np.linspace(0.15, 0.85, N_SUBJECTS).tolist(),
    }
    imp, sat, dif = (np.array(top[aspect]) for aspect in ("importance", "satisfaction", "difficulty"))
    truth = {
        "importance": imp,
        "satisfaction": sat,
        "ces": dif,
        "opportunity": opportunity(imp, sat),
        "priority": imp * dif,
    }
    held: Counter[str] = Counter()
    for seed in range(n_runs):
        answers, _ = simulate(asked, [PlantedSegment(name="all", share=1.0, top=top)], n=n, seed=seed)
        frame = score(answers)
        for name, values in truth.items():
            held[name] += int(((frame[f"{name}_low"] <= values) & (values <= frame[f"{name}_high"])).sum())
    return {name: held[name] / (n_runs * N_SUBJECTS) for name in truth}


def segments(n: int) -> tuple[int, int]:
    """How often planted segments are found, and how often there are none but some are reported."""
    asked = a_questionnaire(N_SUBJECTS, BASIC_ASPECTS)
    hard = [0.75 if i % 2 else 0.25 for i in range(N_SUBJECTS)]
    two = [_planted("one", 0.5, hard), _planted("other", 0.5, [1 - chance for chance in hard])]
    crowd = [_planted("all", 1.0, np.linspace(0.2, 0.8, N_SUBJECTS).tolist())]
    n_found = n_false = 0
    for seed in range(N_SEGMENT_RUNS):
        answers, truth = simulate(asked, two, n=n, seed=seed)
        members = find_segments(answers).members
        segment_of = {who: name for name, own in members.items() for who in own}
        if members and adjusted_rand_score(truth.to_list(), [segment_of[who] for who in truth.index]) > 0.9:
            n_found += 1
        n_false += bool(find_segments(simulate(asked, crowd, n=n, seed=seed)[0]).members)
    return n_found, n_false


def speed(aspects: tuple[Aspect, ...], *, n: int = 5000, n_subjects: int = 120) -> str:
    """Time reading and scoring, in words."""
    asked = a_questionnaire(n_subjects, aspects)
    top: dict[Aspect, list[float]] = {aspect: np.linspace(0.2, 0.8, n_subjects).tolist() for aspect in BASIC_ASPECTS}
    answers, _ = simulate(asked, [PlantedSegment(name="all", share=1.0, top=top)], n=n, seed=1)
    content = answers.frame.reset_index().to_csv(index=False).encode()
    begin = time.perf_counter()
    read = read_answers(content, asked).answers
    middle = time.perf_counter()
    score(read)
    end = time.perf_counter()
    return (
        f"{n:,} respondents x {len(asked.ratings)} ratings: read in {middle - begin:.2f} s, "
        f"scored in {end - middle:.2f} s"
    )


def a_questionnaire(n: int, aspects: tuple[Aspect, ...]) -> Questionnaire:
    """A questionnaire about n steps that everybody rates."""
    steps = tuple(
        Subject(id=f"s{i}", kind="step", wording=f"check part {i}", stage="execute", step=f"s{i}") for i in range(n)
    )
    basis = SurveyBasis(study="bench", job="do the job", executor="person", subjects=steps)
    return make_questionnaire(basis, QuestionnaireSettings(max_subjects=None, step_aspects=aspects))


def _planted(name: str, share: float, hard: list[float]) -> PlantedSegment:
    half = [0.5] * len(hard)
    return PlantedSegment(name=name, share=share, top={"difficulty": hard, "importance": half, "satisfaction": half})


if __name__ == "__main__":
    main()
