"""Deliberate errors of access. None tells a stranger whether a name, a key or a study exists."""

from __future__ import annotations

from jtbd_nlp.errors import JtbdError


class AccessError(JtbdError):
    """Something about who may do what."""

    code = "access"


class NotSignedInError(AccessError):
    """Nobody is signed in, or the key or the session is unknown, closed or expired."""

    code = "not_signed_in"


class SignInFailedError(AccessError):
    """The name and the password do not belong together."""

    code = "sign_in_failed"


class NotAllowedError(AccessError):
    """The caller is known and may not do that."""

    code = "not_allowed"


class ForgedRequestError(AccessError):
    """A browser sent it without what only our own pages know, or from another site's page."""

    code = "forged_request"


class WeakPasswordError(AccessError):
    """The password is too short, too long, or the name itself."""

    code = "weak_password"


class LinkSpentError(AccessError):
    """The one-time link was used already, has expired, or never was one."""

    code = "link_spent"


class TooManyAttemptsError(AccessError):
    """Too much in too short a time. `retry_after_s` is how long to wait."""

    code = "too_many_attempts"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.details = {"retry_after_s": retry_after_s}
