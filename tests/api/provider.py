"""A small OpenID Connect provider on this machine, for tests: it lets everybody in, or answers as wrongly as told."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT: Final = "jtbd-test"
SECRET: Final = "shared with the provider, never shown"
KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


@dataclass
class FakeProvider:
    """What the provider says: `claims` go over those of a right answer, `key` signs, `issuer` is who it says it is."""

    url: str = ""
    issuer: str | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    algorithm: str = "RS256"
    _asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def let_in(self, address: str) -> dict[str, str]:
        """What somebody does in the provider's page that a browser was sent to: the query it comes back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.url}/authorize?")
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._asked)}"
        self._asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer or self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self._asked.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or challenge.decode().rstrip("=") != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "sub": "u-17", "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        header = {"alg": self.algorithm, "kid": "one"}
        return 200, {
            "access_token": "opaque",
            "token_type": "Bearer",
            "id_token": _signed(header, claims | self.claims, self.key),
        }


def _signed(header: dict[str, str], claims: dict[str, Any], key: RSAKey) -> str:
    if header["alg"] == "none":
        parts = (json.dumps(part).encode() for part in (header, claims))
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
    return jwt.encode(header, claims, key)


@contextmanager
def provider() -> Iterator[FakeProvider]:
    """Run a provider until the block ends."""
    fake = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys = {"keys": [KEY.as_dict(private=False)]}
            self._answer(200, keys if self.path == "/keys" else fake.metadata())

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(*fake.token({name: values[0] for name, values in form.items()}))

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
