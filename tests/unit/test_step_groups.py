"""The groups of corpora/steps: whole, well-formed, of all stages, about no job that names are judged on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from jtbd_nlp.gold import load_studies
from jtbd_nlp.learning.naming import GROUPS_FILE, load_groups
from jtbd_nlp.lint import phrase_quality
from jtbd_nlp.stages import STAGES

CORPORA = Path(__file__).resolve().parents[2] / "corpora"
GROUPS = load_groups(CORPORA / GROUPS_FILE)


def test_there_are_as_many_as_the_readme_says() -> None:
    assert (len(GROUPS), len({group.job for group in GROUPS})) == (1024, 64)
    assert Counter(group.job for group in GROUPS).most_common(1)[0][1] == 16


def test_every_stage_of_every_job_is_there() -> None:
    assert {(group.job, group.stage) for group in GROUPS} == {(g.job, stage) for g in GROUPS for stage in STAGES}


def test_every_group_has_two_to_six_different_fragments() -> None:
    assert {len(group.lines) for group in GROUPS} <= {2, 3, 4, 5, 6}
    assert all(len(set(group.lines)) == len(group.lines) for group in GROUPS)


def test_names_are_short_and_nearly_all_well_made() -> None:
    assert max(len(group.name.split()) for group in GROUPS) <= 8
    assert sum(phrase_quality(group.name) >= 0.5 for group in GROUPS) > 0.97 * len(GROUPS)


def test_no_job_is_one_that_names_are_judged_on() -> None:
    judged = {study.job.lower() for study in load_studies(CORPORA / "unseen")}
    judged |= {study.job.lower() for study in load_studies(CORPORA / "written")}
    assert not judged & {group.job.lower() for group in GROUPS}
