"""The studies of corpora/written and corpora/unseen: whole, of many registers, about no job that is used to score."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from jtbd_nlp.domain import Kind
from jtbd_nlp.gold import GoldStudy, load_studies
from jtbd_nlp.lint import lint_step

CORPORA = Path(__file__).resolve().parents[2] / "corpora"
GOLD = Path(__file__).resolve().parents[3] / "shared" / "gold"
WRITTEN, UNSEEN = load_studies(CORPORA / "written"), load_studies(CORPORA / "unseen")
STUDIES = (*WRITTEN, *UNSEEN)


@pytest.mark.parametrize(
    ("studies", "n_interviews", "n_labels"),
    [(WRITTEN, {4: 27, 3: 18, 2: 40}, 11691), (UNSEEN, {3: 6}, 749)],
)
def test_there_are_as_many_as_the_readme_says(
    studies: tuple[GoldStudy, ...], n_interviews: dict[int, int], n_labels: int
) -> None:
    assert Counter(len(s.labelled) for s in studies) == n_interviews
    assert sum(len(labels) for s in studies for labels in s.labels.values()) == n_labels


def test_an_interview_stands_in_one_study_only() -> None:
    seen = Counter(t.id for s in STUDIES for t in s.transcripts)
    assert max(seen.values()) == 1


@pytest.mark.parametrize("study", STUDIES, ids=lambda s: s.name)
def test_every_interview_is_labelled_and_every_step_has_a_label(study: GoldStudy) -> None:
    assert len(study.labelled) == len(study.transcripts)
    used = {label.step for labels in study.labels.values() for label in labels}
    assert {step.id for step in study.job_map} <= used
    assert study.job


@pytest.mark.parametrize("study", STUDIES, ids=lambda s: s.name)
def test_steps_are_a_verb_and_what_is_done_to(study: GoldStudy) -> None:
    wrong = {"step-verb-first", "step-no-object"}
    assert not [step.phrase for step in study.job_map if {f.rule for f in lint_step(step.phrase, job=None)} & wrong]


def test_some_are_field_notes() -> None:
    assert sum(t.kind is Kind.NOTES for s in STUDIES for t in s.transcripts) >= 5


@pytest.mark.skipif(not GOLD.is_dir(), reason="the gold studies lie beside the project and are not here")
def test_no_study_is_about_a_job_that_is_scored() -> None:
    jobs = {s.job.lower() for s in load_studies(GOLD)} | {"get to a destination on time"}
    assert not jobs & {s.job.lower() for s in STUDIES}
