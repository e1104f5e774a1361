"""What all routes share: the database, who calls, and the rule that lets them through.

Every route has exactly one rule, `may(act)` or `public()`, among its dependencies; `check_rules` refuses others at the
start. A rule of `may` hands the caller to the route:

    @router.get("/studies/{study_id}/needs")
    def list_needs(study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> ...

The study that a rule asks about is the path parameter `study_id`, else the one that the thing in another path parameter
(`run_id`, `transcript_id`, ...) belongs to. Where both are given, the thing must belong to the study.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from api.key_uses import KeyUses
from api.limiter import STATE, Limiter
from api.services import audit
from api.services.access.acts import Act, Caller
from api.services.access.callers import caller_of_key, caller_of_session, require
from api.services.access.errors import AccessError, ForgedRequestError, NotAllowedError, NotSignedInError
from api.services.access.secrets import csrf_of, is_same
from api.services.audit import AuditTrail
from api.services.targets import Targets
from api.settings import ServerSettings
from api.store.database import Database, Stamp

__all__ = [
    "Act",
    "Caller",
    "caller_of",
    "check_person",
    "check_rules",
    "database_of",
    "may",
    "public",
    "settings_of",
    "stamp_of",
    "targets_of",
]

CSRF_HEADER: Final = "X-CSRF-Token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# Path parameters that name what belongs to a study by its id; beside `study_id` they may also hold a name.
THINGS: Final = frozenset({"attribute_id", "participant_id", "rule_id", "run_id", "transcript_id", "upload_id"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is let through to a route: those who may do an act, or everybody (None)."""

    act: Act | None

    def __call__(self, request: Request) -> Caller | None:
        """Let the caller through, or raise; what FastAPI calls before the route."""
        request.state.caller = None
        if self.act is None:
            _count(request, None)
            return None
        try:
            caller = _identify(request)
        except AccessError:
            _count(request, None)
            raise
        request.state.caller = caller
        _count(request, caller)
        given: dict[str, str] = request.path_params
        study_id = given.get("study_id")
        is_asked = {n: study_id is None or given[n].startswith(n.removesuffix("id")) for n in THINGS & given.keys()}
        things = [given[name] for name in sorted(is_asked) if is_asked[name]]
        try:
            study_id = require(database_of(request), caller, self.act, study_id=study_id, things=things)
        except NotAllowedError:
            _note(request, caller, "refused", study_id)
            raise
        if study_id is not None or self.act is not Act.READ:
            _note(request, caller, self._audited(request.method), study_id)
        return caller

    def _audited(self, method: str) -> audit.Act:
        """What the audit log calls it."""
        if self.act is Act.EXPORT:
            return "exported"
        if method in SAFE:
            return "read"
        return "erased" if self.act is Act.OWN else "changed"


def may(act: Act) -> Any:
    """The rule that lets through who may do this in the study of the path, or outside of studies if there is none."""
    return Depends(Rule(act))


def public() -> Any:
    """The rule that lets everybody through, without asking who they are."""
    return Depends(Rule(None))


def database_of(request: Request) -> Database:
    """The database of the application that the request is for."""
    database: Database = request.app.state.database
    return database


def settings_of(request: Request) -> ServerSettings:
    """The settings of the application that the request is for."""
    settings: ServerSettings = request.app.state.settings
    return settings


def targets_of(request: Request) -> Targets:
    """Where the server's webhooks may go."""
    targets: Targets = request.app.state.targets
    return targets


def caller_of(request: Request) -> Caller:
    """Who calls a route that has a rule other than `public`."""
    caller: Caller = request.state.caller
    return caller


def check_person(caller: Caller) -> None:
    """Refuse a key what only people do in a browser: a stolen key must not make itself an owner.

    Raises:
        NotAllowedError: it is a key.
    """
    if caller.kind != "person":
        raise NotAllowedError("a key cannot do that: sign in as a person")


def stamp_of(request: Request) -> Stamp:
    """Who calls, and now: for whatever the route writes."""
    return Stamp.now(caller_of(request).name)


def has_tls(request: Request) -> bool:
    """Whether the browser speaks TLS, to us or to a proxy that we believe."""
    return request.url.scheme == "https"


def cookie_name(request: Request) -> str:
    """The name of the session cookie; under TLS, browsers then take it from this very host only."""
    return "__Host-jtbd" if has_tls(request) else "jtbd_session"


def session_secret(request: Request) -> str | None:
    """The secret of the session cookie that the request carries, None where there is none."""
    return request.cookies.get(cookie_name(request))


def check_same_origin(request: Request) -> None:
    """Refuse what a browser sends for a page of another site.

    Raises:
        ForgedRequestError: it comes from there.
    """
    if request.method in SAFE:
        return
    is_foreign = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
    origin = urlsplit(request.headers.get("origin", ""))
    is_own = origin.netloc in ("", request.headers.get("host")) or origin.hostname in settings_of(request).names
    if is_foreign or not is_own or request.headers.get("origin") == "null":
        raise ForgedRequestError("the request comes from a page of another site")


def check_rules(routes: Sequence[BaseRoute]) -> None:
    """Make sure that every route has exactly one rule; files of the program need none.

    Raises:
        TypeError: a route has none, or more than one; the message names it.
    """
    for context in iter_route_contexts(routes):
        route = context.original_route
        if isinstance(route, Mount) and isinstance(route.app, StaticFiles):
            continue
        rules = list(_rules(context.dependant)) if isinstance(route, APIRoute) else []
        if len(rules) != 1:
            methods = " ".join(sorted(context.methods or ()))
            raise TypeError(
                f"{methods} {context.path}: {len(rules) or 'no'} rules in place of one may(...) or public()"
            )


def rule_of(route_context: Any) -> Rule:
    """The rule of a route that `check_rules` let pass."""
    return next(_rules(route_context.dependant))


def _rules(dependant: Dependant) -> Iterator[Rule]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Rule):
            yield inner.call
        yield from _rules(inner)


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy that we believe, what the proxy says."""
    return request.client.host if request.client else ""


def _count(request: Request, caller: Caller | None) -> None:
    """Count a request of a caller, or of a stranger by address; note the use of a key."""
    limiter: Limiter = request.app.state.limiter
    uses: KeyUses = request.app.state.key_uses
    who = address_of(request) if caller is None else caller.id
    allowance = limiter.count(who, is_stranger=caller is None)
    setattr(request.state, STATE, allowance)  # told in the answer's headers, also where it is used up
    if allowance is not None:
        allowance.check()
    if caller is not None and caller.kind == "key":
        uses.note(caller.id)


def _note(request: Request, caller: Caller, act: audit.Act, study_id: str | None) -> None:
    """Leave a trace of what a caller is about to do, or was refused."""
    trail: AuditTrail = request.app.state.audit_trail
    route = request.app.state.path_of.get(request.scope.get("endpoint"), "(none)")
    subjects = {name.removesuffix("_id"): str(value) for name, value in request.path_params.items()}
    trail.allowed(Stamp.now(caller.name), act, f"{request.method} {route}", study=study_id, subjects=subjects)


def _identify(request: Request) -> Caller:
    """Tell who calls, by the key in the Authorization header or else by the session cookie."""
    now = datetime.now(UTC)
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer" or not credential.strip():
            raise NotSignedInError("the Authorization header must be `Bearer` and a key")
        return caller_of_key(database_of(request), credential.strip(), now)
    secret = session_secret(request)
    if not secret:
        raise NotSignedInError("sign in, or send a key: `Authorization: Bearer jtbd_…`")
    caller = caller_of_session(database_of(request), secret, now)
    check_same_origin(request)
    if request.method not in SAFE and not is_same(request.headers.get(CSRF_HEADER, ""), csrf_of(secret)):
        raise ForgedRequestError(f"the header {CSRF_HEADER} is missing or wrong: GET /v1/session gives it")
    return caller
