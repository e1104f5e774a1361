"""The HTTP application: routes, errors and guards put together over one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.errors import add_error_handlers, error_schemas, failures
from api.guards import Guards
from api.key_uses import KeyUses
from api.limiter import Limiter
from api.logs import log
from api.metrics import Metrics
from api.routes import routers
from api.routes.wiring import CSRF_HEADER, check_rules, rule_of
from api.schemas.bases import examples
from api.services.access.provider import Provider
from api.services.audit import AuditTrail
from api.services.delivering import Deliverer
from api.services.likeness import Likeness, load_encoder
from api.services.pulse import Watch
from api.services.targets import Targets
from api.services.writing import Wordings, load_writers
from api.settings import ServerSettings
from api.store.database import Database
from api.store.errors import StoreError
from api.web import add_page
from jtbd_nlp import __version__

PREFIX: Final = "/v1"
# What any route may answer besides what it says itself.
FAILURES: Final = failures(
    {
        400: "The body cannot be read",
        401: "Nobody is signed in",
        403: "The caller may not do that",
        404: "Not there, or not for the caller",
        413: "The body is larger than the server takes",
        422: "The request is not as it should be; `details.fields` names the fields",
        429: "Too many requests; `Retry-After` says when to come again",
        503: "The database is away for the moment; `Retry-After` says when to come again",
    }
)

# How a caller shows who they are, in the words of OpenAPI.
_SCHEMES: Final[dict[str, Any]] = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer jtbd_…`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "jtbd_session",
        "description": (
            "The session that `POST /v1/session` begins (`__Host-jtbd` under TLS). Whatever changes something also "
            f"needs the header {CSRF_HEADER}, which `GET /v1/session` tells."
        ),
    },
}


class Server(FastAPI):
    """FastAPI, whose document also says who may call what: `x-act` is the act that a rule asks for."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schema = super().openapi()
            schema["components"]["securitySchemes"] = _SCHEMES
            schema["components"]["schemas"] |= error_schemas()
            for name, example in examples().items():
                if name in schema["components"]["schemas"]:
                    # FastAPI leaves out what is null, which some answers always hold.
                    schema["components"]["schemas"][name]["example"] = example
            for context in iter_route_contexts(self.routes):
                for method in context.methods or ():
                    described = schema["paths"].get(context.path, {}).get(method.lower())
                    if described is not None:
                        act = rule_of(context).act
                        described["security"] = [] if act is None else [{name: []} for name in _SCHEMES]
                        described |= {} if act is None else {"x-act": act.value}
        return super().openapi()


def create_app(settings: ServerSettings, database: Database) -> FastAPI:
    """Put the application together.

    Args:
        database: laid out as this program needs it.

    Raises:
        TypeError: a route has no rule that says who may use it.
        TargetRefusedError: one of `webhook_networks` is no network.
    """
    app = Server(
        title="jtbd",
        version=__version__,
        lifespan=_lifespan,
        # What generated clients call an operation: the name of its function, which stays.
        generate_unique_id_function=lambda route: route.name,
        # Its own pages for the OpenAPI document would load scripts from elsewhere; the document itself is a route.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # Nothing leaves the machine, whatever the environment says.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.settings = settings
    app.state.database = database
    app.state.metrics = Metrics()
    app.state.limiter = Limiter(settings)
    app.state.key_uses = KeyUses(database)
    app.state.targets = Targets.of(settings.webhook_networks)
    app.state.provider = None if settings.oidc is None else Provider(settings.oidc)
    app.state.watch = Watch(database)
    app.state.likeness = Likeness(load_encoder)
    app.state.wordings = Wordings(load_writers)
    for router in routers("router"):
        app.include_router(router, prefix=PREFIX, responses=FAILURES)
    for router in routers("root_router"):
        app.include_router(router, responses=FAILURES)
    add_page(app)
    add_error_handlers(app)
    check_rules(app.routes)
    contexts = list(iter_route_contexts(app.routes))
    app.state.path_of = {context.endpoint: context.path or "" for context in contexts if context.endpoint}
    app.add_middleware(Guards, settings=settings, metrics=app.state.metrics, path_of=app.state.path_of)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep going what runs beside the requests: the audit log, webhooks, and when keys were used."""
    uses: KeyUses = app.state.key_uses
    trail = app.state.audit_trail = AuditTrail(app.state.database)
    deliverer = Deliverer(app.state.database, app.state.targets)
    writing = asyncio.create_task(uses.keep_writing())
    try:
        yield
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await asyncio.to_thread(deliverer.close)
        await asyncio.to_thread(uses.write)
        await asyncio.to_thread(_close, trail)


def _close(trail: AuditTrail) -> None:
    try:
        trail.close()
    except StoreError as error:
        log().error("the last reads are not in the audit log", error=error.code)
