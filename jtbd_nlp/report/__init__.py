"""Analysis to one HTML page: self-contained, without a script or a network address, to hand to a colleague.

A pure function of an Analysis. No page is written while a quote is not, character for character, in its turn.
"""

from jtbd_nlp.report.page import analysis_html

__all__ = ["analysis_html"]
