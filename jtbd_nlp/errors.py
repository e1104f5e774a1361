"""Every deliberate error of the core. Each class has a stable `code`; the message names the place and the fault."""

from __future__ import annotations

from collections.abc import Mapping


class JtbdError(Exception):
    """Wrong input from outside: a file, a setting, a model. A caller's mistake is a ValueError or TypeError."""

    code = "error"


class TranscriptError(JtbdError):
    """A file cannot be read as an interview."""

    code = "transcript"


class UnsupportedFormatError(TranscriptError):
    """The bytes are of no format that is read here (an image, a program, a database, ...)."""

    code = "unsupported_format"


class UndecodableTextError(TranscriptError):
    """The bytes should be text but are not, in any likely encoding."""

    code = "undecodable_text"


class MalformedTranscriptError(TranscriptError):
    """The format is known but its content is broken: truncated, encrypted, empty, or against its own rules.

    Args:
        message: the fault, without the place.
        line: 1-based line (or row) of the fault where there is one; the message then begins with `line N: `.
    """

    code = "malformed_transcript"

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


class TooLargeError(TranscriptError):
    """The file, one of its lines, or what it unpacks to is beyond the limits (zip bomb, 1 GB line)."""

    code = "too_large"


class ConfigError(JtbdError):
    """A setting is unknown or out of range; the message names the setting."""

    code = "config"


class AnalysisError(JtbdError):
    """The analysis itself cannot be made, or a stored analysis cannot be used."""

    code = "analysis"


class ModelUnavailableError(AnalysisError):
    """A model of `models/manifest.toml` is not installed; the message names the command that mends it."""

    code = "model_unavailable"


class ModelMismatchError(AnalysisError):
    """A model's checksum is not the one in `models/manifest.toml`; the message names the command that mends it."""

    code = "model_mismatch"


class ScoresError(AnalysisError):
    """Figures of an earlier evaluation cannot be used; the message names the file."""

    code = "scores"


class GoldError(JtbdError):
    """A labelled study breaks the format of gold data; the message names file and line."""

    code = "gold"


class ReviewError(JtbdError):
    """A review decision is not possible."""

    code = "review"


class MalformedDecisionError(ReviewError):
    """The JSON is no review decision; the message names the field."""

    code = "malformed_decision"


class DecisionNotAllowedError(ReviewError):
    """The decision does not fit the state of what it names: stale, merged, rejected, gone or impossible.

    Args:
        message: the fault, in one sentence.
        details: the same for programs, see `jtbd_nlp.review.Conflict.details`.
    """

    code = "decision_not_allowed"

    def __init__(self, message: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.details = dict(details or {})


class SurveyError(JtbdError):
    """A survey cannot be made, answered or read."""

    code = "survey"


class MalformedQuestionnaireError(SurveyError):
    """The JSON is no questionnaire or job map to ask about; the message names the field."""

    code = "malformed_questionnaire"


class MalformedAnswersError(SurveyError):
    """Answers cannot be read; nothing was taken in.

    Args:
        message: the fault, in one sentence; with several the first, and how many more there are.
        details: every fault for programs, see `jtbd_nlp.priorities.reading.BadCell`.
    """

    code = "malformed_answers"

    def __init__(self, message: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.details = dict(details or {})


class ApiError(JtbdError):
    """A server of the HTTP API refused a request, or cannot be reached.

    Args:
        message: what the server says.
        status: the HTTP status, None where there was no answer.
        code: the server's own code, as in "not_found"; "unreachable" where there was no answer.
        details: what the server adds for programs.
    """

    code = "api"

    def __init__(
        self, message: str, *, status: int | None, code: str, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = dict(details or {})


class ConflictError(ApiError):
    """What was asked does not fit what is there by now."""
