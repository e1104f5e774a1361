"""The page itself: the template filled with views, in the manner and the colours of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from jtbd_nlp.comparison import Comparison
from jtbd_nlp.evaluation import Figures
from jtbd_nlp.gold import GoldStudy
from jtbd_nlp.report.rendering import file_of, render_page
from jtbd_nlp.scorecard.sides import lay_side_by_side
from jtbd_nlp.scorecard.views import scorecard_view

_PACKAGE: Final = "jtbd_nlp.scorecard"


def scorecard_html(
    studies: Sequence[GoldStudy],
    analyses: Mapping[str, Mapping[str, Any]],
    figures: Mapping[str, Figures],
    *,
    comparison: Comparison | None = None,
) -> str:
    """Write one page on how good the proposals are: figures, stages, confidence, steps, and the costliest mistakes.

    It needs neither network nor script, and everything people said is escaped. Same arguments, same page; the order
    of studies, interviews and statements does not matter. It holds what people said: treat it as the transcripts.

    Args:
        studies: with the labels of one annotator each, names distinct.
        analyses: a jtbd-analysis/1 document by the study's name.
        figures: of `score_study` by the study's name.
        comparison: with an earlier run.

    Raises:
        AnalysisError: an analysis was made from other interviews than its study's, or other versions of them.
        ValueError: a study has no analysis or no figures.
    """
    if missing := sorted({study.name for study in studies} - (set(analyses) & set(figures))):
        raise ValueError(f"studies without an analysis or figures: {', '.join(missing)}")
    sides = [lay_side_by_side(study, analyses[study.name]) for study in studies]
    view = scorecard_view(sides, analyses, figures, comparison)
    css = file_of("jtbd_nlp.report", "report.css") + file_of(_PACKAGE, "scorecard.css")
    return render_page(_PACKAGE, "scorecard.html", css=css, page=view)
