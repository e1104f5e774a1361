"""Secrets: how they are made, hashed and checked. None is ever kept as it is.

Passwords are hashed with argon2id (RFC 9106), since people choose them and they can be guessed; argon2-cffi because its
defaults follow that RFC. Keys, links and sessions are 256 random bits, for which a plain SHA-256 is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from secrets import token_urlsafe
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.services.access.errors import WeakPasswordError

MIN_PASSWORD: Final = 10
MAX_PASSWORD: Final = 256
KEY_PREFIX: Final = "jtbd_"

_HASHER: Final = PasswordHasher()
# One hash takes 64 MiB and a core for a while: strangers who try passwords must not take all of either.
_AT_ONCE: Final = threading.BoundedSemaphore(2)
# What a wrong name is checked against, so that it takes as long as a wrong password.
_NOBODYS: Final = "$argon2id$v=19$m=65536,t=3,p=4$VR2d1IHkHwzl5sA9j9htVQ$pm2wbCHhez9oYo0HEfEoCa2pX9NRyC5SFsaOBoN5DiU"


def new_secret() -> str:
    """256 random bits, as text that may stand in a URL."""
    return token_urlsafe(32)


def new_key_secret() -> str:
    """The secret of a key; its beginning lets scanners find keys that were published by mistake."""
    return KEY_PREFIX + new_secret()


def hashed(secret: str) -> str:
    """How a random secret is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_of(session_secret: str) -> str:
    """What a page must send beside its session cookie: it can be told from the cookie's secret, and not the reverse."""
    return hmac.new(session_secret.encode("utf-8", "surrogatepass"), b"csrf", hashlib.sha256).hexdigest()


def is_same(given: str, wanted: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode("utf-8", "surrogatepass"))


def hash_password(password: str, *, name: str) -> str:
    """Hash a new password.

    Raises:
        WeakPasswordError: it has fewer than 10 or more than 256 characters, or is the name.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise WeakPasswordError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise WeakPasswordError("the password is too easy to guess: take a few words that only you put together")
    with _AT_ONCE:
        return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


def fits(password: str, password_hash: str | None) -> bool:
    """Whether a password is the one that was hashed; it takes the same time where there is none."""
    if len(password) > MAX_PASSWORD:
        return False
    with _AT_ONCE:
        try:
            _HASHER.verify(password_hash or _NOBODYS, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)
