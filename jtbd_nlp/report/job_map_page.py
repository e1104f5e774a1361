"""The map a team agreed on as one HTML page, in the style of the report and as self-contained."""

from __future__ import annotations

from typing import Final

from jtbd_nlp.export.job_map_rows import map_rows
from jtbd_nlp.report.charts import PeopleDots
from jtbd_nlp.report.rendering import file_of, render_page
from jtbd_nlp.report.views import shortened
from jtbd_nlp.review import JobMap

_PACKAGE: Final = "jtbd_nlp.report"


def job_map_html(job_map: JobMap, *, approved_only: bool = True) -> str:
    """Write a map as one HTML page that needs neither network nor script; what is in it and what is not: `map_rows`.

    What people said and what the team wrote is escaped; a content security policy forbids everything but the style
    sheet inside, by its hash. The same map gives the same page.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    rows = map_rows(job_map, approved_only=approved_only)
    css = file_of(_PACKAGE, "report.css")
    manifest = job_map.analysis.manifest
    told = {"rows": rows, "version": manifest.version, "dots": PeopleDots.of, "short": shortened}
    return render_page(_PACKAGE, "job_map.html", css=css, **told)
