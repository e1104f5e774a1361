"""How every page is written: one template filled, all text escaped, the style sheet inside, nothing from outside."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from jtbd_nlp.export.markdown import counted
from jtbd_nlp.quoting import printable


def render_page(package: str, template: str, *, css: str, **values: object) -> str:
    """Fill a template of `package` and give the page as text, one line feed at the end.

    Every text that the template prints is escaped and its control characters replaced. The template finds `css` and
    `css_sha256`, the hash by which its content security policy allows that style sheet and nothing else.

    Args:
        css: the style sheet; ours, so that no angle bracket in it ends its element.
        values: what else the template uses by name.
    """
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    page = _environment(package).get_template(template)
    return page.render(css=Markup(css), css_sha256=digest, **values) + "\n"  # noqa: S704 - our own style sheet


def file_of(package: str, name: str) -> str:
    """Read a template or style sheet that ships inside `package`."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


@functools.cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=FunctionLoader(functools.partial(file_of, package)),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = counted
    return environment


def _shown(value: object) -> object:
    """Make every text that a template prints free of control characters; our own style sheet passes as it is."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
