"""The commands of `jtbd` on studies, one module per subject; `api/cli.py` puts them together.

A command reads arguments, calls one service and says what came of it. What needs a database is imported in its body, so
that the analysis commands start without.
"""
