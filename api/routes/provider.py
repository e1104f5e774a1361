"""Signing in by another provider, and which ways to sign in there are."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from itsdangerous import BadSignature, URLSafeTimedSerializer

from api.errors import failures
from api.routes.sessions import give_cookie
from api.routes.wiring import database_of, has_tls, public, settings_of
from api.schemas.access import WaysIn
from api.services.access import people
from api.services.access.errors import SignInFailedError
from api.services.access.provider import Provider
from api.settings import OidcSettings
from api.store.errors import NotFoundError

router = APIRouter(tags=["sign-in"])

_COOKIE: Final = "jtbd_provider"
_PATH: Final = "/v1/oidc"
_SECONDS: Final = 600
_AWAY: Final = failures({502: "The other provider does not answer"})


@router.get("/sign-in", response_model=WaysIn, dependencies=[public()])
def show_ways_in(request: Request) -> dict[str, Any]:
    """How people can sign in here, and whether there is an owner already."""
    settings = settings_of(request).oidc
    provider = None if settings is None else {"name": settings.name, "url": f"{_PATH}/start"}
    return {"has_owner": people.has_owner(database_of(request)), "provider": provider}


@router.get("/oidc/start", status_code=303, response_class=RedirectResponse, responses=_AWAY, dependencies=[public()])
def begin_provider_sign_in(request: Request) -> RedirectResponse:
    """Send the browser to the other provider."""
    begun = _provider(request).begin(_redirect_uri(request))
    answer = RedirectResponse(begun.url, status_code=303)
    # Signed, so that nobody can slip a browser the beginning of their own sign-in.
    kept = _signer(_settings(request)).dumps([begun.state, begun.nonce, begun.code_verifier])
    answer.set_cookie(
        _COOKIE, kept, max_age=_SECONDS, path=_PATH, httponly=True, samesite="lax", secure=has_tls(request)
    )
    return answer


@router.get(
    "/oidc/callback", status_code=303, response_class=RedirectResponse, responses=_AWAY, dependencies=[public()]
)
def finish_provider_sign_in(
    request: Request,
    code: Annotated[str | None, Query(max_length=4000)] = None,
    state: Annotated[str, Query(max_length=1000)] = "",
) -> RedirectResponse:
    """Where the other provider sends the browser back to: sign in, and on to the page."""
    settings = _settings(request)
    try:
        kept = _signer(settings).loads(request.cookies.get(_COOKIE, ""), max_age=_SECONDS)
    except BadSignature as error:
        raise SignInFailedError("this browser has not begun that sign-in, or too long ago: begin again") from error
    begun = dict(zip(("state", "nonce", "code_verifier"), kept, strict=True))
    given = {"state": state} | ({} if code is None else {"code": code})
    identity = _provider(request).finish(_redirect_uri(request), given, begun)
    signed_in = people.sign_in_by_provider(
        database_of(request), identity, datetime.now(UTC), may_join=settings.may_join
    )
    answer = RedirectResponse("/", status_code=303)
    give_cookie(signed_in, request, answer)
    answer.delete_cookie(_COOKIE, path=_PATH, secure=has_tls(request))
    return answer


def _settings(request: Request) -> OidcSettings:
    settings = settings_of(request).oidc
    if settings is None:
        raise NotFoundError("sign-in by another provider is not set up here (JTBD_OIDC__ISSUER)")
    return settings


def _provider(request: Request) -> Provider:
    _settings(request)
    provider: Provider = request.app.state.provider
    return provider


def _redirect_uri(request: Request) -> str:
    base = settings_of(request).public_url or str(request.base_url)
    return f"{base.rstrip('/')}{_PATH}/callback"


def _signer(settings: OidcSettings) -> URLSafeTimedSerializer:
    # The same in all processes, and after a restart.
    key = hashlib.sha256(b"jtbd sign-in " + settings.client_secret.get_secret_value().encode()).hexdigest()
    return URLSafeTimedSerializer(key, salt="sign-in")
