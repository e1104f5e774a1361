"""Hop 7, to files: JSON (complete), Markdown (to read and paste), CSV (to sort and count).

Pure functions of an Analysis, and in the modules `job_map_*` of the JobMap that people made of it. Each refuses to
write while a quote is not, character for character, in its turn.
"""

from jtbd_nlp.export.canonical import analysis_document, analysis_json
from jtbd_nlp.export.checking import check_analysis_document, read_analysis_document
from jtbd_nlp.export.markdown import analysis_markdown
from jtbd_nlp.export.tables import analysis_csv

__all__ = [
    "analysis_csv",
    "analysis_document",
    "analysis_json",
    "analysis_markdown",
    "check_analysis_document",
    "read_analysis_document",
]
