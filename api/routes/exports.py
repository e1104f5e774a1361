"""Files of a study to take away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.routes.answering import files, send_bytes
from api.routes.maps import OfRun
from api.routes.wiring import Act, Caller, database_of, may
from api.services.exporting import MapFormat, export_job_map

router = APIRouter(prefix="/studies/{study_id}/exports", tags=["exports"])

_MEDIA: Final[Mapping[MapFormat, str]] = {
    MapFormat.JSON: "application/json",
    MapFormat.CSV: "text/csv",
    MapFormat.MARKDOWN: "text/markdown",
    MapFormat.HTML: "text/html",
}
_BEGIN: Final[Mapping[MapFormat, str]] = {
    MapFormat.JSON: '{"schema": "jtbd-jobmap/1", "study": {"name": "Arrive on time"}}',
    MapFormat.CSV: "stage,position,step\r\nplan,1,determine the departure time\r\n",
    MapFormat.MARKDOWN: "# Arrive on time\n\n## Plan\n\n1. determine the departure time\n",
    MapFormat.HTML: "<!doctype html><title>Arrive on time</title>",
}
_FILES: Final = files({_MEDIA[form]: begin for form, begin in _BEGIN.items()})


@router.get("/job-map.{form}", response_class=Response, responses=_FILES)
def export_job_map_file(
    study_id: str,
    form: MapFormat,
    request: Request,
    caller: Annotated[Caller, may(Act.EXPORT)],
    approved: Annotated[bool, Query(description="Only what is approved or edited and backed by words.")] = True,
    run: OfRun = None,
) -> Response:
    """The job map as a file: `jtbd-jobmap/1`, a table, Markdown, or a page that needs no network."""
    content = export_job_map(database_of(request), study_id, form, approved_only=approved, run=run, viewer=caller.name)
    named = {"Content-Disposition": f'attachment; filename="job-map.{form}"'}
    # Where the type begins with text/, the answer names the encoding.
    return send_bytes(request, content, _MEDIA[form], headers=named)
