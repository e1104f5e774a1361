"""A study's job map from above."""

from __future__ import annotations

from typing import Any

from api.services import reviews
from api.store import participants
from api.store.database import Database
from jtbd_nlp.export.map_insight import map_insight


def insight(database: Database, study: str, *, run: str | None = None, viewer: str | None = None) -> dict[str, Any]:
    """Who speaks of which stage, coverage, gaps and saturation, and the revision of the map; see `map_insight`.

    Raises:
        NotFoundError: as `reviews.reviewed`.
    """
    found = reviews.reviewed(database, study, run=run, viewer=viewer)
    with database.reading() as session:
        people = participants.by_speaker(session, found.study_id)
    return {"revision": found.revision, **map_insight(found.job_map, participants=people)}
