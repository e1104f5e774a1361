"""What a team lists beside its map: solutions that people use, and features it might build.

A list is known by its revision. Who writes one says which revision it was made from, and is refused where somebody else
was faster; who does not say so replaces whatever is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Generic

from api.services import reviews
from api.services.surveys import note
from api.store import studies, team_lists
from api.store.database import Database, Stamp
from api.store.team_lists import FEATURES, SOLUTIONS, ListKind, One, revision_of
from jtbd_nlp.priorities.named_solutions import suggest_solutions
from jtbd_nlp.priorities.solutions import Solution

__all__ = ["FEATURES", "SOLUTIONS", "TeamList", "kept_list", "put_list", "suggested_solutions"]


@dataclass(frozen=True, slots=True)
class TeamList(Generic[One]):
    """A list to show or to edit; `revision` is that of the kept list, which it is or would replace."""

    kind: ListKind[One]
    listed: tuple[One, ...]
    revision: str

    def shown(self) -> dict[str, Any]:
        """The list under the name of its kind, beside its revision, as it is answered and printed."""
        return {"revision": self.revision, self.kind.name: [asdict(one) for one in self.listed]}


def kept_list(database: Database, study: str, kind: ListKind[One]) -> TeamList[One]:
    """What the team lists; nothing yet is an empty list.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        listed = team_lists.of_study(session, studies.find(session, study).id, kind)
    return TeamList(kind, listed, revision_of(listed))


def suggested_solutions(database: Database, study: str) -> TeamList[Solution]:
    """What interviews name: a list to edit, which would replace the one that is kept.

    Raises:
        NotFoundError: there is no such study, or no run of it is done.
    """
    kept = kept_list(database, study, SOLUTIONS)
    return replace(kept, listed=suggest_solutions(reviews.reviewed(database, study).job_map.analysis.transcripts))


def put_list(
    database: Database,
    study: str,
    kind: ListKind[One],
    listed: Sequence[One],
    stamp: Stamp,
    *,
    revision: str | None = None,
) -> TeamList[One]:
    """Replace a list, and give it back as it is kept.

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
        team_lists.replace_list(session, study_id, kind, listed, stamp, revision=revision)
        note(session, stamp, "changed", f"{kind.name} replaced", study_id, n=len(listed))
        kept = team_lists.of_study(session, study_id, kind)
    return TeamList(kind, kept, revision_of(kept))
