"""The groups of corpora/steps: whole, well-formed, of all stages, about no job that names are judged on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from jtbd_nlp.gold import load_studies
from jtbd_nlp.learning.named_groups import GROUPS_FILE, PLACES_FILE, load_groups, load_places
from jtbd_nlp.lint import phrase_quality
from jtbd_nlp.stages import STAGES

CORPORA = Path(__file__).resolve().parents[2] / "corpora"
GROUPS = load_groups(CORPORA / GROUPS_FILE)
PLACED = load_places(CORPORA / PLACES_FILE)


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


def test_groups_of_real_interviews_are_as_many_as_the_readme_says() -> None:
    places = {place for group in PLACED for place in (*group.said, *group.beside)}
    assert (len(PLACED), len({place.transcript for place in places})) == (1261, 425)
    assert all(len(group.said) >= 2 and not set(group.said) & set(group.beside) for group in PLACED)


def test_names_of_real_groups_are_short_and_nearly_all_well_made() -> None:
    assert max(len(group.name.split()) for group in PLACED) <= 8
    assert sum(phrase_quality(group.name) >= 0.5 for group in PLACED) > 0.97 * len(PLACED)


def test_no_real_group_is_of_an_interview_that_is_measured_on() -> None:
    """None of the gold studies' interviews, nor those that go with them, were named."""
    for group in PLACED:
        for place in group.said:
            assert place.transcript.startswith(
                ("work_", "science_", "creativity_", "the-changelog-", "haskell-", "uses-")
            )
