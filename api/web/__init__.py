"""The review page: one static page of plain ES modules that lives on the HTTP API alone.

No build step and no framework: what is in this folder is what the browser runs, so that a change is seen by reloading,
nothing is fetched from elsewhere, and the packaging needs no second toolchain. For the next maintainer:

- `index.html` is an empty shell; `css/page.css` has one scale of type, one of space, a colour a stage, light and dark;
  `css/surveys.css` adds what the screens of surveys and priorities need.
- `js/main.js` signs in, reads the address (`router.js`, after "#") and mounts one of `js/screens/`. A screen is a
  function of (root, context) that builds elements with `h` of `dom.js` and gives the way to take it down.
- `js/model.js` is the study in view: the job map as the server gave it, and over it the acts that wait in `outbox.js`,
  foretold by `jobmap.js`. An act shows at once, is kept in the browser until the server has answered, and is sent again
  after a lost connection under the same Idempotency-Key. What others do comes as server-sent events.
- `js/acts.js` is everything people do to steps and needs, the same from keys, buttons and dragging; a refused act
  (409) goes to `conflicts.js`, which shows both versions.
- `js/rights.js` knows what the person may do in the study: a screen shows no button, and a key does no act, that the
  server would refuse.
- `js/strings.js` has every word. Words that come from outside pass `words` or `printable` of `dom.js`: they only ever
  become text, in their own writing direction. There is no innerHTML, and the server's policy forbids inline scripts
  and styles, so a style that is computed is set through the CSSOM.
- `board.png` is the README's picture of the sample study; no page shows it.
- The files are under an address that changes with them, so that a browser asks for each once; `index.html` names all
  modules, so that none waits for those that import it.
- Offsets are UTF-16 units here, as the browser counts; the API is asked for them so (`offsets=utf16`).

`tests/web/` drives the page in a headless Chromium on a real server.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.routes.wiring import public

FOLDER: Final = Path(str(files(__name__)))
# The page itself is asked for again each time, and answered with 304 while it is the same: an upgrade shows at the next
# reload, since it names its files by another version.
CACHING: Final = {"Cache-Control": "no-cache"}
FOR_GOOD: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_KINDS: Final = ("css", "js")


class _PageFiles(StaticFiles):
    """The page's own files, and none of the Python beside them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers.update(FOR_GOOD)
        return answer


def add_page(app: FastAPI) -> None:
    """Serve the review page under / and its files under /web."""

    @app.get("/", include_in_schema=False, dependencies=[public()])
    def show_page() -> HTMLResponse:
        return HTMLResponse(_page(), headers=CACHING)

    @app.get("/web/icon.svg", include_in_schema=False, dependencies=[public()])
    def show_icon() -> FileResponse:
        return FileResponse(FOLDER / "icon.svg", media_type="image/svg+xml", headers=CACHING)

    for name in _KINDS:
        app.mount(f"/web/{{version}}/{name}", _PageFiles(directory=FOLDER / name), name=name)


def _page() -> str:
    """The shell, with the address of the files as they are now, and every module named."""
    version = _version()
    modules = sorted(path.relative_to(FOLDER).as_posix() for path in (FOLDER / "js").rglob("*.js"))
    links = "\n".join(f'<link rel="modulepreload" href="web/{version}/{module}">' for module in modules)
    shell = (FOLDER / "index.html").read_text(encoding="utf-8")
    return shell.replace("web/version/", f"web/{version}/").replace("</head>", f"{links}\n</head>")


def _version() -> str:
    """12 hex digits that change whenever a file of the page does."""
    files = sorted(path for name in _KINDS for path in (FOLDER / name).rglob("*.*"))
    told = [(path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    return hashlib.sha256(repr(told).encode("utf-8")).hexdigest()[:12]
