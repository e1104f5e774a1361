"""The `jtbd` script: the analysis commands of the core. Study, server and survey commands join them here."""

from __future__ import annotations

import sys

from jtbd_nlp.cli import run


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run())
