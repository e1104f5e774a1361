"""Locks names away under a study's key, which is shown once and kept by nobody but the people who got it.

The key is 32 random bytes in base64. What locks is derived from it and the study's id (HKDF, RFC 5869), so that what is
locked in one study cannot be passed off as another's; Fernet (AES and a hash that shows tampering) does the locking.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jtbd_nlp.errors import JtbdError

PREFIX: Final = "jtbdstudy_"
KEY_BYTES: Final = 32


class WrongKeyError(JtbdError):
    """The key is no key, or not this study's."""

    code = "wrong_key"


def new_key() -> str:
    """A new key, as it is shown to people."""
    return PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii").rstrip("=")


class Seal:
    """Locks and opens plain JSON values with one study's key.

    Raises:
        WrongKeyError: it is no key at all.
    """

    def __init__(self, key: str, study_id: str) -> None:
        try:
            raw = base64.urlsafe_b64decode(key.strip().removeprefix(PREFIX) + "=")
        except (binascii.Error, ValueError) as error:
            raise WrongKeyError(f"this is no study key: one begins with {PREFIX}") from error
        if len(raw) != KEY_BYTES:
            raise WrongKeyError(f"this is no study key: one begins with {PREFIX}")
        derived = HKDF(SHA256(), KEY_BYTES, salt=study_id.encode(), info=b"jtbd pseudonyms").derive(raw)
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def close(self, plain: Any) -> bytes:
        """Lock a value."""
        return self._fernet.encrypt(json.dumps(plain, separators=(",", ":")).encode("ascii"))

    def open(self, sealed: bytes) -> Any:
        """The value that was locked.

        Raises:
            WrongKeyError: with another key, or it was changed since.
        """
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            raise WrongKeyError("the key is not this study's") from error
