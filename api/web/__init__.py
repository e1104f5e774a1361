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
- `js/strings.js` has every word. Words that come from outside pass `words` or `printable` of `dom.js`: they only ever
  become text, in their own writing direction. There is no innerHTML, and the server's policy forbids inline scripts
  and styles, so a style that is computed is set through the CSSOM.
- `board.png` is the README's picture of the sample study; no page shows it.
- Offsets are UTF-16 units here, as the browser counts; the API is asked for them so (`offsets=utf16`).

`tests/web/` drives the page in a headless Chromium on a real server.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.routes.wiring import public

FOLDER: Final = Path(str(files(__name__)))
# Asked for again each time, and answered with 304 while they are the same: an upgrade shows at the next reload.
CACHING: Final = {"Cache-Control": "no-cache"}


class _PageFiles(StaticFiles):
    """The page's own files, and none of the Python beside them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers.update(CACHING)
        return answer


def add_page(app: FastAPI) -> None:
    """Serve the review page under / and its files under /web."""

    @app.get("/", include_in_schema=False, dependencies=[public()])
    def show_page() -> FileResponse:
        return FileResponse(FOLDER / "index.html", media_type="text/html", headers=CACHING)

    @app.get("/web/icon.svg", include_in_schema=False, dependencies=[public()])
    def show_icon() -> FileResponse:
        return FileResponse(FOLDER / "icon.svg", media_type="image/svg+xml", headers=CACHING)

    for name in ("css", "js"):
        app.mount(f"/web/{name}", _PageFiles(directory=FOLDER / name), name=name)
