"""Labelled studies and what an engine proposed for them, to one HTML page for whoever improves the engine next.

A pure function of gold studies, analyses and figures: self-contained, without a script or a network address. Nothing
else in the program knows of it but the command line.
"""

from jtbd_nlp.scorecard.page import scorecard_html
from jtbd_nlp.scorecard.sides import check_inputs

__all__ = ["check_inputs", "scorecard_html"]
