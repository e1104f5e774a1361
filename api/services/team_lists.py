"""What a team lists beside its map: solutions that people use, and features it might build.

A list is known by its revision. Who writes one says which revision it was made from, and is refused where somebody else
was faster; who does not say so replaces whatever is there.
"""

from __future__ import annotations

from collections.abc import Sequence

from api.services import reviews
from api.services.surveys import note
from api.store import studies, team_lists
from api.store.database import Database, Stamp
from api.store.team_lists import revision_of
from jtbd_nlp.priorities.named_solutions import suggest_solutions
from jtbd_nlp.priorities.solutions import Solution
from jtbd_nlp.priorities.strategy import Feature

__all__ = [
    "list_features",
    "list_solutions",
    "put_features",
    "put_solutions",
    "revision_of",
    "suggested_solutions",
]


def list_solutions(database: Database, study: str) -> tuple[Solution, ...]:
    """What people use, as the team lists it.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        return team_lists.solutions(session, studies.find(session, study).id)


def suggested_solutions(database: Database, study: str) -> tuple[Solution, ...]:
    """What interviews name: a list to edit.

    Raises:
        NotFoundError: there is no such study, or no run of it is done.
    """
    return suggest_solutions(reviews.reviewed(database, study).job_map.analysis.transcripts)


def put_solutions(
    database: Database, study: str, listed: Sequence[Solution], stamp: Stamp, *, revision: str | None = None
) -> tuple[Solution, ...]:
    """Replace the list of solutions.

    Args:
        revision: of the list that this one was made from; None replaces any.

    Raises:
        NotFoundError: there is no such study.
        BadValueError: two have one id, or a text cannot be kept.
        ListChangedError: the list is another by now; nothing is replaced.
    """
    with database.writing() as session:
        study_id = studies.find(session, study).id
        studies.lock(session, study_id)
        team_lists.replace_solutions(session, study_id, listed, stamp, revision=revision)
        note(session, stamp, "changed", "solutions replaced", study_id, n=len(listed))
        return team_lists.solutions(session, study_id)


def list_features(database: Database, study: str) -> tuple[Feature, ...]:
    """What the team might build.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        return team_lists.features(session, studies.find(session, study).id)


def put_features(
    database: Database, study: str, listed: Sequence[Feature], stamp: Stamp, *, revision: str | None = None
) -> tuple[Feature, ...]:
    """Replace the list of features.

    Args:
        revision: of the list that this one was made from; None replaces any.

    Raises:
        NotFoundError: there is no such study.
        BadValueError: two have one id, or a text cannot be kept.
        ListChangedError: the list is another by now; nothing is replaced.
    """
    with database.writing() as session:
        study_id = studies.find(session, study).id
        studies.lock(session, study_id)
        team_lists.replace_features(session, study_id, listed, stamp, revision=revision)
        note(session, stamp, "changed", "features replaced", study_id, n=len(listed))
        return team_lists.features(session, study_id)
