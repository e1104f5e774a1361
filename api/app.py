"""The HTTP application: routes, errors and guards put together over one database."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI

from api.errors import ErrorBody, add_error_handlers
from api.routes import routers
from api.routes.wiring import check_rules
from api.settings import ServerSettings
from api.store.database import Database
from jtbd_nlp import __version__

PREFIX: Final = "/v1"
# What any route may answer besides what it says itself.
FAILURES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ErrorBody, "description": description}
    for status, description in (
        (401, "Nobody is signed in"),
        (403, "The caller may not do that"),
        (404, "Not there, or not for the caller"),
        (422, "The request is not as it should be; `details.fields` names the fields"),
        (429, "Too many requests; `Retry-After` says when to come again"),
    )
}


def create_app(settings: ServerSettings, database: Database) -> FastAPI:
    """Put the application together.

    Args:
        database: laid out as this program needs it.

    Raises:
        TypeError: a route has no rule that says who may use it.
    """
    # Its own pages for the OpenAPI document would load scripts from elsewhere; the document itself is a route.
    app = FastAPI(title="jtbd", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.state.database = database
    for router in routers("router"):
        app.include_router(router, prefix=PREFIX, responses=FAILURES)
    for router in routers("root_router"):
        app.include_router(router)
    add_error_handlers(app)
    check_rules(app.routes)
    return app
