"""The page itself: the template filled with views, all text escaped, the style sheet inside, nothing from outside."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib.resources import files
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from jtbd_nlp.domain import Analysis
from jtbd_nlp.export.markdown import counted
from jtbd_nlp.quoting import printable
from jtbd_nlp.report.views import page_view

_PACKAGE: Final = "jtbd_nlp.report"


def analysis_html(analysis: Analysis) -> str:
    """Write the job map as one HTML page that needs neither network nor script.

    What people said is escaped and its control characters replaced; a content security policy forbids everything but
    the style sheet inside, by its hash. The same analysis gives the same page.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    css = _file("report.css")
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    template = _environment().get_template("report.html")
    # The style sheet is ours and holds no angle bracket that would end its element.
    return template.render(page=page_view(analysis), css=Markup(css), css_sha256=digest) + "\n"  # noqa: S704


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = counted
    return environment


def _shown(value: object) -> object:
    """Make every text that the template prints free of control characters; our own style sheet passes as it is."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _file(name: str) -> str:
    return files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")
