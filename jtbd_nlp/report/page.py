"""The page itself: the template filled with views."""

from __future__ import annotations

from typing import Final

from jtbd_nlp.domain import Analysis
from jtbd_nlp.report.rendering import file_of, render_page
from jtbd_nlp.report.views import page_view

_PACKAGE: Final = "jtbd_nlp.report"


def analysis_html(analysis: Analysis) -> str:
    """Write the job map as one HTML page that needs neither network nor script.

    What people said is escaped and its control characters replaced; a content security policy forbids everything but
    the style sheet inside, by its hash. The same analysis gives the same page.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    return render_page(_PACKAGE, "report.html", css=file_of(_PACKAGE, "report.css"), page=page_view(analysis))
