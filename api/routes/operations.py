"""For those who keep the server running: is it alive, is it ready, what does it count; and the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from api.metrics import CONTENT_TYPE, Metrics
from api.routes.answering import Responses
from api.routes.wiring import Act, database_of, may, public
from api.services.databases import make_sure_ready

_EXAMPLE: Final = 'jtbd_requests_total{method="GET",route="/ready",status="200"} 20.0\n'

router = APIRouter(tags=["operations"])
root_router = APIRouter(tags=["operations"])

_FIGURES: Final[Responses] = {
    200: {
        "description": "Figures in the text form of Prometheus",
        "content": {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


class Health(BaseModel):
    """Whether the server does what was asked about."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "ok"}})

    status: str


@root_router.get("/health", dependencies=[public()])
def health() -> Health:
    """The process is alive; nothing else is looked at."""
    return Health(status="ok")


@root_router.get("/ready", dependencies=[public()])
def ready(request: Request) -> Health:
    """The database answers and is laid out as the program needs it; 503 otherwise."""
    make_sure_ready(database_of(request))
    return Health(status="ok")


@root_router.get("/metrics", dependencies=[may(Act.READ)], response_class=Response, responses=_FIGURES)
def metrics(request: Request) -> Response:
    """Figures of the server for Prometheus, to whoever is signed in or has a key."""
    counted: Metrics = request.app.state.metrics
    return Response(counted.text(), media_type=CONTENT_TYPE)


@router.get("/openapi.json", dependencies=[public()], include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """This API as an OpenAPI 3.1 document."""
    schema: dict[str, Any] = request.app.openapi()
    return JSONResponse(schema, headers={"Cache-Control": "no-cache"})
