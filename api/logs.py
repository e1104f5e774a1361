"""What the server writes about itself: one line an event, with ids and counts, and never what people said.

structlog, because an event and its fields stay apart until the line is written: as text for people, or as JSON.
Third parties' lines (uvicorn, SQLAlchemy, ...) go the same way.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from traceback import extract_tb
from types import TracebackType
from typing import Any, Final, Literal

import structlog

_LOGGER: Final = "jtbd"


def set_up_logs(form: Literal["quiet", "text", "json"]) -> None:
    """Write events of this process to standard error; if `quiet`, only what went wrong."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), sort_keys=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _without_traceback],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_LOGGER).setLevel(logging.WARNING if form == "quiet" else logging.INFO)


def log() -> structlog.stdlib.BoundLogger:
    """Where events are written: `log().info("request", status=200)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(_LOGGER)
    return logger


def places(trace: TracebackType | None) -> list[str]:
    """Where an error came from, innermost last, as `module:line function`; its message may hold people's words."""
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in extract_tb(trace)][-12:]


def _without_traceback(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of a third party's error keep the class and the places."""
    fault = event.pop("exc_info", None)
    if isinstance(fault, tuple) and fault[0] is not None:
        event.update(error=fault[0].__name__, places=places(fault[2]))
    return event
