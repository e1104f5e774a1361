"""Sign-in by another provider (OpenID Connect, authorization code with PKCE).

Authlib speaks the protocol and checks the ID token. What it leaves to its user is checked here: the issuer, the
algorithm, and that the answer is to our question.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]  # Authlib has no types
from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin  # type: ignore[import-untyped]  # ditto
from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]  # ditto
from joserfc.errors import JoseError

from api.services.access.errors import AccessError, SignInFailedError
from api.services.access.secrets import is_same
from api.settings import OidcSettings

# Signed with the provider's own key: "none" and keys that we share with it are not among them.
_ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
_TIMEOUT_S: Final = 10.0


class ProviderUnavailableError(AccessError):
    """The other provider does not answer, or not as OpenID Connect has it."""

    code = "provider_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in that has begun: where the browser goes, and what must be remembered until it comes back."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom the provider vouches for. `subject` is theirs for good; `email` is None unless the provider checked it."""

    subject: str
    name: str
    email: str | None


class _Client(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]  # Authlib has no types
    client_cls = OAuth2Client


class Provider:
    """The provider of the settings. It is asked nothing before the first sign-in."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._issuer = settings.issuer.rstrip("/")
        self._client: Any = None
        self._lock = threading.Lock()

    def begin(self, redirect_uri: str) -> Begun:
        """Begin a sign-in that comes back to `redirect_uri`.

        Raises:
            ProviderUnavailableError: the provider does not answer, or is another one than the settings name.
        """
        try:
            made = self._connected().create_authorization_url(redirect_uri)
        except (AuthlibBaseError, RuntimeError) as error:
            raise ProviderUnavailableError(f"{self._issuer}: {type(error).__name__}") from error
        return Begun(url=made["url"], state=made["state"], nonce=made["nonce"], code_verifier=made["code_verifier"])

    def finish(self, redirect_uri: str, answer: Mapping[str, str], begun: Mapping[str, str]) -> Identity:
        """Tell who signed in.

        Args:
            answer: the query that the browser came back with.
            begun: `state`, `nonce` and `code_verifier` of the sign-in that this browser began.

        Raises:
            SignInFailedError: the answer is to another question, says no, or what it leads to is not valid.
            ProviderUnavailableError: the provider does not answer.
        """
        if not is_same(answer.get("state", ""), begun["state"]):
            raise SignInFailedError("the answer belongs to another sign-in: begin again")
        if "code" not in answer:
            raise SignInFailedError("the other provider did not let you in")
        client = self._connected()
        try:
            given = client.fetch_access_token(
                redirect_uri, code=answer["code"], code_verifier=begun["code_verifier"], grant_type="authorization_code"
            )
            claims = client.parse_id_token(given, nonce=begun["nonce"])
        except (httpx2.HTTPError, RuntimeError) as error:
            raise ProviderUnavailableError(f"{self._issuer}: {type(error).__name__}") from error
        except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as error:
            raise SignInFailedError(f"the other provider's answer is not valid ({type(error).__name__})") from error
        if not claims or not claims.get("sub"):
            raise SignInFailedError("the other provider's answer names nobody")
        return self._identity(claims)

    def _connected(self) -> Any:
        """The client, once the provider has told about itself."""
        with self._lock:
            if self._client is None:
                client = _Client(
                    None,
                    name="oidc",
                    client_id=self._settings.client_id,
                    client_secret=self._settings.client_secret.get_secret_value(),
                    client_kwargs={
                        "scope": self._settings.scopes,
                        "code_challenge_method": "S256",
                        "timeout": _TIMEOUT_S,
                    },
                    server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
                )
                try:
                    told = client.load_server_metadata()
                except (httpx2.HTTPError, ValueError) as error:
                    raise ProviderUnavailableError(f"{self._issuer}: {type(error).__name__}") from error
                if str(told.get("issuer", "")).rstrip("/") != self._issuer:
                    raise ProviderUnavailableError(f"{self._issuer}: it says that it is another issuer")
                offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
                told["id_token_signing_alg_values_supported"] = [name for name in offered if name in _ALGORITHMS]
                self._client = client
            return self._client

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        email = str(claims["email"]) if claims.get("email") and claims.get("email_verified") is True else None
        name = next((str(claims[key]) for key in ("name", "preferred_username") if claims.get(key)), None)
        return Identity(
            subject=f"{self._issuer} {claims['sub']}", name=(name or email or str(claims["sub"])).strip(), email=email
        )
