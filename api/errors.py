"""Every failure as one body, `{"error": {"code", "message", "details"}}`; which class has which status stands here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.logs import log
from api.schemas.formats import NotAcceptableError, UnknownFieldError
from api.schemas.paging import BadCursorError
from api.services.access import errors as access
from api.services.access.provider import ProviderUnavailableError
from api.services.entries import BadFilterError
from api.services.requests import RETRY_AFTER_S, KeyReusedError, RequestRunningError
from api.services.targets import TargetRefusedError
from api.store import errors as store
from api.store.pseudonyms import KeyNeededError
from jtbd_nlp import errors as core
from jtbd_nlp.errors import JtbdError
from jtbd_nlp.pseudonyms.sealing import WrongKeyError

STATUS_OF: Final[Mapping[type[JtbdError], int]] = MappingProxyType(
    {
        JtbdError: 400,
        core.TranscriptError: 422,
        core.UnsupportedFormatError: 415,
        core.TooLargeError: 413,
        core.ConfigError: 422,
        core.AnalysisError: 500,
        core.ModelUnavailableError: 503,
        core.ModelMismatchError: 503,
        core.ReviewError: 409,
        core.MalformedDecisionError: 422,
        core.SurveyError: 422,
        store.StoreError: 500,
        store.DatabaseUnavailableError: 503,
        store.SchemaMismatchError: 503,
        store.NotFoundError: 404,
        store.NameTakenError: 409,
        store.BadValueError: 422,
        store.RunStateError: 409,
        store.StaleWriteError: 409,
        store.ListChangedError: 409,
        KeyNeededError: 409,
        WrongKeyError: 422,
        TargetRefusedError: 422,
        access.AccessError: 403,
        access.NotSignedInError: 401,
        access.SignInFailedError: 401,
        access.NotAllowedError: 403,
        access.ForgedRequestError: 403,
        access.WeakPasswordError: 422,
        access.LinkSpentError: 410,
        access.TooManyAttemptsError: 429,
        ProviderUnavailableError: 502,
        BadCursorError: 422,
        BadFilterError: 422,
        UnknownFieldError: 422,
        NotAcceptableError: 406,
        KeyReusedError: 422,
        RequestRunningError: 409,
    }
)
# Their messages begin with the name of a field of the request.
_OF_A_FIELD: Final = (BadCursorError, BadFilterError, UnknownFieldError, core.MalformedDecisionError)
_CODES: Final = MappingProxyType(
    {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}
)


class ErrorFields(BaseModel):
    """What went wrong: a stable code for programs, a sentence for people, and what else programs may need."""

    code: str
    message: str
    details: dict[str, Any] = {}


class ErrorBody(BaseModel):
    """The body of every failure."""

    error: ErrorFields


# One failure of each status, for the OpenAPI document.
_SHOWN: Final[Mapping[int, tuple[str, str, dict[str, Any]]]] = MappingProxyType(
    {
        400: ("bad_request", "There was an error parsing the body", {}),
        401: ("not_signed_in", "sign in, or send a key: `Authorization: Bearer jtbd_…`", {}),
        403: ("not_allowed", "a reader may not do that here: it takes an analyst or an owner", {}),
        404: ("not_found", "there is no study study_0192e4b07c7a7c8f9d0e1f2a3b4c5d6e", {}),
        406: ("not_acceptable", "Accept: there is application/json, text/csv, application/x-ndjson", {}),
        409: ("stale_write", "the entry was changed since it was read: read it again", {}),
        410: ("link_spent", "the link was used already or has expired: ask for a new one", {}),
        413: ("too_large", "the body is larger than 8 MB", {}),
        422: (
            "invalid_request",
            "name: Field required",
            {"fields": [{"in": "body", "field": "name", "message": "Field required"}]},
        ),
        429: ("too_many_requests", "too many requests: come again in 12 s", {}),
        502: ("provider_unavailable", "the other provider does not answer: try again later", {}),
        503: ("database_unavailable", "the database is busy: try again", {}),
    }
)


def failures(described: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """What routes may answer when they fail, as FastAPI's `responses`; by status, a description.

    The body is named by its place in the document, not given as a class: FastAPI would build a validator of it for each
    status of each route, which took most of the time that a server needed to start.
    """
    return {status: _failure(status, description) for status, description in described.items()}


def _failure(status: int, description: str) -> dict[str, Any]:
    code, message, details = _SHOWN[status]
    shown = {"error": {"code": code, "message": message, "details": details}}
    body = {"schema": {"$ref": "#/components/schemas/ErrorBody"}, "example": shown}
    return {"description": description, "content": {"application/json": body}}


def error_schemas() -> dict[str, Any]:
    """The schemas that `failures` names, for the document's components."""
    body = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**body.pop("$defs"), "ErrorBody": body}


def status_of(error: JtbdError) -> int:
    """The HTTP status of a deliberate error: that of its class, or of the nearest one above it."""
    return next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)


def error_response(
    status: int,
    code: str,
    message: str,
    details: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A failure as it is sent."""
    body = {"error": {"code": code, "message": message, "details": dict(details or {})}}
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))


def add_error_handlers(app: FastAPI) -> None:
    """Make every failure of an application have the one body."""
    app.add_exception_handler(JtbdError, _deliberate)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _deliberate(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, JtbdError)  # noqa: S101 - for the type checker
    status = status_of(error)
    if status >= 500:
        log().error("refused", code=error.code, message=str(error))
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = "5"
    if isinstance(error, RequestRunningError):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, access.TooManyAttemptsError):
        headers["Retry-After"] = str(error.retry_after_s)
    return error_response(status, error.code, str(error), _details(error), headers)


def _details(error: JtbdError) -> Mapping[str, object]:
    """What an error carries for programs: its `details`, and the field, the line or the decisions that it names."""
    found = dict(getattr(error, "details", None) or {})
    for name in ("line", "numbers"):
        value = getattr(error, name, None)
        if value is not None:
            found.setdefault(name, list(value) if isinstance(value, tuple) else value)
    if isinstance(error, _OF_A_FIELD):
        field, _, fault = str(error).removeprefix("decision.").partition(": ")
        place = "body" if isinstance(error, core.MalformedDecisionError) else "query"
        found["fields"] = [{"in": place, "field": field, "message": fault}]
    if isinstance(error, store.BadValueError) and error.field is not None:
        found["fields"] = [{"in": "body", "field": error.field, "message": str(error)}]
    return found


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - for the type checker
    fields = [
        {"in": str(fault["loc"][0]), "field": _path(fault["loc"][1:]), "message": str(fault["msg"])}
        for fault in error.errors()
    ]
    first = fields[0]
    message = f"{first['field'] or first['in']}: {first['message']}"
    return error_response(422, "invalid_request", message, {"fields": fields})


def _path(parts: Sequence[Any]) -> str:
    return ".".join(str(part) for part in parts)


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type checker
    code = _CODES.get(error.status_code, f"http_{error.status_code}")
    return error_response(error.status_code, code, str(error.detail), headers=error.headers)
