"""A study's job map as a file to keep, send on or paste."""

from __future__ import annotations

from enum import StrEnum

from api.services import reviews
from api.store.database import Database
from jtbd_nlp.export.job_map_json import job_map_json
from jtbd_nlp.export.job_map_markdown import job_map_markdown
from jtbd_nlp.export.job_map_table import job_map_csv
from jtbd_nlp.report.job_map_page import job_map_html


class MapFormat(StrEnum):
    """A format of the exported map, as file names end."""

    JSON = "json"
    CSV = "csv"
    MARKDOWN = "md"
    HTML = "html"


def export_job_map(
    database: Database,
    study: str,
    form: MapFormat,
    *,
    approved_only: bool = True,
    run: str | None = None,
    viewer: str | None = None,
) -> bytes:
    """The job map as a file.

    Raises:
        NotFoundError: as `reviews.reviewed`.
        AnalysisError: the quote lock does not hold.
    """
    found = reviews.reviewed(database, study, run=run, viewer=viewer)
    match form:
        case MapFormat.JSON:
            return job_map_json(found.job_map, place=found.place, approved_only=approved_only)
        case MapFormat.CSV:
            return job_map_csv(found.job_map, approved_only=approved_only)
        case MapFormat.MARKDOWN:
            return job_map_markdown(found.job_map, approved_only=approved_only).encode("utf-8")
        case MapFormat.HTML:
            return job_map_html(found.job_map, approved_only=approved_only).encode("utf-8")
